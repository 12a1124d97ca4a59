"""`make bench`: what a command costs, beside what the database alone costs in the same run.

Figures are medians of several rounds on this machine, and ratios of two figures of one run:
only these can be compared with another machine's.
"""

from __future__ import annotations

import hashlib
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from cycles.engine.commands import Advance, File
from cycles.service import Actor, Given
from cycles.service.verifying import verify_database
from cycles.store import open_store
from tests.unit.service.first_school import FirstSchool

ROUNDS = 5
COMMANDS = 200
CLIENTS = 32
#: Commands in each cycle; a lesson study of three rounds has about sixty.
EACH = 10

_RAW = """
CREATE TABLE state (id TEXT PRIMARY KEY, revision INTEGER, state TEXT, head BLOB);
CREATE TABLE audit (id TEXT, seq INTEGER, body BLOB, leaf BLOB, PRIMARY KEY (id, seq));
"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="cycles-bench-") as place:
        folder = Path(place)
        limit = _rate(lambda n: _raw(folder / f"raw{n}.db"))
        print(f"{'raw sqlite3, one commit a transition (the limit)':58}{limit:9.0f} /s")
        with closing(open_store(f"sqlite:///{folder / 'cycles.db'}", migrate=True)) as store:
            school = FirstSchool(store, folder)
            school.core.view(
                school.id
            )  # as signing in does: the directory is in memory from then on
            one = _rate(lambda n: _one_by_one(school))
            _say("one client, SQLite FULL", one, limit)
            many = _rate(lambda n: _at_once(school))
            _say(f"{CLIENTS} clients, SQLite FULL (group commit)", many, limit)
            began = time.perf_counter()
            report = verify_database(school.core, school.id)
            rate = report.entries / (time.perf_counter() - began)
            print(f"{'verify with replay':58}{rate:9.0f} entries/s")
            _looks(school)


def _looks(school: FirstSchool) -> None:
    cycle, song = school.open(), school.actor("song")
    for name, call in {
        "a person's tasks": lambda: school.looking.tasks(song),
        "one cycle": lambda: school.looking.cycle(song, cycle),
        "its transitions": lambda: school.looking.transitions(song, cycle),
        "what-if of 20 commands": lambda: school.looking.what_if(
            song, cycle, [Advance(transition="approve")] * 20
        ),
    }.items():
        times = []
        for _ in range(50):
            began = time.perf_counter()
            call()
            times.append(time.perf_counter() - began)
        print(f"{name:58}{statistics.median(times) * 1000:9.2f} ms")


def _say(name: str, rate: float, limit: float) -> None:
    print(f"{name:58}{rate:9.0f} /s  {rate / limit:5.2f} x the limit")


def _rate(run: Callable[[int], int]) -> float:
    """Commands a second, the median of some rounds."""
    rates = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        done = run(number)
        rates.append(done / (time.perf_counter() - began))
    return statistics.median(rates)


def _raw(path: Path) -> int:
    """The state row, the audit row and the chain's hash, one commit each."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + _RAW)
        leaf = b""
        db.execute("INSERT INTO state VALUES ('c', 0, 's', x'')")
        for seq in range(1, COMMANDS + 1):
            body = f'{{"seq":{seq},"prev":"{leaf.hex()}"}}'.encode().ljust(600)
            leaf = hashlib.sha256(body).digest()
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT INTO audit VALUES ('c', ?, ?, ?)", (seq, body, leaf))
            db.execute("UPDATE state SET revision = ?, head = ? WHERE id = 'c'", (seq, leaf))
            db.execute("COMMIT")
    return COMMANDS


def _filing(number: int) -> File:
    return File(record="proposal", fields={"theme": f"主题 {number}", "why": "学生只会套公式"})


def _one_by_one(school: FirstSchool) -> int:
    """New versions of a record, one after the other, ten in each cycle."""
    liu = school.actor("liu")
    for cycle in [school.open() for _ in range(COMMANDS // EACH)]:
        _versions(school, liu, cycle)
    return COMMANDS + COMMANDS // EACH


def _versions(school: FirstSchool, liu: Actor, cycle: str) -> None:
    for number in range(EACH):
        given = Given(revision=number + 1, key=f"{cycle}{number}", request="r")
        school.acting.act(liu, cycle, [_filing(number)], given)


def _at_once(school: FirstSchool) -> int:
    """The same by many clients, each in a cycle of its own."""
    liu, cycles = school.actor("liu"), [school.open() for _ in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(lambda cycle: _versions(school, liu, cycle), cycles))
    return CLIENTS * (EACH + 1)


if __name__ == "__main__":
    main()
