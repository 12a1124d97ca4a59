"""What many would write: a cycle's row and an audit row by SQLAlchemy's ORM, without guards.

No roles, no guards, no chain, no tasks: it is what a command costs where nothing is promised.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

__all__ = ["Audit", "Base", "Cycle", "PlainOrm", "advance", "plain_engine"]


class Base(DeclarativeBase):
    """The tables."""


class Cycle(Base):
    """Where a cycle stands."""

    __tablename__ = "cycle"

    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's own way


class Audit(Base):
    """What was done."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle: Mapped[str] = mapped_column(index=True)
    transition: Mapped[str]
    actor: Mapped[str]
    state: Mapped[str]


def plain_engine(path: Path) -> Engine:
    """On SQLite with FULL flushes, writers in a queue (`BEGIN IMMEDIATE`) and patient."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 60})

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    Base.metadata.create_all(engine)
    return engine


def advance(session: Session, cycle_id: str, transition: str, actor: str) -> int:
    """Update the row, insert the audit row, commit; the new revision."""
    cycle = session.get_one(Cycle, cycle_id)
    cycle.state = "observe" if cycle.state == "co_prepare" else "co_prepare"
    session.add(Audit(cycle=cycle.id, transition=transition, actor=actor, state=cycle.state))
    session.commit()
    return cycle.revision


class PlainOrm:
    """One caller, one session a transition, as a web request has it."""

    def __init__(self, path: Path) -> None:
        self._engine = plain_engine(path)
        self._names = (f"c{n}" for n in count())

    def run(self, transitions: int) -> int:
        """So many transitions in a new cycle."""
        name = next(self._names)
        with Session(self._engine) as session:
            session.add(Cycle(id=name, state="co_prepare", revision=1))
            session.commit()
        for _ in range(transitions):
            with Session(self._engine) as session:
                advance(session, name, "finish_preparing", "song")
        return transitions

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()
