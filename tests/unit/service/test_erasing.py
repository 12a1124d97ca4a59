"""Erasing a person: words, files and name are gone, and the log proves the same as before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cycles.engine.commands import Excuse, File
from cycles.errors import ConflictError, NotAllowedError, NotFoundError
from cycles.ledger import Body
from cycles.service import operator_of
from cycles.service.drafts import Drafts
from cycles.service.erasing import Erasing
from cycles.service.school import Schools
from cycles.service.staff_lists import StaffLists
from cycles.service.tokens import Tokens
from cycles.service.verifying import verify_file
from cycles.store import (
    AppointmentRow,
    CredentialRow,
    DraftRow,
    FileRow,
    FileUseRow,
    IdempotencyRow,
    InvitationRow,
    OutboxRow,
    PersonRow,
    SessionRow,
    Store,
    TokenRow,
    Work,
)
from tests.unit.service.log_school import LogSchool, codes

TABLES = (
    PersonRow,
    AppointmentRow,
    CredentialRow,
    DraftRow,
    SessionRow,
    InvitationRow,
    TokenRow,
    IdempotencyRow,
    FileRow,
    FileUseRow,
)


class Memory(LogSchool):
    """The first school with somebody who erases."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(store, folder / "files")
        self.folder = folder / "files"
        self.erasing = Erasing(self.core, self.outbox)
        self.schools = Schools(self.core, self.outbox)
        self.by = operator_of(self.id)

    def texts(self) -> str:
        """Everything that the log keeps in payloads."""

        def kept(work: Work) -> str:
            entries = [e for subj, _ in work.subjects() for e in work.entries(subj)]
            return "\n".join(e.payload.content.decode() for e in entries if e.payload)

        return self.store.read(self.id, kept)

    def everywhere(self) -> str:
        """Everything that the plain tables hold."""

        def kept(work: Work) -> str:
            rows = [row.model_dump() for kind in TABLES for row in work.find(kind)]
            return repr(rows)

        return self.store.read(self.id, kept)

    def on_disk(self) -> set[str]:
        """The digests of the files that are there."""
        return set(self.core.files.digests(self.id))

    def proves(self) -> bool:
        """Whether the database verifies, replay and all."""
        report = self.check()
        assert report.findings == ()
        return report.ok

    def whose(self, subj: str) -> list[Body]:
        """The bodies of a subject."""
        return [Body.parse(entry.body) for entry in self.entries(subj)]


@pytest.fixture
def memory(store: Store, tmp_path: Path) -> Memory:
    """The first school, on each store."""
    return Memory(store, tmp_path)


def test_what_a_person_wrote_and_sent_is_gone_and_everything_still_proves(memory, tmp_path):
    """A teacher leaves: no text, file or name is left; database and export verify, replayed."""
    cycle = memory.whole()
    before = memory.store.read(memory.id, lambda work: work.cycle(cycle))
    assert memory.on_disk()

    receipt = memory.erasing.erase(memory.by, "liu")

    assert receipt.pseudonym == memory.alias("liu")
    assert receipt.payloads > 8
    assert receipt.files == 1
    for gone in ("动手操作", "教案第三版", "板书太快", "三次修改", "课例.docx"):
        assert gone not in memory.texts()
    assert "先剪再拼" in memory.texts()
    assert "Liu" not in memory.everywhere() + memory.texts()
    assert memory.on_disk() == set()
    assert memory.proves()
    assert memory.store.read(memory.id, lambda work: work.cycle(cycle)) == before
    memory.export(tmp_path / "export.zip")
    assert verify_file(tmp_path / "export.zip").ok


def test_the_erasure_is_in_the_log(memory):
    """The last entries of the person's subject say what was erased, by whom."""
    memory.whole()

    receipt = memory.erasing.erase(memory.actor("wu"), "liu")

    last = memory.whose(f"person:{memory.alias('liu')}")[-receipt.entries :]
    assert {body.act for body in last} == {"erase"}
    assert {body.actor for body in last} == {memory.alias("wu")}
    assert sum(len(body.data["leaves"]) for body in last) == receipt.payloads
    assert sum(len(body.data["files"]) for body in last) == 1


def test_erasing_again_finds_nobody(memory):
    """Whoever is gone cannot be erased once more, and nothing changes."""
    memory.erasing.erase(memory.by, "liu")
    subjects = memory.store.read(memory.id, lambda work: work.subjects())

    with pytest.raises(NotFoundError):
        memory.erasing.erase(memory.by, "liu")

    assert memory.store.read(memory.id, lambda work: work.subjects()) == subjects


def test_what_was_typed_for_somebody_is_theirs(memory):
    """代录: the words go with the person they were typed for, and not with the typist."""
    cycle = memory.open()
    memory.file("song", cycle, "proposal", for_="liu", theme="刘的主题", why="刘的理由")

    memory.schools.appoint(memory.by, "ma", "group_head", "maths")
    memory.erasing.erase(memory.by, "song")
    assert "刘的主题" in memory.texts()
    memory.erasing.erase(memory.by, "liu")

    assert "刘的主题" not in memory.texts()
    assert memory.proves()


def test_an_opening_goes_and_the_cycle_goes_on(memory):
    """Whoever opened a cycle takes its subject and key along; others can still file in it."""
    cycle = memory.open()
    memory.looking.cycle(memory.actor("liu"), cycle)
    memory.schools.appoint(memory.by, "ma", "group_head", "maths")

    memory.erasing.erase(memory.by, "song")

    assert memory.looking.cycle(memory.actor("liu"), cycle).subject is None
    memory.file("liu", cycle, "proposal", theme="新的主题", why="理由")
    assert memory.proves()


def test_why_somebody_was_absent_goes_with_them(memory):
    """A reason that another gave for excusing them may be an illness."""
    cycle = memory.open()
    today = memory.core.view(memory.id).today(memory.time)
    excuse = Excuse(person="ma", since=today, until=today, reason="胃炎住院")
    memory.send("song", cycle, excuse)
    assert "胃炎住院" in memory.texts()

    memory.erasing.erase(memory.by, "ma")

    assert "胃炎住院" not in memory.texts()
    assert memory.proves()


def test_names_in_appointments_and_staff_lists_go_as_well(memory):
    """Neither the entries about the person nor the list they came with name them any more."""
    rows = "姓名,教研组\n丁一,英语组\n于二,英语组\n"
    StaffLists(memory.core, memory.outbox).apply(memory.by, "a.csv", rows.encode())
    person = next(p for p in memory.schools.people(memory.by) if p.name == "丁一")
    memory.schools.appoint(memory.by, person.id, "deputy")

    memory.erasing.erase(memory.by, person.id)

    assert "丁一" not in memory.texts() + memory.everywhere()
    assert "于二" in memory.everywhere()
    assert memory.proves()


def test_whoever_imported_a_list_does_not_take_it_along(memory):
    """The names on it are those of others."""
    rows = "姓名,教研组\n丁一,英语组\n"
    memory.schools.appoint(memory.by, "zheng", "admin")
    StaffLists(memory.core, memory.outbox).apply(memory.actor("wu"), "a.csv", rows.encode())
    memory.schools.appoint(memory.by, "zheng", "head")

    memory.erasing.erase(memory.by, "wu")

    assert "丁一" in memory.texts()


def test_a_file_that_others_need_stays(memory):
    """A script that a colleague's record names as well is not taken from the colleague."""
    first = memory.open()
    memory.file("liu", first, "proposal", theme="主题", why="理由")
    memory.do("song", first, "approve")
    second = memory.open(teacher="ma")
    memory.file("ma", second, "proposal", theme="主题", why="理由")
    memory.do("song", second, "approve")
    for who, cycle in (("liu", first), ("ma", second)):
        document = {"digest": memory.send_file(who), "name": "说课.docx"}
        memory.file(who, cycle, "explanation", document=document)

    assert memory.erasing.erase(memory.by, "liu").files == 0
    assert len(memory.on_disk()) == 1
    uses = memory.store.read(memory.id, lambda work: work.find(FileUseRow))
    assert {use.cycle for use in uses} <= {second}
    assert memory.proves()
    assert memory.erasing.erase(memory.by, "ma").files == 1

    assert memory.on_disk() == set()
    assert memory.proves()


def test_a_file_that_no_record_names_goes_with_its_sender(memory):
    """What was sent and never used is the sender's alone."""
    digest = memory.send_file("liu")

    memory.erasing.erase(memory.by, "liu")

    assert digest not in memory.on_disk()


def test_bytes_that_a_killed_process_left_go_at_the_next_start(memory):
    """The database says that a file is gone; its bytes follow, unless it was sent again."""
    digest, sent_again = memory.send_file("liu"), "a" * 64

    def killed(work: Work) -> None:
        work.remove(FileRow, digest=digest)
        at = memory.core.now_text()
        for each in (digest, sent_again):
            row = OutboxRow(school_id=work.school_id, topic="erase_file", key=each, created_at=at)
            work.add(row)

    memory.store.write(memory.id, killed)

    memory.erasing.finish(memory.id)

    assert memory.on_disk() == set()
    assert memory.store.read(memory.id, lambda work: work.find(OutboxRow)) == []


def test_a_file_sent_again_meanwhile_is_kept(memory):
    """What waits to be removed is looked at once more."""
    digest = memory.send_file("liu")

    def waits(work: Work) -> None:
        at = memory.core.now_text()
        row = OutboxRow(school_id=work.school_id, topic="erase_file", key=digest, created_at=at)
        work.add(row)

    memory.store.write(memory.id, waits)

    memory.erasing.finish(memory.id)

    assert memory.on_disk() == {digest}


def test_keys_drafts_and_tokens_go(memory):
    """Nobody comes in as the person any more, and no answer kept for them is left."""
    tokens = Tokens(memory.core)
    made, others = (tokens.make(memory.by, who, "手机", 30) for who in ("liu", "ma"))
    cycle = memory.open()
    proposal = File(record="proposal", fields={"theme": "主题", "why": "理由"})
    memory.send("liu", cycle, proposal, key="key-1")
    Drafts(memory.core).keep(memory.actor("liu"), "form", "started", after="")
    assert "started" in memory.everywhere()
    assert memory.alias("liu") in memory.everywhere()

    memory.erasing.erase(memory.by, "liu")

    assert "started" not in memory.everywhere()
    assert tokens.authenticate(made.text) is None
    assert tokens.authenticate(others.text) is not None
    assert memory.alias("liu") not in memory.everywhere()


def test_whoever_is_gone_has_no_task_left(memory):
    """What they had to do falls to those who can name somebody else."""
    memory.open()
    assert memory.tasks("liu")

    memory.erasing.erase(memory.by, "liu")

    assert memory.tasks("liu") == set()
    assert any(do.startswith("substitute") for do in memory.tasks("zheng"))


def test_the_only_head_cannot_be_erased(memory):
    """First another one is appointed; then nothing stands against it."""
    with pytest.raises(ConflictError, match="appoint another one first"):
        memory.erasing.erase(memory.by, "wu")
    assert memory.proves()

    memory.schools.appoint(memory.by, "zheng", "head")
    memory.erasing.erase(memory.by, "wu")

    assert memory.proves()


def test_many_payloads_take_several_entries(memory):
    """However much somebody wrote, each entry of the erasure stays within its size."""
    cycle = memory.open()
    for number in range(260):
        memory.file("liu", cycle, "proposal", theme=f"主题{number}", why="理由")

    receipt = memory.erasing.erase(memory.by, "liu")

    assert (receipt.payloads, receipt.entries) == (260, 2)
    assert "主题" not in memory.texts()
    assert memory.proves()


def test_a_refused_erasure_changes_nothing(memory):
    """Who may not erase, erases nothing; a stranger is not found."""
    for name in ("liu", "du", "zheng", "song"):
        with pytest.raises(NotAllowedError):
            memory.erasing.erase(memory.actor(name), "ma")
    with pytest.raises(NotFoundError):
        memory.erasing.erase(memory.by, "nobody")


def test_a_silent_erasure_is_found(memory):
    """The verifier that is satisfied here is not satisfied by everything."""
    cycle = memory.open()

    def silently(work: Work) -> Any:
        return work.erase_payload(work.entries(f"cycle:{cycle}")[0].leaf)

    assert memory.store.write(memory.id, silently)

    assert "erased_without_entry" in codes(memory.check())
