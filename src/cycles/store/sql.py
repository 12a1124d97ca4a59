"""A transaction on a database: what SQLite and PostgreSQL have in common.

The statements go to the driver as they are. An object-relational session between would cost more
than all the rest of a command (docs/decisions/0007-how-the-databases-are-written.md).
"""
# ruff: noqa: S608 - every name comes from the tables, every value goes beside the statement

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, Final, Protocol, TypeVar

from sqlmodel import SQLModel

from cycles.errors import ConflictError, CyclesError, LedgerError, StaleRevisionError, StoreError
from cycles.ledger import Body, Link
from cycles.store.contract import CycleFilter, Held, LogFilter, Payload, Place, StoredEntry
from cycles.store.rows import IMMUTABLE, Picking, RowForm, form_of, picking
from cycles.store.statements import Phrases, phrases_of, update
from cycles.store.tables import CycleRow, LinkRow, ParticipantRow, TaskRow
from cycles.store.work import CheckedWork

__all__ = [
    "CHANGES",
    "Connection",
    "Cursor",
    "SqlWork",
    "fixed",
    "links_of",
    "number_of",
    "one_cycle",
    "saving",
    "sorted_links",
]

RowT = TypeVar("RowT", bound=SQLModel)

_LOG: Final = "SELECT log FROM school WHERE id = ?"
CHANGES: Final = "SELECT number FROM directory_change WHERE school_id = ?"
_COUNT_CHANGE: Final = (
    "INSERT INTO directory_change (school_id, number) VALUES (?, 1)"
    " ON CONFLICT (school_id) DO UPDATE SET number = directory_change.number + 1"
)
_LAST_ENTRY: Final = (
    'SELECT seq, "to", leaf, "at" FROM entry WHERE school_id = ? AND subj = ?'
    " ORDER BY seq DESC LIMIT 1"
)
_ENTRIES: Final = (
    "SELECT e.subj, e.seq, e.leaf, e.body, p.salt, p.content FROM entry e"
    " LEFT JOIN payload p ON p.school_id = e.school_id AND p.leaf = e.leaf"
    " WHERE e.school_id = ?"
)
_PAYLOADS: Final = (
    "SELECT e.seq, p.salt, p.content FROM entry e"
    " JOIN payload p ON p.school_id = e.school_id AND p.leaf = e.leaf"
    " WHERE e.school_id = ? AND e.subj = ? AND p.salt IS NOT NULL AND e.seq IN ({marks})"
)
_SUBJECTS: Final = (
    "SELECT subj, max(seq) FROM entry WHERE school_id = ? AND subj > ?"
    " GROUP BY subj ORDER BY subj LIMIT ?"
)
#: The subjects of a group's cycles; of their index alone, so not by the column `subj`.
_OF_GROUP: Final = """SELECT 'cycle:' || id FROM cycle WHERE school_id = ? AND "group" = ?"""
_ADD_PAYLOAD: Final = "INSERT INTO payload (school_id, leaf, salt, content) VALUES (?, ?, ?, ?)"
_ADD_TO_QUEUE: Final = "INSERT INTO entry_queue (school_id, subj, seq) VALUES (?, ?, ?)"
_ERASE: Final = (
    "UPDATE payload SET salt = NULL, content = NULL"
    " WHERE school_id = ? AND leaf = ? AND salt IS NOT NULL"
)
_FORGET_KEYS: Final = "DELETE FROM idempotency WHERE school_id = ? AND created_at < ?"
_COUNTS: Final = (
    'SELECT workflow, "group", state, round, count(*) FROM cycle WHERE school_id = ?'
    ' GROUP BY workflow, "group", state, round ORDER BY workflow, "group", state, round'
)
_DIFFERS: Final = " OR ".join(
    f"coalesce(task.{column}, '') <> coalesce(excluded.{column}, '')"
    for column in ("until_date", "due_at", "details")
)
_DELETE_PEOPLE: Final = "DELETE FROM participant WHERE school_id = ? AND cycle = ?"
_TODAY: Final = "from_date <= ? AND (until_date IS NULL OR ? < until_date)"

#: What only changes as a cycle moves on; there are indexes over it.
_STANDING: Final = ("state", "round", "entered_at", "ended")
_where_it_stands: Final = attrgetter(*_STANDING)
#: What of a cycle is the same from its opening on.
_FIXED: Final = ("subj", "workflow", "version", "group", "opened_at")
#: The values of these.
fixed: Final = picking(_FIXED)


class Cursor(Protocol):
    """What a driver answers a statement with."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        ...

    def fetchone(self) -> Any:
        """The next row, a tuple, or `None`."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows left, as tuples."""
        ...


class Connection(Protocol):
    """What `sqlite3` and `psycopg` connections have in common."""

    def execute(self, statement: Any, values: Any = (), /) -> Any:
        """Run one statement; a cursor with its answer."""
        ...


class SqlWork(CheckedWork):
    """See `Work`; the transaction was begun by the store, and is ended by it."""

    #: What the driver raises.
    driver_error: ClassVar[type[Exception]]
    #: Keeps a row read by a writing work as it is until the end.
    lock_row: ClassVar[str] = ""
    #: What a question finds, found before anything else is asked.
    one_of: ClassVar[str] = "IN ({})"
    #: Whether the bytes of an entry `e` hold some others.
    body_holds: ClassVar[str]

    def __init__(
        self, connection: Connection, school_id: str, *, writing: bool, logs: dict[str, str]
    ) -> None:
        super().__init__(school_id, writing=writing)
        self._connection = connection
        #: Names of logs by school, as the store has come to know them: they never change.
        self._logs = logs
        #: Cycles that nobody else can write until this ends, as they stand now.
        self._held: dict[str, CycleRow] = {}

    # --- the driver ------------------------------------------------------------------------

    def _run(self, statement: str, values: Sequence[Any] = (), *, of_log: bool = False) -> Cursor:
        """Run a statement; what the database refuses ends this work."""
        try:
            return self._execute(statement, values)
        except self.driver_error as error:
            self._refuse(self.told(error, of_log=of_log))

    def _run_all(self, statements: Iterable[tuple[str, Sequence[Any]]], *, of_log: bool) -> None:
        """Run statements whose answers nobody needs, now or before anything else is asked."""
        for statement, values in statements:
            self._run(statement, values, of_log=of_log)

    @abstractmethod
    def _execute(self, statement: str, values: Sequence[Any]) -> Cursor: ...

    @staticmethod
    @abstractmethod
    def told(error: Exception, *, of_log: bool = False) -> CyclesError:
        """A driver's error in our words; `of_log` where a broken rule is one of the log's."""

    # --- any row ---------------------------------------------------------------------------

    def get(self, kind: type[RowT], **key: Any) -> RowT | None:
        """See `Work`."""
        found = self.find(kind, **key)
        if len(found) > 1:
            raise StoreError(f"{len(found)} rows of {kind.__name__} where one was asked for")
        return found[0] if found else None

    def find(
        self, kind: type[RowT], *, order: Sequence[str] = (), limit: int | None = None, **equal: Any
    ) -> list[RowT]:
        """See `Work`."""
        table = phrases_of(kind)
        where, values = self._where(table, equal)
        statement = table.select + where + table.order(order)
        return self.rows(kind, statement, values, limit)

    def lock(self, name: str) -> None:
        """See `Work`."""
        super().lock(name)
        self._lock_subject(name)

    def pick(
        self, kind: type[SQLModel], names: Sequence[str], **equal: Any
    ) -> list[tuple[Any, ...]]:
        """See `Work`."""
        table = phrases_of(kind)
        where, values = self._where(table, equal)
        columns = ", ".join(table.columns[name] for name in names)
        statement = f"SELECT {columns} FROM {table.table}{where}{table.order(())}"
        return [tuple(row) for row in self._run(statement, values).fetchall()]

    def changes(self) -> int:
        """See `Work`."""
        return number_of(self._run(CHANGES, (self.school_id,)))

    def forget_keys(self, before: str) -> int:
        """See `Work`."""
        self._check_writing()
        return self._run(_FORGET_KEYS, (self.school_id, before)).rowcount

    def insert(self, form: RowForm[Any], row: SQLModel, *, replace: bool = False) -> None:
        """Insert a row, of a school too; or replace the row of the same key."""
        numbered = form.numbered is not None and getattr(row, form.numbered) is None
        kind: type[SQLModel] = form.kind
        table = phrases_of(kind, numbered=numbered)
        values = table.values(row)
        if not replace or form.kind in IMMUTABLE:
            self._run_all([(table.insert, values)], of_log=False)
        elif form.school in form.key:
            self._run_all([(table.put, values)], of_log=False)
        elif self._run(table.put, values).rowcount == 0:
            self._refuse(ConflictError(f"{table.table}: another school has one of this key"))

    def _delete(self, form: RowForm[Any], equal: dict[str, Any]) -> int:
        kind: type[SQLModel] = form.kind
        table = phrases_of(kind)
        where, values = self._where(table, equal)
        return self._run(f"DELETE FROM {table.table}{where}", values).rowcount

    def _count_change(self) -> None:
        self._run_all([(_COUNT_CHANGE, (self.school_id,))], of_log=False)

    def _where(self, table: Phrases, equal: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Rows of this school alone, whatever is asked for."""
        asked, values = table.where(equal)
        own = f" WHERE {table.columns[table.form.school]} = ?"
        return own + (f" AND {asked}" if asked else ""), [self.school_id, *values]

    def rows(
        self, kind: type[RowT], statement: str, values: Sequence[Any] = (), limit: int | None = None
    ) -> list[RowT]:
        """The rows that a `SELECT` of all their columns finds."""
        if limit is not None:
            statement, values = statement + " LIMIT ?", [*values, limit]
        return self._built(kind, self._run(statement, values))

    def _built(self, kind: type[RowT], found: Cursor) -> list[RowT]:
        form = phrases_of(kind).form
        return [form.build(self._read_values(kind, row)) for row in found.fetchall()]

    def _read_values(self, kind: type[SQLModel], row: Sequence[Any]) -> Sequence[Any]:
        """The driver's values as the row class has them."""
        return row

    # --- the log ---------------------------------------------------------------------------

    def entries(self, subj: str, *, after: int = 0, limit: int | None = None) -> list[StoredEntry]:
        """See `Work`."""
        condition = " AND e.subj = ? AND e.seq > ? ORDER BY e.seq"
        return self._entries(condition, [subj, after], limit)

    def log_in_order(
        self, *, after: tuple[str, int] = ("", 0), limit: int = 200
    ) -> list[StoredEntry]:
        """See `Work`."""
        condition = " AND (e.subj, e.seq) > (?, ?) ORDER BY e.subj, e.seq"
        return self._entries(condition, after, limit)

    def entry(self, subj: str, seq: int) -> StoredEntry | None:
        """See `Work`."""
        found = self._entries(" AND e.subj = ? AND e.seq = ?", [subj, seq])
        return found[0] if found else None

    def payloads(self, subj: str, seqs: Iterable[int]) -> dict[int, Payload]:
        """See `Work`."""
        wanted = list(seqs)
        if not wanted:
            return {}
        statement = _PAYLOADS.format(marks=", ".join("?" * len(wanted)))
        found = self._run(statement, [self.school_id, subj, *wanted]).fetchall()
        return {seq: Payload(salt, content) for seq, salt, content in sorted(found)}

    def log_page(
        self, asked: LogFilter, *, before: Place | None = None, limit: int = 50
    ) -> list[StoredEntry]:
        """See `Work`."""
        if asked.person is None:
            return self._log_page(asked, "", [], before, limit)
        # Together, by an OR, they would be looked for in the rows and not in the indexes.
        acted = self._log_page(asked, " AND e.actor = ?", [asked.person], before, limit)
        sought = f'"for":"{asked.person}"'.encode()
        typed = self._log_page(
            asked, f" AND e.typed AND {self.body_holds}", [sought], before, limit
        )
        once = {(entry.subj, entry.seq): entry for entry in (*acted, *typed)}
        return sorted(once.values(), key=attrgetter("place"), reverse=True)[:limit]

    def _log_page(
        self,
        asked: LogFilter,
        condition: str,
        values: list[Any],
        before: Place | None,
        limit: int,
    ) -> list[StoredEntry]:
        filters = {
            "e.subj = ?": asked.subj,
            "e.act = ?": asked.act,
            "e.act <> ?": asked.besides,
            'e."at" >= ?': asked.since,
            'e."at" < ?': asked.until,
        }
        more, given = _all_of(filters)
        condition, values = condition + more, [*values, *given]
        condition += "".join(f" AND e.{mark}" for mark in asked.marks)
        if asked.group is not None:
            condition += f" AND e.subj {self.one_of.format(_OF_GROUP)}"
            values += [self.school_id, asked.group]
        if before is not None:
            condition += ' AND (e."at", e.subj, e.seq) < (?, ?, ?)'
            values.extend(before)
        # No entry is older than the one before it in its subject.
        newest = "e.seq DESC" if asked.subj else 'e."at" DESC, e.subj DESC, e.seq DESC'
        return self._entries(f"{condition} ORDER BY {newest}", values, limit)

    def subjects(self, *, after: str = "", limit: int = 500) -> list[tuple[str, int]]:
        """See `Work`."""
        found = self._run(_SUBJECTS, (self.school_id, after, limit)).fetchall()
        return [(subj, seq) for subj, seq in found]

    def erase_payload(self, leaf: bytes) -> bool:
        """See `Work`."""
        self._check_writing()
        return self._run(_ERASE, (self.school_id, leaf)).rowcount > 0

    def _known_log(self) -> str | None:
        if self.school_id not in self._logs:
            found = self._run(_LOG, (self.school_id,)).fetchone()
            if found is None:
                return None
            self._logs[self.school_id] = found[0]
        return self._logs[self.school_id]

    def _last_link(self, subj: str) -> Link | None:
        if subj.startswith("cycle:"):
            row = self.cycle(subj.removeprefix("cycle:"), lock=self._writes)
            if row is not None:
                return Link(self._log(), subj, row.revision, row.state, row.head, row.changed_at)
        if self._writes:
            self._lock_subject(subj)
        found = self._run(_LAST_ENTRY, (self.school_id, subj)).fetchone()
        return None if found is None else Link(self._log(), subj, *found)

    def _lock_subject(self, subj: str) -> None:
        """Let nobody else append to a subject that has no cycle row, until this ends."""

    def _insert_entry(
        self, previous: Link | None, link: Link, body: Body, raw: bytes, payload: Payload | None
    ) -> None:
        before = (None,) * 3 if previous is None else (previous.seq, previous.to, previous.leaf)
        self._run_all(self._entry_statements(link, before, raw, payload), of_log=True)

    @abstractmethod
    def _entry_statements(
        self, link: Link, before: Sequence[Any], raw: bytes, payload: Payload | None
    ) -> list[tuple[str, Sequence[Any]]]:
        """What inserts an entry, its payload and its queue row."""

    def _beside_entry(
        self, link: Link, payload: Payload | None
    ) -> Iterator[tuple[str, Sequence[Any]]]:
        if payload is not None:
            yield _ADD_PAYLOAD, (self.school_id, link.leaf, payload.salt, payload.content)
        yield _ADD_TO_QUEUE, (self.school_id, link.subj, link.seq)

    def _entries(
        self, condition: str, values: Sequence[Any], limit: int | None = None
    ) -> list[StoredEntry]:
        statement, values = _ENTRIES + condition, [self.school_id, *values]
        if limit is not None:
            statement, values = statement + " LIMIT ?", [*values, limit]
        return [
            StoredEntry(
                subj=subj,
                seq=seq,
                leaf=leaf,
                body=body,
                payload=None if salt is None else Payload(salt, content),
            )
            for subj, seq, leaf, body, salt, content in self._run(statement, values).fetchall()
        ]

    # --- cycles ----------------------------------------------------------------------------

    def cycle(self, cycle_id: str, *, lock: bool = False) -> CycleRow | None:
        """See `Work`."""
        if lock:
            self._check_writing()
        statement = one_cycle() + (self.lock_row if lock else "")
        found = self.rows(CycleRow, statement, (self.school_id, cycle_id))
        if not found:
            return None
        if lock:
            self._remember(found[0])
        return found[0]

    def hold(self, cycle_id: str) -> Held | None:
        """See `Work`; whoever may write here is alone, so all of it is asked for at once."""
        self._check_writing()
        found = self._run(_holding(), (self.school_id, cycle_id)).fetchone()
        if found is None:
            return None
        *values, changes, linked = found
        row = form_of(CycleRow).build(self._read_values(CycleRow, values))
        self._remember(row)
        return Held(row, self.links(cycle_id) if linked else [], changes)

    def links(self, cycle_id: str) -> list[LinkRow]:
        """See `Work`."""
        return sorted_links(self.rows(LinkRow, links_of(), (self.school_id, cycle_id) * 2))

    def tasks_of(self, person: str, today: str) -> list[TaskRow]:
        """See `Work`."""
        statement = (
            f"{phrases_of(TaskRow).select} WHERE school_id = ? AND person = ? AND {_TODAY}"
            ' ORDER BY due_at IS NULL, due_at, cycle, "do"'
        )
        return self.rows(TaskRow, statement, (self.school_id, person, today, today))

    def tasks_due(
        self, today: str, *, groups: Sequence[str] | None = None, limit: int = 50
    ) -> list[TaskRow]:
        """See `Work`."""
        running: dict[str, Any] = {"ended": False}
        running |= {} if groups is None else {"group": list(groups)}
        condition, values = phrases_of(CycleRow).where(running)
        statement = (
            f"{phrases_of(TaskRow).select} WHERE school_id = ? AND due_at IS NOT NULL AND {_TODAY}"
            " AND EXISTS (SELECT 1 FROM cycle c WHERE c.school_id = task.school_id"
            f" AND c.id = task.cycle AND {condition})"
            ' ORDER BY due_at, cycle, person, "do" LIMIT ?'
        )
        return self.rows(TaskRow, statement, (self.school_id, today, today, *values, limit))

    def find_cycles(
        self, asked: CycleFilter, *, today: str, after: str = "", limit: int = 50
    ) -> list[CycleRow]:
        """See `Work`."""
        filters = {
            '"group" = ?': asked.group,
            "state = ?": asked.state,
            "workflow = ?": asked.workflow,
            "ended = ?": asked.ended,
            "id < ?": after or None,
        }
        condition, values = _all_of(filters)
        if asked.person is not None:
            condition += (
                " AND id IN (SELECT cycle FROM participant WHERE school_id = ? AND person = ?)"
            )
            values += [self.school_id, asked.person]
        if asked.waiting is not None:
            condition += (
                " AND id IN (SELECT cycle FROM task"
                f" WHERE school_id = ? AND person = ? AND {_TODAY})"
            )
            values += [self.school_id, asked.waiting, today, today]
        if asked.has_task is not None:
            has = "EXISTS" if asked.has_task else "NOT EXISTS"
            condition += (
                f" AND {has} (SELECT 1 FROM task"
                " WHERE task.school_id = cycle.school_id AND task.cycle = cycle.id)"
            )
        statement = f"{phrases_of(CycleRow).select} WHERE school_id = ?{condition} ORDER BY id DESC"
        return self.rows(CycleRow, statement, [self.school_id, *values], limit)

    def counts(self) -> list[tuple[str, str, str, int, int]]:
        """See `Work`."""
        return [tuple(row) for row in self._run(_COUNTS, (self.school_id,)).fetchall()]

    def _insert_cycle(self, row: CycleRow) -> None:
        table = phrases_of(CycleRow)
        self._run_all([(table.insert, table.values(row))], of_log=True)

    def _update_cycle(self, row: CycleRow, expected: int) -> None:
        held = self._held.get(row.id)
        if self._run(*saving(row, expected, held), of_log=True).rowcount == 0:
            self._refuse(self._why_not_saved(row, expected))
        self._held[row.id] = row

    def _remember(self, row: CycleRow) -> None:
        super()._remember(row)
        self._held[row.id] = row

    def _why_not_saved(self, row: CycleRow, expected: int) -> CyclesError:
        kept = self.cycle(row.id)
        if kept is None:
            return ConflictError(f"there is no cycle {row.id!r} to save")
        if kept.revision != expected:
            found = {"revision": kept.revision, "expected": expected}
            return StaleRevisionError("the cycle has moved on", data=found)
        if row.subj != f"cycle:{row.id}":
            return LedgerError("a cycle needs its entry to be appended first")
        return ConflictError(f"of a cycle these never change: {', '.join(_FIXED)}")

    def _replace_people(self, cycle_id: str, people: Iterable[tuple[str, str]]) -> None:
        own = (self.school_id, cycle_id)
        insert = phrases_of(ParticipantRow).insert
        statements = [(insert, (*own, *one)) for one in people]
        self._run_all([(_DELETE_PEOPLE, own), *statements], of_log=False)

    def _replace_tasks(self, cycle_id: str, tasks: Sequence[TaskRow]) -> None:
        """Touch only what differs: most tasks stay from one step to the next."""
        own = (self.school_id, cycle_id)
        delete, insert, values_of = _keeping(len(tasks))
        keys = [part for task in tasks for part in (task.person, task.do, task.from_date)]
        statements: list[tuple[str, Sequence[Any]]] = [(delete, (*own, *keys))]
        if tasks:
            statements.append((insert, [part for task in tasks for part in values_of(task)]))
        self._run_all(statements, of_log=False)


@cache
def _keeping(many: int) -> tuple[str, str, Picking]:
    """Delete a cycle's tasks but so many, insert so many or what differs; a task's values."""
    table = phrases_of(TaskRow)
    delete = f"DELETE FROM {table.table} WHERE school_id = ? AND cycle = ?"
    if many:
        keys = ", ".join(["(?, ?, ?)"] * many)
        delete += f' AND (person, "do", from_date) NOT IN (VALUES {keys})'
    one = f"({', '.join('?' * len(table.given))})"
    insert = f"{table.put} WHERE {_DIFFERS}".replace(one, ", ".join([one] * many))
    return delete, insert, table.values


@cache
def one_cycle() -> str:
    """Asks for a cycle's row by (school, cycle)."""
    return f"{phrases_of(CycleRow).select} WHERE school_id = ? AND id = ?"


@cache
def _holding() -> str:
    """Asks for a cycle by (school, cycle), the school's change number, and whether it has links."""
    table = phrases_of(CycleRow)
    own = "FROM link WHERE school_id = ?1 AND"
    return (
        f"SELECT {', '.join(table.columns.values())},"
        " coalesce((SELECT number FROM directory_change WHERE school_id = ?1), 0),"
        f" EXISTS (SELECT 1 {own} from_cycle = ?2) OR EXISTS (SELECT 1 {own} to_cycle = ?2)"
        f" FROM {table.table} WHERE school_id = ?1 AND id = ?2"
    )


@cache
def links_of() -> str:
    """Asks for a cycle's links by (school, cycle) twice."""
    every = phrases_of(LinkRow).select
    # An OR would look at every link of the school, a UNION would sort what is nearly always none.
    return (
        f"{every} WHERE school_id = ? AND from_cycle = ?"
        f" UNION ALL {every} WHERE school_id = ? AND to_cycle = ? AND from_cycle <> to_cycle"
    )


def sorted_links(links: list[LinkRow]) -> list[LinkRow]:
    """The links in the order of their key."""
    return sorted(links, key=_KEY_OF_LINK) if len(links) > 1 else links


_KEY_OF_LINK: Final = attrgetter("school_id", "from_cycle", "name", "to_cycle", "item")


@cache
def _saving(
    *same: str,
) -> tuple[str, Picking, Picking]:
    """The update of a cycle, the values that change, and those that say which it is."""
    where = ("school_id", "id", *_FIXED)
    changed = [n for n in phrases_of(CycleRow).given if n not in (*where, *same)]
    statement = update(CycleRow, changed, ("revision", *where))
    return statement, picking(changed), picking(where)


def saving(row: CycleRow, expected: int, held: CycleRow | None) -> tuple[str, Sequence[Any]]:
    """The update of a cycle that has the revision `expected`, with its values.

    Where it stands as it was `held`, that is not written: it would touch indexes for nothing.
    """
    stays = held is not None and _where_it_stands(held) == _where_it_stands(row)
    statement, changed, named = _saving(*_STANDING) if stays else _saving()
    return statement, (*changed(row), expected, *named(row))


def number_of(found: Cursor) -> int:
    """The one number of an answer; 0 where there is none."""
    row = found.fetchone()
    return 0 if row is None else int(row[0])


def _all_of(filters: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """` AND …` for each filter that is asked for, and the values."""
    asked = {part: value for part, value in filters.items() if value is not None}
    return "".join(f" AND {part}" for part in asked), list(asked.values())
