"""What cannot have happened is told as such when a log is replayed."""

import pytest
from msgspec.structs import replace

from cycles.engine.access import may_read_entry
from cycles.engine.commands import Merge
from cycles.engine.evolve import Event, evolve, replay
from cycles.engine.machine import fire
from cycles.errors import ReplayError
from tests.unit.engine.stage import BAI, HE, LIU, MA, SONG, Stage, one_step

ADVICE = """
advice: {title: 建议, by: member, about: author, merge: chair, file_in: [work],
         form: {hope: {type: points, title: 希望}}}
"""
GUARDS = "- filed: {record: advice}\n- answered: {points: advice}"


@pytest.fixture
def stage() -> Stage:
    """Two members have given advice."""
    stage = Stage(one_step(ADVICE, GUARDS)).open()
    stage.file(MA, "advice", hope=["慢一点"])
    stage.file(HE, "advice", hope=["再慢一点"])
    return stage


def told(stage: Stage, *events: Event) -> str:
    """Why the log does not replay."""
    with pytest.raises(ReplayError) as refused:
        replay(stage.version, events)
    return refused.value.reason


def test_a_log_begins_with_the_opening_in_the_start_state(stage):
    """Nothing comes before `open`, which opens in the start state and the first round."""
    first = stage.log[0]

    assert told(stage) == "no entries"
    assert told(stage, stage.log[1]) == "a cycle begins with `open`"
    assert told(stage, replace(first, seq=2)) == "a cycle begins with `open`"
    assert told(stage, replace(first, from_="work")) == "a cycle begins with `open`"
    assert told(stage, replace(first, to="done")) == "opened outside the start state"
    assert told(stage, replace(first, round=2)) == "opened outside the start state"


def test_no_entry_is_lost_doubled_or_moved(stage):
    """Each entry continues the one before."""
    first, second, third = stage.log

    again = replace(first, seq=2, from_=first.to)

    assert told(stage, first, third) == "does not continue the cycle"
    assert told(stage, first, again) == "opened already"
    assert told(stage, first, second, second) == "does not continue the cycle"
    assert told(stage, first, replace(third, seq=2), replace(second, seq=4))


def test_an_entry_ends_where_its_act_leads(stage):
    """Filing moves nothing by itself, and neither the state nor the round says otherwise."""
    filed = stage.log[1]

    assert told(stage, stage.log[0], replace(filed, to="done")) == "ends elsewhere"
    assert told(stage, stage.log[0], replace(filed, round=2)) == "ends elsewhere"


def test_a_merge_names_points_that_are_there(stage):
    """No point is merged into itself, nor into one that nobody raised."""
    own, other = stage.points()
    stage.send(SONG, Merge(points=(other,), into=own))
    merged, before = stage.log[-1], stage.log[:-1]

    for points, into in (([other], "9.9"), (["9.9"], own), ([own], own)):
        lie = replace(merged, data={"points": points, "into": into})
        assert told(stage, *before, lie) == "merges points that are not there"


def test_only_what_was_suspended_is_resumed(stage):
    """A running cycle cannot be resumed, whatever an entry says."""
    lie = replace(stage.log[-1], seq=4, act="resume", data={})

    with pytest.raises(ReplayError, match="nothing to resume"):
        evolve(stage.version, stage.now, lie)


def test_the_machine_fires_only_what_starts_here_with_its_guards_met(stage):
    """An unknown name, another state or an unmet guard: no new state."""
    assert fire(stage.version, "work", "finish", lambda: True) == "done"
    assert fire(stage.version, "work", "finish", lambda: False) is None
    assert fire(stage.version, "done", "finish", lambda: True) is None
    assert fire(stage.version, "work", "to_done", lambda: True) is None


def test_a_reason_in_the_history_is_as_secret_as_its_point(stage):
    """The payload of an answer is read by whoever reads the point."""
    stage.answer(stage.points()[0], "declined")
    entry = stage.log[-1]

    assert [may_read_entry(stage.people, p, entry) for p in (LIU, MA, BAI)] == [True, True, False]
