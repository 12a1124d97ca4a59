"""The first tables, with their guards: written out, so that later tables change nothing here."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make everything, in the words of the database at hand."""
    dialect = op.get_bind().dialect.name
    text = Path(__file__).with_name(f"0001_first_tables.{dialect}.sql").read_text("utf-8")
    for statement in text.split(";\n\n"):
        op.get_bind().exec_driver_sql(statement)
