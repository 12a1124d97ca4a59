"""A finding says of which entry and on which line it is, and in words what is wrong there.

An auditor goes to that place, so each kind of damage is told here word for word. Two cycles of
three entries (lines 1 to 6), the first and third of each with a payload (rows 1 to 4), the very
first of them erased by the school's entry on line 7.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from cycles.canonical import canonical_bytes, sha256_hex
from cycles.ledger import CycleRow, Head, PayloadRow, Report, Verifier, leaf_hash
from tests.unit.ledger.test_verify import edited, rebuilt, rows_of
from tests.unit.ledger.toy_log import DEFINITION, DEFINITIONS, ToyReplayer, check, toy_log

T = TypeVar("T")

LOG = toy_log(cycles=2, length=3)
ENTRIES, ROWS = LOG.entries, LOG.rows
FIRST, SECOND, THIRD, *_ = ENTRIES
REST = ENTRIES[3:]
NOBODY = PayloadRow(bytes(32), bytes(32), b"{}")
SALT = hashlib.sha256(b"cycle:c00").digest()
VERSION = sha256_hex(DEFINITION)


def b64(raw: bytes) -> str:
    """As the log writes bytes."""
    return base64.b64encode(raw).decode()


ZERO = b64(bytes(32))


def found(
    entries: Iterable[bytes] = ENTRIES, rows: Iterable[bytes | PayloadRow] = ROWS, **given: Any
) -> Report:
    """What a check says."""
    return check(list(entries), list(rows), **given)


def breaking(items: Iterable[T]) -> Iterator[tuple[int, T]]:
    """Numbered, and broken off by a damaged archive."""
    yield from enumerate(items, 1)
    raise OSError("bad CRC")


def fails(*given: Any) -> str:
    """A comparison or a table that cannot be had."""
    raise OSError("gone")


def verified(rows: Any, entries: Any) -> Report:
    """What is said of sources that break off."""
    return Verifier(definitions=DEFINITIONS, payloads=rows, replayer=ToyReplayer()).verify(entries)


def manifest(**lies: Any) -> dict[str, Any]:
    """The manifest of the log, with some of it said otherwise."""
    return {"manifest": replace(LOG.manifest, **lies)}


def heads(**others: Head | None) -> dict[str, Head]:
    """The log's heads, with some others or none."""
    changed = {f"cycle:{name}": head for name, head in others.items()}
    return {s: head for s, head in {**LOG.heads, **changed}.items() if head is not None}


DAMAGES: dict[str, tuple[Callable[[], Report], list[str]]] = {
    "none": (
        lambda: found(**manifest(), cycles=rows_of(LOG), heads=LOG.heads.values()),
        [],
    ),
    "a row is missing": (
        lambda: found(rows=[ROWS[0], *ROWS[2:]]),
        [
            "payload_missing [cycle:c0 seq 3]: "
            "the entry commits to a payload, and no row is there for it"
        ],
    ),
    "a payload is another": (
        lambda: found(rows=[ROWS[0], replace(ROWS[1], payload=b"{}"), *ROWS[2:]]),
        [
            "payload_mismatch [cycle:c0 seq 3 line 2]: "
            "the payload is not the one the entry commits to"
        ],
    ),
    "a payload is gone": (
        lambda: found(rows=[ROWS[0], PayloadRow(ROWS[1].leaf, None, None), *ROWS[2:]]),
        ["erased_without_entry [cycle:c0 seq 3]: a payload is erased, and no entry says so"],
    ),
    "an erased payload is back": (
        lambda: found(
            rows=[
                PayloadRow(ROWS[0].leaf, SALT, canonical_bytes({"text": "反思 0.0\u2028"})),
                *ROWS[1:],
            ]
        ),
        [f"erasure_undone [school seq 1]: says that {b64(ROWS[0].leaf)} is erased"],
    ),
    "a row too many, twice": (
        lambda: found(rows=[*ROWS, NOBODY, NOBODY]),
        [
            "payload_without_entry [line 6]: a second row",
            f"payload_without_entry [line 5]: {ZERO}",
        ],
    ),
    "a line that is no row": (
        lambda: found(rows=[*LOG.payload_lines, b"{}"]),
        ["bad_payload [line 5]: LedgerError: a payload row has exactly leaf, salt and payload"],
    ),
    "a row written otherwise": (
        lambda: found(rows=[*LOG.payload_lines, b"{ }"]),
        ["not_canonical [line 5]: payload row: value: not in canonical form at byte 1"],
    ),
    "a line that is no entry": (
        lambda: found([FIRST, SECOND, b"{}", *REST]),
        [
            "bad_body [line 3]: body: LedgerError: "
            "an entry's body is an object of exactly the twenty keys",
            f"payload_without_entry [line 2]: {b64(ROWS[1].leaf)}",
        ],
    ),
    "an entry was edited": (
        lambda: found([FIRST, edited(SECOND, via="web"), THIRD, *REST]),
        ["chain_broken [cycle:c0 seq 3 line 3]: `prev` is not the leaf of the entry before"],
    ),
    "an entry was taken out": (
        lambda: found([FIRST, THIRD, *REST]),
        [
            "gap [cycle:c0 seq 3 line 2]: seq 3 follows 1",
            "chain_broken [cycle:c0 seq 3 line 2]: `prev` is not the leaf of the entry before",
            "state_break [cycle:c0 seq 3 line 2]: from observe, but draft came before",
        ],
    ),
    "the first entry was taken out": (
        lambda: found(ENTRIES[1:]),
        [
            "gap [cycle:c0 seq 2 line 1]: the first entry found has seq 2",
            f"erasure_undone [school seq 1]: says that {b64(ROWS[0].leaf)} is erased",
            f"payload_without_entry [line 1]: {b64(ROWS[0].leaf)}",
        ],
    ),
    "an entry of another log": (
        lambda: found([FIRST, edited(SECOND, log="x.example/other"), THIRD, *REST]),
        [
            "wrong_log [cycle:c0 seq 2 line 2]: x.example/other after cycles.example/school-42",
            "wrong_log [cycle:c0 seq 3 line 3]: cycles.example/school-42 after x.example/other",
            "chain_broken [cycle:c0 seq 3 line 3]: `prev` is not the leaf of the entry before",
        ],
    ),
    "a clock set back": (
        lambda: found(
            rebuilt([FIRST, edited(SECOND, at="2026-02-01T08:00:00.000000Z"), *REST], 1), ROWS[:1]
        ),
        [
            "time_backwards [cycle:c0 seq 2 line 2]: "
            "2026-02-01T08:00:00.000000Z after 2026-03-01T08:00:01.000000Z",
            "payload_missing [cycle:c1 seq 1]: "
            "the entry commits to a payload, and no row is there for it",
            "payload_missing [cycle:c1 seq 3]: "
            "the entry commits to a payload, and no row is there for it",
        ],
    ),
    "a cycle was cut off": (
        lambda: found([*ENTRIES[:5], ENTRIES[6]], **manifest()),
        [
            "truncated [cycle:c1 seq 3]: ends at 2, not at 3",
            f"payload_without_entry [line 4]: {b64(ROWS[3].leaf)}",
            "manifest_mismatch: 7 entries are announced, 6 are there",
        ],
    ),
    "a subject was cut off": (
        lambda: found(ENTRIES[:-1], **manifest()),
        [
            "truncated [school seq 1]: ends at 0, not at 1",
            "erased_without_entry [cycle:c0 seq 1]: a payload is erased, and no entry says so",
            "manifest_mismatch: 7 entries are announced, 6 are there",
        ],
    ),
    "the manifest knows less": (
        lambda: found(
            **manifest(
                heads=heads(c0=Head(subj="cycle:c0", seq=2, leaf=b64(leaf_hash(SECOND))), c1=None)
            )
        ),
        [
            "manifest_mismatch [cycle:c0 seq 3]: "
            "another entry than the manifest's 2 is the last one",
            "manifest_mismatch [cycle:c1]: not in the manifest",
        ],
    ),
    "the manifest counts otherwise": (
        lambda: found(**manifest(entries=9, payloads=8, definitions=(), files=("0" * 64,))),
        [
            f"file_missing: {'0' * 64}",
            "manifest_mismatch: 9 entries are announced, 7 are there",
            "manifest_mismatch: 8 payloads are announced, 4 are there",
            f"manifest_mismatch: definition {VERSION} is there, but not announced",
        ],
    ),
    "a file that no entry names": (
        lambda: found(**manifest(files=("0" * 64,)), files={"0" * 64: "0" * 64}),
        [f"file_without_entry: {'0' * 64}"],
    ),
    "a file that is not announced": (
        lambda: found(**manifest(), files={"0" * 64: "0" * 64}),
        [f"manifest_mismatch: file {'0' * 64} is there, but not announced"],
    ),
    "the manifest withholds what is there": (
        lambda: found(**manifest(withheld=(b64(ROWS[1].leaf), ZERO))),
        [
            "manifest_mismatch [cycle:c0 seq 3]: its payload is said to be withheld, and is there",
            f"manifest_mismatch: {ZERO} is withheld, and no entry commits to it",
        ],
    ),
    "heads noted elsewhere": (
        lambda: found(
            heads=[Head(subj=f"cycle:{c}", seq=s, leaf=ZERO) for c, s in (("c0", 2), ("c9", 4))]
        ),
        [
            f"head_differs [cycle:c0 seq 2 line 2]: {ZERO} is known elsewhere",
            f"head_missing [cycle:c9 seq 4]: {ZERO}",
        ],
    ),
    "stored cycles stand elsewhere": (
        lambda: found(
            cycles=[
                CycleRow("cycle:c0", 4, "draft", bytes(32)),
                CycleRow("cycle:c9", 1, "draft", bytes(32)),
            ]
        ),
        [
            "replay_differs [cycle:c0 seq 3]: stored: revision 4 in draft; entries: 3 in revise",
            "cycle_without_entry [cycle:c9 seq 1]: a stored cycle without any entry",
            "entry_without_cycle [cycle:c1 seq 3]: entries of a cycle, and no stored cycle",
        ],
    ),
    "no version": (
        lambda: found(definitions={}),
        [f"unknown_definition [cycle:c0 seq 1 line 1]: {VERSION}"],
    ),
    "another version": (
        lambda: found(definitions={VERSION: b"{}"}),
        [f"definition_altered: {VERSION}"],
    ),
    "a version that cannot be read": (
        lambda: found(definitions=_Unreadable({VERSION: DEFINITION})),
        [f"definition_altered: definition {VERSION}: OSError: gone"],
    ),
    "opened outside the start": (
        lambda: found([edited(FIRST, to="observe", pay=None)], []),
        ["opening_outside_start [cycle:c0 seq 1 line 1]: observe, not draft"],
    ),
    "tables that differ": (
        lambda: found(compare=lambda subj, state: f"stands in {state}"),
        [f"replay_differs [cycle:c{n}]: stands in revise" for n in range(2)],
    ),
    "tables that cannot be compared": (
        lambda: found(compare=fails),
        [f"replay_differs [cycle:c{n}]: compare: OSError: gone" for n in range(2)],
    ),
    "entries break off": (
        lambda: verified(enumerate(ROWS, 1), breaking(ENTRIES[:3])),
        [
            "unreadable: entries: OSError: bad CRC",
            "erased_without_entry [cycle:c0 seq 1]: a payload is erased, and no entry says so",
            f"payload_without_entry [line 3]: {b64(ROWS[2].leaf)}",
            f"payload_without_entry [line 4]: {b64(ROWS[3].leaf)}",
        ],
    ),
    "rows break off": (
        lambda: verified(breaking(ROWS[:3]), enumerate(ENTRIES, 1)),
        [
            "unreadable: payloads: OSError: bad CRC",
            "payload_missing [cycle:c1 seq 3]: "
            "the entry commits to a payload, and no row is there for it",
        ],
    ),
}


class _Unreadable(dict[str, bytes]):
    def __getitem__(self, name: str) -> bytes:
        return fails(name).encode()


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_told_at_its_place_and_in_words(damage):
    """These findings, in this order, and no others."""
    report, told = DAMAGES[damage]

    assert [str(finding) for finding in report().findings] == told


def test_what_breaks_off_explains_what_is_missing():
    """Of an archive that cannot be read to its end, that alone is a cause."""
    for damage in ("entries break off", "rows break off"):
        report, told = DAMAGES[damage]

        assert [str(f) for f in report().findings if not f.follows] == told[:1]
