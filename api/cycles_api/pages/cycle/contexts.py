"""What the pages of a cycle's life show: its history, its people, its guests, what would happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cycles_api.pages.signing_in.contexts import Code
from cycles_api.pages.told.contexts import Action, Card, Line, Place, Round, Step, Turning, Way
from cycles_api.pages.told.fields import Widget
from cycles_api.pages.told.lamps import LampTold

__all__ = [
    "Answer",
    "CyclePage",
    "CyclesPage",
    "GuestLinkPage",
    "GuestTold",
    "HistoryPage",
    "Holder",
    "MovePage",
    "RoleTold",
    "StaffForm",
    "StaffPage",
    "WayTold",
    "WhatIfPage",
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
    """A guest's link, shown once; `text` is a line to send with it.

    `local`: whether no other device can open it.
    """

    template: ClassVar = "guest_link.html"
    title: str
    to: str
    code: Code
    text: str
    local: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePage:
    """Another day, at one press."""

    template: ClassVar = "move.html"
    title: str
    lesson: str
    where: str
    to: str
    action: Action
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was supposed, and whether it could be; `why` where it could not."""

    said: str
    done: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WayTold:
    """A way on: what it still lacks, or that it is open."""

    title: str
    open: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfPage:
    """Choose what happens, and see what would be.

    Attributes:
        title: What the cycle is about.
        where: Where it stands now.
        to: The cycle's page.
        widgets: Who is away; what is supposed of it.
        more: What else can be supposed.
        more_set: Whether any of that is.
        faults: What is wrong with it.
        answers: What was supposed.
        day: The day that is looked at; empty before anything was supposed.
        state: Where it would stand.
        moved: Whether that is another place than without.
        new: Steps that somebody would have then, and not without.
        same: Steps that stay.
        gone: Steps that would be asked for no more.
        ways: What the ways on would lack.
        waits: Days it would wait for.
        keep: To do it so, with a reason; `None` where that cannot be.
    """

    template: ClassVar = "what_if.html"
    title: str
    where: str
    to: str
    widgets: tuple[Widget, ...]
    more: tuple[Widget, ...]
    more_set: bool
    faults: tuple[str, ...]
    answers: tuple[Answer, ...]
    day: str
    state: str
    moved: bool
    new: tuple[tuple[str, str], ...]
    same: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...]
    ways: tuple[WayTold, ...]
    waits: tuple[str, ...]
    keep: Action | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclePage:
    """Where a cycle stands, what is missing, and all that was filed."""

    template: ClassVar = "cycle.html"
    title: str
    about: tuple[tuple[str, str], ...]
    state: str
    round: str
    places: tuple[Place, ...]
    picture: str
    meeting: str
    ended: bool
    cards: tuple[Card, ...]
    ways: tuple[Way, ...]
    sides: tuple[Way, ...]
    lifecycle: tuple[Turning, ...]
    waits: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    can_file: tuple[tuple[str, str], ...]
    rounds: tuple[Round, ...]
    steps: tuple[Step, ...]
    lamps: tuple[LampTold, ...]
    key: str
    revision: int
    to: str
    runs: bool
    moves: str
    paths: tuple[tuple[tuple[str, ...], str], ...]
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclesPage:
    """The cycles that I may see."""

    template: ClassVar = "cycles.html"
    lines: tuple[Line, ...]
    more: str
    may_open: bool
