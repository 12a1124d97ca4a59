"""What the engine is told of the world: the time, the people on duty, the linked cycles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Protocol

__all__ = ["Directory", "LinkedCycle", "SchoolDays", "Surroundings"]


class SchoolDays(Protocol):
    """The school's calendar, as far as due dates need it."""

    def local_date(self, moment: datetime, /) -> date:
        """The school's date at an instant in UTC."""
        ...

    def instant_of(self, day: date, at: time, /) -> datetime:
        """The instant of a wall-clock time of the school, in UTC."""
        ...

    def due_instant(
        self,
        anchor: datetime,
        /,
        *,
        hours: int | None = None,
        days: int | None = None,
        school_days: int | None = None,
        weeks: int | None = None,
    ) -> datetime:
        """When something is due, in UTC, counted from an instant by exactly one unit."""
        ...


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
    #: Everybody whose account may act today: staff, guests, auditors.
    enabled: frozenset[str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        enabled = frozenset((*self.staff, *self.guests, *self.auditors))
        object.__setattr__(self, "enabled", enabled)

    def is_enabled(self, person: str) -> bool:
        """Whether the account may act today."""
        return person in self.enabled


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
    """Everything outside the cycle that a rule may look at; `now` is UTC, `today` the school's.

    `linked` holds every cycle that this one names or that names it, and those that the command
    at hand names; without `calendar` nothing has a due date.
    """

    now: datetime
    today: date
    directory: Directory
    calendar: SchoolDays | None = None
    linked: tuple[LinkedCycle, ...] = ()
