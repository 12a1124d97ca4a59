"""What the page shows that says what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

__all__ = ["ErrorPage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """What went wrong, and what is possible."""

    template: ClassVar = "error.html"
    title: str
    detail: str
    more: tuple[str, ...]
    back: str
    number: str
