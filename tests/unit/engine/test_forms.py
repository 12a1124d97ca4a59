"""What a form takes, field by field, and the code with which it refuses the rest."""

from datetime import date

import pytest

from cycles.engine.commands import Advance, Answer, Turn
from cycles.engine.forms import MAX_ADDRESS, MAX_TEXT, fill
from cycles.errors import InvalidInputError
from cycles.workflow.definition import FormField
from tests.unit.engine.stage import LIU, MA, SONG, Stage, one_step

TODAY = date(2026, 10, 12)
DIGEST = "0" * 64
ITEMS = {"item": {"form": {"what": {"type": "text", "title": "什么", "required": True}}}}


def code(value, **shape):
    """How a form with one field refuses the value; `None` if it takes it."""
    field = FormField.model_validate({"title": "某", **shape})
    try:
        fill({"x": field}, {"x": value}, facts=frozenset(), today=TODAY)
    except InvalidInputError as refused:
        (fault,) = refused.faults
        assert fault.field == "fields.x"
        return fault.code
    return None


TAKEN = [
    ("两行\n文字\t", {"type": "text"}),
    ("a", {"type": "choice", "options": {"a": "甲"}}),
    (False, {"type": "yes_no"}),
    (0, {"type": "number", "min": 0}),
    ("2026-10-12", {"type": "date"}),
    ("2026-10-13", {"type": "date", "future": True}),
    ("08:05", {"type": "time"}),
    ("p_ma", {"type": "person"}),
    (["p_ma"], {"type": "people"}),
    ("六(1)班", {"type": "class"}),
    (["少问", {"id": "4.1", "text": "多等"}], {"type": "points"}),
    ([{"what": "灯"}, {"id": "4.1", "what": "门"}], {"type": "items", **ITEMS}),
    ([{"at": "08:05", "text": "举手"}], {"type": "timed_notes"}),
    ({"p_ma": "sick"}, {"type": "attendance", "of": "group.members"}),
    ({"digest": DIGEST, "name": "教案.docx"}, {"type": "file"}),
    ("https://example.org/" + "a" * 200, {"type": "link"}),
    ({"4.1": "not_yet"}, {"type": "verify"}),
]


@pytest.mark.parametrize(("value", "shape"), TAKEN, ids=[s["type"] for _, s in TAKEN])
def test_a_value_of_the_type_is_taken(value, shape):
    """What a field asks for, it takes."""
    assert code(value, **shape) is None


REFUSED = [
    (1, {"type": "text"}, "wrong_type"),
    ("a\0b", {"type": "text"}, "control_characters"),
    ("\ud800", {"type": "text"}, "control_characters"),
    ("x" * (MAX_TEXT + 1), {"type": "text"}, "too_long"),
    ("   ", {"type": "text"}, "too_short"),
    ("ab", {"type": "text", "min": 3}, "too_short"),
    (["a"], {"type": "choice", "options": {"a": "甲"}}, "not_an_option"),
    ("b", {"type": "choice", "options": {"a": "甲"}}, "not_an_option"),
    ("yes", {"type": "yes_no"}, "wrong_type"),
    (True, {"type": "number"}, "not_a_number"),
    (1.5, {"type": "number"}, "not_a_number"),
    (2**53, {"type": "number"}, "not_a_number"),
    (0, {"type": "number", "min": 1}, "too_small"),
    (9, {"type": "number", "max": 8}, "too_large"),
    ("12.10.2026", {"type": "date"}, "not_a_date"),
    ("2026-02-30", {"type": "date"}, "not_a_date"),
    ("1899-12-31", {"type": "date"}, "not_a_date"),
    ("2200-01-01", {"type": "date", "future": True}, "not_a_date"),
    ("2026-10-13", {"type": "date"}, "future"),
    ("25:00", {"type": "time"}, "not_a_time"),
    (805, {"type": "time"}, "not_a_time"),
    (1, {"type": "person"}, "wrong_type"),
    ("a\nb", {"type": "class"}, "control_characters"),
    ("x" * 101, {"type": "class"}, "too_long"),
    ("p_ma", {"type": "people"}, "wrong_type"),
    (["p_ma", 1], {"type": "people"}, "wrong_type"),
    ("少问", {"type": "points"}, "wrong_type"),
    (["a"] * 101, {"type": "points"}, "too_many"),
    (["a", "b"], {"type": "points", "max": 1}, "too_many"),
    (["a"], {"type": "points", "min": 2}, "too_few"),
    ([{"text": "a"}], {"type": "points"}, "wrong_type"),
    ([{"id": "", "text": "a"}], {"type": "points"}, "wrong_type"),
    (["灯"], {"type": "items", **ITEMS}, "wrong_type"),
    ([{"what": "灯"}] * 101, {"type": "items", **ITEMS}, "too_many"),
    ([{"id": 1, "what": "灯"}], {"type": "items", **ITEMS}, "wrong_type"),
    ([{"who": "灯"}], {"type": "items", **ITEMS}, "unknown_field"),
    ("举手", {"type": "timed_notes"}, "wrong_type"),
    ([{"text": "举手"}], {"type": "timed_notes"}, "wrong_type"),
    ([{"at": "x", "text": "举手"}], {"type": "timed_notes"}, "not_a_time"),
    ([{"at": "08:05", "text": 1}], {"type": "timed_notes"}, "wrong_type"),
    (["p_ma"], {"type": "attendance", "of": "group.members"}, "wrong_type"),
    ({"p_ma": "late"}, {"type": "attendance", "of": "group.members"}, "not_an_option"),
    (DIGEST, {"type": "file"}, "wrong_type"),
    ({"digest": "abc", "name": "a"}, {"type": "file"}, "not_a_digest"),
    ({"digest": DIGEST, "name": ""}, {"type": "file"}, "wrong_type"),
    ({"digest": DIGEST, "name": "a\r\nb"}, {"type": "file"}, "control_characters"),
    ({"digest": DIGEST, "name": "\ud800"}, {"type": "file"}, "control_characters"),
    (1, {"type": "link"}, "wrong_type"),
    ("javascript:alert(1)", {"type": "link"}, "not_an_address"),
    ("https://example.org/" + "a" * 100 + "\0", {"type": "link"}, "control_characters"),
    ("https://" + "a" * MAX_ADDRESS, {"type": "link"}, "too_long"),
    (["4.1"], {"type": "verify"}, "wrong_type"),
    ({"4.1": "perhaps"}, {"type": "verify"}, "not_an_option"),
]


@pytest.mark.parametrize(("value", "shape", "expected"), REFUSED)
def test_any_other_value_is_refused_with_its_code(value, shape, expected):
    """What a field cannot hold is refused, and never a crash."""
    assert code(value, **shape) == expected


def test_one_of_several_fields_is_enough_but_one_is_needed():
    """`needs_any` names the fields of which one has to be filled in."""
    form = {name: FormField.model_validate({"type": "text", "title": "某"}) for name in "ab"}

    with pytest.raises(InvalidInputError) as refused:
        fill(form, {}, facts=frozenset(), today=TODAY, needs_any=("a", "b"))

    (fault,) = refused.value.faults
    assert (fault.field, fault.code) == ("fields.a", "needs_any")
    assert fault.data == {"any_of": ["a", "b"]}
    assert fill(form, {"b": "有"}, facts=frozenset(), today=TODAY, needs_any=("a", "b")).body


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("\ud800", "control_characters"), ("a\0", "control_characters"), ("x" * 20_001, "too_long")],
)
def test_a_reason_is_a_text_like_any_other(reason, expected):
    """Whatever wants a reason refuses one that no page could show."""
    advice = """
advice: {title: 建议, by: member, about: author, form: {hope: {type: points, title: 希望}}}
"""
    guards = "- filed: {record: advice}\n- answered: {points: advice}"
    stage = Stage(one_step(advice, guards)).open()
    stage.file(MA, "advice", hope=["慢一点"])
    (point,) = stage.points()

    refusals = [
        stage.refuse(InvalidInputError, SONG, Turn(verb="suspend", reason=reason)),
        stage.refuse(InvalidInputError, SONG, Advance(transition="finish", reason=reason)),
        stage.refuse(
            InvalidInputError, LIU, Answer(point=point, disposition="declined", reason=reason)
        ),
    ]

    assert {f.code for r in refusals for f in r.faults} == {expected}
    assert {f.field for r in refusals for f in r.faults} == {"reason"}
