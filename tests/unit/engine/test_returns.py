"""Returns: what a way back makes void, and what it leaves as it was."""

from cycles.engine.commands import File
from cycles.errors import WrongStateError
from tests.unit.engine.remarks import Remarks
from tests.unit.engine.stage import HE, LIU, MA, SONG, Stage, shipped


def returned() -> Remarks:
    """Ma and He have spoken; then the cycle is sent back to the lesson."""
    stage = Remarks().revise()
    stage.go(SONG, "back", "没上完")
    return stage


def test_a_return_makes_void_what_it_says() -> None:
    """What was filed stays visible and counts no more; so do its points."""
    stage = returned()

    filings = stage.now.filings
    assert [(f.person, f.voided, f.current) for f in filings] == [
        (MA, True, False),
        (HE, True, False),
    ]
    assert stage.points() == []
    assert len(stage.now.points) == 2
    assert stage.people.binding("remarks") == ()


def test_a_return_leaves_alone_what_it_does_not_name() -> None:
    """Only the declared records are void; the plan stands."""
    stage = Remarks()
    plan = stage.file(LIU, "plan", text="第一版")
    stage.revise()

    stage.go(SONG, "back", "没上完")

    assert stage.people.binding("plan") == (plan,)


def test_a_return_makes_void_only_this_rounds() -> None:
    """Round 1 keeps its remarks when round 2 is sent back."""
    stage = Remarks().revise()
    first = stage.points()
    for point in first:
        stage.answer(point)
    stage.go(SONG, "again").talk()
    stage.say(MA, "语速太快")

    stage.go(SONG, "back", "没上完")

    assert stage.points() == first
    assert [f.voided for f in stage.now.filings] == [False, False, True]


def test_after_a_return_the_identity_is_free_again() -> None:
    """The same person files anew, and supersedes nothing."""
    stage = returned().talk()

    stage.say(MA, "提问太多")

    assert stage.log[-1].data["supersedes"] == []
    assert stage.now.filings[-1].current
    assert stage.verdict("filed", "talked").data["have"] == 1


def test_a_return_stays_in_its_round() -> None:
    """Going back is a new visit, not a new round."""
    stage = returned()

    assert (stage.now.state, stage.now.round, stage.now.visit.number) == ("work", 1, 4)


def test_points_made_void_are_asked_no_answer() -> None:
    """Neither the guard nor the tasks know them any more."""
    stage = returned().talk()
    stage.say(SONG, "结尾仓促")
    stage.say(MA, "提问太多")
    stage.go(SONG, "talked")

    assert stage.verdict("answered", "close").data["open"] == 2


def lesson() -> Stage:
    """The default lesson study with a lesson observed by two of three."""
    stage = Stage(shipped("lesson-study"))
    subject = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}
    stage.open(roles={"teacher": (LIU,)}, subject=subject)
    stage.file(LIU, "proposal", theme="动手操作", why="难")
    stage.go(SONG, "approve").file(LIU, "explanation", points="课标")
    for person in (SONG, MA):
        stage.file(person, "preparation_note", note="先剪")
    stage.file(LIU, "lesson_plan", text="第一版")
    stage.go(SONG, "finish_preparing")
    stage.file(LIU, "session", date="2026-10-12", period=2, **{"class": "六(1)班"})
    stage.file(SONG, "attendance", people=dict.fromkeys((SONG, MA, HE), "present"))
    stage.file(MA, "observation", on_paper=True)
    return stage


def test_postponing_a_lesson_clears_its_day_its_roll_and_what_was_observed() -> None:
    """改期: session, attendance and observations of the round are void; the plan stands."""
    stage = lesson().go(LIU, "postpone", "停电")

    standing = {f.record for f in stage.now.filings if f.current}

    assert standing == {"proposal", "explanation", "preparation_note", "lesson_plan"}
    assert stage.now.state == "observe"
    assert stage.todo() == {SONG: {"file:session"}, LIU: {"file:session"}}
    refused = File(record="observation", fields={"on_paper": True})
    assert stage.refuse(WrongStateError, MA, refused).data == {"after": "session"}


def test_a_postponed_lesson_may_be_given_in_the_same_class() -> None:
    """What was void was never taught: `distinct` compares with earlier rounds alone."""
    stage = lesson().go(SONG, "postpone", "停电")

    stage.file(LIU, "session", date="2026-10-12", period=3, **{"class": "六(1)班"})

    assert stage.verdict("distinct", "finish_observing").met
