"""What the wizard of the first start shows, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from cycles_api.pages.signing_in.contexts import Code

__all__ = ["SetupCodePage", "SetupHeadPage", "SetupSchoolPage", "SetupTermPage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupCodePage:
    """Where the code from the console is typed."""

    template: ClassVar = "setup_code.html"
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupSchoolPage:
    """The school and its head."""

    template: ClassVar = "setup_school.html"
    csrf: str
    typed: Mapping[str, str]
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupTermPage:
    """The present term."""

    template: ClassVar = "setup_term.html"
    csrf: str
    typed: Mapping[str, str]
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupHeadPage:
    """How the head comes in: first a button, then the code that it made.

    Attributes:
        csrf: What the form carries.
        head: The head's name.
        people: How many people the school has.
        code: The code, once it is made.
        here: Where it is good in this very browser.
        alone: Whether no phone can reach this server as it is started now.
    """

    template: ClassVar = "setup_head.html"
    csrf: str
    head: str
    people: int
    code: Code | None
    here: str
    alone: bool
