"""Rounds of a fault under load, each followed by a judgement, and their figures."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.databases import Server
from tests.faults.judge import AGAIN, judged, judged_by_http, judged_by_log, judged_by_verify
from tests.faults.load import Load
from tests.faults.scarce_disk import Disk
from tests.faults.school import School
from tests.faults.served import ServerProcess

__all__ = ["Figures", "crashed", "filled", "killed", "play"]


@dataclass(slots=True)
class Figures:
    """What was tried, and how long it took until a command was acknowledged again."""

    rounds: int = 0
    acknowledged: int = 0
    files: int = 0
    #: Commands that were not answered at first and sent again.
    repeated: int = 0
    #: Of these, those that had been done all the same.
    done_before: int = 0
    #: Commands that a colleague's had made stale, and that changed nothing.
    refused: int = 0
    #: How long each round's return to service took.
    returns_s: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.rounds} rounds,"
            f" {self.acknowledged} commands and {self.files} files acknowledged,"
            f" {self.repeated} sent again ({self.done_before} of them had been done),"
            f" {self.refused} refused as stale; return to service:"
            f" median {statistics.median(self.returns_s):.2f} s,"
            f" slowest {max(self.returns_s):.2f} s"
        )


def killed(server: ServerProcess) -> Callable[[], float]:
    """The server is killed and started again."""

    def fault() -> float:
        server.kill()
        since = time.perf_counter()
        server.start()
        return since

    return fault


def crashed(postgres: Server) -> Callable[[], float]:
    """PostgreSQL is ended at once, is away for a moment, and is started again."""
    chance = random.Random(postgres.url)

    def fault() -> float:
        postgres.crash()
        time.sleep(chance.uniform(0, 0.3))
        postgres.start()
        return time.perf_counter()

    return fault


def filled(disk: Disk, server: ServerProcess) -> Callable[[], float]:
    """Nothing more fits on the disk for a moment."""
    chance = random.Random(0)

    def fault() -> float:
        disk.fill(server)
        time.sleep(chance.uniform(0, 0.3))
        disk.free(server)
        return time.perf_counter()

    return fault


def play(
    server: ServerProcess,
    school: School,
    fault: Callable[[], float],
    *,
    rounds: int,
    each: int,
) -> Figures:
    """Let the fault happen under load, round after round; nothing may be lost or done twice.

    Args:
        server: It runs, and serves the school.
        school: Whose people send the load.
        fault: Makes the fault and mends it; the reading of `time.perf_counter` from which on the
            server could serve again.
        rounds: How many.
        each: How many commands are acknowledged before each fault, at least.
    """
    chance, figures = random.Random(rounds), Figures(rounds=rounds)
    with Load(server, school) as load:
        for _ in range(rounds):
            before = len(load.sent)
            load.wait_for(each)
            time.sleep(chance.uniform(0, 0.02))  # so that it comes at any point of a command
            since = fault()
            load.wait_for(1)
            figures.returns_s.append(time.perf_counter() - since)
            with load.paused():
                new = load.sent[before:]
                found = [
                    *load.faults,
                    *judged_by_verify(school),
                    *judged_by_log(school.database, load.sent),
                    *judged_by_http(server.url, school.head, new, again=AGAIN),
                ]
            assert not found, found
        with load.paused():
            found = judged(server, school, load)
            assert not found, found
            figures.files = len(load.files)
            for sent in load.sent:
                figures.acknowledged += sent.acknowledged
                figures.repeated += sent.tries > 1
                figures.done_before += sent.replayed
                figures.refused += not sent.acknowledged
    return figures
