"""What a check finds, and how the checks walk through a workflow."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cycles.workflow.definition import FormField, Guard, Who, Workflow

__all__ = ["Finding", "KeyPath", "all_who", "fields", "guards_of", "unknown"]

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault: the key path in the file, a stable code, and a message with the way out."""

    path: KeyPath
    code: str
    message: str


def unknown(path: KeyPath, what: str, name: str, known: Iterable[str]) -> Finding:
    """An unknown name, with the closest known one and a list of them."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean `{close[0]}`? " if close else ""
    told = ", ".join(names[:30]) or "none"
    return Finding(
        path=path, code=f"unknown-{what}", message=f"no {what} `{name}`; {hint}known: {told}"
    )


def _nested(guards: tuple[Guard, ...], path: KeyPath) -> Iterator[tuple[KeyPath, Guard]]:
    for index, guard in enumerate(guards):
        here = (*path, index)
        yield here, guard
        if guard.any_:
            yield from _nested(guard.any_, (*here, "any"))
        if guard.not_:
            yield (*here, "not"), guard.not_


def guards_of(workflow: Workflow) -> Iterator[tuple[str, KeyPath, Guard]]:
    """Every guard with its transition and its path, nested ones included."""
    for name, transition in workflow.transitions.items():
        for path, guard in _nested(transition.guards, ("transitions", name, "guards")):
            yield name, path, guard


def fields(workflow: Workflow) -> Iterator[tuple[str, str, KeyPath, FormField]]:
    """Every field with its owner (`subject` or a record), name and path; columns are left out."""
    for name, field in workflow.subject.items():
        yield "subject", name, ("subject", name), field
    for owner, record in workflow.records.items():
        for name, field in record.form.items():
            yield owner, name, ("records", owner, "form", name), field


def all_who(workflow: Workflow) -> Iterator[tuple[KeyPath, Who]]:
    """Every who-expression with its path; owners of items are left to `names`."""
    yield ("open", "by"), workflow.open.by
    for verb, who in workflow.lifecycle.items():
        yield ("lifecycle", verb), who
    for index, sight in enumerate(workflow.see or ()):
        yield ("see", index, "who"), sight.who
    for name, role in workflow.roles.items():
        for key, expression in (("default", role.default), ("among", role.among)):
            if expression:
                yield ("roles", name, key), expression
    for name, record in workflow.records.items():
        path: KeyPath = ("records", name)
        yield (*path, "by"), record.by
        for index, sight in enumerate(record.read or ()):
            yield (*path, "read", index, "who"), sight.who
        if record.merge:
            yield (*path, "merge"), record.merge
        if record.reveal and record.reveal.by:
            yield (*path, "reveal", "by"), record.reveal.by
    for _, _, path, field in fields(workflow):
        if field.of:
            yield (*path, "of"), field.of
    for name, transition in workflow.transitions.items():
        yield ("transitions", name, "by"), transition.by
    for _, path, guard in guards_of(workflow):
        if guard.waivable_by:
            yield (*path, "waivable_by"), guard.waivable_by
        for rule in (guard.filed, guard.verified, guard.consent):
            if rule is not None and rule.by:
                yield (*path, guard.kind, "by"), rule.by
