"""Terms and months cut time without gaps, and a lesson is done in one of them at most."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cycles.school import Calendar, Term
from cycles.school.coverage import (
    Lesson,
    Stretch,
    months_of,
    standing_in,
    standing_of,
    stretch_of,
    term_shown,
)

BEGIN = date(2025, 9, 1)
INSTANTS = st.integers(0, 1000 * 24).map(
    lambda hours: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
)


@st.composite
def calendars(draw):
    """A few terms with holidays between them."""
    day, terms = BEGIN, []
    for number in range(draw(st.integers(0, 4))):
        day += timedelta(days=draw(st.integers(0, 60)))
        last = day + timedelta(days=draw(st.integers(1, 150)))
        terms.append(Term(id=f"t{number}", name=f"第{number}学期", first_day=day, last_day=last))
        day = last + timedelta(days=1)
    return Calendar(terms=tuple(terms))


@st.composite
def lessons(draw):
    """A lesson that runs, or came to an end of either kind."""
    opened = draw(INSTANTS)
    took = draw(st.none() | st.timedeltas(timedelta(), timedelta(days=400)))
    if took is None:
        return Lesson(opened=opened)
    return Lesson(opened=opened, ended=opened + took, completed=draw(st.booleans()))


@given(calendars(), INSTANTS)
def test_every_instant_belongs_to_one_term(calendar, instant):
    """With its holidays no term leaves a gap, and two never share a day."""
    terms = calendar.terms or (None,)

    holding = [term for term in terms if stretch_of(calendar, term).holds(instant)]

    assert len(holding) == 1


@given(calendars(), lessons())
def test_a_lesson_is_done_in_one_term_and_under_way_only_before(calendar, lesson):
    """In the order of the terms: nothing, under way, done once, nothing."""
    terms = calendar.terms or (None,)

    found = [standing_in(lesson, stretch_of(calendar, term)) for term in terms]

    assert found.count("done") == (1 if lesson.completed else 0)
    if lesson.ended is not None and not lesson.completed:
        assert set(found) == {None}
    if lesson.ended is None:
        assert found[-1] == "under_way"
    order = [f for f in found if f]
    assert order == sorted(order, key=["under_way", "done"].index)


@given(calendars(), INSTANTS, INSTANTS)
def test_months_are_a_term_cut_in_pieces(calendar, one, two):
    """An instant of the term lies in exactly one of its months, as far as they were asked for."""
    for term in calendar.terms or (None,):
        stretch = stretch_of(calendar, term)
        months = months_of(calendar, stretch, min(one, two), max(one, two))

        held = [name for name, month in months if month.holds(one)]

        assert held == ([calendar.local_date(one).strftime("%Y-%m")] if stretch.holds(one) else [])


@given(st.lists(st.sampled_from([None, "done", "under_way"])))
def test_one_lesson_that_is_done_is_enough(found):
    """More of them are no better, and their order does not count."""
    told = standing_of(found)

    assert told == standing_of([*found, *found]) == standing_of(reversed(found))
    assert (told == "done") == ("done" in found)


def test_the_term_that_is_shown():
    """The one asked for, else today's, else the last one begun; before all of them the first."""
    autumn = Term(id="a", name="秋", first_day=date(2025, 9, 1), last_day=date(2026, 1, 20))
    spring = Term(id="s", name="春", first_day=date(2026, 2, 20), last_day=date(2026, 7, 1))
    calendar = Calendar(terms=(spring, autumn))

    assert term_shown(calendar, "a", date(2026, 3, 1)) == autumn
    assert term_shown(calendar, "", date(2026, 2, 1)) == autumn
    assert term_shown(calendar, "no", date(2026, 2, 20)) == spring
    assert term_shown(calendar, "", date(2025, 1, 1)) == autumn
    assert term_shown(Calendar(), "a", date(2025, 1, 1)) is None
    assert stretch_of(Calendar(), None) == Stretch()


def test_what_was_opened_after_a_term_has_no_part_in_it():
    """Nor has a month that begins when the term is over."""
    autumn = Term(id="a", name="秋", first_day=date(2025, 9, 1), last_day=date(2026, 1, 20))
    spring = Term(id="s", name="春", first_day=date(2026, 2, 1), last_day=date(2026, 7, 1))
    calendar = Calendar(zone="UTC", terms=(autumn, spring))
    stretch = stretch_of(calendar, autumn)
    february = datetime(2026, 2, 1, tzinfo=UTC)

    assert standing_in(Lesson(opened=february), stretch) is None
    months = months_of(calendar, stretch, datetime(2025, 12, 1, tzinfo=UTC), february)
    assert [name for name, _ in months] == ["2025-12", "2026-01"]
