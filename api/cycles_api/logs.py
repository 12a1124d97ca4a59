"""The programme's own log: one rich line a request and a command.

Only the keys in `KEYS` are ever written, and only short plain values: no names, bodies or tokens
can get in by accident. What an exception says is not written either, for it may quote what people
sent; where it happened is.
"""

from __future__ import annotations

import asyncio
import traceback
import unicodedata
from collections.abc import MutableMapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, Final, Literal, TextIO

import structlog
from structlog.typing import FilteringBoundLogger

__all__ = ["KEYS", "facts_of_request", "make_log", "note", "where"]

#: Everything that a line may hold.
KEYS: Final = frozenset(
    {
        *("event", "level", "timestamp", "request_id"),
        *("method", "path", "status", "ms", "bytes"),
        *("school", "person", "cycle", "workflow", "record", "point"),
        *("act", "transition", "revision", "code", "via", "by", "replayed", "count"),
        *("error", "reason", "cause", "where", "address", "engine", "version", "threads"),
    }
)
_MAX_LENGTH: Final = 300
_FRAMES: Final = 12
#: Control, surrogate and direction characters, which could forge or hide lines.
_UNSAFE: Final = frozenset({"Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn"})

#: What the request being handled has told of itself; the same dict in all its threads.
_FACTS: ContextVar[dict[str, Any] | None] = ContextVar("cycles_facts", default=None)


def make_log(form: Literal["console", "json"], stream: TextIO) -> FilteringBoundLogger:
    """A log that writes to the stream, for people (`console`) or one JSON object a line."""
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    # Bound once: the proxy that `wrap_logger` gives would make a logger for each line.
    log: FilteringBoundLogger = structlog.wrap_logger(
        # It asks no more of a stream than to write and to flush.
        structlog.WriteLogger(_InOneGo(stream)),  # type: ignore[arg-type]
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _closed,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        context_class=dict,
    ).bind()
    return log


class _InOneGo:
    """A stream whose lines of one turn of the event loop go out together, at its end.

    Where no loop runs, each goes out at once. That there is no room for a line is no reason to
    break off a request.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._due = False

    def write(self, text: str) -> None:
        self._lines.append(text)

    def flush(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._out()
            return
        if not self._due:
            self._due = True
            loop.call_soon(self._out)

    def _out(self) -> None:
        self._due = False
        lines, self._lines = self._lines, []
        with suppress(OSError):
            self._stream.write("".join(lines))
            self._stream.flush()


def note(**facts: str | float | bool | None) -> None:
    """Add to the line of the request being handled; outside of one, nothing happens."""
    known = _FACTS.get()
    if known is not None:
        known.update(facts)


def facts_of_request() -> dict[str, Any]:
    """Begin a request: the dict that `note` adds to from now on."""
    facts: dict[str, Any] = {}
    _FACTS.set(facts)
    return facts


def where(error: BaseException) -> str:
    """The innermost places an exception came through, innermost last; never what it says."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    told = " > ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}:{f.name}" for f in frames)
    return told if len(told) <= _MAX_LENGTH else "…" + told[1 - _MAX_LENGTH :]


def _closed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Only known keys, only plain values, no character that could forge a line."""
    return {key: _safe(value) for key, value in event.items() if key in KEYS}


def _safe(value: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if not isinstance(value, str):
        return type(value).__name__
    short = value if len(value) <= _MAX_LENGTH else value[:_MAX_LENGTH] + "…"
    if short.isprintable():
        return short
    return "".join(
        c if unicodedata.category(c) not in _UNSAFE else c.encode("unicode_escape").decode()
        for c in short
    )
