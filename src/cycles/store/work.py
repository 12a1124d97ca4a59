"""What every transaction keeps to, whatever it runs on: one school, the chain, the last word.

The databases hold most of these rules once more as constraints; here they get their own words.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn, TypeVar

from sqlmodel import SQLModel

from cycles.errors import ConflictError, CyclesError, LedgerError, NotFoundError, StoreError
from cycles.ledger import Body, Link, commitment, next_link
from cycles.store.contract import Held, Payload
from cycles.store.rows import DIRECTORY, IMMUTABLE, OF_THE_LOG, RowForm, form_of
from cycles.store.tables import CycleRow, LinkRow, SchoolRow, TaskRow

__all__ = ["Alone", "CheckedWork"]

RowT = TypeVar("RowT", bound=SQLModel)
T = TypeVar("T")


class CheckedWork(ABC):
    """The checks of a `Work`; a subclass keeps the rows."""

    def __init__(self, school_id: str, *, writing: bool) -> None:
        self.school_id = school_id
        #: Why this work was refused; it cannot be committed any more.
        self.refusal: CyclesError | None = None
        self._writes = writing
        self._links: dict[str, Link] = {}
        self._counted = False

    def do(self, work: Callable[[Any], T]) -> T:
        """Run a function on this; a refusal that it swallowed is raised at its end."""
        answer = work(self)
        if self.refusal is not None:
            raise self.refusal
        return answer

    # --- any row ---------------------------------------------------------------------------

    def add(self, *rows: SQLModel) -> None:
        """Insert; raises `ConflictError` where a key or a constraint forbids it."""
        for row in rows:
            self.insert(self._form_to_write(type(row), row), row)

    def put(self, *rows: SQLModel) -> None:
        """Insert, or replace the row of the same primary key. Not for entries or cycles."""
        for row in rows:
            form = self._form_to_write(type(row), row)
            self.insert(form, row, replace=True)

    def remove(self, kind: type[SQLModel], **equal: Any) -> int:
        """Delete rows with these values; how many there were. Not for entries or cycles."""
        form = self._form_to_write(kind)
        if kind in IMMUTABLE:
            self._refuse(ConflictError(f"a {kind.__name__} stays as it was added"))
        return self._delete(form, equal)

    def lock(self, name: str) -> None:
        """Nobody else who asks for this name in this school goes on until this ends."""
        self._check_writing()

    @abstractmethod
    def insert(self, form: RowForm[Any], row: SQLModel, *, replace: bool = False) -> None:
        """Insert a row of any kind, or replace the row of the same key, unasked."""

    @abstractmethod
    def _delete(self, form: RowForm[Any], equal: dict[str, Any]) -> int: ...

    @abstractmethod
    def _count_change(self) -> None:
        """Move the school's change number on."""

    def _form_to_write(self, kind: type[RowT], row: SQLModel | None = None) -> RowForm[RowT]:
        self._check_writing()
        form = form_of(kind)
        if kind in OF_THE_LOG or kind is SchoolRow:
            self._refuse(StoreError(f"{kind.__name__} has methods of its own to write it"))
        if row is not None:
            self._check_school(getattr(row, form.school))
        if kind in DIRECTORY and not self._counted:
            self._counted = True
            self._count_change()
        return form

    # --- the log ---------------------------------------------------------------------------

    def link(self, subj: str) -> Link | None:
        """The subject's last entry; for a cycle it is read from the cycle's row."""
        known = self._links.get(subj)
        return known if known is not None else self._last_link(subj)

    def append(self, body: Body, payload: Payload | None) -> bytes:
        """Store an entry, its payload and its queue row; its leaf hash.

        Raises `LedgerError` if it does not fit the subject's last entry.
        """
        self._check_writing()
        raw = body.to_bytes()
        if body.log != self._log():
            self._refuse(LedgerError(f"an entry of {body.log} in the log {self._log()}"))
        committed = None if payload is None else commitment(payload.salt, payload.content)
        if body.pay != committed:
            self._refuse(LedgerError("the entry's `pay` does not commit to this payload"))
        previous = self.link(body.subj)
        try:
            link = next_link(previous, body, raw)
        except LedgerError as error:
            self._refuse(error)
        self._insert_entry(previous, link, body, raw, payload)
        self._links[body.subj] = link
        return link.leaf

    @abstractmethod
    def _last_link(self, subj: str) -> Link | None: ...

    @abstractmethod
    def _insert_entry(
        self, previous: Link | None, link: Link, body: Body, raw: bytes, payload: Payload | None
    ) -> None: ...

    @abstractmethod
    def _known_log(self) -> str | None:
        """The name of the school's log; `None` if there is no such school."""

    def _log(self) -> str:
        log = self._known_log()
        if log is None:
            raise NotFoundError("school", self.school_id)
        return log

    # --- cycles ----------------------------------------------------------------------------

    def hold(self, cycle_id: str) -> Held | None:
        """`cycle` with `lock`, `links` and `changes`, asked for at once."""
        row = self.cycle(cycle_id, lock=True)
        return None if row is None else Held(row, self.links(cycle_id), self.changes())

    @abstractmethod
    def cycle(self, cycle_id: str, *, lock: bool = False) -> CycleRow | None:
        """The cycle's row; with `lock` nobody else writes the cycle until this ends."""

    @abstractmethod
    def links(self, cycle_id: str) -> list[LinkRow]:
        """The links from the cycle and to it."""

    @abstractmethod
    def changes(self) -> int:
        """What `Store.changes_of` says of this school, as this transaction sees it."""

    def open_cycle(self, row: CycleRow, people: Iterable[tuple[str, str]]) -> None:
        """Insert a cycle whose first entry was appended before; people as (role, person)."""
        self._check_standing(row, 1)
        self._insert_cycle(row)
        self._replace_people(row.id, people)

    def save_cycle(
        self, row: CycleRow, people: Iterable[tuple[str, str]] | None, *, expected: int
    ) -> None:
        """Store a cycle whose entry was appended before; people only where they changed.

        Raises `StaleRevisionError` if its revision is not `expected` any more.
        """
        self._check_standing(row, expected + 1)
        self._update_cycle(row, expected)
        if people is not None:
            self._replace_people(row.id, people)

    def replace_tasks(self, cycle_id: str, tasks: Sequence[TaskRow]) -> None:
        """All tasks of the cycle, instead of those before."""
        self._check_writing()
        for task in tasks:
            self._check_school(task.school_id)
            if task.cycle != cycle_id:
                self._refuse(StoreError(f"a task of {task.cycle!r} among those of {cycle_id!r}"))
        if len({(task.person, task.do, task.from_date) for task in tasks}) < len(tasks):
            self._refuse(ConflictError("two tasks of one person to do the same from one day"))
        self._replace_tasks(cycle_id, tasks)

    @abstractmethod
    def _insert_cycle(self, row: CycleRow) -> None: ...

    @abstractmethod
    def _update_cycle(self, row: CycleRow, expected: int) -> None: ...

    @abstractmethod
    def _replace_people(self, cycle_id: str, people: Iterable[tuple[str, str]]) -> None: ...

    @abstractmethod
    def _replace_tasks(self, cycle_id: str, tasks: Sequence[TaskRow]) -> None: ...

    def _check_standing(self, row: CycleRow, revision: int) -> None:
        self._check_writing()
        self._check_school(row.school_id)
        link = self._links.get(row.subj)
        if row.revision != revision:
            self._refuse(LedgerError(f"revision {row.revision}, where {revision} would follow"))
        if link is not None and (link.seq, link.to, link.leaf, link.at) != (
            row.revision,
            row.state,
            row.head,
            row.changed_at,
        ):
            self._refuse(LedgerError("a cycle can only stand where its last entry says"))

    def _remember(self, row: CycleRow) -> None:
        """Let `append` know where the cycle stands without asking again; only once it is locked."""
        log = self._known_log()
        if log is not None:
            self._links[row.subj] = Link(
                log, row.subj, row.revision, row.state, row.head, row.changed_at
            )

    # --- keeping to the rules --------------------------------------------------------------

    def _check_writing(self) -> None:
        if not self._writes:
            raise StoreError("a read cannot write; use `write`")
        if self.refusal is not None:
            raise self.refusal

    def _check_school(self, school_id: str) -> None:
        if school_id != self.school_id:
            self._refuse(StoreError("a row of another school"))

    def _refuse(self, error: CyclesError) -> NoReturn:
        """Raise the error, and see to it that nothing of this work is kept.

        What goes wrong after a refusal only follows from it: the first one is told.
        """
        if self.refusal is None:
            self.refusal = error
        raise self.refusal


class Alone:
    """Refuses a transaction inside one of the same store and thread.

    It would wait for itself for ever, or see half of the other one.
    """

    def __init__(self) -> None:
        self._here = threading.local()

    def __enter__(self) -> None:
        if getattr(self._here, "inside", False):
            raise StoreError("a work may use nothing but what it was given, not its store")
        self._here.inside = True

    def __exit__(self, *_: object) -> None:
        self._here.inside = False
