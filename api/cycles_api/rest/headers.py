"""What comes with a change: which revision was seen, which attempt it is, and what was sent."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any, Final

from litestar import Request
from litestar.params import HeaderParameter

from cycles.errors import IdempotencyError
from cycles.service import Given
from cycles_api.errors import BadHeaderError

__all__ = [
    "ANSWER_HEADERS",
    "CHANGED",
    "HEADER_PATTERNS",
    "etag",
    "given",
    "given_of",
    "idempotency_key",
    "precondition",
    "sends",
]

_ETAG: Final = re.compile(r'"(0|[1-9][0-9]{0,14})"')
_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")
#: What these headers look like, for the OpenAPI document; reading them gives a better reason.
HEADER_PATTERNS: Final = {
    "If-Match": f"^{_ETAG.pattern}$",
    "Idempotency-Key": f"^{_KEY.pattern}$",
}
#: Response headers, as the OpenAPI document tells of them; `required`: whether always sent.
ANSWER_HEADERS: Final[dict[str, dict[str, Any]]] = {
    "ETag": {
        "description": "Which revision of the cycle, or which file, this is.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{1,64}"$'},
    },
    "Location": {
        "description": "Where the new cycle is.",
        "required": True,
        "schema": {"type": "string", "pattern": "^/api/v1/cycles/"},
    },
    "Idempotency-Replayed": {
        "description": "This was done before, under the same key; nothing was done again.",
        "schema": {"type": "string", "const": "true"},
    },
    "Content-Disposition": {
        "description": "A name to save it under.",
        "required": True,
        "schema": {"type": "string", "pattern": '^attachment; filename="[a-z0-9.-]+"$'},
    },
    "Retry-After": {
        "description": "Seconds to wait before trying again.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {
        "description": "That a bearer token is wanted.",
        "required": True,
        "schema": {"type": "string", "pattern": "^Bearer "},
    },
    "X-Request-Id": {
        "description": "The number of this request in the programme's log.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9-]{8,64}$"},
    },
}


def sends(*headers: str, media: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a handler's answer has beside its shape, for `opt`: headers, and its media types."""
    return {"headers": headers, "media": media}


#: The answer to every change of a cycle.
CHANGED: Final = sends("ETag", "Idempotency-Replayed")

IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        description='The revision that was read, as its ETag says: `"12"`.',
        required=False,
    ),
]
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
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


async def given(
    request: Request[Any, Any, Any],
    if_match: IfMatch = None,
    idempotency_key_header: IdempotencyKey = None,
) -> Given:
    """What comes with a change besides itself; asks for an `Idempotency-Key`.

    Raises:
        BadHeaderError: `If-Match` cannot be read.
        IdempotencyError: `missing` or `malformed`.
    """
    return given_of(
        request.method,
        request.scope["path"],
        await request.body(),
        if_match=if_match,
        key=idempotency_key_header,
    )


def given_of(
    method: str, path: str, body: bytes, *, if_match: str | None, key: str | None
) -> Given:
    """See `given`."""
    sent = f"{method} {path}\n".encode() + body
    return Given(
        revision=precondition(if_match),
        key=idempotency_key(key),
        request=hashlib.sha256(sent).hexdigest(),
    )


def precondition(if_match: str | None) -> int | None:
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


def idempotency_key(sent: str | None) -> str:
    """The key of this attempt.

    Raises:
        IdempotencyError: `missing` or `malformed`.
    """
    if sent is None:
        raise IdempotencyError(
            "a change needs the header Idempotency-Key", data={"reason": "missing"}
        )
    key = sent.strip()
    quoted = len(key) >= 2 and key[0] == key[-1] == '"'
    key = key[1:-1] if quoted else key
    if not _KEY.fullmatch(key):
        raise IdempotencyError(
            "an Idempotency-Key is 1 to 128 visible ASCII characters", data={"reason": "malformed"}
        )
    return key
