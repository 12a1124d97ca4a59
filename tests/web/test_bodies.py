"""What is sent as a body: taken as its shape, or refused with every fault at once."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.web.stand_in import FILE_LIMIT, JSON_LIMIT, TOKEN, Served
from tests.web.test_frame import problem

HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "Content-Type": "application/json",
    "Idempotency-Key": "one",
    "Accept-Language": "en",
}


def send(served: Served, body: Any, **headers: str) -> httpx.Response:
    """The answer to a note; bytes are sent as they are, all else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return served.client.post("/api/v1/notes", content=content, headers={**HEADERS, **named})


def faults(answer: httpx.Response) -> dict[str, str]:
    """Field to code of a refused body."""
    told = problem(answer, 422, "invalid")
    assert all(fault["sentence"] for fault in told["fields"])
    return {fault["field"]: fault["code"] for fault in told["fields"]}


def test_a_sound_body_is_taken(served: Served) -> None:
    """The handler gets the shape, who asks, the key and the revision that was seen."""
    answer = send(served, {"title": "说课", "parts": [{"name": "教材"}]}, If_Match='"12"')

    assert answer.status_code == 201
    told = answer.json()
    assert (told["title"], told["by"]) == ("说课", "p_seven")
    assert (told["key"], told["revision"]) == ("one", 12)


def test_a_key_stands_for_one_request(served: Served) -> None:
    """The same body sent again is the same request; another body is another."""
    sent = [send(served, {"title": title}).json()["request"] for title in ("a", "a", "b")]

    assert sent[0] == sent[1] != sent[2]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no body"),
        (b"{", "truncated"),
        (b"{'title': 1}", "malformed"),
        (b'{"title": NaN}', "invalid"),
        (b'{"count": 1e999}', "out of range"),
        (b"\xff\xfe{\x00", "malformed"),
        (b'{"title": "\xff"}', "UTF-8"),
        (b'{"title": "\\ud800"}', "surrogate"),
        (b'{"title": "\\udc00 after"}', "surrogate"),
        (b'{"title": "\xed\xa0\x80"}', "surrogate"),
        (b"[" * 8_000, "deep"),
        (b'{"values":' + b'{"a":' * 40 + b"1" + b"}" * 41, "deep"),
    ],
)
def test_what_is_not_json_is_refused(served: Served, body: bytes, reason: str) -> None:
    """400 says in a few words where it stops being JSON."""
    told = problem(send(served, body), 400, "malformed")

    assert reason in told["reason"]


def test_every_fault_is_told_at_once(served: Served) -> None:
    """Wrong kinds, unknown and missing fields, too long texts: each at its own place."""
    body = {
        "count": "many",
        "parts": [{"name": "far too long"}, {"nam": "x"}, 3],
        "tags": ["right", "much too long"],
        "values": [],
        "more": True,
    }

    found = faults(send(served, body))

    assert found == {
        "more": "unknown_field",
        "title": "required",
        "count": "wrong_type",
        "parts.0.name": "too_long",
        "parts.1.nam": "unknown_field",
        "parts.1.name": "required",
        "parts.2": "wrong_type",
        "tags.1": "too_long",
        "values": "wrong_type",
    }


@pytest.mark.parametrize("body", [[], None, 3, "text", True])
def test_a_body_of_another_kind_is_a_fault(served: Served, body: Any) -> None:
    """JSON, but not an object."""
    assert faults(send(served, body)) == {"body": "wrong_type"}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("a\x00b", "control_characters"),
        ("a\x1b[31m", "control_characters"),
        ("\x7f", "control_characters"),
        ("\x85", "control_characters"),
        (1.5, "wrong_type"),
        (2**53, "too_large"),
        (-(2**53), "too_small"),
    ],
)
def test_what_the_log_cannot_hold_is_refused_anywhere(
    served: Served, value: Any, code: str
) -> None:
    """Also where a form of the workflow, not the shape, says what may stand there."""
    found = faults(send(served, {"title": "x", "values": {"a": {"b": [value]}}}))

    assert found == {"values.a.b.0": code}


def test_a_whole_number_may_be_written_with_a_point(served: Served) -> None:
    """`3.0` is the same number as `3`, and what can write only the one is not turned away."""
    assert send(served, b'{"title": "x", "count": 3.0, "values": {"a": 1e2}}').status_code == 201
    assert faults(send(served, b'{"title": "x", "count": 1e300}')) == {"count": "too_large"}


def test_a_control_character_in_a_key_is_refused(served: Served) -> None:
    """A name is text, too; and it is not shown back."""
    answer = send(served, {"title": "x", "values": {"a\x00b": 1}})

    assert faults(answer) == {"values": "control_characters"}


def test_line_breaks_and_tabs_are_text(served: Served) -> None:
    """People write in lines."""
    assert send(served, {"title": "a\nb\tc"}).status_code == 201


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused(served: Served, chunked: bool) -> None:
    """Announced or not, no more than the limit is read, and the limit is told."""
    body = b" " * (JSON_LIMIT + 1)

    def pieces() -> Iterator[bytes]:
        yield from (body[at : at + 1000] for at in range(0, len(body), 1000))

    answer = served.client.post(
        "/api/v1/notes", content=pieces() if chunked else body, headers=HEADERS
    )

    told = problem(answer, 413, "too-large")
    assert told["limit"] == JSON_LIMIT
    assert "16 KB" in told["detail"]


@pytest.mark.parametrize("named", [True, False])
def test_a_file_that_is_too_large_is_refused_while_it_is_sent(served: Served, named: bool) -> None:
    """Without a length announced, too: nobody fills the disk before the limit is looked at."""
    filename = b'; filename="a.pdf"' if named else b""
    part = b"--b\r\nContent-Disposition: form-data; name=file" + filename + b"\r\n\r\n"
    head = (
        f"POST /api/v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n"
    ).encode()
    with socket.create_connection(served.address, timeout=20) as line:
        line.sendall(head + chunk(part))
        for _ in range(3):
            line.sendall(chunk(b"x" * FILE_LIMIT))

        answer = line.recv(65_536)  # though the body never ends

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"limit":%d' % FILE_LIMIT in answer


def chunk(sent: bytes) -> bytes:
    """Bytes as one chunk of a body of unknown length."""
    return b"%x\r\n%b\r\n" % (len(sent), sent)


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/xml",
        "application/json; charset=gbk",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/msgpack",
    ],
)
def test_another_kind_of_content_is_refused(served: Served, kind: str) -> None:
    """415 says what is wanted; a form of another site cannot send a change."""
    answer = send(served, {"title": "x"}, Content_Type=kind)

    assert problem(answer, 415, "unsupported-media-type")["wanted"] == "application/json"


@pytest.mark.parametrize("kind", ["application/json; charset=UTF-8", "Application/JSON"])
def test_json_by_any_of_its_names_is_taken(served: Served, kind: str) -> None:
    """Media types do not tell capitals apart."""
    assert send(served, {"title": "x"}, Content_Type=kind).status_code == 201


@pytest.mark.parametrize(
    "header", ["12", 'W/"12"', '"12", "13"', '"-1"', '"012"', "*", '""', '"x"']
)
def test_a_precondition_that_cannot_be_read_is_refused(served: Served, header: str) -> None:
    """What was meant to protect somebody's work is never passed over."""
    told = problem(send(served, {"title": "x"}, If_Match=header), 400, "bad-header")

    assert told["like"] == '"12"'


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "é"])
def test_a_key_that_is_none_is_refused(served: Served, key: str) -> None:
    """Visible ASCII, not too long."""
    headers = {**HEADERS, "Idempotency-Key": key.encode("latin-1")}

    answer = served.client.post("/api/v1/notes", content=b'{"title":"x"}', headers=headers)

    assert problem(answer, 400, "idempotency")["reason"] == "malformed"


def test_a_change_without_a_key_is_refused(served: Served) -> None:
    """Sent twice by a bad line, it must count once; so it needs its key."""
    headers = {k: v for k, v in HEADERS.items() if k != "Idempotency-Key"}

    answer = served.client.post("/api/v1/notes", content=b'{"title":"x"}', headers=headers)

    assert problem(answer, 400, "idempotency")["reason"] == "missing"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("limit=0", {"limit": "too_small"}),
        ("limit=201", {"limit": "too_large"}),
        ("limit=x&after=y", {"limit": "wrong_type", "after": "wrong_type"}),
        ("limit=%ff", {"limit": "wrong_type"}),
        ("cursor=nonsense", {"cursor": "bad_cursor"}),
        ("cursor=%00", {"cursor": "bad_cursor"}),
        ("cursor=WyJ4Il0", {"cursor": "bad_cursor"}),
        ("cursor=" + "W" * 1_001, {"cursor": "too_long"}),
    ],
)
def test_parameters_are_read_strictly(served: Served, query: str, found: dict[str, str]) -> None:
    """Each parameter that is wrong is named with what is wrong."""
    told = problem(
        served.client.get(f"/api/v1/notes?{query}", headers=HEADERS), 400, "bad-parameter"
    )

    assert {fault["field"]: fault["code"] for fault in told["fields"]} == found
