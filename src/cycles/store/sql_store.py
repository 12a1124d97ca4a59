"""What the stores on a database have in common, whichever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from cycles.store.rows import form_of
from cycles.store.sql import SqlWork
from cycles.store.statements import phrases_of
from cycles.store.tables import SchoolRow, TokenRow
from cycles.store.work import Alone

__all__ = ["SqlStore"]

T = TypeVar("T")

#: For questions that concern no school, or all of them.
_NO_SCHOOL = ""


class SqlStore(ABC):
    """Reading, and the few questions that are asked outside a school."""

    def __init__(self) -> None:
        self._alone = Alone()

    @abstractmethod
    def write(self, school_id: str, work: Callable[[Any], T]) -> T:
        """See `Store`."""

    @abstractmethod
    def _reading(self, school_id: str, *, one_view: bool = True) -> AbstractContextManager[SqlWork]:
        """A work that cannot write, on one consistent view if it asks more than once."""

    def read(self, school_id: str, work: Callable[[Any], T]) -> T:
        """See `Store`."""
        with self._alone(), self._reading(school_id) as here:
            return work(here)

    def schools(self) -> list[SchoolRow]:
        """See `Store`."""
        with self._reading(_NO_SCHOOL, one_view=False) as here:
            return here.rows(SchoolRow, f"{phrases_of(SchoolRow).select} ORDER BY id")

    def school(self, school_id: str) -> SchoolRow | None:
        """See `Store`."""
        with self._reading(school_id, one_view=False) as here:
            return here.get(SchoolRow)

    def add_school(self, row: SchoolRow) -> None:
        """See `Store`."""
        self.write(row.id, lambda work: work.insert(form_of(SchoolRow), row))

    def token(self, digest: str) -> TokenRow | None:
        """See `Store`."""
        with self._reading(_NO_SCHOOL, one_view=False) as here:
            found = here.rows(TokenRow, f"{phrases_of(TokenRow).select} WHERE digest = ?", [digest])
            return found[0] if found else None

    def changes_of(self, school_id: str) -> int:
        """See `Store`."""
        with self._reading(school_id, one_view=False) as here:
            return here.changes()
