"""SQL by which somebody might change what was written; each statement differs from a fair one.

North's log holds the cycles `c1` (three entries) and `c2` (four), and two entries of the school
itself, the first with an erased payload. `cycle:c1` stands at `evaluate`.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ATTACKS", "Attack", "fair_entry"]

BOTH = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Attack:
    """Statements of one transaction; `{forged}` is bytes of the attacker's making."""

    name: str
    statements: tuple[str, ...]
    engines: tuple[str, ...] = BOTH
    #: SQLite as its own shell opens it: what REPLACE deletes fires no trigger.
    bare: bool = False

    def on(self, engine: str) -> list[str]:
        """The statements in the words of this database."""
        forged = "X'" + "ab" * 32 + "'" if engine == "sqlite" else "'\\x" + "ab" * 32 + "'::bytea"
        return [said.replace("{forged}", forged) for said in self.statements]


def leaf(subj: str, seq: int, school: str = "north") -> str:
    """The leaf hash of an entry, as an expression."""
    return (
        f"(SELECT leaf FROM entry WHERE school_id = '{school}' AND subj = '{subj}' AND seq = {seq})"
    )


def body(subj: str, seq: int) -> str:
    """The body of an entry, as an expression."""
    return leaf(subj, seq).replace("SELECT leaf", "SELECT body")


def fair_entry(engine: str, verb: str = "INSERT", tail: str = "", **other: str) -> str:
    """The fourth entry of `c1`, but for what is said otherwise; values are SQL expressions."""
    values = {
        "school_id": "'north'",
        "subj": "'cycle:c1'",
        "seq": "4",
        "to": "'archived'",
        "leaf": "{forged}",
        "prev_seq": "3",
        "from_": "'evaluate'",
        "prev": leaf("cycle:c1", 3),
        "body": body("cycle:c1", 3),
    } | other
    if engine == "postgresql" and "leaf" not in other:
        del values["leaf"]
    columns = ", ".join(f'"{name.rstrip("_")}"' for name in values)
    return f"{verb} INTO entry ({columns}) VALUES ({', '.join(values.values())}){tail}"


def _entry(name: str, **other: str) -> list[Attack]:
    """An entry that is not fair, for each database."""
    return [
        Attack(f"{name} ({engine})", (fair_entry(engine, **other),), (engine,)) for engine in BOTH
    ]


def _both(name: str, *statements: str) -> Attack:
    return Attack(name, statements)


def _sqlite(name: str, *statements: str, bare: bool = False) -> Attack:
    return Attack(name, statements, ("sqlite",), bare)


def _postgresql(name: str, *statements: str) -> Attack:
    return Attack(name, statements, ("postgresql",))


LAST = "school_id = 'north' AND subj = 'school' AND seq = 2"
C1 = "school_id = 'north' AND id = 'c1'"
ERASED = f"leaf = {leaf('school', 1)}"
FULL = f"leaf = {leaf('school', 2)}"
CYCLE_COLUMNS = (
    'school_id, id, subj, revision, state, head, workflow, version, "group", round,'
    " opened_at, changed_at, entered_at, ended, snapshot"
)
CYCLE = f"cycle ({CYCLE_COLUMNS})"
SAME_CYCLE = f"SELECT {CYCLE_COLUMNS} FROM cycle WHERE {C1}"
OTHER_CYCLE = SAME_CYCLE.replace("workflow", "'tbr'")


def _new_cycle(**other: str) -> str:
    """A row for a cycle that has entries and no row, but for what is said otherwise."""
    values = {
        "school_id": "'north'",
        "id": "'c3'",
        "subj": "'cycle:c3'",
        "revision": "1",
        "state": "'draft'",
        "head": leaf("cycle:c3", 1),
        "workflow": "'lesson-study'",
        "version": "'0'",
        '"group"': "'maths'",
        "round": "1",
        "opened_at": "''",
        "changed_at": "''",
        "entered_at": "''",
        "ended": "false",
        "snapshot": "{forged}",
    } | other
    return f"INSERT INTO {CYCLE} VALUES ({', '.join(values.values())})"


def _point(revision: int, state: str, subj: str = "cycle:c1") -> str:
    """Let `c1` stand where an entry is."""
    return (
        f"UPDATE cycle SET subj = '{subj}', revision = {revision}, state = '{state}',"
        f" head = {leaf(subj, revision)} WHERE {C1}"
    )


ENTRIES = [
    _both("an entry's text is changed", f"UPDATE entry SET body = {{forged}} WHERE {LAST}"),
    _both("an entry's state is changed", f"UPDATE entry SET \"to\" = 'archived' WHERE {LAST}"),
    _both("an entry's leaf is changed", f"UPDATE entry SET leaf = {{forged}} WHERE {LAST}"),
    _both("an entry is moved to another subject", f"UPDATE entry SET subj = 'x' WHERE {LAST}"),
    _both("an entry is moved to another school", f"UPDATE entry SET school_id = 'x' WHERE {LAST}"),
    _both("an entry is renumbered", "UPDATE entry SET seq = seq + 10"),
    _both("an entry's past is changed", f"UPDATE entry SET \"from\" = 'x' WHERE {LAST}"),
    _both("an entry is taken off the chain", f"UPDATE entry SET prev = NULL WHERE {LAST}"),
    _both("an entry is touched without a change", "UPDATE entry SET body = body"),
    _both("the last entry is deleted", f"DELETE FROM entry WHERE {LAST}"),
    _both("an entry in the middle is deleted", "DELETE FROM entry WHERE seq = 2"),
    _both("a whole subject is deleted", "DELETE FROM entry WHERE subj = 'school'"),
    _both("all is deleted", "DELETE FROM entry"),
    _both("a school is deleted", "DELETE FROM entry WHERE school_id = 'south'"),
    _postgresql("the log is emptied", "TRUNCATE entry"),
    _postgresql("the log is emptied with its cycles", "TRUNCATE entry, cycle"),
    _postgresql("the log is emptied in passing", "TRUNCATE entry CASCADE"),
    _postgresql(
        "entries are deleted by a subquery",
        "WITH gone AS (DELETE FROM entry RETURNING *) SELECT count(*) FROM gone",
    ),
    _postgresql(
        "entries are changed by a merge",
        "MERGE INTO entry USING school ON school.id = entry.school_id"
        " WHEN MATCHED THEN UPDATE SET body = '\\x00'",
    ),
    _postgresql(
        "entries are deleted by a merge",
        "MERGE INTO entry USING school ON school.id = entry.school_id WHEN MATCHED THEN DELETE",
    ),
]

_REPLACED = {
    "subj": "'school'",
    "seq": "2",
    "from_": "'-'",
    "to": "'x'",
    "prev_seq": "1",
    "prev": leaf("school", 1),
}
_UPSERT = " ON CONFLICT (school_id, subj, seq) DO UPDATE SET body = excluded.body"

REPLACED_ENTRIES = [
    _sqlite("an entry is replaced", fair_entry("sqlite", "INSERT OR REPLACE", **_REPLACED)),
    _sqlite(
        "an entry is replaced in the shell",
        fair_entry("sqlite", "INSERT OR REPLACE", **_REPLACED),
        bare=True,
    ),
    _sqlite("an entry is replaced by REPLACE", fair_entry("sqlite", "REPLACE", **_REPLACED)),
    _sqlite(
        "an entry is replaced by its hidden row number",
        fair_entry("sqlite", "REPLACE", rowid=f"(SELECT rowid FROM entry WHERE {LAST})"),
        bare=True,
    ),
    _sqlite("an entry is updated by force", f"UPDATE OR REPLACE entry SET seq = 1 WHERE {LAST}"),
    _sqlite("an entry is upserted", fair_entry("sqlite", tail=_UPSERT, **_REPLACED)),
    _postgresql("an entry is upserted", fair_entry("postgresql", tail=_UPSERT, **_REPLACED)),
]

FORGED_ENTRIES = [
    *_entry("the chain is forged", prev="{forged}"),
    *_entry("the chain hangs on an older entry", prev=leaf("cycle:c1", 2)),
    *_entry("the chain hangs on another cycle", prev=leaf("cycle:c2", 3)),
    *_entry("the chain hangs on another school", prev=leaf("cycle:c1", 1, "south")),
    *_entry("the entry goes on in another school", school_id="'south'"),
    *_entry("a number is skipped", seq="5"),
    *_entry("a number is skipped on both sides", seq="5", prev_seq="4"),
    *_entry(
        "an entry comes twice", seq="3", prev_seq="2", from_="'observe'", prev=leaf("cycle:c1", 2)
    ),
    *_entry("a second first entry", seq="1", prev_seq="NULL", from_="NULL", prev="NULL"),
    *_entry("an entry without a past", prev_seq="NULL", from_="NULL", prev="NULL"),
    *_entry("an entry without a previous number", prev_seq="NULL"),
    *_entry("an entry without a previous state", from_="NULL"),
    *_entry("an entry without a previous leaf", prev="NULL"),
    *_entry("an entry from another state", from_="'draft'"),
    *_entry("an entry before the first", seq="0", prev_seq="NULL", from_="NULL", prev="NULL"),
    *_entry("a negative entry", seq="-1", prev_seq="-2"),
    *_entry("a first entry with a past", subj="'cycle:c9'", seq="1", prev_seq="0"),
    *_entry("a first entry from a state", subj="'x'", seq="1", prev_seq="NULL", prev="NULL"),
    *_entry("an entry to no state", to="NULL"),
    *_entry("an entry without a body", body="NULL"),
    *_entry("an entry of no subject", subj="NULL"),
    *_entry("an entry of no school", school_id="NULL"),
    *_entry("an entry without a number", seq="NULL"),
    _sqlite("an entry without a leaf", fair_entry("sqlite", leaf="NULL")),
    _sqlite("a number that is a word", fair_entry("sqlite", seq="'four'")),
    _sqlite("a number that is a fraction", fair_entry("sqlite", seq="3.5", prev_seq="2.5")),
    _postgresql(
        "a leaf hash is chosen",
        fair_entry("postgresql", leaf="{forged}"),
    ),
]

CYCLES = [
    _both("a state without an entry", f"UPDATE cycle SET state = 'archived' WHERE {C1}"),
    _both("a revision without an entry", f"UPDATE cycle SET revision = 4 WHERE {C1}"),
    _both("a head without an entry", f"UPDATE cycle SET head = {{forged}} WHERE {C1}"),
    _both("a cycle is turned back", _point(2, "observe")),
    _both("a cycle is turned back to its start", _point(1, "draft")),
    *(
        Attack(
            f"a version is skipped ({engine})",
            (
                fair_entry(engine),
                fair_entry(
                    engine,
                    seq="5",
                    prev_seq="4",
                    from_="'archived'",
                    prev=leaf("cycle:c1", 4),
                ),
                _point(5, "archived"),
            ),
            (engine,),
        )
        for engine in BOTH
    ),
    _both("a cycle is pointed at another chain", _point(4, "archived", "cycle:c2")),
    _both("a cycle's subject is lost", f"UPDATE cycle SET subj = NULL WHERE {C1}"),
    _both("a cycle's revision is lost", f"UPDATE cycle SET revision = NULL WHERE {C1}"),
    _both("a cycle's state is lost", f"UPDATE cycle SET state = NULL WHERE {C1}"),
    _both("a cycle's head is lost", f"UPDATE cycle SET head = NULL WHERE {C1}"),
    _both("a cycle gets another name", f"UPDATE cycle SET id = 'c9' WHERE {C1}"),
    _both(
        "a cycle gets another name and subject",
        f"UPDATE cycle SET id = 'c9', subj = 'cycle:c9' WHERE {C1}",
    ),
    _both("a cycle changes its school", f"UPDATE cycle SET school_id = 'x' WHERE {C1}"),
    _both("a cycle changes its workflow", f"UPDATE cycle SET workflow = 'tbr' WHERE {C1}"),
    _both("a cycle changes its version", f"UPDATE cycle SET version = '1' WHERE {C1}"),
    _both("a cycle changes its group", f"UPDATE cycle SET \"group\" = 'x' WHERE {C1}"),
    _both("a cycle was opened at another time", f"UPDATE cycle SET opened_at = '' WHERE {C1}"),
    _both("a cycle is deleted", f"DELETE FROM cycle WHERE {C1}"),
    _both("all cycles are deleted", "DELETE FROM cycle"),
    _postgresql("the cycles are emptied", "TRUNCATE cycle"),
    _both("a cycle without an entry", _new_cycle(subj="'cycle:c8'", id="'c8'")),
    _both("a cycle in another state than its entry", _new_cycle(state="'archived'")),
    _both("a cycle further than its entries", _new_cycle(revision="2")),
    _both("a cycle on another cycle's log", _new_cycle(id="'c7'")),
    _both("a cycle on another school's log", _new_cycle(school_id="'south'")),
    _both("a cycle on the school's log", _new_cycle(subj="'school'", head=leaf("school", 1))),
    _both("a cycle comes twice", f"INSERT INTO {CYCLE} {OTHER_CYCLE}"),
    _sqlite("a cycle is replaced", f"INSERT OR REPLACE INTO {CYCLE} {OTHER_CYCLE}"),
    _sqlite("a cycle is replaced in the shell", f"REPLACE INTO {CYCLE} {OTHER_CYCLE}", bare=True),
    _both(
        "a cycle is upserted",
        f"INSERT INTO {CYCLE} {SAME_CYCLE}"
        " ON CONFLICT (school_id, id) DO UPDATE SET state = 'archived'",
    ),
]

PAYLOADS = [
    _both("a text is changed", f"UPDATE payload SET content = {{forged}} WHERE {FULL}"),
    _both("a salt is changed", f"UPDATE payload SET salt = {{forged}} WHERE {FULL}"),
    _both("a text is half erased", f"UPDATE payload SET salt = NULL WHERE {FULL}"),
    _both("a text loses its salt alone", f"UPDATE payload SET content = NULL WHERE {FULL}"),
    _both(
        "an erased text comes back",
        f"UPDATE payload SET salt = {{forged}}, content = {{forged}} WHERE {ERASED}",
    ),
    _both(
        "a text is moved to another entry",
        f"UPDATE payload SET leaf = {{forged}}, salt = NULL, content = NULL WHERE {FULL}",
    ),
    _both(
        "a text is moved to another school",
        f"UPDATE payload SET school_id = 'x', salt = NULL, content = NULL WHERE {FULL}",
    ),
    _both("a text is deleted", f"DELETE FROM payload WHERE {FULL}"),
    _both("what was erased is deleted", f"DELETE FROM payload WHERE {ERASED}"),
    _postgresql("the texts are emptied", "TRUNCATE payload"),
    _both(
        "a text comes twice",
        "INSERT INTO payload (school_id, leaf, salt, content)"
        f" VALUES ('north', {leaf('school', 1)}, {{forged}}, {{forged}})",
    ),
    _sqlite(
        "a text is replaced",
        "REPLACE INTO payload SELECT school_id, leaf, {forged}, {forged} FROM payload",
    ),
    _sqlite(
        "a text is replaced in the shell",
        "REPLACE INTO payload SELECT school_id, leaf, {forged}, {forged} FROM payload",
        bare=True,
    ),
    _sqlite(
        "a text is replaced by its hidden row number",
        "REPLACE INTO payload (rowid, school_id, leaf) SELECT rowid, 'x', leaf FROM payload",
        bare=True,
    ),
    _both(
        "a text is upserted",
        "INSERT INTO payload (school_id, leaf, salt, content)"
        f" VALUES ('north', {leaf('school', 2)}, {{forged}}, {{forged}})"
        " ON CONFLICT (school_id, leaf) DO UPDATE SET content = excluded.content",
    ),
]

COPY_VERSION = "SELECT school_id, digest, workflow, {forged}, added_at FROM version"
VERSIONS = [
    _both("a rule is changed", "UPDATE version SET canonical = {forged}"),
    _both("a rule gets another name", "UPDATE version SET digest = 'x'"),
    _both("a rule is deleted", "DELETE FROM version"),
    _both("a rule that nothing names is deleted", "DELETE FROM version WHERE digest = '9'"),
    _postgresql("the rules are emptied", "TRUNCATE version CASCADE"),
    _both("a rule comes twice", f"INSERT INTO version {COPY_VERSION}"),
    _sqlite("a rule is replaced", f"REPLACE INTO version {COPY_VERSION}"),
    _sqlite("a rule is replaced in the shell", f"REPLACE INTO version {COPY_VERSION}", bare=True),
    _sqlite(
        "a rule is replaced by its hidden row number",
        "REPLACE INTO version (rowid, school_id, digest, workflow, canonical, added_at)"
        " SELECT rowid, 'x', digest, workflow, canonical, added_at FROM version",
        bare=True,
    ),
    _both(
        "a rule is upserted",
        f"INSERT INTO version {COPY_VERSION} WHERE true"
        " ON CONFLICT (school_id, digest) DO UPDATE SET canonical = excluded.canonical",
    ),
]

COPY_DEFINING = "SELECT school_id, workflow, number, '9', at FROM defining"
DEFININGS = [
    _both("another rule was current", "UPDATE defining SET digest = '9'"),
    _both("a rule was current later", "UPDATE defining SET number = number + 1"),
    _both("a rule was current elsewhere", "UPDATE defining SET workflow = 'y'"),
    _both("no rule was current", "DELETE FROM defining"),
    _postgresql("what was current is emptied", "TRUNCATE defining"),
    _both("two rules were current", f"INSERT INTO defining {COPY_DEFINING}"),
    _both("an unknown rule was current", "INSERT INTO defining VALUES ('north', 'x', 2, '8', '')"),
    _sqlite("another rule takes the place", f"REPLACE INTO defining {COPY_DEFINING}"),
    _sqlite("it takes it in the shell", f"REPLACE INTO defining {COPY_DEFINING}", bare=True),
    _sqlite(
        "it takes it by its hidden row number",
        "REPLACE INTO defining (rowid, school_id, workflow, number, digest, at)"
        " SELECT rowid, school_id, workflow, 7, '9', at FROM defining",
        bare=True,
    ),
    _both(
        "another rule is upserted",
        f"INSERT INTO defining {COPY_DEFINING} WHERE true"
        " ON CONFLICT (school_id, workflow, number) DO UPDATE SET digest = excluded.digest",
    ),
]

#: A comparison with nothing is neither true nor false, and passes triggers, checks and keys.
_NEW_VERSION = {
    **{"school_id": "'north'", "digest": "'1'", "workflow": "'x'", "canonical": "{forged}"},
    **{"added_at": "''"},
}
_NEW_DEFINING = {
    **{"school_id": "'north'", "workflow": "'x'", "number": "2", "digest": "'9'", "at": "''"},
}
NULLS = [
    *(
        _both(f"a cycle without its {column}", f'UPDATE cycle SET "{column}" = NULL WHERE {C1}')
        for column in ("workflow", "version", "group", "round", "ended", "snapshot")
    ),
    *(
        _both(f"a cycle without {column}", f"UPDATE cycle SET {column} = NULL WHERE {C1}")
        for column in ("id", "school_id", "opened_at", "changed_at", "entered_at")
    ),
    *(
        _both(
            f"an erased text without its {column}",
            f"UPDATE payload SET salt = NULL, content = NULL, {column} = NULL WHERE {FULL}",
        )
        for column in ("leaf", "school_id")
    ),
    *(
        _both(
            f"a rule without its {column}",
            f"INSERT INTO version ({', '.join(_NEW_VERSION)})"
            f" VALUES ({', '.join({**_NEW_VERSION, column: 'NULL'}.values())})",
        )
        for column in _NEW_VERSION
    ),
    *(
        _both(
            f"a current rule without its {column}",
            f"INSERT INTO defining ({', '.join(_NEW_DEFINING)})"
            f" VALUES ({', '.join({**_NEW_DEFINING, column: 'NULL'}.values())})",
        )
        for column in _NEW_DEFINING
    ),
]

#: What the foreign key to the entries refuses, and no trigger.
_HELD_BY_KEYS = (
    "a state without an entry",
    "a revision without an entry",
    "a head without an entry",
    "a cycle is pointed at another chain",
    "a cycle's subject is lost",
    "a cycle's revision is lost",
    "a cycle's state is lost",
    "a cycle's head is lost",
)
#: Said by whoever owns the server; foreign keys are then not asked, triggers are.
_AS_REPLICA = "SET LOCAL session_replication_role = replica"
REPLICAS = [
    _postgresql(f"{attack.name}, as a replica would", _AS_REPLICA, *attack.statements)
    for attack in (*ENTRIES, *CYCLES, *PAYLOADS, *VERSIONS, *DEFININGS)
    if attack.statements[0].startswith(("UPDATE", "DELETE", "TRUNCATE"))
    and "postgresql" in attack.engines
    and attack.name not in _HELD_BY_KEYS
]

ATTACKS = [
    *(*ENTRIES, *REPLACED_ENTRIES, *FORGED_ENTRIES, *CYCLES, *PAYLOADS, *VERSIONS, *DEFININGS),
    *(*NULLS, *REPLICAS),
]
