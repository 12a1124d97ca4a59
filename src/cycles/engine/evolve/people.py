"""What is changed of who plays which part."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from cycles.engine.cycle import Cycle, Excuse, Substitution
from cycles.engine.evolve.event import Event

__all__ = ["add", "excuse", "reassign", "substitute"]


def add(cycle: Cycle, event: Event) -> Cycle:
    """One more holder of the role."""
    role, to = event.data["role"], event.data["to"]
    return replace(cycle, roles={**cycle.roles, role: (*cycle.roles.get(role, ()), to)})


def reassign(cycle: Cycle, event: Event) -> Cycle:
    """Another has the part for good, and what was said to the one before is theirs to answer."""
    role, person, to = event.data["role"], event.data["person"], event.data["to"]
    # Whoever takes the part over leaves the one they had: one person, one filled role.
    roles = {r: tuple(p for p in held if p != to) for r, held in cycle.roles.items()}
    roles[role] = tuple(to if p == person else p for p in cycle.roles.get(role, ()))
    points = {
        key: replace(p, owner=to) if p.owner == person else p for key, p in cycle.points.items()
    }
    return replace(cycle, roles=roles, points=points)


def substitute(cycle: Cycle, event: Event) -> Cycle:
    """Another has the part for some days."""
    data = event.data
    stand_in = Substitution(
        role=data["role"],
        person=data["person"],
        to=data["to"],
        since=date.fromisoformat(data["since"]),
        until=date.fromisoformat(data["until"]),
    )
    return replace(cycle, substitutions=(*cycle.substitutions, stand_in))


def excuse(cycle: Cycle, event: Event) -> Cycle:
    """Somebody is absent for some days."""
    data = event.data
    absence = Excuse(
        person=data["person"],
        since=date.fromisoformat(data["since"]),
        until=date.fromisoformat(data["until"]),
    )
    return replace(cycle, excuses=(*cycle.excuses, absence))
