"""Everybody's next required step, derived from the verdicts of the ways on; never typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from msgspec import structs

from cycles.engine.access import may_see
from cycles.engine.cycle import Excuse, Substitution
from cycles.engine.dues import due_of
from cycles.engine.guards import verdicts_of
from cycles.engine.memory import remembered
from cycles.engine.people import People
from cycles.engine.rights import deciders, lifecycle_people, may_confirm_reopening
from cycles.engine.verdicts import Remedy, Task, Verdict
from cycles.workflow.definition import Transition

__all__ = [
    "Waiting",
    "schedule",
    "tasks_of",
    "waiting",
    "ways_on",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What a cycle waits for besides people: days, other cycles."""

    until: tuple[date, ...] = ()
    cycles: tuple[str, ...] = ()


@remembered
def ways_on(people: People) -> dict[str, tuple[Transition, tuple[Verdict, ...]]]:
    """The transitions that lead on from here (not `side`), with their verdicts for nobody yet."""
    leaving = people.version.leaving.get(people.cycle.state, ())
    return {name: (way, verdicts_of(people, way, None)) for name, way in leaving if not way.side}


def waiting(people: People) -> Waiting:
    """The days and cycles that some way on waits for."""
    unmet = [v for _, verdicts in ways_on(people).values() for v in verdicts if not v.passes]
    return Waiting(
        until=tuple(sorted({v.waits_until for v in unmet if v.waits_until})),
        cycles=tuple(sorted({c for v in unmet for c in v.waits_for})),
    )


def schedule(people: People) -> tuple[Task, ...]:
    """Today's tasks, and those that come or go with a day already known.

    A lesson's date, the end of an excuse or of standing in need no command on their day: the
    tasks after them are worked out now, with `since` and `until`.
    """
    days = _turning_days(people)
    if not days:
        return tasks_of(people)
    found: list[Task] = []
    running: dict[tuple[str, str], tuple[Task, date | None]] = {}
    for day in (people.around.today, *days):
        here = {(t.person, t.do): t for t in tasks_of(_on(people, day))}
        for key, (task, since) in list(running.items()):
            if here.get(key) != task:
                found.append(structs.replace(task, since=since, until=day))
                del running[key]
        for key, task in here.items():
            running.setdefault(key, (task, None if day == people.around.today else day))
    found += [structs.replace(task, since=since) for task, since in running.values()]
    return tuple(found)


def _on(people: People, day: date) -> People:
    """The same people on another day."""
    around = people.around
    return people if day == around.today else replace(people, around=replace(around, today=day))


def _turning_days(people: People) -> tuple[date, ...]:
    """The days ahead on which tasks may change by themselves, soonest first."""
    cycle, today = people.cycle, people.around.today
    days = {v.waits_until for _, vs in ways_on(people).values() for v in vs if v.waits_until}
    spans: tuple[Excuse | Substitution, ...] = (*cycle.excuses, *cycle.substitutions)
    for span in spans:
        days |= {span.since, span.until + timedelta(days=1)}
    for record in people.version.dated:
        held = people.held_back(record)
        days |= {held} if isinstance(held, date) else set()
    return tuple(sorted(day for day in days if day > today))


def tasks_of(people: People) -> tuple[Task, ...]:
    """All tasks in the cycle today, at most one a person and thing to do.

    None reaches anybody who may not see the cycle.
    """
    return tuple(task for task in _asked_for(people) if may_see(people, task.person))


def _asked_for(people: People) -> tuple[Task, ...]:
    cycle = people.cycle
    if cycle.state == "suspended":
        return tuple(Task(person=p, do="resume") for p in lifecycle_people(people, "resume"))
    if cycle.reopening is not None:
        return tuple(Task(person=p, do="reopen") for p in may_confirm_reopening(people))
    ways = {
        name: (way, verdicts)
        for name, (way, verdicts) in ways_on(people).items()
        if not any(v.never and not v.passes for v in verdicts)
    }
    ready = [n for n, (_, verdicts) in ways.items() if all(v.passes for v in verdicts)]
    if ready:
        return _decisions(people, {n: ways[n][0] for n in ready}) + _confirmations(people)
    return _remedies(people, ways) + _confirmations(people)


def _decisions(people: People, ready: dict[str, Transition]) -> tuple[Task, ...]:
    named: dict[str, list[str]] = {}
    for name, way in ready.items():
        for person in deciders(people, way):
            named.setdefault(person, []).append(name)
    return tuple(
        Task(
            person=person,
            do="decide",
            transitions=tuple(names),
            due=_soonest(due_of(people, ready[name]) for name in names),
        )
        for person, names in named.items()
    )


def _confirmations(people: People) -> tuple[Task, ...]:
    """Who had something typed for them is asked whether it is right; nothing waits for it."""
    if people.cycle.state not in people.version.workflow.states:
        return ()
    if people.version.workflow.states[people.cycle.state].final:
        return ()
    asked: dict[tuple[str, str], list[str]] = {}
    for f in people.cycle.filings:
        if not f.confirmed and f.current and people.on_duty((f.person,)):
            asked.setdefault((f.person, f.record), []).append(f.id)
    return tuple(
        Task(person=person, do=f"confirm:{record}", items=tuple(ids))
        for (person, record), ids in asked.items()
    )


def _remedies(
    people: People, ways: dict[str, tuple[Transition, tuple[Verdict, ...]]]
) -> tuple[Task, ...]:
    """Remedies that all ways share are plain tasks; those of competing ways are one choice."""
    wanted: dict[Remedy, dict[str, list[str]]] = {}
    for name, (_, verdicts) in ways.items():
        for guard, remedy in _asked(people, verdicts):
            wanted.setdefault(remedy, {}).setdefault(name, []).append(guard)
    found: dict[tuple[str, str], Task] = {}
    for remedy, by_way in wanted.items():
        due = _soonest(due_of(people, ways[name][0], remedy) for name in by_way)
        for person, do in _who_does(people, remedy):
            task = Task(
                person=person,
                do=do,
                transitions=tuple(by_way),
                guards=tuple(dict.fromkeys(g for gs in by_way.values() for g in gs)),
                items=remedy.items,
                due=due,
            )
            old = found.get((person, do))
            found[person, do] = task if old is None else _both(old, task)
    return tuple(
        task if len(task.transitions) == len(ways) else structs.replace(task, one_of=tuple(ways))
        for task in found.values()
    )


def _asked(people: People, verdicts: tuple[Verdict, ...]) -> Iterator[tuple[str, Remedy]]:
    """The remedies of unmet verdicts; where one only waits for a record, that record's filing."""
    unmet = [v for v in verdicts if not v.passes]
    asked = {r.do for v in unmet for r in v.remedies}
    for verdict in unmet:
        yield from ((verdict.guard, remedy) for remedy in verdict.remedies)
        record = verdict.after
        kind = people.version.workflow.records.get(record) if record else None
        if record is None or kind is None or f"file:{record}" in asked:
            continue
        if people.cycle.state in people.version.file_in[record] and not people.held_back(record):
            yield verdict.guard, Remedy(do=f"file:{record}", who=people.of(kind.by), mode="any_of")


def _who_does(people: People, remedy: Remedy) -> list[tuple[str, str]]:
    """(person, thing to do): those on duty; the deputy finds others where they are too few."""
    able = people.on_duty(remedy.who)
    parts = remedy.needed if remedy.mode == "each" else 1
    found = [(person, remedy.do) for person in able]
    if len(able) < parts and not remedy.do.startswith(("open:", "substitute")):
        helpers = people.acting(("school.deputy",), concerned=remedy.who)
        found += [(p, "substitute") for p in helpers]
    return found


def _both(old: Task, new: Task) -> Task:
    return structs.replace(
        old,
        guards=tuple(dict.fromkeys(old.guards + new.guards)),
        transitions=tuple(dict.fromkeys(old.transitions + new.transitions)),
        items=tuple(dict.fromkeys(old.items + new.items)),
        due=_soonest(iter((old.due, new.due))),
    )


def _soonest(dues: Iterator[datetime | None]) -> datetime | None:
    return min((due for due in dues if due is not None), default=None)
