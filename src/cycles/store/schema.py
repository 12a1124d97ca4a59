"""Which revision a database's tables have, and how they are brought up to this one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

from cycles.errors import SchemaMismatchError
from cycles.store.guards import guard_statements

__all__ = ["REVISION", "check_revision", "create_schema", "migrate"]

#: The newest file of `migrations/versions`; a test keeps it so.
REVISION: Final = "0001"

#: Any number, the same in each process that migrates: the second one waits for the first.
_MIGRATING: Final = 0x6379636C6573


def check_revision(found: str | None) -> None:
    """Raise `SchemaMismatchError`, saying what to do, unless the tables are this version's."""
    if found is None:
        raise SchemaMismatchError("this database has no tables of Cycles; run `cycles init`")
    if found != REVISION:
        raise SchemaMismatchError(
            f"the tables have revision {found}, this version of Cycles needs {REVISION};"
            " run `cycles init` to bring an older database up"
            " (for a newer one, install the newer Cycles)"
        )


def migrate(connection: Connection) -> None:
    """Bring an empty or older database up, inside the transaction that was begun.

    Raises `SchemaMismatchError` if it holds something else, or was made by a newer version.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if found not in known:
            check_revision(found)
    elif tables:
        raise SchemaMismatchError(
            "this database holds tables that are not of Cycles; give Cycles one of its own"
        )
    command.upgrade(config, "head")


def create_schema(connection: Connection) -> None:
    """Make every table, constraint and trigger as the code has them, in an empty database.

    For tests: what migrations make must be equal to it.
    """
    before, after = guard_statements(connection.dialect.name)
    for statement in before:
        connection.exec_driver_sql(statement)
    SQLModel.metadata.create_all(connection)
    for statement in after:
        connection.exec_driver_sql(statement)
