"""What the forms of the school share: what is wrong with one, beside what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from cycles.errors import (
    CalendarError,
    ConflictError,
    CyclesError,
    FieldFault,
    InvalidInputError,
    NotFoundError,
    TooLargeError,
)
from cycles.school import ROLE_TITLES, ROLES
from cycles.school.directory import GROUP_ROLES
from cycles_api.assembly import Service
from cycles_api.pages.frame.sending import Sent
from cycles_api.pages.told.fields import Choice
from cycles_api.wording import Language, Speaker

__all__ = [
    "Faults",
    "Typed",
    "as_date",
    "group_choices",
    "needed_date",
    "refused",
    "role_choices",
    "typed_in",
]

Typed = dict[str, str]
Faults = dict[str, str]

#: A refusal of these is told in the form that was sent; any other has a page of its own.
_IN_PLACE = (CalendarError, ConflictError, InvalidInputError, NotFoundError, TooLargeError)


def refused(do: Callable[[], object], language: Language) -> Faults:
    """Do it; what is wrong by field, empty if it was done."""
    try:
        do()
    except _IN_PLACE as error:
        return told(error, language)
    return {}


def told(error: CyclesError, language: Language) -> Faults:
    """What is wrong, by field; the empty field for the form as a whole."""
    speaker = Speaker(language)
    if isinstance(error, InvalidInputError):
        # Without the field's name: it is said beside the field.
        return {fault.field: speaker.of_fault(fault) for fault in error.faults}
    return {"": speaker.error(error)}


def typed_in(sent: Sent, *names: str) -> Typed:
    """What was typed into these fields."""
    return {name: sent.text(name) for name in names}


def as_date(sent: Sent, name: str) -> date | None:
    """The date in a field; `None` where it is empty.

    Raises:
        InvalidInputError: what stands there is no date.
    """
    text = sent.text(name).strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInputError([FieldFault(field=name, code="not_a_date", data={})]) from None


def needed_date(sent: Sent, name: str) -> date:
    """The date in a field; raises `InvalidInputError` where there is none."""
    day = as_date(sent, name)
    if day is None:
        raise InvalidInputError([FieldFault(field=name, code="required", data={})])
    return day


def role_choices(language: Language, chosen: str = "") -> tuple[Choice, ...]:
    """All that somebody can be appointed to; first what is in a group, for most are."""
    ordered = sorted(ROLES, key=lambda role: (role not in GROUP_ROLES, role != "teacher"))
    return tuple(
        Choice(value=role, label=ROLE_TITLES[role][language], chosen=role == (chosen or "teacher"))
        for role in ordered
    )


def group_choices(service: Service, school_id: str, chosen: str = "") -> tuple[Choice, ...]:
    """The groups by name."""
    groups = service.core.view(school_id).groups.values()
    return tuple(
        Choice(value=group.id, label=group.name, chosen=group.id == chosen)
        for group in sorted(groups, key=lambda group: group.name)
    )
