"""What the pages of one workflow's settings show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from cycles_api.pages.told.fields import Choice

__all__ = ["ChangePage", "Changed", "MeasureField", "VersionTold", "WorkflowPage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureField:
    """How many have to file a record: its two fields, and what they are about.

    Attributes:
        name: The fields are `{name}.share` and `{name}.at_least`.
        record: What is filed.
        who: By whom.
        ways: What it leads to, by the titles of the transitions.
    """

    name: str
    record: str
    who: str
    ways: str
    shares: tuple[Choice, ...]
    numbers: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTold:
    """A version: since when, by whom, what runs under it, and what is otherwise in it."""

    digest: str
    current: bool
    since: str
    by: str
    under_way: int
    ended: int
    differences: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowPage:
    """One workflow: what the school has chosen in it, and its versions.

    Attributes:
        numbers: What is chosen now, a sentence each.
        may_define: Whether they may change anything.
        seen: The digest of the current version.
        least, most: The rounds to choose from; empty where nothing is done twice.
        names: Whether words stand with names; empty where there is no meeting.
        same: Whether what was sent is what is there already.
        versions: Empty for those who may not see them.
    """

    template: ClassVar = "school_workflow.html"
    title: str
    to: str
    picture: str
    said: str
    numbers: tuple[str, ...]
    may_define: bool
    seen: str
    least: tuple[Choice, ...]
    most: tuple[Choice, ...]
    measures: tuple[MeasureField, ...]
    names: tuple[Choice, ...]
    same: bool
    versions: tuple[VersionTold, ...]
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One thing that would be otherwise: what, as it is, as it would be."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """What would change, before it is done.

    Attributes:
        sent: The form's fields, to be sent again.
        back: Whether it goes back to a version that was used before.
        under_way: How many cycles run, and keep what they began with.
    """

    template: ClassVar = "school_workflow_change.html"
    title: str
    to: str
    action: str
    changes: tuple[Changed, ...]
    sent: tuple[tuple[str, str], ...]
    back: bool
    under_way: int
    key: str
