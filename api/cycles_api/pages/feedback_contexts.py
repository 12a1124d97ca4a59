"""What the pages about feedback points show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cycles_api.pages.contexts import Action

__all__ = ["AnswersPage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersPage:
    """Points to answer or to look for; `again` those whose answer may still be changed.

    `faults` are the point and what is wrong with it; without a point, with all.
    """

    template: ClassVar = "answers.html"
    kind: str
    lesson: str
    where: str
    cycle: str
    for_name: str
    action: Action | None
    again: Action | None
    faults: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
