"""What the fields of a cycle's forms may choose from, as far as the person may know of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cycles.engine.commands import Verify
from cycles.service import Actor
from cycles.service.answers import CycleAnswer, PointAnswer
from cycles.service.core import SchoolView
from cycles.store import CycleFilter
from cycles_api.assembly import Service

__all__ = ["CycleKnown", "people_of", "text_of"]

_LISTED = 50


class CycleKnown:
    """What is known in one cycle."""

    def __init__(self, service: Service, actor: Actor, found: CycleAnswer) -> None:
        self._service, self._actor, self._found = service, actor, found
        self._view = service.core.view(actor.school_id)

    def people(self, of: Sequence[str] | None) -> list[tuple[str, str]]:
        """People by who-expression; a guest is offered those of the cycle alone."""
        taking_part = [p for held in self._found.participants.values() for p in held]
        if of is not None:
            ids = people_of(of, self._view, self._service, self._found)
        elif self._actor.guest:
            ids = taking_part
        else:
            duty = self._view.on_duty(self._view.today(self._service.core.now()))
            ids = [self._view.id_of[p] for p in duty.staff if p in self._view.id_of]
        if self._actor.guest:
            ids = [p for p in ids if p in taking_part]
        return [(p, self._view.name(p)) for p in dict.fromkeys(ids)]

    def groups(self) -> list[tuple[str, str]]:
        """The school's groups; a guest knows that of the cycle alone."""
        known = self._view.groups.values()
        return [(g.id, g.name) for g in known if not self._actor.guest or g.id == self._group]

    @property
    def _group(self) -> str:
        return self._found.line.group

    def cycles(self, workflows: Sequence[str] | None) -> list[tuple[str, str]]:
        """Cycles that they may see, of one of the workflows."""
        looking, found = self._service.looking, list[tuple[str, str]]()
        for workflow in workflows or (None,):
            lines, _ = looking.cycles(self._actor, CycleFilter(workflow=workflow), limit=_LISTED)
            found += [(line.id, line.title or line.id) for line in lines]
        return found

    def points(self) -> list[tuple[str, str]]:
        """Points whose answer is to be looked for by this person, found by trying."""
        asked = [p for p in self._found.points if p.counting and p.disposition is not None]
        found: list[tuple[str, str]] = []
        for start in range(0, len(asked), 20):
            part = asked[start : start + 20]
            commands = [Verify(point=p.id, outcome="worked") for p in part]
            trials = self._service.looking.what_if(self._actor, self._found.line.id, commands)
            found += [
                (p.id, text_of(p))
                for p, trial in zip(part, trials, strict=True)
                if trial.refusal is None
            ]
        return found


def people_of(
    of: Sequence[str], view: SchoolView, service: Service, found: CycleAnswer
) -> list[str]:
    """Who is meant, as person ids: roles of the cycle, of its group, of the school."""
    return list(dict.fromkeys(_each_of(of, view, service, found)))


def _each_of(
    of: Sequence[str], view: SchoolView, service: Service, found: CycleAnswer
) -> Iterator[str]:
    duty, group = view.on_duty(view.today(service.core.now())), found.line.group
    named = {
        "group.head": duty.group_heads.get(group, ()),
        "group.members": duty.group_members.get(group, ()),
        "school.head": duty.heads,
        "school.deputy": duty.deputies,
        "school.staff": duty.staff,
    }
    for atom in of:
        if atom in found.participants:
            yield from found.participants[atom]
        else:
            yield from (view.id_of[p] for p in named.get(atom, ()) if p in view.id_of)


def text_of(point: PointAnswer) -> str:
    """What a point says: its text, or its columns one after the other; empty once erased."""
    said = point.content or {}
    return " · ".join(str(v) for key, v in said.items() if key != "id" and v)
