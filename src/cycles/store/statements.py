"""Statements worked out once from the tables, in the SQL that both databases speak.

`?` stands for a value. Names are quoted, as some are words of SQL (`group`, `from`, `to`).
"""
# ruff: noqa: S608 - every name comes from the tables, every value goes beside the statement

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlmodel import SQLModel

from cycles.store.contract import Between
from cycles.store.rows import Picking, RowForm, form_of, picking

__all__ = ["Condition", "Phrases", "phrases_of", "update"]

#: What stands after WHERE, and its values.
Condition = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Phrases:
    """A table as parts of statements.

    Attributes:
        form: Of the table's row class.
        table: Its name.
        columns: Attribute names → column names.
        select: `SELECT` of all columns, in the form's order.
        insert: Of all columns that are not worked out by the database.
        given: The attributes whose values `insert` takes, in order.
        values: Takes these of a row.
        put: Like `insert`, but replaces the row of the same key.
    """

    form: RowForm[Any]
    table: str
    columns: Mapping[str, str]
    select: str
    insert: str
    given: tuple[str, ...]
    values: Picking
    put: str

    def where(self, equal: Mapping[str, Any]) -> Condition:
        """Rows with these values; a list or tuple means one of them, `None` means null.

        A `Between` means those that lie there.
        """
        parts: list[str] = []
        values: list[Any] = []
        for name, asked in equal.items():
            self.form.column(name)
            column = self.columns[name]
            if asked is None:
                parts.append(f"{column} IS NULL")
            elif isinstance(asked, Between):
                ends = {">=": asked.since, "<": asked.until}
                given = {sign: end for sign, end in ends.items() if end is not None}
                parts += [f"{column} {sign} ?" for sign in given] or [f"{column} IS NOT NULL"]
                values.extend(given.values())
            elif not isinstance(asked, (list, tuple)):
                parts.append(f"{column} = ?")
                values.append(asked)
            elif asked:
                parts.append(f"{column} IN ({', '.join('?' * len(asked))})")
                values.extend(asked)
            else:
                parts.append("1 = 0")
        return " AND ".join(parts), values

    def order(self, names: Sequence[str]) -> str:
        """`ORDER BY` these attributes, `-name` downwards; null is the least of all values."""
        return " ORDER BY " + ", ".join(self._ordered(name) for name in names or self.form.key)

    def _ordered(self, name: str) -> str:
        plain = name.removeprefix("-")
        nullable = self.form.column(plain).nullable
        if plain == name:
            return self.columns[plain] + (" NULLS FIRST" if nullable else "")
        return self.columns[plain] + (" DESC NULLS LAST" if nullable else " DESC")


@cache
def phrases_of(kind: type[SQLModel], *, numbered: bool = False) -> Phrases:
    """The phrases of a table; with `numbered` the database counts the key up itself."""
    form = form_of(kind)
    table = f'"{form.table.name}"'
    columns = {n: f'"{c.name}"' for n, c in zip(form.names, form.columns, strict=True)}
    given = tuple(
        name
        for name in form.names
        if form.column(name).computed is None and not (numbered and name == form.numbered)
    )
    names = ", ".join(columns[name] for name in given)
    insert = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(given))})"
    key = ", ".join(columns[name] for name in form.key)
    rest = [columns[name] for name in given if name not in form.key]
    # A counted key says nothing of the school: another school's row is left alone.
    then = f"UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in rest)}" if rest else "NOTHING"
    own = columns[form.school]
    if rest and form.school not in form.key:
        then += f" WHERE {table}.{own} = excluded.{own}"
    return Phrases(
        form=form,
        table=table,
        columns=columns,
        select=f"SELECT {', '.join(columns.values())} FROM {table}",
        insert=insert,
        given=given,
        values=picking(given),
        put=f"{insert} ON CONFLICT ({key}) DO {then}",
    )


def update(kind: type[SQLModel], names: Sequence[str], where: Sequence[str]) -> str:
    """`UPDATE` of some attributes where others have given values."""
    table = phrases_of(kind)
    changes = ", ".join(f"{table.columns[name]} = ?" for name in names)
    given = " AND ".join(f"{table.columns[name]} = ?" for name in where)
    return f"UPDATE {table.table} SET {changes} WHERE {given}"
