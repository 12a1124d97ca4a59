"""Who may do what with which record in which state of a workflow: all of it, as one table."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from msgspec import structs

from cycles.engine.access import may_read, may_see
from cycles.engine.cycle import Cycle, Filing, Visit
from cycles.engine.people import People
from cycles.engine.surroundings import Directory, Surroundings
from cycles.workflow.version import Version

__all__ = ["AccessRow", "access_table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRow:
    """What one kind of person may do with the records of one kind while a cycle is in a state."""

    #: `None`: the cycle itself.
    record: str | None
    #: A role of the workflow, an atom of a who-expression, or `auditor`.
    who: str
    state: str
    #: Files it here in time.
    files: bool
    #: Reads what another filed in this round; `after_own`: once their own is in.
    reads: Literal["yes", "after_own", "no"]


def access_table(version: Version) -> tuple[AccessRow, ...]:
    """The whole table, in file order: state × kind of person × record.

    It is worked out by `may_see` and `may_read`, on a cycle that came straight to the state and
    in which everybody is one kind of person only.
    """
    everybody = {who: f"p_{who}" for who in (*version.workflow.roles, *_KINDS)}
    return tuple(
        row
        for state in version.workflow.states
        for who, person in everybody.items()
        for row in _rows(_example(version, state, everybody), who, person)
    )


#: Kinds of people besides the roles of a workflow.
_KINDS = (
    "opener",
    "group.head",
    "group.members",
    "school.deputy",
    "school.head",
    "school.staff",
    "auditor",
)
_DAY = datetime(2026, 9, 1, tzinfo=UTC)


def _rows(people: People, who: str, person: str) -> Iterator[AccessRow]:
    state, seen = people.cycle.state, may_see(people, person)
    yield AccessRow(record=None, who=who, state=state, files=False, reads="yes" if seen else "no")
    for record, kind in people.version.workflow.records.items():
        other, own = (_filing(people.cycle, record, p) for p in ("p_another", person))
        may_file = seen and person in people.of(kind.by)
        reads: Literal["yes", "after_own", "no"] = "no"
        if may_read(people, person, other):
            reads = "yes"
        elif may_file:
            with_own = replace(people, cycle=structs.replace(people.cycle, filings=(own,)))
            reads = "after_own" if may_read(with_own, person, other) else "no"
        in_time = state in people.version.file_in[record]
        yield AccessRow(
            record=record, who=who, state=state, files=may_file and in_time, reads=reads
        )


def _filing(cycle: Cycle, record: str, person: str) -> Filing:
    """A filing of the present round, as an example."""
    return Filing(
        id=person, record=record, person=person, typed_by=person, round=cycle.round,
        seq=cycle.revision, at=_DAY, facts={}, digest="",
    )  # fmt: skip


def _example(version: Version, state: str, everybody: dict[str, str]) -> People:
    """A cycle that came to the state on the shortest way, each of its people of one kind."""
    roles = {role: (everybody[role],) for role in version.workflow.roles}
    named = {kind: (everybody[kind],) for kind in _KINDS}
    visits = _straight_to(version, state)
    cycle = Cycle(
        id="example", definition_id=version.definition_id, group="group",
        opener=everybody["opener"], zone="UTC", revision=len(visits), state=state,
        round=visits[-1].round, visits=visits, roles=roles, subject={}, points={},
    )  # fmt: skip
    directory = Directory(
        heads=named["school.head"],
        deputies=named["school.deputy"],
        auditors=named["auditor"],
        staff=tuple(everybody.values()),
        group_heads={"group": named["group.head"]},
        group_members={"group": named["group.members"]},
    )
    return People(version, cycle, Surroundings(now=_DAY, today=_DAY.date(), directory=directory))


def _straight_to(version: Version, state: str) -> tuple[Visit, ...]:
    """The visits of the shortest way from the start; every state has one, or it would not load."""
    start = Visit(number=1, state=version.workflow.start, round=1, seq=1, at=_DAY)
    queue: deque[tuple[Visit, ...]] = deque([(start,)])
    been = {start.state}
    while queue[0][-1].state != state:
        path = queue.popleft()
        for _, way in version.leaving.get(path[-1].state, ()):
            if way.to not in been:
                been.add(way.to)
                step = len(path) + 1
                round_no = path[-1].round + (way.round == "next")
                queue.append(
                    (*path, Visit(number=step, state=way.to, round=round_no, seq=step, at=_DAY))
                )
    return queue[0]
