"""An export that somebody may have altered: whatever was done to it is found."""

import io
import itertools
import random
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycles.canonical import b64, canonical_bytes, parse_canonical, sha256_hex
from cycles.ledger import (
    Body,
    Head,
    Report,
    leaf_hash,
    manifest_bytes,
    payload_line,
    read_manifest,
    read_payload_line,
)
from cycles.service import export_file
from cycles.service.verifying import verify_file
from cycles.store import open_store
from tests.unit.service.log_school import LogSchool, codes, members, rezipped


@pytest.fixture(scope="module")
def true_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of a whole cycle, with one payload erased; for reading only."""
    folder = tmp_path_factory.mktemp("true")
    with closing(open_store("memory://")) as store:
        school = LogSchool(store, folder / "files")
        school.erase(school.whole(), 2)
        school.export(folder / "export.zip")
    return folder / "export.zip"


@pytest.fixture(scope="module")
def true(true_zip: Path) -> dict[str, bytes]:
    """What that export holds, by name."""
    return members(true_zip)


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, bytes]], Report]:
    """What is found in a zip of this content."""
    path = tmp_path_factory.mktemp("forged") / "export.zip"
    return lambda held: verify_file(rezipped(path, held))


def test_the_true_export_is_sound(true, forged):
    """All that follows starts from an export without findings, packed again by anybody."""
    report = forged(true)

    assert report.findings == ()
    assert (report.erased, report.withheld) == (1, 0)


@given(st.data())
def test_a_changed_byte_in_any_member_is_found(true, forged, data):
    """Nothing in an export can change unseen but the time at which it says it was made."""
    name = data.draw(st.sampled_from(sorted(true)))
    old = true[name]
    at = data.draw(st.integers(0, len(old) - 1))
    new = old[:at] + bytes([old[at] ^ data.draw(st.integers(1, 255))]) + old[at + 1 :]

    report = forged({**true, name: new})

    assert report.ok == _only_tells_another_time(name, old, new)


def _only_tells_another_time(name: str, old: bytes, new: bytes) -> bool:
    if name != "manifest.json":
        return False
    try:
        made = read_manifest(new).created_at
    except Exception:
        return False
    return manifest_bytes(replace(read_manifest(old), created_at=made)) == new


@given(st.data())
def test_a_damaged_zip_is_found_or_holds_all_the_same(true, true_zip, tmp_path_factory, data):
    """A byte of the packed file itself may change: it is found, or nothing that is held did."""
    raw = bytearray(true_zip.read_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.zip"
    path.write_bytes(raw)

    report = verify_file(path)

    assert not report.ok or members(path) == true


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_zip_that_was_cut_is_never_sound(true_zip, tmp_path_factory, start, length):
    """A stretch taken out of the middle, the beginning or the end is found, and ends no check."""
    raw = true_zip.read_bytes()
    start, length = start % len(raw), 1 + length % len(raw)
    path = tmp_path_factory.getbasetemp() / "cut.zip"
    path.write_bytes(raw[:start] + raw[start + length :])

    assert not verify_file(path).ok


@pytest.mark.parametrize("seed", range(20))
def test_lost_moved_and_doubled_lines_are_found(true, forged, seed):
    """Every line of entries and payloads has its place, or in payloads at least its presence."""
    chance = random.Random(seed)
    name = chance.choice(["entries.jsonl", "payloads.jsonl"])
    lines = true[name].splitlines(keepends=True)
    one, other = sorted(chance.sample(range(len(lines)), 2))
    ways = {
        "lost": lines[:one] + lines[one + 1 :],
        "doubled": [*lines[: other + 1], lines[one], *lines[other + 1 :]],
        "cut": lines[:other],
        "inserted": [*lines[:one], lines[other].replace(b"a", b"b", 1), *lines[one:]],
    }

    for way, made in ways.items():
        assert not forged({**true, name: b"".join(made)}).ok, way


def test_an_illegal_step_is_found_although_every_hash_fits(true, forged):
    """A forger who makes all hashes and the manifest anew still cannot break the workflow."""
    archived = _replaced(true, act="archive", changes={"to": "observe"})
    unguarded = _replaced(true, act="approve", changes={"guards": {}})
    unheld = _replaced(true, act="finish_preparing", changes={"actor": "p_" + "a" * 26})

    for held in (archived, unguarded, unheld):
        assert "replay_failed" in codes(forged(held))


def test_a_cut_tail_is_found_by_what_was_noted_elsewhere(true, forged, tmp_path):
    """Truncation with everything made to fit needs a head known from before, and then is found."""
    cut = _replaced(true, act="archive", changes=None)
    path = rezipped(tmp_path / "cut.zip", cut)
    heads = read_manifest(true["manifest.json"]).heads.values()

    assert forged(cut).ok
    assert codes(verify_file(path, heads=heads)) == {"head_missing"}


def _replaced(
    true: dict[str, bytes], *, act: str, changes: dict[str, Any] | None
) -> dict[str, bytes]:
    """The export with one entry changed, or with all from it on cut off, and all hashes anew."""
    manifest = read_manifest(true["manifest.json"])
    rows = {row.leaf: row for row in map(read_payload_line, true["payloads.jsonl"].splitlines())}
    made: list[bytes] = []
    kept: list[bytes] = []
    heads: dict[str, Head] = {}
    ended = False
    for raw in true["entries.jsonl"].splitlines():
        plain, leaf = parse_canonical(raw), leaf_hash(raw)
        mine = plain["subj"].startswith("cycle:")
        ended = ended or (mine and plain["act"] == act and changes is None)
        if mine and ended:
            continue
        if mine and plain["act"] == act and changes is not None:
            plain |= changes
        if plain["subj"] in heads:
            before = Body.parse(made[-1])
            plain |= {"prev": heads[plain["subj"]].leaf}
            if mine:
                plain |= {"from": before.to}
        made.append(canonical_bytes(plain))
        new = leaf_hash(made[-1])
        heads[plain["subj"]] = Head(subj=plain["subj"], seq=plain["seq"], leaf=b64(new))
        if leaf in rows:
            kept.append(payload_line(replace(rows[leaf], leaf=new)))
    said = replace(manifest, entries=len(made), payloads=len(kept), heads=heads)
    return {
        **true,
        "entries.jsonl": b"".join(line + b"\n" for line in made),
        "payloads.jsonl": b"".join(kept),
        "manifest.json": manifest_bytes(said),
    }


def test_a_silent_erasure_is_found_whatever_it_is_called(true, forged):
    """A payload made null is found; that it is withheld is believed only of what is hidden."""
    lines = true["payloads.jsonl"].splitlines(keepends=True)
    row = read_payload_line(lines[5][:-1])
    lines[5] = payload_line(replace(row, salt=None, payload=None))
    silent = {**true, "payloads.jsonl": b"".join(lines)}
    said = replace(read_manifest(true["manifest.json"]), withheld=(b64(row.leaf),))

    assert codes(forged(silent)) == {"erased_without_entry"}
    report = forged({**silent, "manifest.json": manifest_bytes(said)})
    assert codes(report) == {"withheld_without_cause"}
    assert report.withheld == 1


@pytest.mark.parametrize("name", ["entries.jsonl", "payloads.jsonl", "manifest.json"])
def test_a_member_that_is_missing_is_found(true, forged, name):
    """An export without its entries, payloads or manifest is none."""
    held = {key: value for key, value in true.items() if key != name}

    assert "unreadable" in codes(forged(held))


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "files/../x", "notes.txt", "files/", "C:\\x"]
)
def test_a_member_that_belongs_to_no_export_is_found_and_not_opened(true, forged, name):
    """Nothing is unpacked to the disk, whatever its name."""
    report = forged({**true, name: b"x"})

    assert [f.code for f in report.findings] == ["manifest_mismatch"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_found(true, tmp_path):
    """Two readers of one zip must not see two different logs."""
    path = rezipped(tmp_path / "twice.zip", true)
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("entries.jsonl", true["entries.jsonl"])

    assert "manifest_mismatch" in codes(verify_file(path))


def with_hidden(raw: bytes, *, before: bytes = b"", between: bytes = b"") -> bytes:
    """The zip with bytes before its members or its list of them, and every offset made to fit."""
    made, start = bytearray(raw), raw.index(b"PK\x01\x02")
    end = raw.rindex(b"PK\x05\x06")
    at = start
    while 0 <= at < end:
        _add(made, at + 42, len(before))
        at = raw.find(b"PK\x01\x02", at + 1)
    _add(made, end + 16, len(before) + len(between))
    return before + bytes(made[:start]) + between + bytes(made[start:])


def _add(made: bytearray, at: int, more: int) -> None:
    number = int.from_bytes(made[at : at + 4], "little") + more
    made[at : at + 4] = number.to_bytes(4, "little")


def another_member() -> bytes:
    """A member as it stands in a zip, without being listed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("entries.jsonl", b"another log\n")
    return packed.getvalue()[: packed.getvalue().index(b"PK\x01\x02")]


@pytest.mark.parametrize(
    "way",
    [
        lambda raw: with_hidden(raw, before=another_member()),
        lambda raw: with_hidden(raw, between=another_member()),
        lambda raw: b"#!/bin/sh\n" + raw,
        lambda raw: raw[:-2] + b"\x03\x00abc",
    ],
    ids=["a member before", "a member between", "something before", "a comment"],
)
def test_a_zip_that_holds_more_than_it_lists_is_found(true, tmp_path, way):
    """A reader that goes from the beginning must not see another log than one that goes by list."""
    path = rezipped(tmp_path / "more.zip", true)
    path.write_bytes(way(path.read_bytes()))

    report = verify_file(path)

    assert members(path) == true
    assert [(f.code, f.detail) for f in report.findings] == [
        ("manifest_mismatch", "the zip holds more than it lists")
    ]


def test_zips_of_any_making_are_taken(true, true_zip, tmp_path):
    """Streamed or not, small or prepared for large files, compressed or not."""

    class Pipe(io.RawIOBase):
        """Takes bytes one after the other, as a network does."""

        def __init__(self) -> None:
            self.taken = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, portion: Any) -> int:
            self.taken += portion
            return len(portion)

    both = (True, False)
    for streamed, large, packing in itertools.product(both, both, (0, zipfile.ZIP_DEFLATED)):
        out: Any = Pipe() if streamed else io.BytesIO()
        with zipfile.ZipFile(out, "w", packing) as packed:
            for name, content in true.items():
                with packed.open(name, "w", force_zip64=large) as member:
                    member.write(content)
        path = tmp_path / "made.zip"
        path.write_bytes(out.taken if streamed else out.getvalue())

        assert verify_file(path).findings == ()
    assert verify_file(true_zip).findings == ()


def test_other_ways_to_pack_are_found(true, tmp_path):
    """What exports do not use is not unpacked at all."""
    path = tmp_path / "lzma.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as packed:
        for name, content in true.items():
            packed.writestr(name, content)

    assert "unreadable" in codes(verify_file(path))


def test_an_encrypted_member_is_found(true, tmp_path):
    """An export is in clear, or it is none."""
    path = rezipped(tmp_path / "secret.zip", true)
    raw = bytearray(path.read_bytes())
    listed = raw.index(b"PK\x01\x02")
    raw[listed + 8] |= 1
    path.write_bytes(raw)

    assert ("unreadable", "entries.jsonl is encrypted") in {
        (f.code, f.detail) for f in verify_file(path).findings
    }


@pytest.mark.parametrize(
    "raw", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"not a zip at all" * 100, b"\x00" * 70_000]
)
def test_a_file_that_is_no_export_is_found(tmp_path, raw):
    """Whatever the bytes, there is an answer and no crash."""
    path = tmp_path / "no.zip"
    path.write_bytes(raw)

    report = verify_file(path)

    assert not report.ok
    assert codes(report) == {"unreadable"}


def test_a_zip_bomb_is_found_and_not_unpacked(true, tmp_path, monkeypatch):
    """What swells far beyond any export is not even begun."""
    monkeypatch.setattr(export_file, "_SURELY_HARMLESS", 1_000_000)
    path = rezipped(tmp_path / "bomb.zip", {**true, "payloads.jsonl": b"\n" * 20_000_000})

    (finding,) = verify_file(path).findings

    assert finding.code == "unreadable"
    assert "would unpack to" in finding.detail


def test_a_table_of_contents_that_fills_the_memory_is_not_read(true, tmp_path, monkeypatch):
    """Members are counted before the first of them is remembered."""
    monkeypatch.setattr(export_file, "_MAX_MEMBERS", 4)
    monkeypatch.setattr(export_file, "_CHUNK", 7)
    path = rezipped(tmp_path / "many.zip", true)

    (finding,) = verify_file(path).findings

    assert "more than 4 members" in finding.detail


def test_a_huge_line_or_definition_is_found(true, forged, monkeypatch):
    """Neither a line nor a workflow version is read on without end."""
    monkeypatch.setattr(export_file, "_MAX_DEFINITION", 1_000)
    huge = forged({**true, "entries.jsonl": b"9" * (17 * 1024 * 1024)})

    assert {"unreadable", "definition_altered", "truncated"} <= codes(huge)


def test_a_forged_version_is_found_where_it_is_used(true, forged):
    """The rules of the day are proven by their digest, and a replaced one by its absence."""
    name = next(n for n in true if n.startswith("definitions/"))
    other = canonical_bytes({"start": "draft"})

    altered = forged({**true, name: other})
    added = forged({**true, f"definitions/{sha256_hex(other)}.json": other})

    assert "definition_altered" in codes(altered)
    assert codes(added) == {"manifest_mismatch"}


def test_progress_counts_the_bytes_of_entries(true, true_zip):
    """Whoever waits for a large check sees it move to its end."""
    told: list[tuple[int, int]] = []

    verify_file(true_zip, progress=lambda done, total: told.append((done, total)))

    assert told[-1] == (len(true["entries.jsonl"]),) * 2


def test_a_path_without_a_file_is_an_error_of_whoever_asks(tmp_path):
    """A misspelt name is no tampering."""
    with pytest.raises(FileNotFoundError):
        verify_file(tmp_path / "none.zip")
