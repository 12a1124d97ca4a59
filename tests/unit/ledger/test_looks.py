"""An auditor's look as an entry: a closed form, told apart from all else, checked by anybody."""

from __future__ import annotations

from typing import Any

import pytest

from cycles.errors import LedgerError
from cycles.ledger import LOOK, LOOKS_SUBJECT, Body, check_look, look_data, mark_of
from cycles.ledger.looks import mark_in, marked_in
from tests.unit.ledger.toy_log import body

OF = mark_of("cycle:c1")


def look(**data: Any) -> Body:
    """A look with these data, in the school's chain."""
    return body(act=LOOK, subj=LOOKS_SUBJECT, to="-", def_=None, guards={}, data=data)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "look: None is not known"),
        ({"look": ["plan"]}, "is not known"),
        ({"look": "nothing"}, "'nothing' is not known"),
        ({"look": "plan", "why": "x"}, "a look at plan: why"),
        ({"look": "sample", "from": "cycles"}, "a look at sample: before, count, drawn, seed"),
        ({"look": "plan", "month": "2026-9"}, "month does not have the form"),
        ({"look": "plan", "whole": 1}, "whole does not have the form"),
        ({"look": "plan", "group": "一组"}, "group does not have the form"),
        ({"look": "search", "since": "now", "act": ""}, "act does not have the form"),
        ({"look": "plan", "of": OF}, "a look at plan: of"),
    ],
)
def test_a_look_of_another_form_is_refused(data: dict[str, Any], told: str) -> None:
    """A kind, a key or a value that the service never writes, and which it is."""
    with pytest.raises(LedgerError, match=told):
        check_look(LOOKS_SUBJECT, data, has_payload=False)


@pytest.mark.parametrize("wrong", [-1, 1.0, True, "1", None])
def test_a_number_is_a_whole_one(wrong: object) -> None:
    """The number of an entry is none of these."""
    check_look(LOOKS_SUBJECT, {"look": "entry", "of": OF, "seq": 0}, has_payload=True)

    with pytest.raises(LedgerError, match="seq does not have the form"):
        check_look(LOOKS_SUBJECT, {"look": "entry", "of": OF, "seq": wrong}, has_payload=True)


def test_a_look_stands_in_the_schools_chain_alone() -> None:
    """In no person's, and in no cycle's."""
    with pytest.raises(LedgerError, match="stands in the chain of 'school', not of 'cycle:c1'"):
        check_look("cycle:c1", {"look": "dashboard"}, has_payload=False)


@pytest.mark.parametrize(
    ("data", "has_payload"),
    [({"look": "dashboard"}, True), ({"look": "cycle", "of": OF, "seq": 1}, False)],
)
def test_only_a_look_at_a_subject_has_words(data: dict[str, Any], has_payload: bool) -> None:
    """They name the subject; there is nothing else to say."""
    check_look(LOOKS_SUBJECT, data, has_payload=not has_payload)

    with pytest.raises(LedgerError, match="a payload exactly where it is at one subject"):
        check_look(LOOKS_SUBJECT, data, has_payload=has_payload)


@pytest.mark.parametrize("subj", ["cycle:", "cycle:刘老师", f"cycle:{'x' * 65}", "group:g1", ""])
def test_what_cannot_be_a_subject_has_no_mark(subj: str) -> None:
    """What people typed in the place of an id is not for the log, nor is its hash."""
    assert look_data("search", subj=subj, late=True) == {"look": "search", "late": True}


def test_a_mark_is_found_in_a_look_alone_and_in_its_words() -> None:
    """`of` in another entry is no mark, nor is `subj` in other words."""
    assert mark_in(look(look="cycle", of=OF, seq=1)) == marked_in({"subj": "cycle:c1"}) == OF

    assert mark_in(look(look="dashboard")) is None
    assert mark_in(body(act=LOOK, data={"of": OF})) is None
    for words in ({"subj": "cycle:c1", "more": 1}, {"subj": 1}, {}, ["subj"], None):
        assert marked_in(words) is None
