"""A school, its people, groups, appointments and days: each change is checked, and one entry."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cycles.errors import (
    CalendarError,
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    TooLargeError,
)
from cycles.ledger import Body
from cycles.school import Holiday, MakeUpDay
from cycles.service import Outbox, operator_of
from cycles.service.school import Schools
from cycles.store import OutboxRow, Store
from tests.unit.service.first_school import FirstSchool

TODAY = date(2026, 10, 12)
DAY = timedelta(days=1)


class Town(FirstSchool):
    """The first school with somebody who changes it."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(store, folder)
        self.schools = Schools(self.core, self.outbox)
        self.by = operator_of(self.id)

    def person(self, person_id: str) -> Any:
        """Somebody as the operator sees them."""
        return next(p for p in self.schools.people(self.by) if p.id == person_id)

    def log(self, subj: str) -> list[Body]:
        """The entries of a subject."""
        found = self.store.read(self.id, lambda work: work.entries(subj))
        return [Body.parse(entry.body) for entry in found]

    def names(self, subj: str) -> list[Any]:
        """The payloads of a subject's entries."""
        found = self.store.read(self.id, lambda work: work.entries(subj))
        return [json.loads(entry.payload.content) if entry.payload else None for entry in found]

    def waiting(self) -> list[tuple[str, str]]:
        """What waits in the outbox."""
        rows = self.store.read(self.id, lambda work: work.find(OutboxRow))
        return [(row.topic, row.key) for row in rows]


@pytest.fixture
def town(store: Store, tmp_path: Path) -> Town:
    """The first school, on each store."""
    return Town(store, tmp_path)


# --- a new school --------------------------------------------------------------------------


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


# --- people --------------------------------------------------------------------------------


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


# --- a head there always is ----------------------------------------------------------------


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


# --- appointments --------------------------------------------------------------------------


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


# --- groups --------------------------------------------------------------------------------


def test_two_groups_have_two_names(town):
    """A group is known by its name, however it is spelt."""
    science = town.schools.add_group(town.by, "科学组(一)")
    with pytest.raises(ConflictError):
        town.schools.add_group(town.by, "科学组（一）")

    town.schools.rename_group(town.by, science, "科学组（一）")

    assert "科学组（一）" in {group.name for group in town.schools.groups(town.by)}
    assert [body.act for body in town.log("school")] == ["add_group", "rename_group"]


def test_a_group_tells_its_people_of_today(town):
    """Heads and members are those of the day, by person id."""
    maths = next(g for g in town.schools.groups(town.by) if g.id == "maths")

    assert maths.heads == ("song",)
    assert set(maths.members) == {"song", "liu", "ma", "he"}


# --- days ----------------------------------------------------------------------------------


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


# --- who may -------------------------------------------------------------------------------


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
