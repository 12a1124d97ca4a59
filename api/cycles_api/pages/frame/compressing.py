"""Pages and what they load, made small on the way; see docs/decisions on what that could tell."""

from __future__ import annotations

import gzip
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from cycles_api.frame import header_of

__all__ = ["Compressed", "reads_gzip", "smaller"]

_KINDS: Final = (b"text/html", b"image/svg+xml")
#: Below this the headers weigh more than what is saved.
_LEAST: Final = 512
#: Three quarters of the best in a fifth of its time; the loop that listens waits for it.
_EFFORT: Final = 5


def reads_gzip(accepted: str) -> bool:
    """Whether `Accept-Encoding` asks for gzip.

    >>> reads_gzip("gzip, deflate, br"), reads_gzip("gzip;q=0, br"), reads_gzip("*"), reads_gzip("")
    (True, False, False, False)
    """
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "").rstrip("0.") != "q="
    return False


def smaller(content: bytes, effort: int = 9) -> bytes:
    """The content as gzip, the same bytes each time."""
    return gzip.compress(content, effort, mtime=0)


class Compressed(ASGIMiddleware):
    """Sends pages and pictures as gzip to those who read it.

    What is neither, what comes in parts, and what another site made a browser ask for goes as it
    is.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Handle one request."""
        foreign = header_of(scope, b"sec-fetch-site") in ("cross-site", "same-site")
        if foreign or not reads_gzip(header_of(scope, b"accept-encoding") or ""):
            await next_app(scope, receive, send)
            return
        start: Any = None

        async def compressed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
                return
            if start is not None and message["type"] == "http.response.body":
                if not message.get("more_body") and len(message["body"]) >= _LEAST:
                    content = smaller(message["body"], _EFFORT)
                    start["headers"] = [*_without_length(start), *_told(len(content))]
                    message = {**message, "body": content}
                await send(start)
                start = None
            await send(message)

        await next_app(scope, receive, compressed)


def _is_page(start: Any) -> bool:
    names = {name.lower(): value for name, value in start["headers"]}
    kind = names.get(b"content-type", b"")
    return kind.startswith(_KINDS) and b"content-encoding" not in names


def _without_length(start: Any) -> list[tuple[bytes, bytes]]:
    return [(n, v) for n, v in start["headers"] if n.lower() != b"content-length"]


def _told(length: int) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-length", str(length).encode()),
        (b"content-encoding", b"gzip"),
        (b"vary", b"accept-encoding"),
    ]
