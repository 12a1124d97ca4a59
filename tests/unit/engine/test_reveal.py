"""`reveal`: shown by hand past the quorum, and by the round itself later on."""

from cycles.engine.commands import Reveal
from cycles.errors import BlockedError, InvalidInputError, NotAllowedError, WrongStateError
from tests.unit.engine.remarks import Remarks
from tests.unit.engine.stage import HE, MA, SONG

SHOW = Reveal(record="remarks")


def test_what_is_hidden_is_shown_only_past_the_quorum() -> None:
    """With one remark of three the chair is told who is missing; with two it is shown."""
    stage = Remarks().talk()
    stage.say(MA, "提问太多")

    refusal = stage.refuse(BlockedError, SONG, SHOW)
    stage.say(HE, "板书太快")
    stage.send(SONG, SHOW)

    assert [v.code for v in refusal.verdicts] == ["quorum_missing"]
    assert stage.now.revealed == {("remarks", 1)}


def test_the_quorum_is_asked_for_in_every_state() -> None:
    """Remarks may come in before the state that closes them; showing them early waits too."""
    stage = Remarks(("file_in: [talk]", "file_in: [work, talk]"))
    stage.say(MA, "提问太多")

    refusal = stage.refuse(BlockedError, SONG, SHOW)

    assert [v.code for v in refusal.verdicts] == ["quorum_missing"]


def test_showing_is_an_entry_of_its_own_and_happens_once() -> None:
    """The log says who showed it; what is shown is never hidden, nor shown again."""
    stage = Remarks().talk()
    stage.say(MA, "提问太多")
    stage.say(HE, "板书太快")
    stage.send(SONG, SHOW)

    assert (stage.log[-1].act, stage.log[-1].actor) == ("reveal", SONG)
    assert dict(stage.log[-1].data) == {"record": "remarks"}
    stage.refuse(WrongStateError, SONG, SHOW)


def test_others_than_the_chair_show_nothing() -> None:
    """Who may show it is said by the file, and a record that hides nothing cannot be shown."""
    stage = Remarks().talk()
    stage.say(MA, "提问太多")
    stage.say(HE, "板书太快")

    refusal = stage.refuse(NotAllowedError, MA, SHOW)
    fault = stage.refuse(InvalidInputError, SONG, Reveal(record="plan")).faults[0]

    assert refusal.data["who"] == [SONG]
    assert (fault.code, fault.data["known"]) == ("not_hidden", ["remarks"])


def test_each_round_is_shown_for_itself() -> None:
    """What was shown in round 1 shows nothing of round 2."""
    stage = Remarks().revise()
    for point in stage.points():
        stage.answer(point)
    stage.go(SONG, "desk")
    stage.say(MA, "语速太快")

    stage.refuse(BlockedError, SONG, SHOW)
    stage.say(HE, "板书太快")
    stage.send(SONG, SHOW)

    assert stage.now.revealed == {("remarks", 2)}
