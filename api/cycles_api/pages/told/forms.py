"""The forms of a cycle's records, and which of them a person may file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from cycles.engine.commands import Command, File
from cycles.errors import InvalidInputError
from cycles.workflow.definition import FormField, RecordKind
from cycles_api.pages.told.contexts import Action
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.fields import Choice, Widget, shown

__all__ = ["can_file", "filing", "paper_field", "typed_for"]

#: What `what_if` takes at once.
_TRIALS: Final = 20


def filing(
    told: CycleTold,
    record: str,
    *,
    values: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
    for_: str = "",
    claimed: str = "",
) -> Action:
    """The form of a record, filled with what is there already or with what was sent.

    `for_`: whose record it is, where it is typed for another; `claimed`: the day it is about.
    """
    kind = told.workflow.records[record]
    there = _there(told, record, kind, for_) if values is None else values
    widgets = shown(kind.form, there, told.asked, faults)
    about = _about(told, kind)
    extra = () if about is None else (about,)
    label = told.action_label("file", kind.title.in_language(told.language))
    uploads = any(_has_file(shape) for shape in kind.form.values())
    paper = paper_field(kind)
    return told.action(
        "file",
        f"records/{record}",
        label=label,
        hidden=(("for", for_),) if for_ else (),
        hint=_one_is_enough(told, kind),
        draft=told.draft(record, for_),
        claims=told.today.isoformat(),
        claimed=claimed,
        paper=f"f.{paper}" if paper else "",
        paper_label=kind.form[paper].title.in_language(told.language) if paper else "",
        widgets=(*extra, *(w for w in widgets if w.lines or w.kind != "verify")),
        uploads=uploads,
    )


def paper_field(kind: RecordKind) -> str:
    """The field that says, instead of timed notes, that they stand on paper; empty without."""
    if not any(shape.type == "timed_notes" for shape in kind.form.values()):
        return ""
    return next((name for name in kind.needs_any if kind.form[name].type == "yes_no"), "")


def observing(told: CycleTold, record: str, form: Action) -> Action:
    """A step that leads to the page of its timed notes; on paper it is done with one tap.

    A form without timed notes stays as it is.
    """
    if all(w.kind != "timed_notes" for w in form.widgets):
        return form
    kind = told.workflow.records[record]
    alone = not any(shape.required for shape in kind.form.values())
    return replace(form, kind="observe", paper=form.paper if alone else "")


def _one_is_enough(told: CycleTold, kind: RecordKind) -> str:
    titles = [kind.form[n].title.in_language(told.language) for n in kind.needs_any]
    between = "、" if told.language == "zh" else ", "
    return told.tell("one_is_enough", titles=between.join(titles)) if titles else ""


def _there(told: CycleTold, record: str, kind: RecordKind, for_: str) -> Mapping[str, Any]:
    """What stands and would be taken the place of."""
    person = for_ or told.actor.person
    mine = [
        r
        for r in told.found.records
        if r.record == record
        and not r.superseded
        and not r.voided
        and ("person" not in kind.one_per or r.person == person)
        and ("round" not in kind.one_per or r.round == told.line.round)
    ]
    if not mine or "filing" in kind.one_per:
        return {}
    there = dict(mine[-1].fields or {})
    for name, shape in kind.form.items():
        if shape.type == "attendance":  # sent as changes that add up
            kept = [(r.fields or {}).get(name) or {} for r in mine]
            there[name] = {who: code for part in kept for who, code in part.items()}
    return there


def typed_for(told: CycleTold, record: str) -> tuple[tuple[str, str], ...]:
    """Whom this person may type the record for: id and name."""
    kind = told.workflow.records[record]
    mine = [r for r, held in told.found.participants.items() if told.actor.person in held]
    types_for = {role for r in mine for role in told.workflow.roles[r].files_for}
    roles = [role for role in kind.by if role in types_for]
    people = dict.fromkeys(p for role in roles for p in told.found.participants.get(role, ()))
    return tuple((p, told.view.name(p)) for p in people if p != told.actor.person)


def _about(told: CycleTold, kind: RecordKind) -> Widget | None:
    held = told.found.participants.get(kind.about, ()) if kind.about else ()
    if len(held) < 2 or kind.about is None:
        return None
    choices = tuple(Choice(value=p, label=told.view.name(p)) for p in held)
    label = told.speaker.role(kind.about)
    return Widget(name="about", kind="person", label=label, choices=choices, required=True)


def can_file(told: CycleTold) -> Iterator[str]:
    """Records that the person may file now, found by trying each with a field that is none."""
    names = list(told.workflow.records)
    for start in range(0, len(names), _TRIALS):
        part = names[start : start + _TRIALS]
        commands: list[Command] = [File(record=name, fields={"-": "-"}) for name in part]
        trials = told.service.looking.what_if(told.actor, told.line.id, commands)
        for name, trial in zip(part, trials, strict=True):
            if isinstance(trial.refusal, InvalidInputError):
                yield name


def _has_file(shape: FormField) -> bool:
    inner = shape.item.form.values() if shape.item else ()
    return shape.type == "file" or any(_has_file(each) for each in inner)
