"""Opening a store by its URL."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import URL, StaticPool, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from cycles.errors import StoreError, StoreUnavailableError
from cycles.store.contract import Store
from cycles.store.memory import MemoryStore
from cycles.store.schema import create_schema
from cycles.store.sqlite import SqliteStore, connect

__all__ = ["open_store"]


def open_store(url: str, *, migrate: bool = False, read_only: bool = False) -> Store:
    """The store at `memory://` or `sqlite:///path`.

    With `migrate` an empty or older database is brought up to this version first.

    Raises `StoreError` for another URL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if url == "memory://":
        return MemoryStore()
    if parsed is not None and parsed.drivername == "sqlite" and parsed.database:
        return _open_sqlite(parsed, migrate=migrate, read_only=read_only)
    raise StoreError(f"no store can be opened at {url!r}; possible: memory://, sqlite:///path")


def _open_sqlite(url: URL, *, migrate: bool, read_only: bool) -> SqliteStore:
    path = Path(url.database or "")
    if migrate and not path.exists():
        try:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        except OSError as error:
            raise StoreUnavailableError(f"{path} cannot be made: {error}") from error
        connection = connect(path, read_only=False)
        engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
        with engine.begin() as on:
            create_schema(on)
        engine.dispose()
        connection.close()
    return SqliteStore(path, read_only=read_only)
