"""What a request says in its headers: which revision was seen, and which attempt it is."""

from __future__ import annotations

import re
from typing import Annotated, Final

from litestar.params import HeaderParameter

from cycles.errors import IdempotencyError
from cycles_api.errors import BadHeaderError

__all__ = ["etag", "idempotency_key", "precondition"]

_ETAG: Final = re.compile(r'"(0|[1-9][0-9]{0,14})"')
_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")

IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        max_length=100,
        description='The revision that was read, as its ETag says: `"12"`.',
        required=False,
    ),
]
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        max_length=200,
        description="Your own, new for each change and the same when you try again: a UUID, say.",
        required=False,
    ),
]


def etag(revision: int) -> str:
    """The `ETag` of a cycle at a revision.

    >>> etag(12)
    '"12"'
    """
    return f'"{revision}"'


def precondition(if_match: IfMatch = None) -> int | None:
    """The revision that `If-Match` names; `None` without one.

    Raises:
        BadHeaderError: it is not one strong ETag as `etag` makes them.
    """
    if if_match is None:
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise BadHeaderError("If-Match", etag(12))
    return int(found.group(1))


def idempotency_key(idempotency_key_header: IdempotencyKey = None) -> str:
    """The key of this attempt.

    Raises:
        IdempotencyError: `missing` or `malformed`.
    """
    if idempotency_key_header is None:
        raise IdempotencyError(
            "a change needs the header Idempotency-Key", data={"reason": "missing"}
        )
    key = idempotency_key_header.strip()
    quoted = len(key) >= 2 and key[0] == key[-1] == '"'
    key = key[1:-1] if quoted else key
    if not _KEY.fullmatch(key):
        raise IdempotencyError(
            "an Idempotency-Key is 1 to 128 visible ASCII characters", data={"reason": "malformed"}
        )
    return key
