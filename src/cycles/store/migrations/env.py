"""How Alembic runs a migration: on the connection, and in the transaction, of `schema.py`."""

from alembic import context
from sqlmodel import SQLModel

from cycles.store import tables  # noqa: F401 - makes the tables known

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
context.run_migrations()
