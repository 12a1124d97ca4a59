"""Transitions: fired by somebody, or carried by the act that met their last guard (`auto`)."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from cycles.canonical import canonical_bytes, sha256_b64
from cycles.engine.commands import Advance
from cycles.engine.draft import Draft, acting_role, reasoned
from cycles.engine.evolve import CARRIES_AUTO, Event, arrived
from cycles.engine.guards import linked_cycles, verdicts_of
from cycles.engine.machine import fire
from cycles.engine.offers import possible
from cycles.engine.people import People
from cycles.engine.rights import may_fire
from cycles.engine.verdicts import Verdict
from cycles.errors import BlockedError, NotAllowedError, WrongStateError
from cycles.workflow.definition import Transition
from cycles.workflow.version import every_guard

__all__ = ["advance", "carried"]


def advance(people: People, command: Advance, by: str) -> Draft:
    """Fire a transition: from here, by whose it is, with every guard met or waived."""
    cycle, name = people.cycle, command.transition
    way = dict(people.version.leaving.get(cycle.state, ())).get(name)
    if way is None:
        raise WrongStateError(
            f"{name!r} does not start from {cycle.state!r}",
            possible=possible(people, by),
            data={"transition": name, "state": cycle.state},
        )
    who = may_fire(people, way)
    if by not in who:
        raise NotAllowedError(
            f"{name!r} is not yours to do", possible=possible(people, by), data={"who": list(who)}
        )
    verdicts = verdicts_of(people, way, by)
    to = fire(people.version, cycle.state, name, lambda: all(v.passes for v in verdicts))
    if to is None:
        raise BlockedError(
            f"{name!r} still lacks something",
            verdicts=[v for v in verdicts if not v.passes],
            possible=possible(people, by),
        )
    if way.reason:
        reasoned(command.reason)
    return Draft(
        act=name,
        to=to,
        data=_witnesses(people, way),
        payload={"reason": command.reason} if command.reason else None,
        role=acting_role(people, way.by, by),
        guards=_outcome(name, verdicts),
        round=cycle.round + (way.round == "next"),
    )


def carried(event: Event, people: People) -> tuple[Event, People]:
    """The event with the `auto` transition that it opens, if it opens one, and what follows.

    Args:
        event: What happened.
        people: Those of the cycle as it has become by it.
    """
    version, after = people.version, people.cycle
    if event.from_ is None or event.act not in CARRIES_AUTO:
        return event, people
    for name, way in version.leaving.get(after.state, ()):
        verdicts = verdicts_of(people, way, None) if way.auto else ()
        if not way.auto or not all(v.passes for v in verdicts):
            continue
        with_way = replace(
            event,
            to=way.to,
            fired=name,
            round=after.round + (way.round == "next"),
            guards=_outcome(name, verdicts),
            data={**event.data, **_witnesses(people, way)},
        )
        return with_way, People(version, arrived(version, after, with_way), people.around)
    return event, people


def _witnesses(people: People, way: Transition) -> dict[str, Any]:
    """What guards over other cycles looked at: {"saw": {guard: [count, digest]}}, or nothing."""
    saw: dict[str, list[Any]] = {}
    for guard in way.guards:
        for inner in every_guard((guard,)):
            if inner.linked is not None:
                seen = sorted(
                    [f"cycle:{c.id}", c.revision, c.leaf]
                    for c in linked_cycles(people, inner.linked)
                )
                saw[guard.name] = [len(seen), sha256_b64(canonical_bytes(seen))]
    return {"saw": saw} if saw else {}


def _outcome(name: str, verdicts: tuple[Verdict, ...]) -> dict[str, str]:
    return {f"{name}.{v.guard}": "met" if v.met else "waived" for v in verdicts}
