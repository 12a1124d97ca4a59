"""What a school chooses in a workflow: another sound version, and the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycles.errors import InvalidInputError
from cycles.service import shipped
from cycles.workflow.checks import CHECKS
from cycles.workflow.choices import (
    Choices,
    Measure,
    asked_of,
    choices_of,
    differences,
    with_choices,
)
from cycles.workflow.definition import Workflow
from cycles.workflow.meeting import meeting_of
from cycles.workflow.version import Version

SHIPPED = {version.key: version for version in shipped()}
LESSON = SHIPPED["lesson-study"]
NOTES = "finish_preparing.notes"

measures = st.one_of(
    st.just(Measure(share="all")),
    st.builds(
        Measure,
        share=st.sampled_from(["1/2", "2/3", "3/4", "1/1"]),
        at_least=st.none() | st.integers(1, 9),
    ),
    st.builds(Measure, at_least=st.integers(1, 9)),
)


@st.composite
def chosen(draw: st.DrawFn, version: Version) -> Choices:
    """Some choices that a school may make."""
    now = choices_of(version)
    least = draw(st.integers(1, 9))
    return Choices(
        rounds=None if now.rounds is None else (least, draw(st.integers(max(2, least), 9))),
        measures={key: draw(measures) for key in now.measures},
        names=None if now.names is None else draw(st.booleans()),
    )


@given(st.data())
def test_any_choices_are_kept_and_can_be_taken_back(data: st.DataObject) -> None:
    """What was chosen is what stands there, the rest is as it was, and back is the very first."""
    version = data.draw(st.sampled_from([SHIPPED["collaborative-lesson-research"], LESSON]))
    wanted = data.draw(chosen(version))

    made = with_choices(version, wanted)

    assert choices_of(made) == wanted
    assert not [finding for check in CHECKS for finding in check(made)]
    assert with_choices(made, choices_of(version)) == version
    assert "rest" not in {each.what for each in differences(version, made)}
    assert (differences(version, made) == ()) == (made == version)
    assert Version.from_canonical(made.canonical) == made


def test_what_a_school_may_choose_in_lesson_study() -> None:
    """The rounds, three quorums, and whether the wall says who said what."""
    assert choices_of(LESSON) == Choices(
        rounds=(2, 3),
        measures={
            NOTES: Measure(share="2/3"),
            "finish_observing.observations": Measure(share="2/3"),
            "finish_evaluating.three_ones": Measure(share="2/3"),
        },
        names=False,
    )


def test_names_are_for_the_words_of_the_meeting() -> None:
    """With them the meeting knows; the guard's measure is what the engine will count by."""
    now = choices_of(LESSON)
    wanted = replace(
        now, names=True, measures={**now.measures, NOTES: Measure(share="1/2", at_least=3)}
    )

    made = with_choices(LESSON, wanted)

    meeting = meeting_of(made)
    assert meeting is not None
    assert meeting.names
    filed = made.workflow.transitions["finish_preparing"].guards[0].filed
    assert filed is not None
    assert (filed.quorum, filed.at_least, filed.all) == ("1/2", 3, False)
    assert [(d.what, d.before, d.after) for d in differences(LESSON, made)] == [
        ("measure", Measure(share="2/3"), Measure(share="1/2", at_least=3)),
        ("names", False, True),
    ]


def test_a_measure_is_one_choice_wherever_the_same_guard_stands() -> None:
    """On another way, inside `any` as well: a waiver holds for guards of equal content."""
    plain = LESSON.workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    notes = plain["transitions"]["finish_preparing"]["guards"][0]
    plain["transitions"]["teach_again"]["guards"].append({"id": "some", "any": [notes]})
    version = Version.of(Workflow.model_validate(plain))
    now = choices_of(version)

    made = with_choices(
        version, replace(now, measures={**now.measures, NOTES: Measure(share="all")})
    )

    assert asked_of(version)[0].ways == ("finish_preparing", "teach_again")
    nested = made.workflow.transitions["teach_again"].guards[-1].any_
    assert nested is not None
    assert nested[0] == made.workflow.transitions["finish_preparing"].guards[0]
    assert choices_of(made).measures[NOTES] == Measure(share="all")


@pytest.mark.parametrize(
    ("rounds", "fault"),
    [
        ((0, 3), ("rounds.least", "too_small")),
        ((1, 1), ("rounds.most", "rounds_few")),
        ((3, 2), ("rounds.most", "rounds_crossed")),
        ((2, 10), ("rounds.most", "rounds_many")),
    ],
)
def test_rounds_that_cannot_be_are_refused(rounds: tuple[int, int], fault: tuple[str, str]) -> None:
    """Each beside its field."""
    with pytest.raises(InvalidInputError) as refused:
        with_choices(LESSON, replace(choices_of(LESSON), rounds=rounds))

    assert [(f.field, f.code) for f in refused.value.faults] == [fault]


@pytest.mark.parametrize(
    ("measure", "field", "code"),
    [
        (Measure(), "at_least", "measure_empty"),
        (Measure(share="all", at_least=2), "at_least", "measure_all"),
        (Measure(share="3/2"), "share", "not_an_option"),
        (Measure(share="many"), "share", "not_an_option"),
        (Measure(at_least=0), "at_least", "measure_number"),
        (Measure(at_least=100), "at_least", "measure_number"),
    ],
)
def test_measures_that_cannot_be_are_refused(measure: Measure, field: str, code: str) -> None:
    """Each beside its field."""
    now = choices_of(LESSON)

    with pytest.raises(InvalidInputError) as refused:
        with_choices(LESSON, replace(now, measures={**now.measures, NOTES: measure}))

    assert [(f.field, f.code) for f in refused.value.faults] == [(f"{NOTES}.{field}", code)]


def test_choices_that_leave_a_step_unreachable_are_refused() -> None:
    """A visit that another guard wants in its third round cannot have two at most."""
    visit = SHIPPED["classroom-visit"]

    with pytest.raises(InvalidInputError) as refused:
        with_choices(visit, replace(choices_of(visit), rounds=(1, 2)))

    assert [(f.field, f.code) for f in refused.value.faults] == [("rounds.most", "not_sound")]


def test_another_author_s_version_differs_in_the_rest() -> None:
    """A title is no choice of this kind."""
    plain = LESSON.workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    other = Version.of(Workflow.model_validate({**plain, "title": "我校课例研讨"}))

    assert [each.what for each in differences(LESSON, other)] == ["rest"]
