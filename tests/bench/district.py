"""A district of many schools in one SQLite file, copied from one that was really played.

Cycles of the copy have ids of their own, so every entry is made anew: its log, its subject, the
hash of the one before, and its leaf. The result is what the schools themselves would have written
(`verify` finds nothing in it), only that it takes minutes instead of days.
"""

from __future__ import annotations

import base64
import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cycles.ledger import leaf_hash
from cycles.store import open_store
from tests.bench.school import Play, School

__all__ = ["District", "made"]

#: In each of the groups of a school: cycles of which each stands in another state, cycles that
#: came to their end, and cycles that were opened by mistake and withdrawn.
GROUPS, ENDED, WITHDRAWN = 8, 3, 116
CYCLES = GROUPS * (6 + ENDED + WITHDRAWN)

#: Copied as they are, but for the school.
_PLAIN = ("group", "person", "appointment", "term", "holiday", "make_up_day", "version")
_PLAIN += ("defining", "directory_change")
_OF_CYCLES = {"participant": "cycle", "task": "cycle", "link": "from_cycle"}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What each school of the district has: keys of people → ids, and cycles to look at.

    A cycle's id is the same in the copy but for the school's number in it.
    """

    people: dict[str, str]
    #: Ended, of 47 entries; and prepared ones, of eight.
    ended: str
    prepared: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """A database of many schools of a thousand cycles.

    Attributes:
        path: The file.
        schools: How many; their ids are `s0`, `s1` …
        entries: In all logs together.
        sample: What to look at in each of them.
    """

    path: Path
    schools: int
    entries: int
    sample: Sample

    def cycle(self, name: str, school: int) -> str:
        """The id that a cycle of the sample has in a school."""
        return _id(name, school)


def made(folder: Path, cycles: int, *, years: int = 1) -> District:
    """A district with so many cycles, in a new file of the folder.

    With `years`, each school has so many times the cycles that came to their end.
    """
    first = folder / "played.db"
    if not first.exists():
        _play(first, folder)
    path = folder / f"district-{cycles}-{years}.db"
    open_store(f"sqlite:///{path}", migrate=True).close()
    schools = max(1, cycles // CYCLES)
    with closing(sqlite3.connect(first)) as source, closing(sqlite3.connect(path)) as target:
        source.row_factory = sqlite3.Row
        copier = _Copier(source, target, years)
        for number in range(schools):
            copier.copy(number)
        copier.finish()
    sample = Sample(
        people=copier.people, ended=copier.names["ended"][0], prepared=copier.names["prepared"]
    )
    return District(path=path, schools=schools, entries=copier.entries, sample=sample)


def _play(path: Path, folder: Path) -> None:
    """One school with a cycle of every kind in each group; which is which stands beside them."""
    with closing(open_store(f"sqlite:///{path}", migrate=True)) as store:
        school = School(store, folder / "played-files", groups=GROUPS)
        kinds = {f"key {k}": p for k, p in school.people.items()}
        for group in range(GROUPS):
            kinds |= {f"{kind} {group}": play.id for kind, play in _plays(school, group)}
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE bench_kind (name TEXT, id TEXT)")
        db.executemany("INSERT INTO bench_kind VALUES (?, ?)", kinds.items())
        db.commit()


def _plays(school: School, group: int) -> Iterator[tuple[str, Play]]:
    """A cycle in each state, one that has ended, one that was withdrawn."""
    play = school.open(group)
    yield "draft", play
    play = school.open(group)
    play.propose()
    yield "proposed", play
    yield "prepared", school.prepared(group)
    play = school.prepared(group)
    play.do("song", "finish_preparing")
    yield "observing", play
    play = school.prepared(group)
    play.do("song", "finish_preparing")
    play.teach()
    yield "evaluating", play
    play = school.open(group)
    play.whole()
    yield "revising", play
    play = school.open(group)
    play.whole()
    play.archive()
    yield "ended", play
    play = school.open(group)
    play.withdraw()
    yield "withdrawn", play


def _id(cycle: str, number: int) -> str:
    """Another UUIDv7 of the same time, for the copy of this number."""
    rest = hashlib.sha256(f"{cycle} {number}".encode()).hexdigest()
    return f"{cycle[:15]}{rest[:3]}-8{rest[3:6]}-{rest[6:18]}"


class _Copier:
    """Writes schools, past foreign keys and triggers, which are put back at the end."""

    def __init__(self, source: sqlite3.Connection, target: sqlite3.Connection, years: int) -> None:
        self._target, self._years = target, years
        self.entries = 0
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -500000"):
            target.execute(f"PRAGMA {pragma}")
        named = target.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        self._triggers = dict(named.fetchall())
        for name in self._triggers:
            target.execute(f"DROP TRIGGER {name}")
        self._columns = {
            name: [c[1] for c in target.execute(f'PRAGMA table_info("{name}")')]
            for (name,) in target.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        }
        self._rows = {name: self._read(source, name) for name in self._columns}
        kinds = dict(source.execute("SELECT name, id FROM bench_kind").fetchall())
        self.people = {k.removeprefix("key "): i for k, i in kinds.items() if k.startswith("key ")}
        self.names: dict[str, list[str]] = defaultdict(list)
        for name, cycle in kinds.items():
            self.names[name.split()[0]].append(cycle)
        self._chains = _grouped(self._rows["entry"], "subj")
        self._payloads = {row["leaf"]: row for row in self._rows["payload"]}
        self._of_cycle = {
            table: _grouped(self._rows[table], column) for table, column in _OF_CYCLES.items()
        }
        self._cycles = {row["id"]: row for row in self._rows["cycle"]}
        self._log = self._rows["school"][0]["log"]

    def _read(self, source: sqlite3.Connection, table: str) -> list[Row]:
        names = ", ".join(f'"{name}"' for name in self._columns[table])
        return [dict(row) for row in source.execute(f'SELECT {names} FROM "{table}"')]

    def copy(self, number: int) -> None:
        """Write the school of this number."""
        school = f"s{number}"
        self._log_now = f"cycles.test/{school}"
        self._insert("school", [{**self._rows["school"][0], "id": school, "log": self._log_now}])
        for table in _PLAIN:
            self._insert(table, [{**row, "school_id": school} for row in self._rows[table]])
        entries: list[Row] = []
        payloads: list[Row] = []
        for subj in self._chains:
            if not subj.startswith("cycle:"):
                self._chain(school, subj, subj, entries, payloads)
        beside: dict[str, list[Row]] = {"cycle": [], **{table: [] for table in _OF_CYCLES}}
        for cycle, times in self._wanted():
            for one in range(times):
                new = _id(cycle, number if times == 1 else number + one * 1_000_000)
                head = self._chain(school, f"cycle:{cycle}", f"cycle:{new}", entries, payloads)
                self._beside(school, cycle, new, head, beside)
        # As they came: a cycle's entries lie between those of the others.
        entries.sort(key=lambda row: row["seq"])
        self._insert("entry", entries)
        self._insert("payload", payloads)
        queued = [{name: row[name] for name in ("school_id", "subj", "seq")} for row in entries]
        self._insert("entry_queue", queued)
        self._insert("idempotency", self._keys(school, entries))
        for table, rows in beside.items():
            self._insert(table, rows)
        self.entries += len(entries)
        self._target.commit()

    def _wanted(self) -> Iterator[tuple[str, int]]:
        """Cycles of the played school, and how often each is copied."""
        many = {"ended": ENDED * self._years, "withdrawn": WITHDRAWN}
        for kind, cycles in self.names.items():
            if kind != "key":
                yield from ((cycle, many.get(kind, 1)) for cycle in cycles)

    def _chain(
        self, school: str, subj: str, new: str, entries: list[Row], payloads: list[Row]
    ) -> bytes:
        """A subject's entries for another school, perhaps under another name; its last leaf."""
        leaf, old_id, new_id = b"", _named(subj), _named(new)
        log, log_now = f'"{self._log}"'.encode(), f'"{self._log_now}"'.encode()
        for row in self._chains[subj]:
            body: bytes = row["body"].replace(log, log_now, 1).replace(old_id, new_id)
            if row["prev"] is not None:
                body = body.replace(base64.b64encode(row["prev"]), base64.b64encode(leaf), 1)
            before, leaf = leaf or None, leaf_hash(body)
            entries.append(
                {
                    **row,
                    "school_id": school,
                    "subj": new,
                    "leaf": leaf,
                    "prev": before,
                    "body": body,
                }
            )
            said = self._payloads.get(row["leaf"])
            if said is not None:
                payloads.append({**said, "school_id": school, "leaf": leaf})
        return leaf

    def _beside(
        self, school: str, cycle: str, new: str, head: bytes, beside: dict[str, list[Row]]
    ) -> None:
        row = self._cycles[cycle]
        snapshot = row["snapshot"].replace(cycle.encode(), new.encode())
        own = {"school_id": school, "id": new, "subj": f"cycle:{new}"}
        beside["cycle"].append({**row, **own, "head": head, "snapshot": snapshot})
        for table, column in _OF_CYCLES.items():
            for there in self._of_cycle[table].get(cycle, ()):
                moved = {"school_id": school, column: new}
                if "details" in there:
                    moved["details"] = there["details"].replace(cycle, new)
                beside[table].append({**there, **moved})

    def _keys(self, school: str, entries: list[Row]) -> list[Row]:
        """A key for each entry of a cycle, as if every command had been sent over the web."""
        kept = self._rows["idempotency"][0]
        return [
            {**kept, "school_id": school, "key": row["leaf"].hex()}
            for row in entries
            if row["subj"].startswith("cycle:")
        ]

    def _insert(self, table: str, rows: list[Row]) -> None:
        if rows:
            names = list(rows[0])
            columns = ", ".join(f'"{name}"' for name in names)
            marks = ", ".join("?" * len(names))
            statement = f'INSERT INTO "{table}" ({columns}) VALUES ({marks})'
            self._target.executemany(statement, ([row[name] for name in names] for row in rows))

    def finish(self) -> None:
        """The triggers are back, and the file is as a server keeps it."""
        for statement in self._triggers.values():
            self._target.execute(statement)
        self._target.commit()
        self._target.execute("PRAGMA journal_mode = WAL")


def _named(subj: str) -> bytes:
    return subj.removeprefix("cycle:").encode()


def _grouped(rows: list[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found
