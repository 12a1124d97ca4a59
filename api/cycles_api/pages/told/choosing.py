"""What the fields of a cycle's forms may choose from, as far as the person may know of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from cycles.engine.commands import Verify
from cycles.service import Actor
from cycles.service.answers import CycleAnswer, PointAnswer
from cycles.store import CycleFilter
from cycles_api.assembly import Service

__all__ = ["CycleKnown", "GroupKnown", "text_of"]

_LISTED: Final = 50
#: What `what_if` takes at once.
_TRIALS: Final = 20


class GroupKnown:
    """What is known in one group of the school, whatever the cycle.

    Attributes:
        group: The group's id.
        roles: Who fills the roles of the cycle, where there is one: person ids.
    """

    def __init__(
        self,
        service: Service,
        actor: Actor,
        group: str,
        roles: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.service, self.actor, self.group, self.roles = service, actor, group, roles or {}
        self.view = service.core.view(actor.school_id)

    def people(self, of: Sequence[str] | None) -> list[tuple[str, str]]:
        """People by who-expression; a guest is offered those of the cycle alone."""
        taking_part = [p for held in self.roles.values() for p in held]
        if of is None:
            ids = taking_part if self.actor.guest else self.of(("school.staff",))
        else:
            ids = self.of(of)
        if self.actor.guest:
            ids = [p for p in ids if p in taking_part]
        today = self.view.today(self.service.core.now())
        return [(p, self.view.told_apart(p, today)) for p in dict.fromkeys(ids)]

    def of(self, who: Sequence[str]) -> list[str]:
        """Who is meant, as person ids: roles of the cycle, of its group, of the school."""
        return list(dict.fromkeys(self._each_of(who)))

    def _each_of(self, who: Sequence[str]) -> Iterator[str]:
        duty = self.view.on_duty(self.view.today(self.service.core.now()))
        named = {
            "group.head": duty.group_heads.get(self.group, ()),
            "group.members": duty.group_members.get(self.group, ()),
            "school.head": duty.heads,
            "school.deputy": duty.deputies,
            "school.staff": duty.staff,
        }
        for atom in who:
            if atom in self.roles:
                yield from self.roles[atom]
            else:
                there = (self.view.id_of.get(p) for p in named.get(atom, ()))
                yield from (p for p in there if p is not None)

    def groups(self) -> list[tuple[str, str]]:
        """The school's groups; a guest knows that of the cycle alone."""
        known = self.view.groups.values()
        return [(g.id, g.name) for g in known if not self.actor.guest or g.id == self.group]

    def cycles(self, workflows: Sequence[str] | None) -> list[tuple[str, str]]:
        """Cycles that they may see, of one of the workflows."""
        looking, found = self.service.looking, list[tuple[str, str]]()
        for workflow in workflows or (None,):
            lines, _ = looking.cycles(self.actor, CycleFilter(workflow=workflow), limit=_LISTED)
            found += [(line.id, line.title or line.id) for line in lines]
        return found

    def points(self) -> list[tuple[str, str]]:
        """Nothing was said yet."""
        return []


class CycleKnown(GroupKnown):
    """What is known in one cycle."""

    def __init__(self, service: Service, actor: Actor, found: CycleAnswer) -> None:
        super().__init__(service, actor, found.line.group, found.participants)
        self._found = found

    def points(self) -> list[tuple[str, str]]:
        """Points whose answer is to be looked for by this person, found by trying."""
        asked = [p for p in self._found.points if p.counting and p.disposition is not None]
        found: list[tuple[str, str]] = []
        for start in range(0, len(asked), _TRIALS):
            part = asked[start : start + _TRIALS]
            commands = [Verify(point=p.id, outcome="worked") for p in part]
            trials = self.service.looking.what_if(self.actor, self._found.line.id, commands)
            found += [
                (p.id, text_of(p))
                for p, trial in zip(part, trials, strict=True)
                if trial.refusal is None
            ]
        return found


def text_of(point: PointAnswer) -> str:
    """What a point says: its text, or its columns one after the other; empty once erased."""
    said = point.content or {}
    return " · ".join(str(v) for key, v in said.items() if key != "id" and v)
