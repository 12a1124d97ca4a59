"""What everybody"s first page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cycles_api.pages.told.contexts import Card, Line

__all__ = ["NextStepsPage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStepsPage:
    """Everybody's home; `meetings` are those that go on, by address and lesson.

    `start` is where somebody begins who takes part in nothing: the school's page or the desk.
    """

    template: ClassVar = "next_steps.html"
    cards: tuple[Card, ...]
    meetings: tuple[tuple[str, str], ...]
    start: str
    said: str
    lines: tuple[Line, ...]
