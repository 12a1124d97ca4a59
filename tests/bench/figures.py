"""What was measured, beside what it must and should be; a table for people, JSON for programmes."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["Figure", "as_json", "times", "told"]

#: Which way is better.
MORE, LESS = ">=", "<="


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table.

    Attributes:
        name: What was measured.
        measured: The figure that is judged; `None` where it could not be had (`beside` says why).
        unit: Its unit; `x` for a ratio.
        must: The limit of what is accepted; `None`: it is reported only.
        aim: What is possible.
        better: `>=` where more is better, `<=` where less is.
        beside: The figures it comes from, for whoever wants to know.
    """

    name: str
    measured: float | None
    unit: str
    must: float | None = None
    aim: float | None = None
    better: str = MORE
    beside: str = ""

    @property
    def verdict(self) -> str:
        """`aim`, `must`, `MISSED`, or nothing where nothing is asked."""
        if self.measured is None or self.must is None:
            return ""
        if self.aim is not None and self._reaches(self.aim):
            return "aim"
        return "must" if self._reaches(self.must) else "MISSED"

    def _reaches(self, goal: float) -> bool:
        assert self.measured is not None
        return self.measured >= goal if self.better == MORE else self.measured <= goal


def times(name: str, ratio: float, must: float, aim: float, beside: str = "") -> Figure:
    """A ratio to something else of the same run, of which more is better."""
    return Figure(name=name, measured=ratio, unit="x", must=must, aim=aim, beside=beside)


def told(title: str, figures: Iterable[Figure]) -> str:
    """A part of the table."""
    lines = [f"\n{title}", f"  {'':54}{'measured':>14} {'must':>10} {'aim':>10}"]
    for one in figures:
        measured = "-" if one.measured is None else f"{_number(one.measured)} {one.unit}"
        line = f"  {_padded(one.name, 54)}{measured:>14} {_goal(one, one.must):>10}"
        line += f" {_goal(one, one.aim):>10}  {one.verdict:7}{one.beside}"
        lines.append(line.rstrip())
    return "\n".join(lines)


def as_json(parts: dict[str, list[Figure]], path: Path) -> None:
    """Write all figures, and on what they were measured, to a file."""
    machine = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "load": _load(),
    }
    figures = {
        part: [{**asdict(one), "verdict": one.verdict} for one in found]
        for part, found in parts.items()
    }
    whole = {"machine": machine, "figures": figures}
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def machine() -> str:
    """On what this was measured, in a line."""
    busy = "" if (_load() or 0) < 0.5 else f"; others use it too (load {_load():.1f})"
    return (
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} cores{busy}"
    )


def _load() -> float | None:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def _goal(one: Figure, goal: float | None) -> str:
    return "" if goal is None else f"{one.better} {_number(goal)}"


def _number(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}".rstrip("0").rstrip(".") if value >= 1 else f"{value:.3g}"


def _padded(text: str, width: int) -> str:
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return text + " " * max(1, width - len(text) - wide)
