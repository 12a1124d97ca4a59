"""`make bench`: what Cycles costs, beside what the bare databases cost in the same run.

Figures are medians of several rounds on this machine, and ratios of two figures of one run:
only these can be compared with another machine's. Nothing fails for being slow.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.bench import commands, over_http, pages, scale, upkeep
from tests.bench.figures import Figure, as_json, machine, told

Part = Callable[[Path, argparse.Namespace], Iterable[Figure]]

#: Name → title, how it is measured.
PARTS: dict[str, tuple[str, Part]] = {
    "sqlite": ("A command · SQLite, FULL", lambda f, a: commands.on_sqlite(f, a.rounds)),
    "postgres": ("A command · PostgreSQL", lambda f, a: commands.on_postgres(f, a.rounds)),
    "http": ("Over HTTP · SQLite, FULL", lambda f, a: over_http.measured(f, a.rounds)),
    "scale": ("Many cycles · SQLite, FULL", lambda f, a: scale.measured(f, a.cycles)),
    "pages": ("Pages · the demo school with 1,000 cycles", lambda f, a: pages.measured(f)),
    "upkeep": ("Verifying, trying out, starting", lambda f, a: upkeep.measured(f, a.rounds)),
}


def main() -> None:
    """Measure what is asked for, and print it as it comes."""
    asked = parser().parse_args()
    print(machine())
    found: dict[str, list[Figure]] = {}
    for name in asked.parts or PARTS:
        title, measure = PARTS[name]
        with tempfile.TemporaryDirectory(prefix="cycles-bench-") as place:
            found[name] = list(measure(Path(place), asked))
        print(told(title, found[name]), flush=True)
    if asked.json is not None:
        as_json(found, asked.json)


def parser() -> argparse.ArgumentParser:
    """What may be asked for."""
    found = argparse.ArgumentParser(prog="make bench BENCH_ARGS=…", description=__doc__)
    found.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all if none is named")
    found.add_argument("--rounds", type=int, default=5, help="how often everything is measured")
    found.add_argument(
        "--million",
        dest="cycles",
        action="store_const",
        const=1_000_000,
        default=100_000,
        help="a million cycles instead of 100,000: takes minutes and 10 GB of disk",
    )
    found.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    return found


if __name__ == "__main__":
    main()
