"""How things are measured: in turns, over several rounds, the median."""

from __future__ import annotations

import cProfile
import pstats
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Rate", "Rates", "calls_of", "in_turns", "median_ms", "turns_ms"]


@dataclass(frozen=True, slots=True)
class Rate:
    """One round: how many a second, and how many microseconds of this process's CPU each took."""

    per_s: float
    cpu_us: float


class Rates:
    """All rounds of several cases; a ratio is taken inside each round, then the median."""

    def __init__(self, rounds: list[Mapping[str, Rate]]) -> None:
        self._rounds = rounds

    def per_s(self, case: str) -> float:
        """How many a second."""
        return statistics.median(r[case].per_s for r in self._rounds)

    def cpu_us(self, case: str) -> float:
        """Microseconds of CPU for one; a busy machine does not change it much."""
        return statistics.median(r[case].cpu_us for r in self._rounds)

    def ratio(self, case: str, to: str) -> float:
        """How often as fast as another case."""
        return statistics.median(r[case].per_s / r[to].per_s for r in self._rounds)

    def said(self, case: str) -> str:
        """In words."""
        return f"{self.per_s(case):,.0f} /s, {self.cpu_us(case):,.0f} µs CPU each"


def in_turns(cases: Mapping[str, Callable[[], int]], rounds: int) -> Rates:
    """Run every case once a round; each says how many it did."""
    found = []
    for _ in range(rounds):
        found.append({name: _rate(run) for name, run in cases.items()})
    return Rates(found)


def _rate(run: Callable[[], int]) -> Rate:
    began, cpu = time.perf_counter(), time.process_time()
    done = run()
    used, took = time.process_time() - cpu, time.perf_counter() - began
    return Rate(done / took, used / done * 1e6)


def median_ms(call: Callable[[], Any], *, times: int = 50) -> float:
    """The median of some calls, in milliseconds; the first is not counted."""
    call()
    return statistics.median(_ms(call) for _ in range(times))


def turns_ms(
    cases: Mapping[str, Callable[[int], Any]], *, times: int, warm: int = 1
) -> dict[str, float]:
    """The median of each case in milliseconds; all take turns. A case is given its turn's number.

    The first turns, so many as `warm` says, are not counted.
    """
    found: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(warm + times):
        for name, call in cases.items():
            took = _ms(lambda call=call, turn=turn: call(turn))  # type: ignore[misc]
            if turn >= warm:
                found[name].append(took)
    return {name: statistics.median(each) for name, each in found.items()}


def _ms(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def calls_of(run: Callable[[], int]) -> float:
    """How many Python calls each of the things takes that `run` does; free of noise."""
    profile = cProfile.Profile()
    done = profile.runcall(run)
    return pstats.Stats(profile).total_calls / done  # type: ignore[attr-defined]
