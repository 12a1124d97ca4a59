"""The store for a district: PostgreSQL 15 or newer, for any number of processes.

A cycle's row is locked before anything is read that a guard looks at, so READ COMMITTED is enough
and nothing has to be tried again but after a deadlock. Transactions are begun and ended by hand,
as on SQLite; the beginning travels with the first question, and all writes with the end.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import URL
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from cycles.errors import (
    ConflictError,
    CyclesError,
    LedgerError,
    StoreError,
    StoreUnavailableError,
)
from cycles.ledger import Link
from cycles.store.contract import Held, Payload
from cycles.store.sql import (
    CHANGES,
    SqlWork,
    fixed,
    links_of,
    number_of,
    one_cycle,
    saving,
    sorted_links,
)
from cycles.store.sql_store import SqlStore
from cycles.store.tables import CycleRow, LinkRow

__all__ = ["PostgresStore"]

T = TypeVar("T")

OLDEST_SERVER: Final = 15
#: How many connections one process takes at most, and how long a work waits for one.
MOST_CONNECTIONS: Final = 16
CONNECTION_TIMEOUT_S: Final = 5.0
#: How often a work is run at most when it meets deadlocks.
MOST_TRIES: Final = 4

#: In milliseconds. What waits longer is told so, instead of keeping a person waiting.
_SETTINGS: Final = {
    "statement_timeout": 5_000,
    "lock_timeout": 4_000,
    "idle_in_transaction_session_timeout": 10_000,
}
#: Not READ WRITE: whoever made the server read-only by default, for a full disk say, means it.
_BEGIN_WRITING: Final = "BEGIN ISOLATION LEVEL READ COMMITTED"
_COMMIT: Final = "COMMIT"
_BEGIN_READING: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

_TRY_AGAIN: Final = frozenset({"40001", "40P01"})
#: The chain, and where a cycle may stand: foreign keys and checks.
_RULES_OF_THE_LOG: Final = frozenset({"23503", "23514"})
_TABLES_OF_THE_LOG: Final = frozenset({"entry", "payload", "entry_queue", "cycle"})
#: See `StoreUnavailableError`; by the whole code, else by its class.
_REASONS: Final = {
    "25006": "read-only",  # a standby, or `default_transaction_read_only`
    "53100": "disk-full",
    "53": "busy",
    "55P03": "busy",
    "57014": "busy",  # a statement that took too long
    "58": "disk-error",
}

_ADD_ENTRY: Final = (
    'INSERT INTO entry (school_id, subj, seq, "to", prev_seq, "from", prev, body)'
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_LOCK_SUBJECT: Final = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))"
_TABLE_OF_REVISIONS: Final = "SELECT to_regclass('alembic_version') IS NOT NULL"
_REVISION: Final = "SELECT version_num FROM alembic_version"

_WRITES: Final = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)"?').match

Connection = psycopg.Connection[tuple[Any, ...]]


class _TryAgainError(StoreUnavailableError):
    """Two works stood in each other's way; run again, this one may be kept."""


class PostgresWork(SqlWork):
    """See `Work`; what needs no answer travels with the next question, or with the end.

    A round trip costs more than what the server does in it, so a command makes two: it asks for
    the cycle and what lies beside it, and it writes everything and commits.
    """

    driver_error = psycopg.Error
    body_holds = "position(?::bytea in e.body) > 0"
    lock_row = " FOR NO KEY UPDATE"
    # Not IN, which would be joined: all entries of a group for the few that are shown.
    one_of = "= ANY (ARRAY({}))"

    def __init__(
        self,
        connection: Connection,
        school_id: str,
        *,
        writing: bool,
        logs: dict[str, str],
        begin: str | None,
    ) -> None:
        super().__init__(connection, school_id, writing=writing, logs=logs)
        self._server = connection
        #: Statements that wait to be sent.
        self._unsent: list[tuple[str, Sequence[Any]]] = [(begin, ())] if begin else []
        self._begins = begin is not None
        #: Whether the server has answered at all.
        self.answered = False

    def _execute(self, statement: str, values: Sequence[Any]) -> psycopg.Cursor[Any]:
        return self._ask_all([(statement, values)])[0]

    def _ask_all(self, questions: Sequence[tuple[str, Sequence[Any]]]) -> list[psycopg.Cursor[Any]]:
        """Send what waits and these questions in one round trip."""
        unsent, self._unsent = _together(self._unsent), []
        if not unsent and len(questions) == 1:
            answers = [self._server.execute(_marked(s), values) for s, values in questions]
        else:
            with self._server.pipeline():
                nobody_asks = self._server.cursor()
                for statement, values in unsent:
                    nobody_asks.execute(_marked(statement), values)
                answers = [self._server.execute(_marked(s), values) for s, values in questions]
        self.answered = True
        return answers

    def _run_all(self, statements: Iterable[tuple[str, Sequence[Any]]], *, of_log: bool) -> None:
        """Run statements before anything else is asked; which rule they broke is told then."""
        self._check_writing()
        self._unsent += statements

    def commit(self) -> None:
        """Send what waits and commit; whatever breaks it, nothing of the work is kept.

        Raises `StoreUnavailableError` also where nobody can know what the server made of it.
        """
        if not self._begins or (not self.answered and len(self._unsent) == 1):
            return  # nothing that has to be ended
        try:
            if not self.answered:
                # Until this is answered nothing can be committed, and it may be tried again.
                self._ask_all([])
            self._ask_all([(_COMMIT, ())])
        except psycopg.Error as error:
            if self._server.closed and self.answered and self._writes:
                told = f"the connection was lost; whether it was written is not known: {error}"
                raise StoreUnavailableError(told, reason="outcome-unknown") from error
            self._refuse(self.told(error))

    # --- cycles ----------------------------------------------------------------------------

    def hold(self, cycle_id: str) -> Held | None:
        """See `Work`."""
        self._check_writing()
        own = (self.school_id, cycle_id)
        asked = [(one_cycle() + self.lock_row, own), (links_of(), own * 2), (CHANGES, own[:1])]
        try:
            row, links, changes = self._ask_all(asked)
        except psycopg.Error as error:
            self._refuse(self.told(error))
        found = self._built(CycleRow, row)
        if not found:
            return None
        self._remember(found[0])
        return Held(found[0], sorted_links(self._built(LinkRow, links)), number_of(changes))

    def _update_cycle(self, row: CycleRow, expected: int) -> None:
        """What is known to fit, as nobody else can write it, is not asked for once more."""
        held = self._held.get(row.id)
        if held is None or held.revision != expected or fixed(held) != fixed(row):
            super()._update_cycle(row, expected)
        else:
            self._run_all([saving(row, expected, held)], of_log=True)
            self._held[row.id] = row

    @staticmethod
    def told(error: Exception, *, of_log: bool = False) -> CyclesError:
        """See `SqlWork`; this server says itself which table it is about."""
        return _told(error)

    def _lock_subject(self, subj: str) -> None:
        self._run(_LOCK_SUBJECT, (f"{self.school_id} {subj}",))

    def _entry_statements(
        self, link: Link, before: Sequence[Any], raw: bytes, payload: Payload | None
    ) -> list[tuple[str, Sequence[Any]]]:
        # The leaf hash is worked out by the server, so that it cannot be another one.
        own = (self.school_id, link.subj, link.seq)
        return [(_ADD_ENTRY, (*own, link.to, *before, raw)), *self._beside_entry(link, payload)]


class PostgresStore(SqlStore):
    """See `Store`; connections are kept, and made anew where the server has been away."""

    def __init__(self, url: URL, *, read_only: bool = False) -> None:
        super().__init__()
        self._url = url
        self._read_only = read_only
        self._idle: deque[Connection] = deque()
        self._room = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._closed = False

    # --- transactions ----------------------------------------------------------------------

    def write(self, school_id: str, work: Callable[[PostgresWork], T]) -> T:
        """See `Store`."""
        if self._read_only:
            raise StoreError("this database was opened for reading only")
        with self._alone:
            for tries in range(1, MOST_TRIES):
                with suppress(_TryAgainError):
                    return self._try(school_id, work)
                # Not both at the same moment again.
                time.sleep(random.uniform(0, 0.01 * tries))  # noqa: S311 - no secret
            return self._try(school_id, work)

    def _try(self, school_id: str, work: Callable[[PostgresWork], T]) -> T:
        return self._run(school_id, work, writing=True, begin=_BEGIN_WRITING)

    def _ask(
        self, school_id: str, work: Callable[[PostgresWork], T], *, one_view: bool = True
    ) -> T:
        """See `SqlStore`."""
        begin = _BEGIN_READING if one_view else None
        return self._run(school_id, work, writing=False, begin=begin)

    def _run(
        self,
        school_id: str,
        work: Callable[[PostgresWork], T],
        *,
        writing: bool,
        begin: str | None,
    ) -> T:
        """Run a work and commit it; whatever breaks it undoes all of it."""
        first = True
        while True:
            with self._connection() as connection:
                here = PostgresWork(
                    connection, school_id, writing=writing, logs=self._logs, begin=begin
                )
                try:
                    answer = here.do(work)
                    here.commit()
                    return answer
                except BaseException as error:
                    # A connection that was lost while it lay idle is no news to anybody.
                    lost = connection.closed and not here.answered
                    _roll_back(connection)
                    if not (first and lost and isinstance(error, StoreUnavailableError)):
                        raise
            first = False

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """One of the kept connections, or a new one."""
        if not self._room.acquire(timeout=CONNECTION_TIMEOUT_S):
            told = f"all {MOST_CONNECTIONS} connections are busy"
            raise StoreUnavailableError(told, reason="busy")
        try:
            connection = self._take()
            try:
                yield connection
            finally:
                self._put_back(connection)
        except psycopg.Error as error:
            raise _told(error) from error
        finally:
            self._room.release()

    def _take(self) -> Connection:
        if self._closed:
            raise StoreError("this store has been closed")
        try:
            return self._idle.pop()
        except IndexError:
            return connect(self._url)

    def _put_back(self, connection: Connection) -> None:
        """Keep a connection that still works; after a lost one all are suspect."""
        idle = connection.info.transaction_status is TransactionStatus.IDLE
        if idle and not self._closed:
            self._idle.append(connection)
            return
        if connection.broken or not connection.closed:
            self._forget()
        connection.close()

    def _forget(self) -> None:
        with suppress(IndexError):  # several may do so at once, so their number is not asked for
            while True:
                self._idle.pop().close()

    # --- the whole database ----------------------------------------------------------------

    def revision(self) -> str | None:
        """Which revision the tables have; `None` if there are none."""
        with self._connection() as connection:
            if connection.execute(_TABLE_OF_REVISIONS).fetchone() != (True,):
                return None
            found = connection.execute(_REVISION).fetchone()
            return None if found is None else str(found[0])

    def claim_process(self) -> None:
        """Any number of servers may use the database."""

    def backup(self, to: Path) -> None:
        """PostgreSQL has tools of its own for this."""
        raise StoreError("make a backup of PostgreSQL with `pg_dump` or its own base backups")

    def health(self) -> Mapping[str, str]:
        """See `Store`."""
        with self._connection() as connection:
            connection.execute("SELECT 1")
            version = connection.info.parameter_status("server_version") or "unknown"
        return {"engine": "postgresql", "version": version}

    def close(self) -> None:
        """See `Store`."""
        self._closed = True
        self._forget()


Statement = tuple[str, Sequence[Any]]


def _together(statements: Iterable[Statement]) -> list[Statement]:
    """The same in fewer statements: each one more costs driver and server as much as what it does.

    What is one statement does not see its own rows, so all that it writes lies in other tables;
    only the tasks that are deleted and those that are put are others anyway.
    """
    found: list[Statement] = []
    run: list[Statement] = []
    met: set[str] = set()
    for statement in statements:
        table = _written(statement[0])
        apart = table == "task" and len(run) > 0 and run[-1][0].startswith("DELETE")
        if table is None or (table in met and not apart):
            found += _one_of(run)
            run, met = [], set()
        if table is None:
            found.append(statement)
        else:
            run.append(statement)
            met.add(table)
    return found + _one_of(run)


def _one_of(run: Sequence[Statement]) -> list[Statement]:
    if len(run) < 2:
        return list(run)
    return [(_joined(tuple(s for s, _ in run)), [v for _, values in run for v in values])]


@lru_cache(maxsize=1_024)
def _joined(statements: tuple[str, ...]) -> str:
    *first, last = statements
    return f"WITH {', '.join(f'w{n} AS ({one})' for n, one in enumerate(first))} {last}"


@lru_cache(maxsize=1_024)
def _written(statement: str) -> str | None:
    """The table that a statement writes to; `None` if it is another kind of statement."""
    found = _WRITES(statement)
    return None if found is None else found[1]


def _roll_back(connection: Connection) -> None:
    """Undo what was begun; a connection on which the server refused something is given up.

    psycopg takes for prepared what the server skipped in the rest of that pipeline.
    """
    with suppress(psycopg.Error):
        match connection.info.transaction_status:
            case TransactionStatus.INERROR:
                connection.close()
            case TransactionStatus.INTRANS | TransactionStatus.ACTIVE:
                connection.execute("ROLLBACK")


def connect(url: URL) -> Connection:
    """A connection to a server that is new enough, each statement its own transaction.

    Raises `psycopg.Error` if there is none, `StoreError` if the server cannot be used.
    """
    # SQLAlchemy's dialects have no types.
    _, given = PGDialect_psycopg().create_connect_args(url)  # type: ignore[no-untyped-call]
    limits = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    options = f"{limits} {given.pop('options', '')}".strip()
    known = {"application_name": "cycles", "connect_timeout": 5, **given, "options": options}
    connection = psycopg.connect(**known, autocommit=True, cursor_factory=psycopg.RawCursor)
    version, encoding = connection.info.server_version, connection.info.encoding
    if version < OLDEST_SERVER * 10_000 or encoding != "utf-8":
        connection.close()
        raise StoreError(
            f"Cycles needs PostgreSQL {OLDEST_SERVER} or newer with UTF-8,"
            f" this is {version // 10_000} with {encoding}"
        )
    return connection


def _told(error: Exception) -> CyclesError:
    """A driver's error in our words."""
    code = getattr(error, "sqlstate", None)
    first = str(error).partition("\n")[0]
    if code in _TRY_AGAIN:
        return _TryAgainError(f"others were in the way: {first}", reason="busy", cause=code or "")
    if isinstance(error, psycopg.IntegrityError):
        if code in _RULES_OF_THE_LOG and error.diag.table_name in _TABLES_OF_THE_LOG:
            return LedgerError(f"this does not fit the log: {first}")
        return ConflictError(f"the database refuses this: {first}")
    known = _REASONS.get(code or "") or _REASONS.get((code or "")[:2])
    if known or isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        told = f"the database cannot be used now: {first}"
        return StoreUnavailableError(told, reason=known or "unreachable", cause=code or "")
    return StoreError(f"the database does not take this: {first}")


@lru_cache(maxsize=1_024)
def _marked(statement: str) -> Any:
    """The statement with PostgreSQL's own marks for values: psycopg need not read it first."""
    first, *rest = statement.split("?")
    return first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))
