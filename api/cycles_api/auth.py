"""Who asks: bearer tokens, in one place, and every address closed unless it says otherwise."""

from __future__ import annotations

import re
from typing import Final

from litestar.concurrency import sync_to_thread
from litestar.enums import ScopeType
from litestar.exceptions import MethodNotAllowedException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from cycles_api.errors import UnauthenticatedError
from cycles_api.frame import header_of
from cycles_api.gate import Actor, Gate
from cycles_api.logs import note

__all__ = ["PUBLIC", "BearerAuth", "actor_of"]

#: `opt=PUBLIC` on a handler lets everybody in; nothing else does.
PUBLIC: Final = {"public": True}

#: One scheme, one token of visible characters; longer ones are not even looked up.
_BEARER: Final = re.compile(r"bearer +([A-Za-z0-9_.~+/=-]{8,256})", re.IGNORECASE | re.ASCII)


class BearerAuth(ASGIMiddleware):
    """Lets a request through with its actor, or answers 401; before the body is read."""

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET, ScopeType.ASGI)

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Find out who asks."""
        if scope["type"] == ScopeType.HTTP and scope["method"] == "OPTIONS":
            # No other site may call us, so no browser asks first; Litestar's own answer is wrong
            # where several handlers share an address (litestar#4169).
            raise MethodNotAllowedException
        if scope["route_handler"].opt.get("public") is not True:
            given = header_of(scope, b"authorization")
            scope["user"] = await sync_to_thread(actor_of, self._gate, given)
        await next_app(scope, receive, send)


def actor_of(gate: Gate, authorization: str | None) -> Actor:
    """Who asks, by the header `Authorization`; not to be called where others would wait.

    Raises `UnauthenticatedError` if that is nobody.
    """
    given = _BEARER.fullmatch(authorization or "")
    actor = gate.authenticate(given.group(1)) if given else None
    if actor is None:
        raise UnauthenticatedError
    note(school=actor.school_id, person=actor.pseudonym)
    return actor
