"""What would happen: tried on a copy, with the asker's own rights, touching nothing."""

from cycles.engine.commands import Advance, Command, File
from cycles.engine.what_if import Trial, what_if
from cycles.errors import BlockedError, NotAllowedError, WrongStateError
from tests.unit.engine.remarks import Remarks
from tests.unit.engine.stage import KEY, MA, SONG, Stage

TAUGHT, TALKED = Advance(transition="taught"), Advance(transition="talked")


def tried(stage: Stage, by: str, *commands: Command) -> tuple[Trial, ...]:
    """What the commands of one person would come to."""
    return what_if(stage.version, stage.now, commands, by=by, around=stage.around, content_key=KEY)


def test_each_command_is_tried_on_what_the_one_before_came_to() -> None:
    """Two commands in a row give two decisions, with the states and tasks after each."""
    stage = Remarks()

    first, second = tried(stage, SONG, TAUGHT, Advance(transition="back", reason="没上完"))

    assert (first.after.state, second.after.state) == ("talk", "work")
    assert first.decision is not None
    assert {t.do for t in first.decision.tasks} == {"file:remarks"}
    assert second.decision is not None
    assert second.decision.entry.seq == 3


def test_the_cycle_stays_as_it_is() -> None:
    """Trying changes neither the cycle nor its log."""
    stage = Remarks()
    before, entries = stage.now, list(stage.log)

    tried(stage, SONG, TAUGHT)

    assert (stage.cycle, stage.log) == (before, entries)


def test_a_refusal_is_told_and_the_rest_is_tried_on_what_stands() -> None:
    """A command that is refused changes nothing for the next."""
    first, second = tried(Remarks(), SONG, TALKED, TAUGHT)

    assert first.decision is None
    assert isinstance(first.refusal, WrongStateError)
    assert first.after.state == "work"
    assert second.after.state == "talk"


def test_what_is_tried_comes_to_the_same_as_what_is_done() -> None:
    """The very function that decides is asked."""
    stage = Remarks()

    (trial,) = tried(stage, SONG, TAUGHT)
    stage.send(SONG, TAUGHT)

    assert trial.after == stage.now
    assert trial.decision == stage.last


def test_only_what_the_asker_could_send_is_tried() -> None:
    """A member learns nothing of what only the chair may do."""
    (trial,) = tried(Remarks(), MA, TAUGHT)

    assert isinstance(trial.refusal, NotAllowedError)


def test_what_is_missing_is_told_as_it_would_be() -> None:
    """A trial that is blocked has the verdicts of the refusal."""
    stage = Remarks().talk()

    said = File(record="remarks", fields={"weak": ["结尾仓促"]})
    _, trial = tried(stage, SONG, said, TALKED)
    stage.send(SONG, said)

    assert isinstance(trial.refusal, BlockedError)
    assert trial.refusal.verdicts == stage.refuse(BlockedError, SONG, TALKED).verdicts
