"""From one entry to the next: what its act brings, then the transition that it tells of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from msgspec.structs import replace

from cycles.engine.cycle import Cycle, Visit
from cycles.engine.evolve import feedback, life, people, records
from cycles.engine.evolve.event import Event
from cycles.errors import ReplayError
from cycles.workflow.version import Version

__all__ = ["CARRIES_AUTO", "arrived", "brought", "evolve", "fired_by", "replay"]


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
    return arrived(version, brought(version, cycle, event), event)


def brought(version: Version, cycle: Cycle, event: Event) -> Cycle:
    """The cycle with what the act itself brings: here the guards of a transition are judged.

    Raises `ReplayError` if the event does not follow.
    """
    if event.seq != cycle.revision + 1 or event.from_ != cycle.state:
        raise ReplayError("does not continue the cycle", seq=event.seq, state=cycle.state)
    _check_keys(version, event)
    after = replace(cycle, revision=event.seq)
    if event.act in version.workflow.transitions:
        return after
    if event.act == "open":
        raise ReplayError("opened already", seq=event.seq)
    return _ACTS[event.act](after, event)


def arrived(version: Version, cycle: Cycle, event: Event) -> Cycle:
    """The cycle where the event leaves it, given what its act brought.

    Raises `ReplayError` if the transition does not start here, or leads elsewhere.
    """
    name = fired_by(version, event)
    after = cycle if name is None else _moved(version, cycle, name, event)
    if after.state != event.to or after.round != event.round:
        raise ReplayError("ends elsewhere", to=event.to, state=after.state, round=after.round)
    return after


def fired_by(version: Version, event: Event) -> str | None:
    """The transition that the event tells of: its act, or the one that its act carried."""
    if event.fired is None:
        return event.act if event.act in version.workflow.transitions else None
    way = version.workflow.transitions.get(event.fired)
    if event.act not in CARRIES_AUTO or way is None or not way.auto:
        raise ReplayError("carries no such transition", act=event.act, fired=event.fired)
    return event.fired


def _check_keys(version: Version, event: Event) -> None:
    """The clear part has a closed schema for each act, so that no text can hide in it."""
    wanted = _KEYS.get(event.act)
    if wanted is None:
        if event.act not in version.workflow.transitions:
            raise ReplayError("unknown act", act=event.act)
        wanted = _NONE
    found = event.data.keys()
    if found != wanted and found - {"saw"} != wanted:
        raise ReplayError("not the data of this act", act=event.act, keys=sorted(found ^ wanted))


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
        roles={role: tuple(held) for role, held in data["roles"].items()},
        subject=dict(data["subject"]),
        points={},
    )


def _moved(version: Version, cycle: Cycle, name: str, event: Event) -> Cycle:
    """The cycle after a transition: voids, round, new visit."""
    way = version.workflow.transitions.get(name)
    if way is None or cycle.state not in way.from_:
        raise ReplayError("no such transition from here", transition=name, state=cycle.state)
    if event.guards.keys() != version.guard_keys[name]:
        raise ReplayError("not the guards of this transition", transition=name)
    if way.voids:
        cycle = records.voided(cycle, way.voids)
    round_no = cycle.round + (way.round == "next")
    visit = Visit(
        number=cycle.visit.number + 1, state=way.to, round=round_no, seq=event.seq, at=event.at
    )
    return replace(cycle, state=way.to, round=round_no, visits=(*cycle.visits, visit))


_ACTS: Final[dict[str, Callable[[Cycle, Event], Cycle]]] = {
    "file": records.file,
    "confirm": records.confirm,
    "sign": records.sign,
    "reveal": records.reveal,
    "answer": feedback.answer,
    "verify": feedback.verify,
    "merge": feedback.merge,
    "add": people.add,
    "reassign": people.reassign,
    "substitute": people.substitute,
    "excuse": people.excuse,
    "suspend": life.suspend,
    "resume": life.resume,
    "cancel": life.cancel,
    "withdraw": life.withdraw,
    "propose_reopen": life.propose_reopen,
    "reopen": life.reopen,
    "waive": life.waive,
}

#: Acts after which an `auto` transition may fire (LANGUAGE `auto`).
CARRIES_AUTO: Final = frozenset(
    {"file", "sign", "answer", "verify", "merge", "waive", "add", "reassign", "substitute"}
)
_NONE: Final = frozenset[str]()
#: The keys of `data`, act by act; `saw`, the witness of guards over other cycles, besides.
_KEYS: Final[dict[str, frozenset[str]]] = {
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
    **dict.fromkeys(("suspend", "resume", "cancel", "withdraw", "propose_reopen", "reopen"), _NONE),
    "add": frozenset({"role", "to"}),
    "reassign": frozenset({"role", "to", "person"}),
    "substitute": frozenset({"role", "to", "person", "since", "until"}),
    "excuse": frozenset({"person", "since", "until"}),
}
