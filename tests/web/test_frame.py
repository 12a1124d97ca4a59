"""What surrounds every request: headers, ids, the log line, and nobody without a token."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx
import pytest

from tests.web.stand_in import TOKEN, Served

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer, which has this status and code."""
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, told["code"]) == (status, code), told
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["type"] == f"/problems/{code}"
    assert told["status"] == status
    assert told["request_id"] == answer.headers["x-request-id"]
    assert told["title"]
    assert told["detail"]
    return told


@pytest.mark.parametrize(
    "path", ["/healthz", "/api/v1/notes", "/nowhere", "/api/v1/cycles/1/broken"]
)
def test_security_headers_are_on_every_answer(served: Served, path: str) -> None:
    """Answers, refusals and failures alike forbid framing, sniffing, referring and storing."""
    answer = served.client.get(path, headers=BEARER)

    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers
    assert "strict-transport-security" not in answer.headers


def test_a_handler_may_choose_a_header_itself(served: Served) -> None:
    """What a handler sets stands, once."""
    answer = served.client.get("/api/v1/page", headers=BEARER)

    assert answer.headers.get_list("cache-control") == ["private"]


def test_a_request_id_is_made_or_taken(served: Served) -> None:
    """Whoever sends a well-formed id gets it back; anybody else gets a fresh one."""
    mine = served.client.get("/healthz", headers={"X-Request-Id": "mine-12345678"})
    forged = served.client.get("/healthz", headers={"X-Request-Id": "a b\tc forged line"})

    assert mine.headers["x-request-id"] == "mine-12345678"
    assert uuid.UUID(forged.headers["x-request-id"])


def test_one_line_a_request_with_ids_only(served: Served) -> None:
    """The log says who did what, by ids and the route's template; no query, body or token."""
    answer = served.client.get("/api/v1/notes?limit=7&after=5", headers=BEARER)

    line = served.line_of(answer)
    request = {"request_id", "method", "path", "status", "ms", "school", "person"}
    assert set(line) == {"event", "level", "timestamp"} | request
    assert line["path"] == "/api/v1/notes"
    assert (line["school"], line["person"]) == ("north", "p_seven")


def test_an_unforeseen_failure_shows_nothing_of_itself(served: Served) -> None:
    """People get a number to ask about, the log gets the place, nobody gets the message."""
    answer = served.client.get("/api/v1/cycles/c-1/broken", headers=BEARER)

    told, line = problem(answer, 500, "internal"), served.line_of(answer)
    assert told["request_id"] in told["detail"]
    assert "private" not in answer.text
    assert "private" not in json.dumps(line, ensure_ascii=False)
    assert (line["level"], line["error"], line["cycle"]) == ("error", "RuntimeError", "c-1")
    assert line["where"].endswith(":broken")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN} {TOKEN}",
        "Bearer " + "x" * 5_000,
        f"Bearer {TOKEN}é".encode().decode("latin-1"),
    ],
)
@pytest.mark.parametrize("call", [("GET", "/api/v1/notes"), ("POST", "/api/v1/notes")])
def test_without_a_token_that_holds_nothing_is_said(
    served: Served, header: str | None, call: tuple[str, str]
) -> None:
    """A route that does not call itself public answers 401, whatever was sent."""
    headers = {} if header is None else {b"Authorization": header.encode("latin-1")}

    answer = served.client.request(*call, headers=headers, content=b"{")  # type: ignore[arg-type]

    told = problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "possible" not in told


def test_a_token_counts_in_the_header_alone(served: Served) -> None:
    """Neither a cookie nor the address can carry a token: no other site can borrow it."""
    cookie = served.client.get("/api/v1/notes", headers={"Cookie": f"token={TOKEN}"})
    address = served.client.get("/api/v1/notes", params={"token": TOKEN, "access_token": TOKEN})

    problem(cookie, 401, "unauthenticated")
    problem(address, 401, "unauthenticated")


def test_tokens_that_cannot_be_tokens_are_not_looked_up(served: Served) -> None:
    """Nobody keeps the database busy with megabytes of nonsense."""
    before = len(served.gate.asked)

    served.client.get("/api/v1/notes", headers={"Authorization": "Bearer " + "x" * 5_000})

    assert len(served.gate.asked) == before


def test_an_unknown_address_is_a_problem_too(served: Served) -> None:
    """Nothing is there: 404 in the reader's language, with where to look."""
    zh = served.client.get("/nowhere")
    en = served.client.get("/nowhere", headers={"Accept-Language": "en"})

    assert "/api/v1/openapi.json" in problem(zh, 404, "no-such-path")["detail"]
    assert problem(en, 404, "no-such-path")["title"] == "No such address"


def test_a_wrong_method_names_the_right_ones(served: Served) -> None:
    """405 says what the address does take."""
    answer = served.client.delete("/api/v1/notes", headers=BEARER)

    assert problem(answer, 405, "method-not-allowed")["allowed"] == ["GET", "HEAD", "POST"]
    assert answer.headers["allow"] == "GET, HEAD, POST"


def test_head_is_get_without_its_body(served: Served) -> None:
    """A programme may ask for the headers alone; the log says that it did, and where."""
    got = served.client.get("/api/v1/notes", headers=BEARER)
    answer = served.client.head("/api/v1/notes", headers=BEARER)
    stranger = served.client.head("/api/v1/notes")

    assert (answer.status_code, answer.content) == (200, b"")
    kept = {"date", "x-request-id"}
    assert {k: v for k, v in answer.headers.items() if k not in kept} == {
        k: v for k, v in got.headers.items() if k not in kept
    }
    assert (stranger.status_code, stranger.content) == (401, b"")
    line = served.line_of(answer)
    assert (line["method"], line["path"], line["status"]) == ("HEAD", "/api/v1/notes", 200)


def test_head_of_what_cannot_be_read_names_the_right_methods(served: Served) -> None:
    """Where GET is not taken, HEAD is not either."""
    answer = served.client.head("/api/v1/cycles/c-1/feedback/merge", headers=BEARER)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_nobody_is_asked_beforehand(served: Served) -> None:
    """Pages of other sites may not call us: their browsers' question is refused like any other."""
    answer = served.client.options("/api/v1/notes", headers=BEARER)
    stranger = served.client.options("/api/v1/notes", headers={"Origin": "https://elsewhere"})

    assert problem(answer, 405, "method-not-allowed")["allowed"] == ["GET", "HEAD", "POST"]
    problem(stranger, 405, "method-not-allowed")
    assert "access-control-allow-origin" not in stranger.headers


def test_health_says_nothing_of_the_inside(served: Served) -> None:
    """Fine is 200; a database that cannot work is 503 with a time to try again."""
    fine = served.client.get("/healthz")
    served.gate.down = True
    try:
        down = served.client.get("/healthz")
    finally:
        served.gate.down = False

    assert fine.json() == {"status": "ok"}
    problem(down, 503, "store-unavailable")
    assert int(down.headers["retry-after"]) > 0
    assert "sda1" not in down.text


def test_every_code_is_explained_in_both_languages(served: Served) -> None:
    """`type` of a problem leads to what it means; a code that nothing has leads to 404."""
    told = served.client.get("/problems/blocked").json()
    unknown = served.client.get("/problems/nonsense")

    assert told["status"] == 409
    assert told["zh"]["title"] == "还差一些"
    assert told["en"]["meaning"]
    problem(unknown, 404, "not-found")


def test_what_breaks_http_itself_breaks_nothing_else(served: Served) -> None:
    """Bytes that are no HTTP are refused, and the next request is served."""
    for sent in (b"\x00\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nA: b\x00c\r\n\r\n"):
        assert served.raw(sent).startswith((b"HTTP/1.1 4", b""))

    assert served.client.get("/healthz").status_code == 200


def test_a_client_that_goes_away_is_no_failure_of_ours(served: Served) -> None:
    """Half a body and then nothing: no 5xx in the log."""
    before = len(served.lines())

    served.raw(
        b"POST /api/v1/notes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
        + TOKEN.encode()
        + b"\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )

    served.line_of(served.client.get("/healthz"))
    assert all(line["status"] < 500 for line in served.lines()[before:])
