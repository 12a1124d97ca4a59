"""What was filled into a form, as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cycles.workflow.definition import FormField
from cycles_api.pages.frame import times
from cycles_api.pages.told.choosing import text_of
from cycles_api.pages.told.contexts import Part
from cycles_api.pages.told.cycle import CycleTold

__all__ = ["parts"]


def parts(
    told: CycleTold, form: Mapping[str, FormField], values: Mapping[str, Any]
) -> Iterator[Part]:
    """What was filled in, in the form's order; what the form does not know comes last."""
    for name in sorted(values, key=[*form, *values].index):
        value, shape = values[name], form.get(name)
        label = shape.title.in_language(told.language) if shape else name
        if shape is not None and shape.type == "file" and isinstance(value, Mapping):
            to = f"/files/{value.get('digest', '')}"
            yield Part(label=label, lines=(str(value.get("name", "")),), file=to)
        else:
            yield Part(label=label, lines=tuple(_lines(told, shape, value)))


def _lines(told: CycleTold, shape: FormField | None, value: Any) -> Iterator[str]:
    """A value as people read it; of a shape nobody foresaw, as it stands."""
    kind = shape.type if shape else ""
    if kind == "choice" and shape and shape.options and value in shape.options:
        yield shape.options[value].in_language(told.language)
    elif kind == "date":
        yield times.day(str(value), told.language, told.today)
    elif kind == "yes_no" and value is True:
        yield told.tell("yes")
    elif kind == "person" and isinstance(value, str):
        yield told.view.name(value)
    elif kind == "group" and value in told.view.groups:
        yield told.view.groups[value].name
    elif isinstance(value, Mapping):
        yield from _pairs(told, kind, value)
    elif isinstance(value, list):
        for each in value:
            yield from _item(told, shape, each)
    else:
        yield str(value)


def _pairs(told: CycleTold, kind: str, value: Mapping[str, Any]) -> Iterator[str]:
    """Attendance by code; what was looked for by outcome."""
    texts = {p.id: text_of(p) for p in told.found.points}
    by_code: dict[str, list[str]] = {}
    for key, code in value.items():
        name = texts.get(key, "…") if kind == "verify" else told.view.name(key)
        by_code.setdefault(str(code), []).append(name)
    between = "、" if told.language == "zh" else ", "
    colon = "：" if told.language == "zh" else ": "
    for code, names in by_code.items():
        yield f"{told.asked.words.get(code, code)}{colon}{between.join(names)}"


def _item(told: CycleTold, shape: FormField | None, each: Any) -> Iterator[str]:
    if not isinstance(each, Mapping):
        kind = shape.type if shape else ""
        yield told.view.name(each) if kind == "people" else str(each)
    elif shape is not None and shape.item is not None:
        columns = (_lines(told, shape.item.form.get(k), v) for k, v in each.items() if k != "id")
        yield " · ".join(" ".join(lines) for lines in columns)
    else:
        yield " ".join(str(v) for key, v in each.items() if key != "id")
