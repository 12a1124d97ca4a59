"""Drafts: kept for their author alone, lost by no second device, forgotten in the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cycles.errors import TooLargeError
from cycles.service.drafts import MOST_BYTES, Drafts
from cycles.store import DraftRow
from tests.unit.service.first_school import FirstSchool

FORM = "c1/1/observation"


@pytest.fixture
def drafts(school: FirstSchool) -> Drafts:
    """Its drafts."""
    return Drafts(school.core)


def test_another_device_goes_on_where_the_first_one_stopped(
    school: FirstSchool, drafts: Drafts
) -> None:
    """What was kept is found by the form's name, and the next saving takes its place."""
    ma = school.actor("ma")
    first = drafts.keep(ma, FORM, "one", after="", device="phone").draft
    assert first is not None

    (found,) = drafts.of(ma, [FORM])
    second = drafts.keep(ma, FORM, "one two", after=found.version, device="laptop")

    assert found == first
    assert second.taken
    assert [d.content for d in drafts.of(ma, [FORM])] == ["one two"]


def test_of_two_devices_at_once_the_second_is_shown_the_first(
    school: FirstSchool, drafts: Drafts
) -> None:
    """It is not taken, and nothing of the first is lost."""
    ma = school.actor("ma")
    drafts.keep(ma, FORM, "on the laptop", after="")

    late = drafts.keep(ma, FORM, "on the phone", after="")

    assert not late.taken
    assert late.draft is not None
    assert late.draft.content == "on the laptop"


def test_the_same_saved_again_is_the_same_version(school: FirstSchool, drafts: Drafts) -> None:
    """A phone that did not hear the answer asks once more, and meets nobody but itself."""
    ma = school.actor("ma")
    first = drafts.keep(ma, FORM, "one", after="")

    again = drafts.keep(ma, FORM, "one", after="")

    assert again == first


def test_what_was_filed_is_not_made_anew_by_a_late_saving(
    school: FirstSchool, drafts: Drafts
) -> None:
    """A saving that goes on from what is gone is told so."""
    ma = school.actor("ma")
    kept = drafts.keep(ma, FORM, "one", after="").draft
    assert kept is not None
    drafts.forget(ma, FORM, kept.version)

    late = drafts.keep(ma, FORM, "one two", after=kept.version)

    assert (late.taken, late.draft) == (False, None)
    assert drafts.of(ma, [FORM]) == ()


def test_nobody_else_reaches_a_draft(school: FirstSchool, drafts: Drafts) -> None:
    """Not the head, not by the same name; and forgetting one's own leaves the others'."""
    ma, wu = school.actor("ma"), school.actor("wu")
    mine = drafts.keep(ma, FORM, "mine", after="").draft
    assert mine is not None

    assert drafts.of(wu, [FORM]) == ()
    drafts.forget(wu, FORM, mine.version)

    assert len(drafts.of(ma, [FORM])) == 1


def test_too_much_is_left_to_the_phone(school: FirstSchool, drafts: Drafts) -> None:
    """More than many hours of notes, or more forms than anybody has, is refused."""
    ma = school.actor("ma")

    with pytest.raises(TooLargeError):
        drafts.keep(ma, FORM, "字" * (MOST_BYTES // 3 + 1), after="")
    for number in range(60):
        drafts.keep(ma, f"c{number}", "x", after="")
    with pytest.raises(TooLargeError):
        drafts.keep(ma, "c60", "x", after="")


def test_what_nobody_touched_for_a_term_is_forgotten(school: FirstSchool, drafts: Drafts) -> None:
    """The next draft that anybody begins clears it away."""
    drafts.keep(school.actor("ma"), FORM, "long ago", after="")
    school.time += timedelta(days=93)

    drafts.keep(school.actor("he"), FORM, "today", after="")

    left = school.store.read(school.id, lambda work: work.find(DraftRow))
    assert [row.content for row in left] == ["today"]


def test_what_another_device_wrote_outlives_a_filing_that_did_not_know_it(
    school: FirstSchool, drafts: Drafts
) -> None:
    """The phone files what it has; the laptop's words are not thrown away with it."""
    ma = school.actor("ma")
    phone = drafts.keep(ma, FORM, "on the phone", after="").draft
    assert phone is not None
    drafts.keep(ma, FORM, "on the laptop", after=phone.version)

    drafts.forget(ma, FORM, phone.version)

    assert [d.content for d in drafts.of(ma, [FORM])] == ["on the laptop"]
