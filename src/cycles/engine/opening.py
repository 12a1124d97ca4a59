"""Who plays which part when a cycle is opened."""

from __future__ import annotations

from cycles.engine.commands import Open
from cycles.engine.cycle import Cycle, Visit
from cycles.engine.people import People
from cycles.engine.surroundings import Surroundings
from cycles.errors import FieldFault, InvalidInputError, NotAllowedError
from cycles.workflow.definition import Role
from cycles.workflow.version import Version

__all__ = ["opening_roles"]


def opening_roles(
    version: Version, command: Open, by: str, around: Surroundings
) -> dict[str, tuple[str, ...]]:
    """Every filled role with its holders: those given, else the default.

    One person holds one filled role; a default for several skips holders of others, a default for
    one that clashes must be chosen by whoever opens.

    Raises:
        NotAllowedError: `by` may not open such a cycle.
        InvalidInputError: roles unknown, clashing, too few or too many, people not to be had.
    """
    people = _before(version, command, by, around)
    if by not in people.acting(version.workflow.open.by):
        who = people.acting(version.workflow.open.by)
        raise NotAllowedError("others open such a cycle", data={"who": list(who)})
    faults = [
        FieldFault(field=f"roles.{r}", code="unknown", data={"known": list(version.workflow.roles)})
        for r in command.roles
        if r not in version.workflow.roles
    ]
    filled = {r: tuple(dict.fromkeys(p)) for r, p in command.roles.items() if p}
    taken = {p for holders in filled.values() for p in holders}
    for name, role in version.workflow.roles.items():
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
    among_people = people.of(role.among) if role.among else None
    for person in holders:
        able = people.around.directory.is_enabled(person)
        guest = person in people.around.directory.guests
        stranger = among_people is not None and person not in among_people
        if not able or (guest and not role.outside) or stranger:
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
