"""The limits: the state row, the audit row and the chain's hash by hand on the bare drivers."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path

import psycopg

__all__ = ["BarePostgres", "BareSqlite"]

_TABLES = """
CREATE TABLE state (id TEXT PRIMARY KEY, revision INTEGER, state TEXT, head {bytes});
CREATE TABLE audit (id TEXT, seq INTEGER, body {bytes}, leaf {bytes}, PRIMARY KEY (id, seq));
"""
#: About as long as an entry of ours.
_LENGTH = 600


def _entry(seq: int, before: bytes) -> tuple[bytes, bytes]:
    """An entry's body and its hash."""
    body = f'{{"seq":{seq},"prev":"{before.hex()}"}}'.encode().ljust(_LENGTH)
    return body, hashlib.sha256(body).digest()


class BareSqlite:
    """One connection in WAL mode with FULL flushes, one commit a transition."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
        self._db.executescript(_TABLES.format(bytes="BLOB"))
        self._names = (f"c{n}" for n in count())

    def run(self, transitions: int) -> int:
        """So many transitions in a new cycle."""
        db, name, leaf = self._db, next(self._names), b""
        db.execute("INSERT INTO state VALUES (?, 0, 's', x'')", (name,))
        for seq in range(1, transitions + 1):
            db.execute("BEGIN IMMEDIATE")
            (known,) = db.execute("SELECT head FROM state WHERE id = ?", (name,)).fetchone()
            body, leaf = _entry(seq, known)
            db.execute("INSERT INTO audit VALUES (?, ?, ?, ?)", (name, seq, body, leaf))
            db.execute(
                "UPDATE state SET revision = ?, head = ? WHERE id = ? AND revision = ?",
                (seq, leaf, name, seq - 1),
            )
            db.execute("COMMIT")
        return transitions

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


class BarePostgres:
    """The same over psycopg: BEGIN, read, insert, update, COMMIT; a cycle for each connection."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._names = (f"c{n}" for n in count())
        with closing(psycopg.connect(dsn, autocommit=True)) as db:
            db.execute(_TABLES.format(bytes="BYTEA"))

    @contextmanager
    def connected(self, connections: int) -> Iterator[list[psycopg.Connection]]:
        """Some connections."""
        with ExitStack() as left:
            yield [
                left.enter_context(closing(psycopg.connect(self._dsn, autocommit=True)))
                for _ in range(connections)
            ]

    def run(self, connections: list[psycopg.Connection], transitions: int) -> int:
        """So many transitions on each connection, all at once."""
        named = [(db, next(self._names)) for db in connections]
        with ThreadPoolExecutor(len(named)) as threads:
            list(threads.map(lambda one: _on_postgres(*one, transitions), named))
        return len(named) * transitions


def _on_postgres(db: psycopg.Connection, name: str, transitions: int) -> None:
    db.execute("INSERT INTO state VALUES (%s, 0, 's', '')", (name,))
    for seq in range(1, transitions + 1):
        db.execute("BEGIN")
        read = "SELECT head FROM state WHERE id = %s FOR NO KEY UPDATE"
        found = db.execute(read, (name,)).fetchone()
        assert found is not None
        body, leaf = _entry(seq, found[0])
        db.execute("INSERT INTO audit VALUES (%s, %s, %s, %s)", (name, seq, body, leaf))
        db.execute(
            "UPDATE state SET revision = %s, head = %s WHERE id = %s AND revision = %s",
            (seq, leaf, name, seq - 1),
        )
        db.execute("COMMIT")
