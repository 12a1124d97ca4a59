"""HEAD is answered as GET would be, without the body: same status, same headers."""

from __future__ import annotations

from typing import Any, Final

from litestar.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HeadAsGet"]

#: What the routing found out, which the log line of the request tells.
_FOUND: Final = ("path_template", "path_params")


class HeadAsGet:
    """Wraps all routes, so that none has to say it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope.get("method") != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # The server must go on seeing HEAD: by it, it knows that the length is not that of a body.
        asked: Any = {**scope, "method": "GET"}
        try:
            await self._app(asked, receive, without_body)
        finally:
            scope.update({name: asked[name] for name in _FOUND if name in asked})  # type: ignore[typeddict-item]
