"""A served application with a few routes of our own, to try the frame around all routes."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

import httpx
import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, SkipValidation

from cycles.errors import StoreUnavailableError
from cycles.service import Given
from cycles_api.app import ROUTES, create_app
from cycles_api.logs import make_log
from cycles_api.rest.paging import Cursor, Limit, place_of
from cycles_api.serving import server_of
from cycles_api.settings import Settings
from cycles_api.wording import Language

TOKEN = "cyc_" + "t" * 43
JSON_LIMIT = 16 * 1024
FILE_LIMIT = 64 * 1024


@dataclass
class Person:
    """Whom the stand-in's token stands for."""

    school_id: str = "north"
    pseudonym: str = "p_seven"


@dataclass
class StandInGate:
    """Knows one token; its database can be taken away."""

    down: bool = False
    asked: list[str] = field(default_factory=list)

    def authenticate(self, token: str) -> Person | None:
        """The one person there is."""
        self.asked.append(token)
        return Person() if token == TOKEN else None

    def health(self) -> Mapping[str, str]:
        """Fine, unless it is down."""
        if self.down:
            raise StoreUnavailableError("disk /dev/sda1 is full")
        return {"engine": "stand-in"}


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """Something in a list."""

    name: Annotated[str, msgspec.Meta(max_length=5)]


class Note(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A body with a field of each kind that matters."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    count: int = 0
    parts: list[Part] = []
    tags: list[Annotated[str, msgspec.Meta(max_length=5)]] = []
    values: dict[str, Any] = {}


class Taken(msgspec.Struct, kw_only=True):
    """What the handler was given."""

    title: str
    by: str
    key: str
    revision: int | None
    request: str


@post("/api/v1/notes", sync_to_thread=True)
def write_note(
    data: JSONBody[Note],
    actor: NamedDependency[SkipValidation[Person]],
    given: NamedDependency[SkipValidation[Given]],
) -> Taken:
    """Take a note."""
    return Taken(
        title=data.title,
        by=actor.pseudonym,
        key=given.key or "",
        revision=given.revision,
        request=given.request,
    )


@get("/api/v1/notes", sync_to_thread=True)
def list_notes(
    language: NamedDependency[SkipValidation[Language]],
    limit: Limit = 50,
    cursor: Cursor = None,
    after: FromQuery[int] = 0,
) -> dict[str, Any]:
    """List notes."""
    return {"limit": limit, "place": place_of(cursor, list[int]), "language": language}


@get("/api/v1/cycles/{cycle_id:str}/broken", sync_to_thread=True)
def broken() -> None:
    """Fail in a way that nobody foresaw, with something private in the exception."""
    raise RuntimeError("李芳 said something private")


@get("/api/v1/page", sync_to_thread=True)
def page() -> Response[str]:
    """Choose one header itself."""
    return Response("x", media_type="text/plain", headers={"Cache-Control": "private"})


STAND_IN_ROUTES = (write_note, list_notes, broken, page)


@dataclass
class Served:
    """An application on loopback, and what it wrote to its log."""

    url: str
    gate: StandInGate
    out: io.StringIO
    client: httpx.Client

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, for those who speak HTTP by hand."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        return host, int(port)

    def lines(self) -> list[dict[str, Any]]:
        """All lines of the log so far."""
        return [json.loads(line) for line in self.out.getvalue().splitlines()]

    def line_of(self, answer: httpx.Response) -> dict[str, Any]:
        """The one line of a request; it may be written just after the answer is out."""
        request_id, until = answer.headers["x-request-id"], time.monotonic() + 10
        while time.monotonic() < until:
            found = [line for line in self.lines() if line.get("request_id") == request_id]
            if found:
                assert len(found) == 1
                return found[0]
            time.sleep(0.01)
        raise AssertionError(f"no line of {request_id}")

    def raw(self, sent: bytes) -> bytes:
        """Whatever comes back for bytes that no client library would send."""
        with socket.create_connection(self.address, timeout=10) as line:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65_536), b""))


@contextmanager
def serve() -> Iterator[Served]:
    """The stand-in application behind a real server on loopback, until the block ends."""
    gate, out = StandInGate(), io.StringIO()
    settings = Settings(port=0, threads=4, json_limit=JSON_LIMIT, file_limit=FILE_LIMIT)
    routes = (*ROUTES, *STAND_IN_ROUTES)
    app = create_app(settings, gate, log=make_log("json", out), routes=routes)
    server = server_of(app, settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
            yield Served(url, gate, out, client)
    finally:
        server.should_exit = True
        thread.join(20)
    assert not thread.is_alive()
