"""Filled-in forms: what was sent is checked field by field, all faults at once.

The answer is parted into facts (they stand in the log in clear), items (points that get a life of
their own), voices (verifications), and the body, which only ever stands in the payload.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from cycles.errors import FieldFault, InvalidInputError
from cycles.workflow.definition import FormField, RecordKind, Text

__all__ = ["ATTENDANCE_CODES", "MAX_TEXT", "Filled", "Item", "check_reason", "fill", "fill_record"]

#: 到场 有课 公出 病假 事假.
ATTENDANCE_CODES = ("present", "teaching", "duty", "sick", "personal")
#: Characters in one text.
MAX_TEXT = 20_000
MAX_ITEMS = 100
#: Characters in an address of the web.
MAX_ADDRESS = 2_000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One point or item as sent: new, or kept from the version before under its id."""

    field: str
    id: str | None
    #: The text, or the columns.
    content: Any


@dataclass(slots=True)
class Filled:
    """A form without faults, in its parts; items stand in the body without their ids."""

    body: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    #: In the order sent.
    items: list[Item] = field(default_factory=list)
    voices: dict[str, str] = field(default_factory=dict)


def fill(
    form: Mapping[str, FormField],
    sent: Mapping[str, Any],
    *,
    facts: frozenset[str],
    today: date,
    needs_any: tuple[str, ...] = (),
    at: str = "fields",
) -> Filled:
    """Check what was sent against the form; `facts` are the field names that stand in clear.

    `at` leads the path of each fault. A point is a text, or `{"id", "text"}` where it is kept;
    an item has its columns, and `id` where it is kept.

    Raises:
        InvalidInputError: with every fault (`required`, `unknown_field`, `wrong_type`,
            `too_short`, `too_long`, `future`, `control_characters`, …).
    """
    faults = [
        _fault(at, name, "unknown_field", known=list(form)) for name in sent if name not in form
    ]
    filled = Filled()
    for name, shape in form.items():
        value = sent.get(name)
        if value is None or value in ("", [], {}):
            if shape.required or (shape.min and shape.type in ("points", "items")):
                faults.append(_fault(at, name, "required"))
            continue
        problem = _CHECKS[shape.type](shape, value, today)
        if problem is not None:
            faults.append(_fault(at, name, problem))
            continue
        filled.body[name] = value
        if shape.type in ("points", "items"):
            items = [_item(name, shape, sent_item) for sent_item in value]
            filled.items += items
            filled.body[name] = [item.content for item in items]
        elif shape.type == "verify":
            filled.voices.update(value)
        elif name in facts:
            filled.facts[name] = value
    if needs_any and not any(name in filled.body for name in needs_any) and not faults:
        faults.append(_fault(at, needs_any[0], "needs_any", any_of=list(needs_any)))
    if faults:
        raise InvalidInputError(faults)
    return filled


def _item(name: str, shape: FormField, sent: Any) -> Item:
    if not isinstance(sent, dict):
        return Item(field=name, id=None, content=sent)
    columns = {key: value for key, value in sent.items() if key != "id"}
    content = columns["text"] if shape.type == "points" else columns
    return Item(field=name, id=sent.get("id"), content=content)


def fill_record(
    name: str, kind: RecordKind, sent: Mapping[str, Any], facts: frozenset[str], today: date
) -> Filled:
    """`fill` for a record's form."""
    own = frozenset(f.split(".")[1] for f in facts if f.startswith(f"{name}."))
    return fill(kind.form, sent, facts=own, today=today, needs_any=kind.needs_any)


def check_reason(reason: str) -> None:
    """A reason is a text like any other, and may be empty where none is asked for."""
    problem = _text(_LINE, reason, date.min) if reason != "" else None
    if problem not in (None, "too_short"):
        raise InvalidInputError([FieldFault(field="reason", code=str(problem), data={})])


def _fault(at: str, name: str, code: str, **data: Any) -> FieldFault:
    return FieldFault(field=f"{at}.{name}", code=code, data=data)


def _text(shape: FormField, value: Any, _: date) -> str | None:
    if not isinstance(value, str):
        return "wrong_type"
    if _CONTROL.search(value):
        return "control_characters"
    if len(value) > (shape.max or MAX_TEXT):
        return "too_long"
    return "too_short" if len(value.strip()) < max(shape.min or 0, 1) else None


def _choice(shape: FormField, value: Any, _: date) -> str | None:
    return None if isinstance(value, str) and value in (shape.options or {}) else "not_an_option"


def _yes_no(_: FormField, value: Any, __: date) -> str | None:
    return None if isinstance(value, bool) else "wrong_type"


def _number(shape: FormField, value: Any, _: date) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**53:
        return "not_a_number"
    if shape.min is not None and value < shape.min:
        return "too_small"
    return "too_large" if shape.max is not None and value > shape.max else None


def _date(shape: FormField, value: Any, today: date) -> str | None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return "not_a_date"
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return "not_a_date"
    if not 1900 <= day.year <= 2199:  # due dates are counted from it, and calendars end
        return "not_a_date"
    return "future" if day > today and not shape.future else None


def _time(_: FormField, value: Any, __: date) -> str | None:
    try:
        time.fromisoformat(value)
    except (TypeError, ValueError):
        return "not_a_time"
    return None


def _label(_: FormField, value: Any, __: date) -> str | None:
    """A class, seat, group, person or cycle: one short line without control characters."""
    if not isinstance(value, str):
        return "wrong_type"
    if _CONTROL.search(value) or "\n" in value:
        return "control_characters"
    return None if 0 < len(value.strip()) <= 100 else "too_long"


def _labels(shape: FormField, value: Any, today: date) -> str | None:
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        return "wrong_type"
    return next((p for v in value if (p := _label(shape, v, today))), None)


def _points(shape: FormField, value: Any, today: date) -> str | None:
    if not isinstance(value, list):
        return "wrong_type"
    if len(value) > min(shape.max or MAX_ITEMS, MAX_ITEMS):
        return "too_many"
    if len(value) < (shape.min or 0):
        return "too_few"
    for sent in value:
        kept = isinstance(sent, dict) and sent.keys() == {"id", "text"} and _is_id(sent["id"])
        problem = _text(_LINE, sent["text"] if kept else sent, today)
        if problem:
            return problem
    return None


_LINE = FormField(type="text", title=Text(zh="条"))


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 40 and value.isascii()


def _items(shape: FormField, value: Any, today: date) -> str | None:
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
        return "wrong_type"
    if len(value) > MAX_ITEMS:
        return "too_many"
    columns = shape.item.form if shape.item else {}
    if not all(_is_id(v["id"]) for v in value if "id" in v):
        return "wrong_type"
    try:
        for sent in value:
            shown = {key: column for key, column in sent.items() if key != "id"}
            fill(columns, shown, facts=frozenset(), today=today)
    except InvalidInputError as error:
        return error.faults[0].code
    return None


def _notes(shape: FormField, value: Any, today: date) -> str | None:
    """Timed notes: a list of {"at": "08:05", "text": "…"}."""
    if not isinstance(value, list) or not value or len(value) > 1000:
        return "wrong_type"
    for note in value:
        if not isinstance(note, dict) or set(note) != {"at", "text"}:
            return "wrong_type"
        problem = _time(shape, note["at"], today) or _text(shape, note["text"], today)
        if problem:
            return problem
    return None


def _attendance(_: FormField, value: Any, __: date) -> str | None:
    if not isinstance(value, dict) or not value:
        return "wrong_type"
    known = all(isinstance(c, str) and c in ATTENDANCE_CODES for c in value.values())
    return None if known else "not_an_option"


def _file(_: FormField, value: Any, __: date) -> str | None:
    if not isinstance(value, dict) or set(value) != {"digest", "name"}:
        return "wrong_type"
    digest, name = value["digest"], value["name"]
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        return "not_a_digest"
    if not isinstance(name, str) or not 0 < len(name) <= 255:
        return "wrong_type"
    return "control_characters" if _CONTROL.search(name) or "\n" in name else None


def _link(_: FormField, value: Any, __: date) -> str | None:
    if not isinstance(value, str):
        return "wrong_type"
    if _CONTROL.search(value) or "\n" in value:
        return "control_characters"
    if len(value) > MAX_ADDRESS:
        return "too_long"
    return None if value.startswith(("https://", "http://")) else "not_an_address"


def _verify(_: FormField, value: Any, __: date) -> str | None:
    if not isinstance(value, dict):
        return "wrong_type"
    known = all(o in ("worked", "not_yet") for o in value.values())
    return None if known else "not_an_option"


_CHECKS: dict[str, Callable[[FormField, Any, date], str | None]] = {
    "text": _text,
    "choice": _choice,
    "yes_no": _yes_no,
    "number": _number,
    "date": _date,
    "time": _time,
    "person": _label,
    "people": _labels,
    "group": _label,
    "class": _label,
    "seat": _label,
    "points": _points,
    "items": _items,
    "timed_notes": _notes,
    "attendance": _attendance,
    "file": _file,
    "link": _link,
    "cycle": _label,
    "verify": _verify,
}
