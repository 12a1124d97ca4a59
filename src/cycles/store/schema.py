"""Making the tables and their guards."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlmodel import SQLModel

from cycles.store.guards import guard_statements

__all__ = ["create_schema"]


def create_schema(connection: Connection) -> None:
    """Make every table, constraint and trigger in an empty database, in one transaction."""
    before, after = guard_statements(connection.dialect.name)
    for statement in before:
        connection.exec_driver_sql(statement)
    SQLModel.metadata.create_all(connection)
    for statement in after:
        connection.exec_driver_sql(statement)
