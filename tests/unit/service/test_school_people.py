"""The people of a school: their names, and whether they may act."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from cycles.errors import (
    ConflictError,
    InvalidInputError,
)
from cycles.service import Given
from cycles.service.reading_log import LogQuestion, ReadingLog
from cycles.store import Store
from tests.unit.service.town import Town

TODAY = date(2026, 10, 12)
DAY = timedelta(days=1)


@pytest.fixture
def town(store: Store, tmp_path: Path) -> Town:
    """The first school, on each store."""
    return Town(store, tmp_path)


def test_a_person_is_added_and_appointed_with_their_name_in_the_payload_alone(town):
    """The log says in clear what replay may need, and a name only where it can be erased."""
    person = town.schools.add_person(town.by, " 林  小", staff_no="0042")
    town.schools.appoint(town.by, person, "teacher", "maths")

    found = town.person(person)
    assert (found.name, found.staff_no, found.groups) == ("林小", "0042", ("maths",))
    entries = town.log(f"person:{found.pseudonym}")
    assert [body.act for body in entries] == ["add_person", "appoint"]
    assert entries[1].data["role"] == "teacher"
    assert "林小" not in repr(entries)
    names = [{"name": "林小"}, {"name": "林小", "group": "数学组"}]
    assert town.names(f"person:{found.pseudonym}") == names


def test_the_log_names_whom_an_entry_is_about(town):
    """Somebody who was added and appointed is no erased person to whoever reads that."""
    person = town.schools.add_person(town.by, "林小")
    town.schools.appoint(town.by, person, "teacher", "maths")

    found = ReadingLog(town.core).log(town.by, LogQuestion(act="appoint")).entries[0]

    assert found.told.names[person] == "林小"


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "\ud800", "长" * 51])
def test_a_name_is_a_name(town, name):
    """What cannot be a name is refused, and nobody is added."""
    before = town.schools.people(town.by)

    with pytest.raises(InvalidInputError):
        town.schools.add_person(town.by, name)

    assert town.schools.people(town.by) == before


def test_a_disabled_person_holds_nothing_until_enabled(town):
    """Disabling takes every role away, enabling gives it back; once more changes nothing."""
    town.schools.disable(town.by, "ma")
    town.schools.disable(town.by, "ma")
    assert (town.person("ma").enabled, town.person("ma").roles) == (False, ())

    town.schools.enable(town.by, "ma")

    assert town.person("ma").groups == ("maths",)
    assert [b.act for b in town.log(f"person:{town.alias('ma')}")] == ["disable", "enable"]


def test_a_person_can_be_renamed(town):
    """The new name stands in the directory; the entry has it in its payload."""
    town.schools.rename_person(town.by, "ma", "马丽")

    assert town.person("ma").name == "马丽"
    assert town.names(f"person:{town.alias('ma')}") == [{"name": "马丽"}]


# --- coming and going ----------------------------------------------------------------------


def test_a_new_colleague_holds_a_first_appointment_at_once(town):
    """One change: the person, and what they are; sent twice it is done once."""
    given = Given(key="k", request="r")

    first = town.schools.take_on(town.by, "林小", "teacher", "maths", given=given)
    again = town.schools.take_on(town.by, "林小", "teacher", "maths", given=given)

    assert first == again
    assert [h.role for h in town.person(first).roles] == ["teacher"]
    assert [p.name for p in town.schools.people(town.by)].count("林小") == 1


def test_two_people_of_one_name_are_told_apart_by_staff_numbers(town):
    """Somebody of a name that is there is taken on only if numbers say that they are two."""
    town.schools.take_on(town.by, "林小", "teacher", "maths", staff_no="0042")

    for number in (None, "0042"):
        with pytest.raises(ConflictError) as refused:
            town.schools.take_on(town.by, "林 小", "teacher", "maths", staff_no=number)
        assert refused.value.data["reason"] == "same_person"
    assert town.schools.take_on(town.by, "林小", "teacher", "maths", staff_no="0043")


def test_who_leaves_today_holds_nothing_and_comes_in_no_more(town):
    """All that they hold ends, and the account with it, in one change."""
    town.schools.appoint(town.by, "song", "deputy", from_date=TODAY + 9 * DAY)

    town.schools.leave(town.by, "song", TODAY)

    assert not town.person("song").enabled
    assert [e.act for e in town.log(f"person:{town.alias('song')}")][-3:] == [
        "end_appointment",
        "end_appointment",
        "disable",
    ]
    assert town.core.view(town.id).directory.roles_of(town.alias("song"), TODAY + 9 * DAY) == ()


def test_who_leaves_later_works_until_then(town):
    """A last day to come ends the appointments then; the account is left alone."""
    town.schools.leave(town.by, "song", TODAY + DAY)

    there = town.core.view(town.id).directory
    assert town.person("song").enabled
    assert there.group_heads("maths", TODAY + DAY) != ()
    assert there.group_heads("maths", TODAY + 2 * DAY) == ()


@pytest.mark.parametrize("last_day", [TODAY, TODAY + DAY])
def test_the_only_head_does_not_leave(town, last_day):
    """Neither today nor later: another head is appointed first."""
    with pytest.raises(ConflictError):
        town.schools.leave(town.by, "wu", last_day)

    assert town.person("wu").enabled


def test_a_staff_number_is_changed_and_taken_away(town):
    """It is no part of the log; the name is said again."""
    town.schools.rename_person(town.by, "ma", "马致远", staff_no="0042")
    assert town.person("ma").staff_no == "0042"

    town.schools.rename_person(town.by, "ma", "马致远")
    assert town.person("ma").staff_no == "0042"
    town.schools.rename_person(town.by, "ma", "马致远", staff_no="")

    assert town.person("ma").staff_no is None
    assert "0042" not in repr(town.names(f"person:{town.alias('ma')}"))
