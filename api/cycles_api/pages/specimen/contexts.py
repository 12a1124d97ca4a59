"""What the page of all parts shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cycles_api.pages.told.contexts import Card, Filed, Line, Place, Way

__all__ = ["SpecimenPage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecimenPage:
    """Every part that pages are made of, with made-up values.

    Attributes:
        tokens: Colours by name, as `cycles.css` calls them.
        cards: A next step with a form of all fields, one that is due, one with points, one to
            decide.
        faults: What is said over a form that was not taken.
        places: Where a cycle stands.
        ways: What leads on, with verdicts.
        records: What was filed: of today, an old one, one typed for another.
        lines: Cycles in a list.
        chips: Things to choose from.
    """

    template: ClassVar = "specimen.html"
    tokens: tuple[str, ...]
    cards: tuple[Card, ...]
    faults: tuple[str, ...]
    places: tuple[Place, ...]
    ways: tuple[Way, ...]
    records: tuple[Filed, ...]
    lines: tuple[Line, ...]
    chips: tuple[str, ...]
