"""What the rest of the programme may ask of a store; the same in memory, on SQLite, on PostgreSQL.

All work happens inside one school: nothing here can name another school's rows. A function given
to `write` is one transaction. It may be run more than once (a batch that broke, a conflict of
PostgreSQL), so it must touch nothing but its `Work`; what it raises undoes its own writes only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from msgspec import Struct
from sqlmodel import SQLModel

from cycles.ledger import Body, Link
from cycles.store.marks import Mark
from cycles.store.tables import CycleRow, LinkRow, SchoolRow, TaskRow, TokenRow

__all__ = [
    "Between",
    "CycleFilter",
    "Held",
    "LogFilter",
    "Payload",
    "Place",
    "Store",
    "StoredEntry",
    "Work",
]

RowT = TypeVar("RowT", bound=SQLModel)
T = TypeVar("T")

#: (at, subject, number) of an entry.
Place = tuple[str, str, int]
#: In canonical bytes nothing can come before it that looks like it.
_AT: Final = b'"at":"'
_INSTANT_BYTES: Final = 27


class Payload(Struct, frozen=True):
    """What an entry's commitment covers: 32 bytes of salt and canonical JSON."""

    salt: bytes
    content: bytes


class StoredEntry(Struct, frozen=True, kw_only=True):
    """An entry as stored; `payload` is `None` where it has none or was erased."""

    subj: str
    seq: int
    leaf: bytes
    body: bytes
    payload: Payload | None = None

    @property
    def at(self) -> str:
        """Its instant, out of the canonical bytes."""
        begin = self.body.index(_AT) + len(_AT)
        return self.body[begin : begin + _INSTANT_BYTES].decode()

    @property
    def place(self) -> Place:
        """Where it stands in the whole log: by instant, then subject, then number."""
        return self.at, self.subj, self.seq


@dataclass(frozen=True, slots=True)
class Held:
    """A cycle that nobody else writes just now, and what a command in it looks at beside it.

    Attributes:
        row: The cycle's row.
        links: The links from it and to it.
        changes: What `Work.changes` says.
    """

    row: CycleRow
    links: list[LinkRow]
    changes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """Values from `since` on and before `until`; `None` leaves that side open. Null is none."""

    since: str | None = None
    until: str | None = None

    def holds(self, value: str | None) -> bool:
        """Whether the value lies there.

        >>> term = Between(since="2026-09", until="2027-02")
        >>> [term.holds(day) for day in ("2026-08-31", "2026-09-01", "2027-02-01", None)]
        [False, True, False, False]
        """
        if value is None:
            return False
        return not (
            (self.since is not None and value < self.since)
            or (self.until is not None and value >= self.until)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleFilter:
    """Which cycles are asked for; `None` asks for all. People are pseudonyms."""

    group: str | None = None
    state: str | None = None
    workflow: str | None = None
    #: Fills a role in it, or opened it.
    person: str | None = None
    #: Has a task in it that may be done today.
    waiting: str | None = None
    #: Has any task at all (`True`), or none (`False`).
    has_task: bool | None = None
    #: In a final state (`True`), or still to be acted on (`False`).
    ended: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which entries are asked for; instants as the log writes them, `until` not included."""

    subj: str | None = None
    act: str | None = None
    #: Any act but this.
    besides: str | None = None
    #: Who acted, or for whom it was typed.
    person: str | None = None
    #: Entries of the cycles of this group.
    group: str | None = None
    since: str | None = None
    until: str | None = None
    #: Whose bytes have all of these marks; see `marks.py`.
    marks: tuple[Mark, ...] = ()


class Work(Protocol):
    """One transaction in one school. Rows given out are copies: changing them changes nothing.

    A refusal cannot be swallowed: once one of these methods has raised, nothing more is written,
    and what was is undone, even if the function given to `write` goes on and returns.
    """

    school_id: str

    # --- any row ---------------------------------------------------------------------------

    def add(self, *rows: SQLModel) -> None:
        """Insert; raises `ConflictError` where a key or a constraint forbids it."""
        ...

    def put(self, *rows: SQLModel) -> None:
        """Insert, or replace the row of the same primary key. Not for entries or cycles."""
        ...

    def get(self, kind: type[RowT], **key: Any) -> RowT | None:
        """The one row of which these columns have these values; `None` if there is none."""
        ...

    def find(
        self, kind: type[RowT], *, order: Sequence[str] = (), limit: int | None = None, **equal: Any
    ) -> list[RowT]:
        """All rows with these values (a list or tuple: one of them), in the order named.

        A `Between` asks for the values that lie there.

        `-name` orders downwards. Null comes first, or last where downwards.
        """
        ...

    def pick(
        self, kind: type[SQLModel], names: Sequence[str], **equal: Any
    ) -> list[tuple[Any, ...]]:
        """These attributes of all rows with these values, by key; for many rows, cheaper by far.

        Texts, numbers and bytes; a flag may come as 0 or 1.
        """
        ...

    def remove(self, kind: type[SQLModel], **equal: Any) -> int:
        """Delete rows with these values; how many there were. Not for entries or cycles."""
        ...

    def forget_keys(self, before: str) -> int:
        """Delete idempotency keys that are older than an instant; how many there were."""
        ...

    def lock(self, name: str) -> None:
        """Nobody else who asks for this name in this school goes on until this ends."""
        ...

    def changes(self) -> int:
        """What `Store.changes_of` says of this school, as this transaction sees it."""
        ...

    # --- the log ---------------------------------------------------------------------------

    def link(self, subj: str) -> Link | None:
        """The subject's last entry; for a cycle it is read from the cycle's row."""
        ...

    def append(self, body: Body, payload: Payload | None) -> bytes:
        """Store an entry, its payload and its queue row; its leaf hash.

        Raises `LedgerError` if it does not fit the subject's last entry.
        """
        ...

    def entries(self, subj: str, *, after: int = 0, limit: int | None = None) -> list[StoredEntry]:
        """The subject's entries with payloads, in order, those after the given number."""
        ...

    def log_in_order(
        self, *, after: tuple[str, int] = ("", 0), limit: int = 200
    ) -> list[StoredEntry]:
        """The entries of all subjects with payloads, by (subj, seq), those after the given one."""
        ...

    def entry(self, subj: str, seq: int) -> StoredEntry | None:
        """One entry with its payload."""
        ...

    def payloads(self, subj: str, seqs: Iterable[int]) -> dict[int, Payload]:
        """The payloads of these entries by number; erased ones are left out."""
        ...

    def log_page(
        self, asked: LogFilter, *, before: Place | None = None, limit: int = 50
    ) -> list[StoredEntry]:
        """The newest entries first, by (at, subj, seq); `before` is the last one seen."""
        ...

    def subjects(self, *, after: str = "", limit: int = 500) -> list[tuple[str, int]]:
        """Every subject with the number of its last entry, by name, those after the given one."""
        ...

    def erase_payload(self, leaf: bytes) -> bool:
        """Make a payload and its salt null; whether there was one."""
        ...

    # --- cycles ----------------------------------------------------------------------------

    def cycle(self, cycle_id: str, *, lock: bool = False) -> CycleRow | None:
        """The cycle's row; with `lock` nobody else writes the cycle until this ends."""
        ...

    def hold(self, cycle_id: str) -> Held | None:
        """`cycle` with `lock`, `links` and `changes`, asked for at once."""
        ...

    def links(self, cycle_id: str) -> list[LinkRow]:
        """The links from the cycle and to it."""
        ...

    def open_cycle(self, row: CycleRow, people: Iterable[tuple[str, str]]) -> None:
        """Insert a cycle whose first entry was appended before; people as (role, person)."""
        ...

    def save_cycle(
        self, row: CycleRow, people: Iterable[tuple[str, str]] | None, *, expected: int
    ) -> None:
        """Store a cycle whose entry was appended before; people only where they changed.

        Raises `StaleRevisionError` if its revision is not `expected` any more.
        """
        ...

    def replace_tasks(self, cycle_id: str, tasks: Sequence[TaskRow]) -> None:
        """All tasks of the cycle, instead of those before."""
        ...

    def tasks_of(self, person: str, today: str) -> list[TaskRow]:
        """A person's tasks that may be done today (a date), soonest due first, undated last."""
        ...

    def tasks_due(
        self, today: str, *, groups: Sequence[str] | None = None, limit: int = 50
    ) -> list[TaskRow]:
        """Tasks that may be done today and are due some day, soonest first.

        In cycles that have not ended, of these groups if some are named.
        """
        ...

    def find_cycles(
        self, asked: CycleFilter, *, today: str, after: str = "", limit: int = 50
    ) -> list[CycleRow]:
        """Cycles by id, newest first; `after` is the last id seen."""
        ...

    def counts(self) -> list[tuple[str, str, str, int, int]]:
        """(workflow, group, state, round, how many) of all cycles."""
        ...


class Store(Protocol):
    """A database, or a stand-in, with all schools in it."""

    def write(self, school_id: str, work: Callable[[Work], T]) -> T:
        """Run `work` in one transaction; what it returns, once that is committed for good.

        Raises what `work` raises, and `StoreUnavailableError` where the database cannot write.
        """
        ...

    def read(self, school_id: str, work: Callable[[Work], T]) -> T:
        """Run `work` on one consistent view; it must not write."""
        ...

    def schools(self) -> list[SchoolRow]:
        """All schools, by id."""
        ...

    def school(self, school_id: str) -> SchoolRow | None:
        """One school."""
        ...

    def add_school(self, row: SchoolRow) -> None:
        """A new school; raises `ConflictError` if its id is taken."""
        ...

    def token(self, digest: str) -> TokenRow | None:
        """The token whose text has this SHA-256 in hex, in whatever school."""
        ...

    def of_digest(self, kind: type[RowT], digest: str) -> RowT | None:
        """The row of a kind that keeps secrets by their SHA-256 in hex, in whatever school."""
        ...

    def changes_of(self, school_id: str) -> int:
        """A number that grows with each commit to the school's directory or calendar tables.

        People, groups, appointments, terms, holidays and make-up days written by `Work`.
        """
        ...

    def claim_process(self) -> None:
        """Be the one server of this database until `close`, where there can be but one (SQLite).

        Raises `StoreError` if another process is. One-shot commands need no claim.
        """
        ...

    def backup(self, to: Path) -> None:
        """Write a consistent copy to a new file while others work.

        Raises `StoreError` where the database has its own tool for it, or the file exists.
        """
        ...

    def health(self) -> Mapping[str, str]:
        """What the store says of itself (`engine`, `version`); raises `StoreUnavailableError`."""
        ...

    def close(self) -> None:
        """Let go of all connections; the store is not used afterwards."""
        ...
