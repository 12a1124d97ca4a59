"""What is sent and taken, as JSON Schema: the shapes themselves say it, not a second list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

__all__ = ["VALUE", "components_of", "schema_of"]

_PLACE: Final = "#/components/schemas/{name}"
#: As `rest.reading` has it, in the regular expressions of JSON Schema.
_TEXT: Final = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"
_MOST: Final = 2**53 - 1
_ANY_VALUE: Final = {"$ref": "#/components/schemas/Value"}
#: What may stand where a workflow, not the API, says what does (`rest.reading` refuses all else).
VALUE: Final = {
    "description": "Something in a form of the workflow: no fractions, no control characters.",
    "anyOf": [
        {"type": "string", "pattern": _TEXT},
        {"type": "integer", "minimum": -_MOST, "maximum": _MOST},
        {"type": "boolean"},
        {"type": "null"},
        {"type": "array", "items": _ANY_VALUE},
        {
            "type": "object",
            "propertyNames": {"pattern": _TEXT},
            "additionalProperties": _ANY_VALUE,
        },
    ],
}


def components_of(sent: Iterable[Any], taken: Iterable[Any]) -> dict[str, Any]:
    """Name → schema of all shapes that these kinds are made of.

    What is taken also says what holds for every body: no control characters anywhere.
    """
    _, answers = msgspec.json.schema_components(list(sent), ref_template=_PLACE)
    _, requests = msgspec.json.schema_components(list(taken), ref_template=_PLACE)
    for schema in _within(requests):
        if schema.get("type") == "string" and not {"enum", "format", "pattern"} & schema.keys():
            schema["pattern"] = _TEXT
        if schema.get("type") == "object" and "properties" not in schema:
            schema["propertyNames"] = {"pattern": _TEXT}
            schema.setdefault("additionalProperties", _ANY_VALUE)
    return {**answers, **requests, "Value": VALUE}


def schema_of(kind: Any) -> dict[str, Any]:
    """One kind's schema; of a shape, where it stands among the components."""
    (found,), _ = msgspec.json.schema_components([kind], ref_template=_PLACE)
    return found


def _within(part: Any) -> Iterator[dict[str, Any]]:
    """Every schema in a part of one."""
    if isinstance(part, dict):
        yield part
        for inner in list(part.values()):
            yield from _within(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _within(inner)
