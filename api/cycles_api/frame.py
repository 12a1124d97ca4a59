"""The outermost layer of the web: request ids, security headers, one log line, no leaks."""

from __future__ import annotations

import re
import time
import uuid
from itertools import count
from typing import Any, Final

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import FilteringBoundLogger

from cycles_api.logs import facts_of_request, where
from cycles_api.problems import MEDIA_TYPE, internal
from cycles_api.wording import language_of

__all__ = ["SECURITY_HEADERS", "Frame", "header_of", "request_id_of"]

#: On every answer; a handler that needs another value sets it itself and is not overruled.
SECURITY_HEADERS: Final = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_HSTS: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_ALWAYS: Final = tuple((name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items())
_ALWAYS_ON_HTTPS: Final = (*_ALWAYS, _HSTS)
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_KEY: Final = "cycles_request_id"


class Frame:
    """Wraps the whole application, unknown addresses and failures included."""

    def __init__(self, app: ASGIApp, log: FilteringBoundLogger) -> None:
        self._app, self._log = app, log
        # Chance once, then counted: to be asked for chance, the system makes others wait.
        self._first, self._numbers = str(uuid.uuid4())[:24], count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        given = header_of(scope, b"x-request-id") or ""
        request_id = (
            given if _REQUEST_ID.fullmatch(given) else f"{self._first}{next(self._numbers):012x}"
        )
        scope["state"][_KEY] = request_id
        facts, began = facts_of_request(), time.perf_counter()
        status = 0

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                always = _ALWAYS_ON_HTTPS if scope["scheme"] == "https" else _ALWAYS
                own = list(message["headers"])
                present = {name.lower() for name, _ in own}
                own += [header for header in always if header[0] not in present]
                own.append((b"x-request-id", request_id.encode()))
                message["headers"] = own
            await send(message)

        try:
            await self._app(scope, receive, framed)
        except Exception as error:
            facts |= {"error": type(error).__name__, "where": where(error), "code": "internal"}
            if not status:
                await _failed(scope, framed, request_id)
        finally:
            params = scope.get("path_params") or {}
            if "cycle_id" in params:
                facts.setdefault("cycle", str(params["cycle_id"]))
            write = self._log.error if status >= 500 or not status else self._log.info
            write(
                "request",
                method=scope["method"],
                path=str(scope.get("path_template") or "-"),
                status=status,
                ms=round((time.perf_counter() - began) * 1000, 1),
                request_id=request_id,
                **facts,
            )


def request_id_of(scope: Any) -> str:
    """The number that a request's log line and answer carry."""
    return str(scope.get("state", {}).get(_KEY, "-"))


def header_of(scope: Any, name: bytes) -> str | None:
    """The first header of this name (lower case); `None` if there is none."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None


async def _failed(scope: Any, send: Send, request_id: str) -> None:
    body = msgspec.json.encode(
        internal(language_of(header_of(scope, b"accept-language")), request_id)
    )
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
