"""What the API answers about cycles, the log and the school; people are ids, named in `names`."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import msgspec

from cycles_api.rest.shapes import Answer

__all__ = [
    "CalendarShape",
    "Count",
    "CyclePage",
    "CycleShape",
    "DashboardShape",
    "Done",
    "Entry",
    "Erased",
    "FindingShape",
    "GroupShape",
    "GroupsShape",
    "HolidayShape",
    "Line",
    "LogPage",
    "MakeUpShape",
    "Me",
    "MyTask",
    "MyTasks",
    "Participant",
    "PeopleShape",
    "PersonShape",
    "Point",
    "Record",
    "RecordsShape",
    "RemedyShape",
    "RoleShape",
    "SampleOne",
    "SampleShape",
    "SentFile",
    "TaskShape",
    "TermShape",
    "TransitionShape",
    "TransitionsShape",
    "Trial",
    "Trials",
    "VerdictShape",
    "Verification",
    "Voice",
    "Waiting",
    "WorkflowLine",
    "WorkflowShape",
    "WorkflowsShape",
]

_ID = "01a0f3c2-7c00-7a10-8000-000000000001"


class RoleShape(Answer, frozen=True, kw_only=True):
    """A role held today; `group` is null for one in the school."""

    role: str
    group: str | None


class Me(Answer, frozen=True, kw_only=True):
    """Whoever asks."""

    example: ClassVar[dict[str, Any] | None] = {
        "id": _ID,
        "name": "宋明远",
        "school": "demo",
        "school_name": "育新小学",
        "guest": False,
        "roles": [{"role": "group_head", "group": "01a0f3c2-7c00-7a10-8000-0000000000f1"}],
    }

    id: str
    name: str
    school: str
    school_name: str
    guest: bool
    roles: list[RoleShape]


class Line(Answer, frozen=True, kw_only=True):
    """A cycle in a list; `title` is null once it is erased."""

    id: str
    workflow: str
    workflow_title: str
    title: str | None
    group: str
    state: str
    state_title: str
    round: int
    revision: int
    opened_at: str
    changed_at: str
    entered_at: str
    ended: bool


class TaskShape(Answer, frozen=True, kw_only=True):
    """A next required step; `href` is where it is done."""

    person: str
    do: str
    sentence: str
    transitions: list[str]
    guards: list[str]
    items: list[str]
    one_of: list[str]
    due: str | None
    since: str | None
    until: str | None
    href: str


class MyTask(TaskShape, frozen=True, kw_only=True):
    """A next required step with the cycle it is in."""

    cycle: Line


class MyTasks(Answer, frozen=True, kw_only=True):
    """Next required steps, soonest first."""

    tasks: list[MyTask]


class Waiting(Answer, frozen=True, kw_only=True):
    """What a cycle waits for besides people: days, other cycles."""

    until: list[str]
    cycles: list[str]


class Participant(Answer, frozen=True, kw_only=True):
    """Who fills a role today."""

    role: str
    title: str
    people: list[str]


class Record(Answer, frozen=True, kw_only=True):
    """One version of a record; `fields` is null and `erased` true once it is erased."""

    id: str
    record: str
    title: str
    person: str
    typed_by: str
    round: int
    seq: int
    filed_at: str
    occurred_on: str | None
    about: str | None
    late: bool
    superseded: bool
    voided: bool
    confirmed: bool
    signed: list[str]
    fields: dict[str, Any] | None
    erased: bool


class RecordsShape(Answer, frozen=True, kw_only=True):
    """The records of a cycle that the asker may read."""

    records: list[Record]
    names: dict[str, str]


class Voice(Answer, frozen=True, kw_only=True):
    """One verification of a point."""

    person: str
    outcome: str
    round: int


class Point(Answer, frozen=True, kw_only=True):
    """A feedback point and what became of it."""

    id: str
    record: str
    field: str
    filing: str
    round: int
    raised_by: str
    owner: str
    content: dict[str, Any] | None
    erased: bool
    counting: bool
    merged_into: str | None
    sources: list[str]
    disposition: str | None
    reason: str | None
    answered_round: int | None
    voices: list[Voice]


class CycleShape(Line, frozen=True, kw_only=True):
    """One cycle as the asker may see it."""

    version: str
    opener: str
    held: str | None
    subject: dict[str, Any] | None
    erased: bool
    participants: list[Participant]
    records: list[Record]
    points: list[Point]
    waiting: Waiting
    tasks: list[TaskShape]
    names: dict[str, str]


class CyclePage(Answer, frozen=True, kw_only=True):
    """Some cycles, newest first; `next` is the cursor of the next page."""

    cycles: list[Line]
    next: str | None


class RemedyShape(Answer, frozen=True, kw_only=True):
    """Who can clear a guard by doing what."""

    do: str
    who: list[str]
    mode: str
    needed: int
    items: list[str]
    sentence: str


class VerdictShape(Answer, frozen=True, kw_only=True):
    """A guard's answer: met or not, why, and who can clear it."""

    guard: str
    kind: str
    met: bool
    waived: bool
    code: str
    sentence: str
    data: dict[str, Any]
    remedies: list[RemedyShape]
    waits_until: str | None
    waits_for: list[str]
    after: str | None
    never: bool
    waivable_by: list[str]


class TransitionShape(Answer, frozen=True, kw_only=True):
    """A transition from here; `allowed` ones succeed if sent at once."""

    transition: str
    title: str
    to: str
    to_title: str
    side: bool
    auto: bool
    may: bool
    allowed: bool
    reason: bool
    verdicts: list[VerdictShape]


class TransitionsShape(Answer, frozen=True, kw_only=True):
    """Every transition from here for the asker, and what else is possible now."""

    cycle: Line
    transitions: list[TransitionShape]
    possible: list[str]
    waiting: Waiting
    names: dict[str, str]


class Done(Answer, frozen=True, kw_only=True):
    """What became of a command; `entries` are the numbers of its entries in the log."""

    example: ClassVar[dict[str, Any] | None] = {
        "cycle": _ID,
        "revision": 12,
        "state": "observe",
        "round": 1,
        "entries": [12],
        "fired": [],
        "filings": [],
        "points": [],
    }

    cycle: str
    revision: int
    state: str
    round: int
    entries: list[int]
    fired: list[str]
    filings: list[str]
    points: list[str]


class Trial(Answer, frozen=True, kw_only=True):
    """What one command would come to; `refusal` is the problem document, if it were refused."""

    accepted: bool
    refusal: dict[str, Any] | None
    fired: str | None
    state: str
    state_title: str
    round: int
    tasks: list[TaskShape]
    names: dict[str, str]


class Trials(Answer, frozen=True, kw_only=True):
    """What the commands would come to, one after the other."""

    trials: list[Trial]


class SentFile(Answer, frozen=True, kw_only=True):
    """A stored file: a `file` field names it by digest and name."""

    example: ClassVar[dict[str, Any] | None] = {
        "digest": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "size": 18231,
        "kind": "application/pdf",
    }

    digest: str
    size: int
    kind: str


class Entry(Answer, frozen=True, kw_only=True):
    """An entry of the log; `payload` is null where it is erased or withheld."""

    subj: str
    seq: int
    act: str
    sentence: str
    from_: str | None = msgspec.field(name="from")
    to: str
    fired: str | None
    round: int
    at: str
    actor: str
    for_: str | None = msgspec.field(name="for")
    role: str | None
    via: str
    guards: dict[str, str]
    data: dict[str, Any]
    payload: dict[str, Any] | None
    erased: bool
    withheld: bool
    leaf: str


class LogPage(Answer, frozen=True, kw_only=True):
    """Some entries; `next` is the cursor of the next page."""

    entries: list[Entry]
    next: str | None
    names: dict[str, str]


class SampleOne(Answer, frozen=True, kw_only=True):
    """Something drawn: a cycle, or one of its entries; `place` is the SHA-256 of `seed:id`."""

    id: str
    place: str
    cycle: Line
    entry: Entry | None


class SampleShape(Answer, frozen=True, kw_only=True):
    """A sample of `count` candidates, with all that it takes to draw it again.

    `digest` is the base64 SHA-256 of the ids that were drawn, each with a line break after it.
    """

    of: str
    seed: str
    size: int
    group: str | None
    since: str | None
    until: str | None
    before: str
    count: int
    digest: str
    drawn: list[SampleOne]
    names: dict[str, str]


class FindingShape(Answer, frozen=True, kw_only=True):
    """Something wrong with the log; `follows` where it most likely comes of another finding."""

    code: str
    sentence: str
    subj: str | None
    seq: int | None
    follows: bool


class Verification(Answer, frozen=True, kw_only=True):
    """What a check of the log found now; `more` findings are not listed."""

    example: ClassVar[dict[str, Any] | None] = {
        "ok": True,
        "entries": 412,
        "subjects": 23,
        "payloads": 380,
        "erased": 2,
        "findings": [],
        "more": 0,
    }

    ok: bool
    entries: int
    subjects: int
    payloads: int
    erased: int
    findings: list[FindingShape]
    more: int


class WorkflowLine(Answer, frozen=True, kw_only=True):
    """A workflow in the version under which new cycles run."""

    key: str
    title: str
    version: str
    added_at: str


class WorkflowsShape(Answer, frozen=True, kw_only=True):
    """The workflows of the school."""

    workflows: list[WorkflowLine]


class WorkflowShape(WorkflowLine, frozen=True, kw_only=True):
    """A workflow with all that it says, as its file does."""

    definition: dict[str, Any]


class PersonShape(Answer, frozen=True, kw_only=True):
    """Somebody of the school; null where it is not for the asker."""

    id: str
    name: str
    enabled: bool
    guest: bool
    groups: list[str]
    roles: list[RoleShape]
    pseudonym: str | None
    staff_no: str | None


class PeopleShape(Answer, frozen=True, kw_only=True):
    """Everybody of the school, by name."""

    people: list[PersonShape]


class GroupShape(Answer, frozen=True, kw_only=True):
    """A teaching-research group with its people of today."""

    id: str
    name: str
    heads: list[str]
    members: list[str]


class GroupsShape(Answer, frozen=True, kw_only=True):
    """All groups, by name."""

    groups: list[GroupShape]


class TermShape(Answer, frozen=True, kw_only=True):
    """A term, first and last day included."""

    id: str
    name: str
    first_day: date
    last_day: date


class HolidayShape(Answer, frozen=True, kw_only=True):
    """Days without school, first and last included."""

    first: date
    last: date
    name: str


class MakeUpShape(Answer, frozen=True, kw_only=True):
    """A school day at the weekend (调休)."""

    day: date
    name: str


class CalendarShape(Answer, frozen=True, kw_only=True):
    """The school's days."""

    zone: str
    today: date
    school_day: bool
    terms: list[TermShape]
    holidays: list[HolidayShape]
    make_up_days: list[MakeUpShape]


class Count(Answer, frozen=True, kw_only=True):
    """How many cycles stand in a place."""

    workflow: str
    group: str
    state: str
    round: int
    cycles: int


class DashboardShape(Answer, frozen=True, kw_only=True):
    """Counts, which wait longest, what is due first."""

    counts: list[Count]
    waiting_longest: list[Line]
    due_first: list[MyTask]
    names: dict[str, str]


class Erased(Answer, frozen=True, kw_only=True):
    """What was erased of a person; the pseudonym stays in the log."""

    pseudonym: str
    payloads: int
    files: int
    entries: int
