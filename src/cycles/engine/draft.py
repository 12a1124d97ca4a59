"""What a command comes to before its entry is made, and what every command is asked first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cycles.engine.people import People
from cycles.errors import FieldFault, InvalidInputError
from cycles.workflow.definition import Who

__all__ = ["Draft", "acting_role", "actor_for", "reasoned"]


@dataclass(slots=True, kw_only=True)
class Draft:
    """One accepted command: what its entry will say, and what only its payload may."""

    act: str
    to: str
    data: dict[str, Any] = field(default_factory=dict)
    payload: dict[str, Any] | None = None
    for_: str | None = None
    role: str | None = None
    guards: dict[str, str] = field(default_factory=dict)
    round: int | None = None


def acting_role(people: People, who: Who, person: str) -> str | None:
    """The first atom of the expression that the person is meant by; `None`: stands in for it."""
    return next((atom for atom in who if person in people.of((atom,))), None)


def actor_for(by: str, for_: str | None) -> str | None:
    """The person for whom another typed; `None` where somebody acts for themselves."""
    return for_ if for_ is not None and for_ != by else None


def reasoned(reason: str | None) -> str:
    """The reason, which must not be empty."""
    if reason is None or not reason.strip():
        raise InvalidInputError([FieldFault(field="reason", code="required", data={})])
    return reason
