"""What the engine is told of the world: the time, the people on duty, the linked cycles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

__all__ = ["Directory", "LinkedCycle", "Surroundings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Who holds what on the day in question; people as pseudonyms, only enabled ones."""

    heads: tuple[str, ...] = ()
    deputies: tuple[str, ...] = ()
    auditors: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    group_heads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    group_members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    guests: tuple[str, ...] = ()

    def is_enabled(self, person: str) -> bool:
        """Whether the account may act today."""
        return person in self.staff or person in self.guests or person in self.auditors


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedCycle:
    """A linked cycle as a guard sees it; `link` as the file that declares it names it."""

    id: str
    workflow: str
    link: str
    #: True where the other cycle names this one.
    incoming: bool
    state: str
    revision: int
    leaf: str
    people: tuple[str, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    item: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything outside the cycle that a rule may look at; `now` is UTC, `today` the school's."""

    now: datetime
    today: date
    directory: Directory
    linked: tuple[LinkedCycle, ...] = ()
