"""${message}."""

import sqlalchemy as sa
from alembic import op
import sqlmodel
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Bring a database of the revision before up; the version before must still be able to run."""
    ${upgrades if upgrades else "pass"}
