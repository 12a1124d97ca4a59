"""What a person can do now: transitions as they see them, and what is possible instead."""

from __future__ import annotations

from dataclasses import dataclass

from cycles.engine.access import may_see
from cycles.engine.guards import verdicts_of
from cycles.engine.people import People
from cycles.engine.rights import may_fire
from cycles.engine.tasks import tasks_of
from cycles.engine.verdicts import Verdict

__all__ = ["Offer", "offers", "possible"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A transition from here as one person sees it."""

    transition: str
    to: str
    side: bool
    #: Whether it is this person's to fire, whatever the guards say.
    may: bool
    verdicts: tuple[Verdict, ...]
    #: Whether it wants a reason.
    reason: bool = False
    auto: bool = False

    @property
    def allowed(self) -> bool:
        """Sent at once by the same person, it succeeds."""
        return self.may and all(v.passes for v in self.verdicts)


def offers(people: People, actor: str) -> tuple[Offer, ...]:
    """Every transition from the present state, allowed or not, with each guard's verdict."""
    able = bool(people.on_duty((actor,))) and may_see(people, actor)
    return tuple(
        Offer(
            transition=name,
            to=way.to,
            side=way.side,
            may=able and actor in may_fire(people, way),
            verdicts=verdicts_of(people, way, actor),
            reason=way.reason,
            auto=way.auto,
        )
        for name, way in people.version.leaving.get(people.cycle.state, ())
    )


def possible(people: People, by: str) -> list[str]:
    """What the person can do instead: open transitions, then their tasks."""
    ways = [o.transition for o in offers(people, by) if o.allowed]
    return ways + [t.do for t in tasks_of(people) if t.person == by and t.do != "decide"]
