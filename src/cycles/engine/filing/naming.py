"""Whom and what a filing names: people, other cycles, points that were looked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cycles.engine.access import may_read_point
from cycles.engine.forms import Filled
from cycles.engine.guards import verifiers
from cycles.engine.people import People
from cycles.errors import FieldFault, InvalidInputError
from cycles.workflow.definition import FormField

__all__ = [
    "about_whom",
    "linked_ids",
    "refuse_strangers",
    "refuse_unasked_voices",
    "refuse_unknown_cycles",
]


def about_whom(people: People, name: str, given: str | None, person: str) -> str | None:
    """Whom the filing is about: who was given, else the role's only holder; never oneself.

    `None` where its record is about nobody.
    """
    role = people.version.about_role(name)
    if role is None:
        if given is not None:
            raise InvalidInputError([FieldFault(field="about", code="unknown_field", data={})])
        return None
    holders = people.holders(role)
    about = given or (holders[0] if len(holders) == 1 else None)
    if about is None or about not in holders or about == person:
        code = "oneself" if about == person else "choose"
        fault = FieldFault(field="about", code=code, data={"who": list(holders)})
        raise InvalidInputError([fault])
    return about


def refuse_strangers(people: People, name: str, filled: Filled) -> None:
    """Attendance names holders of its `of`; a person field, somebody it may name."""
    form, faults = people.version.workflow.records[name].form, []
    for field, shape in form.items():
        if shape.type not in ("attendance", "person", "people") or field not in filled.body:
            continue
        value = filled.body[field]
        named = [value] if isinstance(value, str) else list(value)
        if shape.of is not None:
            strangers = [p for p in named if p not in people.of(shape.of)]
        else:
            strangers = [p for p in named if not people.around.directory.is_enabled(p)]
        at, clash = f"fields.{field}", _clashing(people, f"{name}.{field}", named)
        if strangers:
            known = list(people.of(shape.of)) if shape.of else []
            data = {"unknown": strangers, "known": known}
            faults.append(FieldFault(field=at, code="not_a_participant", data=data))
        elif clash is not None:
            faults.append(FieldFault(field=at, code="holds_a_role", data={"role": clash}))
    if faults:
        raise InvalidInputError(faults)


def _clashing(people: People, source: str, named: list[str]) -> str | None:
    """A role held by one of those named, with which the role derived from here does not go."""
    derived = [r for r in people.version.workflow.roles.values() if r.from_ == source]
    apart = [other for role in derived for other in role.not_]
    return next((o for o in apart if set(named) & set(people.holders(o))), None)


def linked_ids(form: Mapping[str, FormField], sent: Mapping[str, Any]) -> dict[str, str]:
    """Link name → cycle id, as the fields of type cycle say; what is no text is left out."""
    return {
        name: sent[name]
        for name, shape in form.items()
        if shape.type == "cycle" and isinstance(sent.get(name), str)
    }


def refuse_unknown_cycles(
    people: People, form: Mapping[str, FormField], sent: Mapping[str, Any]
) -> None:
    """A link names a cycle that is there, of a workflow that it may name."""
    known = {c.id: c.workflow for c in people.around.linked}
    for name, cycle_id in linked_ids(form, sent).items():
        meant = form[name].workflow
        if cycle_id not in known or (meant and known[cycle_id] not in meant):
            data = {"workflow": list(meant or ())}
            raise InvalidInputError(
                [FieldFault(field=f"fields.{name}", code="unknown_cycle", data=data)]
            )


def refuse_unasked_voices(people: People, voices: Mapping[str, str], by: str, person: str) -> None:
    """Each voice is on a point that is to be looked for, of somebody who could see it."""
    points, wrong = people.cycle.points, []
    for key in voices:
        point = points.get(key)
        if (
            point is None
            or not may_read_point(people, by, point)
            or person not in (verifiers(people, point) or ())
        ):
            wrong.append(key)
    if wrong:
        fault = FieldFault(field="points", code="not_to_verify", data={"points": wrong})
        raise InvalidInputError([fault])
