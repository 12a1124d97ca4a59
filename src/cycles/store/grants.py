"""What the application may do on PostgreSQL when another role owns the tables.

The owner migrates; the application reads and writes, and cannot drop a guard, however it is
asked to. Run again after each migration: it takes everything back first.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

from cycles.errors import StoreError

__all__ = ["grant_application_role"]

#: Of every table that is not named below.
_ALL_ROWS: Final = "SELECT, INSERT, UPDATE, DELETE"
_LESS: Final = {
    "alembic_version": "SELECT",
    "cycle": "SELECT, INSERT, UPDATE",
    "defining": "SELECT, INSERT",
    "entry": "SELECT, INSERT",
    "payload": "SELECT, INSERT, UPDATE (salt, content)",
    "school": "SELECT, INSERT",
    "version": "SELECT, INSERT",
}


def grant_application_role(url: str, role: str) -> None:
    """Let an existing role use the tables of the database at `url`, which its owner opens.

    Raises `StoreError` if there is no such role, if it could take the guards away itself, or if
    the one who asks may not grant.
    """
    parsed = make_url(url)
    if not parsed.drivername.startswith("postgresql"):
        raise StoreError("roles are a matter of PostgreSQL; a SQLite file belongs to a user")
    engine = create_engine(parsed.set(drivername="postgresql+psycopg"), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            _check(connection, role)
            whom = connection.dialect.identifier_preparer.quote_identifier(role)
            for statement in _statements(whom):
                connection.exec_driver_sql(statement)
    except SQLAlchemyError as error:
        raise StoreError(f"{role!r} was not granted anything: {error}") from error


def _check(connection: Connection, role: str) -> None:
    """Raise `StoreError` where PostgreSQL would only warn, or grant what guards nothing."""
    owned = text(
        "SELECT coalesce(bool_and(pg_has_role(tableowner, 'USAGE')), false),"
        " coalesce(bool_or(pg_has_role(CAST(:role AS name), tableowner, 'MEMBER')), false)"
        " FROM pg_tables WHERE schemaname = 'public'"
    )
    ours, theirs = connection.execute(owned, {"role": role}).one()
    if theirs:
        raise StoreError(f"{role!r} owns the tables or may act as their owner; make another role")
    if not ours:
        raise StoreError(f"{role!r} was not granted anything: only the owner of the tables can")


def _statements(whom: str) -> list[str]:
    tables = dict.fromkeys(SQLModel.metadata.tables, _ALL_ROWS) | _LESS
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {whom}",
        f"GRANT USAGE ON SCHEMA public TO {whom}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {whom}",
        *(f'GRANT {rights} ON "{table}" TO {whom}' for table, rights in sorted(tables.items())),
    ]
