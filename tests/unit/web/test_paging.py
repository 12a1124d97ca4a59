"""Cursors: opaque, safe to send on, and worth nothing if made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycles_api.errors import BadParameterError
from cycles_api.rest.paging import cursor_of, place_of

Place = tuple[str, str, int]


@given(st.text(), st.text(), st.integers(0, 2**40))
def test_a_cursor_leads_back_to_its_place(at: str, subj: str, seq: int) -> None:
    """Whatever the place holds, its cursor needs no escaping in an address."""
    cursor = cursor_of((at, subj, seq))

    assert cursor.isascii()
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert place_of(cursor, Place) == (at, subj, seq)


@given(st.text())
def test_a_cursor_that_is_none_is_refused(made_up: str) -> None:
    """No text that somebody made up ends in another exception."""
    with pytest.raises(BadParameterError):
        place_of(made_up, Place)


def test_the_first_page_has_no_cursor() -> None:
    """Where none is given, the list begins."""
    assert place_of(None, Place) is None
