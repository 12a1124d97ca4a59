"""Opening a cycle: what it is about, and who plays which part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from msgspec import structs

from cycles.engine.commands import Open
from cycles.engine.cycle import Cycle, Visit
from cycles.engine.draft import Draft
from cycles.engine.forms import fill
from cycles.engine.people import People
from cycles.engine.rights import deciders
from cycles.engine.surroundings import Surroundings
from cycles.errors import FieldFault, InvalidInputError, NotAllowedError
from cycles.workflow.definition import Role
from cycles.workflow.version import Version

__all__ = ["opening"]


def opening(version: Version, command: Open, by: str, around: Surroundings) -> Draft:
    """A cycle at its start.

    Raises:
        NotAllowedError: `by` may not open such a cycle.
        InvalidInputError: the subject, or the people; also where nobody at all could take one of
            its decisions.
    """
    facts = frozenset(f.split(".")[1] for f in version.facts if f.startswith("subject."))
    people = _before(version, command, by, around)
    if command.group not in around.directory.group_members:
        known = {"known": sorted(around.directory.group_members)}
        raise InvalidInputError([FieldFault(field="group", code="unknown", data=known)])
    if by not in people.acting(version.workflow.open.by):
        who = people.acting(version.workflow.open.by)
        raise NotAllowedError("others open such a cycle", data={"who": list(who)})
    faults: list[FieldFault] = []
    subject, body = {}, {}
    try:
        filled = fill(
            version.workflow.subject, command.subject, facts=facts, today=around.today, at="subject"
        )
        subject, body = filled.facts, filled.body
        faults += _unknown_in(people, body)
    except InvalidInputError as error:
        faults += error.faults
    roles: dict[str, tuple[str, ...]] = {}
    try:
        roles = _roles(people, command)
    except InvalidInputError as error:
        faults += error.faults
    if faults:
        raise InvalidInputError(faults)
    _refuse_deadlock(
        replace(people, cycle=structs.replace(people.cycle, roles=roles, subject=subject))
    )
    data = {
        "group": command.group,
        "zone": command.zone,
        "roles": {role: list(holders) for role, holders in roles.items()},
        "subject": subject,
    }
    return Draft(act="open", to=version.workflow.start, data=data, payload={"subject": body})


def _unknown_in(people: People, body: dict[str, Any]) -> list[FieldFault]:
    """Persons and cycles that the subject names, and that are not there."""
    around, faults = people.around, []
    linked = {c.id: c.workflow for c in around.linked}
    for name, shape in people.version.workflow.subject.items():
        value = body.get(name)
        if value is None:
            continue
        if shape.type in ("person", "people"):
            named = [value] if isinstance(value, str) else list(value)
            if not all(around.directory.is_enabled(p) for p in named):
                faults.append(FieldFault(field=f"subject.{name}", code="not_on_duty", data={}))
        elif shape.type == "cycle" and linked.get(value) not in (shape.workflow or linked.values()):
            data = {"workflow": list(shape.workflow or ())}
            faults.append(FieldFault(field=f"subject.{name}", code="unknown_cycle", data=data))
    return faults


def _refuse_deadlock(people: People) -> None:
    """Every way must have somebody unconcerned who could take it, of `by` or above."""
    stuck = [
        name
        for name, way in people.version.workflow.transitions.items()
        if not deciders(people, way)
    ]
    if stuck:
        raise InvalidInputError(
            [FieldFault(field="roles", code="nobody_could", data={"transitions": stuck})]
        )


def _roles(people: People, command: Open) -> dict[str, tuple[str, ...]]:
    """Every filled role with its holders: those given, else the default.

    One person holds one filled role; a default for several skips holders of others, a default for
    one that clashes must be chosen by whoever opens.

    Raises:
        InvalidInputError: roles unknown, clashing, too few or too many, people not to be had.
    """
    version = people.version
    faults = [
        FieldFault(field=f"roles.{r}", code="unknown", data={"known": list(version.workflow.roles)})
        for r in command.roles
        if r not in version.workflow.roles
    ]
    filled = {r: tuple(dict.fromkeys(p)) for r, p in command.roles.items() if p}
    taken = {p for holders in filled.values() for p in holders}
    # First the parts for a certain number, so that `group.members` leaves out the group head.
    for name, role in sorted(version.workflow.roles.items(), key=lambda r: r[1].most is None):
        if name in filled or role.default is None:
            continue
        wanted = people.on_duty(people.of(role.default))
        free = tuple(p for p in wanted if p not in taken)
        filled[name] = free if role.most is None else free[: role.most]
        taken.update(filled[name])
    seen: dict[str, str] = {}
    for name, holders in filled.items():
        for person in holders:
            if seen.setdefault(person, name) != name:
                data = {"person": person, "other": seen[person]}
                faults.append(FieldFault(field=f"roles.{name}", code="holds_two", data=data))
    for name, role in version.workflow.roles.items():
        if role.from_ is None or filled.get(name):
            faults += _faults(people, name, role, filled.get(name, ()))
    if faults:
        raise InvalidInputError(faults)
    return filled


def _faults(people: People, name: str, role: Role, holders: tuple[str, ...]) -> list[FieldFault]:
    """Too few, too many, or people who cannot hold the role."""
    field, faults = f"roles.{name}", []
    if len(holders) < role.least:
        among = list(people.of(role.among or ("school.staff",)))
        data = {"least": role.least, "candidates": among}
        faults.append(FieldFault(field=field, code="choose", data=data))
    if role.most is not None and len(holders) > role.most:
        faults.append(FieldFault(field=field, code="too_many", data={"most": role.most}))
    for person in holders:
        if not people.is_candidate(name, person):
            faults.append(FieldFault(field=field, code="not_a_candidate", data={"person": person}))
    return faults


def _before(version: Version, command: Open, by: str, around: Surroundings) -> People:
    """The people of a cycle that is not open yet: nobody in any role."""
    start = Visit(number=1, state=version.workflow.start, round=1, seq=1, at=around.now)
    cycle = Cycle(
        id=command.cycle,
        definition_id=version.definition_id,
        group=command.group,
        opener=by,
        zone=command.zone,
        revision=0,
        state=version.workflow.start,
        visits=(start,),
        roles=command.roles,
        subject=command.subject,
        points={},
    )
    return People(version, cycle, around)
