"""What the pages about feedback points show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cycles.service.comparing import Run
from cycles_api.pages.told.contexts import Action
from cycles_api.pages.told.fields import Choice

__all__ = [
    "AnswersPage",
    "Cause",
    "LifeLine",
    "LifeTold",
    "Pair",
    "Part",
    "Stretch",
    "SuggestionsPage",
    "VersionTold",
    "VersionsPage",
]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTold:
    """One of the two versions; `files` are address and name."""

    title: str
    who: str
    when: str
    round: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A paragraph of each side; `what` is same, changed, gone or new."""

    what: str
    old: tuple[Run, ...]
    new: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Paragraphs one after the other; folded away where nothing changed for long."""

    folded: bool
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A field in both versions; `notes` say what could not be compared."""

    label: str
    changed: bool
    notes: tuple[str, ...]
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A suggestion that led to the change, with its answer and the way to its life."""

    to: str
    kind: str
    text: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsPage:
    """Two versions of a record beside each other, and the suggestions that led to the change.

    `old` is `None` where there is but one version, `new` where there is none.
    """

    template: ClassVar = "versions.html"
    title: str
    lesson: str
    where: str
    cycle: str
    here: str
    olds: tuple[Choice, ...]
    news: tuple[Choice, ...]
    old: VersionTold | None
    new: VersionTold | None
    causes: tuple[Cause, ...]
    parts: tuple[Part, ...]
    changed: bool
