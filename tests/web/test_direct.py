"""Plain requests take a short way; whoever sends them cannot tell it from the framework's."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient

from cycles.service import operator_of
from cycles.store import open_store
from cycles_api.app import create_app
from cycles_api.assembly import Service
from cycles_api.direct import Direct
from cycles_api.logs import make_log
from cycles_api.settings import Settings
from tests.unit.service.first_school import FirstSchool

#: A query makes a request one for the framework; no handler here reads it.
ROUND = "?about=nothing"

NOTE = {"record": "proposal", "fields": {"theme": "动手操作", "why": "学生难以理解"}}
STEP = {"transition": "approve"}
SEEN = {"If-Match": '"1"', "Idempotency-Key": "k"}
KEYED = {"Idempotency-Key": "k"}

#: Method, address below the cycle (or from `/` on), headers, body; nothing of it is accepted.
REQUESTS: dict[str, tuple[str, str, dict[str, str], Any]] = {
    "who I am": ("GET", "/me", {}, None),
    "my tasks": ("GET", "/me/tasks", {}, None),
    "in Chinese": ("GET", "/me/tasks", {"Accept-Language": "zh"}, None),
    "one cycle": ("GET", "", {}, None),
    "transitions": ("GET", "/transitions", {}, None),
    "records": ("GET", "/records", {}, None),
    "unknown cycle": ("GET", "/cycles/none", {}, None),
    "no id": ("GET", "/cycles/圆", {}, None),
    "workflow": ("GET", "/workflows/lesson-study", {}, None),
    "no such address": ("GET", "/nowhere", {}, None),
    "no such method": ("DELETE", "/me", {}, None),
    "HEAD": ("HEAD", "/me", {}, None),
    "not allowed": ("GET", "/dashboard", {}, None),
    "nobody": ("GET", "/me", {"Authorization": ""}, None),
    "another scheme": ("GET", "/me", {"Authorization": "Basic bGl1Og=="}, None),
    "unknown token": ("GET", "/me", {"Authorization": "Bearer cyc_nobody_has_this"}, None),
    "nobody writes": ("POST", "/transitions", {"Authorization": ""}, b"{"),
    "no key": ("POST", "/records", {}, NOTE),
    "bad key": ("POST", "/records", {"Idempotency-Key": "a b"}, NOTE),
    "bad If-Match": ("POST", "/transitions", {**KEYED, "If-Match": "*"}, STEP),
    "no If-Match": ("POST", "/transitions", KEYED, STEP),
    "stale": ("POST", "/transitions", {**KEYED, "If-Match": '"9"'}, STEP),
    "blocked": ("POST", "/transitions", SEEN, STEP),
    "no such step": ("POST", "/transitions", SEEN, {"transition": "fly"}),
    "unknown field": ("POST", "/transitions", SEEN, {**STEP, "how": "fast"}),
    "wrong type": ("POST", "/transitions", SEEN, {"transition": 1, "path": 2}),
    "control character": ("POST", "/transitions", SEEN, {"transition": "a\x00"}),
    "no body": ("POST", "/transitions", SEEN, None),
    "no JSON": ("POST", "/transitions", SEEN, b"{"),
    "not UTF-8": ("POST", "/transitions", SEEN, b'"\xff"'),
    "too deep": ("POST", "/transitions", SEEN, b"[" * 100 + b"]" * 100),
    "another kind": ("POST", "/transitions", {**SEEN, "Content-Type": "text/plain"}, b"{}"),
    "too large": ("POST", "/transitions", SEEN, b'"' + b"x" * 400_000 + b'"'),
    "nothing to sign": ("POST", "/records/proposal/sign", KEYED, None),
    "what if": ("POST", "/what-if", {}, {"commands": [{"command": "advance", **STEP}]}),
}


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstSchool]:
    """A school in memory."""
    with closing(open_store("memory://")) as store:
        yield FirstSchool(store, tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def log() -> io.StringIO:
    """What the application writes to its log."""
    return io.StringIO()


@pytest.fixture(scope="module")
def client(school: FirstSchool, log: io.StringIO) -> Iterator[TestClient[Any]]:
    """Liu, a teacher."""
    service = Service(school.core)
    token = service.tokens.make(operator_of(school.id), "liu", "", 1).text
    with TestClient(create_app(Settings(), service, log=make_log("json", log))) as opened:
        opened.headers["Authorization"] = f"Bearer {token}"
        yield opened


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of requests that took the short way."""
    seen: list[str] = []
    handled = Direct._handled

    def noted(self: Direct, plain: Any, scope: Any, *rest: Any) -> Any:
        seen.append(scope["path"])
        return handled(self, plain, scope, *rest)

    monkeypatch.setattr(Direct, "_handled", noted)
    return seen


def send(client: TestClient[Any], cycle: str, name: str, way: str = "") -> httpx.Response:
    """One of the requests."""
    method, path, headers, body = REQUESTS[name]
    whole = path.startswith(("/me", "/cycles", "/workflows", "/nowhere", "/dashboard"))
    address = f"/api/v1{path if whole else f'/cycles/{cycle}{path}'}{way}"
    typed = {"Content-Type": "application/json", **headers} if body is not None else headers
    sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    return client.request(method, address, headers=typed, content=sent)


def told(answer: httpx.Response, log: io.StringIO) -> tuple[Any, ...]:
    """All that is said, to whoever asks and to the log, but for the number of the request."""
    number = answer.headers.pop("x-request-id")
    until = time.monotonic() + 10
    while number not in log.getvalue():  # it may be written just after the answer is out
        assert time.monotonic() < until, "no line"
        time.sleep(0.001)
    line = next(found for found in log.getvalue().splitlines() if number in found)
    left_out = ("timestamp", "ms", "request_id", "where")
    line = {k: v for k, v in json.loads(line).items() if k not in left_out}
    return answer.status_code, dict(answer.headers), answer.text.replace(number, "N"), line


@pytest.mark.parametrize("name", REQUESTS)
def test_both_ways_answer_alike(
    name: str, school: FirstSchool, client: TestClient[Any], log: io.StringIO
) -> None:
    """Status, headers, body and log line are the same, whatever is asked and refused."""
    cycle = school.open()

    short = told(send(client, cycle, name), log)

    assert short == told(send(client, cycle, name, ROUND), log)


def test_a_change_is_made_once_whichever_way_it_comes(
    school: FirstSchool, client: TestClient[Any], taken: list[str]
) -> None:
    """The same request by the other way is answered as a replay: it was understood alike."""
    address, keyed = f"/api/v1/cycles/{school.open()}/records", {"Idempotency-Key": "once"}

    first = client.post(address, json=NOTE, headers=keyed)
    again = client.post(address + ROUND, json=NOTE, headers=keyed)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers.pop("Idempotency-Replayed") == "true"
    alike = ("etag", "content-type", "content-length", "cache-control")
    assert first.json() == again.json()
    assert [first.headers[n] for n in alike] == [again.headers[n] for n in alike]
    assert taken == [address]


def test_a_revoked_token_is_refused_at_once(
    school: FirstSchool, client: TestClient[Any], taken: list[str]
) -> None:
    """The very next request is 401."""
    tokens, operator = Service(school.core).tokens, operator_of(school.id)
    made = tokens.make(operator, "ma", "", 1)
    headers = {"Authorization": f"Bearer {made.text}"}
    before = client.get("/api/v1/me", headers=headers).status_code

    tokens.revoke(operator, made.id)

    assert (before, client.get("/api/v1/me", headers=headers).status_code) == (200, 401)
    assert len(taken) == 2


def test_what_people_do_every_day_takes_the_short_way(
    school: FirstSchool, client: TestClient[Any], taken: list[str]
) -> None:
    """Looking at one's tasks and at a cycle, filing, advancing."""
    cycle = school.open()

    for name in ("my tasks", "one cycle", "transitions", "no key", "blocked"):
        send(client, cycle, name)

    assert len(taken) == 5
