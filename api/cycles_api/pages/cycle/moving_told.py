"""Putting a day off at one press: the way that makes it void, and the record with the new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

from cycles_api.pages.cycle.staffing_told import text
from cycles_api.pages.told.contexts import Action
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.forms import filing
from cycles_api.wording.language import Both

__all__ = ["moved_fields", "moving"]

_REASON: Final = Both("原因", "Reason")


def moving(
    told: CycleTold,
    way: str,
    record: str,
    values: dict[str, Any] | None = None,
    faults: dict[str, str] | None = None,
    reason: str = "",
) -> Action:
    """The form of the new day, filled with the old one or with what was sent."""
    action = filing(told, record, values=values, faults=faults)
    why = text(
        "reason", _REASON.in_language(told.language), reason, fault=(faults or {}).get("reason", "")
    )
    return replace(
        action,
        kind="move",
        to=f"{told.to}/move",
        label=told.speaker.transition(way),
        hidden=(("transition", way), ("record", record)),
        widgets=(*action.widgets, why),
        uploads=False,
    )


def moved_fields(told: CycleTold, record: str, day: date) -> dict[str, Any]:
    """The fields of the record as it stands, with another day."""
    form = told.workflow.records[record].form
    there = [r for r in told.found.records if r.record == record and not (r.superseded or r.voided)]
    fields = dict(there[-1].fields or {}) if there else {}
    for name, shape in form.items():
        if shape.type == "date" and shape.future:
            return {**fields, name: day.isoformat()}
    return fields
