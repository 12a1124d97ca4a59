"""What the pages about feedback points show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cycles_api.pages.contexts import Action

__all__ = ["AnswersPage", "LifeLine", "LifeTold", "SuggestionsPage"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeLine:
    """A step in a point's life; `to` its entry in the history, empty for what is to come.

    `also` is what there is to read about it: address and label.
    """

    said: str
    reason: str = ""
    when: str = ""
    to: str = ""
    also: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeTold:
    """A point and its life; `tone` says of its standing whether it is good, open or neither."""

    id: str
    kind: str
    text: str
    same: tuple[str, ...]
    standing: str
    tone: str
    lines: tuple[LifeLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionsPage:
    """The life of every suggestion of a cycle, by round, the newest first.

    `sieves` are address, label, how many, and whether it is the one chosen.
    """

    template: ClassVar = "suggestions.html"
    lesson: str
    where: str
    cycle: str
    sieves: tuple[tuple[str, str, int, bool], ...]
    rounds: tuple[tuple[str, tuple[LifeTold, ...]], ...]
    nothing: bool
    to_answer: tuple[tuple[str, str], ...]
    said: str
