"""When a task is due: the workflow's `due` rules, counted on the school's calendar.

The anchor is server time or a planned date, never a claimed one. While suspended, dates run on.
"""

from __future__ import annotations

from datetime import date, datetime, time

from cycles.engine.people import People
from cycles.engine.verdicts import Remedy
from cycles.workflow.definition import Due, Transition
from cycles.workflow.version import every_guard

__all__ = ["due_of"]

#: The hour of a planned date from which hours would be counted.
_NOON = time(12)


def due_of(people: People, way: Transition, remedy: Remedy | None = None) -> datetime | None:
    """When the way, or a part of it, is due, in UTC; the soonest of what has to be done.

    A `filed` guard's own rule comes before the transition's; items of feedback have the rule of
    their field.
    """
    own = _own_rules(people, way, remedy) if remedy is not None else []
    instants = (_instant(people, rule) for rule in own or [way.due] if rule is not None)
    return min((instant for instant in instants if instant is not None), default=None)


def _own_rules(people: People, way: Transition, remedy: Remedy) -> list[Due | None]:
    do, _, record = remedy.do.partition(":")
    if do == "file":
        filed = [guard.filed for guard in every_guard(way.guards) if guard.filed]
        return [rule.due for rule in filed if rule.record == record and rule.due]
    if do == "answer":
        form, points = people.version.workflow.records[record].form, people.cycle.points
        return [form[field].due or way.due for field in {points[i].field for i in remedy.items}]
    return []


def _instant(people: People, rule: Due) -> datetime | None:
    calendar, anchor = people.around.calendar, _anchor(people, rule.after)
    if calendar is None or anchor is None:
        return None
    if not isinstance(anchor, datetime):
        anchor = calendar.instant_of(anchor, _NOON)
    return calendar.due_instant(
        anchor,
        hours=rule.hours,
        days=rule.days,
        school_days=rule.school_days,
        weeks=rule.weeks,
    )


def _anchor(people: People, after: str) -> datetime | date | None:
    """The last time the state was entered, the record first filed in its scope, or the date."""
    cycle, workflow = people.cycle, people.version.workflow
    if after in workflow.states:
        return next((v.at for v in reversed(cycle.visits) if v.state == after), None)
    if after in workflow.records:
        by_round = "round" in workflow.records[after].one_per
        filed = (
            f.at
            for f in cycle.filings
            if f.record == after and not f.voided and (not by_round or f.round == cycle.round)
        )
        return next(filed, None)
    value = people.fact(after)
    return date.fromisoformat(value) if isinstance(value, str) else None
