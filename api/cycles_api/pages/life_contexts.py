"""What the pages of a cycle's life show: its history, its people, its guests, what would happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cycles_api.pages.contexts import Action, Code, Step

__all__ = [
    "GuestLinkPage",
    "GuestTold",
    "HistoryPage",
    "Holder",
    "RoleTold",
    "StaffForm",
    "StaffPage",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """A cycle's entries, the newest first; `newer` and `older` lead to the parts beside."""

    template: ClassVar = "history.html"
    title: str
    where: str
    to: str
    count: int
    steps: tuple[Step, ...]
    newer: str
    older: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a role; `to` leads to what can be changed about it, empty if nothing can."""

    name: str
    to: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTold:
    """A role and its holders; `add` leads to adding somebody."""

    title: str
    holders: tuple[Holder, ...]
    add: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffForm:
    """One thing that can be arranged about people; `open` where it is asked for."""

    title: str
    hint: str
    open: bool
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestTold:
    """A guest: until when their link is good (empty: not at all), when they were here last."""

    id: str
    name: str
    role: str
    until: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPage:
    """Who takes part in a cycle, and what of it can be changed."""

    template: ClassVar = "staff.html"
    title: str
    where: str
    to: str
    said: str
    roles: tuple[RoleTold, ...]
    about: str
    forms: tuple[StaffForm, ...]
    runs: bool
    guests: tuple[GuestTold, ...]
    ask: Action | None
    faults: tuple[str, ...]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestLinkPage:
    """A guest's link, shown once; `text` is a line to send with it."""

    template: ClassVar = "guest_link.html"
    title: str
    to: str
    code: Code
    text: str
