"""School days and due dates keep their rules on any calendar."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycles.errors import CalendarError
from cycles.school import Calendar, Holiday, MakeUpDay, Term

AUTUMN = Term(id="a", name="秋", first_day=date(2026, 9, 1), last_day=date(2027, 1, 22))
SPRING = Term(id="s", name="春", first_day=date(2027, 2, 22), last_day=date(2027, 7, 9))
NATIONAL = Holiday(first=date(2026, 10, 1), last=date(2026, 10, 7), name="国庆节")
MAKE_UP = (
    MakeUpDay(day=date(2026, 9, 20), name="国庆调休"),
    MakeUpDay(day=date(2026, 10, 10), name="国庆调休"),
)
CHINA = Calendar(terms=(AUTUMN, SPRING), holidays=(NATIONAL,), make_up_days=MAKE_UP)

days = st.dates(date(2026, 8, 1), date(2027, 9, 1))
counts = st.integers(-60, 60)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """A calendar with none to two terms and a few holidays and make-up days."""
    holidays = []
    for first in draw(st.lists(days, max_size=4)):
        last = first + timedelta(days=draw(st.integers(0, 20)))
        holidays.append(Holiday(first=first, last=last, name="h"))
    free = [(h.first, h.last) for h in holidays]
    extra = [
        d
        for d in draw(st.lists(days, max_size=4))
        if d.weekday() > 4 and not any(a <= d <= b for a, b in free)
    ]
    return Calendar(
        zone=draw(st.sampled_from(["Asia/Shanghai", "UTC", "Europe/Berlin", "America/New_York"])),
        terms=draw(st.sampled_from([(), (AUTUMN,), (AUTUMN, SPRING)])),
        holidays=tuple(holidays),
        make_up_days=tuple(MakeUpDay(day=d, name="m") for d in extra),
    )


@given(calendars(), days, counts)
def test_counting_never_lands_on_a_free_day(calendar, day, n):
    """Whatever is counted ends on a day that is no holiday, and in term if terms reach it."""
    reached = calendar.add_school_days(day, n)

    assert not any(h.first <= reached <= h.last for h in calendar.holidays)
    terms = calendar.terms
    if terms and terms[0].first_day <= reached <= terms[-1].last_day:
        assert calendar.is_school_day(reached)


@given(calendars(), days, days, counts)
def test_later_days_are_never_due_earlier(calendar, one, other, n):
    """Counting keeps the order of days, and more school days are strictly later."""
    first, second = sorted((one, other))

    assert calendar.add_school_days(first, n) <= calendar.add_school_days(second, n)
    if n > 0:
        assert calendar.add_school_days(first, n) < calendar.add_school_days(first, n + 1)


@given(calendars(), days, counts)
def test_counting_back_undoes_counting_on(calendar, day, n):
    """From a day that counts, n on and n back is the same day."""
    start = calendar.next_school_day(day)

    assert calendar.add_school_days(calendar.add_school_days(start, n), -n) == start


@given(calendars(), days, st.times(), st.integers(0, 60))
def test_day_dues_end_with_the_schools_day(calendar, day, at, n):
    """Dues in days end at 23:59:59 school time, not before the anchor; hours just run."""
    anchor = datetime.combine(day, at, tzinfo=UTC)

    due = calendar.due_instant(anchor, days=n)

    end = calendar.instant_of(calendar.local_date(due), time(23, 59, 59))
    assert due == end
    assert due > anchor - timedelta(seconds=1)
    assert calendar.due_instant(anchor, hours=n) == anchor + timedelta(hours=n)


def test_national_day_2026_with_its_make_up_sunday():
    """School on Sunday 20 September, none from 1 to 7 October, school on Saturday the 10th."""
    assert CHINA.is_school_day(date(2026, 9, 20))
    assert not CHINA.is_school_day(date(2026, 9, 19))
    assert CHINA.add_school_days(date(2026, 9, 18), 1) == date(2026, 9, 20)
    assert CHINA.add_school_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert CHINA.add_school_days(date(2026, 10, 9), 1) == date(2026, 10, 10)


@pytest.mark.parametrize(
    ("unit", "n", "expected"),
    [
        ({"school_days": 1}, 1, date(2026, 11, 16)),  # from a Friday: Monday, not 24 school hours
        ({"days": 1}, 1, date(2026, 11, 16)),
        ({"days": 7}, 7, date(2026, 11, 20)),
        ({"weeks": 1}, 1, date(2026, 11, 20)),
        ({"days": -5}, -5, date(2026, 11, 6)),  # Sunday the 8th rolls back
        ({"school_days": -1}, -1, date(2026, 11, 12)),
    ],
)
def test_one_day_is_one_day(unit, n, expected):
    """A due date of one day is the next school day, and counting back rolls back."""
    friday = datetime(2026, 11, 13, 1, 0, tzinfo=UTC)

    assert CHINA.local_date(CHINA.due_instant(friday, **unit)) == expected


def test_the_schools_date_is_not_the_utc_date():
    """Half past midnight in Shanghai is still yesterday in UTC; the school's date counts."""
    late = datetime(2026, 11, 12, 16, 30, tzinfo=UTC)

    assert CHINA.local_date(late) == date(2026, 11, 13)


def test_counting_goes_on_after_the_last_term():
    """After the last term plain weekdays count, though they are no school days."""
    assert CHINA.add_school_days(date(2027, 7, 9), 1) == date(2027, 7, 12)
    assert not CHINA.is_school_day(date(2027, 7, 12))
    assert CHINA.add_school_days(date(2027, 1, 22), 1) == date(2027, 2, 22)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"zone": "Nowhere/At-All"}, "unknown-zone"),
        ({"zone": "../etc"}, "unknown-zone"),
        ({"terms": (AUTUMN, Term(id="b", name="b", first_day=date(2027, 1, 1),
                                 last_day=date(2027, 3, 1)))}, "terms-overlap"),
        ({"holidays": (NATIONAL,), "make_up_days": (MakeUpDay(day=date(2026, 10, 4), name="m"),)},
         "make-up-day-in-holiday"),
    ],
)  # fmt: skip
def test_a_contradictory_calendar_is_refused(fields, reason):
    """Contradictions are told when the calendar is made."""
    with pytest.raises(CalendarError) as refused:
        Calendar(**fields)

    assert refused.value.reason == reason


def test_absurd_numbers_are_refused():
    """Counting to the end of time, or without a zone, is refused at once."""
    with pytest.raises(CalendarError):
        CHINA.add_school_days(date(2026, 9, 1), 10**9)
    with pytest.raises(CalendarError):
        CHINA.add_school_days(date.max, 1)
    with pytest.raises(CalendarError):
        CHINA.local_date(datetime(2026, 9, 1))  # noqa: DTZ001 - the very thing that is refused
