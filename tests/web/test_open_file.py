"""A file that is being sent is closed, however the caller goes."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest
from litestar.testing import RequestFactory

from cycles_api.rest.open_file import OpenFile

HANGS_UP: dict[str, int] = {"before the first byte": 0, "in the middle": 1, "never": 9}


@pytest.mark.parametrize("parts", HANGS_UP.values(), ids=HANGS_UP)
def test_a_sent_file_is_closed(parts: int) -> None:
    """Also when the caller hangs up before the first byte or in the middle."""
    source = io.BytesIO(b"x" * 1_000_000)
    answer = OpenFile(source, size=1_000_000, media_type="text/plain", headers={})
    heard: list[bytes] = []
    gone = asyncio.Event()

    async def receive() -> Any:
        if parts:
            await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        heard.append(message.get("body", b""))
        if len([part for part in heard if part]) >= parts or message.get("more_body") is False:
            gone.set()
            await asyncio.sleep(0)

    request = RequestFactory().get("/")
    asyncio.run(answer.to_asgi_response(None, request)(request.scope, receive, send))

    assert source.closed
    assert (sum(map(len, heard)) == 1_000_000) is (parts == HANGS_UP["never"])
