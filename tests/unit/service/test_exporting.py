"""Exports: all of the log in one zip, no more than its maker may read, and the same each time."""

import base64
import io
import zipfile
from pathlib import Path

import pytest

from cycles.engine.commands import Open
from cycles.errors import NotAllowedError
from cycles.ledger import Body, leaf_hash, read_manifest, read_payload_line
from cycles.service import Given
from cycles.service.exporting import files_in
from cycles.service.verifying import verify_file
from tests.unit.service.log_school import members


@pytest.fixture
def zip_at(tmp_path: Path) -> Path:
    """Where to export to."""
    return tmp_path / "export.zip"


def test_a_whole_cycle_is_exported_and_verifies(school, zip_at):
    """Every entry, payload, file and version is there, and whoever gets it can prove it."""
    cycle = school.whole()
    stored = school.entries(f"cycle:{cycle}")

    manifest = school.export(zip_at)

    report = verify_file(zip_at)
    assert report.findings == ()
    assert (report.entries, report.payloads) == (manifest.entries, manifest.payloads)
    assert report.heads == manifest.heads
    assert manifest.heads[f"cycle:{cycle}"].seq == len(stored)
    assert len(manifest.definitions) == 3
    assert len(manifest.files) == 1
    lines = members(zip_at)["entries.jsonl"].split(b"\n")
    assert all(entry.body in lines for entry in stored)


def test_a_zip_holds_its_members_in_a_fixed_order(school, zip_at):
    """Payload rows come in the order of their entries, so that reading them needs no memory."""
    school.whole()

    school.export(zip_at)

    held = members(zip_at)
    kinds = [name.split("/")[0] for name in held]
    assert kinds == [
        "entries.jsonl",
        "payloads.jsonl",
        *["definitions"] * 3,
        "files",
        "manifest.json",
    ]
    bodies = held["entries.jsonl"].splitlines()
    committed = [leaf_hash(raw) for raw in bodies if Body.parse(raw).pay is not None]
    rows = [read_payload_line(line) for line in held["payloads.jsonl"].splitlines()]
    assert [row.leaf for row in rows] == committed


def test_the_same_log_gives_the_same_bytes(school, tmp_path):
    """Two exports made at one instant are equal, so that people can compare theirs."""
    school.whole()
    now = school.time

    school.export(tmp_path / "one.zip")
    school.time = now
    school.export(tmp_path / "two.zip")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_an_export_goes_into_anything_that_takes_bytes(school, zip_at):
    """A web server can send it on as it is made."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.taken = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, portion) -> int:
            self.taken += portion
            return len(portion)

    school.whole()
    pipe = Pipe()

    school.exporting.export(school.actor("du"), pipe)

    zip_at.write_bytes(pipe.taken)
    assert verify_file(zip_at).ok


def test_progress_is_told_up_to_the_end(school):
    """Whoever waits for a large export sees it move."""
    school.whole()
    told: list[tuple[int, int]] = []

    manifest = school.exporting.export(
        school.actor("wu"), io.BytesIO(), progress=lambda done, total: told.append((done, total))
    )

    assert told == sorted(told)
    assert told[-1] == (manifest.entries, manifest.entries)


def test_what_was_erased_is_in_no_export_and_the_export_verifies(school, zip_at):
    """An erased text is nowhere in the zip, its entry is, and nothing is found wrong."""
    cycle = school.whole()
    (digest,) = school.export(zip_at).files
    filed = [
        e for e in school.entries(f"cycle:{cycle}") if e.payload and b"fields" in e.payload.content
    ]
    school.erase(cycle, 1, *(e.seq for e in filed), files=(digest,))

    manifest = school.export(zip_at)

    report = verify_file(zip_at)
    assert report.findings == ()
    assert report.erased == len(filed) + 1
    assert manifest.files == ()
    everything = b"".join(members(zip_at).values())
    assert filed[0].payload is not None
    assert not _holds(everything, filed[0].payload.content)


@pytest.mark.parametrize("name", ["du", "wu", "zheng"])
def test_what_may_not_be_read_yet_is_withheld_and_the_export_verifies(school, zip_at, name):
    """A hidden record's words are in nobody's export before its time, nor a way to test guesses."""
    cycle = school.evaluating()
    entries = school.entries(f"cycle:{cycle}")
    hidden, opening = entries[-1].payload, entries[0].payload
    assert hidden is not None
    assert opening is not None

    manifest = school.export(zip_at, name)

    report = verify_file(zip_at)
    assert report.findings == ()
    assert report.withheld == len(manifest.withheld) == 2
    everything = b"".join(members(zip_at).values())
    assert not _holds(everything, hidden.content)
    assert not _holds(everything, hidden.salt)
    assert not _holds(everything, opening.content)


def test_whoever_runs_the_programme_exports_everything(school, zip_at):
    """The operator's export withholds nothing."""
    cycle = school.evaluating()
    hidden = school.entries(f"cycle:{cycle}")[-1].payload
    assert hidden is not None

    manifest = school.export(zip_at)

    assert manifest.withheld == ()
    assert _holds(b"".join(members(zip_at).values()), hidden.content)
    assert verify_file(zip_at).ok


def test_a_cycle_that_one_may_not_know_of_is_not_in_ones_export(school, zip_at):
    """An unannounced visit is not given away by the export of the one who is to be visited."""
    ma = school.appoint("ma", "auditor")
    command = Open(
        cycle="",
        group="maths",
        zone="",
        subject={"kind": "unannounced"},
        roles={"teacher": ("ma",)},
    )
    visit = school.acting.open(school.actor("wu"), "classroom-visit", command, Given()).cycle
    school.open()

    with zip_at.open("wb") as out:
        manifest = school.exporting.export(ma, out)

    assert f"cycle:{visit}" not in manifest.heads
    assert visit.encode() not in b"".join(members(zip_at).values())
    assert verify_file(zip_at).ok
    assert f"cycle:{visit}" in school.export(zip_at, "wu").heads


@pytest.mark.parametrize("name", ["liu", "song", "zhou"])
def test_exports_are_for_heads_and_auditors(school, name):
    """Nobody else is given a byte."""
    out = io.BytesIO()

    with pytest.raises(NotAllowedError):
        school.exporting.export(school.actor(name), out)

    assert out.getvalue() == b""


def test_a_file_that_is_lost_does_not_stop_an_export_and_is_found(school, zip_at):
    """What the folder has lost is missed by the verifier, by name."""
    school.whole()
    (digest,) = school.export(zip_at).files
    school.core.files.remove(school.id, digest)

    school.export(zip_at)

    assert [(f.code, f.detail) for f in verify_file(zip_at).findings] == [("file_missing", digest)]


def test_the_manifest_in_the_zip_is_the_one_given_back(school, zip_at):
    """What the caller is told is what the auditor reads."""
    school.evaluating()

    manifest = school.export(zip_at, "du")

    assert read_manifest(members(zip_at)["manifest.json"]) == manifest
    with zipfile.ZipFile(zip_at) as packed:
        assert {info.date_time for info in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_payload_names_its_files_wherever_they_stand():
    """Files are found in fields and in the columns of items; nothing else is taken for one."""
    one, two, text = ("0" * 63 + c for c in "123")
    fields = {
        "document": {"digest": one, "name": "教案.docx"},
        "items": [{"id": "1", "proof": {"digest": two, "name": "b.pdf"}}, {"id": "2"}],
        "text": text,
        "short": {"digest": "abc", "name": "c.pdf"},
    }

    assert sorted(files_in({"fields": fields, "reason": {"digest": text, "name": ""}})) == [
        one,
        two,
    ]


def _holds(everything: bytes, secret: bytes) -> bool:
    """Whether the bytes hold the secret, plain or in base64."""
    rows = (line for line in everything.split(b"\n") if line.startswith(b'{"leaf":'))
    plain = b"".join(
        part
        for line in rows
        for part in (read_payload_line(line).salt, read_payload_line(line).payload)
        if part is not None
    )
    return secret in everything or secret in plain or base64.b64encode(secret) in everything
