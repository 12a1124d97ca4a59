"""What the pages of the school show: its people, groups and days, and what keeps it running.

`typed` is what a form was sent with (field → text), `faults` what is wrong with it (field →
sentence; the empty field for the form as a whole). Both are empty when a page is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from cycles_api.pages.told.fields import Choice

__all__ = [
    "CalendarPage",
    "GoodRow",
    "Group",
    "GroupsPage",
    "ListCell",
    "ListPage",
    "ListQuestion",
    "ListRow",
    "ListStartPage",
    "Member",
    "PersonPage",
    "Post",
    "SchoolPage",
    "StaffPage",
    "Term",
    "TermPage",
    "Todo",
    "WorkflowTold",
    "WorkflowsPage",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """Something that the school still lacks: where it is done, and whether it is."""

    to: str
    title: str
    told: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolPage:
    """The school: what is where, and what to do first."""

    template: ClassVar = "school.html"
    name: str
    todos: tuple[Todo, ...]
    places: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody in a list: address, name, what they are today, and a mark where something is."""

    to: str
    name: str
    roles: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPage:
    """The people of the school, and a form for one more."""

    template: ClassVar = "school_people.html"
    said: str
    may_change: bool
    search: str
    found: tuple[Member, ...]
    count: int
    roles: tuple[Choice, ...]
    groups: tuple[Choice, ...]
    key: str
    typed: Mapping[str, str]
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An appointment: what and where, since and until when; `when` is past, now or ahead."""

    id: str
    title: str
    span: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """One person: name and number, what they hold, and how they leave."""

    template: ClassVar = "school_person.html"
    said: str
    may_change: bool
    may_invite: bool
    id: str
    name: str
    staff_no: str
    enabled: bool
    guest: bool
    posts: tuple[Post, ...]
    roles: tuple[Choice, ...]
    groups: tuple[Choice, ...]
    today: str
    form: str
    typed: Mapping[str, str]
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group with its people of today: (address, name) each."""

    id: str
    name: str
    heads: tuple[tuple[str, str], ...]
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsPage:
    """The groups; a form to rename each, and one for a new one."""

    template: ClassVar = "school_groups.html"
    said: str
    may_change: bool
    groups: tuple[Group, ...]
    form: str
    typed: Mapping[str, str]
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term: its address, its name, its days, what is inside; `when` is past, now or ahead."""

    to: str
    name: str
    span: str
    when: str
    days: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage:
    """The terms of the school."""

    template: ClassVar = "school_calendar.html"
    said: str
    may_change: bool
    today: str
    school_day: bool
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPage:
    """One term with its holidays and make-up days, to be changed as a whole."""

    template: ClassVar = "school_term.html"
    id: str
    name: str
    holidays: tuple[str, ...]
    make_up_days: tuple[str, ...]
    typed: Mapping[str, str]
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStartPage:
    """Where a staff list is chosen or pasted.

    Attributes:
        said: What was done just before.
        to: Where the form goes.
        csrf: What it carries.
        last: The import that can be taken back, in words; empty if there is none.
        pasted: What was pasted, if it could not be read.
        fault: Why nothing of it could be read.
        kept: Why the last import was not taken back.
        skip: Where to go on without a list; empty if there is no such way.
    """

    template: ClassVar = "staff_list_start.html"
    said: str
    to: str
    csrf: str
    last: str
    pasted: str
    fault: str
    kept: str
    skip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCell:
    """A cell to be mended."""

    name: str
    label: str
    text: str
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuestion:
    """A question of a row, with its answers."""

    name: str
    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A row that cannot be imported as it is: `number` for people, `at` for the form."""

    number: int
    at: int
    cells: tuple[ListCell, ...]
    told: str
    questions: tuple[ListQuestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodRow:
    """A row that can be imported, or that is skipped, and what becomes of it."""

    number: int
    name: str
    group: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """What would become of a staff list, row by row.

    Attributes:
        to: Where the form goes, but for `/list`.
        csrf: What it carries.
        key: Its idempotency key.
        text: The list itself, carried on.
        shift: How many rows of it nobody has written.
        ignored: Columns of which nothing is kept: as carried on, title, why.
        answers: Answers given that ask no more: name and text.
        ok: Whether all of it can be imported.
        changes: Whether importing what can be imported would change anything.
        counts: What it would make.
        rows: The rows to mend or to answer.
        more: How many more there are than are shown.
        good: The rows that are fine.
        skipped: The rows in which nobody stands.
    """

    template: ClassVar = "staff_list.html"
    to: str
    csrf: str
    key: str
    text: str
    shift: int
    ignored: tuple[tuple[str, str, str], ...]
    answers: tuple[tuple[str, str], ...]
    ok: bool
    changes: bool
    counts: tuple[str, ...]
    rows: tuple[ListRow, ...]
    more: int
    good: tuple[GoodRow, ...]
    skipped: tuple[GoodRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowTold:
    """A workflow: its states in order, what it counts, in words, where it and its picture are."""

    title: str
    to: str
    states: tuple[str, ...]
    numbers: tuple[str, ...]
    picture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowsPage:
    """The workflows of the school."""

    template: ClassVar = "school_workflows.html"
    may_choose: bool
    workflows: tuple[WorkflowTold, ...]
