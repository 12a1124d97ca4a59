"""A database against forgers who write its rows past every guard, as its owner could.

Each gets the rows of a sound school, changes them at random, and is judged by the check of the
database; the rows are put back for the next one. They stand in memory: what is checked is the
same on every store.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from cycles.canonical import canonical_bytes, parse_canonical, sha256_b64, sha256_hex
from cycles.ledger import LOOK, LOOKS_SUBJECT, Head, leaf_hash
from cycles.service.verifying import verify_database
from cycles.store import CycleRow, DefiningRow, LinkRow, ParticipantRow, VersionRow, open_store
from cycles.store.memory import MemoryStore
from cycles.store.tables import EntryRow, PayloadRow
from tests.forgery.evidence import looks_of_an_auditor, play
from tests.forgery.trying import Tried
from tests.unit.service.log_school import LogSchool

__all__ = ["FOUND", "REWRITTEN", "Stored", "evidence", "try_out"]

Rows = dict[type[SQLModel], dict[tuple[Any, ...], dict[str, Any]]]
#: Changes the rows; false if it changed nothing and is to be asked again.
Forger = Callable[["Stored", random.Random], bool]

_KINDS = (EntryRow, PayloadRow, CycleRow, ParticipantRow, LinkRow, VersionRow, DefiningRow)

FOUND: dict[str, Forger] = {}
REWRITTEN: dict[str, Forger] = {}


def found(forger: Forger) -> Forger:
    """A forger whose work is found in the database alone."""
    FOUND[forger.__name__] = forger
    return forger


def rewritten(forger: Forger) -> Forger:
    """A forger whose work is surely found only against a head that was noted elsewhere."""
    REWRITTEN[forger.__name__] = forger
    return forger


@dataclass
class Stored:
    """A sound school in memory, and copies of its rows at earlier moments, oldest first."""

    school: LogSchool
    store: MemoryStore
    earlier: list[Rows]
    heads: tuple[Head, ...]

    def rows(self, kind: type[SQLModel]) -> dict[tuple[Any, ...], dict[str, Any]]:
        """The rows of a table as they are now, by primary key."""
        return self.store.rows(kind)  # type: ignore[return-value]

    def copy(self) -> Rows:
        """All rows of the tables that are attacked."""
        return {kind: dict(self.rows(kind)) for kind in _KINDS}

    def put(self, rows: Rows) -> None:
        """Let the tables hold exactly these rows."""
        for kind in _KINDS:
            self.rows(kind).clear()
            self.rows(kind).update(rows[kind])

    def change(self, kind: type[SQLModel], key: tuple[Any, ...], **changes: Any) -> bool:
        """Change a row; whether it is another one now."""
        before = self.rows(kind)[key]
        self.rows(kind)[key] = {**before, **changes}
        return self.rows(kind)[key] != before

    def entries_of(self, subj: str) -> list[tuple[Any, ...]]:
        """The keys of a subject's entries, in order."""
        return sorted(key for key in self.rows(EntryRow) if key[1] == subj)

    def a_cycle(self, chance: random.Random) -> tuple[Any, ...]:
        """The key of some cycle's row."""
        return chance.choice(sorted(self.rows(CycleRow)))


@contextmanager
def evidence(folder: Path) -> Iterator[Stored]:
    """A school that was played, with copies of what it was on the way."""
    with closing(open_store("memory://")) as store:
        assert isinstance(store, MemoryStore)
        earlier: list[Rows] = []

        def note() -> None:
            tables = store.tables.items()
            earlier.append({kind: dict(rows) for kind, rows in tables if kind in _KINDS})

        school = play(store, folder / "files", between=note)
        looks_of_an_auditor(school, school.open())
        report = school.check()
        assert report.findings == ()
        whole = [{kind: rows.get(kind, {}) for kind in _KINDS} for rows in earlier]
        yield Stored(school, store, whole, tuple(report.heads.values()))


def try_out(forger: Forger, true: Stored, *, trials: int, first_seed: int = 0) -> Tried:
    """Have a forger try so often; what it leaves always differs from what is true."""
    tried, truly, seed = Tried(forger.__name__), true.copy(), first_seed
    while tried.trials < trials:
        changed = forger(true, random.Random(f"{forger.__name__} {seed}"))
        if changed and true.copy() != truly:
            report = true.school.check()
            tried.trials += 1
            tried.alone += not report.ok
            if report.ok:
                report = verify_database(true.school.core, true.school.id, heads=true.heads)
                if report.ok:
                    tried.unseen.append(seed)
            tried.noted += not report.ok
            for finding in report.findings[:1]:
                tried.codes[finding.code] += 1
        true.put(truly)
        seed += 1
    return tried


# --- chains and cycles -------------------------------------------------------------------------


@found
def leaves_entries_without_their_cycle(true: Stored, chance: random.Random) -> bool:
    """A cycle's row is gone, its entries are there: no constraint sees it."""
    key = true.a_cycle(chance)
    del true.rows(CycleRow)[key]
    return True


@found
def leaves_a_cycle_without_entries(true: Stored, chance: random.Random) -> bool:
    """All entries of a cycle are gone, its row is there."""
    subj = true.rows(CycleRow)[true.a_cycle(chance)]["subj"]
    for key in true.entries_of(subj):
        del true.rows(EntryRow)[key]
    return True


@found
def points_a_cycle_at_another_chain(true: Stored, chance: random.Random) -> bool:
    """A cycle stands where some entry of another one is."""
    key = true.a_cycle(chance)
    _, subj, seq = chance.choice(sorted(true.rows(EntryRow)))
    return _stand_at(true, key, subj, seq, subject=chance.random() < 0.5)


@found
def turns_a_cycle_back(true: Stored, chance: random.Random) -> bool:
    """A cycle stands where an earlier entry of its own is."""
    key = true.a_cycle(chance)
    subj = true.rows(CycleRow)[key]["subj"]
    *earlier, _ = true.entries_of(subj)
    return bool(earlier) and _stand_at(true, key, subj, chance.choice(earlier)[2])


def _stand_at(
    true: Stored, key: tuple[Any, ...], subj: str, seq: int, *, subject: bool = False
) -> bool:
    entry = true.rows(EntryRow)[key[0], subj, seq]
    more = {"subj": subj} if subject else {}
    return true.change(CycleRow, key, revision=seq, state=entry["to"], head=entry["leaf"], **more)


@found
def opens_a_cycle_outside_start(true: Stored, chance: random.Random) -> bool:
    """The first entry leads elsewhere; chain, leaves and the cycle's row are made to fit."""
    key = true.a_cycle(chance)
    subj = true.rows(CycleRow)[key]["subj"]
    to = chance.choice(["observe", "revise", "archived", "co_prepare"])
    _relink(true, subj, {1: {"to": to}})
    return _stand_at(true, key, subj, true.entries_of(subj)[-1][2])


@found
def changes_a_column_of_a_cycle(true: Stored, chance: random.Random) -> bool:
    """What is shown of a cycle is not what its entries give."""
    key = true.a_cycle(chance)
    other = true.rows(CycleRow)[true.a_cycle(chance)]
    names = set(CycleRow.model_fields) - {"school_id", "id", "subj", "revision", "head"}
    name = chance.choice(sorted(names))
    return true.change(CycleRow, key, **{name: other[name]})


@found
def changes_who_takes_part(true: Stored, chance: random.Random) -> bool:
    """Somebody is in a role, or none, or a link leads elsewhere, by no entry."""
    kind = chance.choice([ParticipantRow, ParticipantRow, LinkRow])
    rows = true.rows(kind)
    key = chance.choice(sorted(rows))
    row = rows.pop(key)
    if chance.random() < 0.5:
        name = "person" if kind is ParticipantRow else "to_cycle"
        rows[(*key, "x")] = {**row, name: f"p_{'b' * 26}"}
    return True


@found
def smuggles_a_cycle_in(true: Stored, chance: random.Random) -> bool:
    """A copy of a cycle's row under another id, with its entries or without."""
    key = true.a_cycle(chance)
    row = true.rows(CycleRow)[key]
    new = chance.randbytes(8).hex()
    copied = {**row, "id": new, "subj": f"cycle:{new}"}
    if chance.random() < 0.5:
        for at in true.entries_of(row["subj"]):
            entry = true.rows(EntryRow)[at]
            true.rows(EntryRow)[at[0], f"cycle:{new}", at[2]] = {**entry, "subj": f"cycle:{new}"}
    true.rows(CycleRow)[key[0], new] = copied
    return True


# --- entries, contents, workflows ---------------------------------------------------------------


def _relink(true: Stored, subj: str, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Change bodies by number, and make the chain, the rows and their payloads fit again."""
    before: dict[str, Any] | None = None
    for key in true.entries_of(subj):
        row = true.rows(EntryRow)[key]
        plain = {**parse_canonical(row["body"]), **changes.get(key[2], {})}
        if before is not None:
            prev = base64.b64encode(before["leaf"]).decode()
            plain |= {"prev": prev, "from": before["to"]}
        body = canonical_bytes(plain)
        new = {**row, "body": body, "leaf": leaf_hash(body), "to": plain["to"]}
        if before is not None:
            new |= {"prev": before["leaf"], "from_": before["to"]}
        true.rows(EntryRow)[key] = before = new
        payload = true.rows(PayloadRow).pop((key[0], row["leaf"]), None)
        if payload is not None:
            true.rows(PayloadRow)[key[0], new["leaf"]] = {**payload, "leaf": new["leaf"]}


@found
def edits_a_body(true: Stored, chance: random.Random) -> bool:
    """A bit of what an entry says; its leaf is made to fit if something else names the old one."""
    key = chance.choice(sorted(true.rows(EntryRow)))
    body = true.rows(EntryRow)[key]["body"]
    at = chance.randrange(len(body))
    new = body[:at] + bytes([body[at] ^ (1 << chance.randrange(8))]) + body[at + 1 :]
    named = key[1].startswith("cycle:") or key != true.entries_of(key[1])[-1]
    leaf = {"leaf": leaf_hash(new)} if named and chance.random() < 0.5 else {}
    return true.change(EntryRow, key, body=new, **leaf)


@found
def edits_a_chain_and_leaves_the_cycle(true: Stored, chance: random.Random) -> bool:
    """The chain is made to fit an edit, the cycle's row is not."""
    key = true.a_cycle(chance)
    subj = true.rows(CycleRow)[key]["subj"]
    number = chance.choice(true.entries_of(subj))[2]
    _relink(true, subj, {number: {"via": chance.choice(["web", "cli", "job", "import"])}})
    return True


@found
def deletes_an_entry(true: Stored, chance: random.Random) -> bool:
    """Any entry of a cycle, or one of another subject that has a successor."""
    entries = sorted(true.rows(EntryRow))
    key = chance.choice(entries)
    if not key[1].startswith("cycle:") and (key[0], key[1], key[2] + 1) not in entries:
        return False
    del true.rows(EntryRow)[key]
    return True


@found
def swaps_two_entries(true: Stored, chance: random.Random) -> bool:
    """Two entries of a subject change places."""
    keys = true.entries_of(true.rows(CycleRow)[true.a_cycle(chance)]["subj"])
    if len(keys) < 2:
        return False
    one, other = chance.sample(keys, 2)
    rows = true.rows(EntryRow)
    rows[one], rows[other] = (
        {**rows[other], "seq": one[2]},
        {**rows[one], "seq": other[2]},
    )
    return True


@found
def rewrites_a_content(true: Stored, chance: random.Random) -> bool:
    """Other words, another salt, or nothing at all, under an entry that stays as it is."""
    rows = true.rows(PayloadRow)
    key = chance.choice(sorted(k for k, row in rows.items() if row["content"] is not None))
    ways: list[dict[str, Any]] = [
        {"content": b'{"fields":{"text":"x"}}'},
        {"salt": chance.randbytes(32)},
        {"salt": None, "content": None},
    ]
    return true.change(PayloadRow, key, **chance.choice(ways))


@found
def drops_a_content(true: Stored, chance: random.Random) -> bool:
    """The row of a content that was not erased."""
    rows = true.rows(PayloadRow)
    key = chance.choice(sorted(k for k, row in rows.items() if row["content"] is not None))
    del rows[key]
    return True


@found
def changes_the_rules(true: Stored, chance: random.Random) -> bool:
    """A version's rules under its old digest, under their own, or gone."""
    rows = true.rows(VersionRow)
    key = chance.choice(sorted(rows))
    row = rows[key]
    plain = parse_canonical(row["canonical"])
    chance.choice(list(plain["transitions"].values()))["guards"] = []
    eased = canonical_bytes(plain)
    if eased == row["canonical"]:
        return False
    match chance.randrange(3):
        case 0:
            rows[key] = {**row, "canonical": eased}
        case 1:
            new = sha256_hex(eased)
            rows[key[0], new] = {**row, "canonical": eased, "digest": new}
        case _:
            del rows[key]
    return True


@found
def forges_a_look(true: Stored, chance: random.Random) -> bool:
    """A look of a form that none has, or at another subject; chain and leaves are made to fit."""
    keys = true.entries_of(LOOKS_SUBJECT)
    looks = [key for key in keys if true.rows(EntryRow)[key]["act"] == LOOK]
    key = chance.choice(looks)
    data = parse_canonical(true.rows(EntryRow)[key]["body"])["data"]
    forged = chance.choice([{"look": "nothing"}, {"why": "x"}, {"group": "一组"}])
    if "of" in data:
        forged = chance.choice([forged, {"of": sha256_b64(chance.randbytes(8))}])
    _relink(true, LOOKS_SUBJECT, {key[2]: {"data": {**data, **forged}}})
    return True


@found
def makes_another_version_current(true: Stored, chance: random.Random) -> bool:
    """What the table says of which version was current when is not what the entries say."""
    rows = true.rows(DefiningRow)
    key = chance.choice(sorted(rows))
    row = rows.pop(key)
    other = chance.choice(sorted(true.rows(VersionRow)))[1]
    ways: list[dict[str, Any] | None] = [
        {"digest": other},
        {"number": row["number"] + 1},
        {"at": "2026-01-01T00:00:00.000000Z"},
        {"workflow": "some-other"},
        None,
    ]
    way = chance.choice(ways)
    if way is None:
        return True
    new = {**row, **way}
    rows[new["school_id"], new["workflow"], new["number"]] = new
    return new != row


# --- a database that might have been -------------------------------------------------------------


@rewritten
def puts_an_older_backup_back(true: Stored, chance: random.Random) -> bool:
    """All rows as they were at an earlier moment: a backup put back."""
    true.put(chance.choice(true.earlier))
    return True


@rewritten
def rewrites_the_newest_entry_of_a_person(true: Stored, chance: random.Random) -> bool:
    """The last entry of a subject that has no row of its own, its leaf made to fit."""
    others = sorted({key[1] for key in true.rows(EntryRow) if not key[1].startswith("cycle:")})
    subj = chance.choice(others)
    number = true.entries_of(subj)[-1][2]
    _relink(true, subj, {number: {"via": chance.choice(["web", "api", "job", "import"])}})
    return True


@rewritten
def forgets_the_newest_looks(true: Stored, chance: random.Random) -> bool:
    """The end of the chain in which looks stand, and the names in them."""
    keys = true.entries_of(LOOKS_SUBJECT)
    for key in keys[chance.randrange(1, len(keys)) :]:
        true.rows(PayloadRow).pop((key[0], true.rows(EntryRow).pop(key)["leaf"]), None)
    return True


@rewritten
def forgets_a_cycle_altogether(true: Stored, chance: random.Random) -> bool:
    """Row, entries, contents, people and links of a cycle are gone."""
    key = true.a_cycle(chance)
    subj = true.rows(CycleRow)[key]["subj"]
    for at in true.entries_of(subj):
        true.rows(PayloadRow).pop((at[0], true.rows(EntryRow).pop(at)["leaf"]), None)
    del true.rows(CycleRow)[key]
    for kind, name in ((ParticipantRow, "cycle"), (LinkRow, "from_cycle")):
        rows = true.rows(kind)
        for other in [k for k, row in rows.items() if row[name] == key[1]]:
            del rows[other]
    return True


@rewritten
def rewrites_a_chain_and_its_cycle(true: Stored, chance: random.Random) -> bool:
    """An edit with chain, leaves, payloads and the cycle's row made to fit."""
    key = true.a_cycle(chance)
    subj = true.rows(CycleRow)[key]["subj"]
    number = chance.choice(true.entries_of(subj))[2]
    _relink(true, subj, {number: {"via": chance.choice(["web", "cli", "job", "import"])}})
    return _stand_at(true, key, subj, true.entries_of(subj)[-1][2])
