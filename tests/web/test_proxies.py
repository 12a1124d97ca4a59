"""Where a request comes from: from its connection, or as a proxy says that was named."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from cycles_api.serving import server_of
from cycles_api.settings import Settings


@contextmanager
def _echo(proxies: tuple[str, ...]) -> Iterator[str]:
    """A server that answers with the address that it takes its visitor's for."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            said = scope["client"][0].encode()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": said})

    with socket.create_server(("127.0.0.1", 0)) as line:
        server = server_of(app, Settings(proxies=proxies))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [line]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{line.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.mark.parametrize(
    ("proxies", "said", "taken"),
    [
        ((), "203.0.113.9", "127.0.0.1"),
        (("127.0.0.1/32",), "203.0.113.9", "203.0.113.9"),
        (("10.0.0.0/8",), "203.0.113.9", "127.0.0.1"),
        # What a visitor put before it is not believed, only what the named proxy added.
        (("127.0.0.1/32",), "198.51.100.1, 203.0.113.9", "203.0.113.9"),
    ],
)
def test_only_a_named_proxy_is_believed(proxies: tuple[str, ...], said: str, taken: str) -> None:
    """Whoever else sends `X-Forwarded-For` stays who they are."""
    with _echo(proxies) as url:
        answer = httpx.get(url, headers={"X-Forwarded-For": said}, trust_env=False)

    assert answer.text == taken
