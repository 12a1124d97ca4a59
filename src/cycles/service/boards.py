"""A group's board: its cycles that have not ended, with whom and what each of them waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec import structs

from cycles.engine.lamps import Lamp
from cycles.engine.people import People
from cycles.engine.tasks import Waiting, waiting, ways_on
from cycles.engine.verdicts import Task
from cycles.errors import NotFoundError
from cycles.school import DEPUTY, GROUP_HEAD, HEAD
from cycles.service.actors import Actor, require
from cycles.service.answers import CycleLine
from cycles.service.arranging import days_to_move
from cycles.service.core import Core, SchoolView, people_for
from cycles.service.lighting import Lighting
from cycles.service.looking import Looking
from cycles.service.names import named
from cycles.service.saving import task_of_row
from cycles.service.unseen import unseen, waiting_without
from cycles.store import CycleRow, TaskRow, Work

__all__ = ["Board", "BoardLine", "Boards"]

#: More cycles than these are told of, not shown; those that wait longest come first.
_MOST: Final = 300
#: What somebody above the group is asked for where the group itself cannot go on.
_HELP: Final = frozenset({"substitute", "waive"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """A cycle and what it waits for today.

    Attributes:
        line: The cycle.
        tasks: The steps that it waits for; `person` is a person id. To confirm what was typed
            for somebody is none of them.
        waiting: The days and cycles it waits for, where it waits for nobody.
        rests: It may rest here long, and nobody is asked for anything.
        lamps: Its five lamps.
        moves: Whether the asker can put off a day that it waits for, at once.
        waivable: Guards that it lacks and that the asker may waive, where it is stuck or late.
    """

    line: CycleLine
    tasks: tuple[Task, ...]
    waiting: Waiting
    rests: bool
    lamps: tuple[Lamp, ...]
    moves: bool = False
    waivable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What runs in a group, longest in its state first.

    Attributes:
        lines: The cycles.
        names: Person id → name of everybody who has a step.
        members: Person ids of the group's head and members.
        more: Whether there are more cycles than a board shows.
    """

    lines: tuple[BoardLine, ...]
    names: Mapping[str, str]
    members: frozenset[str]
    more: bool


class Boards:
    """Answers about what runs in a group."""

    def __init__(self, core: Core, looking: Looking) -> None:
        self._core, self._looking = core, looking
        self._lighting = Lighting()

    def groups(self, actor: Actor) -> tuple[tuple[str, str], ...]:
        """(id, name) of the groups whose board they may look at, their own first.

        Raises `NotAllowedError` for whoever leads no group and not the school.
        """
        require("board", actor)
        view, own = self._core.view(actor.school_id), actor.groups(GROUP_HEAD)
        everything = actor.is_operator or actor.holds(HEAD, DEPUTY)
        there = [g for g in view.groups.values() if everything or g.id in own]
        there.sort(key=lambda g: g.id not in own)
        return tuple((g.id, g.name) for g in there)

    def of(self, actor: Actor, group: str) -> Board:
        """The board of a group; raises `NotFoundError` for one they may not look at."""
        if group not in dict(self.groups(actor)):
            raise NotFoundError("group", group)
        return self._core.store.read(actor.school_id, lambda work: self._board(work, actor, group))

    def _board(self, work: Work, actor: Actor, group: str) -> Board:
        view = self._core.view_in(work)
        order, limit = ("entered_at", "id"), _MOST + 1
        rows = work.find(CycleRow, group=group, ended=False, order=order, limit=limit)
        lines = self.lines(work, view, actor, rows[:_MOST])
        duty = view.on_duty(view.today(self._core.now()))
        members = (*duty.group_heads.get(group, ()), *duty.group_members.get(group, ()))
        return Board(
            lines=lines,
            names=named(view, {t.person for line in lines for t in line.tasks}),
            members=frozenset(view.id_of[p] for p in members if p in view.id_of),
            more=len(rows) > _MOST,
        )

    def lines(
        self, work: Work, view: SchoolView, actor: Actor, rows: Sequence[CycleRow]
    ) -> tuple[BoardLine, ...]:
        """Cycles with what each waits for, in their order; those they may not see are left out."""
        tasks = self._tasks(work, view, [row.id for row in rows if not row.ended])
        found = (self._line(work, view, actor, row, tuple(tasks.get(row.id, ()))) for row in rows)
        return tuple(line for line in found if line is not None)

    def lamps(self, actor: Actor, cycle_id: str) -> tuple[Lamp, ...]:
        """The five lamps of a cycle; raises `NotFoundError`."""

        def found(work: Work) -> tuple[Lamp, ...]:
            seen = self._looking.seen(work, actor, cycle_id)
            return self._lighting.of(seen.version, seen.cycle, seen.row.head)

        return self._core.store.read(actor.school_id, found)

    def _tasks(self, work: Work, view: SchoolView, cycles: list[str]) -> dict[str, list[Task]]:
        """Today's steps that cycles wait for, by cycle, asked for at once."""
        now = self._core.now()
        today, found = view.today(now).isoformat(), dict[str, list[Task]]()
        for row in work.find(TaskRow, cycle=cycles) if cycles else ():
            if row.do.startswith("confirm:"):
                continue
            if row.from_date <= today and (row.until_date is None or today < row.until_date):
                task = task_of_row(row)
                person = view.id_of.get(task.person, task.person)
                found.setdefault(row.cycle, []).append(structs.replace(task, person=person))
        for tasks in found.values():
            # Whoever came to the school first is named first; undated steps come last.
            tasks.sort(key=lambda t: (t.due is None, t.due or now, t.do, t.person))
        return found

    def _line(
        self, work: Work, view: SchoolView, actor: Actor, row: CycleRow, tasks: tuple[Task, ...]
    ) -> BoardLine | None:
        line = self._looking.line_if_seen(work, view, row, actor)
        if line is None:
            return None
        people = people_for(self._core, work, view, row)
        state = people.version.workflow.states.get(row.state)
        found = Waiting()
        if state is not None and not tasks and not row.ended:
            found = waiting(people)
            linked = [c.id for c in people.around.linked]
            found = waiting_without(found, unseen(self._core, work, view, linked, actor))
        wanting = not row.ended and self._is_wanting(tasks, found)
        return BoardLine(
            line=line,
            tasks=tasks,
            waiting=found,
            rests=state is not None and state.rests,
            lamps=self._lighting.of(people.version, people.cycle, row.head),
            moves=not row.ended and bool(days_to_move(people, actor.pseudonym)),
            waivable=_waivable(people, actor.pseudonym) if wanting else (),
        )

    def _is_wanting(self, tasks: tuple[Task, ...], waits: Waiting) -> bool:
        """Whether only people above it are asked and no day is waited for, or somebody is late."""
        now = self._core.now()
        late = any(task.due is not None and task.due < now for task in tasks)
        stuck = all(task.do in _HELP for task in tasks) and not (waits.until or waits.cycles)
        return late or stuck


def _waivable(people: People, by: str) -> tuple[str, ...]:
    """The guards on the ways on that are not met and that somebody may waive."""
    verdicts = (v for _, every in ways_on(people).values() for v in every)
    return tuple(dict.fromkeys(v.guard for v in verdicts if not v.passes and by in v.waivable_by))
