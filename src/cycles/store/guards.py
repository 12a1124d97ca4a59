"""What the tables themselves refuse, beyond keys and checks: triggers, in both dialects.

They stand against mistakes and against anybody who has got hold of the programme's connection.
Who owns the database can drop them; what they cannot see is a finding of the verifier.
"""
# ruff: noqa: S608 - every name stands in this file

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["GUARDS", "Guard", "guard_statements"]


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger: what is refused on which table, and in which words.

    Attributes:
        name: The trigger's, one in the whole database.
        table: The table's.
        event: `UPDATE`, `DELETE`, `TRUNCATE` (PostgreSQL alone) or `INSERT` (SQLite alone).
        told: The refusal.
        when: SQL over `OLD` and `NEW`; refused always if empty.
    """

    name: str
    table: str
    event: str
    told: str
    when: str = ""


def _kept_for_ever(table: str, key: str, *, update: str, when: str = "") -> list[Guard]:
    """A table whose rows are never deleted or replaced, and updated only as `when` leaves it."""
    same_key = " AND ".join(f"{column} = NEW.{column}" for column in key.split())
    # Deletes that REPLACE makes fire no trigger unless `recursive_triggers` is on; so the
    # replacing row is stopped as well, also where only the hidden row number is the same.
    taken = f'EXISTS (SELECT 1 FROM "{table}" WHERE ({same_key}) OR rowid = NEW.rowid)'
    told = f"a row of {table} is kept for ever"
    return [
        Guard(f"{table}_update", table, "UPDATE", update, when),
        Guard(f"{table}_delete", table, "DELETE", told),
        Guard(f"{table}_truncate", table, "TRUNCATE", told),
        Guard(f"{table}_replace", table, "INSERT", f"{table} has a row of this key", taken),
    ]


GUARDS: Final = (
    *_kept_for_ever("entry", "school_id subj seq", update="an entry is never changed"),
    *_kept_for_ever(
        "payload",
        "school_id leaf",
        update="a payload is never changed, only erased",
        when="NEW.school_id <> OLD.school_id OR NEW.leaf <> OLD.leaf"
        " OR NEW.salt IS NOT NULL OR NEW.content IS NOT NULL",
    ),
    *_kept_for_ever(
        "cycle",
        "school_id id",
        update="a cycle moves on by one entry, and keeps its workflow and group",
        when="NEW.revision NOT IN (OLD.revision, OLD.revision + 1)"
        " OR NEW.school_id <> OLD.school_id OR NEW.id <> OLD.id"
        " OR NEW.workflow <> OLD.workflow OR NEW.version <> OLD.version"
        ' OR NEW."group" <> OLD."group" OR NEW.opened_at <> OLD.opened_at',
    ),
    *_kept_for_ever("version", "school_id digest", update="a workflow version is never changed"),
    *_kept_for_ever(
        "defining", "school_id workflow number", update="what was current once is never changed"
    ),
)

_REFUSE: Final = """\
CREATE FUNCTION cycles_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
END $$"""


def guard_statements(dialect: str) -> tuple[list[str], list[str]]:
    """What to run before the tables are made, and after; `dialect` as SQLAlchemy names it."""
    if dialect == "sqlite":
        return [], [_on_sqlite(guard) for guard in GUARDS if guard.event != "TRUNCATE"]
    after = [part for guard in GUARDS if guard.event != "INSERT" for part in _on_postgresql(guard)]
    return [_REFUSE], after


def _on_sqlite(guard: Guard) -> str:
    when = f" WHEN {guard.when}" if guard.when else ""
    # ABORT undoes the statement only; ROLLBACK would end the transaction of others, too.
    return (
        f'CREATE TRIGGER {guard.name} BEFORE {guard.event} ON "{guard.table}"{when}'
        f" BEGIN SELECT RAISE(ABORT, '{guard.told}'); END"
    )


def _on_postgresql(guard: Guard) -> list[str]:
    each = "STATEMENT" if guard.event == "TRUNCATE" else "ROW"
    when = f" WHEN ({guard.when})" if guard.when else ""
    return [
        f'CREATE TRIGGER {guard.name} BEFORE {guard.event} ON "{guard.table}"'
        f" FOR EACH {each}{when} EXECUTE FUNCTION cycles_refuse('{guard.told}')",
        # Else a session that says it is a replica would be let through.
        f'ALTER TABLE "{guard.table}" ENABLE ALWAYS TRIGGER {guard.name}',
    ]
