"""Opening a store by its URL."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, NullPool, StaticPool, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from cycles.errors import SchemaMismatchError, StoreError, StoreUnavailableError
from cycles.store.contract import Store
from cycles.store.memory import MemoryStore
from cycles.store.schema import REVISION, check_revision, migrate
from cycles.store.sqlite import BUSY_TIMEOUT_S, SqliteStore, connect

__all__ = ["emptiness", "open_store"]


def open_store(url: str, *, migrate: bool = False, read_only: bool = False) -> Store:
    """The store at `memory://`, `sqlite:///path` or `postgresql+psycopg://…`.

    With `migrate` an empty or older database is brought up to this version first. On SQLite,
    `?timeout=2.5` says for how many seconds another process that writes is waited for.

    Raises:
        SchemaMismatchError: the tables are of another version, or not ours at all.
        StoreUnavailableError: it cannot be reached now.
        StoreError: another URL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = make_url("unknown://")
    if parsed.drivername == "memory":
        return MemoryStore()
    if parsed.drivername == "sqlite" and parsed.database not in (None, ":memory:"):
        return _open_sqlite(parsed, bring_up=migrate, read_only=read_only)
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return _open_postgres(parsed, bring_up=migrate, read_only=read_only)
    shown = parsed.render_as_string(hide_password=True)
    raise StoreError(
        f"no store can be opened at {shown!r}; possible: memory://, sqlite:///path,"
        " postgresql+psycopg://user@host/database"
    )


def emptiness(url: str) -> tuple[str, bool] | None:
    """Who opens a PostgreSQL database in which no table is, and whether they may make some.

    `None` for a database that holds something, and on any other store. Raises
    `StoreUnavailableError` where it cannot be reached.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    if not parsed.drivername.startswith("postgresql"):
        return None
    engine = create_engine(parsed.set(drivername="postgresql+psycopg"), poolclass=NullPool)
    asked = text(
        "SELECT current_user::text, has_schema_privilege('public', 'CREATE')"
        " WHERE NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')"
    )
    try:
        with engine.connect() as connection:
            found = connection.execute(asked).one_or_none()
    except SQLAlchemyError as error:
        raise StoreUnavailableError(f"the database cannot be reached: {error}") from error
    return None if found is None else (found[0], found[1])


def _open_sqlite(url: URL, *, bring_up: bool, read_only: bool) -> SqliteStore:
    path = Path(str(url.database))
    timeout_s = _seconds(url.query.get("timeout"), BUSY_TIMEOUT_S)
    if not path.exists() and not bring_up:
        raise SchemaMismatchError(f"there is no database {path}; run `cycles init`")
    try:
        if bring_up:
            _bring_up_sqlite(path)
        with closing(connect(path, read_only=True, busy_timeout_s=timeout_s)) as connection:
            check_revision(_revision(connection))
    except OSError as error:
        raise StoreUnavailableError(f"{path} cannot be made: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StoreUnavailableError(f"{path} cannot be opened: {error}") from error
    return SqliteStore(path, read_only=read_only, busy_timeout_s=timeout_s)


def _bring_up_sqlite(path: Path) -> None:
    # Names of teachers lie in it: nobody else on the machine shall read it.
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    with closing(connect(path, read_only=False)) as connection:
        if _revision(connection) == REVISION:
            return
        engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
        try:
            with engine.connect() as on:
                on.exec_driver_sql("BEGIN IMMEDIATE")
                migrate(on)
                on.commit()
        except SQLAlchemyError as error:
            raise StoreUnavailableError(f"the tables were not made: {error}") from error


def _open_postgres(url: URL, *, bring_up: bool, read_only: bool) -> Store:
    try:
        from cycles.store.postgres import PostgresStore
    except ImportError as error:
        raise StoreError(f"PostgreSQL needs `pip install 'cycles[postgres]'`: {error}") from None
    store = PostgresStore(url, read_only=read_only)
    try:
        if bring_up and store.revision() != REVISION:
            _bring_up_postgres(url)
        check_revision(store.revision())
    except BaseException:
        store.close()
        raise
    return store


def _bring_up_postgres(url: URL) -> None:
    engine = create_engine(url.set(drivername="postgresql+psycopg"), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            migrate(connection)
    except OperationalError as error:
        raise StoreUnavailableError(f"the tables were not made: {error.orig}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"the tables were not made: {error}") from error


def _revision(connection: sqlite3.Connection) -> str | None:
    kept = "SELECT count(*) FROM sqlite_schema WHERE name = 'alembic_version'"
    if connection.execute(kept).fetchone() == (0,):
        return None
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if found is None else str(found[0])


def _seconds(given: str | tuple[str, ...] | None, default: float) -> float:
    try:
        return default if given is None else float(str(given))
    except ValueError:
        raise StoreError(f"timeout={given!r} is no number of seconds") from None
