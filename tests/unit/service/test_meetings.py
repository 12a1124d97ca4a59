"""A meeting: what it is about, what it counts, who turns its wall; on every kind of store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from cycles.engine.commands import Reveal
from cycles.errors import NotAllowedError
from cycles.service.meetings import END, Meetings
from tests.unit.service.first_school import FirstSchool

ONES = {"strength": "情境好", "weakness": ["提问太多"], "hope": ["留时间"]}


@pytest.fixture
def meeting(store, tmp_path):
    """A school, the service, and a cycle whose three colleagues are about to speak."""
    school = FirstSchool(store, tmp_path)
    cycle = school.open()
    school.prepare(cycle)
    school.teach(cycle, "六(1)班")
    return school, Meetings(school.core, school.looking), cycle


def test_the_stage_follows_what_was_filed(meeting):
    """Words until they are shown, points until the last one, what was agreed until it is closed."""
    school, meetings, cycle = meeting
    stages = [meetings.of(school.actor("ma"), cycle).stage]
    for member in ("song", "ma", "he"):
        school.file(member, cycle, "three_ones", **ONES)
    stages.append(meetings.of(school.actor("ma"), cycle).stage)
    school.send("song", cycle, Reveal(record="three_ones"))
    stages.append(meetings.of(school.actor("ma"), cycle).stage)
    assert meetings.turn(school.actor("song"), cycle, 0, place=END)
    stages.append(meetings.of(school.actor("ma"), cycle).stage)
    school.file("song", cycle, "minutes", agreed="减少提问")
    school.do("song", cycle, "finish_evaluating")
    stages.append(meetings.of(school.actor("ma"), cycle).stage)

    assert stages == ["words", "words", "points", "agreed", "closed"]


def test_everybody_sees_the_number_and_only_the_leader_who(meeting):
    """One of three has filed; a colleague learns no more than that."""
    school, meetings, cycle = meeting
    school.file("ma", cycle, "three_ones", **ONES)

    seen = {who: meetings.of(school.actor(who), cycle) for who in ("song", "he", "liu")}

    assert {(a.have, a.need, a.of) for a in seen.values()} == {(1, 2, 3)}
    assert {who: a.done for who, a in seen.items()} == {"song": ("ma",), "he": (), "liu": ()}
    assert [a.leads for a in seen.values()] == [True, False, False]
    assert not any(a.may_show for a in seen.values())


def test_of_many_who_turn_the_wall_at_once_one_does(meeting):
    """The others are told, and nothing is passed over."""
    school, meetings, cycle = meeting
    chair = school.actor("song")

    with ThreadPoolExecutor(8) as pool:
        turned = list(pool.map(lambda n: meetings.turn(chair, cycle, 0, place=f"p{n}"), range(8)))

    assert turned.count(True) == 1
    screen = meetings.of(chair, cycle).screen
    assert (screen.number, screen.place) == (1, f"p{turned.index(True)}")


def test_a_rest_ends_by_itself(meeting):
    """Ten minutes by the server's clock; the page is told to look again."""
    school, meetings, cycle = meeting
    chair = school.actor("song")
    assert meetings.turn(chair, cycle, 0, rests=True)
    during = meetings.of(chair, cycle)

    school.time += timedelta(minutes=10)

    assert during.screen.rest_until is not None
    assert meetings.of(chair, cycle).screen.rest_until is None
    assert meetings.tag(chair, cycle) != during.tag


def test_a_colleague_turns_nothing(meeting):
    """The wall is for whoever leads; it leaves no entry, whoever turns it."""
    school, meetings, cycle = meeting
    before = school.looking.cycle(school.actor("song"), cycle).line.revision

    with pytest.raises(NotAllowedError):
        meetings.turn(school.actor("ma"), cycle, 0, place=END)
    assert meetings.turn(school.actor("song"), cycle, 0, place=END)

    assert school.looking.cycle(school.actor("song"), cycle).line.revision == before
