"""The year's plan against what happened: workflow by workflow, what is due, runs and is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from cycles.errors import NotFoundError
from cycles.ledger import instant_text
from cycles.school.coverage import Lesson, Stretch, standing_in
from cycles.service.actors import Actor, require
from cycles.service.boards import BoardLine, Boards
from cycles.service.core import Core, SchoolView
from cycles.service.coverage import groups_seen
from cycles.service.looks import Looks
from cycles.service.names import named
from cycles.service.terms import CycleGlance, TermAsked, glances, seen_of, term_asked
from cycles.store import Between, CycleRow, DefiningRow, TaskRow, Work
from cycles.workflow.version import Version

__all__ = ["KINDS", "Kind", "PlanAnswer", "PlanLine", "PlanRow", "Plans"]

#: `late`: a step should be done by now; `due`: one comes in this time; `open`: no hurry;
#: `done`: ended as meant; `stopped`: withdrawn or cancelled.
Kind = Literal["late", "due", "open", "done", "stopped"]
KINDS: Final[tuple[Kind, ...]] = ("late", "due", "open", "done", "stopped")
#: Cycles of a workflow that are named beside the others, and where it is looked at alone.
_NAMED: Final = 5
_MOST: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """A cycle, and what it is to the time that is looked at."""

    kind: Kind
    line: BoardLine


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One workflow in that time.

    Attributes:
        version: The version under which new cycles run.
        opened: How many began in it.
        counts: How many there are of each kind; late, due and open are all under way.
        lines: Some of them: what should be looked at first comes first.
        more: How many are not among these.
    """

    version: Version
    opened: int
    counts: Mapping[Kind, int]
    lines: tuple[PlanLine, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAnswer:
    """What happened in a term or a month of it, as far as somebody may know of it.

    Attributes:
        asked: The term.
        month: The month, `2026-09`; empty for the whole term.
        is_over: Whether that time has passed: then nothing is due in it any more.
        groups: (id, name) of the groups that may be chosen.
        group: The one that is; empty for all of them.
        rows: The workflows, by key.
        names: Person id → name of everybody with a step.
    """

    asked: TermAsked
    month: str
    is_over: bool
    groups: tuple[tuple[str, str], ...]
    group: str
    rows: tuple[PlanRow, ...]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Part:
    """A cycle's part in the time: what kind it is, and what it is put in order by."""

    glance: CycleGlance
    kind: Kind
    order: str


class Plans:
    """Answers about the plan."""

    def __init__(self, core: Core, boards: Boards) -> None:
        self._core, self._boards, self._looks = core, boards, Looks(core)

    def of(
        self,
        actor: Actor,
        *,
        term: str = "",
        month: str = "",
        group: str = "",
        workflow: str = "",
        whole: bool = False,
    ) -> PlanAnswer:
        """What happened in a term, or in one month of it.

        Args:
            actor: Who asks.
            term: Its id; an unknown one means the present term.
            month: `2026-09`; one that has no part in the term means the whole term.
            group: A group's id; empty for all that they may see.
            workflow: Only this one, with more of its cycles.
            whole: All cycles of all workflows, however many.

        Raises:
            NotAllowedError: they look after nobody.
            NotFoundError: no such group, or none of theirs; no such workflow.
        """
        require("plan", actor)

        def found(work: Work) -> PlanAnswer:
            view, now = self._core.view_in(work), self._core.now()
            groups = groups_seen(view, actor) or ()
            if group and group not in dict(groups):
                raise NotFoundError("group", group)
            asked = term_asked(view.calendar, term, now)
            months = dict(asked.months)
            stretch = months.get(month, asked.stretch)
            chosen = frozenset(g for g, _ in groups if group in ("", g))
            limit = None if whole else _MOST if workflow else _NAMED
            rows = tuple(self._rows(work, view, actor, stretch, chosen, workflow, limit))
            steps = {t.person for r in rows for one in r.lines for t in one.line.tasks}
            return PlanAnswer(
                asked=asked,
                month=month if month in months else "",
                is_over=stretch.is_over(now),
                groups=groups,
                group=group,
                rows=rows,
                names=named(view, steps),
            )

        answer = self._core.store.read(actor.school_id, found)
        shown = answer.asked.term
        said = {"term": shown.id if shown else None, "group": group, "workflow": workflow}
        self._looks.note(actor, "plan", **said, month=answer.month, whole=whole or None)
        return answer

    def _rows(
        self,
        work: Work,
        view: SchoolView,
        actor: Actor,
        stretch: Stretch,
        groups: frozenset[str],
        workflow: str,
        limit: int | None,
    ) -> Iterable[PlanRow]:
        newest = {r: d for r, d in self._newest(work) if workflow in ("", r)}
        if workflow and not newest:
            raise NotFoundError("workflow", workflow)
        now = self._core.now()
        there = glances(work, stretch, now=now, groups=groups, workflows=list(newest))
        seen = seen_of(self._core, work, view, actor, there)
        parts: dict[str, list[_Part]] = {key: [] for key in newest}
        opened = dict.fromkeys(newest, 0)
        dues = {} if stretch.is_over(now) else self._dues(work, view, now)
        for glance in seen:
            lesson = glance.lesson(self._core, work)
            opened[glance.workflow] += stretch.holds(lesson.opened)
            part = _part(glance, lesson, stretch, dues.get(glance.id), instant_text(now))
            if part is not None:
                parts[glance.workflow].append(part)
        shown = {key: _first(parts[key], limit) for key in newest}
        lines = self._lines(work, view, actor, [p for few in shown.values() for p in few])
        for key, digest in newest.items():
            told = [
                PlanLine(kind=p.kind, line=lines[p.glance.id])
                for p in shown[key]
                if p.glance.id in lines
            ]
            yield PlanRow(
                version=self._core.version(work, digest),
                opened=opened[key],
                counts={kind: sum(p.kind == kind for p in parts[key]) for kind in KINDS},
                lines=tuple(told),
                more=len(parts[key]) - len(told),
            )

    def _newest(self, work: Work) -> list[tuple[str, str]]:
        """(workflow, digest of its current version), by workflow."""
        versions = work.pick(DefiningRow, ("workflow", "number", "digest"))
        return [(workflow, digest) for workflow, _, digest in sorted(versions)]

    def _dues(self, work: Work, view: SchoolView, now: datetime) -> dict[str, str]:
        """Cycle → the instant at which its first step is due."""
        today, found = view.today(now).isoformat(), dict[str, str]()
        names = ("cycle", "do", "due_at", "from_date", "until_date")
        for cycle, do, due, first, until in work.pick(TaskRow, names, due_at=Between()):
            on = first <= today and (until is None or today < until)
            if on and not do.startswith("confirm:"):
                found[cycle] = min(due, found.get(cycle, due))
        return found

    def _lines(
        self, work: Work, view: SchoolView, actor: Actor, parts: list[_Part]
    ) -> dict[str, BoardLine]:
        rows = work.find(CycleRow, id=[p.glance.id for p in parts]) if parts else []
        found = self._boards.lines(work, view, actor, rows)
        return {line.line.id: line for line in found}


def _part(
    glance: CycleGlance, lesson: Lesson, stretch: Stretch, due: str | None, now: str
) -> _Part | None:
    """What the cycle is to the time; `None` if it has no part in it."""
    standing = standing_in(lesson, stretch)
    if standing == "done":
        return _Part(glance, "done", glance.entered_at)
    if standing == "under_way":
        if due is not None and due < now:
            return _Part(glance, "late", due)
        until = None if stretch.until is None else instant_text(stretch.until)
        if due is not None and (until is None or due < until):
            return _Part(glance, "due", due)
        return _Part(glance, "open", glance.entered_at)
    if lesson.ended is not None and not lesson.completed and stretch.holds(lesson.ended):
        return _Part(glance, "stopped", glance.entered_at)
    return None


def _first(parts: list[_Part], limit: int | None) -> list[_Part]:
    """What is to be looked at first: what is due, what waits longest, what ended last."""
    found: list[_Part] = []
    for kind in KINDS:
        over = kind in ("done", "stopped")
        some = (p for p in parts if p.kind == kind)
        found += sorted(some, key=lambda p: (p.order, p.glance.id), reverse=over)
    return found[:limit]
