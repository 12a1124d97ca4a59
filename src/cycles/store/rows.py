"""What a store has to know of a row class: its columns, its key, its school."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Table, UniqueConstraint, inspect
from sqlmodel import SQLModel

from cycles.errors import StoreError
from cycles.store.tables import (
    AppointmentRow,
    CycleRow,
    DefiningRow,
    DirectoryChangeRow,
    EntryRow,
    GroupRow,
    HolidayRow,
    MakeUpDayRow,
    PayloadRow,
    PersonRow,
    QueueRow,
    SchoolRow,
    TermRow,
    VersionRow,
)

__all__ = ["DIRECTORY", "IMMUTABLE", "OF_THE_LOG", "Picking", "RowForm", "form_of", "picking"]

RowT = TypeVar("RowT", bound=SQLModel)

#: Some of a row's values.
Picking = Callable[[SQLModel], tuple[Any, ...]]

#: A change to one of these moves the school's change number on (`changes_of`).
DIRECTORY: frozenset[type[SQLModel]] = frozenset(
    {PersonRow, GroupRow, AppointmentRow, TermRow, HolidayRow, MakeUpDayRow}
)
#: Written by `append`, `open_cycle`, `save_cycle` and the store itself, never as plain rows.
OF_THE_LOG: frozenset[type[SQLModel]] = frozenset(
    {EntryRow, PayloadRow, QueueRow, CycleRow, DirectoryChangeRow}
)
#: May be added once, then neither changed nor removed.
IMMUTABLE: frozenset[type[SQLModel]] = frozenset({VersionRow, DefiningRow})


@dataclass(frozen=True, slots=True)
class RowForm(Generic[RowT]):
    """A row class seen as names and columns, in the table's order.

    Attributes:
        kind: The class.
        table: Its table.
        names: Attribute names; `columns` has the column of each.
        columns: See `names`.
        key: Attribute names of the primary key.
        school: The attribute that says whose row it is.
        numbered: The key's attribute that the database counts up, if there is one.
        required: Attributes that cannot be null.
        uniques: Groups of attributes that no two rows share, the primary key left out.
    """

    kind: type[RowT]
    table: Table
    names: tuple[str, ...]
    columns: tuple[Column[Any], ...]
    key: tuple[str, ...]
    school: str
    numbered: str | None
    required: tuple[str, ...]
    uniques: tuple[tuple[str, ...], ...]

    def values(self, row: SQLModel) -> dict[str, Any]:
        """The row's values by attribute name."""
        return {name: row.__dict__[name] for name in self.names}

    def build(self, values: Sequence[Any]) -> RowT:
        """A new row of these values, in the order of `names`."""
        return self.kind(**dict(zip(self.names, values, strict=True)))

    def column(self, name: str) -> Column[Any]:
        """The column of an attribute; raises `StoreError` if there is none."""
        try:
            return self.columns[self.names.index(name)]
        except ValueError:
            known = ", ".join(self.names)
            raise StoreError(f"{self.kind.__name__} has no {name!r}; there are: {known}") from None

    def key_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The primary key of such values."""
        return tuple(values[name] for name in self.key)


def picking(names: Sequence[str]) -> Picking:
    """Takes these attributes (two or more) of a row."""
    pick = itemgetter(*names)
    return lambda row: pick(row.__dict__)


@cache
def form_of(kind: type[RowT]) -> RowForm[RowT]:
    """The form of a table class, worked out once."""
    mapper = inspect(kind)
    table = mapper.local_table
    if not isinstance(table, Table):
        raise StoreError(f"{kind.__name__} is no table")
    by_column = {attribute.columns[0]: attribute.key for attribute in mapper.column_attrs}
    columns = tuple(table.columns)
    names = tuple(by_column[column] for column in columns)
    key = tuple(by_column[column] for column in table.primary_key.columns)
    counter = table.autoincrement_column
    uniques = [
        tuple(by_column[column] for column in constraint.columns)
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    return RowForm(
        kind=kind,
        table=table,
        names=names,
        columns=columns,
        key=key,
        school="id" if kind is SchoolRow else "school_id",
        numbered=None if counter is None else by_column[counter],
        required=tuple(
            by_column[c] for c in columns if not c.nullable and c is not counter and not c.computed
        ),
        uniques=tuple(uniques),
    )
