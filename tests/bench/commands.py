"""A command through the service, beside what the bare drivers take for a transition."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from cycles.store import open_store
from tests.bench.bare import BarePostgres, BareSqlite
from tests.bench.figures import LESS, Figure, times
from tests.bench.measuring import Rates, calls_of, in_turns
from tests.bench.orm import PlainOrm
from tests.bench.school import School
from tests.databases import fresh_database, start_server

__all__ = ["on_postgres", "on_sqlite"]

CLIENTS = 32
#: Lesson studies of 47 commands that one client plays in a round.
STUDIES = 4
TRANSITIONS = 200


def on_sqlite(folder: Path, rounds: int) -> Iterator[Figure]:
    """SQLite with FULL flushes."""
    with (
        closing(BareSqlite(folder / "bare.db")) as bare,
        closing(PlainOrm(folder / "orm.db")) as orm,
        closing(open_store(f"sqlite:///{folder / 'commands.db'}", migrate=True)) as store,
    ):
        school = School(store, folder)
        found = in_turns(
            {
                "bare": lambda: bare.run(TRANSITIONS),
                "orm": lambda: orm.run(TRANSITIONS),
                "one": lambda: _one_client(school),
                "many": lambda: _many_clients(school, CLIENTS),
            },
            rounds,
        )
        yield _limit("raw sqlite3, one commit a transition (the limit)", found, "bare")
        yield _rate("plain SQLAlchemy ORM, no guards, no chain", found, "orm", "bare")
        yield _judged("one client, a whole lesson study", found, "one", "bare", 0.4, 0.6)
        yield _judged(f"{CLIENTS} clients, group commit", found, "many", "bare", 0.6, 1)
        calls = calls_of(lambda: _one_client(school))
        yield Figure(name="Python calls a command", measured=calls, unit="", better=LESS)
        statements = _statements_of(school)
        yield Figure(name="statements a command", measured=statements, unit="", better=LESS)


def on_postgres(folder: Path, rounds: int) -> Iterator[Figure]:
    """A real PostgreSQL on a local socket, durable as by default."""
    with _server() as url, fresh_database(url) as bare_url, fresh_database(url) as own_url:
        bare = BarePostgres(_dsn(bare_url))
        with (
            bare.connected(1) as one,
            bare.connected(16) as sixteen,
            closing(open_store(own_url, migrate=True)) as store,
        ):
            school = School(store, folder)
            found = in_turns(
                {
                    "bare": lambda: bare.run(one, TRANSITIONS),
                    "bare16": lambda: bare.run(sixteen, TRANSITIONS // 4),
                    "one": lambda: _one_client(school),
                    "many": lambda: _many_clients(school, 16),
                },
                rounds,
            )
    yield _limit("psycopg, 1 connection (the limit)", found, "bare")
    yield _limit("psycopg, 16 connections (the limit)", found, "bare16")
    yield _judged("1 connection, a whole lesson study", found, "one", "bare", 0.5, 1)
    yield _judged("16 connections", found, "many", "bare16", 0.5, 1)


def _one_client(school: School) -> int:
    """Whole lesson studies, one after the other."""
    done = 0
    for _ in range(STUDIES):
        play = school.open()
        play.whole()
        done += play.archive()
    return done


def _many_clients(school: School, clients: int) -> int:
    """Many clients, each in a lesson study of its own, up to the revision."""
    with ThreadPoolExecutor(clients) as threads:
        return sum(threads.map(lambda _: school.open().whole(), range(clients)))


def _statements_of(school: School) -> float:
    """What SQLite is asked for each command, BEGIN and COMMIT included, triggers not."""
    asked: list[str] = []
    connections: list[Any] = [school.store._writer, *school.store._readers]  # type: ignore[attr-defined]
    for connection in connections:
        connection.set_trace_callback(asked.append)
    done = _one_client(school)
    for connection in connections:
        connection.set_trace_callback(None)
    return sum(not line.startswith("--") for line in asked) / done


# --- PostgreSQL ----------------------------------------------------------------------------


@contextmanager
def _server() -> Iterator[str]:
    """The server of `CYCLES_TEST_PG`, or one of our own that forces its data to disk."""
    if given := os.environ.get("CYCLES_TEST_PG"):
        yield make_url(given).set(drivername="postgresql+psycopg").render_as_string(False)
        return
    server = start_server()
    try:
        # The tests' server forgets at a power cut; here each commit waits for the disk.
        with psycopg.connect(_dsn(server.url), autocommit=True) as owner:
            owner.execute("ALTER SYSTEM SET fsync = on")
            owner.execute("ALTER SYSTEM SET full_page_writes = on")
            owner.execute("ALTER SYSTEM SET shared_buffers = '128MB'")
        _restart(server.binaries, server.folder, server.run_as)
        yield server.url
    finally:
        server.stop()


def _restart(binaries: Path, folder: Path, run_as: str | None) -> None:
    who: dict[str, Any] = {} if run_as is None else {"user": run_as, "extra_groups": []}
    told = [str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-l", str(folder / "log")]
    subprocess.run(
        [*told, "-w", "restart"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        check=True,
        timeout=120,
        **who,
    )


def _dsn(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


# --- lines of the table --------------------------------------------------------------------


def _limit(name: str, found: Rates, case: str) -> Figure:
    beside = f"{found.cpu_us(case):,.0f} µs CPU each"
    return Figure(name=name, measured=found.per_s(case), unit="/s", beside=beside)


def _rate(name: str, found: Rates, case: str, to: str) -> Figure:
    return Figure(name=name, measured=found.ratio(case, to), unit="x", beside=found.said(case))


def _judged(name: str, found: Rates, case: str, to: str, must: float, aim: float) -> Figure:
    return times(name, found.ratio(case, to), must, aim, found.said(case))
