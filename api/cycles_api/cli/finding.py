"""Which school and which person a command means, by what people call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from cycles.service.school import PersonAnswer
    from cycles_api.assembly import Service

__all__ = ["name_of", "person_named", "school_meant", "school_option"]

FunctionT = TypeVar("FunctionT", bound=Callable[..., object])


def school_option(function: FunctionT) -> FunctionT:
    """`--school`: which one, where a database holds several."""
    said = "学校（只有一所时不用写） · The school; needed only if there are several."
    return click.option("--school", metavar="ID", help=said)(function)


def school_meant(service: Service, named: str | None) -> str:
    """The id of the school that is named, or of the only one.

    Raises:
        UsageError: there is none, no such one, or several of which none is named.
    """
    known = [row.id for row in service.core.store.schools()]
    if not known:
        raise click.UsageError("there is no school in this database yet; run `cycles init`")
    if named is None and len(known) == 1:
        return known[0]
    if named not in known:
        told = "name one with --school" if named is None else f"no school {named!r}"
        raise click.UsageError(f"{told}; there are: {', '.join(known)}")
    return named


def person_named(service: Service, school_id: str, named: str) -> PersonAnswer:
    """The one person of this id, staff number or name.

    Raises:
        UsageError: nobody is called so, or several people are.
    """
    from cycles.service import operator_of

    people = service.schools.people(operator_of(school_id))
    for call in (_id, _staff_no, _name):
        found = [person for person in people if call(person) == named]
        if len(found) == 1:
            return found[0]
        if found:
            groups = {g.id: g.name for g in service.schools.groups(operator_of(school_id))}
            told = "\n".join(
                f"  {p.id}  {', '.join(groups.get(g, g) for g in p.groups)}" for p in found
            )
            raise click.UsageError(
                f"several people are called {named}; name one by id · 同名，请写编号：\n{told}"
            )
    raise click.UsageError(f"nobody in {school_id} is called {named!r}")


def name_of(service: Service, school_id: str) -> Callable[[str], str]:
    """From a person's id to their name; what is no id of the school stays as it is."""
    known = service.core.view(school_id).person_of
    return lambda person: known[person].name if person in known else person


def _id(person: PersonAnswer) -> str:
    return person.id


def _staff_no(person: PersonAnswer) -> str | None:
    return person.staff_no


def _name(person: PersonAnswer) -> str:
    return person.name
