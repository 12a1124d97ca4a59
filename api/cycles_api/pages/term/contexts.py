"""What the pages of a term show: its report lessons, and its plan against what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from cycles_api.pages.board.contexts import BoardCard
from cycles_api.pages.desk.contexts import Option

__all__ = [
    "Chip",
    "CoveragePage",
    "DueTold",
    "Filter",
    "LessonTold",
    "PlanItemTold",
    "PlanLineTold",
    "PlanPage",
    "PlanWorkflowTold",
    "TeacherTold",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A way to another view of the same; `count` stands beside it, or nothing."""

    to: str
    label: str
    here: bool
    count: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What may be chosen: terms and groups where there are several, and what is kept beside."""

    action: str
    terms: tuple[Option, ...]
    groups: tuple[Option, ...]
    kept: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonTold:
    """A report lesson: where it stands; `ended` is the day on which it was done."""

    card: BoardCard
    ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherTold:
    """A teacher; `standing` is a code, `status` the same in words."""

    name: str
    groups: str
    standing: str
    status: str
    lessons: tuple[LessonTold, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTold:
    """A step that is due; `late` where its day has come and gone."""

    to: str
    title: str
    who: str
    what: str
    day: date
    until: str
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePage:
    """Whose report lesson is done, under way, not arranged yet.

    Attributes:
        term: The term's name; empty where there is none.
        plan: Where the plan is; empty for whoever has none to look at.
        filter: Terms and groups.
        standings: All teachers, and those who stand so.
        teachers: They, by name.
        more: How many are not shown.
        due: What is due first.
        own: Whether it is about nobody but the reader.
        workbook: Where the same is as a workbook; empty where there is nothing to tell.
        lacks: What has to come first: `workflows`, `teachers`, or nothing.
        to_open: Where a cycle is opened; empty for whoever opens none.
    """

    template: ClassVar = "coverage.html"
    term: str
    plan: str
    filter: Filter
    standings: tuple[Chip, ...]
    teachers: tuple[TeacherTold, ...]
    more: int
    due: tuple[DueTold, ...]
    own: bool
    workbook: str
    lacks: str
    to_open: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLineTold:
    """A cycle under a workflow: what kind of case it is, in a code and in words."""

    kind: str
    label: str
    card: BoardCard


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWorkflowTold:
    """A workflow in the time that is looked at.

    Attributes:
        title: Its title.
        counts: What is counted, how many, and whether it should be looked at.
        lines: Some of its cycles.
        more: How many are not among them.
        to: Where all of them are; empty if they are all here.
    """

    title: str
    counts: tuple[tuple[str, int, bool], ...]
    lines: tuple[PlanLineTold, ...]
    more: int
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItemTold:
    """A sentence of the plan, and the workflows that stand for it."""

    sentence: str
    workflows: tuple[PlanWorkflowTold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """The plan against what happened.

    Attributes:
        term: The term's name; empty where there is none.
        coverage: Where the report lessons of the same term are.
        filter: Terms and groups.
        months: The whole term, and its months.
        items: Sentences of the plan with their workflows.
        unkept: Sentences for which there is no workflow yet.
        alone: The title of the one workflow that is looked at; empty for all.
        back: Where all of them are.
        workbook: Where the same is as a workbook.
        is_over: Whether that time has passed.
    """

    template: ClassVar = "plan.html"
    term: str
    coverage: str
    filter: Filter
    months: tuple[Chip, ...]
    items: tuple[PlanItemTold, ...]
    unkept: tuple[str, ...]
    alone: str
    back: str
    workbook: str
    is_over: bool
