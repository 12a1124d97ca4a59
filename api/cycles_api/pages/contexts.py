"""What each page shows: plain values, worded; a template uses all of its page's and no others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from cycles_api.pages.fields import Choice, Widget
from cycles_api.pages.lamps_told import LampTold

__all__ = [
    "AccountPage",
    "Action",
    "BoardCard",
    "BoardColumn",
    "BoardPage",
    "Card",
    "Check",
    "Code",
    "CodesPage",
    "CyclePage",
    "CyclesPage",
    "Device",
    "ErrorPage",
    "FilePage",
    "Filed",
    "InvitationPage",
    "Line",
    "NextStepsPage",
    "OpenPage",
    "Part",
    "PeoplePage",
    "Place",
    "PointRow",
    "PointTold",
    "Round",
    "SignInPage",
    "Step",
    "Turning",
    "Wait",
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
    """A transition from here."""

    name: str
    title: str
    to: str
    allowed: bool
    may: bool
    reason: bool
    auto: bool
    side: bool
    checks: tuple[Check, ...]


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
    """A next step."""

    id: str
    sentence: str
    lesson: str
    where: str
    cycle: str
    then: str
    due: bool
    action: Action


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
class Wait:
    """A step that a cycle waits for: whose, which, until when; `due` once that has passed."""

    who: str
    what: str
    until: str
    due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCard:
    """A cycle on the board; `mark` says why to look at it first: stuck, due, mine, or nothing.

    What can be done there and then: `ways` are (transition, title) that its reader may take with
    no word said, `waivers` (guard, title), `move` the title of putting a day off, or empty.
    """

    to: str
    title: str
    state: str
    round: str
    since: str
    mark: str
    waits: tuple[Wait, ...]
    notes: tuple[str, ...]
    lamps: tuple[LampTold, ...]
    id: str = ""
    revision: int = 0
    ways: tuple[tuple[str, str], ...] = ()
    waivers: tuple[tuple[str, str], ...] = ()
    move: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardColumn:
    """The cycles in one state; `workflow` where the group has several kinds."""

    title: str
    workflow: str
    cards: tuple[BoardCard, ...]


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
    """Codes that were just made; `short` for whoever stands beside one."""

    template: ClassVar = "codes.html"
    codes: tuple[Code, ...]
    short: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStepsPage:
    """Everybody's home; `meetings` are those that go on, by address and lesson."""

    template: ClassVar = "next_steps.html"
    cards: tuple[Card, ...]
    meetings: tuple[tuple[str, str], ...]
    said: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclesPage:
    """The cycles that I may see."""

    template: ClassVar = "cycles.html"
    lines: tuple[Line, ...]
    more: str
    may_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """What runs in a group; `groups` are address, name and whether it is the one shown."""

    template: ClassVar = "board.html"
    groups: tuple[tuple[str, str, bool], ...]
    group: str
    count: int
    more: bool
    first: tuple[BoardCard, ...]
    columns: tuple[BoardColumn, ...]
    chat: str
    to_open: str
    here: str
    key: str
    together: tuple[BoardCard, ...]
    said: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage:
    """Open a cycle; first of which workflow and in which group, where there are several.

    `others` are roles that are filled already, and can be filled otherwise.
    """

    template: ClassVar = "open.html"
    title: str
    ways: tuple[tuple[str, str], ...]
    action: Action | None
    others: tuple[Widget, ...]
    others_wrong: bool
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage:
    """One form, alone: to try again, to file late, to type for another."""

    template: ClassVar = "file.html"
    title: str
    lesson: str
    where: str
    cycle: str
    action: Action
    faults: tuple[str, ...]
    for_name: str = ""
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclePage:
    """Where a cycle stands, what is missing, and all that was filed."""

    template: ClassVar = "cycle.html"
    title: str
    about: tuple[tuple[str, str], ...]
    state: str
    round: str
    places: tuple[Place, ...]
    picture: str
    meeting: str
    cards: tuple[Card, ...]
    ways: tuple[Way, ...]
    sides: tuple[Way, ...]
    lifecycle: tuple[Turning, ...]
    waits: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]
    can_file: tuple[tuple[str, str], ...]
    rounds: tuple[Round, ...]
    steps: tuple[Step, ...]
    lamps: tuple[LampTold, ...]
    key: str
    revision: int
    to: str
    runs: bool
    moves: str
    paths: tuple[tuple[tuple[str, ...], str], ...]
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """What went wrong, and what is possible."""

    template: ClassVar = "error.html"
    title: str
    detail: str
    more: tuple[str, ...]
    back: str
    number: str
