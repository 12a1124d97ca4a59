"""Proving a school's log as it stands in the database, and that the tables are what it gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from cycles.engine.cycle import Cycle
from cycles.engine.people import People
from cycles.engine.surroundings import Directory, Surroundings
from cycles.errors import StoreUnavailableError
from cycles.ledger import (
    Body,
    Finding,
    Head,
    PayloadRow,
    Report,
    Verifier,
    instant_text,
    parse_instant,
)
from cycles.ledger import CycleRow as StoredCycle
from cycles.service.actors import Actor, require
from cycles.service.core import Core
from cycles.service.export_file import Lazily, digest_of, verify_file
from cycles.service.exporting import Progress, files_in
from cycles.service.journal import EngineReplayer
from cycles.service.saving import links_of, people_of, row_after
from cycles.store import (
    CycleFilter,
    CycleRow,
    FileRow,
    LinkRow,
    ParticipantRow,
    StoredEntry,
    VersionRow,
    Work,
)
from cycles.workflow.version import Version

__all__ = ["Verifying", "verify_database", "verify_file"]

_PAGE: Final = 200
#: Cycles whose rows are read together; each brings a snapshot.
_CYCLES: Final = 100


class Verifying:
    """Checks of a school's log that people may ask for."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def live(self, actor: Actor, *, heads: Iterable[Head] = ()) -> Report:
        """What a check of the school's database finds now; raises `NotAllowedError`."""
        require("verification", actor)
        return verify_database(self._core, actor.school_id, heads=heads)


def verify_database(
    core: Core,
    school_id: str,
    *,
    heads: Iterable[Head] = (),
    progress: Progress | None = None,
) -> Report:
    """Check a school's log as it stands in the database, and that the tables are what it gives.

    Args:
        core: The store and the folder of files.
        school_id: The school.
        heads: Entries noted elsewhere earlier; each must still be there.
        progress: Told how many entries were checked, and how many there are.

    Raises:
        NotFoundError: no such school.
        StoreUnavailableError: the database cannot be read now; that is no finding.
    """
    return core.store.read(school_id, lambda work: _Database(core, work, progress).verify(heads))


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the tables say of one cycle."""

    row: CycleRow
    #: (role, person), and (name, cycle) of links.
    people: set[tuple[str, str]] = field(default_factory=set)
    links: set[tuple[str, str]] = field(default_factory=set)


class _Database:
    """One school's rows being checked, on one consistent view."""

    def __init__(self, core: Core, work: Work, progress: Progress | None) -> None:
        self._core, self._work, self._progress = core, work, progress
        self._log = core.view_in(work).row.log
        self._verifier = Verifier(definitions={})
        self._entry: StoredEntry | None = None
        self._stored: dict[str, _Stored] = {}  # of the cycles that are read just now
        self._at = ""
        self._lost: StoreUnavailableError | None = None

    def verify(self, heads: Iterable[Head]) -> Report:
        self._verifier = Verifier(
            definitions={row.digest: row.canonical for row in self._work.find(VersionRow)},
            replayer=EngineReplayer(),
            files=Lazily(
                {d: d for d in self._core.files.digests(self._work.school_id)}, self._digest
            ),
            files_in=files_in,
            heads=heads,
            cycles=self._cycles(),
            log=self._log,
            compare=self._compare,
            beside=self._beside,
        )
        for sent in self._work.find(FileRow):
            self._verifier.file(sent.digest, sent.uploaded_at)
        report = self._verifier.verify(self._entries())
        if self._lost is not None:
            raise self._lost
        return report

    def _entries(self) -> Iterator[tuple[None, bytes]]:
        try:
            pages = list(self._subjects())
            total, done = sum(last for page in pages for _, last in page), 0
            for page in pages:
                self._stored = self._read([subj for subj, _ in page])
                for subj, last in page:
                    for entry in self._entries_of(subj, last):
                        self._entry = entry
                        yield None, entry.body
                    done += last
                    if self._progress is not None:
                        self._progress(done, total)
        except StoreUnavailableError as lost:
            self._lost = lost

    def _subjects(self) -> Iterator[list[tuple[str, int]]]:
        after = ""
        while page := self._work.subjects(after=after, limit=_CYCLES):
            yield page
            after = page[-1][0]

    def _entries_of(self, subj: str, last: int) -> Iterator[StoredEntry]:
        after = 0
        while after < last and (page := self._work.entries(subj, after=after, limit=_PAGE)):
            yield from page
            after = page[-1].seq

    def _beside(self, body: Body, leaf: bytes) -> None:
        """The row must say what the body says; its payload stands beside it."""
        entry = self._entry
        if entry is None:
            return
        self._at = body.at
        if (entry.subj, entry.seq) != (body.subj, body.seq):
            told = f"stored as {entry.subj} seq {entry.seq}"
            self._verifier.add(Finding(code="gap", subj=body.subj, seq=body.seq, detail=told))
        if entry.leaf != leaf:
            told = "the leaf stored with the entry is not the entry's"
            self._verifier.add(
                Finding(code="chain_broken", subj=body.subj, seq=body.seq, detail=told)
            )
        if entry.payload is not None:
            row = PayloadRow(entry.leaf, entry.payload.salt, entry.payload.content)
            self._verifier.payload(row)
        elif body.pay is not None:
            self._verifier.payload(PayloadRow(entry.leaf, None, None))

    # --- stored cycles ---------------------------------------------------------------------

    def _cycles(self) -> Iterator[StoredCycle]:
        after = ""
        while page := self._work.find_cycles(CycleFilter(), today="", after=after, limit=_PAGE):
            for row in page:
                yield StoredCycle(row.subj, row.revision, row.state, row.head)
            after = page[-1].id

    def _read(self, subjects: Sequence[str]) -> dict[str, _Stored]:
        """What is stored of the cycles among the subjects, by subject."""
        ids = [s.removeprefix("cycle:") for s in subjects if s.startswith("cycle:")]
        if not ids:
            return {}
        work = self._work
        found = {row.id: _Stored(row) for row in work.find(CycleRow, id=ids)}
        for part in work.find(ParticipantRow, cycle=ids):
            if part.cycle in found:
                found[part.cycle].people.add((part.role, part.person))
        for link in work.find(LinkRow, from_cycle=ids):
            if link.from_cycle in found:
                found[link.from_cycle].links.add((link.name, link.to_cycle))
        return {f"cycle:{key}": stored for key, stored in found.items()}

    def _compare(self, subj: str, state: object) -> str | None:
        """Which columns and rows of a cycle are not what its entries give."""
        stored = self._stored.get(subj) or self._read([subj]).get(subj)
        if stored is None or not isinstance(state, Cycle):
            return None  # told as an entry without its cycle
        row = stored.row
        version = self._core.version(self._work, row.version)
        differs = [
            *self._columns(row, version, state),
            *(["participants"] if stored.people != set(people_of(state)) else ()),
            *(["links"] if stored.links != links_of(version, state) else ()),
        ]
        return f"stored otherwise: {', '.join(differs)}" if differs else None

    def _columns(self, row: CycleRow, version: Version, cycle: Cycle) -> list[str]:
        now = parse_instant(self._at)
        around = Surroundings(now=now, today=now.date(), directory=Directory())
        opened_at = instant_text(cycle.visits[0].at)
        people = People(version, cycle, around)
        wanted = row_after(row.school_id, people, row.head, opened_at)
        differs = [n for n in CycleRow.model_fields if getattr(row, n) != getattr(wanted, n)]
        return differs if version.definition_id == cycle.definition_id else ["version", *differs]

    # --- files -----------------------------------------------------------------------------

    def _digest(self, name: str) -> str:
        with self._core.files.open(self._work.school_id, name) as opened:
            return digest_of(opened)
