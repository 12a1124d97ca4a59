"""What the auditor's desk shows: plain values, worded, as on all pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from cycles_api.pages.told.contexts import Filed

__all__ = [
    "CheckRow",
    "CheckedPage",
    "Chosen",
    "DeskPage",
    "Draw",
    "EntryPage",
    "Looked",
    "LooksPage",
    "Option",
    "Options",
    "Problem",
    "Proof",
    "SamplePage",
    "SampleRow",
    "VerificationPage",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something to choose in a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options under a heading of their own."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The filter as it stands; days as forms write them, `cycle_title` empty without a cycle."""

    people: tuple[Option, ...]
    groups: tuple[Option, ...]
    acts: tuple[Options, ...]
    marks: tuple[Option, ...]
    since: str
    until: str
    cycle: str
    cycle_title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """An entry in the list.

    Attributes:
        to: Its own page.
        who: Who did it.
        what: What was done.
        about: The cycle, person or workflow that it is about; empty for the school itself.
        about_to: The cycle's page, if it is a cycle.
        claimed: The day on which people say that it was.
        recorded: When the server wrote it down.
        gap: How long after the claimed day; empty on the same day.
        labels: Late, typed for another, waived.
        note: The reason given, or why there is nothing to read.
    """

    to: str
    who: str
    what: str
    about: str
    about_to: str
    claimed: str
    recorded: str
    gap: str
    labels: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Where an entry stands in its chain; hashes in base64, addresses empty where none is."""

    number: int
    leaf: str
    follows: str
    before: str
    after: str
    definition: str
    exact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A finding; `to` leads to its entry."""

    sentence: str
    where: str
    to: str
    detail: str
    follows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """The log, newest first."""

    template: ClassVar = "desk.html"
    chosen: Chosen
    filters: tuple[str, ...]
    entries: tuple[Looked, ...]
    more: str
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """One entry's whole story."""

    template: ClassVar = "desk_entry.html"
    entry: Looked
    facts: tuple[tuple[str, str], ...]
    changes: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...]
    record: Filed | None
    raw: str
    proof: Proof
    same_person: str
    same_cycle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """A check in the list.

    Attributes:
        to: Its own page.
        when: When it was begun.
        who: Who asked for it.
        upto: Up to which entry; empty until it has ended.
        came_to: What it came to, in words.
        tone: `green`, `red` or empty, for the tag of it.
    """

    to: str
    when: str
    who: str
    upto: str
    came_to: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationPage:
    """The checks that were made, newest first, and the button for another.

    Attributes:
        checks: The last of them.
        running: Address of one that runs; empty where none does.
    """

    template: ClassVar = "desk_verification.html"
    checks: tuple[CheckRow, ...]
    running: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPage:
    """One check.

    Attributes:
        check: As in the list.
        runs: Whether it goes on; then `percent`, of `total` entries, are `done`.
        came: Whether it came to anything; else nothing below is there.
        checked: What was counted.
        problems: What was found.
        more: How many findings are not listed.
        heads: Address of the ends of all chains at this check.
        file: The name under which they are saved.
        digest: Fingerprint of that file.
        command: Checks an export at home, against these ends.
    """

    template: ClassVar = "desk_checked.html"
    check: CheckRow
    runs: bool
    percent: int
    done: int
    total: int
    came: bool
    checked: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]
    more: int
    heads: str
    file: str
    digest: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksPage:
    """At what auditors looked, newest first.

    Attributes:
        entries: The looks.
        auditors: Of each auditor of today: address of their looks, name, whether these are shown.
        whose: Whose looks alone are shown; empty for all.
        more: Address of the older ones.
        is_first: Whether these are the newest.
    """

    template: ClassVar = "desk_looks.html"
    entries: tuple[Looked, ...]
    auditors: tuple[tuple[str, str, bool], ...]
    whose: str
    more: str
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRow:
    """Something drawn: a cycle (`where` it stands), or an entry (`what` was done by whom).

    Attributes:
        number: In the order of the draw, from 1.
        to: Its page.
        title: What the cycle is about.
        what: What was done; empty for a cycle.
        group: The cycle's group.
        where: Where the cycle stands; empty for an entry.
        when: When the cycle was opened, or the entry recorded.
        place: The beginning of its place, in hex.
    """

    number: int
    to: str
    title: str
    what: str
    group: str
    where: str
    when: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A sample with all that it takes to draw it again.

    Attributes:
        rows: What was drawn.
        facts: Seed, size, from what, in words.
        digest: Fingerprint of the list.
        command: Draws it again from an export.
        check: Gives the first one's place; empty where nothing was drawn.
    """

    rows: tuple[SampleRow, ...]
    facts: tuple[tuple[str, str], ...]
    digest: str
    command: str
    check: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePage:
    """The form as it was filled in, with what is wrong by field; and the sample, once drawn."""

    template: ClassVar = "desk_sample.html"
    of: tuple[Option, ...]
    groups: tuple[Option, ...]
    since: str
    until: str
    size: str
    seed: str
    most: int
    faults: Mapping[str, str]
    draw: Draw | None
