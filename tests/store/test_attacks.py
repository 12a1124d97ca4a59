"""SQL past the programme: what was written stays written, and every guard is needed for it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Column, ForeignKeyConstraint, MetaData, create_engine, make_url
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from cycles.store import MARKS, DefiningRow, Store, VersionRow, Work, open_store
from cycles.store.guards import GUARDS, guard_statements
from cycles.store.sqlite import connect
from cycles.store.tables import Derived
from tests.databases import fresh_database
from tests.store.attacks import ATTACKS, Attack, fair_entry
from tests.store.school_log import at, move_on, open_cycle, school, write_entry

#: Columns of an entry that both databases read out of its body.
WORKED_OUT = ("at", "act", "actor", *MARKS)

TABLES = ("entry", "payload", "cycle", "version", "defining")

#: What other walls repeat, with these: it takes all of them to get through.
REPEATED = {
    # Stops a replacing row, and so a second one as well.
    **{f"pk_{table}": (f"{table}_replace",) for table in TABLES},
    # Emptying the log empties the cycles that point into it.
    "entry_truncate": ("cycle_truncate",),
    "version_truncate": ("defining_truncate",),
    # All are worked out of the body.
    "entry.body": ("entry.leaf", *(f"entry.{name}" for name in WORKED_OUT)),
}


def fill(store: Store) -> None:
    """What the attacks are aimed at."""
    for name in ("north", "south"):
        store.add_school(school(name))
    store.write("south", lambda work: open_cycle(work, "c1"))

    def north(work: Work) -> None:
        open_cycle(work, "c1", text="计划")
        open_cycle(work, "c2")
        for cycle, steps in (("c1", ("observe", "evaluate")), ("c2", ("a", "b", "archived"))):
            for to in steps:
                move_on(work, cycle, to)
        write_entry(work, "cycle:c3")
        write_entry(work, "school", "要忘记的")
        write_entry(work, "school", "要留下的")
        entry = work.entry("school", 1)
        assert entry is not None
        work.erase_payload(entry.leaf)
        rule = {"school_id": "north", "workflow": "x"}
        for digest in ("0", "9"):
            work.add(VersionRow(**rule, digest=digest, canonical=b"{}", added_at=at(1)))
        work.add(DefiningRow(**rule, number=1, digest="0", at=at(1)))

    store.write("north", north)


@dataclass
class Target:
    """A filled database, past the store."""

    engine: str
    connection: Any
    error: type[Exception]
    before: list[Any] = field(default_factory=list)

    def dump(self) -> list[Any]:
        """All rows of the tables that are attacked."""
        return [
            sorted(map(repr, self.connection.execute(f'SELECT * FROM "{table}"').fetchall()))
            for table in TABLES
        ]

    def attempt(self, attack: Attack) -> tuple[Exception | None, bool]:
        """The database's refusal, if any, and whether anything changed; undone in any case."""
        if self.engine == "sqlite":
            recursive = "OFF" if attack.bare else "ON"
            self.connection.execute(f"PRAGMA recursive_triggers = {recursive}")
        refusal = None
        self.connection.execute("SAVEPOINT attack")
        try:
            for statement in attack.on(self.engine):
                self.connection.execute(statement)
        except self.error as error:
            refusal = error
        changed = refusal is None and self.dump() != self.before
        self.connection.execute("ROLLBACK TO SAVEPOINT attack")
        return refusal, changed

    def let_through(self) -> list[str]:
        """The attacks that change something."""
        ours = [attack for attack in ATTACKS if self.engine in attack.engines]
        return [attack.name for attack in ours if self.attempt(attack)[1]]


@pytest.fixture(scope="module")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled SQLite database."""
    path = tmp_path_factory.mktemp("attacked") / "attacked.db"
    with closing(open_store(f"sqlite:///{path}", migrate=True)) as store:
        fill(store)
    return path


@pytest.fixture(scope="module")
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of a filled PostgreSQL database."""
    with fresh_database(postgres_url) as url:
        with closing(open_store(url, migrate=True)) as store:
            fill(store)
        yield make_url(url).set(drivername="postgresql").render_as_string(False)


@pytest.fixture(scope="module")
def on_sqlite(sqlite_file: Path) -> Iterator[Target]:
    """In a transaction that is never committed."""
    with closing(connect(sqlite_file, read_only=False)) as connection:
        yield begun(Target("sqlite", connection, sqlite3.Error))


@pytest.fixture(scope="module")
def on_postgresql(postgres_database: str) -> Iterator[Target]:
    """In a transaction that is never committed."""
    with closing(psycopg.connect(postgres_database, autocommit=True)) as connection:
        yield begun(Target("postgresql", connection, psycopg.Error))


def begun(target: Target) -> Target:
    """With a transaction open, and what it sees."""
    target.connection.execute("BEGIN")
    target.before = target.dump()
    return target


def cases() -> list[Any]:
    """Each attack on each database it is written for."""
    return [
        pytest.param(engine, attack, id=f"{engine}: {attack.name.removesuffix(f' ({engine})')}")
        for attack in ATTACKS
        for engine in attack.engines
    ]


@pytest.mark.parametrize(("engine", "attack"), cases())
def test_an_attack_is_refused(engine: str, attack: Attack, request: pytest.FixtureRequest) -> None:
    """The database itself refuses it, and nothing has changed."""
    target: Target = request.getfixturevalue(f"on_{engine}")

    refusal, _ = target.attempt(attack)

    assert isinstance(refusal, target.error)
    # Not for a slip of the attacker's: a statement that is no SQL proves nothing.
    assert not re.search(
        "syntax|no such|does not exist|values for|expressions than", str(refusal)
    ), refusal
    assert target.dump() == target.before


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_there_are_many_attacks_and_fair_entries_are_taken(
    engine: str, request: pytest.FixtureRequest
) -> None:
    """Forty statements and more a database; the entry they are forged from is itself in order."""
    target: Target = request.getfixturevalue(f"on_{engine}")

    assert sum(engine in attack.engines for attack in ATTACKS) >= 40
    assert target.attempt(Attack("fair", (fair_entry(engine),))) == (None, True)


def triggers_of(engine: str) -> dict[str, str]:
    """Every trigger of this database, and its table."""
    other = "TRUNCATE" if engine == "sqlite" else "INSERT"
    return {guard.name: guard.table for guard in GUARDS if guard.event != other}


def guards_of(engine: str) -> list[str]:
    """Every constraint and trigger of the attacked tables, by name, as the code has them."""
    names = set(triggers_of(engine))
    for table in (SQLModel.metadata.tables[name] for name in TABLES):
        names |= {str(constraint.name) for constraint in table.constraints}
        names |= {str(index.name) for index in table.indexes if index.unique}
        names |= {
            f"{table.name}.{column.name}"
            for column in table.columns
            if not column.nullable and not _follows(engine, column)
        }
    return sorted(names)


def _follows(engine: str, column: Column[Any]) -> bool:
    """Whether a column that is never null could not be: of a key there, or worked out."""
    if isinstance(column.server_default, Derived):
        return engine == "postgresql" or column.server_default.sqlite is not None
    return engine == "postgresql" and column.primary_key


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_every_guard_that_the_database_has_is_tried(
    engine: str, request: pytest.FixtureRequest
) -> None:
    """What is dropped below is all that stands in the catalogue of a migrated database."""
    target: Target = request.getfixturevalue(f"on_{engine}")
    found: set[str] = set()

    for table in TABLES:
        found |= _in_catalogue(target, table)

    derived = {f"entry.{name}" for name in WORKED_OUT}
    if engine == "postgresql":
        keys = {f"{t}.{c.name}" for t in TABLES for c in SQLModel.metadata.tables[t].primary_key}
        derived |= keys | {"entry.leaf"}
    assert found - derived == set(guards_of(engine))


def _in_catalogue(target: Target, table: str) -> set[str]:
    """Constraints, triggers, unique indices and columns that are never null."""
    run = target.connection.execute
    if target.engine == "sqlite":
        rows = run("SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = ?", [table])
        names: set[str] = set()
        for kind, name, told in rows.fetchall():
            if kind == "trigger" or (kind == "index" and "UNIQUE" in (told or "")):
                names.add(name)
            elif kind == "table":
                names |= set(re.findall(r"CONSTRAINT (\w+)", told))
        columns = run(f'PRAGMA table_xinfo("{table}")').fetchall()
        return names | {f"{table}.{column[1]}" for column in columns if column[3]}
    rows = run(
        "SELECT conname FROM pg_constraint WHERE conrelid = %(t)s::regclass AND contype <> 'n'"
        " UNION SELECT tgname FROM pg_trigger WHERE tgrelid = %(t)s::regclass AND NOT tgisinternal"
        " UNION SELECT indexrelid::regclass::text FROM pg_index"
        " WHERE indrelid = %(t)s::regclass AND indisunique"
        " UNION SELECT %(t)s || '.' || attname FROM pg_attribute"
        " WHERE attrelid = %(t)s::regclass AND attnotnull AND attnum > 0",
        {"t": table},
    )
    return {name for (name,) in rows.fetchall()}


def dropped_with(engine: str, name: str) -> set[str]:
    """The guard, and the walls behind it that this database has."""
    behind = set(REPEATED.get(name, ()))
    if engine == "postgresql":
        return {name} | {one for one in behind if "." in one or one in triggers_of(engine)}
    return {name} | behind - {"cycle_truncate"}


@pytest.mark.parametrize("name", guards_of("postgresql"))
def test_no_guard_of_postgresql_is_idle(name: str, on_postgresql: Target) -> None:
    """Without it at least one of the attacks gets through."""
    run = on_postgresql.connection.execute
    run("SAVEPOINT guards")
    try:
        for one in dropped_with("postgresql", name):
            run(_drop_statement(one))

        assert on_postgresql.let_through()
    finally:
        run("ROLLBACK TO SAVEPOINT guards")
    assert on_postgresql.dump() == on_postgresql.before


@pytest.mark.parametrize("name", triggers_of("postgresql"))
def test_every_trigger_of_postgresql_also_stops_a_replica(name: str, on_postgresql: Target) -> None:
    """A trigger that only ordinary sessions fire would let some attack through."""
    run = on_postgresql.connection.execute
    run("SAVEPOINT guards")
    try:
        for one in dropped_with("postgresql", name):
            run(f'ALTER TABLE "{triggers_of("postgresql")[one]}" ENABLE TRIGGER {one}')

        assert on_postgresql.let_through()
    finally:
        run("ROLLBACK TO SAVEPOINT guards")


@pytest.mark.parametrize("name", guards_of("sqlite"))
def test_no_guard_of_sqlite_is_idle(name: str, sqlite_file: Path, tmp_path: Path) -> None:
    """Without it at least one of the attacks gets through."""
    path = tmp_path / "weak.db"
    _copy_without(dropped_with("sqlite", name), sqlite_file, path)
    with closing(connect(path, read_only=False)) as connection:
        assert begun(Target("sqlite", connection, sqlite3.Error)).let_through()


def _drop_statement(name: str) -> str:
    table, _, column = name.partition(".")
    if column:
        return f'ALTER TABLE "{table}" ALTER COLUMN "{column}" DROP NOT NULL'
    for guard in GUARDS:
        if guard.name == name:
            return f'DROP TRIGGER {name} ON "{guard.table}"'
    [table] = [
        table
        for table in TABLES
        if name in {str(one.name) for one in SQLModel.metadata.tables[table].constraints}
    ]
    # A unique key takes the foreign keys along that point to it.
    return f'ALTER TABLE "{table}" DROP CONSTRAINT {name} CASCADE'


def _copy_without(names: set[str], source: Path, path: Path) -> None:
    """A copy of the database as it would be if it had been made without these guards."""
    weak = MetaData(naming_convention=SQLModel.metadata.naming_convention)
    # In SQLite a foreign key to columns that are not unique refuses everything.
    keyless = any(name.startswith("uq_") for name in names)
    for table in TABLES:
        copy = SQLModel.metadata.tables[table].to_metadata(weak)
        for constraint in list(copy.constraints):
            foreign = isinstance(constraint, ForeignKeyConstraint)
            if str(constraint.name) in names or (keyless and foreign):
                copy.constraints.discard(constraint)
        if f"pk_{table}" in names:
            for column in copy.columns:
                column.primary_key = False
        for column in copy.columns:
            if f"{table}.{column.name}" in names:
                column.nullable = True
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        weak.create_all(connection)
        connection.exec_driver_sql(f"ATTACH '{source}' AS strong")
        for table in TABLES:
            given = [
                c.name
                for c in weak.tables[table].columns
                if not (isinstance(c.server_default, Derived) and c.server_default.sqlite)
            ]
            listed = ", ".join(f'"{name}"' for name in given)
            connection.exec_driver_sql(
                f'INSERT INTO main."{table}" ({listed}) SELECT {listed} FROM strong."{table}"'
            )
        for statement in guard_statements("sqlite")[1]:
            if statement.split()[2] not in names:
                connection.exec_driver_sql(statement)
    engine.dispose()
