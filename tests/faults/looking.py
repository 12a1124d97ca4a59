"""What a server tells: to whoever asks, and in its log."""

from __future__ import annotations

import time
from typing import Any

import httpx

from tests.faults.school import School
from tests.faults.served import PATIENCE_S, ServerProcess, asking

__all__ = ["all_looks", "line_of"]


def all_looks(server: ServerProcess, school: School, cycle: str | None = None) -> dict[str, int]:
    """With which status each question is answered, those about a cycle too if one is named."""
    paths = ["/me", "/me/tasks", "/cycles", "/dashboard", "/log", "/log/verification"]
    if cycle is not None:
        parts = ("", "/transitions", "/records", "/history")
        paths += [f"/cycles/{cycle}{part}" for part in parts]
    with asking(server.url, school.head.token) as client:
        return {path: client.get(f"/api/v1{path}").status_code for path in paths}


def line_of(server: ServerProcess, answer: httpx.Response) -> dict[str, Any]:
    """The one line in the log of the request that was answered so."""
    number, until = answer.json()["request_id"], time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        lines = [line for line in server.lines() if line["request_id"] == number]
        if lines:
            assert len(lines) == 1
            return lines[0]
        time.sleep(0.01)  # it is written after the answer is sent
    message = f"no line of {number}"
    raise AssertionError(message)
