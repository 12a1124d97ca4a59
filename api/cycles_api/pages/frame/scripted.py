"""A form that a script sends: it is told where to go on instead of being led there at once."""

from __future__ import annotations

from typing import Final

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from cycles_api.frame import header_of

__all__ = ["ToldWhere"]

#: What our scripts say of themselves; another site's script cannot, without our leave.
_BY: Final = b"x-cycles"


class ToldWhere(ASGIMiddleware):
    """Answers a script with 200 and `Location` where a browser would be sent on with 303.

    A script cannot read where it is sent; following, it would ask for a page that is shown to
    nobody, and ask again to show it.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Handle one request."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 303:
                message["status"] = 200
            await send(message)

        by_script = header_of(scope, _BY) is not None
        await next_app(scope, receive, told if by_script else send)
