"""What the pages show that keep the installation running."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

__all__ = ["BackupPage", "FoundLine", "SelfCheckPage", "TriedPage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    """A finding in words; `level` is good, mind or bad, `line` what to type."""

    level: str
    told: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCheckPage:
    """Whether phones reach the server, and what else matters.

    Attributes:
        found: What was found.
        link: What a phone should open.
        picture: Its QR.
        visits: Phones that opened it lately: when, and from where.
        firewalls: Name and line of each firewall.
    """

    template: ClassVar = "school_check.html"
    found: tuple[FoundLine, ...]
    link: str
    picture: Markup
    visits: tuple[tuple[str, str], ...]
    firewalls: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedPage:
    """What a phone sees that tried the connection."""

    template: ClassVar = "tried.html"
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPage:
    """A backup at one press, and how it is brought back.

    Attributes:
        last: When the last one was; empty for never.
        possible: Whether the database is one that is copied here.
        alone: Whether it holds one school's data and no other's.
        fault: Why none was made.
    """

    template: ClassVar = "school_backup.html"
    last: str
    possible: bool
    alone: bool
    fault: str
