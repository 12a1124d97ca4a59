"""The short way of plain requests: one visit to a thread, past the framework's plumbing.

A handler is plain if it takes nothing but parts of its address, a JSON body and what handlers are
given by name, and answers with one shape. A request to it that is plain as well is authenticated,
read, handled and written in one visit to a thread. Whatever is out of the ordinary (a query, a
header sent twice, a body of unknown length, an address that fits nowhere) goes the framework's
way as if this were not there, and so does every other handler. Both ways answer alike, which
`tests/web/test_direct.py` compares; this one takes a third of the time.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, Final, get_args, get_origin

import msgspec
from litestar import Litestar, Response
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import (
    ASGIApp,
    HTTPDisconnectEvent,
    HTTPResponseBodyEvent,
    HTTPScope,
    Receive,
    Scope,
    Send,
)

from cycles_api.auth import actor_of
from cycles_api.failures import answer_failure
from cycles_api.frame import header_of
from cycles_api.gate import Gate
from cycles_api.rest.headers import given_of
from cycles_api.rest.reading import JsonRequest, read_shape
from cycles_api.settings import Settings
from cycles_api.wording import language_of

__all__ = ["Direct"]

#: What a plain handler may ask for beside parts of its address.
_BY_NAME: Final = frozenset({"data", "service", "settings", "actor", "language", "given"})
_JSON: Final = frozenset({b"application/json", b"application/json; charset=utf-8"})
_HOST: Final = re.compile(rb"[A-Za-z0-9.-]{1,255}(:[0-9]{1,5})?")

#: Status, headers, body.
Answer = tuple[int, list[tuple[bytes, bytes]], bytes]


@dataclass(frozen=True, slots=True)
class _Plain:
    """A plain handler, ready to be called."""

    handler: HTTPRouteHandler
    function: Callable[..., Any]
    address: re.Pattern[str]
    template: str
    #: What it asks for by name; the type of its body, if it has one.
    wanted: frozenset[str]
    shape: type[Any] | None


class Direct:
    """Wraps all routes, and takes the plain requests to the plain ones."""

    def __init__(self, app: Litestar, gate: Gate, settings: Settings, pool: Executor) -> None:
        self._framework: ASGIApp = app.asgi_handler
        self._gate, self._settings, self._pool = gate, settings, pool
        self._plain: dict[tuple[str, int], list[_Plain]] = defaultdict(list)
        for route in app.routes:
            if isinstance(route, HTTPRoute):
                for method, (handler, _) in route.route_handler_map.items():
                    plain = _plain_of(route, handler)
                    if plain is not None:
                        self._plain[method, plain.template.count("/")].append(plain)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        found = self._found(scope) if scope["type"] == ScopeType.HTTP else None
        if found is None or scope["type"] != ScopeType.HTTP:
            await self._framework(scope, receive, send)
            return
        plain, headers, parts = found
        length = int(headers.get(b"content-length", b"0"))
        body = await _body(receive) if length else b""
        if len(body) != length:
            # It broke off; what is said to that, the framework knows.
            await self._framework(scope, _gone, send)
            return
        scope["route_handler"], scope["path_params"] = plain.handler, parts
        scope["path_template"] = plain.template
        visit, loop = copy_context(), asyncio.get_running_loop()
        status, answered, content = await loop.run_in_executor(
            self._pool, visit.run, self._handled, plain, scope, headers, body
        )
        await send({"type": "http.response.start", "status": status, "headers": answered})
        last: HTTPResponseBodyEvent = {
            "type": "http.response.body",
            "body": content,
            "more_body": False,
        }
        await send(last)

    def _found(self, scope: HTTPScope) -> tuple[_Plain, dict[bytes, bytes], dict[str, str]] | None:
        """The plain handler of a plain request, its headers, and the parts of its address."""
        if scope["query_string"] or scope.get("root_path"):
            return None
        path = scope["path"]
        for plain in self._plain.get((scope["method"], path.count("/")), ()):
            fits = plain.address.fullmatch(path)
            if fits is not None:
                given = list(scope["headers"])
                headers = dict(given)
                once = len(headers) == len(given)
                plainly = once and self._is_plain(plain, headers)
                return (plain, headers, fits.groupdict()) if plainly else None
        return None

    def _is_plain(self, plain: _Plain, headers: Mapping[bytes, bytes]) -> bool:
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 9 or b"transfer-encoding" in headers:
            return False
        if not _HOST.fullmatch(headers.get(b"host", b"-")):
            return False
        if "given" not in plain.wanted and plain.shape is None:
            return int(length) == 0
        if plain.shape is not None and (
            int(length) == 0 or headers.get(b"content-type") not in _JSON
        ):
            return False
        return int(length) <= self._settings.json_limit

    def _handled(
        self, plain: _Plain, scope: HTTPScope, headers: dict[bytes, bytes], body: bytes
    ) -> Answer:
        """The answer to a request; in a thread."""
        try:
            actor = actor_of(self._gate, _text(headers.get(b"authorization")))
            scope["user"] = actor
            known: dict[str, Any] = dict(scope["path_params"])
            if plain.shape is not None:
                known["data"] = read_shape(plain.shape, body)
            for name in plain.wanted:
                known[name] = self._by_name(name, scope, headers, body)
            return _written(plain.function(**known), plain.handler.status_code)
        except Exception as error:
            request: JsonRequest = JsonRequest(scope)
            return _written(answer_failure(request, error), 500)

    def _by_name(
        self, name: str, scope: HTTPScope, headers: dict[bytes, bytes], body: bytes
    ) -> Any:
        match name:
            case "service":
                return self._gate
            case "actor":
                return scope["user"]
            case "language":
                return language_of(header_of(scope, b"accept-language"))
            case "settings":
                return self._settings
        return given_of(
            scope["method"],
            scope["path"],
            body,
            if_match=_text(headers.get(b"if-match")),
            key=_text(headers.get(b"idempotency-key")),
        )


def _plain_of(route: HTTPRoute, handler: HTTPRouteHandler) -> _Plain | None:
    """The handler as a plain one; `None` if it is not."""
    asked = handler.parsed_fn_signature.parameters
    function = getattr(handler.fn, "func", None)  # of one that runs in a thread
    parts = [n for n in asked if n in route.path_parameters]
    rest = set(asked) - set(parts)
    answers = handler.parsed_return_field.annotation
    if get_origin(answers) is Response:
        (answers,) = get_args(answers)
    shaped = isinstance(answers, type) and issubclass(answers, msgspec.Struct)
    if function is None or not shaped or not rest <= _BY_NAME or "actor" not in rest:
        return None
    return _Plain(
        handler=handler,
        function=function,
        address=re.compile(_address(route, {n: asked[n].kwarg_definition for n in parts})),
        template=route.path_format,
        wanted=frozenset(rest - {"data"}),
        shape=asked["data"].annotation if "data" in rest else None,
    )


def _address(route: HTTPRoute, parts: Mapping[str, Any]) -> str:
    """What an address of the route looks like; a part that is no id makes it no such address."""
    steps = []
    for step in route.path_components:
        if isinstance(step, str):
            steps.append(re.escape(step))
        else:
            pattern = parts[step.name].pattern.removeprefix("^").removesuffix("$")
            steps.append(f"(?P<{step.name}>{pattern})")
    return "/" + "/".join(steps)


async def _body(receive: Receive) -> bytes:
    """All that is sent; less where it broke off."""
    parts = []
    more = True
    while more:
        message: Any = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def _gone() -> HTTPDisconnectEvent:
    return {"type": "http.disconnect"}


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode("latin-1")


def _written(answer: Any, status: int) -> Answer:
    """A handler's answer as it goes out."""
    headers: dict[str, str] = {}
    media = "application/json"
    if isinstance(answer, Response):
        status, headers = answer.status_code or status, dict(answer.headers)
        media = str(answer.media_type or media)
        answer = answer.content
    content = answer if isinstance(answer, bytes) else msgspec.json.encode(answer)
    out = [
        (name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in headers.items()
    ]
    out.append((b"content-type", media.encode()))
    out.append((b"content-length", str(len(content)).encode()))
    return status, out, content
