"""Terms, holidays and make-up days: set as a whole, never in contradiction."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from cycles.errors import (
    CalendarError,
    InvalidInputError,
    TooLargeError,
)
from cycles.school import Holiday, MakeUpDay
from cycles.store import Store
from tests.unit.service.town import Town

TODAY = date(2026, 10, 12)
DAY = timedelta(days=1)


@pytest.fixture
def town(store: Store, tmp_path: Path) -> Town:
    """The first school, on each store."""
    return Town(store, tmp_path)


def test_a_term_is_set_with_its_free_and_made_up_days_and_replaced_as_a_whole(town):
    """What is given takes the place of the days of that term, and of no other day."""
    free = Holiday(first=date(2026, 10, 1), last=date(2026, 10, 7), name="国庆节")
    sunday = MakeUpDay(day=date(2026, 9, 20), name="调休")
    first, last = date(2026, 9, 1), date(2027, 1, 22)
    town.schools.set_term(
        town.by, "秋", first, last, term="t", holidays=[free], make_up_days=[sunday]
    )
    spring = town.schools.set_term(
        town.by,
        "春",
        date(2027, 2, 22),
        date(2027, 7, 2),
        holidays=[Holiday(first=date(2027, 5, 3), last=date(2027, 5, 5), name="劳动节")],
    )

    town.schools.set_term(town.by, "秋季", first, last, term="t", holidays=[free])

    days = town.schools.calendar(town.by)
    assert [(t.id, t.name) for t in days.terms] == [("t", "秋季"), (spring, "春")]
    assert [h.name for h in days.holidays] == ["国庆节", "劳动节"]
    assert days.make_up_days == ()
    assert (days.today, days.school_day) == (TODAY, True)
    last_entry = town.log("school")[-1]
    assert last_entry.data["holidays"] == [["2026-10-01", "2026-10-07"]]
    assert "国庆" not in repr(last_entry)


def test_a_calendar_that_contradicts_itself_is_not_written(town):
    """Overlapping terms, and a make-up day in a holiday, change nothing."""
    before = town.schools.calendar(town.by)

    with pytest.raises(CalendarError):
        town.schools.set_term(town.by, "冬", date(2027, 1, 1), date(2027, 2, 1))
    with pytest.raises(CalendarError):
        town.schools.set_term(
            town.by,
            "春",
            date(2027, 2, 22),
            date(2027, 7, 2),
            holidays=[Holiday(first=date(2027, 5, 1), last=date(2027, 5, 5), name="劳动节")],
            make_up_days=[MakeUpDay(day=date(2027, 5, 2), name="调休")],
        )

    assert town.schools.calendar(town.by) == before
    assert town.log("school") == []


def test_days_come_once_and_in_numbers_that_an_entry_holds(town):
    """The same day twice, and more days than any term has, are refused."""
    days = [Holiday(first=TODAY, last=TODAY, name="运动会")] * 2
    many = [MakeUpDay(day=TODAY + n * DAY, name="调休") for n in range(101)]
    span = (date(2026, 9, 1), date(2027, 1, 22))

    with pytest.raises(InvalidInputError):
        town.schools.set_term(town.by, "秋", *span, term="t", holidays=days)
    with pytest.raises(TooLargeError):
        town.schools.set_term(town.by, "秋", *span, term="t", make_up_days=many)


def test_a_fullest_term_fits_its_entry(town):
    """A hundred holidays and a hundred make-up days are taken."""
    first = date(2026, 9, 1)
    free = [
        Holiday(first=first + n * DAY, last=first + n * DAY, name="放" * 50) for n in range(100)
    ]
    made_up = [MakeUpDay(day=date(2026, 12, 20) + n * DAY, name="补" * 50) for n in range(100)]

    town.schools.set_term(
        town.by, "秋", first, date(2027, 8, 30), term="t", holidays=free, make_up_days=made_up
    )

    assert len(town.schools.calendar(town.by).make_up_days) == 100


def test_a_term_goes_with_its_days(town):
    """Taking a term out leaves no holiday behind in it."""
    free = Holiday(first=date(2026, 10, 1), last=date(2026, 10, 7), name="国庆节")
    span = (date(2026, 9, 1), date(2027, 1, 22))
    town.schools.set_term(town.by, "秋", *span, term="t", holidays=[free])

    town.schools.remove_term(town.by, "t")

    days = town.schools.calendar(town.by)
    assert (days.terms, days.holidays) == ((), ())
