"""What the pages of a meeting show: the phone's, the wall's, and the printed record of activity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from cycles_api.pages.board.contexts import Wait
from cycles_api.pages.told.contexts import Action, Check, Part, Place
from cycles_api.pages.told.fields import Choice

__all__ = [
    "Activity",
    "ActivityPage",
    "Closing",
    "Count",
    "FormCard",
    "MeetingPage",
    "Present",
    "Roll",
    "RollRow",
    "Said",
    "Topic",
    "WallPage",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollRow:
    """Somebody's attendance; `was` is the code that stood there, empty for none."""

    person: str
    name: str
    was: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """The attendance: `told` is what is known of it, by code; `may` whether I may change it."""

    title: str
    complete: bool
    may: bool
    rows: tuple[RollRow, ...]
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCard:
    """A form that is mine to fill in, or what I have filed with where to change it."""

    title: str
    action: Action | None
    parts: tuple[Part, ...] = ()
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many have filed; `need` of them are enough, `of` could. Never who."""

    have: int
    need: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that was said, as it stands on the wall.

    Attributes:
        key: Names it on the wall.
        point: The id of the point; empty for what is no point and cannot be merged.
        kind: The title of its field.
        text: What was said.
        also: What was said alike and merged into it.
        voices: How many people said it.
        who: Who; empty unless the school shows names.
        open: Whether it may still be merged.
    """

    key: str
    point: str
    kind: str
    text: str
    also: tuple[str, ...]
    voices: int
    who: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Somebody at the meeting, for whoever leads it; `typing` are what can be typed for them."""

    name: str
    code: str
    done: bool
    typing: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Ending the meeting: the transition, and what it still lacks."""

    name: str
    title: str
    to: str
    allowed: bool
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingPage:
    """Today's meeting on a phone, for whoever leads it and for everybody else.

    Attributes:
        tag: Another one whenever something may look different.
        stage: See `service.meetings.Stage`.
        names: Whether the wall says who said what.
        lesson_first: Why attendance waits for the lesson; empty where it does not.
        lesson_form: Where this person writes down the day of the lesson.
        resting: Until when there is a rest, empty without; `left` are its seconds.
        speaker: Who speaks first.
        prompt: What the person may speak about.
        number: That of the wall's last turning.
        at: Which of the points stands on the wall, from 1; one more after the last.
        back: The key of the one before on the wall, `onward` of the one after.
        like: What was picked to become one.
        local: Whether no other device can open the link.
    """

    template: ClassVar = "meeting.html"
    title: str
    round: str
    round_no: int
    cycle: str
    here: str
    now: str
    tag: str
    stage: str
    said: str
    places: tuple[Place, ...]
    leads: bool
    names: bool
    resting: str
    left: int
    roll: Roll | None
    lesson_first: str
    lesson_form: str
    speaker: str
    prompt: str
    words: str
    mine: tuple[FormCard, ...]
    count: Count
    may_show: bool
    said_there: tuple[Said, ...]
    at: int
    back: str
    onward: str
    like: tuple[Said, ...]
    agreed: FormCard | None
    closing: Closing | None
    steps: tuple[Wait, ...]
    present: tuple[Present, ...]
    qr: Markup
    link: str
    local: bool
    key: str
    revision: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WallPage:
    """The same meeting in large type, for a projector; it names nobody who has not filed."""

    template: ClassVar = "wall.html"
    title: str
    round: str
    here: str
    phone: str
    now: str
    tag: str
    stage: str
    said: str
    leads: bool
    resting: str
    left: int
    told: tuple[str, ...]
    speaker: str
    prompt: str
    words: str
    fields: tuple[str, ...]
    count: Count
    may_show: bool
    shown: Said | None
    at: int
    many: int
    back: str
    onward: str
    agreed: tuple[Part, ...]
    steps: tuple[Wait, ...]
    qr: Markup
    link: str
    local: bool
    key: str
    revision: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What was said in one field."""

    title: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """The record of activity (活动记录) of one round, as it is printed and kept.

    Attributes:
        facts: What stands in the head: label and value.
        attendance: Who was there and who was not, by code.
        first: What the person concerned said before the others.
        topics: What was said, by field; empty while it is hidden.
        hidden: Whether there are words that are not open yet.
        agreed: What was agreed.
        steps: Who does what until when, as it stands now; only for the present round.
        number: The number of its last entry in the log, and the beginning of that entry's hash.
    """

    school: str
    title: str
    lesson: str
    facts: tuple[tuple[str, str], ...]
    attendance: tuple[str, ...]
    first: FormCard | None
    topics: tuple[Topic, ...]
    hidden: bool
    agreed: FormCard | None
    steps: tuple[Wait, ...]
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPage:
    """The record of activity, to print."""

    template: ClassVar = "activity.html"
    record: Activity
    back: str
