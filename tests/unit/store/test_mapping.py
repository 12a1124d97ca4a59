"""A cycle's snapshot says all of the cycle, whatever fields the engine gives it."""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields

from cycles.canonical import canonical_bytes, parse_canonical
from cycles.engine.cycle import Cycle, Visit
from cycles.errors import StoreError
from cycles.store import CycleCache, CycleRow, cycle_from_bytes, cycle_to_bytes

_TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
_NUMBER = st.integers(-(2**53) + 1, 2**53 - 1)
_KEY = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=5)
_SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: _TEXT,
    int: _NUMBER,
    bool: st.booleans(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    types.NoneType: st.none(),
    Any: st.recursive(
        st.none() | st.booleans() | _NUMBER | _TEXT,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEY, inner, max_size=3),
        max_leaves=5,
    ),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type; fails for a kind of type that nobody has thought of."""
    origin, inside = get_origin(hint), get_args(hint)
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        hints = get_type_hints(hint)
        return st.builds(hint, **{f.name: values_of(hints[f.name]) for f in fields(hint)})
    if origin in (Union, types.UnionType):
        return st.one_of(*(values_of(part) for part in inside))
    if origin is tuple and inside[-1] is Ellipsis:
        return st.lists(values_of(inside[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*(values_of(part) for part in inside))
    if origin is frozenset:
        return st.frozensets(values_of(inside[0]), max_size=3)
    if origin is Mapping and inside[0] is str:
        return st.dictionaries(_KEY, values_of(inside[1]), max_size=2)
    raise AssertionError(f"no snapshot has been tried with {hint}")


def a_cycle(revision: int = 1) -> Cycle:
    """The smallest cycle there is."""
    moment = datetime(2026, 3, 1, 8, tzinfo=UTC)
    given = {
        "id": "c1",
        "group": "maths",
        "opener": "p_a",
        "zone": "Asia/Shanghai",
        "revision": revision,
        "state": "draft",
        "visits": (Visit(number=1, state="draft", round=1, seq=1, at=moment),),
    }
    empty: dict[Any, Any] = {str: "", int: 0, bool: False}
    hints = get_type_hints(Cycle)
    for field in fields(Cycle):
        if field.name not in given and field.required:
            hint = hints[field.name]
            given[field.name] = empty.get(hint, {} if get_origin(hint) is Mapping else ())
    return Cycle(**given)  # type: ignore[arg-type]


def row_of(cycle: Cycle, head: bytes) -> CycleRow:
    """A row of which the cache needs no more than this."""
    return CycleRow(head=head, snapshot=cycle_to_bytes(cycle))


@given(values_of(Cycle))
def test_a_cycle_comes_back_equal(cycle: Cycle) -> None:
    """Every field of every value in it, dates, instants, sets and all."""
    assert cycle_from_bytes(cycle_to_bytes(cycle)) == cycle


@given(values_of(Cycle))
def test_a_snapshot_is_canonical(cycle: Cycle) -> None:
    """Equal cycles have equal bytes, in the one form that digests are made of."""
    raw = cycle_to_bytes(cycle)

    assert canonical_bytes(parse_canonical(raw)) == raw
    assert cycle_to_bytes(cycle_from_bytes(raw)) == raw


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"id":1}', b"\xff"])
def test_bytes_that_are_no_cycle_are_told(raw: bytes) -> None:
    """A damaged snapshot is a store's error, and the log can rebuild it."""
    with pytest.raises(StoreError, match="log"):
        cycle_from_bytes(raw)


def test_the_cache_parses_a_snapshot_once() -> None:
    """The same head gives the very same value; another head another one."""
    cache = CycleCache()

    first = cache.cycle_of(row_of(a_cycle(1), b"1"))

    assert cache.cycle_of(row_of(a_cycle(1), b"1")) is first
    assert cache.cycle_of(row_of(a_cycle(2), b"2")).revision == 2


def test_the_cache_forgets_what_was_not_asked_for_longest() -> None:
    """It never holds more than it was given room for."""
    cache = CycleCache(size=2)
    kept = [cache.cycle_of(row_of(a_cycle(n), b"%d" % n)) for n in (1, 2)]
    cache.cycle_of(row_of(a_cycle(1), b"1"))

    cache.cycle_of(row_of(a_cycle(3), b"3"))

    assert cache.cycle_of(row_of(a_cycle(1), b"1")) is kept[0]
    assert cache.cycle_of(row_of(a_cycle(2), b"2")) is not kept[1]
