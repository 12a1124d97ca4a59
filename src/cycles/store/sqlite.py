"""The embedded store: one file, one process that serves it, one writer at a time in it."""

from __future__ import annotations

import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Boolean, Date
from sqlmodel import SQLModel

from cycles.errors import (
    ConflictError,
    CyclesError,
    LedgerError,
    StoreError,
    StoreUnavailableError,
)
from cycles.ledger import Link
from cycles.store.contract import Payload
from cycles.store.group_commit import GroupCommit, Job
from cycles.store.process_lock import ProcessLock
from cycles.store.rows import form_of
from cycles.store.sql import SqlWork
from cycles.store.sql_store import SqlStore

__all__ = ["SqliteStore", "connect"]

T = TypeVar("T")

#: How long to wait for another process that writes (a one-shot command, a backup tool).
BUSY_TIMEOUT_S: Final = 5.0

#: Asserted after they are set: a SQLite built without one of them would keep its word silently.
_EVERY_CONNECTION: Final = {
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "trusted_schema": 0,
    "secure_delete": 1,
}
#: The chain, and where a cycle may stand.
_RULES_OF_THE_LOG: Final = frozenset(
    {sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, sqlite3.SQLITE_CONSTRAINT_CHECK}
)
#: See `StoreUnavailableError`.
_REASONS: Final = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_PROTOCOL: "busy",
    sqlite3.SQLITE_FULL: "disk-full",
    sqlite3.SQLITE_IOERR: "disk-error",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_CANTOPEN: "unreachable",
}
_ADD_ENTRY: Final = (
    'INSERT INTO entry (school_id, subj, seq, "to", leaf, prev_seq, "from", prev, body)'
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


# Dates are kept as text; said to the driver, as asking each value costs more than the statement.
sqlite3.register_adapter(date, date.isoformat)


class SqliteWork(SqlWork):
    """See `Work`."""

    driver_error = sqlite3.Error
    body_holds = "instr(e.body, ?) > 0"
    #: Whether bytes were erased that the write-ahead log may still hold.
    erased = False

    def _execute(self, statement: str, values: Sequence[Any]) -> sqlite3.Cursor:
        cursor: sqlite3.Cursor = self._connection.execute(statement, values)
        return cursor

    @staticmethod
    def told(error: Exception, *, of_log: bool = False) -> CyclesError:
        """See `SqlWork`."""
        return _told(error, of_log=of_log)

    def erase_payload(self, leaf: bytes) -> bool:
        """See `Work`."""
        erased = super().erase_payload(leaf)
        self.erased = self.erased or erased
        return erased

    def _read_values(self, kind: type[SQLModel], row: Sequence[Any]) -> Sequence[Any]:
        special = _read_specially(kind)
        if not special:
            return row
        values = list(row)
        for place, reading in special:
            if values[place] is not None:
                values[place] = reading(values[place])
        return values

    def _entry_statements(
        self, link: Link, before: Sequence[Any], raw: bytes, payload: Payload | None
    ) -> list[tuple[str, Sequence[Any]]]:
        own = (self.school_id, link.subj, link.seq)
        added = (_ADD_ENTRY, (*own, link.to, link.leaf, *before, raw))
        return [added, *self._beside_entry(link, payload)]


class SqliteStore(SqlStore):
    """See `Store`; one writing connection, and one for each work that reads just now."""

    def __init__(
        self, path: Path, *, read_only: bool = False, busy_timeout_s: float = BUSY_TIMEOUT_S
    ) -> None:
        super().__init__()
        self.path = path
        self._read_only = read_only
        self._busy_timeout_s = busy_timeout_s
        self._writer: sqlite3.Connection | None = None
        self._readers: deque[sqlite3.Connection] = deque()
        #: Readers of another age are not kept.
        self._age = 0
        self._group = GroupCommit(self._commit)
        self._claim: ProcessLock | None = None
        self._to_wipe = False
        self._closed = False

    # --- writing ---------------------------------------------------------------------------

    def write(self, school_id: str, work: Callable[[SqliteWork], T]) -> T:
        """See `Store`."""
        if self._read_only:
            raise StoreError("this database was opened for reading only")
        with self._alone:
            answer: T = self._group.run(Job(school_id, work))
        return answer

    def _commit(self, batch: list[Job]) -> None:
        """Finish every job: together, or one by one if together they cannot be kept."""
        if len(batch) == 1 or not self._commit_together(batch):
            for job in batch:
                self._commit_alone(job)
        if self._to_wipe:
            self._wipe()

    def _commit_together(self, batch: list[Job]) -> bool:
        """Each job in a savepoint, one commit for all; if that breaks, nobody is told anything."""
        outcomes: list[tuple[Any, Exception | None]] = []
        erased = False
        try:
            with self._transaction() as writer:
                for job in batch:
                    writer.execute("SAVEPOINT job")
                    work = SqliteWork(writer, job.school_id, writing=True, logs=self._logs)
                    try:
                        outcomes.append((work.do(job.work), None))
                    except Exception as failure:
                        # Fails itself where the work's failure has ended the transaction.
                        writer.execute("ROLLBACK TO job")
                        outcomes.append((None, failure))
                    writer.execute("RELEASE job")
                    erased = erased or work.erased
        except _NotBegunError as busy:
            outcomes = [(None, _told(busy.reason)) for _ in batch]
        except sqlite3.Error:
            return False
        for job, (answer, error) in zip(batch, outcomes, strict=True):
            job.finish(answer, error)
        self._to_wipe = self._to_wipe or erased
        return True

    def _commit_alone(self, job: Job) -> None:
        try:
            with self._transaction() as writer:
                work = SqliteWork(writer, job.school_id, writing=True, logs=self._logs)
                answer = work.do(job.work)
        except _NotBegunError as error:
            job.finish(error=_told(error.reason))
        except sqlite3.Error as error:
            job.finish(error=_told(error))
        except Exception as error:
            job.finish(error=error)
        else:
            job.finish(answer)
            self._to_wipe = self._to_wipe or work.erased

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Begin, and commit at the end; whatever breaks it undoes all of it.

        Raises `_NotBegunError` if nobody can write now, `sqlite3.Error` if it cannot be kept.
        """
        try:
            writer = self._writer = self._writer or self._open(read_only=False)
            writer.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            if (told := _told(error)).details().get("reason") != "busy":
                self._let_go_of_writer(told)
            raise _NotBegunError(error) from error
        try:
            yield writer
            writer.execute("COMMIT")
        except BaseException as error:
            if isinstance(error, (sqlite3.Error, StoreUnavailableError)):
                # After a full or lost disk a connection may never work again; closing undoes all.
                self._let_go_of_writer(_told(error) if isinstance(error, sqlite3.Error) else error)
            elif writer.in_transaction:
                writer.execute("ROLLBACK")
            raise

    def _wipe(self) -> None:
        """Write over erased bytes in the write-ahead log; later, if readers still need them."""
        if self._writer is None:
            return
        with suppress(sqlite3.Error):
            self._writer.execute("PRAGMA busy_timeout = 0")
            busy, _, _ = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._to_wipe = bool(busy)
        with suppress(sqlite3.Error):
            self._writer.execute(f"PRAGMA busy_timeout = {self._busy_timeout_s * 1_000:.0f}")

    # --- reading ---------------------------------------------------------------------------

    def _ask(self, school_id: str, work: Callable[[SqliteWork], T], *, one_view: bool = True) -> T:
        """See `SqlStore`; each work that reads just now has a connection of its own."""
        age = self._age
        try:
            reader = self._readers.pop()
        except IndexError:
            reader = self._open_to_read()
        try:
            if one_view:
                reader.execute("BEGIN")
            answer = SqliteWork(reader, school_id, writing=False, logs=self._logs).do(work)
            if one_view:
                reader.execute("COMMIT")
        except BaseException as error:
            reader.close()
            if isinstance(error, sqlite3.Error):
                raise _told(error) from error
            raise
        if self._closed or age != self._age:
            reader.close()
        else:
            self._readers.append(reader)
        return answer

    def _open_to_read(self) -> sqlite3.Connection:
        try:
            return self._open(read_only=True)
        except sqlite3.Error as error:
            raise _told(error) from error

    # --- the whole database ----------------------------------------------------------------

    def claim_process(self) -> None:
        """See `Store`."""
        if self._claim is None:
            self._claim = ProcessLock(self.path.with_name(self.path.name + ".lock"))

    def backup(self, to: Path) -> None:
        """See `Store`; the copy is one file, without a write-ahead log beside it."""
        part = to.with_name(to.name + ".part")
        if to.exists() or part.exists():
            raise StoreError(f"{to} or {part} exists already; a backup overwrites nothing")
        try:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with (
                closing(self._open(read_only=True)) as source,
                closing(sqlite3.connect(part, isolation_level=None)) as copy,
            ):
                source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
            part.rename(to)
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailableError(f"no backup was written to {to}: {error}") from error
        finally:
            part.unlink(missing_ok=True)

    def health(self) -> Mapping[str, str]:
        """See `Store`."""
        self.schools()
        return {"engine": "sqlite", "version": sqlite3.sqlite_version}

    def close(self) -> None:
        """See `Store`."""
        self._closed = True
        self._let_go_of_readers()
        self._let_go_of_writer()
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def _let_go_of_writer(self, told: CyclesError | None = None) -> None:
        """Close it, and the readers too if it was told that it can only read.

        What SQLite opened while a file could only be read stays so until all have closed it.
        """
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if isinstance(told, StoreUnavailableError) and told.reason in ("read-only", "unreachable"):
            self._let_go_of_readers()

    def _let_go_of_readers(self) -> None:
        """Close those that are idle, and the others when their work is done."""
        self._age += 1
        with suppress(IndexError):
            while True:
                self._readers.pop().close()

    def _open(self, *, read_only: bool) -> sqlite3.Connection:
        if self._closed:
            raise StoreError("this store has been closed")
        return connect(self.path, read_only=read_only, busy_timeout_s=self._busy_timeout_s)


class _NotBegunError(Exception):
    """No transaction could be begun; nothing has been tried yet."""

    def __init__(self, reason: sqlite3.Error) -> None:
        self.reason = reason
        super().__init__(str(reason))


def connect(
    path: Path, *, read_only: bool, busy_timeout_s: float = BUSY_TIMEOUT_S
) -> sqlite3.Connection:
    """A connection to an existing file, with every safeguard on; threads may hand it round.

    Transactions are begun and ended by hand. Raises `sqlite3.Error` if the file cannot be used.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}",
        uri=True,
        timeout=busy_timeout_s,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        for name, wanted in _EVERY_CONNECTION.items():
            connection.execute(f"PRAGMA {name} = {wanted}")
            if connection.execute(f"PRAGMA {name}").fetchone() != (wanted,):
                raise StoreError(f"this SQLite ({sqlite3.sqlite_version}) does not know {name}")
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # What a savepoint may have to undo is kept here, not in a file of its own: that would
            # be written twice as much as all the rest of a batch.
            connection.execute("PRAGMA temp_store = MEMORY")
            # 16 MB instead of 2: a command reads and writes in a dozen places of the file.
            connection.execute("PRAGMA cache_size = -16000")
    except BaseException:
        connection.close()
        raise
    return connection


def _told(error: Exception, *, of_log: bool = False) -> CyclesError:
    """A driver's error in our words."""
    code = getattr(error, "sqlite_errorcode", 0)
    kind = code & 0xFF
    if kind in _REASONS:
        told, cause = f"the database cannot be used now: {error}", _name_of(error)
        return StoreUnavailableError(told, reason=_REASONS[kind], cause=cause)
    if kind != sqlite3.SQLITE_CONSTRAINT:
        return StoreError(f"the database does not take this: {error}")
    if of_log and code in _RULES_OF_THE_LOG:
        return LedgerError(f"this does not fit the log: {error}")
    return ConflictError(f"the database refuses this: {error}")


def _name_of(error: Exception) -> str:
    return str(getattr(error, "sqlite_errorname", ""))


@cache
def _read_specially(kind: type[SQLModel]) -> list[tuple[int, Callable[[Any], Any]]]:
    """Which columns SQLite keeps as another type, by place, and how to read them."""
    reading: list[tuple[int, Callable[[Any], Any]]] = []
    for place, column in enumerate(form_of(kind).columns):
        if isinstance(column.type, Date):
            reading.append((place, date.fromisoformat))
        elif isinstance(column.type, Boolean):
            reading.append((place, bool))
    return reading
