"""A school is made once, changed by those who look after it, and each change is one entry."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from cycles.errors import (
    CalendarError,
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from cycles.service import Outbox, operator_of
from cycles.service.school import Schools
from cycles.store import Store
from tests.unit.service.town import Town

TODAY = date(2026, 10, 12)
DAY = timedelta(days=1)


@pytest.fixture
def town(store: Store, tmp_path: Path) -> Town:
    """The first school, on each store."""
    return Town(store, tmp_path)


def test_a_new_school_has_a_head_from_its_first_day(town):
    """Whoever is named heads the school from today on, and the log begins with that."""
    made = town.schools.create("second", "第二小学", "Asia/Shanghai", "cycles.example", "孙敏")

    view = town.core.view("second")
    assert made.log == "cycles.example/second"
    assert view.directory.heads(TODAY) == (made.pseudonym,)
    assert view.directory.heads(TODAY - DAY) == ()
    assert view.name(made.head) == "孙敏"
    subjects = town.store.read("second", lambda work: work.subjects())
    assert subjects == [(f"person:{made.pseudonym}", 2), ("school", 1)]


def test_a_school_is_made_once(town):
    """Nobody gets a second head by making the school again."""
    with pytest.raises(ConflictError):
        town.schools.create("first", "第一小学", "Asia/Shanghai", "cycles.example", "孙敏")


def test_a_school_that_broke_off_is_finished(store, town):
    """A process killed between the school and its head leaves a school that can be made again."""
    made = town.schools.create("north", "第一小学", "Asia/Shanghai", "cycles.example", "孙敏")

    assert town.core.view("north").directory.heads(TODAY) == (made.pseudonym,)


@pytest.mark.parametrize(
    ("school_id", "host"),
    [("Nord", "h"), ("-a", "h"), ("a" * 41, "h"), ("../x", "h"), ("", "h"), ("a", ""), ("a", "x/")],
)
def test_a_school_needs_an_id_that_fits_an_address(town, school_id, host):
    """Ids and hosts that could not stand in an address or a folder are refused."""
    with pytest.raises(InvalidInputError):
        town.schools.create(school_id, "第三小学", "Asia/Shanghai", host, "孙敏")


def test_a_school_needs_a_zone_that_there_is(town):
    """Without a zone nobody knows which day it is; nothing is made."""
    with pytest.raises(CalendarError):
        town.schools.create("third", "第三小学", "Asia/Nowhere", "h", "孙敏")

    assert town.store.school("third") is None


def test_only_those_who_look_after_the_directory_change_it(town):
    """A teacher or an auditor changes nobody; the head does."""
    for name in ("liu", "du", "song", "zheng"):
        with pytest.raises(NotAllowedError):
            town.schools.add_person(town.actor(name), "林小")

    assert town.schools.add_person(town.actor("wu"), "林小")


def test_pseudonyms_and_staff_numbers_are_for_those_who_need_them(town):
    """Who may not read the log learns no pseudonym, who keeps no directory no staff number."""
    person = town.schools.add_person(town.by, "林小", staff_no="0042")
    seen = {
        name: next(p for p in town.schools.people(town.actor(name)) if p.id == person)
        for name in ("liu", "du", "wu")
    }

    assert (seen["liu"].pseudonym, seen["liu"].staff_no) == (None, None)
    assert (seen["du"].pseudonym is None, seen["du"].staff_no) == (False, None)
    assert (seen["wu"].pseudonym is None, seen["wu"].staff_no) == (False, "0042")
    assert "林小" not in repr(seen["wu"])


def test_a_change_of_people_changes_tasks_at_once(town):
    """When the group gets another head, the tasks of its cycles are theirs."""
    cycle = town.open()
    town.file("liu", cycle, "proposal", theme="动手操作", why="难")
    assert "decide" in town.tasks("song")

    town.schools.appoint(town.by, "he", "deputy")

    assert town.waiting() == []
    town.schools.disable(town.by, "song")
    assert "decide" not in town.tasks("song")


def test_entries_say_who_changed_what(town):
    """The head's change carries the head's pseudonym and the way it came."""
    town.schools.disable(town.actor("wu"), "ma")

    [entry] = town.log(f"person:{town.alias('ma')}")
    assert (entry.actor, entry.via) == (town.alias("wu"), "api")


def test_schools_do_not_see_each_other(town):
    """A group of one school is none of the other's."""
    town.schools.create("second", "第二小学", "Asia/Shanghai", "cycles.example", "孙敏")

    assert Schools(town.core, Outbox(town.core)).groups(operator_of("second")) == ()
    with pytest.raises(NotFoundError):
        town.schools.rename_group(operator_of("second"), "maths", "数学")
