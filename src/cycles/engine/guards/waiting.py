"""Guards that wait: for a round, for a day, for other cycles."""

from __future__ import annotations

from datetime import date
from typing import Any

from cycles.engine.guards.case import Case, met, unmet
from cycles.engine.people import People
from cycles.engine.surroundings import LinkedCycle
from cycles.engine.verdicts import Remedy, Verdict
from cycles.workflow.definition import Linked, NotBefore, RoundsReached

__all__ = ["linked", "linked_cycles", "not_before", "rounds"]


def rounds(case: Case, name: str, rule: RoundsReached) -> Verdict:
    """The cycle is in its n-th round or later."""
    least = case.people.version.workflow.rounds.min if rule.at_least == "min" else rule.at_least
    now = case.people.cycle.round
    data = {"min": least, "now": now}
    if now >= int(least):
        return met(name, "rounds", data)
    return unmet(name, "rounds", "round_min", data, never=True)


def not_before(case: Case, name: str, rule: NotBefore) -> Verdict:
    """The day has come."""
    people, record = case.people, rule.field.split(".")[0]
    value = people.fact(rule.field)
    if value is None:
        return unmet(name, "not_before", "not_yet_known", {"field": rule.field}, after=record)
    day = date.fromisoformat(str(value))
    if day <= people.around.today:
        return met(name, "not_before")
    data = {"field": rule.field, "date": day.isoformat()}
    return unmet(name, "not_before", "date_ahead", data, waits_until=day)


def linked(case: Case, name: str, rule: Linked) -> Verdict:
    """Enough linked cycles, or one for each person meant, stand in one of the states."""
    people = case.people
    found = linked_cycles(people, rule)
    there = [c for c in found if c.state in rule.in_]
    data: dict[str, Any] = {"link": rule.link, "in": list(rule.in_), "have": len(there)}
    if rule.per is not None:
        missing = tuple(
            p for p in people.of(rule.per) if not any(p in c.people or c.item == p for c in there)
        )
        if not missing:
            return met(name, "linked", data)
        opened = {p for c in found for p in c.people}
        unopened = tuple(p for p in missing if p not in opened)
        waits = tuple(c.id for c in found if c not in there)
        remedies = (Remedy(do=f"open:{rule.link}", who=unopened, needed=len(unopened)),)
        return unmet(
            name, "linked", "waits_for_cycles", data,
            remedies=remedies if unopened else (), waits_for=waits,
        )  # fmt: skip
    # Who names no other cycle waits for none; a whole without a single part is not done.
    every = max(len(found), 1) if rule.of else len(found)
    need = every if rule.all else (rule.at_least or 1)
    if len(there) >= need:
        return met(name, "linked", data)
    waits = tuple(c.id for c in found if c not in there)
    remedy = Remedy(do=f"open:{rule.link}", who=people.acting(case.transition.by), mode="any_of")
    short = len(found) < need
    return unmet(
        name, "linked", "waits_for_cycles", {**data, "need": need},
        remedies=(remedy,) if short else (), waits_for=waits,
    )  # fmt: skip


def linked_cycles(people: People, rule: Linked) -> tuple[LinkedCycle, ...]:
    """The cycles that a `linked` guard looks at."""
    return tuple(
        c
        for c in people.around.linked
        if c.link == rule.link
        and c.incoming == (rule.of is not None)
        and (rule.of is None or c.workflow == rule.of)
    )
