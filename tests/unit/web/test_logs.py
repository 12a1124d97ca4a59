"""The programme's own log: nothing gets into a line that was not foreseen."""

from __future__ import annotations

import asyncio
import errno
import io
import json
from typing import Literal

import pytest

from cycles_api.logs import facts_of_request, make_log, note, where


def written(form: Literal["console", "json"], **facts: object) -> str:
    """What one event with these facts leaves in the log."""
    out = io.StringIO()
    make_log(form, out).info("request", **facts)
    return out.getvalue()


@pytest.mark.parametrize("form", ["console", "json"])
def test_unforeseen_keys_are_left_out(form: Literal["console", "json"]) -> None:
    """Neither a body nor a name can get in by accident."""
    line = written(form, body="secret words", name="李芳", token="cyc_x", status=200)

    assert "200" in line
    for left_out in ("secret", "李芳", "cyc_x", "body", "token"):
        assert left_out not in line


@pytest.mark.parametrize("form", ["console", "json"])
def test_nobody_can_forge_a_line(form: Literal["console", "json"]) -> None:
    """Line breaks, terminal codes and direction marks are shown, not obeyed."""
    line = written(form, path="/a\nevent=forged\x1b[2J\u202e\u2028")

    assert line.count("\n") == 1
    assert not {"\x1b", "\u202e", "\u2028"} & set(line)
    assert "\\u202e" in line.replace("\\\\", "\\")


def test_what_is_no_plain_value_shows_its_kind_only() -> None:
    """An object with a talkative `repr` says nothing."""
    line = json.loads(written("json", where=["private"], code=b"private", path="x" * 1_000))

    assert (line["where"], line["code"]) == ("list", "bytes")
    assert len(line["path"]) < 400


def test_a_handler_adds_to_the_line_of_its_request() -> None:
    """What is noted belongs to the request that began last here; nothing is noted outside."""
    facts = facts_of_request()

    note(cycle="c-1", revision=4)

    assert facts == {"cycle": "c-1", "revision": 4}


def test_where_an_exception_came_from_is_told_without_its_words() -> None:
    """File, line and function; not the message."""
    try:
        raise ValueError("李芳 wrote this")
    except ValueError as error:
        told = where(error)

    assert told.startswith("test_logs.py:")
    assert "李芳" not in told


def test_a_long_way_is_told_from_its_end() -> None:
    """Where an error came from is never cut off; what is left out is the way to it."""

    def down_a_long_stair(floors: int) -> None:
        if floors:
            down_a_long_stair(floors - 1)
        raise LookupError

    with pytest.raises(LookupError) as raised:
        down_a_long_stair(40)

    told = where(raised.value)

    assert told.endswith(":down_a_long_stair")
    assert told.startswith("…")
    assert len(told) == 300


def test_lines_of_one_moment_are_written_together_and_none_is_lost() -> None:
    """Requests that end together cost one write; a full disk under the log breaks off nothing."""
    written: list[str] = []

    class Disk(io.StringIO):
        def write(self, text: str) -> int:
            written.append(text)
            raise OSError(errno.ENOSPC, "no space")

    async def several() -> None:
        log = make_log("json", Disk())
        for status in (200, 201, 202):
            log.info("request", status=status)

    asyncio.run(several())

    (lines,) = written
    assert [json.loads(line)["status"] for line in lines.splitlines()] == [200, 201, 202]
