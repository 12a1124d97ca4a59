"""Proving a school's log as it stands in the database, and that the tables are what it gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from cycles.engine.cycle import Cycle
from cycles.errors import StoreUnavailableError
from cycles.ledger import (
    Body,
    Defining,
    Finding,
    Head,
    PayloadRow,
    Report,
    Verifier,
    instant_text,
)
from cycles.ledger import CycleRow as StoredCycle
from cycles.service.actors import Actor, require
from cycles.service.core import Core
from cycles.service.export_file import Lazily, digest_of, verify_file
from cycles.service.exporting import Progress, all_subjects, files_in
from cycles.service.journal import EngineReplayer
from cycles.service.looks import Looks
from cycles.service.saving import links_of, people_of, values_after
from cycles.store import (
    CycleRow,
    DefiningRow,
    FileRow,
    LinkRow,
    ParticipantRow,
    StoredEntry,
    VersionRow,
    Work,
)
from cycles.workflow.version import Version

__all__ = ["Verifying", "verify_database", "verify_file", "verify_in"]

#: Entries read at once, with what is stored of their cycles.
_PAGE: Final = 1_000
_COLUMNS: Final = tuple(name for name in CycleRow.model_fields if name != "school_id")


class Verifying:
    """Checks of a school's log that people may ask for."""

    def __init__(self, core: Core) -> None:
        self._core, self._looks = core, Looks(core)

    def live(self, actor: Actor, *, heads: Iterable[Head] = ()) -> Report:
        """What a check of the school's database finds now; raises `NotAllowedError`."""
        require("verification", actor)
        self._looks.note(actor, "verification")
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
    return core.store.read(
        school_id, lambda work: verify_in(core, work, heads=heads, progress=progress)
    )


def verify_in(
    core: Core, work: Work, *, heads: Iterable[Head] = (), progress: Progress | None = None
) -> Report:
    """See `verify_database`; on the view of the database that `work` has."""
    return _Database(core, work, progress).verify(heads)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the tables say of one cycle."""

    #: The values of its row by column.
    row: dict[str, Any]
    #: (cycle, role, person), and (cycle, name, other cycle) of links.
    people: set[tuple[str, str, str]]
    links: set[tuple[str, str, str]]


class _Database:
    """One school's rows being checked, on one consistent view."""

    def __init__(self, core: Core, work: Work, progress: Progress | None) -> None:
        self._core, self._work, self._progress = core, work, progress
        self._log = core.view_in(work).row.log
        self._verifier = Verifier(definitions={})
        self._entry: StoredEntry | None = None
        self._stored: dict[str, _Stored] = {}  # of the cycles that are read just now
        self._versions: dict[str, Version] = {}
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
            definings=self._definings(),
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
            counted = () if self._progress is None else all_subjects(self._work)
            total = sum(last for _, last in counted)
            after, done = ("", 0), 0
            while page := self._work.log_in_order(after=after, limit=_PAGE):
                self._stored = self._read({entry.subj for entry in page})
                for entry in page:
                    self._entry = entry
                    yield None, entry.body
                after, done = (page[-1].subj, page[-1].seq), done + len(page)
                if self._progress is not None:
                    self._progress(done, total)
        except StoreUnavailableError as lost:
            self._lost = lost

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
        for values in self._work.pick(CycleRow, ("subj", "revision", "state", "head")):
            yield StoredCycle(*values)

    def _definings(self) -> Iterator[Defining]:
        for row in self._work.find(DefiningRow):
            yield Defining(row.workflow, row.number, row.digest, row.at)

    def _read(self, subjects: Iterable[str]) -> dict[str, _Stored]:
        """What is stored of the cycles among the subjects, by subject."""
        ids = [s.removeprefix("cycle:") for s in subjects if s.startswith("cycle:")]
        if not ids:
            return {}
        pick = self._work.pick
        people = _by_first(pick(ParticipantRow, ("cycle", "role", "person"), cycle=ids))
        links = _by_first(pick(LinkRow, ("from_cycle", "name", "to_cycle"), from_cycle=ids))
        rows = [dict(zip(_COLUMNS, v, strict=True)) for v in pick(CycleRow, _COLUMNS, id=ids)]
        return {
            row["subj"]: _Stored(row, people.get(row["id"], set()), links.get(row["id"], set()))
            for row in rows
        }

    def _compare(self, subj: str, state: object) -> str | None:
        """Which columns and rows of a cycle are not what its entries give."""
        stored = self._stored.get(subj) or self._read([subj]).get(subj)
        if stored is None or not isinstance(state, Cycle):
            return None  # told as an entry without its cycle
        version = self._version(stored.row["version"])
        differs = self._columns(stored.row, version, state)
        key = stored.row["id"]
        if stored.people != {(key, role, person) for role, person in people_of(state)}:
            differs.append("participants")
        if stored.links != {(key, name, other) for name, other in links_of(version, state)}:
            differs.append("links")
        return f"stored otherwise: {', '.join(differs)}" if differs else None

    def _version(self, digest: str) -> Version:
        known = self._versions.get(digest)
        if known is None:
            known = self._versions[digest] = self._core.version(self._work, digest)
        return known

    def _columns(self, row: dict[str, Any], version: Version, cycle: Cycle) -> list[str]:
        opened_at = instant_text(cycle.visits[0].at)
        wanted = values_after(version, cycle, row["head"], opened_at, self._at)
        differs = [] if row == wanted else [n for n in _COLUMNS if row[n] != wanted[n]]
        return differs if version.definition_id == cycle.definition_id else ["version", *differs]

    # --- files -----------------------------------------------------------------------------

    def _digest(self, name: str) -> str:
        with self._core.files.open(self._work.school_id, name) as opened:
            return digest_of(opened)


def _by_first(rows: list[tuple[Any, ...]]) -> dict[Any, set[tuple[Any, ...]]]:
    """Rows in the order of their first value, by it."""
    return {first: set(same) for first, same in groupby(rows, itemgetter(0))}
