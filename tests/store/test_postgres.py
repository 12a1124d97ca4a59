"""What PostgreSQL alone has to prove: locks, deadlocks, lost connections, many processes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from cycles.errors import StoreError, StoreUnavailableError
from cycles.store import CycleRow, GroupRow, Store, Work, open_store, postgres
from cycles.store.postgres import PostgresStore
from tests.store.school_log import everything, move_on, open_cycle, school, write_entry


@pytest.fixture
def url(postgresql_url: str) -> str:
    """Of a database where nobody waits long for a lock."""
    asked = {"options": "-c lock_timeout=50"}
    return make_url(postgresql_url).update_query_dict(asked).render_as_string(False)


@pytest.fixture
def store(url: str) -> Iterator[PostgresStore]:
    """A store with the school `north` and the cycle `c1`."""
    with closing(open_store(url)) as opened:
        assert isinstance(opened, PostgresStore)
        opened.add_school(school())
        opened.write("north", lambda work: open_cycle(work, "c1"))
        yield opened


@pytest.fixture
def patient(store: PostgresStore, postgresql_url: str) -> Iterator[PostgresStore]:
    """The same school, for works that wait for each other as long as on any server."""
    with closing(open_store(postgresql_url)) as opened:
        assert isinstance(opened, PostgresStore)
        yield opened


@pytest.fixture
def other(postgresql_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else's connection to the same database."""
    plain = make_url(postgresql_url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection


def kill_all_others(connection: psycopg.Connection[Any]) -> int:
    """End all other connections to this database, as a server does that is started anew."""
    killed = connection.execute(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ).fetchone()
    return 0 if killed is None else int(killed[0])


def revision(store: Store) -> int:
    """Of the cycle `c1`."""
    row = store.read("north", lambda work: work.cycle("c1"))
    assert row is not None
    return row.revision


def test_a_deadlock_is_run_again(store: PostgresStore) -> None:
    """Two works lock the same two cycles the other way round; both are kept, nobody is told."""
    store.write("north", lambda work: open_cycle(work, "c2"))
    both = threading.Barrier(2)
    runs: list[str] = []

    def cross(first: str, second: str) -> None:
        def work_of(work: Work) -> None:
            runs.append(first)
            move_on(work, first)
            if len(runs) <= 2:
                both.wait()
            move_on(work, second)

        patient.write("north", work_of)

    address = store._url.difference_update_query(["options"])
    patient_url = address.update_query_dict({"options": "-c deadlock_timeout=10"})
    with (
        closing(PostgresStore(patient_url)) as patient,
        ThreadPoolExecutor(2) as pool,
    ):
        done = [pool.submit(cross, "c1", "c2"), pool.submit(cross, "c2", "c1")]
        assert [future.result() for future in done] == [None, None]

    assert len(runs) > 2
    rows = store.read("north", lambda work: work.find(CycleRow))
    assert [row.revision for row in rows] == [3, 3]


def test_conflicts_are_not_run_again_for_ever(store: PostgresStore) -> None:
    """After a few tries the caller is told that it can try later."""
    runs = []

    def unlucky(work: Any) -> None:
        runs.append(1)
        move_on(work, "c1")
        work._run("DO $$ BEGIN RAISE serialization_failure; END $$")

    with pytest.raises(StoreUnavailableError):
        store.write("north", unlucky)

    assert len(runs) == postgres.MOST_TRIES
    assert revision(store) == 1


def test_a_conflict_cannot_be_swallowed(store: PostgresStore) -> None:
    """A work that goes on after a deadlock is run again all the same."""
    runs = []

    def stubborn(work: Any) -> int:
        runs.append(1)
        if len(runs) == 1:
            try:
                work._run("DO $$ BEGIN RAISE deadlock_detected; END $$")
            except StoreUnavailableError:
                return -1
        return move_on(work, "c1").revision

    assert store.write("north", stubborn) == 2
    assert len(runs) == 2


def test_a_cycle_that_somebody_holds_is_told_and_recovers(
    store: PostgresStore, other: psycopg.Connection[Any]
) -> None:
    """A lock is waited for, but not for ever."""
    with other.transaction():
        other.execute("SELECT 1 FROM cycle WHERE id = 'c1' FOR NO KEY UPDATE")
        with pytest.raises(StoreUnavailableError):
            store.write("north", lambda work: move_on(work, "c1"))

    store.write("north", lambda work: move_on(work, "c1"))
    assert revision(store) == 2


def test_readers_and_writers_do_not_wait_for_each_other(
    store: PostgresStore, other: psycopg.Connection[Any]
) -> None:
    """A locked cycle can be read, and another cycle be written."""
    with other.transaction():
        other.execute("SELECT 1 FROM cycle WHERE id = 'c1' FOR NO KEY UPDATE")

        assert revision(store) == 1
        store.write("north", lambda work: open_cycle(work, "c2"))


def test_connections_lost_while_idle_are_no_news(
    store: PostgresStore, other: psycopg.Connection[Any]
) -> None:
    """After the server was started anew the next question and the next command just work."""
    assert kill_all_others(other) >= 1
    assert revision(store) == 1

    assert kill_all_others(other) >= 1
    store.write("north", lambda work: move_on(work, "c1"))

    assert kill_all_others(other) >= 1
    assert [row.id for row in store.schools()] == ["north"]
    assert revision(store) == 2


def test_many_who_lost_their_connections_at_once_clear_away_together(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each lets go of what is left; that somebody else took the last one hurts nobody."""

    class Raced(deque[Any]):
        def __bool__(self) -> bool:
            return True  # as it looked before the other one took it

        def __len__(self) -> int:
            return 1

    with monkeypatch.context() as race:
        race.setattr(store, "_idle", Raced())
        store._forget()

    assert revision(store) == 1


def test_a_connection_lost_at_work_is_told_and_undone(
    store: PostgresStore, other: psycopg.Connection[Any]
) -> None:
    """What was half done is undone, and the next work gets a new connection."""
    before = everything(store)

    def interrupted(work: Work) -> None:
        move_on(work, "c1")
        kill_all_others(other)
        move_on(work, "c1")

    with pytest.raises(StoreUnavailableError):
        store.write("north", interrupted)

    assert everything(store) == before


def test_a_connection_lost_before_the_commit_is_told(
    store: PostgresStore, other: psycopg.Connection[Any]
) -> None:
    """Nobody is told that something was written which perhaps was not."""
    before = everything(store)

    def interrupted(work: Work) -> None:
        move_on(work, "c1")
        kill_all_others(other)

    with pytest.raises(StoreUnavailableError, match="not known"):
        store.write("north", interrupted)

    assert everything(store) == before


def test_a_server_that_is_not_there_is_told(url: str) -> None:
    """The address is wrong, or the server is down."""
    nowhere = make_url(url).update_query_dict({"host": "/nowhere"}).render_as_string(False)

    with pytest.raises(StoreUnavailableError):
        open_store(nowhere)


def test_many_processes_write_one_cycle(patient: PostgresStore, postgresql_url: str) -> None:
    """Stores that know nothing of each other lose nothing."""
    with (
        ThreadPoolExecutor(12) as pool,
        closing(open_store(postgresql_url)) as a,
        closing(open_store(postgresql_url)) as b,
    ):

        def step(number: int) -> int:
            at_work = (patient, a, b)[number % 3]
            return at_work.write("north", lambda work: move_on(work, "c1").revision)

        lists = pool.map(step, range(60))

        assert sorted(lists) == list(range(2, 62))


def test_each_waits_for_the_first_entry_of_a_subject(patient: PostgresStore) -> None:
    """Where there is no row to lock yet, two still cannot both be first."""
    start = threading.Barrier(8)

    def first(number: int) -> None:
        start.wait()
        patient.write("north", lambda work: write_entry(work, f"person:p_{'a' * 26}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(first, range(8)))

    entries = patient.read("north", lambda work: work.entries(f"person:p_{'a' * 26}"))
    assert [entry.seq for entry in entries] == list(range(1, 9))


def test_more_works_than_connections_wait_their_turn(
    patient: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are served; one that gets no connection in time is told."""
    monkeypatch.setattr(patient, "_room", threading.BoundedSemaphore(1))
    with ThreadPoolExecutor(8) as pool:
        done = pool.map(
            lambda n: patient.write("north", lambda work: write_entry(work, "school")), range(16)
        )
        assert len(list(done)) == 16

    monkeypatch.setattr(postgres, "CONNECTION_TIMEOUT_S", 0.01)
    with pytest.raises(StoreUnavailableError, match="busy"):
        patient.read("north", lambda work: patient.schools())


def test_a_store_opened_for_reading_writes_nothing(store: PostgresStore, url: str) -> None:
    """An auditor's tools cannot change what they look at."""
    with closing(open_store(url, read_only=True)) as for_reading:
        assert everything(for_reading) == everything(store)
        with pytest.raises(StoreError):
            for_reading.write("north", lambda work: work.changes())


def test_a_standby_is_told_as_unavailable(store: PostgresStore) -> None:
    """A server that cannot write yet may be able to later."""

    def write_on_standby(work: Any) -> None:
        work._run("SET TRANSACTION READ ONLY")
        move_on(work, "c1")

    with pytest.raises(StoreUnavailableError):
        store.write("north", write_on_standby)


def test_text_is_compared_alike_whatever_the_server_s_language(
    other: psycopg.Connection[Any],
) -> None:
    """Pages and orders are those of SQLite and of the programme: by characters."""
    found = other.execute(
        "SELECT DISTINCT table_name, collation_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')"
        " AND table_name <> 'alembic_version'"
    ).fetchall()

    assert {collation for _, collation in found} == {"C"}
    assert len(found) >= 20


def test_an_old_server_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was never tried is not promised to work."""
    monkeypatch.setattr(postgres, "OLDEST_SERVER", 99)

    with pytest.raises(StoreError, match="99"):
        open_store(url)


def test_a_closed_store_says_so(store: PostgresStore) -> None:
    """It does not connect again behind the caller's back."""
    store.close()

    with pytest.raises(StoreError, match="closed"):
        store.schools()


def test_a_backup_is_left_to_the_server_s_own_tools(store: PostgresStore, tmp_path: Path) -> None:
    """The refusal names them."""
    with pytest.raises(StoreError, match="pg_dump"):
        store.backup(tmp_path / "copy")


def test_any_number_of_servers_may_claim(store: PostgresStore, url: str) -> None:
    """There is nothing to be alone for."""
    store.claim_process()
    with closing(open_store(url)) as second:
        second.claim_process()


def test_text_that_the_database_cannot_hold_is_told(store: PostgresStore) -> None:
    """PostgreSQL keeps no NUL character; the refusal says so."""
    group = GroupRow(school_id="north", id="maths", name="a\0b")

    with pytest.raises(StoreError, match="NUL"):
        store.write("north", lambda work: work.add(group))


def test_writes_go_as_one_statement_where_none_could_meet_the_rows_of_another() -> None:
    """A table met again begins another statement; tasks that are put are none that were deleted."""
    writes = [
        ("BEGIN", ()),
        ("INSERT INTO entry (a) VALUES (?)", (1,)),
        ('DELETE FROM "task" WHERE a NOT IN (?)', (2,)),
        ('INSERT INTO "task" (a) VALUES (?)', (2,)),
        ('UPDATE "cycle" SET a = ?', (3,)),
        ("INSERT INTO entry (a) VALUES (?)", (4,)),
        ('INSERT INTO "task" (a) VALUES (?)', (5,)),
        ('INSERT INTO "task" (a) VALUES (?)', (6,)),
        ("COMMIT", ()),
    ]

    together = postgres._together(writes)

    assert [(sent.count(" INTO ") + sent.count("UPDATE"), list(v)) for sent, v in together] == [
        (0, []),
        (3, [1, 2, 2, 3]),
        (2, [4, 5]),
        (1, [6]),
        (0, []),
    ]
    assert together[1][0].startswith("WITH w0 AS (INSERT INTO entry (a) VALUES (?)), w1 AS (DELETE")
