"""Everybody's next required step, derived from the verdicts of the ways on; never typed."""

from __future__ import annotations

from dataclasses import replace

from cycles.engine.guards import verdicts_of
from cycles.engine.people import People
from cycles.engine.verdicts import Remedy, Task, Verdict
from cycles.workflow.definition import Transition

__all__ = ["lifecycle_people", "tasks_of", "ways_on"]

_DEFAULTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("suspend", "resume", "excuse", "reassign", "substitute", "add"),
        ("group.head", "school.deputy"),
    ),
    "cancel": ("school.deputy", "school.head"),
    "withdraw": ("opener",),
    "reopen": ("school.deputy", "school.head"),
}


def lifecycle_people(people: People, verb: str, concerned: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Who may use a lifecycle verb now; the one it names is never among them."""
    who = people.version.workflow.lifecycle.get(verb) or _DEFAULTS[verb]  # type: ignore[call-overload]  # verbs are literals there
    return people.acting(who, concerned=concerned)


def ways_on(people: People) -> dict[str, tuple[Transition, tuple[Verdict, ...]]]:
    """The transitions that lead on from here (not `side`), with their verdicts for nobody yet."""
    leaving = people.version.leaving.get(people.cycle.state, ())
    return {name: (way, verdicts_of(people, way, None)) for name, way in leaving if not way.side}


def tasks_of(people: People) -> tuple[Task, ...]:
    """All tasks in the cycle now, at most one a person and thing to do."""
    if people.cycle.state == "suspended":
        return tuple(Task(person=p, do="resume") for p in lifecycle_people(people, "resume"))
    ways = {
        name: (way, verdicts)
        for name, (way, verdicts) in ways_on(people).items()
        if not any(v.never and not v.passes for v in verdicts)
    }
    ready = [n for n, (_, verdicts) in ways.items() if all(v.passes for v in verdicts)]
    if ready:
        return _decisions(people, {n: ways[n][0] for n in ready})
    return _remedies(people, {n: verdicts for n, (_, verdicts) in ways.items()})


def _decisions(people: People, ready: dict[str, Transition]) -> tuple[Task, ...]:
    named: dict[str, list[str]] = {}
    for name, way in ready.items():
        held = [p for g in way.guards if g.separate for p in people.holders(g.separate.role)]
        able = people.acting(way.by, concerned=tuple(held))
        for person in able:
            named.setdefault(person, []).append(name)
    return tuple(
        Task(person=p, do="decide", transitions=tuple(names)) for p, names in named.items()
    )


def _remedies(people: People, ways: dict[str, tuple[Verdict, ...]]) -> tuple[Task, ...]:
    """Remedies that all ways share are plain tasks; those of competing ways are one choice."""
    wanted: dict[Remedy, dict[str, list[str]]] = {}
    for name, verdicts in ways.items():
        for verdict in verdicts:
            for remedy in () if verdict.passes else verdict.remedies:
                wanted.setdefault(remedy, {}).setdefault(name, []).append(verdict.guard)
    found: dict[tuple[str, str], Task] = {}
    for remedy, by_way in wanted.items():
        for person in people.on_duty(remedy.who) or people.acting(("school.deputy",)):
            do = remedy.do if person in remedy.who else "substitute"
            task = Task(
                person=person,
                do=do,
                transitions=tuple(by_way),
                guards=tuple(dict.fromkeys(g for gs in by_way.values() for g in gs)),
                items=remedy.items,
                one_of=() if len(by_way) == len(ways) else tuple(ways),
            )
            old = found.get((person, do))
            if old is not None:
                task = replace(
                    old,
                    guards=tuple(dict.fromkeys(old.guards + task.guards)),
                    transitions=tuple(dict.fromkeys(old.transitions + task.transitions)),
                    items=tuple(dict.fromkeys(old.items + task.items)),
                )
            found[person, do] = task
    return tuple(found.values())
