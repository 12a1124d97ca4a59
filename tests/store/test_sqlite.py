"""What SQLite alone has to prove: broken batches, full disks, one server, erased bytes, copies."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cycles.errors import ConflictError, StoreError, StoreUnavailableError
from cycles.store import GroupRow, Store, Work, open_store
from cycles.store.sqlite import SqliteStore, connect
from tests.store.school_log import everything, move_on, open_cycle, school, write_entry


@pytest.fixture
def path(sqlite_url: str) -> Path:
    """Of a database with all tables."""
    return Path(sqlite_url.removeprefix("sqlite:///"))


@pytest.fixture
def store(sqlite_url: str) -> Iterator[SqliteStore]:
    """A store that gives up soon where somebody else writes."""
    with closing(open_store(f"{sqlite_url}?timeout=0.05")) as opened:
        assert isinstance(opened, SqliteStore)
        opened.add_school(school())
        yield opened


def group(group_id: str) -> GroupRow:
    """A group of the school `north`."""
    return GroupRow(school_id="north", id=group_id, name="数学组")


def groups(store: Store) -> list[str]:
    """The ids of all groups."""
    return [row.id for row in store.read("north", lambda work: work.find(GroupRow))]


def together(store: SqliteStore, works: list[Callable[[Work], Any]]) -> list[Any]:
    """Run the works in one batch, in this order; each one's answer or error."""
    held, go_on = threading.Event(), threading.Event()

    def hold(_: Work) -> None:
        held.set()
        go_on.wait()

    def run(work: Callable[[Work], Any]) -> Any:
        try:
            return store.write("north", work)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(works) + 1) as pool:
        pool.submit(run, hold)
        held.wait()
        running = []
        for count, work in enumerate(works, start=1):
            running.append(pool.submit(run, work))
            while len(store._group._waiting) < count:
                pass
        go_on.set()
        return [future.result() for future in running]


def test_waiting_works_share_one_commit(store: SqliteStore, path: Path) -> None:
    """Five at once are one transaction in the file."""
    counts = []

    def add(group_id: str) -> Callable[[Work], None]:
        def work_of(work: Work) -> None:
            work.add(group(group_id))
            with closing(sqlite3.connect(path)) as other:
                counts.append(other.execute('SELECT count(*) FROM "group"').fetchone()[0])

        return work_of

    assert together(store, [add(f"g{n}") for n in range(5)]) == [None] * 5

    assert counts == [0] * 5
    assert groups(store) == [f"g{n}" for n in range(5)]


def test_a_failing_work_of_a_batch_hurts_no_other(store: SqliteStore) -> None:
    """An error of its own, a refusal, a broken rule of the database: the others are kept."""

    def fail(work: Work) -> None:
        work.add(group("lost"))
        raise LookupError

    def twice(work: Work) -> None:
        work.add(group("twice"), group("twice"))

    answers = together(
        store,
        [lambda work: work.add(group("a")), fail, twice, lambda work: work.add(group("b"))],
    )

    assert [type(answer) for answer in answers] == [
        type(None),
        LookupError,
        ConflictError,
        type(None),
    ]
    assert groups(store) == ["a", "b"]


def test_a_work_that_ends_the_transaction_hurts_no_other(store: SqliteStore) -> None:
    """Nobody is told anything; the works are run again, one by one."""
    runs = []

    def end(work: Any) -> None:
        runs.append("end")
        work._connection.execute("ROLLBACK")
        raise LookupError

    def add(group_id: str) -> Callable[[Work], None]:
        def work_of(work: Work) -> None:
            runs.append(group_id)
            work.add(group(group_id))

        return work_of

    answers = together(store, [add("a"), end, add("b")])

    assert [type(answer) for answer in answers] == [type(None), LookupError, type(None)]
    assert groups(store) == ["a", "b"]
    assert runs == ["a", "end", "a", "end", "b"]


def test_a_commit_that_fails_acknowledges_nothing(store: SqliteStore) -> None:
    """The works are run again one by one, and only the one that cannot be kept is refused."""

    def poison(work: Any) -> None:
        work.add(group("poison"))
        work._connection.execute("PRAGMA defer_foreign_keys = ON")
        work._connection.execute(
            "INSERT INTO cycle SELECT 'north', 'x', 'cycle:x', 1, '', x'', '', '', '', 1,"
            " '', '', '', 0, x''"
        )

    answers = together(
        store, [lambda work: work.add(group("a")), poison, lambda work: work.add(group("b"))]
    )

    assert [type(answer) for answer in answers] == [type(None), ConflictError, type(None)]
    assert groups(store) == ["a", "b"]


def test_a_full_database_is_told_and_survived(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not fit is refused, whoever waited with it is served, and work goes on."""
    store.write("north", lambda work: open_cycle(work, "c1"))

    def much(work: Work) -> None:
        work.add(*(group(f"{number:0500}") for number in range(100)))

    small = connect(store.path, read_only=False)
    [pages] = small.execute("PRAGMA page_count").fetchone()
    limit = f"PRAGMA max_page_count = {pages + 4}"
    small.execute(limit)
    monkeypatch.setattr(store, "_writer", small)
    open_normally = store._open

    def open_small(*, read_only: bool) -> sqlite3.Connection:
        connection = open_normally(read_only=read_only)
        connection.execute(limit)
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(store, "_open", open_small)
        answers = together(store, [much, lambda work: move_on(work, "c1").revision])

    assert isinstance(answers[0], StoreUnavailableError)
    assert answers[1] == 2
    assert groups(store) == []
    assert store._writer is not None
    store._writer.execute("PRAGMA max_page_count = 100000")
    store.write("north", much)
    assert len(groups(store)) == 100


def test_a_disk_that_fails_is_told_and_survived(store: SqliteStore, path: Path) -> None:
    """A file that may not grow any more is a disk that takes no more writes."""
    resource = pytest.importorskip("resource")
    store.write("north", lambda work: open_cycle(work, "c1"))
    before = everything(store)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def much(work: Work) -> None:
        work.put(*(group(f"{number:0500}") for number in range(500)))
        move_on(work, "c1")

    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, hard))
    try:
        with pytest.raises(StoreUnavailableError):
            store.write("north", much)
        assert everything(store) == before
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    store.write("north", much)
    assert len(groups(store)) == 500


def test_a_file_that_may_only_be_read_is_told_and_survived(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk mounted for reading still answers questions; mounted for writing, it works again."""
    store.write("north", lambda work: work.add(group("a")))
    with monkeypatch.context() as patch:
        patch.setattr(store, "_writer", None)
        patch.setattr(store, "_open", lambda read_only: connect(store.path, read_only=True))

        with pytest.raises(StoreUnavailableError):
            store.write("north", lambda work: work.add(group("b")))
        assert groups(store) == ["a"]

    store.write("north", lambda work: work.add(group("b")))
    assert groups(store) == ["a", "b"]


def test_another_process_that_writes_is_waited_for_and_then_told(
    store: SqliteStore, path: Path
) -> None:
    """Everybody who waits is told; when the other one is done, work goes on."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(store.add_school, school(f"s{number}")) for number in range(4)]
        errors = [future.exception() for future in waiting]
    assert [type(error) for error in errors] == [StoreUnavailableError] * 4
    other.execute("ROLLBACK")
    other.close()

    store.write("north", lambda work: work.add(group("a")))
    assert groups(store) == ["a"]


def test_every_safeguard_is_on(path: Path) -> None:
    """Durable, with keys, with triggers also for what REPLACE deletes, erased for good."""
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "secure_delete": 1,
        "busy_timeout": 5_000,
    }
    with closing(connect(path, read_only=False)) as connection:
        found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}

    assert found == wanted


def test_a_reading_connection_cannot_write(path: Path) -> None:
    """Not even by SQL of its own."""
    with (
        closing(connect(path, read_only=True)) as connection,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        connection.execute("DELETE FROM outbox")


def test_a_store_opened_for_reading_writes_nothing(store: SqliteStore, path: Path) -> None:
    """An auditor may be given a copy without fear for it."""
    store.write("north", lambda work: open_cycle(work, "c1"))
    with closing(open_store(f"sqlite:///{path}", read_only=True)) as for_reading:
        assert everything(for_reading) == everything(store)

        with pytest.raises(StoreError):
            for_reading.write("north", lambda work: work.changes())
        with pytest.raises(StoreError):
            for_reading.add_school(school("south"))


def test_erased_text_is_in_no_file_any_more(store: SqliteStore, path: Path) -> None:
    """Neither the database nor its write-ahead log holds a byte of it."""
    secret = "只有王老师知道的一句话"
    store.write("north", lambda work: write_entry(work, "school", secret * 20))
    leaf = store.read("north", lambda work: work.entry("school", 1)).leaf

    def held() -> bool:
        return any(secret.encode() in file.read_bytes() for file in path.parent.glob("cycles.db*"))

    assert held()
    store.write("north", lambda work: work.erase_payload(leaf))

    assert not held()


def test_erased_text_is_wiped_once_no_reader_needs_it(store: SqliteStore, path: Path) -> None:
    """A reader who is at it is not waited for; the next write tries again."""
    secret = "只有王老师知道的一句话"
    store.write("north", lambda work: write_entry(work, "school", secret))
    leaf = store.read("north", lambda work: work.entry("school", 1)).leaf
    wal = path.with_name(path.name + "-wal")

    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM payload").fetchall()
    store.write("north", lambda work: work.erase_payload(leaf))
    assert secret.encode() in wal.read_bytes()
    reader.close()
    store.write("north", lambda work: work.add(group("a")))

    assert secret.encode() not in wal.read_bytes() + path.read_bytes()


def test_a_second_server_is_refused(store: SqliteStore, path: Path) -> None:
    """Until the first one is closed; claiming again in the same store is no harm."""
    store.claim_process()
    store.claim_process()

    with closing(open_store(f"sqlite:///{path}")) as second:
        with pytest.raises(StoreError, match="already"):
            second.claim_process()
        assert second.schools() == store.schools()
        store.close()
        second.claim_process()


def test_a_server_that_died_holds_no_claim(path: Path) -> None:
    """The operating system lets go of it, whatever happened to the process."""
    died = (
        "import os, sys; from cycles.store import open_store;"
        "store = open_store(sys.argv[1]); store.claim_process(); os._exit(9)"
    )
    url = f"sqlite:///{path}"
    done = subprocess.run([sys.executable, "-c", died, url], check=False)
    assert done.returncode == 9

    with closing(open_store(url)) as store:
        store.claim_process()


def test_a_backup_is_a_whole_database_of_one_moment(store: SqliteStore, tmp_path: Path) -> None:
    """Made while others write, it opens by itself and holds what was committed."""
    store.write("north", lambda work: open_cycle(work, "c1", text="计划"))
    before = everything(store)
    copy = tmp_path / "copy.db"

    def back_up_meanwhile(work: Work) -> None:
        move_on(work, "c1")
        store.backup(copy)

    store.write("north", back_up_meanwhile)

    assert [file.name for file in tmp_path.glob("copy*")] == ["copy.db"]
    with closing(open_store(f"sqlite:///{copy}")) as restored:
        assert everything(restored) == before
        restored.write("north", lambda work: move_on(work, "c1"))


def test_a_backup_overwrites_nothing(store: SqliteStore, tmp_path: Path) -> None:
    """A file that is there stays as it is; where nothing can be written, nothing stays."""
    there = tmp_path / "there"
    there.write_text("precious")

    with pytest.raises(StoreError):
        store.backup(there)
    with pytest.raises(StoreUnavailableError):
        store.backup(tmp_path / "no folder" / "copy.db")

    assert there.read_text() == "precious"


def test_a_closed_store_says_so(store: SqliteStore) -> None:
    """It does not open itself again behind the caller's back."""
    store.close()

    for act in (store.schools, lambda: store.write("north", lambda work: work.changes())):
        with pytest.raises(StoreError, match="closed"):
            act()


def test_a_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    """A new file, its write-ahead log and its copies can be read by nobody else."""
    with closing(open_store(f"sqlite:///{tmp_path}/new.db", migrate=True)) as store:
        store.add_school(school())
        store.backup(tmp_path / "copy.db")

        modes = {file.stat().st_mode & 0o077 for file in tmp_path.iterdir()}
    assert modes == {0}


@pytest.mark.parametrize("raw", [b"no database at all, only text", b""])
def test_a_file_that_is_no_cycles_database_is_told(tmp_path: Path, raw: bytes) -> None:
    """The refusal says what to do, and the file stays as it is."""
    path = tmp_path / "some.file"
    path.write_bytes(raw)

    with pytest.raises(StoreError):
        open_store(f"sqlite:///{path}")

    assert path.read_bytes() == raw


def test_a_database_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    """Only `migrate` makes one; a mistyped path is told."""
    with pytest.raises(StoreError, match="cycles init"):
        open_store(f"sqlite:///{tmp_path}/missing.db")

    assert list(tmp_path.iterdir()) == []
