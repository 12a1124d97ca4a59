"""Which version of a workflow was current when: judged from the entries alone."""

from __future__ import annotations

from typing import Any

import pytest

from cycles.canonical import canonical_bytes, sha256_hex
from cycles.ledger import Defining
from tests.unit.ledger.toy_log import ToyLog, check

VERSIONS = {
    sha256_hex(raw): raw
    for raw in (canonical_bytes({"start": "a", "workflow": "toy", "n": n}) for n in range(3))
}
FIRST, SECOND, THIRD = VERSIONS
BEGIN = "2026-03-01T08:00:0{}.000000Z"


def defined(*order: str, numbers: tuple[int, ...] | None = None, **changes: Any) -> ToyLog:
    """A log in which versions became current in this order, a second apart."""
    log = ToyLog()
    for n, digest in enumerate(order, 1):
        data = {"workflow": "toy", "number": numbers[n - 1] if numbers else n}
        made = {"act": "define", "data": data, "at": BEGIN.format(n), **changes}
        log.append(f"def:{digest}", to="-", def_=None, guards={}, round=0, **made)
    return log


def found(log: ToyLog, **given: Any) -> list[tuple[str, str]]:
    """Code and detail of what is wrong."""
    report = check(log.entries, definitions=VERSIONS, **given)
    return [(f.code, f.detail) for f in report.findings]


def test_a_version_can_be_current_again() -> None:
    """There and back again is in order, and a database may hold exactly that."""
    log = defined(FIRST, SECOND, FIRST)
    stored = [
        Defining("toy", n, digest, BEGIN.format(n))
        for n, digest in enumerate((FIRST, SECOND, FIRST), 1)
    ]

    assert found(log) == []
    assert found(log, definings=stored) == []


@pytest.mark.parametrize(
    ("order", "numbers", "told"),
    [
        ((FIRST, SECOND), (1, 3), "toy: number 3, where 2 would follow"),
        ((FIRST, SECOND), (1, 1), "toy: number 1, where 2 would follow"),
        ((FIRST, SECOND), (2, 3), "toy: number 2, where 1 would follow"),
        ((FIRST, SECOND), (2, 1), "toy: number 2 is older than number 1"),
        ((FIRST, FIRST), (1, 2), "toy: number 2 makes current what already was"),
    ],
)
def test_versions_become_current_one_after_the_other(
    order: tuple[str, ...], numbers: tuple[int, ...], told: str
) -> None:
    """No number is missing or given twice, times follow the numbers, and each is a change."""
    assert found(defined(*order, numbers=numbers)) == [("current_unclear", told)]


def test_a_version_is_current_in_its_own_workflow() -> None:
    """What it is defined as is what it says of itself."""
    log = defined(FIRST, data={"workflow": "other", "number": 1})

    assert found(log) == [("current_unclear", "defined as other, and is a version of toy")]


@pytest.mark.parametrize(
    "changes",
    [
        {"act": "note"},
        {"data": {"workflow": "toy"}},
        {"data": {"workflow": "toy", "number": 1, "why": "x"}},
        {"data": {"workflow": "toy", "number": 0}},
        {"data": {"workflow": "toy", "number": True}},
        {"data": {"workflow": "Toy", "number": 1}},
        {"data": {"workflow": 7, "number": 1}},
    ],
)
def test_an_entry_about_a_version_has_one_form(changes: dict[str, Any]) -> None:
    """Anything else was not written by the programme."""
    codes = {code for code, _ in found(defined(FIRST, **changes))}

    assert codes == {"bad_body"}


def test_a_definition_stands_in_the_chain_of_its_version() -> None:
    """Among the entries of the school it says nothing."""
    log = ToyLog()
    log.append_to_school("define", {"workflow": "toy", "number": 1})

    assert "bad_body" in {code for code, _ in found(log)}


def test_what_a_database_holds_is_what_the_entries_say() -> None:
    """A row too many, one too few and one that says something else are told."""
    log = defined(FIRST, SECOND)
    first, second = (Defining("toy", n, d, BEGIN.format(n)) for n, d in ((1, FIRST), (2, SECOND)))
    third = Defining("toy", 3, FIRST, BEGIN.format(3))

    for stored in ([first], [first, second, third], [first, second._replace(digest=FIRST)]):
        assert {code for code, _ in found(log, definings=stored)} == {"replay_differs"}
