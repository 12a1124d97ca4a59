"""What a story can do: people act by their short names, at times counted in school days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cycles.engine.commands import Advance, Answer, Command, File, Open, Verify
from cycles.service import Acting, Actor, Core, Given, Looking, Receipt
from cycles.service.answers import PointAnswer
from cycles_api.demo.clock import StoryClock

__all__ = ["Stage"]


class Stage:
    """The school while its stories are played."""

    def __init__(
        self,
        core: Core,
        acting: Acting,
        school_id: str,
        clock: StoryClock,
        people: Mapping[str, str],
        groups: Mapping[str, str],
    ) -> None:
        self._core, self._acting, self._looking = core, acting, Looking(core)
        self._school, self._clock = school_id, clock
        #: Short name → person id; short name → group id.
        self.people, self.groups = people, groups

    def at(self, days: int, time: str) -> None:
        """Go to a time of the school day so many days from today (-1: the last one)."""
        self._clock.set(self._core.view(self._school).calendar, days, time)

    def day(self, days: int) -> str:
        """That school day as a date."""
        calendar = self._core.view(self._school).calendar
        return self._clock.school_day(calendar, days).isoformat()

    def actor(self, name: str) -> Actor:
        """Somebody as they act on the story's day."""
        view = self._core.view(self._school)
        person = view.person_of[self.people[name]]
        return Actor(
            school_id=self._school,
            person=person.id,
            pseudonym=person.pseudonym,
            via="api",
            guest=person.guest,
            roles=view.directory.roles_of(person.pseudonym, view.today(self._clock())),
        )

    # --- acting ----------------------------------------------------------------------------

    def open(
        self, by: str, workflow: str, group: str, roles: dict[str, list[str]], **subject: Any
    ) -> str:
        """Open a cycle; its id."""
        held = {role: tuple(self.people[p] for p in who) for role, who in roles.items()}
        command = Open(cycle="", group=self.groups[group], zone="", subject=subject, roles=held)
        return self._acting.open(self.actor(by), workflow, command, Given()).cycle

    def send(self, by: str, cycle: str, *commands: Command) -> Receipt:
        """Do commands as somebody who has just looked at the cycle."""
        revision = self._looking.cycle(self.actor(by), cycle).line.revision
        return self._acting.act(self.actor(by), cycle, commands, Given(revision=revision))

    def file(
        self,
        by: str,
        cycle: str,
        record: str,
        *,
        for_: str | None = None,
        occurred_on: str | None = None,
        **fields: Any,
    ) -> None:
        """File a record, perhaps for another, perhaps about an earlier day."""
        command = File(
            record=record,
            fields=fields,
            for_=self.people[for_] if for_ else None,
            occurred_on=date.fromisoformat(occurred_on) if occurred_on else None,
        )
        self.send(by, cycle, command)

    def do(self, by: str, cycle: str, transition: str, reason: str | None = None) -> None:
        """Fire a transition."""
        self.send(by, cycle, Advance(transition=transition, reason=reason))

    def present(self, by: str, cycle: str, *here: str, **absent: str) -> None:
        """Tick who is present; the absent with their code (`sick`, `teaching` …)."""
        codes = {self.people[p]: "present" for p in here}
        codes |= {self.people[p]: code for p, code in absent.items()}
        self.file(by, cycle, "attendance", people=codes)

    def answer(self, by: str, cycle: str, *what: tuple[str, str | None]) -> None:
        """Answer open points in their order, as (disposition, reason); the last serves the rest."""
        found = self._looking.cycle(self.actor(by), cycle)
        open_points = [p for p in found.points if _is_open(p, found.line.round)]
        for number, point in enumerate(open_points):
            disposition, reason = what[min(number, len(what) - 1)]
            self.send(by, cycle, Answer(point=point.id, disposition=disposition, reason=reason))

    def adopted(self, by: str, cycle: str) -> dict[str, str]:
        """Adopted points of earlier rounds, as `worked`: what a `seen` field says."""
        answer = self._looking.cycle(self.actor(by), cycle)
        return {
            p.id: "worked"
            for p in answer.points
            if p.disposition in ("adopted", "partly")
            and p.merged_into is None
            and p.round < answer.line.round
        }

    def verify(self, by: str, cycle: str, outcome: str = "worked") -> None:
        """Say of every adopted point of earlier rounds whether it was seen to work."""
        for point in self.adopted(by, cycle):
            self.send(by, cycle, Verify(point=point, outcome=outcome))


def _is_open(point: PointAnswer, round_no: int) -> bool:
    """Not answered, or put off in an earlier round and asked again."""
    if point.merged_into is not None or not point.counting:
        return False
    put_off = point.disposition == "deferred" and (point.answered_round or 0) < round_no
    return point.disposition is None or put_off
