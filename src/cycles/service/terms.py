"""Which cycles have a part in a term or a month, read without their contents."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple

from cycles.engine.access import may_see
from cycles.ledger import instant_text
from cycles.school import DEPUTY, HEAD, Calendar, Term
from cycles.school.coverage import Lesson, Stretch, months_of, stretch_of, term_shown
from cycles.service.actors import Actor
from cycles.service.core import Core, SchoolView, people_for
from cycles.store import Between, CycleRow, Work
from cycles.workflow.version import Version

__all__ = ["CycleGlance", "TermAsked", "glances", "seen_of", "term_asked"]

_COLUMNS: Final = (
    "id", "workflow", "version", "group", "state", "opened_at", "entered_at"
)  # fmt: skip


class CycleGlance(NamedTuple):
    """A cycle as far as it can be told from a few columns; instants as the log writes them."""

    id: str
    workflow: str
    version: str
    group: str
    state: str
    opened_at: str
    entered_at: str
    ended: bool

    def lesson(self, core: Core, work: Work) -> Lesson:
        """When it began and ended, and whether it ended as it is meant to."""
        completed = self.ended and self.state in core.version(work, self.version).final_states
        return Lesson(
            opened=datetime.fromisoformat(self.opened_at),
            ended=datetime.fromisoformat(self.entered_at) if self.ended else None,
            completed=completed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TermAsked:
    """A term to look at.

    Attributes:
        terms: All terms, the first one first.
        term: The one that is shown; `None` where there are none.
        stretch: It with the holidays after it.
        today: The school's date.
        months: The months of it that have begun, with their stretches.
    """

    terms: tuple[Term, ...]
    term: Term | None
    stretch: Stretch
    today: date
    months: tuple[tuple[str, Stretch], ...]

    @property
    def is_past(self) -> bool:
        """Whether another term has begun since."""
        ends = [t.first_day for t in self.terms if self.term and t.first_day > self.term.last_day]
        return bool(ends) and min(ends) <= self.today

    @property
    def staff_day(self) -> date:
        """The day whose staff it is about: today, or the last one of a term that is past."""
        return self.term.last_day if self.is_past and self.term else self.today


def term_asked(calendar: Calendar, term_id: str, now: datetime) -> TermAsked:
    """The term of that id, or the present one; an unknown id means the present one."""
    today = calendar.local_date(now)
    term = term_shown(calendar, term_id, today)
    stretch = stretch_of(calendar, term)
    months: tuple[tuple[str, Stretch], ...] = ()
    if term is not None:
        begin, end = (calendar.instant_of(day, time.min) for day in (term.first_day, term.last_day))
        months = months_of(calendar, stretch, begin, min(end, max(begin, now)))
    return TermAsked(terms=calendar.terms, term=term, stretch=stretch, today=today, months=months)


def glances(
    work: Work,
    stretch: Stretch,
    *,
    now: datetime,
    groups: Collection[str] | None = None,
    workflows: Sequence[str] | None = None,
    ids: Sequence[str] | None = None,
) -> Iterator[CycleGlance]:
    """The cycles that were under way or ended in the stretch, those that run first.

    Cycles that ended before it are not even looked at, however many there are.

    Args:
        work: The transaction.
        stretch: The time.
        now: The present instant, in UTC.
        groups: Of these groups only.
        workflows: Of these workflows only.
        ids: Of these cycles only.
    """
    narrow: dict[str, Any] = {}
    for name, asked in (("workflow", workflows), ("id", ids)):
        narrow |= {} if asked is None else {name: list(asked)}
    if stretch.until is not None and stretch.is_over(now):
        narrow["opened_at"] = Between(until=instant_text(stretch.until))
    since = None if stretch.since is None else instant_text(stretch.since)
    # Asked for by when they entered their state, SQLite finds them by an index; asked for by id
    # alone, it would read through all that ever ended.
    running: dict[str, Any] = {"ended": False, "entered_at": Between(since="")}
    ended: dict[str, Any] = {"ended": True, "entered_at": Between(since=since)}
    for flag, asked_for in ((False, running), (True, ended)):
        for values in work.pick(CycleRow, _COLUMNS, **narrow, **asked_for):
            glance = CycleGlance(*(*values, flag))
            # Asked of the database, it would read through all cycles that a group ever had.
            if groups is None or glance.group in groups:
                yield glance


def seen_of(
    core: Core, work: Work, view: SchoolView, actor: Actor, found: Iterable[CycleGlance]
) -> list[CycleGlance]:
    """Those cycles, of groups that the actor looks after, which they may know of.

    Only where a workflow hides its cycles, and does not open all of them to what the actor
    holds, is each one looked at.
    """
    there = list(found)
    open_to = {v: _is_open_to(core.version(work, v), actor) for v in {g.version for g in there}}
    doubtful = [g.id for g in there if not open_to[g.version]]
    if not doubtful:
        return there
    rows = work.find(CycleRow, id=doubtful)
    known = {r.id for r in rows if may_see(people_for(core, work, view, r), actor.pseudonym)}
    return [g for g in there if open_to[g.version] or g.id in known]


def _is_open_to(version: Version, actor: Actor) -> bool:
    rule = version.workflow.see
    if rule is None or actor.is_operator:
        return True
    held = {f"school.{role}" for role in (HEAD, DEPUTY) if actor.holds(role)}
    return any(sight.from_ is None and held.intersection(sight.who) for sight in rule)
