"""Who has given a report lesson this term: each teacher once, by name, and nobody ranked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cycles.errors import NotFoundError
from cycles.school import AUDITOR, DEPUTY, GROUP_HEAD, HEAD
from cycles.school.coverage import (
    STANDINGS,
    Standing,
    by_sound,
    standing_in,
    standing_of,
    teaching_role,
)
from cycles.service.actors import Actor, require
from cycles.service.answers import TaskAnswer
from cycles.service.boards import BoardLine, Boards
from cycles.service.core import Core, SchoolView
from cycles.service.dashboards import Dashboards
from cycles.service.looks import Looks
from cycles.service.names import named
from cycles.service.terms import CycleGlance, TermAsked, glances, seen_of, term_asked
from cycles.store import CycleRow, ParticipantRow, VersionRow, Work

__all__ = ["MOST", "Coverage", "CoverageAnswer", "LessonLine", "TeacherLine", "groups_seen"]

#: Lessons of a teacher that are told of, not only counted.
_SHOWN: Final = 2
#: Teachers on one page; a larger school looks at one group after the other.
MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonLine:
    """A report lesson, with what its cycle waits for and its lamps."""

    standing: Standing
    line: BoardLine


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherLine:
    """A teacher and their report lessons of the term.

    Attributes:
        person: Person id.
        name: Their name.
        groups: Names of their groups.
        standing: Done, under way or not yet arranged.
        lessons: The lessons, what is done first, then what began first.
        more: How many more there are than these.
    """

    person: str
    name: str
    groups: tuple[str, ...]
    standing: Standing
    lessons: tuple[LessonLine, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageAnswer:
    """A term's report lessons, as far as somebody may know of them.

    Attributes:
        asked: The term.
        groups: (id, name) of the groups that may be chosen.
        group: The one that is; empty for all of them.
        own: Whether they see nobody but themselves.
        counts: Teachers by standing, those included that are not shown.
        teachers: By name.
        more: How many teachers are not shown.
        due: What is due first and whose step it is; people are person ids.
        names: Person id → name of everybody with a step.
        workflows: Whether the school has a workflow for such lessons at all.
    """

    asked: TermAsked
    groups: tuple[tuple[str, str], ...]
    group: str
    own: bool
    counts: Mapping[Standing, int]
    teachers: tuple[TeacherLine, ...]
    more: int
    due: tuple[TaskAnswer, ...]
    names: Mapping[str, str]
    workflows: bool


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked, by whom, on one view of the database.

    `groups` are the ids of those asked for; `None` where somebody sees only themselves.
    """

    work: Work
    view: SchoolView
    actor: Actor
    asked: TermAsked
    groups: tuple[str, ...] | None
    standing: Standing | None
    whole: bool


@dataclass(frozen=True, slots=True)
class _Given:
    """A lesson that somebody gives."""

    glance: CycleGlance
    standing: Standing


@dataclass(frozen=True, slots=True)
class _Teacher:
    """A teacher, with what they give."""

    pseudonym: str
    name: str
    groups: tuple[str, ...]
    standing: Standing
    given: tuple[_Given, ...]


class Coverage:
    """Answers about report lessons."""

    def __init__(self, core: Core, boards: Boards, dashboards: Dashboards) -> None:
        self._core, self._boards, self._dashboards = core, boards, dashboards
        self._looks = Looks(core)

    def of(
        self,
        actor: Actor,
        *,
        term: str = "",
        group: str = "",
        standing: Standing | None = None,
        whole: bool = False,
    ) -> CoverageAnswer:
        """The coverage of a term.

        Head, deputy and auditors see the school, a group head their groups, a teacher themselves.

        Args:
            actor: Who asks.
            term: Its id; an unknown one means the present term.
            group: A group's id; empty for all that they may see.
            standing: Only teachers who stand so.
            whole: All teachers and all their lessons, however many.

        Raises:
            NotAllowedError: they are neither a teacher nor one who looks after them.
            NotFoundError: no such group, or none of theirs.
        """
        require("coverage", actor)

        def found(work: Work) -> CoverageAnswer:
            view = self._core.view_in(work)
            seen = groups_seen(view, actor)
            if group and group not in dict(seen or ()):
                raise NotFoundError("group", group)
            chosen = None if seen is None else tuple(g for g, _ in seen if group in ("", g))
            asked = term_asked(view.calendar, term, self._core.now())
            question = _Question(work, view, actor, asked, chosen, standing, whole)
            return self._answer(question, seen or (), group)

        answer = self._core.store.read(actor.school_id, found)
        shown = answer.asked.term
        said = {"term": shown.id if shown else None, "group": group, "standing": standing}
        self._looks.note(actor, "coverage", **said, whole=whole or None)
        return answer

    def _answer(
        self, question: _Question, groups: tuple[tuple[str, str], ...], group: str
    ) -> CoverageAnswer:
        roles = self._roles(question.work)
        every = self._teachers(question, roles)
        asked_for = [t for t in every if question.standing in (None, t.standing)]
        shown = asked_for if question.whole else asked_for[:MOST]
        lines = self._lines(question, shown)
        due = self._due(question)
        steps = {t.task.person for t in due}
        steps |= {task.person for line in lines.values() for task in line.tasks}
        return CoverageAnswer(
            asked=question.asked,
            groups=groups,
            group=group,
            own=question.groups is None,
            counts={s: sum(t.standing == s for t in every) for s in STANDINGS},
            teachers=tuple(self._told(question, teacher, lines) for teacher in shown),
            more=len(asked_for) - len(shown),
            due=due,
            names=named(question.view, steps),
            workflows=bool(roles),
        )

    # --- who and what ----------------------------------------------------------------------

    def _roles(self, work: Work) -> dict[str, tuple[str, str]]:
        """Version → its workflow and the role of whoever gives a lesson of theirs in it."""
        found = {}
        for digest, workflow in work.pick(VersionRow, ("digest", "workflow")):
            role = teaching_role(self._core.version(work, digest))
            if role is not None:
                found[digest] = (workflow, role)
        return found

    def _teachers(
        self, question: _Question, roles: Mapping[str, tuple[str, str]]
    ) -> list[_Teacher]:
        """All teachers who are asked about, by name."""
        view, found = question.view, []
        members = self._members(question)
        given = self._given(question, roles, members)
        for pseudonym, groups in members.items():
            lessons = given.get(pseudonym, [])
            name = view.name(view.id_of[pseudonym])
            standing = standing_of(g.standing for g in lessons)
            found.append(_Teacher(pseudonym, name, groups, standing, tuple(lessons)))
        return sorted(found, key=lambda t: (by_sound(t.name), t.pseudonym))

    def _members(self, question: _Question) -> dict[str, tuple[str, ...]]:
        """Pseudonym → names of the groups in which they teach on the day that counts."""
        view, day, actor = question.view, question.asked.staff_day, question.actor
        found: dict[str, tuple[str, ...]] = {}
        for group in sorted(view.groups.values(), key=lambda g: by_sound(g.name)):
            if question.groups is not None and group.id not in question.groups:
                continue
            for member in view.directory.group_members(group.id, day):
                if question.groups is not None or member == actor.pseudonym:
                    found[member] = (*found.get(member, ()), group.name)
        return found

    def _given(
        self,
        question: _Question,
        roles: Mapping[str, tuple[str, str]],
        members: Mapping[str, tuple[str, ...]],
    ) -> dict[str, list[_Given]]:
        """Pseudonym → the lessons they give in the term, the newest first."""
        work, stretch = question.work, question.asked.stretch
        there = [g for g in self._glances(question, roles) if g.version in roles]
        lessons: dict[str, _Given] = {}
        for glance in seen_of(self._core, work, question.view, question.actor, there):
            standing = standing_in(glance.lesson(self._core, work), stretch)
            if standing is not None:
                lessons[glance.id] = _Given(glance, standing)
        asked = {"cycle": list(lessons), "role": sorted({role for _, role in roles.values()})}
        picked = work.pick(ParticipantRow, ("cycle", "role", "person"), **asked)
        found: dict[str, list[_Given]] = {}
        for cycle, role, person in reversed(picked):
            given = lessons[cycle]
            if role == roles[given.glance.version][1] and person in members:
                found.setdefault(person, []).append(given)
        return found

    def _glances(
        self, question: _Question, roles: Mapping[str, tuple[str, str]]
    ) -> Iterable[CycleGlance]:
        work, now = question.work, self._core.now()
        workflows = sorted({workflow for workflow, _ in roles.values()})
        if question.groups is not None:
            groups = question.groups
            return glances(
                work, question.asked.stretch, now=now, groups=groups, workflows=workflows
            )
        own = {"person": question.actor.pseudonym, "role": sorted({r for _, r in roles.values()})}
        ids = sorted({cycle for (cycle,) in work.pick(ParticipantRow, ("cycle",), **own)})
        return glances(work, question.asked.stretch, now=now, ids=ids, workflows=workflows)

    # --- what is told of it ----------------------------------------------------------------

    def _lines(self, question: _Question, teachers: Sequence[_Teacher]) -> dict[str, BoardLine]:
        """Cycle → its line, of all lessons that are shown."""
        wanted = [g.glance.id for t in teachers for g in self._shown(question, t)]
        rows = question.work.find(CycleRow, id=wanted) if wanted else []
        found = self._boards.lines(question.work, question.view, question.actor, rows)
        return {line.line.id: line for line in found}

    def _shown(self, question: _Question, teacher: _Teacher) -> tuple[_Given, ...]:
        """What is done comes first, for it was asked for; then what began first."""
        opened_first = sorted(teacher.given, key=lambda g: g.glance.opened_at)
        ordered = sorted(opened_first, key=lambda g: STANDINGS.index(g.standing))
        every = question.whole or question.groups is None
        return tuple(ordered if every else ordered[:_SHOWN])

    def _told(
        self, question: _Question, teacher: _Teacher, lines: Mapping[str, BoardLine]
    ) -> TeacherLine:
        shown = [g for g in self._shown(question, teacher) if g.glance.id in lines]
        return TeacherLine(
            person=question.view.id_of[teacher.pseudonym],
            name=teacher.name,
            groups=teacher.groups,
            standing=teacher.standing,
            lessons=tuple(LessonLine(standing=g.standing, line=lines[g.glance.id]) for g in shown),
            more=len(teacher.given) - len(shown),
        )

    def _due(self, question: _Question) -> tuple[TaskAnswer, ...]:
        """What is due first in the groups asked for; nothing for one who sees only themselves."""
        if question.groups is None or question.asked.is_past:
            return ()
        work, view, groups = question.work, question.view, question.groups
        return self._dashboards.due_first(work, view, question.actor, groups)


def groups_seen(view: SchoolView, actor: Actor) -> tuple[tuple[str, str], ...] | None:
    """(id, name) of the groups that they look after; `None` for whoever sees only themselves."""
    everything = actor.is_operator or actor.holds(HEAD, DEPUTY, AUDITOR)
    own = actor.groups(GROUP_HEAD)
    if not everything and not own:
        return None
    seen = [g for g in view.groups.values() if everything or g.id in own]
    return tuple((g.id, g.name) for g in sorted(seen, key=lambda g: by_sound(g.name)))
