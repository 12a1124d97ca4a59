"""What each page shows: plain values, worded; a template uses all of its page's and no others."""

from __future__ import annotations

from dataclasses import dataclass

from cycles_api.pages.told.fields import Choice, Widget

__all__ = [
    "Action",
    "Card",
    "Check",
    "Filed",
    "Line",
    "Part",
    "Place",
    "PointRow",
    "PointTold",
    "Round",
    "Step",
    "Turning",
    "Way",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One field of something filed; `lines` where there are several, `file` an address."""

    label: str
    lines: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One version of a record; `beside` shows it beside the one before."""

    id: str
    title: str
    who: str
    when: str
    beside: str = ""
    claimed: str = ""
    typed: str = ""
    late: bool = False
    old: bool = False
    unconfirmed: bool = False
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRow:
    """A feedback point to be answered or looked for; `reason` as it was sent.

    `same` is what was said by those made one with it, `before` what was answered before.
    """

    id: str
    text: str
    kind: str
    raised: str
    choices: tuple[Choice, ...]
    same: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    reason: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A guard: whether it lets through, what it says, who can clear it, and whether I may waive."""

    met: bool
    said: str
    remedies: tuple[str, ...] = ()
    waive: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A transition from here; `same` where another way says the rest of its conditions."""

    name: str
    title: str
    to: str
    allowed: bool
    may: bool
    reason: bool
    auto: bool
    side: bool
    checks: tuple[Check, ...]
    same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What can be done there and then.

    Attributes:
        kind: file, answer, verify, press, decide, turn or look.
        to: Where the form goes, or the page to look at.
        key: The form's idempotency key.
        revision: The revision of the cycle that is shown.
        back: Where to go when it is done.
        label: What the button says.
        hidden: More that is sent with it.
        widgets: The fields to fill in.
        points: Points to answer or to look for.
        ways: Transitions to choose from.
        reads: What should be read before.
        hint: What holds for the whole form; empty if nothing does.
        uploads: Whether a file can go with it.
        draft: Under which name what is begun is kept; empty where nothing is.
        claims: The latest day that it may be said to be about; empty where that is not asked.
        claimed: The day that was said.
        paper: The field that says "in my paper notebook"; `paper_label` is its title.
    """

    kind: str
    to: str
    key: str = ""
    revision: int = 0
    back: str = "/"
    label: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    widgets: tuple[Widget, ...] = ()
    points: tuple[PointRow, ...] = ()
    ways: tuple[Way, ...] = ()
    reads: tuple[Filed, ...] = ()
    hint: str = ""
    uploads: bool = False
    draft: str = ""
    claims: str = ""
    claimed: str = ""
    paper: str = ""
    paper_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A next step; `shared` where somebody else may do it as well, and one is enough."""

    id: str
    sentence: str
    lesson: str
    where: str
    cycle: str
    then: str
    due: bool
    action: Action
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A cycle in a list."""

    to: str
    title: str
    where: str
    group: str
    since: str
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A state on the way: `past`, `here` or `ahead`."""

    title: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PointTold:
    """The life of a feedback point."""

    text: str
    kind: str
    raised: str
    answer: str
    reason: str
    seen: tuple[str, ...]
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What was filed and said in one round."""

    title: str
    filed: tuple[Filed, ...]
    points: tuple[PointTold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An entry of the history; `gap` says how long after the claimed day it was recorded."""

    number: int
    what: str
    who: str
    when: str
    claimed: str
    gap: str
    note: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """Something one may ask of a cycle's life, with a reason; `hint` says what comes of it."""

    verb: str
    title: str
    hint: str
