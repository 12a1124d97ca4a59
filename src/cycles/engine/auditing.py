"""Replay that believes nothing: what an entry claims of guards and roles is judged again.

An entry that is well chained may still tell of a step that the rules of its day forbade. What
the log alone decides (records, rounds, dates, points, waivers, roles of the cycle) is worked out
anew before the entry is taken; what needs the directory of that day cannot be, and is left.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from cycles.engine.cycle import Cycle
from cycles.engine.evolve import Event, evolve
from cycles.engine.guards import Case, judge
from cycles.engine.people import People
from cycles.engine.surroundings import Directory, Surroundings
from cycles.errors import ReplayError
from cycles.workflow.definition import Guard, Who
from cycles.workflow.version import MAX_ROUNDS, Version, every_guard

__all__ = ["audited"]


def audited(version: Version, cycle: Cycle | None, event: Event) -> Cycle:
    """`evolve`, after judging again what the log can decide; raises `ReplayError` on a lie."""
    after = evolve(version, cycle, event)
    if cycle is None:
        return after
    _check_role(version, cycle, event)
    name = event.act if event.act in version.workflow.transitions else event.fired
    if name is not None:
        _check_guards(version, cycle, event, name)
    return after


def _check_role(version: Version, cycle: Cycle, event: Event) -> None:
    """Who acted in a role of the cycle held it that day."""
    if event.role not in version.workflow.roles:
        return
    people = People(version, cycle, _surroundings(cycle, event))
    person = event.for_ or event.actor
    if person not in people.holders(event.role):
        raise ReplayError("acted in a role not held", role=event.role, person=person)


def _check_guards(version: Version, cycle: Cycle, event: Event, name: str) -> None:
    way = version.workflow.transitions[name]
    before = cycle
    if event.fired is not None:
        # The guards were met by what this very entry brought.
        plain = replace(event, fired=None, to=cycle.state, round=cycle.round, guards={})
        before = evolve(version, cycle, plain)
    people = People(version, before, _surroundings(cycle, event))
    actor = None if event.fired is not None else event.actor
    if way.round == "next" and before.round >= version.workflow.rounds.max:
        raise ReplayError("more rounds than there may be", guard=MAX_ROUNDS)
    for guard in way.guards:
        claimed = event.guards[f"{name}.{guard.name}"]
        if claimed not in ("met", "waived"):
            raise ReplayError("a guard is met or waived", guard=guard.name, claimed=claimed)
        if not _decidable(version, guard, actor):
            continue
        verdict = judge(Case(people, way, actor), guard)
        if (claimed == "met" and not verdict.met) or (claimed == "waived" and not verdict.waived):
            raise ReplayError("a guard was not as claimed", guard=guard.name, claimed=claimed)


def _decidable(version: Version, guard: Guard, actor: str | None) -> bool:
    """Whether the verdict depends on the log alone, and not on the directory of that day."""
    for inner in every_guard((guard,)):
        if inner.linked is not None or (inner.separate is not None and actor is None):
            return False
        for rule in (inner.filed, inner.consent):
            if rule is not None and not _in_log(version, rule.by or ()):
                return False
        if inner.filed is not None:
            fields = version.workflow.records[inner.filed.record].form.values()
            if not all(_in_log(version, field.of or ()) for field in fields):
                return False
    return True


def _in_log(version: Version, who: Who) -> bool:
    return all(a in version.workflow.roles or a.startswith(("opener", "subject.")) for a in who)


def _surroundings(cycle: Cycle, event: Event) -> Surroundings:
    return Surroundings(now=event.at, today=_local_date(cycle, event), directory=Directory())


def _local_date(cycle: Cycle, event: Event) -> date:
    return event.at.astimezone(ZoneInfo(cycle.zone)).date()
