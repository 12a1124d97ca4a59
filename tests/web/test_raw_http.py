"""Bytes that no client library would send: refused, or answered, and never a failure of ours."""

from __future__ import annotations

import contextlib
import json
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.fuzzing import Fuzzed, fuzzed_school

ADDRESSES = (
    *("/api/v1/me", "/api/v1/me/tasks", "/api/v1/cycles", "/api/v1/log", "/api/v1/log/export"),
    *("/api/v1/cycles/{cycle}", "/api/v1/cycles/{cycle}/transitions", "/api/v1/files"),
    *("/api/v1/cycles/{cycle}/records", "/api/v1/cycles/{cycle}/what-if", "/api/v1/dashboard"),
    *("/api/v1/cycles/{cycle}/history", "/api/v1/workflows/lesson-study/diagram", "/nowhere"),
)
ODD = ("%00", "%ff", "%2e%2e/", "%2f", "//", ";a=b", "%", "%zz", "?", "?limit=%00", "?cursor=%80")
ODD_HEADERS = (
    b"Idempotency-Key: \xff\xfe",
    b'If-Match: "1"\r\nIf-Match: "2"',
    b"Idempotency-Key: a\r\nIdempotency-Key: b",
    b"Content-Type: application/json; charset=\x80",
    b"Content-Type: multipart/form-data; boundary=",
    b"Content-Type: multipart/form-data; boundary=b",
    b"Content-Length: 3\r\nContent-Length: 5",
    b"Content-Length: -1",
    b"Content-Length: 99999999999999999999",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: gzip, chunked\r\nContent-Length: 4",
    b"Expect: 100-continue",
    b"Connection: Upgrade\r\nUpgrade: websocket",
    b"Accept-Language: " + b"zh;q=0." * 500,
    b"Accept: text/html;q=nonsense",
    b"Cookie: a=b; =; \x01",
    b"X-Request-Id: \xe2\x80\xae",
    b"Range: bytes=0-",
    b"Host: \xff",
    b"Authorization: Bearer a b",
)
BODIES = (
    b"",
    b"{",
    b"null",
    b"[[" * 2_000,
    b'{"transition":"approve"}',
    b'{"commands":[]}',
    b'\xef\xbb\xbf{"a":1}',
    b'{"a":1e400}',
    b"5\r\nabcde\r\n0\r\n\r\n",
    b"zz\r\n",
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-\r\n--b--',
    b"--b\r\nContent-Disposition: form-data; name=file; filename*=utf-8''%ff\r\n\r\nx\r\n--b--\r\n",
    b"--b\r\n\r\n--b\r\n",
)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    """The demo school on loopback."""
    with fuzzed_school(tmp_path_factory.mktemp("raw")) as running:
        yield running


requests = st.fixed_dictionaries(
    {
        "method": st.sampled_from(
            ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "G\0")
        ),
        "address": st.sampled_from(ADDRESSES),
        "odd": st.lists(st.sampled_from(ODD), max_size=2),
        "headers": st.lists(st.sampled_from(ODD_HEADERS), max_size=3),
        "body": st.sampled_from(BODIES) | st.binary(max_size=60),
        "told": st.sampled_from((0, 0, 0, 1, -1)),
        "known": st.booleans(),
    }
)


def test_no_bytes_make_the_server_fail(school: Fuzzed) -> None:
    """Whatever comes on a connection: no 5xx, no line of an error, and the next one is served."""
    host, _, port = school.url.removeprefix("http://").partition(":")

    @given(st.lists(requests, min_size=1, max_size=4))
    def asked(sent: list[dict[str, Any]]) -> None:
        before = len(school.log.getvalue())
        with socket.create_connection((host, int(port)), timeout=20) as line:
            with contextlib.suppress(ConnectionError):  # refused before all of it was sent
                line.sendall(b"".join(_bytes(school, request) for request in sent))
                line.shutdown(socket.SHUT_WR)
            answered = _all(line)
        with socket.create_connection((host, int(port)), timeout=20) as line:
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert _all(line).startswith(b"HTTP/1.1 200 ")

        statuses = [int(found) for found in re.findall(rb"HTTP/1\.1 ([0-9]{3}) ", answered)]
        assert all(status < 500 for status in statuses), answered
        lines = [json.loads(told) for told in school.log.getvalue()[before:].splitlines()]
        assert not [told for told in lines if told["level"] == "error"]

    asked()


def _bytes(school: Fuzzed, request: dict[str, Any]) -> bytes:
    """The request as it goes over the line."""
    cycle = school.demo.cycles["blocked"]
    address, body = request["address"].format(cycle=cycle), request["body"]
    address += "".join(request["odd"])
    lines = [f"{request['method']} {address} HTTP/1.1".encode("latin-1"), b"Host: x"]
    if request["known"]:
        lines.append(f"Authorization: Bearer {school.demo.tokens['song']}".encode())
    lines += request["headers"]
    lines.append(f"Content-Length: {max(0, len(body) + request['told'])}".encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _all(line: socket.socket) -> bytes:
    """Everything until the other side closes."""
    parts = []
    with contextlib.suppress(ConnectionError):
        while part := line.recv(65_536):
            parts.append(part)
    return b"".join(parts)
