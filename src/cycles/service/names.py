"""Person ids outside, pseudonyms inside: the one place where the two are exchanged.

Outsiders name people by their ids, the engine and the log by pseudonyms. Whoever was erased has
no id any more and keeps the pseudonym.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final, TypeVar

from msgspec import Struct

from cycles.engine.commands import Command, Excuse, File, Open, Staff
from cycles.errors import BlockedError, FieldFault, InvalidInputError, RefusedError
from cycles.service.core import SchoolView
from cycles.workflow.definition import FormField
from cycles.workflow.version import Version

__all__ = ["Told", "inward", "named", "outward", "tell", "told_of"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told:
    """What a refusal speaks of, for whoever puts it into words: version, names, record."""

    version: Version | None
    names: Mapping[str, str]
    record: str | None = None


# --- inward --------------------------------------------------------------------------------


class _Inward:
    """One command being translated; collects the people whom nobody knows."""

    def __init__(self, view: SchoolView) -> None:
        self._view = view
        self.faults: list[FieldFault] = []

    def person(self, given: Any, field: str) -> Any:
        """The pseudonym; what is no text stays as it is, for the form to refuse."""
        if not isinstance(given, str):
            return given
        known = self._view.person_of.get(given)
        if known is None:
            self.faults.append(FieldFault(field=field, code="unknown_person", data={}))
            return given
        return known.pseudonym

    def people(self, given: Any, field: str) -> Any:
        return [self.person(p, field) for p in given] if isinstance(given, list) else given

    def form(self, form: Mapping[str, FormField], sent: Mapping[str, Any], at: str) -> Any:
        return {
            name: self._value(form[name], value, f"{at}.{name}") if name in form else value
            for name, value in sent.items()
        }

    def _value(self, shape: FormField, value: Any, field: str) -> Any:
        if shape.type == "person":
            return self.person(value, field)
        if shape.type == "people":
            return self.people(value, field)
        if shape.type == "attendance" and isinstance(value, dict):
            return {self.person(key, field): code for key, code in value.items()}
        if shape.type == "items" and shape.item is not None and isinstance(value, list):
            columns = shape.item.form
            return [self.form(columns, i, field) if isinstance(i, dict) else i for i in value]
        return value


def inward(view: SchoolView, version: Version, command: Command) -> Command:
    """The command with pseudonyms for person ids.

    Raises:
        InvalidInputError: `unknown_person`, at every place that names one.
    """
    work, changes = _Inward(view), dict[str, Any]()
    workflow = version.workflow
    if isinstance(command, Open):
        changes["subject"] = work.form(workflow.subject, command.subject, "subject")
        changes["roles"] = {
            role: tuple(work.person(p, f"roles.{role}") for p in held)
            for role, held in command.roles.items()
        }
    elif isinstance(command, File):
        kind = workflow.records.get(command.record)
        changes["fields"] = work.form(kind.form if kind else {}, command.fields, "fields")
    for name in _PEOPLE_OF.get(type(command), ("for_",)):
        if getattr(command, name, None) is not None:
            changes[name] = work.person(getattr(command, name), name.rstrip("_"))
    if work.faults:
        raise InvalidInputError(work.faults)
    return dataclasses.replace(command, **changes) if changes else command


#: The attributes of a command that name a person; `for_` alone where nothing is said.
_PEOPLE_OF: Final[dict[type, tuple[str, ...]]] = {
    File: ("for_", "about"),
    Staff: ("person", "to"),
    Excuse: ("person",),
}


# --- outward -------------------------------------------------------------------------------


def outward(view: SchoolView, value: T) -> T:
    """The value with person ids for pseudonyms, however deep: texts, keys, the engine's values."""
    found: T = _out(view.id_of, value)
    return found


def _out(ids: Mapping[str, str], value: Any) -> Any:
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, Mapping):
        return {_out(ids, key): _out(ids, inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_out(ids, inner) for inner in value)
    if isinstance(value, list):
        return [_out(ids, inner) for inner in value]
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: _out(ids, getattr(value, f.name)) for f in fields(value) if f.init}
        return type(value)(**changed)
    if isinstance(value, Struct):
        changed = {name: _out(ids, getattr(value, name)) for name in value.__struct_fields__}
        return type(value)(**changed)
    return value


def named(view: SchoolView, people: Iterable[str]) -> dict[str, str]:
    """Person id → name of those who are in the directory."""
    return {p: view.person_of[p].name for p in people if p in view.person_of}


def people_in(view: SchoolView, value: Any) -> dict[str, str]:
    """Person id → name of everybody whom a value speaks of, however deep; ids outside."""
    found: set[str] = set()
    _collect(view.person_of, value, found)
    return named(view, sorted(found))


def _collect(known: Mapping[str, Any], value: Any, found: set[str]) -> None:
    if isinstance(value, str):
        if value in known:
            found.add(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _collect(known, key, found)
            _collect(known, inner, found)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _collect(known, inner, found)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            _collect(known, getattr(value, each.name), found)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            _collect(known, getattr(value, name), found)


# --- refusals ------------------------------------------------------------------------------


def tell(
    view: SchoolView, version: Version | None, error: RefusedError, record: str | None = None
) -> RefusedError:
    """The refusal in the words of outsiders, with what it takes to put it into sentences."""
    error.data = outward(view, error.data)
    error.possible = outward(view, error.possible)
    if isinstance(error, InvalidInputError):
        error.faults = outward(view, error.faults)
    if isinstance(error, BlockedError):
        error.verdicts = outward(view, error.verdicts)
    spoken = people_in(view, [error.data, getattr(error, "faults", ()), _verdicts(error)])
    error.__dict__["told_of"] = Told(version, spoken, record)
    return error


def told_of(error: BaseException) -> Told:
    """What `tell` left with the refusal; nothing known of others."""
    found = error.__dict__.get("told_of")
    return found if isinstance(found, Told) else Told(None, {})


def _verdicts(error: RefusedError) -> Any:
    return error.verdicts if isinstance(error, BlockedError) else ()
