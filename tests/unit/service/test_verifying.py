"""A database that somebody may have altered: whatever was done to it is found."""

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs
from sqlmodel import SQLModel

from cycles.engine.commands import Open
from cycles.errors import NotAllowedError, NotFoundError, StoreUnavailableError
from cycles.service import Given
from cycles.service.verifying import Verifying, verify_database
from cycles.store import (
    CycleRow,
    FileRow,
    LinkRow,
    ParticipantRow,
    VersionRow,
    cycle_from_bytes,
    cycle_to_bytes,
)
from cycles.store.tables import EntryRow, PayloadRow
from tests.unit.service.log_school import LogSchool, codes


def test_a_true_database_is_sound(school):
    """Every stored cycle is what its entries give, with nothing withheld from the check."""
    school.erase(school.whole(), 2)
    school.evaluating()

    report = school.check()

    assert report.findings == ()
    assert (report.erased, report.withheld, report.subjects) == (1, 0, 6)
    assert report.payloads > 30


def test_the_check_of_a_database_tells_its_heads_and_compares_with_noted_ones(school):
    """What was noted last month must still be there today."""
    cycle = school.open()
    noted = school.check().heads
    school.file("liu", cycle, "proposal", theme="动手", why="难")

    later = verify_database(school.core, school.id, heads=noted.values())
    wrong = replace(noted[f"cycle:{cycle}"], seq=9)
    lost = verify_database(school.core, school.id, heads=[wrong])

    assert later.ok
    assert later.heads[f"cycle:{cycle}"].seq == 2
    assert codes(lost) == {"head_missing"}


def tampered(school: LogSchool, kind: type[SQLModel], change: dict[str, Any], **where: Any) -> None:
    """Change one stored row behind the store's back."""
    rows = school.store.rows(kind)
    key = next(k for k, v in rows.items() if all(v[n] == w for n, w in where.items()))
    rows[key] = {**rows[key], **change}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"round": 2}, "round"),
        ({"group": "chinese"}, "group"),
        ({"ended": True}, "ended"),
        ({"opened_at": "2026-01-01T00:00:00.000000Z"}, "opened_at"),
        ({"entered_at": "2026-01-01T00:00:00.000000Z"}, "entered_at"),
        ({"changed_at": "2026-01-01T00:00:00.000000Z"}, "changed_at"),
        ({"state": "archived"}, "state"),
    ],
)
def test_a_stored_cycle_that_was_tampered_with_is_found(school, change, told):
    """Each column of a cycle is what its entries give, or it is named."""
    school.prepare(school.open())
    tampered(school, CycleRow, change)

    found = {(f.code, told in f.detail) for f in school.check().findings}

    assert ("replay_differs", True) in found
    assert {code for code, _ in found} == {"replay_differs"}


def test_a_tampered_snapshot_is_found(school):
    """The state that the engine works with is compared byte for byte."""
    cycle = school.open()
    school.prepare(cycle)
    row = school.store.read(school.id, lambda work: work.cycle(cycle))
    before = cycle_from_bytes(row.snapshot)
    late = structs.replace(before.filings[0], late=True)
    after = structs.replace(before, filings=(late, *before.filings[1:]))
    tampered(school, CycleRow, {"snapshot": cycle_to_bytes(after)})

    (finding,) = school.check().findings

    assert (finding.code, finding.subj) == ("replay_differs", f"cycle:{cycle}")
    assert "snapshot" in finding.detail


def test_people_and_links_that_no_entry_gave_are_found(school):
    """Who takes part in a cycle, and which others it names, follow from its entries."""
    cycle = school.open()
    key = {"school_id": school.id}
    person = ParticipantRow(**key, cycle=cycle, role="chair", person=school.alias("zhou"))
    link = LinkRow(**key, from_cycle=cycle, name="answers", to_cycle="x")
    for row in (person, link):
        school.store.rows(type(row))[tuple(row.model_dump().values())] = row.model_dump()

    (finding,) = school.check().findings

    assert finding.detail == "stored otherwise: participants, links"


def test_linked_cycles_are_sound(school):
    """A visit that answers an earlier one has its link from its own entries."""

    def visit(**subject: str) -> str:
        command = Open(
            cycle="",
            group="maths",
            zone="",
            subject={"kind": "tracking", **subject},
            roles={"teacher": ("ma",)},
        )
        return school.acting.open(school.actor("wu"), "classroom-visit", command, Given()).cycle

    visit(answers=visit())

    assert school.check().findings == ()
    assert len(school.store.rows(LinkRow)) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"leaf": bytes(32)}, "chain_broken"),
        ({"body": b"{}"}, "bad_body"),
        ({"body": b"\xff"}, "not_canonical"),
    ],
)
def test_an_entry_that_was_tampered_with_is_found(school, change, code):
    """The stored bytes are hashed anew, and the stored hash is compared."""
    cycle = school.open()
    school.prepare(cycle)
    tampered(school, EntryRow, change, subj=f"cycle:{cycle}", seq=3)

    assert code in codes(school.check())


def test_an_entry_stored_under_another_number_is_found(school):
    """The key of the row is the place that the body names."""
    cycle = school.open()
    school.prepare(cycle)
    entries = school.store.rows(EntryRow)
    second = entries[school.id, f"cycle:{cycle}", 2]
    entries[school.id, f"cycle:{cycle}", 2] = {**second, "seq": 1}

    assert "gap" in codes(school.check())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"content": b'{"fields":{}}'}, "payload_mismatch"),
        ({"salt": bytes(32)}, "payload_mismatch"),
        ({"content": None, "salt": None}, "erased_without_entry"),
    ],
)
def test_a_payload_that_was_tampered_with_is_found(school, change, code):
    """What was said is what the entry commits to; to erase it needs an entry."""
    cycle = school.open()
    school.file("liu", cycle, "proposal", theme="动手", why="难")
    leaf = school.entries(f"cycle:{cycle}")[1].leaf
    tampered(school, PayloadRow, change, leaf=leaf)

    assert codes(school.check()) == {code}


def test_a_cycle_and_its_entries_are_only_there_together(school):
    """Entries without their cycle, and a cycle without entries, are found."""
    cycle, other = school.open(), school.open()
    for key in [k for k in school.store.rows(EntryRow) if k[1] == f"cycle:{other}"]:
        del school.store.rows(EntryRow)[key]
    del school.store.rows(CycleRow)[school.id, cycle]

    found = {(f.code, f.subj) for f in school.check().findings}

    assert ("entry_without_cycle", f"cycle:{cycle}") in found
    assert ("cycle_without_entry", f"cycle:{other}") in found


def test_an_altered_version_is_found(school):
    """The rules that a cycle runs under are stored under their digest."""
    cycle = school.open()
    row = school.store.read(school.id, lambda work: work.cycle(cycle))
    tampered(school, VersionRow, {"canonical": b"{}"}, digest=row.version)

    assert "definition_altered" in codes(school.check())


def test_attachments_in_the_folder_are_checked(school, tmp_path):
    """An altered file is found, and one that is lost; one that was erased may be gone."""
    cycle = school.whole()
    (digest,) = school.core.files.digests(school.id)
    (path,) = (tmp_path / "files").glob(f"*/*/{digest}")
    content = path.read_bytes()
    path.write_bytes(content + b" ")
    altered = codes(school.check())
    path.unlink()
    lost = codes(school.check())
    case = next(
        e for e in school.entries(f"cycle:{cycle}") if e.payload and b"docx" in e.payload.content
    )
    school.erase(cycle, case.seq, files=(digest,))
    erased = codes(school.check())
    path.write_bytes(content)
    undone = codes(school.check())

    assert (altered, lost, erased, undone) == (
        {"file_altered"},
        {"file_missing"},
        set(),
        {"erasure_undone"},
    )


def test_an_erased_file_may_be_sent_again(school):
    """Equal bytes that somebody sends after the erasure are theirs."""
    cycle = school.open()
    digest = school.send_file("liu")
    school.erase(cycle, files=(digest,))
    school.store.write(school.id, lambda work: work.remove(FileRow, digest=digest))

    school.send_file("ma")

    assert school.check().findings == ()


def test_a_database_that_cannot_be_read_is_no_finding(school, monkeypatch):
    """A lost connection is told as such, not as tampering."""
    school.open()

    def lost(*_: Any, **__: Any) -> Any:
        raise StoreUnavailableError("gone")

    monkeypatch.setattr("cycles.store.memory.MemoryWork.log_in_order", lost)

    with pytest.raises(StoreUnavailableError):
        school.check()


def test_a_school_that_is_not_there_is_told(school):
    """A misspelt school is no sound log."""
    with pytest.raises(NotFoundError):
        verify_database(school.core, "nowhere")


def test_progress_counts_the_entries(school):
    """Whoever waits for a large check sees it move to its end."""
    school.whole()
    told: list[tuple[int, int]] = []

    report = verify_database(
        school.core, school.id, progress=lambda done, total: told.append((done, total))
    )

    assert told[-1] == (report.entries, report.entries)


def test_the_live_check_is_for_heads_and_auditors(school):
    """An auditor gets the report of this very moment; a teacher is refused."""
    school.whole()

    assert Verifying(school.core).live(school.actor("du")).ok
    with pytest.raises(NotAllowedError):
        Verifying(school.core).live(school.actor("liu"))
