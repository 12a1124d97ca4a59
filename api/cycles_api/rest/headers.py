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

__all__ = ["HEADER_PATTERNS", "etag", "given", "idempotency_key", "precondition"]

_ETAG: Final = re.compile(r'"(0|[1-9][0-9]{0,14})"')
_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")
#: What these headers look like, for the OpenAPI document; reading them gives a better reason.
HEADER_PATTERNS: Final = {
    "If-Match": f"^{_ETAG.pattern}$",
    "Idempotency-Key": f"^{_KEY.pattern}$",
}

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
    sent = f"{request.method} {request.scope['path']}\n".encode() + await request.body()
    return Given(
        revision=precondition(if_match),
        key=idempotency_key(idempotency_key_header),
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
