"""Building the demo school: its people and days, its workflows, its stories, some tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from cycles.school import Calendar, Holiday
from cycles.service import Acting, Actor, Core, Outbox, Workflows, operator_of, shipped
from cycles.service.school import Schools
from cycles.service.tokens import Tokens
from cycles_api.demo.cast import EXPERT, GROUPS, PEOPLE, SCHOOL
from cycles_api.demo.clock import StoryClock
from cycles_api.demo.stage import Stage
from cycles_api.demo.stories import play

__all__ = ["DemoSchool", "build_demo"]

#: School days before today on which the story begins.
_BEGINS = -70
_TOKEN_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSchool:
    """What was built.

    Attributes:
        school_id: Its id.
        people: Short name → person id.
        cycles: What a story is called → its cycle's id.
        tokens: Short name → bearer token.
    """

    school_id: str
    people: Mapping[str, str]
    cycles: Mapping[str, str]
    tokens: Mapping[str, str] = field(repr=False)


def build_demo(core: Core, clock: StoryClock) -> DemoSchool:
    """Build the school in an empty store; `clock` is the one that `core` reads.

    Raises `ConflictError` if there is such a school already.
    """
    school_id, name, host = SCHOOL
    outbox = Outbox(core)
    schools, operator = Schools(core, outbox), operator_of(school_id)
    clock.set(Calendar(), _BEGINS, "08:00")
    head_name = PEOPLE["wu"][0]
    made = schools.create(school_id, name, "Asia/Shanghai", host, head_name)
    _set_term(schools, operator, clock)
    people = {"wu": made.head} | _appointed(schools, operator)
    Workflows(core).define(operator, shipped())
    groups = {group.name: group.id for group in schools.groups(operator)}
    keys = {key: groups[title] for key, title in GROUPS.items()}
    stage = Stage(core, Acting(core, outbox), school_id, clock, people, keys)
    cycles = play(stage)
    stage.at(0, "23:59")  # now
    tokens = Tokens(core)
    return DemoSchool(
        school_id=school_id,
        people=people,
        cycles=cycles,
        tokens={
            who: tokens.make(operator, person, "demo", _TOKEN_DAYS).text
            for who, person in people.items()
        },
    )


def _appointed(schools: Schools, operator: Actor) -> dict[str, str]:
    """Everybody but the head, in their groups and roles."""
    groups = {key: schools.add_group(operator, title) for key, title in GROUPS.items()}
    found: dict[str, str] = {}
    for key, (name, role, group) in PEOPLE.items():
        if role == "head":
            continue
        found[key] = schools.add_person(operator, name)
        schools.appoint(operator, found[key], role, groups[group] if group else None)
    key, name = EXPERT
    found[key] = schools.add_person(operator, name, guest=True)
    return found


def _set_term(schools: Schools, operator: Actor, clock: StoryClock) -> None:
    """A term around today with two days of sports in it."""
    plain = Calendar()
    first = clock.school_day(plain, _BEGINS - 5)
    sports = clock.school_day(plain, -30)
    schools.set_term(
        operator,
        "本学期",
        first - timedelta(days=first.weekday()),
        _end_of(clock.school_day(plain, 0)),
        holidays=[Holiday(first=sports, last=sports + timedelta(days=1), name="运动会")],
    )


def _end_of(today: date) -> date:
    return today + timedelta(days=60)
