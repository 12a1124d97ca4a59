"""A school or a group at a glance: counts, what waits longest, what is due first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, TypeVar

from cycles.engine.access import may_see
from cycles.school import AUDITOR, DEPUTY, GROUP_HEAD, HEAD
from cycles.service.actors import Actor, require
from cycles.service.answers import CycleLine, Dashboard, TaskAnswer
from cycles.service.core import Core, SchoolView, people_for
from cycles.service.looking import Looking
from cycles.service.looks import Looks
from cycles.service.names import outward, people_in
from cycles.service.saving import task_of_row
from cycles.store import CycleFilter, CycleRow, TaskRow, VersionRow, Work

__all__ = ["Dashboards"]

R = TypeVar("R")
S = TypeVar("S")

#: Cycles of a kind that hides some which are looked at to be counted.
_SCAN: Final = 2_000
_LISTED: Final = 20
#: Cycles or tasks that are looked at to find those few.
_RUNNING: Final = 500


class Dashboards:
    """Answers about many cycles at once."""

    def __init__(self, core: Core, looking: Looking) -> None:
        self._core, self._looking, self._looks = core, looking, Looks(core)

    def dashboard(self, actor: Actor) -> Dashboard:
        """Counts by workflow, group, state and round; what waits longest; what is due first.

        A group head sees their own groups; head, deputy and auditors see the school.
        """
        require("dashboard", actor)
        everything = actor.is_operator or actor.holds(HEAD, DEPUTY, AUDITOR)
        groups = None if everything else actor.groups(GROUP_HEAD)

        def found(work: Work) -> Dashboard:
            view = self._core.view_in(work)
            lines = _Lines(self._looking, work, view, actor)
            due = self._due_first(work, view, lines, groups)
            return Dashboard(
                counts=tuple(self._counts(work, view, actor, groups)),
                waiting_longest=tuple(self._waiting_longest(work, lines, groups)),
                due_first=due,
                names=people_in(view, [d.task.person for d in due]),
            )

        answer = self._core.store.read(actor.school_id, found)
        self._looks.note(actor, "dashboard")
        return answer

    def due_first(
        self, work: Work, view: SchoolView, actor: Actor, groups: Sequence[str] | None
    ) -> tuple[TaskAnswer, ...]:
        """The steps in cycles of these groups that are due first, of cycles they may see."""
        return self._due_first(work, view, _Lines(self._looking, work, view, actor), groups)

    def _due_first(
        self, work: Work, view: SchoolView, lines: _Lines, groups: Sequence[str] | None
    ) -> tuple[TaskAnswer, ...]:
        return tuple(
            TaskAnswer(cycle=line, task=outward(view, task_of_row(row)))
            for row, line in self._due(work, view, lines, groups)
        )

    def _waiting_longest(
        self, work: Work, lines: _Lines, groups: tuple[str, ...] | None
    ) -> list[CycleLine]:
        """Cycles that have not ended, those that wait longest first."""
        running: dict[str, Any] = {"ended": False, "order": ("entered_at", "id")}
        running |= {} if groups is None else {"group": list(groups)}
        return _first_seen(
            lambda limit: work.find(CycleRow, limit=limit, **running),
            lambda row: lines.of(row.id, row),
        )

    def _due(
        self, work: Work, view: SchoolView, lines: _Lines, groups: Sequence[str] | None
    ) -> list[tuple[TaskRow, CycleLine]]:
        """Tasks with the cycles they are in, those that are due first."""
        today = view.today(self._core.now()).isoformat()

        def with_line(row: TaskRow) -> tuple[TaskRow, CycleLine] | None:
            line = lines.of(row.cycle)
            return None if line is None else (row, line)

        return _first_seen(
            lambda limit: work.tasks_due(today, groups=groups, limit=limit), with_line
        )

    def _counts(
        self, work: Work, view: SchoolView, actor: Actor, groups: tuple[str, ...] | None
    ) -> list[tuple[str, str, str, int, int]]:
        """Counts of what the actor may see; what a workflow hides is not counted either."""
        counted: list[tuple[str, str, str, int, int]] = []
        hides = cache(lambda key: self._hides(work, key))
        for workflow, group, state, round_no, many in work.counts():
            number = many
            if groups is not None and group not in groups:
                continue
            if not actor.is_operator and hides(workflow):
                asked = CycleFilter(workflow=workflow, group=group, state=state)
                rows = work.find_cycles(asked, today="", limit=_SCAN)
                number = sum(
                    may_see(people_for(self._core, work, view, row), actor.pseudonym)
                    for row in rows
                    if row.round == round_no
                )
            if number:
                counted.append((workflow, group, state, round_no, number))
        return counted

    def _hides(self, work: Work, workflow: str) -> bool:
        """Whether any version hides its cycles from somebody; they run under all there were."""
        versions = (
            self._core.version(work, r.digest) for r in work.find(VersionRow, workflow=workflow)
        )
        return any(version.workflow.see is not None for version in versions)


class _Lines:
    """The lines of cycles that an actor may see, each worked out once."""

    def __init__(self, looking: Looking, work: Work, view: SchoolView, actor: Actor) -> None:
        self._looking, self._work, self._view, self._actor = looking, work, view, actor
        self._known: dict[str, CycleLine | None] = {}

    def of(self, cycle_id: str, row: CycleRow | None = None) -> CycleLine | None:
        """The line of a cycle, whose row may be known; `None` if the actor may not see it."""
        if cycle_id not in self._known:
            there = row or self._work.cycle(cycle_id)
            self._known[cycle_id] = (
                None
                if there is None
                else self._looking.line_if_seen(self._work, self._view, there, self._actor)
            )
        return self._known[cycle_id]


def _first_seen(find: Callable[[int], list[R]], seen: Callable[[R], S | None]) -> list[S]:
    """The first few that may be seen; asks for more than these only where many may not be."""
    found: list[S] = []
    for limit in (_LISTED, _RUNNING):
        rows = find(limit)
        found = [one for row in rows if (one := seen(row)) is not None][:_LISTED]
        if len(found) == _LISTED or len(rows) < limit:
            break
    return found
