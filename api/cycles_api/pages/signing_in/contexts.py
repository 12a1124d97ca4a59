"""What the pages of coming in and letting in show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

__all__ = [
    "AccountPage",
    "Code",
    "CodesPage",
    "Device",
    "InvitationPage",
    "PeoplePage",
    "SignInPage",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device on which somebody is signed in."""

    id: str
    name: str
    since: str
    this: bool
    trusted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code that lets somebody in, shown once; `picture` is its QR."""

    name: str
    code: str
    link: str
    picture: Markup
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """One's own account."""

    template: ClassVar = "account.html"
    said: str
    faults: tuple[str, ...]
    guest: bool
    has_password: bool
    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """Whom to let in."""

    template: ClassVar = "people.html"
    people: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesPage:
    """Codes that were just made; `short` for whoever stands beside one.

    `local`: whether no other device can open their links.
    """

    template: ClassVar = "codes.html"
    codes: tuple[Code, ...]
    short: bool
    local: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """Who are you?"""

    template: ClassVar = "sign_in.html"
    people: tuple[tuple[str, str, str], ...]
    schools: tuple[tuple[str, str], ...]
    next: str
    said: str
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPage:
    """A link was opened; come in?"""

    template: ClassVar = "invitation.html"
    code: str
