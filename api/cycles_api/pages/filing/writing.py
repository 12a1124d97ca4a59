"""The page of one record's form: timed notes have one of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cycles_api.pages.filing.contexts import FilePage, ObservationPage
from cycles_api.pages.told.contexts import Action
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.forms import paper_field, typed_for

__all__ = ["record_page"]


def record_page(
    told: CycleTold, record: str, action: Action, *, for_: str = "", faults: Sequence[str] = ()
) -> FilePage | ObservationPage:
    """The page of the form; what is typed for another is typed from paper, without a clock."""
    title = told.speaker.record(record)
    others = tuple(
        (f"{told.to}/records/{record}?for={person}", name)
        for person, name in typed_for(told, record)
        if person != for_
    )
    notes = next((w for w in action.widgets if w.kind == "timed_notes"), None)
    if notes is None or for_:
        return FilePage(
            title=title,
            lesson=told.title,
            where=told.where,
            cycle=told.to,
            action=action,
            faults=tuple(faults),
            for_name=told.view.name(for_) if for_ else "",
            others=others,
        )
    paper = paper_field(told.workflow.records[record])
    rest = tuple(w for w in action.widgets if w.name not in (notes.name, f"f.{paper}"))
    return ObservationPage(
        title=title,
        lesson=told.title,
        where=told.where,
        cycle=told.to,
        action=replace(action, widgets=rest),
        notes=notes,
        faults=tuple(faults),
        others=others,
    )
