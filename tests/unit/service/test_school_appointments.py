"""Appointments: what is refused, when they begin and end, and a head there always is."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from cycles.errors import (
    CalendarError,
    ConflictError,
    NotFoundError,
)
from cycles.store import Store
from tests.unit.service.town import Town

TODAY = date(2026, 10, 12)
DAY = timedelta(days=1)


@pytest.fixture
def town(store: Store, tmp_path: Path) -> Town:
    """The first school, on each store."""
    return Town(store, tmp_path)


def test_an_appointment_that_begins_or_ends_later_waits_for_its_day(town):
    """Tasks are worked out anew on the first day, and on the day after the last."""
    town.schools.appoint(town.by, "ma", "deputy", from_date=TODAY + DAY, until_date=TODAY + 3 * DAY)

    assert town.waiting() == [("day", "2026-10-13"), ("day", "2026-10-16")]


def test_a_role_is_not_held_twice_on_one_day(town):
    """The same role in the same group within the same days is refused; before or after is not."""
    with pytest.raises(ConflictError):
        town.schools.appoint(town.by, "ma", "teacher", "maths")
    town.schools.appoint(
        town.by, "ma", "teacher", "maths", from_date=date(2025, 9, 1), until_date=date(2026, 7, 1)
    )

    town.schools.end_appointment(town.by, "a-ma", TODAY)
    town.schools.appoint(town.by, "ma", "teacher", "maths", from_date=TODAY + DAY)

    assert len(town.schools.appointments(town.by, "ma")) == 3


def test_a_guest_is_appointed_to_nothing(town):
    """Guests come by a link, for one cycle."""
    guest = town.schools.add_person(town.by, "郭教授", guest=True)

    with pytest.raises(ConflictError):
        town.schools.appoint(town.by, guest, "teacher", "maths")


@pytest.mark.parametrize(
    ("role", "group", "reason"),
    [
        ("cook", None, "unknown-role"),
        ("teacher", None, "group-missing"),
        ("deputy", "maths", "group-not-allowed"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused(town, role, group, reason):
    """The calendar's own refusals come through."""
    with pytest.raises(CalendarError) as refused:
        town.schools.appoint(town.by, "ma", role, group)

    assert refused.value.reason == reason


def test_what_is_not_there_is_not_found(town):
    """Foreign people, groups, appointments and terms are as good as none."""
    schools, by = town.schools, town.by
    for act in (
        lambda: schools.appoint(by, "nobody", "deputy"),
        lambda: schools.appoint(by, "ma", "teacher", "nowhere"),
        lambda: schools.end_appointment(by, "never", TODAY),
        lambda: schools.rename_group(by, "nowhere", "组"),
        lambda: schools.disable(by, "nobody"),
        lambda: schools.remove_term(by, "never"),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_a_head_is_not_disabled(town):
    """The school would run on without anybody who may decide; the way out is told."""
    with pytest.raises(ConflictError, match="end the appointment as head first"):
        town.schools.disable(town.by, "wu")

    assert town.person("wu").enabled


def test_the_only_head_stays_until_another_is_appointed(town):
    """An end of the last headship is refused, also a later one; after a handover it is taken."""
    with pytest.raises(ConflictError, match="appoint another one first"):
        town.schools.end_appointment(town.by, "a-wu", TODAY + 30 * DAY)
    town.schools.appoint(town.by, "zheng", "head", from_date=TODAY + 31 * DAY)

    town.schools.end_appointment(town.by, "a-wu", TODAY + 30 * DAY)

    heads = town.core.view(town.id).directory.heads
    assert heads(TODAY + 30 * DAY) == (town.alias("wu"),)
    assert heads(TODAY + 31 * DAY) == (town.alias("zheng"),)


def test_a_gap_between_two_heads_is_refused(town):
    """One day without a head is one too many, and the refusal names it."""
    town.schools.appoint(town.by, "zheng", "head", from_date=TODAY + 10 * DAY)

    with pytest.raises(ConflictError) as refused:
        town.schools.end_appointment(town.by, "a-wu", TODAY + 8 * DAY)

    assert refused.value.data["from"] == "2026-10-21"


def test_a_disabled_account_is_not_made_head(town):
    """Nobody could act as a head who may not act."""
    town.schools.disable(town.by, "ma")

    with pytest.raises(ConflictError):
        town.schools.appoint(town.by, "ma", "head")
