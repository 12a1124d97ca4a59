"""Who sees a cycle by the rule of its workflow (`see`), whoever may be asked in their stead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cycles.engine.memory import remembered
from cycles.workflow.definition import Sight, Who

if TYPE_CHECKING:  # who acts for a cycle depends on who sees it
    from cycles.engine.people import People

__all__ = ["audits", "belongs", "knows", "meant", "takes_part"]

#: Who reads by default, besides those who take part and auditors.
_AT_HOME: Who = ("group.members", "group.head", "school.deputy", "school.head")


@remembered
def knows(people: People, person: str) -> bool:
    """By the workflow's rule, as an auditor, or because they opened it or filed something."""
    cycle, rule = people.cycle, people.version.workflow.see
    if person == cycle.opener or person in people.hands():
        return True
    if audits(people, person):
        return True
    if rule is None:
        return belongs(people, person)
    return meant(people, person, rule, {v.state for v in cycle.visits})


def belongs(people: People, person: str) -> bool:
    """Is of the group, leads the school, or takes part: who sees and reads by default."""
    return person in people.of(_AT_HOME) or takes_part(people, person)


@remembered
def takes_part(people: People, person: str) -> bool:
    """Holds a role of the cycle, or stands in for somebody today."""
    held = any(person in holders for holders in people.cycle.roles.values())
    return held or bool(people.roles_of(person))


def audits(people: People, person: str) -> bool:
    """Nobody audits what they take part in."""
    return person in people.around.directory.auditors and not takes_part(people, person)


def meant(people: People, person: str, rule: tuple[Sight, ...], been: set[str]) -> bool:
    """Whether the rule lets the person in, once the cycle has been in the states."""
    return any(
        (sight.from_ is None or sight.from_ in been) and person in people.of(sight.who)
        for sight in rule
    )
