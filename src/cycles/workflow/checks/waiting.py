"""Nobody waits for ever: what blocks a way can be cleared by somebody, in every round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from cycles.workflow.checks.finding import Finding, guards_of
from cycles.workflow.checks.graph import reach
from cycles.workflow.definition import FormField, Guard, Transition, Workflow
from cycles.workflow.version import Version

__all__ = ["CHECKS"]

Subject = Mapping[str, Any]
"""`subject.<field>` → what was said at opening; `None` where the field was left empty."""

#: As many kinds of subject, times rounds, as are walked through; more are not told apart.
MAX_WALKS = 400


def after_rings(version: Version) -> Iterator[Finding]:
    """No guard comes `after` itself, over however many others."""
    for name, way in version.workflow.transitions.items():
        after = {guard.name: guard.after for guard in way.guards if guard.after}
        for index, guard in enumerate(way.guards):
            ring = [guard.name]
            while (then := after.get(ring[-1])) and then not in ring:
                ring.append(then)
            if then == guard.name and len(ring) > 1:
                waits = ", ".join(f"`{g}` after `{after[g]}`" for g in ring)
                told = f"{waits}: each waits for the other, for ever; delete one `after`"
                path = ("transitions", name, "guards", index, "after")
                yield Finding(path=path, code="after-ring", message=told)
                break


def left_in_every_round(version: Version) -> Iterator[Finding]:
    """Whatever the subject and the round, a state that is come to has a way on that may open."""
    workflow, told = version.workflow, set()
    for subject in _subjects(workflow):
        for state, round_no in _visits(version, subject):
            place = workflow.states[state]
            if place.final or place.rests or state in told:
                continue
            on = [way for _, way in version.leaving[state] if not way.side]
            blocked = not any(_may_open(workflow, way, round_no, subject) for way in on)
            if blocked and not _told_elsewhere(workflow, on, round_no):
                told.add(state)
                yield Finding(
                    path=("states", state), code="never-left", message=_stuck(round_no, subject)
                )


def _told_elsewhere(workflow: Workflow, on: list[Transition], round_no: int) -> bool:
    """A dead end, or none but ways into a round that there is not: `graph` tells of both."""
    return not on or (round_no == workflow.rounds.max and all(way.round for way in on))


def _stuck(round_no: int, subject: Subject) -> str:
    said = " and ".join(f"`{name}` {_plain(value)}" for name, value in subject.items())
    where = f"in round {round_no}" + (f", with {said}" if said else "")
    return (
        f"{where}, no way on from here can ever open; add one that may, or `waivable_by` to the "
        "guard that blocks"
    )


def _plain(value: Any) -> str:
    return {None: "empty", True: "true", False: "false"}.get(value, str(value))


def _subjects(workflow: Workflow) -> Iterator[Subject]:
    """Every kind of subject that guards tell apart."""
    compared = {g.field.field for _, _, g in guards_of(workflow) if g.field}
    values: dict[str, list[Any]] = {}
    many = workflow.rounds.max
    for name, field in workflow.subject.items():
        path, known = f"subject.{name}", _values(field)
        if path in compared and known and many * len(known) <= MAX_WALKS:
            values[path] = known
            many *= len(known)
    for chosen in product(*values.values()):
        yield dict(zip(values, chosen, strict=True))


def _values(field: FormField) -> list[Any]:
    """Everything that can be said in the field; empty where that is without end."""
    known: list[Any] = list(field.options or ())
    if field.type == "yes_no":
        known = [True, False]
    return [*known, None] if known and not field.required else known


def _visits(version: Version, subject: Subject) -> Iterator[tuple[str, int]]:
    """Each state with each round in which it may be come to, side ways included."""
    workflow = version.workflow
    seen: set[tuple[str, int]] = set()
    todo = [(workflow.start, 1)]
    while todo:
        state, round_no = visit = todo.pop()
        if visit in seen or state not in workflow.states:
            continue
        seen.add(visit)
        yield visit
        for _, way in version.leaving[state]:
            if _may_open(workflow, way, round_no, subject):
                todo.append((way.to, round_no + 1 if way.round else round_no))


def _may_open(workflow: Workflow, way: Transition, round_no: int, subject: Subject) -> bool:
    if way.round and round_no >= workflow.rounds.max:
        return False
    return all(_settled(workflow, g, round_no, subject) is not False for g in way.guards)


def _settled(workflow: Workflow, guard: Guard, round_no: int, subject: Subject) -> bool | None:
    """Whether the guard is met all through the visit, or never; `None` where people can tell."""
    met: bool | None = None
    if guard.rounds:
        least = guard.rounds.at_least
        met = round_no >= (workflow.rounds.min if least == "min" else least)
    elif guard.field and guard.field.field in subject:
        met = guard.field.holds(subject[guard.field.field])
    elif guard.not_:
        inner = _settled(workflow, guard.not_, round_no, subject)
        met = None if inner is None else not inner
    elif guard.any_:
        branches = {_settled(workflow, branch, round_no, subject) for branch in guard.any_}
        met = True if True in branches else None if None in branches else False
    return None if met is False and guard.waivable_by else met


def verified_by_somebody(version: Version) -> Iterator[Finding]:
    """Where nobody is left who could look for a point again, it can be waived."""
    guards = list(guards_of(version.workflow))
    waivable = {path for _, path, guard in guards if guard.waivable_by}
    for _, path, guard in guards:
        if guard.verified and not any(path[:end] in waivable for end in range(len(path) + 1)):
            told = (
                "those who could look for the points may all be away or gone; say `waivable_by`, "
                "so that somebody can clear it then"
            )
            yield Finding(path=path, code="verified-unwaivable", message=told)


def answers_to_what_is_shown(version: Version) -> Iterator[Finding]:
    """Where points must be answered, those who answer have seen them, or may ask to be shown."""
    workflow = version.workflow
    for name, path, guard in guards_of(workflow):
        record = guard.answered.points if guard.answered else ""
        rule = workflow.records[record].reveal if record in workflow.records else None
        for state in workflow.transitions[name].from_ if rule else ():
            # Only a quorum on a way from this very state keeps whoever may show them able to.
            here = rule and rule.by and _asks_quorum(version, state, record)
            if not here and _may_be_hidden(version, state, record):
                told = (
                    f"in `{state}` the points of `{record}` may still be hidden from those who "
                    f"must answer; say `reveal: {{from: {state}}}` on the record"
                )
                yield Finding(path=path, code="answered-hidden", message=told)
                break


def _asks_quorum(version: Version, state: str, record: str) -> bool:
    return any(
        guard.filed and guard.filed.record == record and guard.filed.by
        for _, way in version.leaving.get(state, ())
        for guard in way.guards
    )


def _may_be_hidden(version: Version, state: str, record: str) -> bool:
    """Whether a round can file the record and come to the state without what shows it."""
    workflow = version.workflow
    rule = workflow.records[record].reveal
    shown = frozenset({rule.from_} if rule and rule.from_ else ())
    inner: dict[str, list[str]] = {}
    entries = [workflow.start]
    for way in workflow.transitions.values():
        for place in way.from_:
            if way.round:
                entries.append(way.to)
            else:
                inner.setdefault(place, []).append(way.to)
    filed = reach(entries, inner, shown) & version.file_in[record]
    return state in reach(filed, inner, shown)


CHECKS = (after_rings, left_in_every_round, verified_by_somebody, answers_to_what_is_shown)
