"""Checking an export that somebody may have altered: findings, and never an exception."""

from __future__ import annotations

import io
import random
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycles.ledger import Report
from cycles_api.export_file import size_of, verify_export
from tests.unit.cli.export_zip import members_of, zipped
from tests.unit.ledger.toy_log import ToyReplayer, codes, toy_log

LOG = toy_log()
MEMBERS = members_of(LOG)
SOUND = zipped(MEMBERS)

Members = dict[str, bytes]


def check(content: bytes) -> Report:
    """What a check of these bytes says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.zip"
        path.write_bytes(content)
        return verify_export(path, replayer=ToyReplayer())


def test_a_sound_export_is_sound(tmp_path: Path) -> None:
    """Everything in it is read, and the reading can be followed."""
    path, portions = tmp_path / "export.zip", list[int]()
    path.write_bytes(SOUND)

    report = verify_export(path, replayer=ToyReplayer(), read=portions.append)

    assert report.ok, report.findings
    assert (report.entries, report.payloads) == (len(LOG.entries), len(LOG.rows))
    assert sum(portions) == size_of(path) == len(MEMBERS["entries.jsonl"])


def _without(name: str) -> Callable[[Members], Members]:
    return lambda members: {n: c for n, c in members.items() if not n.startswith(name)}


def _changed(name: str, old: bytes, new: bytes) -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        key = next(n for n in members if n.startswith(name))
        assert old in members[key]
        return {**members, key: members[key].replace(old, new, 1)}

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_without("entries"), "unreadable"),
        (_without("payloads"), "unreadable"),
        (_without("manifest"), "unreadable"),
        (_without("definitions"), "unknown_definition"),
        (_without("files"), "file_missing"),
        (_changed("files", b"lesson", b"lessen"), "file_altered"),
        (_changed("definitions", b"draft", b"drift"), "definition_altered"),
        (_changed("entries", b'"n":2', b'"n":3'), "chain_broken"),
        (_changed("entries", b"group.head", b"group.herd"), "chain_broken"),
        (_changed("payloads", b"\n", b"\n\n"), "not_canonical"),
        (_changed("manifest", b'"entries":', b'"entries":1'), "manifest_mismatch"),
        (lambda m: {**m, "entries.jsonl": m["entries.jsonl"][:-1]}, "unreadable"),
        (lambda m: {**m, "entries.jsonl": b""}, "truncated"),
        (lambda m: {**m, "extra.txt": b"x"}, "manifest_mismatch"),
        (lambda m: {**m, "files/../../etc/passwd": b"x"}, "manifest_mismatch"),
    ],
)
def test_what_was_altered_is_found(change: Callable[[Members], Members], code: str) -> None:
    """Taken out, changed or added: each is a finding of its own kind."""
    assert code in codes(check(zipped(change(MEMBERS))))


def test_a_member_that_is_there_twice_is_found() -> None:
    """Readers differ in which of the two they see; so neither counts as sound."""
    out = io.BytesIO(SOUND)
    with zipfile.ZipFile(out, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr("entries.jsonl", MEMBERS["entries.jsonl"])

    assert "manifest_mismatch" in codes(check(out.getvalue()))


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", SOUND[:-30], SOUND[40:]])
def test_what_is_no_zip_is_a_finding(content: bytes) -> None:
    """A broken download is told like everything else."""
    assert "unreadable" in codes(check(content))


def test_enormous_members_do_not_fill_the_memory() -> None:
    """A line without end and a definition of a gigabyte of blanks are findings."""
    bomb = b" " * (20 * 1024 * 1024)
    name = next(n for n in MEMBERS if n.startswith("definitions"))

    found = codes(check(zipped({**MEMBERS, "entries.jsonl": bomb, name: bomb})))

    assert {"unreadable", "definition_altered"} <= found


@given(st.integers(0, len(SOUND) - 1), st.integers(1, 255))
def test_no_flipped_byte_is_an_exception_or_passes_with_other_content(at: int, by: int) -> None:
    """One changed byte of the zip is found, or it changed nothing that an export holds."""
    altered = bytearray(SOUND)
    altered[at] ^= by

    report = check(bytes(altered))

    if report.ok:
        with zipfile.ZipFile(io.BytesIO(altered)) as packed:
            assert {name: packed.read(name) for name in packed.namelist()} == MEMBERS


def test_no_damage_is_an_exception() -> None:
    """Portions of an export thrown about at random: always a report."""
    chance = random.Random(7)
    for _ in range(100):
        damaged = bytearray(SOUND)
        for _ in range(chance.randint(1, 30)):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.randint(0, 9)] = chance.randbytes(chance.randint(0, 9))

        assert isinstance(check(bytes(damaged)), Report)
