"""What an entry makes of a cycle: reads the entry's clear part and the definition, nothing else.

So replay gives the same cycle after every personal text has been erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from cycles.engine.cycle import Cycle, Excuse, Filing, Point, Substitution, Visit, Voice, Waiver
from cycles.errors import ReplayError
from cycles.workflow.definition import Transition
from cycles.workflow.version import MAX_ROUNDS, Version

__all__ = ["Event", "evolve", "guard_names", "replay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The clear part of one entry, as far as the cycle is concerned (DESIGN §8)."""

    cycle: str
    definition_id: str
    seq: int
    act: str
    from_: str | None
    to: str
    fired: str | None
    round: int
    #: Server time in UTC.
    at: datetime
    actor: str
    for_: str | None
    role: str | None
    guards: Mapping[str, str]
    data: Mapping[str, Any]


def replay(version: Version, events: Iterable[Event]) -> Cycle:
    """The cycle after all events, oldest first; raises `ReplayError` if one does not follow."""
    cycle: Cycle | None = None
    for event in events:
        cycle = evolve(version, cycle, event)
    if cycle is None:
        raise ReplayError("no entries")
    return cycle


def evolve(version: Version, cycle: Cycle | None, event: Event) -> Cycle:
    """The cycle after the event; raises `ReplayError` if it does not follow."""
    if cycle is None:
        return _opened(version, event)
    if event.seq != cycle.revision + 1 or event.from_ != cycle.state:
        raise ReplayError("does not continue the cycle", seq=event.seq, state=cycle.state)
    _check_keys(version, event)
    after = replace(cycle, revision=event.seq)
    if event.act in version.workflow.transitions:
        after = _moved(version, after, event.act, event)
    else:
        after = _ACTS[event.act](after, event)
        if event.fired is not None:
            after = _moved(version, after, event.fired, event)
    if after.state != event.to or after.round != event.round:
        raise ReplayError("ends elsewhere", to=event.to, state=after.state, round=after.round)
    return after


def _check_keys(version: Version, event: Event) -> None:
    """The clear part has a closed schema for each act, so that no text can hide in it."""
    way = event.act in version.workflow.transitions
    wanted = frozenset[str]() if way else _KEYS.get(event.act)
    if wanted is None:
        raise ReplayError("unknown act", act=event.act)
    if event.data.keys() - {"saw"} != wanted:
        found = sorted(event.data.keys() ^ wanted)
        raise ReplayError("not the data of this act", act=event.act, keys=found)


def guard_names(transition: Transition) -> tuple[str, ...]:
    """The ids of a transition's guards, the built-in one first."""
    built_in = (MAX_ROUNDS,) if transition.round == "next" else ()
    return built_in + tuple(g.name for g in transition.guards)


def _opened(version: Version, event: Event) -> Cycle:
    if event.act != "open" or event.seq != 1 or event.from_ is not None:
        raise ReplayError("a cycle begins with `open`", act=event.act)
    if event.to != version.workflow.start or event.round != 1:
        raise ReplayError("opened outside the start state", to=event.to)
    _check_keys(version, event)
    data = event.data
    first = Visit(number=1, state=event.to, round=1, seq=1, at=event.at)
    return Cycle(
        id=event.cycle,
        definition_id=event.definition_id,
        group=data["group"],
        opener=event.actor,
        zone=data["zone"],
        revision=1,
        state=event.to,
        visits=(first,),
        roles={role: tuple(people) for role, people in data["roles"].items()},
        subject=dict(data["subject"]),
        points={},
    )


def _moved(version: Version, cycle: Cycle, name: str, event: Event) -> Cycle:
    """The cycle after a transition: voids, round, new visit."""
    transition = version.workflow.transitions.get(name)
    if transition is None or cycle.state not in transition.from_:
        raise ReplayError("no such transition from here", transition=name, state=cycle.state)
    if set(event.guards) != {f"{name}.{guard}" for guard in guard_names(transition)}:
        raise ReplayError("not the guards of this transition", transition=name)
    gone = {
        f.id
        for f in cycle.filings
        if f.record in transition.voids and f.round == cycle.round and f.current
    }
    round_no = cycle.round + (transition.round == "next")
    visit = Visit(
        number=cycle.visit.number + 1,
        state=transition.to,
        round=round_no,
        seq=event.seq,
        at=event.at,
    )
    return replace(
        cycle,
        state=transition.to,
        round=round_no,
        visits=(*cycle.visits, visit),
        filings=tuple(replace(f, voided=True) if f.id in gone else f for f in cycle.filings),
        points={key: _without(p, gone, drop=p.filing in gone) for key, p in cycle.points.items()},
    )


def _without(point: Point, filings: set[str], *, drop: bool) -> Point:
    """The point without the voices of these filings, which stand no more; `drop`: nor does it."""
    voices = tuple(v for v in point.voices if v.filing not in filings)
    return replace(point, voices=voices, counting=point.counting and not drop)


def _file(cycle: Cycle, event: Event) -> Cycle:
    data = event.data
    facts = dict(data["facts"])
    superseded = set(data["supersedes"])
    for old in cycle.filings:
        if old.id in superseded:
            # Attendance is sent as changes and folds: the last code of each person holds.
            facts = {
                **facts,
                **{
                    k: {**v, **facts.get(k, {})}
                    for k, v in old.facts.items()
                    if isinstance(v, dict)
                },
            }
    filing = Filing(
        id=data["filing"],
        record=data["record"],
        person=event.for_ or event.actor,
        typed_by=event.actor,
        round=data["round"],
        seq=event.seq,
        at=event.at,
        facts=facts,
        digest=data["digest"],
        about=data["about"],
        late=data["late"],
        confirmed=event.for_ is None,
    )
    sent = {raised["id"] for raised in data["points"]}
    points = {
        key: _without(p, superseded, drop=p.filing in superseded and key not in sent)
        for key, p in cycle.points.items()
    }
    for raised in data["points"]:
        kept = points.get(raised["id"])
        if kept is not None:
            points[kept.id] = replace(
                kept,
                filing=filing.id,
                digest=raised["digest"],
                counting=kept.counting or not filing.late,
            )
            continue
        points[raised["id"]] = Point(
            id=raised["id"],
            record=filing.record,
            field=raised["field"],
            filing=filing.id,
            round=filing.round,
            raised_by=filing.person,
            owner=raised["owner"],
            digest=raised["digest"],
            counting=not filing.late,
        )
    for key, outcome in data["voices"].items():
        voice = Voice(person=filing.person, outcome=outcome, round=cycle.round, filing=filing.id)
        points[key] = _heard(points[key], voice)
    filings = tuple(replace(f, superseded=True) if f.id in superseded else f for f in cycle.filings)
    return replace(cycle, filings=(*filings, filing), points=points)


def _answer(cycle: Cycle, event: Event) -> Cycle:
    data = event.data
    point = replace(
        cycle.points[data["point"]],
        disposition=data["disposition"],
        answered_round=cycle.round,
        answered_seq=event.seq,
    )
    return replace(cycle, points={**cycle.points, point.id: point})


def _verify(cycle: Cycle, event: Event) -> Cycle:
    data = event.data
    voice = Voice(person=event.for_ or event.actor, outcome=data["outcome"], round=cycle.round)
    heard = _heard(cycle.points[data["point"]], voice)
    return replace(cycle, points={**cycle.points, heard.id: heard})


def _merge(cycle: Cycle, event: Event) -> Cycle:
    into, sources = event.data["into"], set(event.data["points"])
    if into in sources or not {into, *sources} <= cycle.points.keys():
        raise ReplayError("merges points that are not there")
    # What was merged into a source before goes with it.
    points = {
        key: replace(p, merged_into=into) if key in sources or p.merged_into in sources else p
        for key, p in cycle.points.items()
    }
    # Said late, but also in time by another: it is answered as what was said in time.
    counting = any(points[key].counting for key in (into, *sources))
    points[into] = replace(points[into], counting=counting)
    return replace(cycle, points=points)


def _confirm(cycle: Cycle, event: Event) -> Cycle:
    filings = tuple(
        replace(f, confirmed=True) if f.id == event.data["filing"] else f for f in cycle.filings
    )
    return replace(cycle, filings=filings)


def _sign(cycle: Cycle, event: Event) -> Cycle:
    meant = set(event.data["filings"])
    filings = tuple(
        replace(f, signed=(*f.signed, event.actor))
        if f.id in meant and event.actor not in f.signed
        else f
        for f in cycle.filings
    )
    return replace(cycle, filings=filings)


def _heard(point: Point, voice: Voice) -> Point:
    """One person's last word in a round replaces their earlier one of that round."""
    kept = tuple(v for v in point.voices if (v.person, v.round) != (voice.person, voice.round))
    return replace(point, voices=(*kept, voice))


def _reveal(cycle: Cycle, event: Event) -> Cycle:
    return replace(cycle, revealed=cycle.revealed | {(event.data["record"], cycle.round)})


def _waive(cycle: Cycle, event: Event) -> Cycle:
    waiver = Waiver(
        guard=event.data["guard"],
        content=event.data["content"],
        visit=cycle.visit.number,
        by=event.actor,
    )
    return replace(cycle, waivers=(*cycle.waivers, waiver))


def _suspend(cycle: Cycle, event: Event) -> Cycle:
    return replace(cycle, state="suspended", held=cycle.state)


def _resume(cycle: Cycle, event: Event) -> Cycle:
    if cycle.held is None:
        raise ReplayError("nothing to resume")
    return replace(cycle, state=cycle.held, held=None)


def _cancel(cycle: Cycle, event: Event) -> Cycle:
    return replace(cycle, state="cancelled", held=cycle.held or cycle.state)


def _withdraw(cycle: Cycle, event: Event) -> Cycle:
    return replace(cycle, state="withdrawn", held=cycle.state)


def _propose_reopen(cycle: Cycle, event: Event) -> Cycle:
    return replace(cycle, reopening=event.actor)


def _reopen(cycle: Cycle, event: Event) -> Cycle:
    back = cycle.before_the_end
    visit = replace(
        cycle.visit, number=cycle.visit.number + 1, state=back, seq=event.seq, at=event.at
    )
    return replace(cycle, state=back, held=None, reopening=None, visits=(*cycle.visits, visit))


def _add(cycle: Cycle, event: Event) -> Cycle:
    role, to = event.data["role"], event.data["to"]
    return replace(cycle, roles={**cycle.roles, role: (*cycle.roles.get(role, ()), to)})


def _reassign(cycle: Cycle, event: Event) -> Cycle:
    role, person, to = event.data["role"], event.data["person"], event.data["to"]
    # Whoever takes the part over leaves the one they had: one person, one filled role.
    roles = {r: tuple(p for p in held if p != to) for r, held in cycle.roles.items()}
    roles[role] = tuple(to if p == person else p for p in cycle.roles.get(role, ()))
    # What was said to the one before is now the other's to answer.
    points = {
        key: replace(p, owner=to) if p.owner == person else p for key, p in cycle.points.items()
    }
    return replace(cycle, roles=roles, points=points)


def _substitute(cycle: Cycle, event: Event) -> Cycle:
    data = event.data
    stand_in = Substitution(
        role=data["role"],
        person=data["person"],
        to=data["to"],
        since=date.fromisoformat(data["since"]),
        until=date.fromisoformat(data["until"]),
    )
    return replace(cycle, substitutions=(*cycle.substitutions, stand_in))


def _excuse(cycle: Cycle, event: Event) -> Cycle:
    data = event.data
    excuse = Excuse(
        person=data["person"],
        since=date.fromisoformat(data["since"]),
        until=date.fromisoformat(data["until"]),
    )
    return replace(cycle, excuses=(*cycle.excuses, excuse))


_ACTS: dict[str, Callable[[Cycle, Event], Cycle]] = {
    "file": _file,
    "confirm": _confirm,
    "sign": _sign,
    "answer": _answer,
    "verify": _verify,
    "merge": _merge,
    "reveal": _reveal,
    "waive": _waive,
    "suspend": _suspend,
    "resume": _resume,
    "cancel": _cancel,
    "withdraw": _withdraw,
    "propose_reopen": _propose_reopen,
    "reopen": _reopen,
    "add": _add,
    "reassign": _reassign,
    "substitute": _substitute,
    "excuse": _excuse,
}

#: The keys of `data`, act by act; `saw`, the witness of guards over other cycles, besides.
_KEYS: dict[str, frozenset[str]] = {
    "open": frozenset({"group", "zone", "roles", "subject"}),
    "file": frozenset(
        {
            *("filing", "record", "round", "facts", "digest", "about", "late", "supersedes"),
            *("points", "voices"),
        }
    ),
    "confirm": frozenset({"filing"}),
    "sign": frozenset({"record", "filings"}),
    "answer": frozenset({"point", "disposition"}),
    "verify": frozenset({"point", "outcome"}),
    "merge": frozenset({"points", "into"}),
    "reveal": frozenset({"record"}),
    "waive": frozenset({"guard", "content"}),
    **dict.fromkeys(
        ("suspend", "resume", "cancel", "withdraw", "propose_reopen", "reopen"), frozenset[str]()
    ),
    "add": frozenset({"role", "to"}),
    "reassign": frozenset({"role", "to", "person"}),
    "substitute": frozenset({"role", "to", "person", "since", "until"}),
    "excuse": frozenset({"person", "since", "until"}),
}
