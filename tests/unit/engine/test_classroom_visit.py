"""A classroom visit runs from the record to the last recheck, with a dispute on the way."""

import pytest

from cycles.engine.access import may_see
from cycles.engine.commands import Advance
from cycles.errors import BlockedError, NotAllowedError
from tests.unit.engine.stage import DEPUTY, HEAD, LIU, SONG, Stage, shipped

NOTE = {"date": "2026-10-12", "period": 2, "class": "六(1)班", "on_paper": True}


def visit(kind: str = "unannounced", by: str = SONG) -> Stage:
    """A visit to Liu's lesson."""
    return Stage(shipped("classroom-visit")).open(
        by=by, roles={"teacher": (LIU,)}, subject={"kind": kind}
    )


def fed_back(kind: str = "unannounced", by: str = SONG) -> Stage:
    """Recorded, and told to the teacher with one thing to improve."""
    stage = visit(kind, by)
    stage.file(by, "visit_note", **NOTE)
    stage.file(by, "feedback", strengths="情境好", issues=[{"issue": "提问太多", "advice": "少问"}])
    return stage


def test_it_runs_through_a_dispute_and_two_rechecks() -> None:
    """Feedback is given, disputed, given anew, acknowledged, put right and looked for."""
    stage = fed_back()
    stage.go(LIU, "dispute", "不是提问多").file(
        SONG, "dispute_reply", outcome="corrected", reply="对"
    )
    stage.go(DEPUTY, "correct_feedback", "更正")
    assert (stage.now.state, stage.points()) == ("recorded", [])
    stage.file(SONG, "feedback", strengths="情境好", issues=[{"issue": "等待太短"}])
    assert stage.todo() == {LIU: {"file:acknowledgement"}}
    stage.file(LIU, "acknowledgement", read=True, remark="同意")
    (point,) = stage.points()
    stage.answer(point)
    stage.go(SONG, "ask_recheck").file(SONG, "recheck_note", seen={point: "not_yet"})
    stage.go(SONG, "improve_again", "再看一次")
    assert stage.todo() == {LIU: {"answer:feedback"}}
    stage.answer(point, "partly")
    stage.go(SONG, "ask_recheck").verify(SONG, point)

    stage.go(SONG, "close")

    assert (stage.now.state, stage.now.round) == ("closed", 3)
    assert stage.replayed() == stage.now


def test_it_is_unseen_by_the_teacher_until_it_is_recorded() -> None:
    """推门听课 is known to the visited teacher from the record on."""
    stage = visit()
    before = may_see(stage.people, LIU)

    stage.file(SONG, "visit_note", **NOTE)

    assert (before, may_see(stage.people, LIU)) == (False, True)
    assert stage.todo() == {SONG: {"file:feedback"}}


@pytest.mark.parametrize("by", [SONG, DEPUTY])
def test_neither_the_visitor_nor_the_teacher_decides_a_dispute(by: str) -> None:
    """The deputy decides, and the head where the deputy was the visitor."""
    stage = fed_back(by=by).go(LIU, "dispute", "不是提问多")
    stage.file(by, "dispute_reply", outcome="kept", reply="看录像")
    decider = DEPUTY if by == SONG else HEAD

    if by == DEPUTY:
        refusal = stage.refuse(BlockedError, by, Advance(transition="keep_feedback"))
        assert [v.code for v in refusal.verdicts] == ["same_person"]
    stage.refuse(NotAllowedError, LIU, Advance(transition="keep_feedback"))

    assert decider in stage.todo()
    assert by == decider or "decide" not in stage.todo().get(by, set())
    assert stage.go(decider, "keep_feedback").now.state == "rectify"


def test_disputing_is_a_right_and_nobodys_task() -> None:
    """The teacher is asked to acknowledge, and may dispute instead."""
    stage = fed_back()

    assert stage.todo() == {LIU: {"file:acknowledgement"}}
    assert stage.offer("dispute", to=LIU).allowed


def test_an_inspection_is_always_rechecked() -> None:
    """Closing without a recheck is for other visits."""
    inspection, tracking = fed_back("inspection"), fed_back("tracking")
    for stage in (inspection, tracking):
        stage.file(LIU, "acknowledgement", read=True)
        stage.answer(stage.points()[0])

    verdict = inspection.verdict("field", "close_without_recheck")

    assert (verdict.met, verdict.never) == (False, True)
    assert tracking.go(SONG, "close_without_recheck", "无需").now.state == "closed"


def test_a_visit_without_anything_to_improve_goes_straight_on() -> None:
    """No issues: nothing to answer, nothing to look for."""
    stage = visit()
    stage.file(SONG, "visit_note", **NOTE)
    stage.file(SONG, "feedback", strengths="都好")
    stage.file(LIU, "acknowledgement", read=True)

    assert stage.task(SONG, "decide").transitions == ("ask_recheck", "close_without_recheck")
    assert stage.go(SONG, "ask_recheck").go(SONG, "close").now.state == "closed"


def test_the_second_recheck_is_the_last() -> None:
    """After two the way back is closed; the deputy may waive what was not seen."""
    stage = fed_back()
    stage.file(LIU, "acknowledgement", read=True)
    (point,) = stage.points()
    for number in (1, 2):
        stage.answer(point)
        stage.go(SONG, "ask_recheck").verify(SONG, point, "not_yet")
        if number == 1:
            stage.go(SONG, "improve_again", "再看")

    refusal = stage.refuse(BlockedError, SONG, Advance(transition="improve_again", reason="再看"))

    assert [v.code for v in refusal.verdicts] == ["must_not"]
    assert stage.go(SONG, "close").now.state == "closed"
