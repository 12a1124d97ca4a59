"""How things are measured: in turns, over several rounds, the median."""

from __future__ import annotations

import cProfile
import pstats
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Rate", "Rates", "Took", "calls_of", "in_turns", "median_of", "turns"]


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


@dataclass(frozen=True, slots=True)
class Took:
    """How long calls took, in milliseconds: by the clock, and of CPU in this thread."""

    ms: float
    cpu_ms: float

    @property
    def beside(self) -> str:
        """What a busy machine does not change much."""
        return f"{self.cpu_ms:.2f} ms of CPU"


def median_of(call: Callable[[], Any], *, times: int = 50) -> Took:
    """The median of some calls; the first is not counted."""
    return turns({"": lambda _: call()}, times=times)[""]


def turns(
    cases: Mapping[str, Callable[[int], Any]], *, times: int, warm: int = 1
) -> dict[str, Took]:
    """The median of each case; all take turns. A case is given its turn's number.

    The first turns, so many as `warm` says, are not counted.
    """
    found: dict[str, list[Took]] = {name: [] for name in cases}
    for turn in range(warm + times):
        for name, call in cases.items():
            began, cpu = time.perf_counter(), time.thread_time()
            call(turn)
            used, took = time.thread_time() - cpu, time.perf_counter() - began
            if turn >= warm:
                found[name].append(Took(took * 1000, used * 1000))
    return {
        name: Took(statistics.median(t.ms for t in each), statistics.median(t.cpu_ms for t in each))
        for name, each in found.items()
    }


def calls_of(run: Callable[[], int]) -> float:
    """How many Python calls each of the things takes that `run` does; free of noise."""
    profile = cProfile.Profile()
    done = profile.runcall(run)
    return pstats.Stats(profile).total_calls / done  # type: ignore[attr-defined]
