"""A workflow's form on a page: from its definition to what is shown, and from what was sent back.

What is read here is judged by the engine alone: a number that is none goes on as the text it is,
so that one place says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

from litestar.datastructures import UploadFile

from cycles.engine.forms import ATTENDANCE_CODES
from cycles.workflow.definition import FormField
from cycles_api.pages.frame.sending import Sent
from cycles_api.wording import Language

__all__ = ["Asked", "Choice", "Keep", "Known", "Line", "Widget", "day_of", "read", "shown"]

#: Rows that are offered beside those that are filled in.
_SPARE_ROWS: Final = 2
#: A time of day and what follows; `2:60` is a proportion.
_MARK: Final = re.compile(r"\s*([01]?[0-9]|2[0-3])[:：]([0-5][0-9])(?![0-9])\s*(.*)", re.DOTALL)
#: Notes of one record; the engine takes no more.
_MOST_NOTES: Final = 1000

Path = tuple[str, ...]
#: Stores an uploaded file of a field; gives what a record calls it, `None` if it is not taken.
Keep = Callable[[str, UploadFile], dict[str, str] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several to choose from."""

    value: str
    label: str
    chosen: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a field of rows: a point, an item, somebody's attendance, a point looked for."""

    name: str
    label: str = ""
    text: str = ""
    id: str = ""
    choices: tuple[Choice, ...] = ()
    columns: tuple[Widget, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """One field of a form as it is shown.

    Attributes:
        name: What the browser sends it as.
        kind: Which macro draws it; one that the template does not know is drawn as a text.
        label: Its title.
        prompt: What it is meant for; empty if nothing is said.
        required: Whether it has to be filled in.
        text: The value, where it is one text.
        most: The largest number, or the latest date; empty without.
        least: The smallest number.
        choices: What there is to choose from.
        lines: Its rows, where it has any; `spare` are those offered beside them.
        fault: What is wrong with it; empty if nothing is.
        digest: The file that is there already; `text` is then its name.
    """

    name: str
    kind: str
    label: str
    prompt: str = ""
    required: bool = False
    text: str = ""
    most: str = ""
    least: str = ""
    choices: tuple[Choice, ...] = ()
    lines: tuple[Line, ...] = ()
    spare: tuple[Line, ...] = ()
    fault: str = ""
    digest: str = ""


class Known(Protocol):
    """What a form may choose from; values with their labels."""

    def people(self, of: Sequence[str] | None) -> list[tuple[str, str]]:
        """People; those of a who-expression, or everybody."""
        ...

    def groups(self) -> list[tuple[str, str]]:
        """The school's groups."""
        ...

    def cycles(self, workflows: Sequence[str] | None) -> list[tuple[str, str]]:
        """Cycles that may be linked to."""
        ...

    def points(self) -> list[tuple[str, str]]:
        """Points that this person is to look for again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """In which words a form asks, and what it knows."""

    language: Language
    known: Known
    today: date
    #: Attendance codes and outcomes → what people read for them.
    words: Mapping[str, str]


# --- shown ---------------------------------------------------------------------------------


def shown(
    form: Mapping[str, FormField],
    values: Mapping[str, Any],
    asked: Asked,
    faults: Mapping[str, str] | None = None,
    at: Path = ("f",),
) -> tuple[Widget, ...]:
    """The form's fields with their values; `faults` says what is wrong, by field."""
    wrong = faults or {}
    return tuple(
        _widget((*at, name), shape, values.get(name), asked, wrong.get(name, ""))
        for name, shape in form.items()
    )


def _widget(path: Path, shape: FormField, value: Any, asked: Asked, fault: str) -> Widget:
    name = ".".join(path)
    base: dict[str, Any] = {
        "name": name,
        "kind": shape.type,
        "label": shape.title.in_language(asked.language),
        "prompt": shape.prompt.in_language(asked.language) if shape.prompt else "",
        "required": shape.required or bool(shape.min and shape.type in ("points", "items")),
        "fault": fault,
    }
    draw = _SHOWN.get(shape.type, _text_shown)
    return Widget(**(base | draw(name, shape, value, asked)))


def _text_shown(_: str, shape: FormField, value: Any, __: Asked) -> dict[str, Any]:
    text = "" if value is None else str(value)
    return {"text": text, "most": str(shape.max or ""), "least": str(shape.min or "")}


def _number_shown(_: str, shape: FormField, value: Any, __: Asked) -> dict[str, Any]:
    most = "" if shape.max is None else str(shape.max)
    least = "" if shape.min is None else str(shape.min)
    return {"text": "" if value is None else str(value), "most": most, "least": least}


def _yes_no_shown(_: str, __: FormField, value: Any, ___: Asked) -> dict[str, Any]:
    return {"text": "yes" if value else ""}


def _date_shown(_: str, shape: FormField, value: Any, asked: Asked) -> dict[str, Any]:
    most = "" if shape.future else asked.today.isoformat()
    return {"text": "" if value is None else str(value), "most": most}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _chosen(pairs: Sequence[tuple[str, str]], value: Any) -> dict[str, Any]:
    taken = [value] if isinstance(value, str) else _list(value)
    return {"choices": tuple(Choice(value=v, label=t, chosen=v in taken) for v, t in pairs)}


def _choice_shown(_: str, shape: FormField, value: Any, asked: Asked) -> dict[str, Any]:
    options = shape.options or {}
    return _chosen([(k, t.in_language(asked.language)) for k, t in options.items()], value)


def _people_shown(_: str, shape: FormField, value: Any, asked: Asked) -> dict[str, Any]:
    return _chosen(asked.known.people(shape.of), value)


def _group_shown(_: str, __: FormField, value: Any, asked: Asked) -> dict[str, Any]:
    return _chosen(asked.known.groups(), value)


def _cycle_shown(_: str, shape: FormField, value: Any, asked: Asked) -> dict[str, Any]:
    return _chosen(asked.known.cycles(shape.workflow), value)


def _points_shown(name: str, shape: FormField, value: Any, _: Asked) -> dict[str, Any]:
    there = [p if isinstance(p, dict) else {"text": p} for p in _list(value)]
    there += [{"text": ""}] * (max(shape.min or 1, 1) - len(there))
    lines = [
        Line(name=f"{name}.{i}", text=str(p.get("text", "")), id=str(p.get("id", "")))
        for i, p in enumerate(there)
    ]
    room = min(_SPARE_ROWS, (shape.max or 100) - len(lines))
    spare = [Line(name=f"{name}.{len(lines) + i}") for i in range(room)]
    return {"lines": tuple(lines), "spare": tuple(spare)}


def _items_shown(name: str, shape: FormField, value: Any, asked: Asked) -> dict[str, Any]:
    columns = shape.item.form if shape.item else {}
    there = [item for item in _list(value) if isinstance(item, dict)]
    wanted = max(shape.min or 1, len(there))
    lines = []
    for i in range(wanted + _SPARE_ROWS):
        item = there[i] if i < len(there) else {}
        row = shown(columns, item, asked, at=(name, str(i)))
        lines.append(Line(name=f"{name}.{i}", id=str(item.get("id", "")), columns=row))
    return {"lines": tuple(lines[:wanted]), "spare": tuple(lines[wanted:])}


def _notes_shown(_: str, __: FormField, value: Any, ___: Asked) -> dict[str, Any]:
    if isinstance(value, str):
        return {"text": value}
    notes = [n for n in _list(value) if isinstance(n, dict)]
    return {"text": "\n".join(f"{n.get('at', '')} {n.get('text', '')}".strip() for n in notes)}


def _attendance_shown(name: str, shape: FormField, value: Any, asked: Asked) -> dict[str, Any]:
    there = value if isinstance(value, Mapping) else {}
    lines = []
    for person, label in asked.known.people(shape.of):
        code = there.get(person, ATTENDANCE_CODES[0])
        choices = [
            Choice(value=c, label=asked.words.get(c, c), chosen=c == code) for c in ATTENDANCE_CODES
        ]
        lines.append(Line(name=f"{name}.{person}", label=label, choices=tuple(choices)))
    return {"lines": tuple(lines)}


def _verify_shown(name: str, _: FormField, value: Any, asked: Asked) -> dict[str, Any]:
    there = value if isinstance(value, Mapping) else {}
    lines = []
    for point, label in asked.known.points():
        choices = tuple(
            Choice(value=v, label=asked.words.get(v, v), chosen=there.get(point) == v)
            for v in ("worked", "not_yet")
        )
        lines.append(Line(name=f"{name}.{point}", label=label, choices=choices))
    return {"lines": tuple(lines)}


def _file_shown(_: str, __: FormField, value: Any, ___: Asked) -> dict[str, Any]:
    there = value if isinstance(value, Mapping) else {}
    return {"text": str(there.get("name", "")), "digest": str(there.get("digest", ""))}


_SHOWN: Final[dict[str, Callable[[str, FormField, Any, Asked], dict[str, Any]]]] = {
    "number": _number_shown,
    "yes_no": _yes_no_shown,
    "date": _date_shown,
    "choice": _choice_shown,
    "person": _people_shown,
    "people": _people_shown,
    "group": _group_shown,
    "cycle": _cycle_shown,
    "points": _points_shown,
    "items": _items_shown,
    "timed_notes": _notes_shown,
    "attendance": _attendance_shown,
    "verify": _verify_shown,
    "file": _file_shown,
}


# --- read ----------------------------------------------------------------------------------


def read(
    form: Mapping[str, FormField],
    sent: Sent,
    keep: Keep,
    at: Path = ("f",),
) -> dict[str, Any]:
    """The values that a form sends, as the engine takes them; what was left empty is not there.

    `keep` is given each file that was chosen.
    """
    found: dict[str, Any] = {}
    for name, shape in form.items():
        path = (*at, name)
        if shape.type == "file":
            value = _file_read(".".join(path), sent, keep)
        elif shape.type == "items":
            value = list(_items_read(".".join(path), shape, sent, keep))
        else:
            value = _READ.get(shape.type, _text_read)(".".join(path), sent)
        if value not in (None, "", [], {}):
            found[name] = value
    return found


def day_of(text: str) -> date | None:
    """The date that a date field sends; `None` for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _text_read(name: str, sent: Sent) -> Any:
    text = sent.text(name)
    return text if text.strip() else None


def _number_read(name: str, sent: Sent) -> Any:
    text = sent.text(name).strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else text


def _yes_no_read(name: str, sent: Sent) -> Any:
    return True if sent.text(name) else None


def _people_read(name: str, sent: Sent) -> Any:
    return sent.texts(name)


def _points_read(name: str, sent: Sent) -> Any:
    found: list[Any] = []
    for row in _rows(name, sent):
        text, kept = sent.text(f"{name}.{row}"), sent.text(f"{name}.{row}.id")
        if text.strip():
            found.append({"id": kept, "text": text} if kept else text)
    return found


def _items_read(name: str, shape: FormField, sent: Sent, keep: Keep) -> Iterator[dict[str, Any]]:
    columns = shape.item.form if shape.item else {}
    for row in _rows(name, sent):
        item = read(columns, sent, keep, (name, str(row)))
        kept = sent.text(f"{name}.{row}.id")
        if item:
            yield {**item, "id": kept} if kept else item


def _rows(name: str, sent: Sent) -> list[int]:
    """The numbers of the rows that were sent, in order."""
    keys = (key.partition(".")[0] for key in sent.under(f"{name}."))
    return sorted({int(key) for key in keys if key.isdecimal() and len(key) < 4})


def _notes_read(name: str, sent: Sent) -> Any:
    """A line that begins with a time begins a note; what follows belongs to it.

    What would be a note too many belongs to the last one, so that no word is lost.
    """
    notes: list[dict[str, str]] = []
    for line in sent.text(name).split("\n"):
        mark = _MARK.fullmatch(line) if len(notes) < _MOST_NOTES else None
        if mark:
            notes.append({"at": f"{int(mark[1]):02}:{mark[2]}", "text": mark[3]})
        elif notes:
            notes[-1]["text"] += f"\n{line}"
        elif line.strip():
            return sent.text(name)  # no time to begin with: the engine says so
    return [{"at": n["at"], "text": n["text"].strip() or "…"} for n in notes]


def _codes_read(name: str, sent: Sent) -> Any:
    return {key: code for key, code in sent.under(f"{name}.").items() if code}


def _file_read(name: str, sent: Sent, keep: Keep) -> Any:
    chosen = sent.file(name)
    if chosen is not None:
        return keep(name.split(".")[1], chosen)
    digest = sent.text(f"{name}.digest")
    return {"digest": digest, "name": sent.text(f"{name}.name")} if digest else None


_READ: Final[dict[str, Callable[[str, Sent], Any]]] = {
    "number": _number_read,
    "yes_no": _yes_no_read,
    "people": _people_read,
    "points": _points_read,
    "timed_notes": _notes_read,
    "attendance": _codes_read,
    "verify": _codes_read,
}
