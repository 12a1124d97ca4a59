"""Samples for auditors: cycles or entries, drawn by a stated seed so that anybody can draw again.

The way is the ledger's (`cycles.ledger.sampling`): order by SHA-256 of `seed:id`, take the first.
Candidates are what was recorded before a stated instant, so that the same question has the same
answer for ever; the log itself, or an export of it, is all that it takes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from cycles.engine.access import may_see
from cycles.errors import NotFoundError
from cycles.ledger import Body, Sample, draw, instant_text, numbered_lines
from cycles.ledger.export_format import ENTRIES
from cycles.service.actors import Actor, require
from cycles.service.answers import CycleLine, EntryAnswer
from cycles.service.core import Core, SchoolView, people_for
from cycles.service.looking import Looking
from cycles.service.looks import Looks
from cycles.service.reading_log import ReadingLog
from cycles.store import Between, CycleRow, EntryRow, Work

__all__ = ["DrawnOne", "SampleAnswer", "SampleQuestion", "Samples", "sample_of_file"]

#: What was recorded this long ago is surely committed: a later draw finds the same candidates.
_SETTLED: Final = timedelta(seconds=10)
_CHUNK: Final = 256 * 1024
_SEED_BYTES: Final = 8
#: Cycles whose entries are asked for in one statement.
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleQuestion:
    """What to draw from; all of it stands in the entry of the look, too.

    Attributes:
        of: Whole cycles, or single entries of cycles.
        seed: What the auditor brought: letters, digits, `.`, `_`, `-`.
        size: How many, at most 200; all there are, where there are fewer.
        group: Only of the cycles of this group.
        since: Only what was opened or recorded from this day of the school on.
        until: Until the end of this day.
        before: Only what was recorded before this instant, as the log writes instants; now, if
            not said.
    """

    of: Literal["cycles", "entries"]
    seed: str
    size: int
    group: str | None = None
    since: date | None = None
    until: date | None = None
    before: str | None = None

    def between(self, zone: str) -> Between:
        """The instants of candidates, on the clock of a time zone."""
        last = None if self.until is None else _midnight(self.until, zone, days=1)
        ends = [end for end in (last, self.before) if end is not None]
        since = None if self.since is None else _midnight(self.since, zone)
        return Between(since=since, until=min(ends, default=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnOne:
    """Something drawn: its id, its place in hex, and what it is as the asker may read it."""

    id: str
    place: str
    cycle: CycleLine
    entry: EntryAnswer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAnswer:
    """A sample; `asked` is complete, so that asking it again gives the same."""

    asked: SampleQuestion
    count: int
    digest: str
    drawn: tuple[DrawnOne, ...]


class _Cycle(NamedTuple):
    """What is asked of a cycle's row: its entries are numbered from 1 to its revision."""

    id: str
    subj: str
    version: str
    revision: int
    opened_at: str
    changed_at: str


class Samples:
    """Draws samples."""

    def __init__(self, core: Core) -> None:
        self._core, self._looking, self._looks = core, Looking(core), Looks(core)
        self._log = ReadingLog(core)

    def seed(self) -> str:
        """A seed for whoever brings none."""
        return self._core.chance(_SEED_BYTES).hex()

    def settled(self) -> str:
        """The latest instant before which all that was recorded is surely there."""
        return instant_text((self._core.now() - _SETTLED).replace(microsecond=0))

    def draw(self, actor: Actor, asked: SampleQuestion) -> SampleAnswer:
        """The sample, of what the actor may know of.

        Raises:
            NotAllowedError: the log is not theirs to read.
            InvalidInputError: a seed or size that cannot be.
        """
        require("log", actor)
        asked = self._complete(asked)

        def found(work: Work) -> SampleAnswer:
            view = self._core.view_in(work)
            known = self._cycles(work, view, actor, asked)
            between = asked.between(view.row.zone)
            ids: Iterator[str]
            if asked.of == "cycles":
                ids = (cycle.id for cycle in known if between.holds(cycle.opened_at))
            else:
                ids = _entries(work, list(known), between)
            sample = draw(asked.seed, asked.size, ids)
            return SampleAnswer(
                asked=asked,
                count=sample.count,
                digest=sample.digest,
                drawn=tuple(self._told(work, view, actor, sample)),
            )

        answer = self._core.store.read(actor.school_id, found)
        self._note(actor, answer)
        return answer

    def _complete(self, asked: SampleQuestion) -> SampleQuestion:
        settled = self.settled()
        if asked.before is None or asked.before > settled:
            return replace(asked, before=settled)
        return asked

    def _cycles(
        self, work: Work, view: SchoolView, actor: Actor, asked: SampleQuestion
    ) -> Iterator[_Cycle]:
        """The cycles of the group that the actor may know of, by id."""
        group = {} if asked.group is None else {"group": asked.group}
        for cycle in map(_Cycle._make, work.pick(CycleRow, _Cycle._fields, **group)):
            # Whoever reads the log sees every cycle, but for those of workflows that hide some.
            if (
                actor.is_operator
                or self._core.version(work, cycle.version).workflow.see is None
                or may_see(
                    people_for(self._core, work, view, self._core.row_of(work, cycle.id)),
                    actor.pseudonym,
                )
            ):
                yield cycle

    def _told(
        self, work: Work, view: SchoolView, actor: Actor, sample: Sample
    ) -> Iterator[DrawnOne]:
        for one in sample.drawn:
            subj, _, number = one.id.partition("/")
            cycle = self._core.row_of(work, subj.removeprefix("cycle:"))
            line = self._looking.line_if_seen(work, view, cycle, actor)
            if line is None:
                raise NotFoundError("cycle", cycle.id)
            entry = self._log.one(work, actor, subj, int(number)) if number else None
            yield DrawnOne(id=one.id, place=one.place, cycle=line, entry=entry)

    def _note(self, actor: Actor, answer: SampleAnswer) -> None:
        asked = answer.asked
        self._looks.note(
            actor,
            "sample",
            **{"from": asked.of},
            seed=asked.seed,
            size=asked.size,
            group=asked.group,
            since=None if asked.since is None else asked.since.isoformat(),
            until=None if asked.until is None else asked.until.isoformat(),
            before=asked.before,
            count=answer.count,
            drawn=answer.digest,
        )


def _entries(work: Work, known: Sequence[_Cycle], between: Between) -> Iterator[str]:
    """The ids of the known cycles' entries of that time.

    Of a cycle whose whole life lies in it, they are counted up from what its row says; only those
    that go on beyond it are looked up.
    """
    beyond: list[str] = []
    for cycle in known:
        begins, goes_on = between.holds(cycle.opened_at), between.holds(cycle.changed_at)
        if begins and goes_on:
            begun = f"{cycle.subj}/"
            for seq in range(1, cycle.revision + 1):
                yield f"{begun}{seq}"
        elif begins or goes_on or _around(cycle, between):
            beyond.append(cycle.subj)
    for first in range(0, len(beyond), _AT_ONCE):
        some = beyond[first : first + _AT_ONCE]
        for subj, seq in work.pick(EntryRow, ("subj", "seq"), subj=some, at=between):
            yield f"{subj}/{seq}"


def _around(cycle: _Cycle, between: Between) -> bool:
    """Whether it was opened before that time and went on after it."""
    before = between.since is not None and cycle.opened_at < between.since
    return before and between.until is not None and cycle.changed_at >= between.until


def sample_of_file(path: Path, asked: SampleQuestion) -> Sample:
    """The same sample, drawn from an export instead of the school's database.

    Raises:
        OSError, zipfile.BadZipFile, KeyError: not an export that can be read.
        CyclesError: a line that is no entry; `cycles verify` says more.
    """
    with zipfile.ZipFile(path) as packed, packed.open(ENTRIES) as lines:
        return draw(asked.seed, asked.size, _candidates(lines, asked))


def _candidates(lines: IO[bytes], asked: SampleQuestion) -> Iterator[str]:
    """The ids of the candidates; a subject's entries follow each other, its opening first."""
    group, between = None, Between()
    for _, raw in numbered_lines(iter(lambda: lines.read(_CHUNK), b"")):
        body = Body.parse(raw)
        if not body.is_of_cycle:
            continue
        if body.seq == 1:
            group, between = body.data["group"], asked.between(body.data["zone"])
        if asked.group not in (None, group) or not between.holds(body.at):
            continue
        if asked.of == "entries":
            yield f"{body.subj}/{body.seq}"
        elif body.seq == 1:
            yield body.subj.removeprefix("cycle:")


def _midnight(day: date, zone: str, *, days: int = 0) -> str:
    """The instant at which a day begins on the clock of a time zone, or one so many days later."""
    try:
        later = day + timedelta(days=days)
        begins = datetime(later.year, later.month, later.day, tzinfo=ZoneInfo(zone))
        return instant_text(begins.astimezone(UTC))
    except OverflowError:
        return day.isoformat()  # at the ends of all time; sorts as it should
