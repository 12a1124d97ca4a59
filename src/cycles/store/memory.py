"""A store that forgets: for tests, demonstrations and trying things out. One writer at a time."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from sqlmodel import SQLModel

from cycles.errors import ConflictError, LedgerError, StaleRevisionError, StoreError
from cycles.ledger import Body, Link
from cycles.store.contract import Between, CycleFilter, LogFilter, Payload, Place, StoredEntry
from cycles.store.marks import MARKS, has_mark
from cycles.store.rows import IMMUTABLE, RowForm, form_of
from cycles.store.tables import (
    CycleRow,
    DirectoryChangeRow,
    EntryRow,
    IdempotencyRow,
    LinkRow,
    ParticipantRow,
    PayloadRow,
    QueueRow,
    SchoolRow,
    TaskRow,
    TokenRow,
)
from cycles.store.work import Alone, CheckedWork

__all__ = ["MemoryStore"]

RowT = TypeVar("RowT", bound=SQLModel)
T = TypeVar("T")

#: A row by attribute names; never changed once kept, so that an old one can be put back.
Values = dict[str, Any]


class MemoryStore:
    """Rows in dictionaries; a refused work is undone step by step, backwards."""

    def __init__(self) -> None:
        self.tables: dict[type[SQLModel], dict[tuple[Any, ...], Values]] = {}
        self.numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._alone = Alone()

    def rows(self, kind: type[SQLModel]) -> dict[tuple[Any, ...], Values]:
        """All rows of a kind by primary key, of all schools."""
        return self.tables.setdefault(kind, {})

    def write(self, school_id: str, work: Callable[[MemoryWork], T]) -> T:
        """See `Store`."""
        with self._alone, self._lock:
            here = MemoryWork(self, school_id, writing=True)
            try:
                return here.do(work)
            except BaseException:
                here.undo()
                raise

    def read(self, school_id: str, work: Callable[[MemoryWork], T]) -> T:
        """See `Store`."""
        with self._alone, self._lock:
            return work(MemoryWork(self, school_id, writing=False))

    def schools(self) -> list[SchoolRow]:
        """See `Store`."""
        return sorted(
            (SchoolRow(**values) for values in list(self.rows(SchoolRow).values())),
            key=attrgetter("id"),
        )

    def school(self, school_id: str) -> SchoolRow | None:
        """See `Store`."""
        values = self.rows(SchoolRow).get((school_id,))
        return None if values is None else SchoolRow(**values)

    def add_school(self, row: SchoolRow) -> None:
        """See `Store`."""
        with self._alone, self._lock:
            if (row.id,) in self.rows(SchoolRow):
                raise ConflictError(f"there is a school {row.id!r} already")
            self.rows(SchoolRow)[(row.id,)] = form_of(SchoolRow).values(row)

    def token(self, digest: str) -> TokenRow | None:
        """See `Store`."""
        return self.of_digest(TokenRow, digest)

    def of_digest(self, kind: type[RowT], digest: str) -> RowT | None:
        """See `Store`."""
        for values in list(self.rows(kind).values()):
            if values["digest"] == digest:
                return kind(**values)
        return None

    def changes_of(self, school_id: str) -> int:
        """See `Store`."""
        values = self.rows(DirectoryChangeRow).get((school_id,))
        return 0 if values is None else int(values["number"])

    def claim_process(self) -> None:
        """Nobody else can reach this store."""

    def backup(self, to: Path) -> None:
        """Nothing is kept, so there is nothing to copy."""
        raise StoreError("a store in memory has no backup; use sqlite:///… to keep things")

    def health(self) -> Mapping[str, str]:
        """See `Store`."""
        return {"engine": "memory", "version": "1"}

    def close(self) -> None:
        """See `Store`."""
        self.tables.clear()


class MemoryWork(CheckedWork):
    """See `Work`."""

    def __init__(self, store: MemoryStore, school_id: str, *, writing: bool) -> None:
        super().__init__(school_id, writing=writing)
        self._store = store
        self._undo: list[tuple[type[SQLModel], tuple[Any, ...], Values | None]] = []

    def undo(self) -> None:
        """Put back every row as it was, the last change first."""
        for kind, key, before in reversed(self._undo):
            if before is None:
                del self._store.rows(kind)[key]
            else:
                self._store.rows(kind)[key] = before

    # --- any row ---------------------------------------------------------------------------

    def get(self, kind: type[RowT], **key: Any) -> RowT | None:
        """See `Work`."""
        found = self.find(kind, **key)
        if len(found) > 1:
            raise StoreError(f"{len(found)} rows of {kind.__name__} where one was asked for")
        return found[0] if found else None

    def find(
        self, kind: type[RowT], *, order: Sequence[str] = (), limit: int | None = None, **equal: Any
    ) -> list[RowT]:
        """See `Work`."""
        form = form_of(kind)
        found = self._matching(form, equal)
        for name in reversed(order or form.key):
            plain = name.removeprefix("-")
            form.column(plain)
            found.sort(key=_null_first(plain), reverse=plain != name)
        return [kind(**values) for values in found[:limit]]

    def pick(
        self, kind: type[SQLModel], names: Sequence[str], **equal: Any
    ) -> list[tuple[Any, ...]]:
        """See `Work`."""
        form = form_of(kind)
        found = sorted(self._matching(form, equal), key=form.key_of)
        return [tuple(values[name] for name in names) for values in found]

    def changes(self) -> int:
        """See `Work`."""
        return self._store.changes_of(self.school_id)

    def forget_keys(self, before: str) -> int:
        """See `Work`."""
        self._check_writing()
        form = form_of(IdempotencyRow)
        old = [v for v in self._matching(form, {}) if v["created_at"] < before]
        for values in old:
            self._set(IdempotencyRow, form.key_of(values), None)
        return len(old)

    def insert(self, form: RowForm[Any], row: SQLModel, *, replace: bool = False) -> None:
        """See `CheckedWork`."""
        self._keep(form, form.values(row), replace=replace and form.kind not in IMMUTABLE)

    def _delete(self, form: RowForm[Any], equal: dict[str, Any]) -> int:
        found = self._matching(form, equal)
        for values in found:
            self._set(form.kind, form.key_of(values), None)
        return len(found)

    def _count_change(self) -> None:
        number = self.changes() + 1
        self._set(
            DirectoryChangeRow, (self.school_id,), {"school_id": self.school_id, "number": number}
        )

    def _matching(self, form: RowForm[Any], equal: Mapping[str, Any]) -> list[Values]:
        for name in equal:
            form.column(name)
        return [
            values
            for values in self._store.rows(form.kind).values()
            if values[form.school] == self.school_id
            and all(_is_asked_for(values[name], asked) for name, asked in equal.items())
        ]

    def _keep(self, form: RowForm[Any], values: Values, *, replace: bool = False) -> None:
        if form.numbered is not None and values[form.numbered] is None:
            values[form.numbered] = next(self._store.numbers)
        key = form.key_of(values)
        rows = self._store.rows(form.kind)
        for name in form.required:
            if values[name] is None:
                self._conflict(form, f"{name} cannot be null")
        if key in rows and not replace:
            self._conflict(form, "there is one of this key")
        if key in rows and rows[key][form.school] != values[form.school]:
            self._conflict(form, "another school has one of this key")
        for unique in form.uniques:
            mine = tuple(values[name] for name in unique)
            for other, kept in rows.items():
                if other != key and tuple(kept[name] for name in unique) == mine:
                    self._conflict(form, f"another has the same {', '.join(unique)}")
        self._set(form.kind, key, values)

    def _conflict(self, form: RowForm[Any], reason: str) -> NoReturn:
        self._refuse(ConflictError(f"{form.table.name}: {reason}"))

    def _set(self, kind: type[SQLModel], key: tuple[Any, ...], values: Values | None) -> None:
        rows = self._store.rows(kind)
        self._undo.append((kind, key, rows.get(key)))
        if values is None:
            del rows[key]
        else:
            rows[key] = values

    # --- the log ---------------------------------------------------------------------------

    def entries(self, subj: str, *, after: int = 0, limit: int | None = None) -> list[StoredEntry]:
        """See `Work`."""
        found: list[StoredEntry] = []
        for seq in itertools.count(after + 1):
            one = None if limit == len(found) else self.entry(subj, seq)
            if one is None:
                break
            found.append(one)
        return found

    def log_in_order(
        self, *, after: tuple[str, int] = ("", 0), limit: int = 200
    ) -> list[StoredEntry]:
        """See `Work`."""
        found = [
            values
            for values in self._matching(form_of(EntryRow), {})
            if (values["subj"], values["seq"]) > after
        ]
        found.sort(key=lambda values: (values["subj"], values["seq"]))
        return [self._stored(values) for values in found[:limit]]

    def entry(self, subj: str, seq: int) -> StoredEntry | None:
        """See `Work`."""
        values = self._store.rows(EntryRow).get((self.school_id, subj, seq))
        return None if values is None else self._stored(values)

    def payloads(self, subj: str, seqs: Iterable[int]) -> dict[int, Payload]:
        """See `Work`."""
        found = {seq: self.entry(subj, seq) for seq in seqs}
        return {seq: one.payload for seq, one in found.items() if one and one.payload}

    def log_page(
        self, asked: LogFilter, *, before: Place | None = None, limit: int = 50
    ) -> list[StoredEntry]:
        """See `Work`."""
        cycles = self._matching(form_of(CycleRow), {"group": asked.group}) if asked.group else []
        of_group = {values["subj"] for values in cycles}
        found = []
        for values in self._matching(form_of(EntryRow), {}):
            place: Place = (values["at"], values["subj"], values["seq"])
            body: bytes = values["body"]
            if (
                (before is None or place < before)
                and asked.subj in (None, values["subj"])
                and asked.act in (None, values["act"])
                and asked.besides != values["act"]
                and (asked.group is None or values["subj"] in of_group)
                and (
                    asked.person in (None, values["actor"])
                    or f'"for":"{asked.person}"'.encode() in body
                )
                and (asked.since is None or values["at"] >= asked.since)
                and (asked.until is None or values["at"] < asked.until)
                and all(values[mark] for mark in asked.marks)
            ):
                found.append((place, values))
        found.sort(key=lambda pair: pair[0], reverse=True)
        return [self._stored(values) for _, values in found[:limit]]

    def subjects(self, *, after: str = "", limit: int = 500) -> list[tuple[str, int]]:
        """See `Work`."""
        last: dict[str, int] = {}
        for values in self._matching(form_of(EntryRow), {}):
            if values["subj"] > after:
                last[values["subj"]] = max(values["seq"], last.get(values["subj"], 0))
        return sorted(last.items())[:limit]

    def erase_payload(self, leaf: bytes) -> bool:
        """See `Work`."""
        self._check_writing()
        key = (self.school_id, leaf)
        values = self._store.rows(PayloadRow).get(key)
        if values is None or values["salt"] is None:
            return False
        self._set(PayloadRow, key, {**values, "salt": None, "content": None})
        return True

    def _known_log(self) -> str | None:
        school = self._store.rows(SchoolRow).get((self.school_id,))
        return None if school is None else str(school["log"])

    def _last_link(self, subj: str) -> Link | None:
        found = [v["seq"] for v in self._matching(form_of(EntryRow), {"subj": subj})]
        if not found:
            return None
        last = self._store.rows(EntryRow)[(self.school_id, subj, max(found))]
        return Link(self._log(), subj, last["seq"], last["to"], last["leaf"], last["at"])

    def _insert_entry(
        self, previous: Link | None, link: Link, body: Body, raw: bytes, payload: Payload | None
    ) -> None:
        school = {"school_id": self.school_id}
        entry: Values = {
            "subj": link.subj,
            "seq": link.seq,
            "to": link.to,
            "leaf": link.leaf,
            "prev_seq": None if previous is None else previous.seq,
            "from_": None if previous is None else previous.to,
            "prev": None if previous is None else previous.leaf,
            "body": raw,
            "at": body.at,
            "act": body.act,
            "actor": body.actor,
            **{mark: has_mark(mark, raw) for mark in MARKS},
        }
        self._keep(form_of(EntryRow), school | entry)
        if payload is not None:
            kept = {"leaf": link.leaf, "salt": payload.salt, "content": payload.content}
            self._keep(form_of(PayloadRow), school | kept)
        waiting = {"id": None, "subj": link.subj, "seq": link.seq}
        self._keep(form_of(QueueRow), school | waiting)

    def _stored(self, values: Values) -> StoredEntry:
        beside = self._store.rows(PayloadRow).get((self.school_id, values["leaf"]))
        payload = None
        if beside is not None and beside["salt"] is not None:
            payload = Payload(beside["salt"], beside["content"])
        return StoredEntry(
            subj=values["subj"],
            seq=values["seq"],
            leaf=values["leaf"],
            body=values["body"],
            payload=payload,
        )

    # --- cycles ----------------------------------------------------------------------------

    def cycle(self, cycle_id: str, *, lock: bool = False) -> CycleRow | None:
        """See `Work`."""
        values = self._store.rows(CycleRow).get((self.school_id, cycle_id))
        if values is None:
            return None
        row = CycleRow(**values)
        if lock:
            self._check_writing()
            self._remember(row)
        return row

    def links(self, cycle_id: str) -> list[LinkRow]:
        """See `Work`."""
        ends = ({"from_cycle": cycle_id}, {"to_cycle": cycle_id})
        found = {
            tuple(v.values()): v for end in ends for v in self._matching(form_of(LinkRow), end)
        }
        return [LinkRow(**found[key]) for key in sorted(found)]

    def tasks_of(self, person: str, today: str) -> list[TaskRow]:
        """See `Work`."""
        found = self._tasks_now(today, {"person": person})
        found.sort(key=lambda v: (v["due_at"] is None, v["due_at"] or "", v["cycle"], v["do"]))
        return [TaskRow(**values) for values in found]

    def tasks_due(
        self, today: str, *, groups: Sequence[str] | None = None, limit: int = 50
    ) -> list[TaskRow]:
        """See `Work`."""
        running = self._matching(form_of(CycleRow), {"ended": False})
        meant = {c["id"] for c in running if groups is None or c["group"] in groups}
        found = [t for t in self._tasks_now(today, {}) if t["due_at"] and t["cycle"] in meant]
        found.sort(key=lambda t: (t["due_at"], t["cycle"], t["person"], t["do"]))
        return [TaskRow(**values) for values in found[:limit]]

    def find_cycles(
        self, asked: CycleFilter, *, today: str, after: str = "", limit: int = 50
    ) -> list[CycleRow]:
        """See `Work`."""
        named = {
            "group": asked.group,
            "state": asked.state,
            "workflow": asked.workflow,
            "ended": asked.ended,
        }
        equal = {name: value for name, value in named.items() if value is not None}
        found = self._matching(form_of(CycleRow), equal)
        if asked.person is not None:
            its = self._matching(form_of(ParticipantRow), {"person": asked.person})
            found = [v for v in found if v["id"] in {p["cycle"] for p in its}]
        if asked.waiting is not None:
            waiting = {t["cycle"] for t in self._tasks_now(today, {"person": asked.waiting})}
            found = [v for v in found if v["id"] in waiting]
        if asked.has_task is not None:
            busy = {t["cycle"] for t in self._matching(form_of(TaskRow), {})}
            found = [v for v in found if (v["id"] in busy) == asked.has_task]
        found = [v for v in found if not after or v["id"] < after]
        found.sort(key=lambda v: str(v["id"]), reverse=True)
        return [CycleRow(**values) for values in found[:limit]]

    def counts(self) -> list[tuple[str, str, str, int, int]]:
        """See `Work`."""
        many: dict[tuple[str, str, str, int], int] = {}
        for v in self._matching(form_of(CycleRow), {}):
            place = (v["workflow"], v["group"], v["state"], v["round"])
            many[place] = many.get(place, 0) + 1
        return [(*place, count) for place, count in sorted(many.items())]

    def _tasks_now(self, today: str, equal: Mapping[str, Any]) -> list[Values]:
        return [
            values
            for values in self._matching(form_of(TaskRow), equal)
            if values["from_date"] <= today
            and (values["until_date"] is None or today < values["until_date"])
        ]

    def _insert_cycle(self, row: CycleRow) -> None:
        self._check_entry(row)
        self._keep(form_of(CycleRow), form_of(CycleRow).values(row))

    def _update_cycle(self, row: CycleRow, expected: int) -> None:
        kept = self._store.rows(CycleRow).get((self.school_id, row.id))
        if kept is None:
            self._refuse(ConflictError(f"there is no cycle {row.id!r} to save"))
        if kept["revision"] != expected:
            found = {"revision": kept["revision"], "expected": expected}
            self._refuse(StaleRevisionError("the cycle has moved on", data=found))
        values = form_of(CycleRow).values(row)
        fixed = ("subj", "workflow", "version", "group", "opened_at")
        if any(values[name] != kept[name] for name in fixed):
            self._refuse(ConflictError(f"of a cycle these never change: {', '.join(fixed)}"))
        self._check_entry(row)
        self._set(CycleRow, (self.school_id, row.id), values)

    def _check_entry(self, row: CycleRow) -> None:
        entry = self._store.rows(EntryRow).get((self.school_id, row.subj, row.revision))
        if row.subj != f"cycle:{row.id}" or entry is None:
            self._refuse(LedgerError("a cycle needs its entry to be appended first"))
        if (entry["to"], entry["leaf"]) != (row.state, row.head):
            self._refuse(LedgerError("a cycle can only stand where its last entry says"))

    def _replace_people(self, cycle_id: str, people: Iterable[tuple[str, str]]) -> None:
        self._delete(form_of(ParticipantRow), {"cycle": cycle_id})
        for role, person in people:
            key = {"school_id": self.school_id, "cycle": cycle_id, "role": role, "person": person}
            self._keep(form_of(ParticipantRow), key)

    def _replace_tasks(self, cycle_id: str, tasks: Sequence[TaskRow]) -> None:
        self._delete(form_of(TaskRow), {"cycle": cycle_id})
        for task in tasks:
            self._keep(form_of(TaskRow), form_of(TaskRow).values(task))


def _is_asked_for(value: Any, asked: Any) -> bool:
    if isinstance(asked, Between):
        return asked.holds(value)
    return value in asked if isinstance(asked, (list, tuple)) else bool(value == asked)


def _null_first(name: str) -> Callable[[Values], tuple[bool, Any]]:
    return lambda values: (values[name] is not None, 0 if values[name] is None else values[name])
