"""What the engine's own verbs do to a cycle: pause, end, reopen; and a waiver."""

from __future__ import annotations

from msgspec.structs import replace

from cycles.engine.cycle import Cycle, Waiver
from cycles.engine.evolve.event import Event
from cycles.errors import ReplayError

__all__ = ["cancel", "propose_reopen", "reopen", "resume", "suspend", "waive", "withdraw"]


def suspend(cycle: Cycle, event: Event) -> Cycle:
    """It rests."""
    return replace(cycle, state="suspended", held=cycle.state)


def resume(cycle: Cycle, event: Event) -> Cycle:
    """It goes on where it rested."""
    if cycle.held is None:
        raise ReplayError("nothing to resume")
    return replace(cycle, state=cycle.held, held=None)


def cancel(cycle: Cycle, event: Event) -> Cycle:
    """It is broken off."""
    return replace(cycle, state="cancelled", held=cycle.held or cycle.state)


def withdraw(cycle: Cycle, event: Event) -> Cycle:
    """Whoever opened it takes it back."""
    return replace(cycle, state="withdrawn", held=cycle.state)


def propose_reopen(cycle: Cycle, event: Event) -> Cycle:
    """The first of two persons wants it opened again."""
    return replace(cycle, reopening=event.actor)


def reopen(cycle: Cycle, event: Event) -> Cycle:
    """It goes on in the state last left, in a new visit."""
    back = cycle.before_the_end
    visit = replace(
        cycle.visit, number=cycle.visit.number + 1, state=back, seq=event.seq, at=event.at
    )
    return replace(cycle, state=back, held=None, reopening=None, visits=(*cycle.visits, visit))


def waive(cycle: Cycle, event: Event) -> Cycle:
    """A guard of that id and content does not count during this visit."""
    waiver = Waiver(
        guard=event.data["guard"],
        content=event.data["content"],
        visit=cycle.visit.number,
        by=event.actor,
    )
    return replace(cycle, waivers=(*cycle.waivers, waiver))
