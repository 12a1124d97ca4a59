"""Linked cycles that somebody may not know of: no answer to that person names one.

An unannounced visit that answers an earlier one would otherwise announce itself in what the
earlier one waits for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from msgspec import structs

from cycles.engine.access import may_see
from cycles.engine.offers import Offer
from cycles.engine.tasks import Waiting
from cycles.engine.verdicts import Verdict
from cycles.service.actors import Actor
from cycles.service.core import Core, SchoolView, people_for
from cycles.store import Work

__all__ = ["offers_without", "unseen", "verdicts_without", "waiting_without"]


def unseen(
    core: Core, work: Work, view: SchoolView, cycles: Iterable[str], actor: Actor
) -> frozenset[str]:
    """Those of the cycles that are not there, or that the actor may not know of."""
    found = {cycle: work.cycle(cycle) for cycle in cycles}
    return frozenset(
        cycle
        for cycle, row in found.items()
        if row is None
        or not actor.may_reach(cycle)
        or not may_see(people_for(core, work, view, row), actor.pseudonym)
    )


def verdicts_without(verdicts: tuple[Verdict, ...], hidden: frozenset[str]) -> tuple[Verdict, ...]:
    """The verdicts, waiting for none of the hidden cycles by name."""
    if not hidden:
        return verdicts
    return tuple(
        structs.replace(v, waits_for=tuple(c for c in v.waits_for if c not in hidden))
        for v in verdicts
    )


def offers_without(offers: tuple[Offer, ...], hidden: frozenset[str]) -> tuple[Offer, ...]:
    """The offers with such verdicts."""
    return tuple(replace(o, verdicts=verdicts_without(o.verdicts, hidden)) for o in offers)


def waiting_without(waiting: Waiting, hidden: frozenset[str]) -> Waiting:
    """What a cycle waits for, less the hidden cycles."""
    return replace(waiting, cycles=tuple(c for c in waiting.cycles if c not in hidden))
