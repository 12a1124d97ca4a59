"""What does not happen at every press: verifying, trying out, loading, starting, memory."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from cycles.engine.commands import Advance
from cycles.service import Core, shipped
from cycles.service.verifying import verify_database
from cycles.store import open_store
from cycles.store.files import FileFolder
from tests.bench.district import CYCLES, District, made
from tests.bench.figures import LESS, MORE, Figure
from tests.bench.measuring import median_of
from tests.bench.school import School
from tests.bench.served import CYCLES as PROGRAMME
from tests.bench.served import Running, serving

__all__ = ["measured"]

#: Schools of a thousand cycles in the small and in the large log whose verifying is compared.
SMALL, LARGE = 2, 20
#: Of so many years is the log of one school that is compared with one of a year: 110,000 entries.
YEARS = 100
#: A command of ours, and then what the system says of the process's memory.
_AND_ITS_PEAK = """
import pathlib, sys
from cycles_api.cli.entry import run
code, status = run(sys.argv[1:]), pathlib.Path("/proc/self/status")
if status.exists():
    print(status.read_text(), file=sys.stderr)
sys.exit(code)
"""


def measured(folder: Path, rounds: int) -> Iterator[Figure]:
    """One after the other."""
    yield from _verifying(folder, rounds)
    yield from _trying(folder)
    loading = median_of(shipped, times=rounds)
    yield Figure(
        name="loading and checking all workflows",
        measured=loading.ms,
        unit="ms",
        must=100,
        better=LESS,
        beside=loading.beside,
    )
    yield from _serving(folder, rounds)


# --- verifying -----------------------------------------------------------------------------


def _verifying(folder: Path, rounds: int) -> Iterator[Figure]:
    small, large = made(folder, SMALL * CYCLES), made(folder, LARGE * CYCLES)
    with closing(open_store(f"sqlite:///{large.path}")) as store:
        core = Core(store, FileFolder(folder))
        rate = statistics.median(_entries_per_s(core, f"s{n}") for n in range(rounds))
    yield Figure(
        name="verify of a database, with replay, each core",
        measured=rate,
        unit="/s",
        must=40_000,
        aim=80_000,
        better=MORE,
        beside="entries a second of CPU",
    )
    yield from _memory(f"{LARGE // SMALL} times the schools", small, large)
    one = {years: made(folder, CYCLES, years=years) for years in (1, YEARS)}
    yield from _memory("one school's log of many years", one[1], one[YEARS])


def _memory(name: str, small: District, large: District) -> Iterator[Figure]:
    before, after = _peak_mb(small), _peak_mb(large)
    if before is not None and after is not None:
        yield Figure(
            name=f"memory of `cycles verify`, {name}",
            measured=after / before,
            unit="x",
            must=1.2,
            aim=1.1,
            better=LESS,
            beside=f"{small.entries:,} entries {before:.0f} MB, {large.entries:,} {after:.0f} MB",
        )


def _entries_per_s(core: Core, school: str) -> float:
    began = time.process_time()
    report = verify_database(core, school)
    used = time.process_time() - began
    if report.findings:
        raise RuntimeError(f"the log does not verify: {report.findings[:3]}")
    return report.entries / used


def _peak_mb(district: District) -> float | None:
    """The most memory that `cycles verify` took; `None` where the system does not tell."""
    words = ["verify", "--database", f"sqlite:///{district.path}"]
    told = subprocess.run(
        [sys.executable, "-c", _AND_ITS_PEAK, *words], capture_output=True, text=True, check=False
    )
    if told.returncode:
        raise RuntimeError(f"the log does not verify: {told.stdout}{told.stderr}")
    found = re.search(r"VmHWM:\s*(\d+) kB", told.stderr)
    return int(found[1]) / 1024 if found else None


# --- what-if -------------------------------------------------------------------------------


def _trying(folder: Path) -> Iterator[Figure]:
    with closing(open_store(f"sqlite:///{folder / 'what-if.db'}", migrate=True)) as store:
        school = School(store, folder / "what-if-files")
        cycle, song, looking = school.prepared().id, school.actors["song"], school.service.looking
        there = Advance(transition="finish_preparing")
        back = Advance(transition="return_to_preparing", reason="再改一改")
        for name, commands in {
            "what-if of 20 commands, all of them possible": [there, back] * 10,
            "what-if of 20 commands, half of them refused": [there, there, back, back] * 5,
        }.items():
            trials = looking.what_if(song, cycle, commands)
            refused = sum(trial.refusal is not None for trial in trials)
            took = median_of(lambda c=commands: looking.what_if(song, cycle, c))  # type: ignore[misc]
            yield Figure(
                name=name,
                measured=took.ms,
                unit="ms",
                must=5,
                better=LESS,
                beside=f"{took.beside}, {refused} refused",
            )


# --- the server ----------------------------------------------------------------------------


def _serving(folder: Path, rounds: int) -> Iterator[Figure]:
    """The demo school, served: the time until the first answer, memory after some."""
    words = [*PROGRAMME, "demo", "--folder", str(folder), "--no-serve", "--json"]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    demo: dict[str, Any] = json.loads(done.stdout)
    database = f"sqlite:///{folder / 'cycles.db'}"
    starts, cpu, memory = [], [], []
    for _ in range(rounds):
        words = [*PROGRAMME, "serve", "--database", database, "--port", "0"]
        with serving(words, folder / "demo.log") as server:
            starts.append(server.start_s)
            cpu.append(server.cpu_s() or 0)
            _look_around(server, demo)
            memory.append(server.resident_mb())
    yield Figure(
        name="server start, process to the first 200",
        measured=statistics.median(starts),
        unit="s",
        must=1.5,
        better=LESS,
        beside=f"{statistics.median(cpu):.2f} s of CPU",
    )
    known = [one for one in memory if one is not None]
    if known:
        yield Figure(
            name="resident memory of a server, demo school",
            measured=statistics.median(known),
            unit="MB",
            must=150,
            better=LESS,
            beside="after every page of it was asked for",
        )


def _look_around(server: Running, demo: dict[str, Any]) -> None:
    """What everybody looks at, once."""
    api = f"http://127.0.0.1:{server.port}/api/v1"
    paths = ["/me", "/me/tasks", "/cycles", "/workflows", "/people", "/groups", "/openapi.json"]
    for one in demo["cycles"]:
        at = f"/cycles/{one['id']}"
        paths += [at, f"{at}/transitions", f"{at}/records", f"{at}/history"]
    token = demo["people"]["wu"]["token"]
    for path in [*paths, "/dashboard", "/log", "/log/verification"]:
        asked = urllib.request.Request(api + path, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - our own
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - our own
            answer.read()
