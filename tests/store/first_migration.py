"""Writes the first migration anew from the tables: `python -m tests.store.first_migration`.

Only for as long as no database of anybody's was made with it; afterwards each change is a
migration of its own.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

import cycles.store
from cycles.store.guards import guard_statements

FOLDER = Path(cycles.store.__file__).parent / "migrations" / "versions"
DIALECTS: dict[str, Dialect] = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}


def statements(dialect: Dialect) -> list[str]:
    """All that makes an empty database into ours, in order."""
    before, after = guard_statements(dialect.name)
    tables = []
    for table in SQLModel.metadata.sorted_tables:
        tables.append(str(CreateTable(table).compile(dialect=dialect)))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            tables.append(str(CreateIndex(index).compile(dialect=dialect)))
    return [*before, *tables, *after]


def tidy(statement: str) -> str:
    """Without the blanks that SQLAlchemy leaves at the ends of lines."""
    lines = (
        line.rstrip().replace("\t", "    ").replace(" ,", ",") for line in statement.split("\n")
    )
    return "\n".join(line for line in lines if line)


if __name__ == "__main__":
    for name, dialect in DIALECTS.items():
        text = ";\n\n".join(map(tidy, statements(dialect)))
        (FOLDER / f"0001_first_tables.{name}.sql").write_text(text + ";\n", "utf-8")
