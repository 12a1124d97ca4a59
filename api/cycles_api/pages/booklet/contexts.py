"""What the booklet shows: a cycle as a school prints, signs and files it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cycles_api.pages.meeting.contexts import Activity
from cycles_api.pages.told.contexts import Part

__all__ = ["BookletPage", "Chapter", "Sheet", "Table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells under their titles.

    `narrow`: how many of the first columns are no wider than what stands in them; 0 for
    suggestions, whose columns have widths of their own, 3 for none.
    """

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    narrow: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One record, or what belongs on one sheet.

    Attributes:
        id: For the contents to lead to.
        number: `2.3`.
        title: What it is.
        alone: Whether it begins a page of its own.
        facts: Label and value, in the head.
        parts: Its texts.
        tables: Its tables.
        note: When it was recorded, by whom, late.
        signs: Who signs by hand.
        activity: The round's record of activity, if it is that.
    """

    id: str
    number: str
    title: str
    alone: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    tables: tuple[Table, ...] = ()
    note: str = ""
    signs: tuple[str, ...] = ()
    activity: Activity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A round, or what stands before and after all rounds."""

    id: str
    number: str
    title: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookletPage:
    """The booklet.

    Attributes:
        title: What the cycle is about.
        kind: The workflow.
        school: The school's name.
        to: The cycle's page.
        facts: What stands on the cover.
        running: Whether it has not ended yet.
        chapters: What is inside.
        made: When and by whom it was printed.
        seal: Number and hash of the last entry of its log.
    """

    template: ClassVar = "booklet.html"
    title: str
    kind: str
    school: str
    to: str
    facts: tuple[tuple[str, str], ...]
    running: bool
    chapters: tuple[Chapter, ...]
    made: str
    seal: str
