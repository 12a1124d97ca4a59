"""What the stores on a database have in common, whichever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar

from sqlmodel import SQLModel

from cycles.store.rows import form_of
from cycles.store.sql import SqlWork
from cycles.store.statements import phrases_of
from cycles.store.tables import SchoolRow, TokenRow
from cycles.store.work import Alone

__all__ = ["SqlStore"]

T = TypeVar("T")
RowT = TypeVar("RowT", bound=SQLModel)

#: For questions that concern no school, or all of them.
_NO_SCHOOL = ""


class SqlStore(ABC):
    """Reading, and the few questions that are asked outside a school."""

    def __init__(self) -> None:
        self._alone = Alone()
        self._logs: dict[str, str] = {}

    @abstractmethod
    def write(self, school_id: str, work: Callable[[Any], T]) -> T:
        """See `Store`."""

    @abstractmethod
    def _ask(self, school_id: str, work: Callable[[Any], T], *, one_view: bool = True) -> T:
        """Run a work that cannot write, on one consistent view if it asks more than once."""

    def read(self, school_id: str, work: Callable[[Any], T]) -> T:
        """See `Store`."""
        with self._alone:
            return self._ask(school_id, work)

    def schools(self) -> list[SchoolRow]:
        """See `Store`."""
        statement = f"{phrases_of(SchoolRow).select} ORDER BY id"
        return self._ask_once(lambda work: work.rows(SchoolRow, statement))

    def school(self, school_id: str) -> SchoolRow | None:
        """See `Store`."""
        return self._ask_once(lambda work: work.get(SchoolRow), school_id)

    def add_school(self, row: SchoolRow) -> None:
        """See `Store`."""
        self.write(row.id, lambda work: work.insert(form_of(SchoolRow), row))

    def token(self, digest: str) -> TokenRow | None:
        """See `Store`."""
        return self.of_digest(TokenRow, digest)

    def of_digest(self, kind: type[RowT], digest: str) -> RowT | None:
        """See `Store`."""
        statement = f"{phrases_of(kind).select} WHERE digest = ?"
        found = self._ask_once(lambda work: work.rows(kind, statement, [digest]))
        return found[0] if found else None

    def changes_of(self, school_id: str) -> int:
        """See `Store`."""
        return self._ask_once(lambda work: work.changes(), school_id)

    def _ask_once(self, work: Callable[[SqlWork], T], school_id: str = _NO_SCHOOL) -> T:
        return self._ask(school_id, work, one_view=False)
