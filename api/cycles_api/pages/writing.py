"""The page of one record's form: timed notes have one of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cycles_api.pages.contexts import Action, FilePage
from cycles_api.pages.forms_told import paper_field, typed_for
from cycles_api.pages.told import CycleTold
from cycles_api.pages.writing_contexts import ObservationPage

__all__ = ["observing", "record_page"]


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


def observing(told: CycleTold, record: str, form: Action) -> Action:
    """A step that leads to the page of its timed notes; on paper it is done with one tap.

    A form without timed notes stays as it is.
    """
    if all(w.kind != "timed_notes" for w in form.widgets):
        return form
    kind = told.workflow.records[record]
    alone = not any(shape.required for shape in kind.form.values())
    return replace(form, kind="observe", paper=form.paper if alone else "")
