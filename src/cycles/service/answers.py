"""What the service answers with; people are person ids, instants text as in the log.

Nothing here is worded: `told` is what a speaker needs to turn codes into sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cycles.engine.offers import Offer
from cycles.engine.tasks import Waiting
from cycles.engine.verdicts import Task
from cycles.errors import RefusedError
from cycles.service.names import Told

__all__ = [
    "CycleAnswer",
    "CycleLine",
    "Dashboard",
    "EntryAnswer",
    "HistoryAnswer",
    "PointAnswer",
    "RecordAnswer",
    "TaskAnswer",
    "TransitionsAnswer",
    "TrialAnswer",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleLine:
    """A cycle in a list; `title` is what it is about, empty once erased.

    `zone` is that of the school's clocks, for whoever tells a time of day.
    """

    id: str
    workflow: str
    title: str
    group: str
    state: str
    round: int
    revision: int
    opened_at: str
    changed_at: str
    entered_at: str
    ended: bool
    zone: str
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAnswer:
    """A next required step; `task.person` is whose it is."""

    cycle: CycleLine
    task: Task


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAnswer:
    """One version of a record that the asker may read; `fields` is `None` once erased."""

    id: str
    record: str
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
    signed: tuple[str, ...]
    fields: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointAnswer:
    """A feedback point and what became of it; `content` is `None` once erased."""

    id: str
    record: str
    field: str
    filing: str
    round: int
    raised_by: str
    owner: str
    content: Mapping[str, Any] | None
    counting: bool
    merged_into: str | None
    sources: tuple[str, ...]
    disposition: str | None
    reason: str | None
    answered_round: int | None
    #: (person, `worked` or `not_yet`, round), all that were ever given.
    voices: tuple[tuple[str, str, int], ...]
    #: Whether an answer is wanted in this round: none was given yet, or it is asked for again.
    open: bool
    #: Whether it was seen to work, by the voices that the asker may hear; `None` without any.
    outcome: str | None
    #: The entries that raised it and that gave the answer that stands.
    raised_seq: int
    answered_seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleAnswer:
    """One cycle as the asker may see it."""

    line: CycleLine
    version: str
    opener: str
    held: str | None
    subject: Mapping[str, Any] | None
    #: Role → who fills it today.
    participants: Mapping[str, tuple[str, ...]]
    records: tuple[RecordAnswer, ...]
    points: tuple[PointAnswer, ...]
    waiting: Waiting
    tasks: tuple[Task, ...]
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionsAnswer:
    """Every transition from here as the asker sees it, and what else they can do now."""

    line: CycleLine
    offers: tuple[Offer, ...]
    possible: tuple[str, ...]
    waiting: Waiting
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialAnswer:
    """What one command would come to; `refusal` is `None` where it would be accepted."""

    refusal: RefusedError | None
    fired: str | None
    state: str
    round: int
    tasks: tuple[Task, ...]
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAnswer:
    """An entry of the log, with what of its payload the asker may read."""

    subj: str
    seq: int
    act: str
    from_: str | None
    to: str
    fired: str | None
    round: int
    at: str
    actor: str
    for_: str | None
    role: str | None
    via: str
    guards: Mapping[str, str]
    data: Mapping[str, Any]
    content: Literal["none", "shown", "withheld", "erased"]
    payload: Mapping[str, Any] | None
    leaf: str
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryAnswer:
    """A part of the log, and where the next part begins; `next` is `None` at its end."""

    entries: tuple[EntryAnswer, ...]
    next: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """How many cycles stand where, which wait longest, what is due first.

    `counts` are rows of workflow, group, state, round and number.
    """

    counts: tuple[tuple[str, str, str, int, int], ...]
    waiting_longest: tuple[CycleLine, ...]
    due_first: tuple[TaskAnswer, ...]
    names: Mapping[str, str] = field(default_factory=dict)
