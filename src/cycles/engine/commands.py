"""What people may ask of a cycle; each accepted command makes exactly one entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

__all__ = [
    "Advance",
    "Answer",
    "Change",
    "Command",
    "Confirm",
    "Excuse",
    "File",
    "Merge",
    "Open",
    "Reveal",
    "Sign",
    "Staff",
    "Turn",
    "Verify",
    "Waive",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Open a cycle; roles that are not given take their defaults."""

    cycle: str
    group: str
    zone: str
    subject: Mapping[str, Any]
    roles: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Fire a transition."""

    transition: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """File a record, or supersede one's own; `for_` where typed for another (代录).

    `occurred_on` is the day it is claimed to have happened, in the school's zone: it stands in
    the payload beside the server's time and decides nothing.
    """

    record: str
    fields: Mapping[str, Any]
    for_: str | None = None
    round: int | None = None
    about: str | None = None
    occurred_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Answer a feedback point; a reason unless adopted. `for_` where typed for another."""

    point: str
    disposition: str
    reason: str | None = None
    for_: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify:
    """Say whether an adopted point was seen to work (`worked` or `not_yet`)."""

    point: str
    outcome: str
    for_: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Make like points one: `points` are answered with `into`, and stay visible as its sources."""

    points: tuple[str, ...]
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Say of a record that somebody else typed for one (代录) that it is right."""

    filing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Consent to the current version of a record."""

    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """Show the hidden filings of a record to everybody who may read it."""

    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waive:
    """Waive a guard for this visit."""

    guard: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Suspend, resume, cancel, withdraw or reopen (`verb`)."""

    verb: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Add, reassign or substitute people in a role (`verb`)."""

    verb: str
    role: str
    to: str
    reason: str
    person: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """Excuse a person's absence from `since` to `until`, both included."""

    person: str
    since: date
    until: date
    reason: str


Change = (
    Advance
    | File
    | Confirm
    | Sign
    | Answer
    | Verify
    | Merge
    | Reveal
    | Waive
    | Turn
    | Staff
    | Excuse
)
"""What is asked of a cycle that is there."""

Command = Open | Change
