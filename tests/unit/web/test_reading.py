"""Bytes into shapes: whatever is sent, it is taken as its shape says or refused with its faults."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cycles.errors import InvalidInputError
from cycles_api.errors import MalformedError
from cycles_api.rest.reading import read_shape

TEXTS = st.sampled_from(["", "x", "2026-05-11", "advance", "file", "far too long a text", "a\x00"])
KEYS = st.sampled_from(["kind", "title", "day", "parts", "fields", "one", "other"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(), inner),
    max_leaves=20,
)


class Advance(msgspec.Struct, forbid_unknown_fields=True, tag_field="kind", tag="advance"):
    """One of two tagged shapes."""

    title: str


class File(msgspec.Struct, forbid_unknown_fields=True, tag_field="kind", tag="file"):
    """The other one."""

    fields: dict[str, Any] = {}


class Shape(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A field of each kind that the API has."""

    title: Annotated[str, msgspec.Meta(max_length=10)]
    day: date | None = None
    parts: Annotated[list[Advance | File], msgspec.Meta(max_length=3)] = []
    one: Advance | None = None
    other: Literal["x", "y"] | int = 0


SHAPED = st.fixed_dictionaries(
    {"title": TEXTS},
    optional={
        "day": TEXTS | st.none(),
        "parts": st.lists(
            st.fixed_dictionaries({"kind": TEXTS}, optional={"title": TEXTS, "fields": JSON})
            | JSON,
            max_size=4,
        ),
        "one": st.fixed_dictionaries({}, optional={"title": JSON, "kind": TEXTS}) | JSON,
        "other": TEXTS | st.integers(0, 3),
    },
)


@given(JSON | SHAPED)
def test_whatever_is_sent_is_a_shape_or_has_faults(value: Any) -> None:
    """No JSON ends in another exception, and nothing that the shape forbids gets through."""
    refused: InvalidInputError | None = None
    try:
        read = read_shape(Shape, json.dumps(value).encode())
    except MalformedError:
        return
    except InvalidInputError as error:
        refused = error

    if refused is not None:
        assert refused.faults
        assert all(fault.field for fault in refused.faults)
        return
    assert msgspec.to_builtins(read).items() >= {"title": value["title"]}.items()
    assert msgspec.convert(value, Shape, strict=True) == read


@given(st.binary(max_size=200))
def test_whatever_bytes_are_sent_are_refused_by_name(raw: bytes) -> None:
    """Bytes that are no JSON of the shape end in one of the two refusals."""
    try:
        read_shape(Shape, raw)
    except (MalformedError, InvalidInputError):
        return

    msgspec.json.decode(raw, type=Shape)
