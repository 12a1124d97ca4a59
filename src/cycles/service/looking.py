"""Questions about cycles: one of them, tasks, transitions, what-if, lists.

Nothing here writes, but that an auditor looked. Each answer is made on one consistent view of the
database, for one person, with the rights of the cycle as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeVar

from cycles.engine.access import may_read, may_read_point, may_see
from cycles.engine.commands import Command
from cycles.engine.cycle import Cycle
from cycles.engine.offers import offers, possible
from cycles.engine.people import People
from cycles.engine.sight import audits
from cycles.engine.tasks import Waiting, waiting
from cycles.engine.verdicts import Task
from cycles.engine.what_if import what_if
from cycles.errors import BlockedError, InvalidInputError, NotFoundError
from cycles.service.actors import Actor
from cycles.service.answers import (
    CycleAnswer,
    CycleLine,
    TaskAnswer,
    TransitionsAnswer,
    TrialAnswer,
)
from cycles.service.core import Core, SchoolView, people_for, subject_of
from cycles.service.filed import content_of, point_told, record_told
from cycles.service.looks import Looks
from cycles.service.names import Told, inward, outward, people_in, tell
from cycles.service.saving import task_of_row
from cycles.service.unseen import offers_without, unseen, verdicts_without, waiting_without
from cycles.store import CycleFilter, CycleRow, TaskRow, Work
from cycles.workflow.version import Version

__all__ = ["Looking", "Seen", "line_of"]

R = TypeVar("R")
S = TypeVar("S")

#: Rows looked at to fill one page; a page may be short of its limit and still have a next one.
_SCAN: Final = 2_000
_PAGE: Final = 200
#: The part of a UUIDv7 that says in which 65 seconds it was made.
_MINUTE: Final = 9
_TRIALS: Final = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """A cycle that somebody may see, with all that it takes to answer about it."""

    view: SchoolView
    row: CycleRow
    people: People
    by: str
    #: Linked cycles that they may not know of.
    hidden: frozenset[str]

    @property
    def cycle(self) -> Cycle:
        """Where it stands."""
        return self.people.cycle

    @property
    def version(self) -> Version:
        """Its workflow version."""
        return self.people.version


class Looking:
    """Answers about cycles."""

    def __init__(self, core: Core) -> None:
        self._core, self._looks = core, Looks(core)

    # --- one cycle -------------------------------------------------------------------------

    def seen(self, work: Work, actor: Actor, cycle_id: str) -> Seen:
        """The cycle, if the actor may see it; raises `NotFoundError`."""
        view = self._core.view_in(work)
        row = self._core.row_of(work, cycle_id)
        people = people_for(self._core, work, view, row)
        if not _sees(actor, people):
            raise NotFoundError("cycle", cycle_id)
        linked = () if actor.is_operator else people.around.linked
        hidden = unseen(self._core, work, view, [c.id for c in linked], actor)
        return Seen(view, row, people, actor.pseudonym, hidden)

    def note(self, actor: Actor, seen: Seen) -> None:
        """Write down that an auditor looked at a cycle; their own they do not audit."""
        if audits(seen.people, actor.pseudonym):
            self._looks.note(actor, "cycle", subj=seen.row.subj, seq=seen.row.revision)

    def cycle(self, actor: Actor, cycle_id: str) -> CycleAnswer:
        """One cycle with its records, points and tasks; raises `NotFoundError`."""

        def found(work: Work) -> tuple[Seen, CycleAnswer]:
            seen = self.seen(work, actor, cycle_id)
            return seen, self._cycle(work, seen)

        return self._noted(actor, found)

    def if_seen(self, work: Work, actor: Actor, cycle_id: str | None) -> CycleAnswer | None:
        """One cycle, as a part of another answer; `None` if the actor may not see it."""
        try:
            seen = self.seen(work, actor, cycle_id or "")
        except NotFoundError:
            return None
        return self._cycle(work, seen)

    def _noted(self, actor: Actor, found: Callable[[Work], tuple[Seen, S]]) -> S:
        """What is found of a cycle, once it is written down that an auditor looked at it."""
        seen, answer = self._core.store.read(actor.school_id, found)
        self.note(actor, seen)
        return answer

    def _cycle(self, work: Work, seen: Seen) -> CycleAnswer:
        cycle, view = seen.cycle, seen.view
        readable = [f for f in cycle.filings if may_read(seen.people, seen.by, f)]
        points = [p for p in cycle.points.values() if may_read_point(seen.people, seen.by, p)]
        wanted = {f.seq for f in readable} | {p.answered_seq for p in points if p.answered_seq}
        raising = {f.id: f.seq for f in cycle.filings}
        wanted |= {raising[p.filing] for p in points}
        kept = {s: content_of(p) for s, p in work.payloads(seen.row.subj, sorted(wanted)).items()}
        opening = self._core.opening(work, cycle.id)
        roles = {r: seen.people.holders(r) for r in seen.version.workflow.roles}
        answer = CycleAnswer(
            line=self._line(work, view, seen.row, seen.version),
            version=seen.version.digest,
            opener=cycle.opener,
            held=cycle.held,
            subject=opening.subject,
            participants=roles,
            records=tuple(record_told(f, kept.get(f.seq)) for f in readable),
            points=tuple(point_told(seen.people, seen.by, p, kept, raising) for p in points),
            waiting=_waiting(seen),
            tasks=tuple(self._tasks_now(work, seen)),
            told=Told(seen.version, {}),
        )
        found = outward(view, answer)
        return replace(found, told=Told(seen.version, people_in(view, found)))

    def _tasks_now(self, work: Work, seen: Seen) -> Iterator[Task]:
        today = seen.people.around.today
        for row in work.find(TaskRow, cycle=seen.row.id):
            if _is_on(row, today):
                yield task_of_row(row)

    def transitions(self, actor: Actor, cycle_id: str) -> TransitionsAnswer:
        """Every transition from here for the actor, with each guard's verdict."""

        def found(work: Work) -> tuple[Seen, TransitionsAnswer]:
            seen = self.seen(work, actor, cycle_id)
            seen_offers = offers_without(offers(seen.people, seen.by), seen.hidden)
            offered = outward(seen.view, seen_offers)
            return seen, TransitionsAnswer(
                line=self._line(work, seen.view, seen.row, seen.version),
                offers=offered,
                possible=tuple(possible(seen.people, seen.by)) if _runs(seen) else (),
                waiting=_waiting(seen),
                told=Told(seen.version, people_in(seen.view, offered)),
            )

        return self._noted(actor, found)

    def what_if(
        self, actor: Actor, cycle_id: str, commands: Sequence[Command]
    ) -> tuple[TrialAnswer, ...]:
        """What the commands would come to, sent by the actor one after the other; touches nothing.

        Raises:
            InvalidInputError: somebody named who is not there.
        """

        def tried(work: Work) -> tuple[Seen, tuple[TrialAnswer, ...]]:
            seen = self.seen(work, actor, cycle_id)
            meant = []
            for command in commands[:_TRIALS]:
                try:
                    meant.append(inward(seen.view, seen.version, command))
                except InvalidInputError as error:
                    raise tell(seen.view, seen.version, error) from None
            key = self._core.opening(work, cycle_id).key or bytes(32)
            trials = what_if(
                seen.version,
                seen.cycle,
                meant,
                by=seen.by,
                around=seen.people.around,
                content_key=key,
            )
            answers = []
            for trial in trials:
                tasks = trial.decision.tasks if trial.decision else ()
                shown = [t for t in tasks if t.since is None]
                refusal = trial.refusal
                if isinstance(refusal, BlockedError):
                    refusal.verdicts = verdicts_without(refusal.verdicts, seen.hidden)
                if refusal is not None:
                    refusal = tell(seen.view, seen.version, refusal)
                plain = outward(seen.view, tuple(shown))
                answers.append(
                    TrialAnswer(
                        refusal=refusal,
                        fired=trial.decision.entry.fired if trial.decision else None,
                        state=trial.after.state,
                        round=trial.after.round,
                        tasks=plain,
                        told=Told(seen.version, people_in(seen.view, plain)),
                    )
                )
            return seen, tuple(answers)

        return self._noted(actor, tried)

    # --- lists -----------------------------------------------------------------------------

    def tasks(self, actor: Actor) -> tuple[TaskAnswer, ...]:
        """The actor's next required steps, soonest due first."""
        if actor.is_operator:
            raise NotFoundError("person", "-")
        every = self.tasks_of(actor.school_id, actor.pseudonym)
        return tuple(each for each in every if actor.may_reach(each.cycle.id))

    def tasks_of(self, school_id: str, pseudonym: str) -> tuple[TaskAnswer, ...]:
        """Somebody's next required steps, soonest due first."""

        def found(work: Work) -> tuple[TaskAnswer, ...]:
            view = self._core.view_in(work)
            today = view.today(self._core.now()).isoformat()
            lines: dict[str, CycleLine] = {}
            answers = []
            for row in work.tasks_of(pseudonym, today):
                if row.cycle not in lines:
                    lines[row.cycle] = self._line_of(work, view, row.cycle)
                answers.append(
                    TaskAnswer(cycle=lines[row.cycle], task=outward(view, task_of_row(row)))
                )
            return tuple(answers)

        return self._core.store.read(school_id, found)

    def cycles(
        self, actor: Actor, asked: CycleFilter, *, after: str = "", limit: int = 50
    ) -> tuple[tuple[CycleLine, ...], str | None]:
        """Cycles that the actor may see, newest first, and where the next page begins (or `None`).

        That is the last cycle shown or, where too many had to be passed over, the minute or so in
        which those were opened: no page names a cycle that it does not show.

        People in `asked` are person ids. Raises `InvalidInputError` for unknown ones.
        """

        def found(work: Work) -> tuple[tuple[CycleLine, ...], str | None]:
            view = self._core.view_in(work)
            meant = _filter_inward(view, asked)
            if meant is None:
                return (), None
            today = view.today(self._core.now()).isoformat()
            lines: list[CycleLine] = []
            last, scanned = after, 0
            while True:
                page = work.find_cycles(meant, today=today, after=last, limit=_PAGE)
                for row in page:
                    if scanned >= _SCAN and row.id[:_MINUTE] != last[:_MINUTE]:
                        return tuple(lines), last[:_MINUTE]
                    last, scanned = row.id, scanned + 1
                    line = self.line_if_seen(work, view, row, actor)
                    if line is not None:
                        lines.append(line)
                        if len(lines) == limit:
                            return tuple(lines), last
                if len(page) < _PAGE:
                    return tuple(lines), None

        answer = self._core.store.read(actor.school_id, found)
        self._note_list(actor, asked, after)
        return answer

    def _note_list(self, actor: Actor, asked: CycleFilter, after: str) -> None:
        """Write down that an auditor read a list of cycles; that of their own is their work."""
        if actor.person in (asked.person, asked.waiting):
            return
        known = self._core.view(actor.school_id).person_of
        said = {name: getattr(asked, name) for name in CycleFilter.__slots__}
        del said["has_task"]
        for name in ("person", "waiting"):
            said[name] = known[said[name]].pseudonym if said[name] in known else None
        self._looks.note(actor, "cycles", **said, older=bool(after) or None)

    # --- lines -----------------------------------------------------------------------------

    def _line_of(self, work: Work, view: SchoolView, cycle_id: str) -> CycleLine:
        row = self._core.row_of(work, cycle_id)
        return self._line(work, view, row, self._core.version(work, row.version))

    def line_if_seen(
        self, work: Work, view: SchoolView, row: CycleRow, actor: Actor
    ) -> CycleLine | None:
        """The line of a cycle; `None` if the actor may not know of it."""
        people = people_for(self._core, work, view, row)
        if _sees(actor, people):
            return self._line(work, view, row, people.version)
        return None

    def _line(self, work: Work, view: SchoolView, row: CycleRow, version: Version) -> CycleLine:
        opening = self._core.opening(work, row.id)
        return line_of(row, version, subject_of(version, opening.subject), view.row.zone)


def _sees(actor: Actor, people: People) -> bool:
    """Whether the actor may know of the cycle, by what they came in by, too."""
    if actor.is_operator:
        return True
    return actor.may_reach(people.cycle.id) and may_see(people, actor.pseudonym)


def line_of(row: CycleRow, version: Version, title: str, zone: str) -> CycleLine:
    """A cycle's line in a list."""
    return CycleLine(
        id=row.id,
        workflow=row.workflow,
        title=title,
        group=row.group,
        state=row.state,
        round=row.round,
        revision=row.revision,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        entered_at=row.entered_at,
        ended=row.ended,
        zone=zone,
        told=Told(version, {}),
    )


def _runs(seen: Seen) -> bool:
    """Whether it stands in a state of its workflow that leads on."""
    return seen.cycle.state in seen.version.leaving and not seen.row.ended


def _waiting(seen: Seen) -> Waiting:
    """What it waits for besides people, as far as the asker may know of it."""
    return waiting_without(waiting(seen.people), seen.hidden) if _runs(seen) else Waiting()


def _is_on(row: TaskRow, today: date) -> bool:
    """Whether the task may be done today."""
    day = today.isoformat()
    return row.from_date <= day and (row.until_date is None or day < row.until_date)


def _filter_inward(view: SchoolView, asked: CycleFilter) -> CycleFilter | None:
    """The filter with pseudonyms; `None` where it names somebody who is not there."""
    changes: dict[str, Any] = {}
    for name in ("person", "waiting"):
        given = getattr(asked, name)
        if given is not None:
            known = view.person_of.get(given)
            if known is None:
                return None
            changes[name] = known.pseudonym
    return replace(asked, **changes)
