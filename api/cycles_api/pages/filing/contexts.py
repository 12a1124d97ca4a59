"""What the page shows on which somebody writes through a whole lesson."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cycles_api.pages.told.contexts import Action
from cycles_api.pages.told.fields import Widget

__all__ = ["FilePage", "ObservationPage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationPage:
    """Timed notes, with the lesson's clock; below them whatever else the workflow asks for.

    Attributes:
        title: What the record is called.
        lesson: The lesson.
        where: Where its cycle stands.
        cycle: The cycle's page.
        action: The form; its `widgets` without the notes.
        notes: The field of the notes.
        faults: Why it was not taken.
        others: For whom it may be typed, with the address.
    """

    template: ClassVar = "observation.html"
    title: str
    lesson: str
    where: str
    cycle: str
    action: Action
    notes: Widget
    faults: tuple[str, ...]
    others: tuple[tuple[str, str], ...]


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
