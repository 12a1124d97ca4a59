"""What answering, verifying and merging bring to the points."""

from __future__ import annotations

from msgspec.structs import replace

from cycles.engine.cycle import Cycle, Point, Voice
from cycles.engine.evolve.event import Event
from cycles.errors import ReplayError

__all__ = ["answer", "heard", "merge", "verify"]


def answer(cycle: Cycle, event: Event) -> Cycle:
    """The point has the answer."""
    data = event.data
    point = replace(
        cycle.points[data["point"]],
        disposition=data["disposition"],
        answered_round=cycle.round,
        answered_seq=event.seq,
    )
    return replace(cycle, points={**cycle.points, point.id: point})


def verify(cycle: Cycle, event: Event) -> Cycle:
    """One more voice on the point."""
    data = event.data
    voice = Voice(person=event.for_ or event.actor, outcome=data["outcome"], round=cycle.round)
    point = heard(cycle.points[data["point"]], voice)
    return replace(cycle, points={**cycle.points, point.id: point})


def merge(cycle: Cycle, event: Event) -> Cycle:
    """The sources, and what was merged into them before, go into one."""
    into, sources = event.data["into"], set(event.data["points"])
    if into in sources or not {into, *sources} <= cycle.points.keys():
        raise ReplayError("merges points that are not there")
    points = {
        key: replace(p, merged_into=into) if key in sources or p.merged_into in sources else p
        for key, p in cycle.points.items()
    }
    # Said late, but also in time by another: it is answered as what was said in time.
    counting = any(points[key].counting for key in (into, *sources))
    points[into] = replace(points[into], counting=counting)
    return replace(cycle, points=points)


def heard(point: Point, voice: Voice) -> Point:
    """The point with the voice: one's last word in a round replaces the one before in it."""
    kept = tuple(v for v in point.voices if (v.person, v.round) != (voice.person, voice.round))
    return replace(point, voices=(*kept, voice))
