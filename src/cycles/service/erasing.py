"""Erasing a person: their words, their files and their name go; the log stays provable.

What goes: the payloads of everything that they did in cycles or that was typed for them, openings
included; reasons that others gave for excusing, replacing or standing in for them; all that names
them in their own subject; staff lists that name them; drafts; files that nothing else names;
password, sessions, codes and tokens; appointments, the person's row. What stays: the bodies of
the entries, which know only the pseudonym and whose data replay needs, so that it still gives
the same state.

Words that they typed for somebody else are that person's words, and stay. Where others mention
them in a free text, no programme can find it: whoever asks for an erasure should say so, and such
a record is then filed anew without the name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from cycles.canonical import parse_canonical
from cycles.ledger import Body
from cycles.school import Directory, ImportReceipt, Person
from cycles.service.accesses import forget_accesses
from cycles.service.actors import Actor, require
from cycles.service.core import Core
from cycles.service.exporting import files_in
from cycles.service.once import Given, once
from cycles.service.outbox import Outbox
from cycles.service.school import Change, refuse_headless
from cycles.service.staff_lists import receipt_bytes, receipt_of
from cycles.store import (
    AppointmentRow,
    DraftRow,
    FileRow,
    FileUseRow,
    IdempotencyRow,
    LogFilter,
    OutboxRow,
    PersonRow,
    StaffImportRow,
    StoredEntry,
    Work,
)

__all__ = ["Erasing", "ErasureReceipt"]

#: Outbox topic: the bytes of the file of this digest are to go, unless it was sent again.
_FILE: Final = "erase_file"
#: Acts on somebody: the payload says why, which may be an illness.
_ABOUT: Final = ("excuse", "reassign", "substitute")
_PAGE: Final = 500
_NOTHING_GIVEN: Final = Given()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureReceipt:
    """What was erased: whose (the pseudonym stays in the log), and how much.

    Attributes:
        pseudonym: What the log goes on to call them.
        payloads: How many payloads.
        files: How many files.
        entries: How many entries say so, the last ones of the subject `person:<pseudonym>`.
        replayed: Whether this is the answer to an earlier sending of the same request.
    """

    pseudonym: str
    payloads: int
    files: int
    entries: int
    replayed: bool = False


class Erasing:
    """Erases people."""

    def __init__(self, core: Core, outbox: Outbox) -> None:
        self._core, self._outbox = core, outbox

    def erase(self, actor: Actor, person_id: str, given: Given = _NOTHING_GIVEN) -> ErasureReceipt:
        """Erase a person for good, in one transaction; a killed process leaves all or nothing.

        Only the bytes of files go after it: `finish` removes what a killed process left.

        Raises:
            NotFoundError: no such person, or erased already.
            ConflictError: the school would be without a head.
        """
        require("erase", actor)
        self.finish(actor.school_id)

        def erased(work: Work) -> tuple[ErasureReceipt, list[str]]:
            return self._erase(Change(self._core, work, actor), person_id)

        receipt, cycles = once(self._core, actor, given, ErasureReceipt, erased)
        if cycles is None:
            return replace(receipt, replayed=True)
        for cycle_id in cycles:
            self._core.forget_opening(actor.school_id, cycle_id)
        # What is kept of the school in memory still holds the name; this puts the new in its place.
        self._core.view(actor.school_id)
        self.finish(actor.school_id)
        self._outbox.settle(actor.school_id)
        return receipt

    def finish(self, school_id: str) -> None:
        """Remove the bytes of erased files that are still there; to be called at every start."""
        waiting = self._core.store.read(school_id, lambda work: work.find(OutboxRow, topic=_FILE))
        for row in waiting:
            self._finish(school_id, row)

    def _finish(self, school_id: str, row: OutboxRow) -> None:
        def again(work: Work) -> bool:
            return bool(work.find(FileRow, digest=row.key, limit=1))

        if not self._core.store.read(school_id, again):
            self._core.files.remove(school_id, row.key)
        self._core.store.write(school_id, lambda work: work.remove(OutboxRow, id=row.id))

    def _erase(self, change: Change, person_id: str) -> tuple[ErasureReceipt, list[str]]:
        work, person = change.work, change.person(person_id)
        refuse_headless(change, _without(change.directory, person_id))
        theirs = _Theirs(person.pseudonym)
        theirs.read(work)
        files = theirs.files(work)
        entries = change.erase(f"person:{person.pseudonym}", theirs.leaves, files)
        for cycle, filing in theirs.filings:
            work.remove(FileUseRow, cycle=cycle, filing=filing)
        for digest in files:
            work.remove(FileRow, digest=digest)
            now = self._core.now_text()
            work.add(OutboxRow(school_id=work.school_id, topic=_FILE, key=digest, created_at=now))
        self._remove_rows(change, person)
        change.renew()
        receipt = ErasureReceipt(
            pseudonym=person.pseudonym,
            payloads=len(theirs.leaves),
            files=len(files),
            entries=entries,
        )
        return receipt, sorted(theirs.cycles)

    def _remove_rows(self, change: Change, person: Person) -> None:
        work = change.work
        gone = {post.id for post in change.directory.appointments if post.person == person.id}
        for row in work.find(StaffImportRow):
            before = receipt_of(row)
            after = _receipt_without(before, person.id, gone)
            if after != before:
                row.receipt = receipt_bytes(after)
                work.put(row)
        work.remove(FileRow, uploaded_by=person.pseudonym)
        work.remove(IdempotencyRow, actor=person.pseudonym)
        work.remove(DraftRow, person=person.pseudonym)
        forget_accesses(work, person.id)
        work.remove(AppointmentRow, person=person.id)
        work.remove(PersonRow, id=person.id)


# --- what is theirs ----------------------------------------------------------------------------


class _Theirs:
    """What the log holds of one person.

    All of it is read: for whom an entry was typed, and which files records name, nothing but the
    log knows for ever. Most entries are passed over by a look at their bytes.
    """

    def __init__(self, pseudonym: str) -> None:
        self._who = pseudonym
        self._mark = pseudonym.encode()
        #: Entries whose payloads are to go.
        self.leaves: list[bytes] = []
        #: Their cycles, and (cycle, filing) of the records among them.
        self.cycles: set[str] = set()
        self.filings: list[tuple[str, str]] = []
        self._typists = {pseudonym}
        self._named: set[str] = set()
        self._named_by_others: set[str] = set()

    def read(self, work: Work) -> None:
        """Read the whole log, the newest entries first."""
        before: tuple[str, str, int] | None = None
        while page := work.log_page(LogFilter(), before=before, limit=_PAGE):
            for entry in page:
                if entry.payload is not None:
                    self._look(entry, entry.payload.content)
            last = page[-1]
            before = (Body.parse(last.body).at, last.subj, last.seq)

    def files(self, work: Work) -> list[str]:
        """The files that go: sent by them or named by what goes, and not needed by anybody else.

        A file that somebody else sent, too, stays, unless it was sent to type for this person.
        """
        sent = {row.digest for row in work.find(FileRow, uploaded_by=self._who)}
        return sorted(
            digest
            for digest in (sent | self._named) - self._named_by_others
            if {row.uploaded_by for row in work.find(FileRow, digest=digest)} <= self._typists
        )

    def _look(self, entry: StoredEntry, payload: bytes) -> None:
        marked = self._mark in entry.body or self._mark in payload
        names_files = b'"digest":' in payload
        if not (marked or names_files):
            return
        body = Body.parse(entry.body)
        goes = marked and self._is_theirs(body, payload)
        if names_files:
            named = self._named if goes else self._named_by_others
            named.update(files_in(parse_canonical(payload)))
        if goes:
            self._note(entry, body)

    def _note(self, entry: StoredEntry, body: Body) -> None:
        self.leaves.append(entry.leaf)
        if body.is_of_cycle:
            cycle = body.subj.removeprefix("cycle:")
            self.cycles.add(cycle)
            if body.act == "file":
                self.filings.append((cycle, body.data["filing"]))
                self._typists.add(body.actor)

    def _is_theirs(self, body: Body, payload: bytes) -> bool:
        """Whether an entry's payload is by them or about them."""
        if body.subj == f"person:{self._who}":
            return True
        if body.subj == "school":
            # One payload holds the names of a whole list. It goes as a whole: salt and commitment
            # cover all of it, and a shorter one would not be what the entry commits to. All
            # others are still named by the directory.
            return body.act == "import" and f'"{self._who}":'.encode() in payload
        if not body.is_of_cycle:
            return False
        if body.act in _ABOUT and body.data.get("person") == self._who:
            return True
        return (body.for_ or body.actor) == self._who


def _without(directory: Directory, person_id: str) -> Directory:
    return replace(
        directory,
        persons=tuple(p for p in directory.persons if p.id != person_id),
        appointments=tuple(a for a in directory.appointments if a.person != person_id),
    )


def _receipt_without(receipt: ImportReceipt, person_id: str, gone: set[str]) -> ImportReceipt:
    """What an import made, less what is erased: the rest of it can still be undone."""
    return replace(
        receipt,
        persons=tuple(each for each in receipt.persons if each != person_id),
        appointments=tuple(each for each in receipt.appointments if each not in gone),
        ended_appointments=tuple(e for e in receipt.ended_appointments if e.id not in gone),
    )
