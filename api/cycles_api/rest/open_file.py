"""An answer that sends an open file, and closes it whatever becomes of the caller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, Final

from litestar import Request
from litestar.response import Stream
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

__all__ = ["OpenFile"]

_CHUNK: Final = 256 * 1024


class OpenFile(Stream):
    """Sends `size` bytes of a file that somebody else opened.

    A caller may hang up before the first byte or in the middle: an iterator of the
    bytes is then left where it stands, so it cannot be the one to close the file.
    """

    def __init__(
        self, source: IO[bytes], *, size: int, media_type: str, headers: dict[str, str]
    ) -> None:
        super().__init__(
            _chunks(source),
            media_type=media_type,
            headers={**headers, "Content-Length": str(size)},
        )
        self._source = source

    def to_asgi_response(
        self, app: Any, request: Request[Any, Any, Any], **rest: Any
    ) -> ASGIResponse:
        """The framework's stream, with the file closed after it."""
        return _Closing(super().to_asgi_response(app, request, **rest), self._source)


class _Closing(ASGIResponse):
    """Another answer, and a file to close when that one is over."""

    __slots__ = ("_answer", "_source")

    def __init__(self, answer: ASGIResponse, source: IO[bytes]) -> None:
        super().__init__()
        self._answer = answer
        self._source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; raises what the answer raises."""
        with self._source:
            await self._answer(scope, receive, send)


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk
