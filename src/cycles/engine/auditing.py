"""Replay that believes nothing: what an entry claims of guards and roles is judged again.

An entry that is well chained may still tell of a step that the rules of its day forbade. What
the log alone decides (records, rounds, dates, points, waivers, roles of the cycle) is worked out
anew before the entry is taken; what needs the directory of that day cannot be, and is left.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from cycles.engine.cycle import Cycle
from cycles.engine.evolve import Event, arrived, brought, evolve, fired_by
from cycles.engine.filing import superseded_by
from cycles.engine.guards import Case, answerers, judge
from cycles.engine.lifecycle import has_ended
from cycles.engine.people import People
from cycles.engine.reveal import is_hidden
from cycles.engine.surroundings import Directory, Surroundings
from cycles.errors import ReplayError
from cycles.workflow.definition import Guard, Who
from cycles.workflow.version import MAX_ROUNDS, Version, every_guard

__all__ = ["audited", "may_be_withheld"]

#: What a suspended cycle takes: its end or its going on, and changes of who takes part.
_WHILE_SUSPENDED: Final = frozenset({"resume", "cancel", "add", "reassign", "substitute"})
#: Who was on duty that day is not in the log.
_UNKNOWN: Final = Directory()


def audited(version: Version, cycle: Cycle | None, event: Event) -> Cycle:
    """`evolve`, and what the log can decide is judged again; raises `ReplayError` on a lie."""
    if cycle is None:
        return evolve(version, cycle, event)
    # The guards of a carried transition were met by what this very entry brought.
    before = brought(version, cycle, event)
    after = arrived(version, before, event)
    if event.definition_id != cycle.definition_id:
        raise ReplayError("not the version it was opened under", opened=cycle.definition_id)
    _check_running(version, cycle, event)
    _check_role(version, cycle, event)
    _check_person(version, cycle, event)
    if event.act == "file":
        _check_filing(version, cycle, event)
    name = fired_by(version, event)
    if name is not None:
        _check_guards(version, before, event, name)
    return after


def may_be_withheld(version: Version, cycle: Cycle, event: Event) -> bool:
    """Whether some head, deputy or auditor may not read an entry's payload, as the cycle stands.

    That of a filing, or of what was said on its points, as long as the filing is hidden or where
    its record names who reads it; and that of the opening, whose key would tell short words that
    are hidden from those who guess them.
    """
    people, data = _people(version, cycle, event), event.data
    if event.act == "open":
        concerned = cycle.filings
    elif event.act == "file":
        concerned = tuple(f for f in cycle.filings if f.seq == event.seq)
    elif event.act in ("answer", "verify"):
        point = cycle.points[data["point"]]
        concerned = tuple(f for f in cycle.filings if f.id == point.filing)
    else:
        return False
    records = version.workflow.records
    return any(records[f.record].read or is_hidden(people, "", f) for f in concerned)


def _check_running(version: Version, cycle: Cycle, event: Event) -> None:
    """Nothing is done in a cycle that has ended or is suspended but what brings it back."""
    act = event.act
    if has_ended(version, cycle):
        proposed = cycle.reopening is not None and cycle.reopening != event.actor
        possible = act == "propose_reopen" or (act == "reopen" and proposed)
    elif cycle.state == "suspended":
        possible = act in _WHILE_SUSPENDED
    elif act == "withdraw":
        possible = cycle.state == version.workflow.start
    else:
        possible = act not in ("resume", "reopen", "propose_reopen")
    if not possible:
        raise ReplayError("not possible as the cycle stood", act=act, state=cycle.state)


def _check_role(version: Version, cycle: Cycle, event: Event) -> None:
    """Who acted in a role held it that day, and the role may do this."""
    act, role = event.act, event.role
    way = version.workflow.transitions.get(act)
    if way is not None:
        may: Who = way.by
    else:
        may = version.workflow.records[event.data["record"]].by if act == "file" else ()
    # Whoever fires a transition without a role stands in for those who have one.
    if role not in may and not (role is None and act != "file"):
        raise ReplayError("acted in a role that may not do this", role=role, act=act)
    if role is None or role not in version.workflow.roles:
        return
    person = event.for_ or event.actor
    if person in cycle.roles.get(role, ()) and not cycle.substitutions:
        return  # it was theirs, and nobody stood in for anybody
    if person not in _people(version, cycle, event).holders(role):
        raise ReplayError("acted in a role not held", role=role, person=person)


def _check_person(version: Version, cycle: Cycle, event: Event) -> None:
    """It was the person's own to do, and who typed for another may type for them."""
    if event.for_ is None and event.act not in ("confirm", "answer"):
        return
    people, data = _people(version, cycle, event), event.data
    person = event.for_ or event.actor
    meant: tuple[str, ...] | None = None
    if event.act == "confirm":
        meant = tuple(f.person for f in cycle.filings if f.id == data["filing"])
    elif event.act == "answer":
        point = cycle.points[data["point"]]
        rule = version.workflow.records[point.record].form[point.field].answer
        if rule is None or _in_log(version, rule.by):
            meant = answerers(people, point)
    if meant is not None and person not in meant:
        raise ReplayError("another's to do", act=event.act, person=person)
    if event.for_ is not None:
        if event.act == "file":
            of: Who = version.workflow.records[data["record"]].by
        else:
            of = people.roles_of(person) if event.act in ("answer", "verify") else ()
        if not people.types_for(event.actor, of, person):
            raise ReplayError("typed for somebody who types for themselves", person=person)


def _check_filing(version: Version, cycle: Cycle, event: Event) -> None:
    """The record could be filed then, is late if it was, and takes the place of what it says."""
    data = event.data
    record, round_no = data["record"], data["round"]
    kind, states = version.workflow.records[record], version.file_in[record]
    late = not (cycle.state in states and round_no == cycle.round)
    if late:
        by_round = "round" in kind.one_per
        been = {v.state for v in cycle.visits if not by_round or v.round == round_no}
        if not (states & been and kind.late == "accept"):
            raise ReplayError("could not be filed as the cycle stood", record=record)
    if data["late"] is not late:
        raise ReplayError("late or in time, and says the other", record=record)
    before = superseded_by(version, cycle, record, event.for_ or event.actor, round_no)
    if data["filing"] != str(event.seq) or data["supersedes"] != [f.id for f in before]:
        raise ReplayError("not the version of the record that it says", record=record)


def _check_guards(version: Version, before: Cycle, event: Event, name: str) -> None:
    """Each guard of the transition that the event tells of was as it says."""
    way = version.workflow.transitions[name]
    actor = event.actor if event.fired is None else None
    case = Case(_people(version, before, event), way, actor)
    if way.round == "next":
        claimed = event.guards[f"{name}.{MAX_ROUNDS}"]
        if claimed != "met" or before.round >= version.workflow.rounds.max:
            raise ReplayError("more rounds than there may be", guard=MAX_ROUNDS)
    for guard, decidable in _guards(version, name):
        claimed = event.guards[f"{name}.{guard.name}"]
        if claimed not in ("met", "waived"):
            raise ReplayError("a guard is met or waived", guard=guard.name, claimed=claimed)
        if claimed == "waived" and not _has_waiver(before, guard):
            raise ReplayError("a guard that nobody waived", guard=guard.name)
        if decidable == "never" or (decidable == "of_actor" and actor is None):
            continue
        verdict = judge(case, guard)
        if (claimed == "met" and not verdict.met) or (claimed == "waived" and not verdict.waived):
            raise ReplayError("a guard was not as claimed", guard=guard.name, claimed=claimed)


def _has_waiver(cycle: Cycle, guard: Guard) -> bool:
    """Whether an entry waived it for this visit."""
    visit = cycle.visit.number
    return any(w.guard == guard.name and w.visit == visit for w in cycle.waivers)


@lru_cache(maxsize=4_096)
def _guards(
    version: Version, name: str
) -> tuple[tuple[Guard, Literal["always", "of_actor", "never"]], ...]:
    """The guards of a transition, each with what its verdict depends on: see `_decidable`."""
    guards = version.workflow.transitions[name].guards
    return tuple((guard, _decidable(version, guard)) for guard in guards)


def _decidable(version: Version, guard: Guard) -> Literal["always", "of_actor", "never"]:
    """Whether the verdict depends on the log alone, and not on the directory of that day.

    `of_actor`: it does where somebody in particular acted.
    """
    inners = tuple(every_guard((guard,)))
    for inner in inners:
        if inner.linked is not None:
            return "never"
        for rule in (inner.filed, inner.consent):
            if rule is not None and not _in_log(version, rule.by or ()):
                return "never"
        if inner.filed is not None:
            fields = version.workflow.records[inner.filed.record].form.values()
            if not all(_in_log(version, field.of or ()) for field in fields):
                return "never"
    return "of_actor" if any(inner.separate for inner in inners) else "always"


def _in_log(version: Version, who: Who) -> bool:
    named = ("opener", "subject.", "item.")
    return all(a in version.workflow.roles or a.startswith(named) for a in who)


def _people(version: Version, cycle: Cycle, event: Event) -> People:
    """The people of the cycle on the day of the event, as far as the log knows them."""
    today = event.at.astimezone(ZoneInfo(cycle.zone)).date()
    return People(version, cycle, Surroundings(now=event.at, today=today, directory=_UNKNOWN))
