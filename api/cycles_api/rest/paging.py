"""Pages of long lists: a limit, and an opaque cursor to where the last page ended."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Final, TypeVar

import msgspec
from litestar.params import QueryParameter

from cycles.errors import FieldFault
from cycles_api.errors import BadParameterError

__all__ = ["CURSOR_PATTERN", "MAX_LIMIT", "Cursor", "Limit", "cursor_of", "place_of"]

T = TypeVar("T")
MAX_LIMIT: Final = 200
#: What a cursor looks like, for the OpenAPI document; reading one gives a better reason.
CURSOR_PATTERN: Final = "^[A-Za-z0-9_-]+$"

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT, description="How many at most.")]
Cursor = Annotated[
    str | None,
    QueryParameter(max_length=1000, description="`next` of the page before; none: the first."),
]


def cursor_of(place: Any) -> str:
    """An opaque cursor that stands for a place in a list (JSON values).

    >>> place_of(cursor_of(["2026-05-11", 7]), list[str | int])
    ['2026-05-11', 7]
    """
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def place_of(cursor: str | None, kind: type[T]) -> T | None:
    """The place that a cursor stands for; `None` for the beginning.

    Raises:
        BadParameterError: it is none that `cursor_of` made for a place of this kind.
    """
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return msgspec.json.decode(
            base64.b64decode(padded, altchars=b"-_", validate=True), type=kind
        )
    except (binascii.Error, UnicodeError, ValueError, msgspec.MsgspecError, RecursionError):
        fault = FieldFault(field="cursor", code="bad_cursor", data={})
        raise BadParameterError([fault]) from None
