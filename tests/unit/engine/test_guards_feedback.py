"""`answered` and `verified`: 有整改 and 有实效, asked of those who can say."""

from cycles.engine.commands import Advance, File, Verify
from cycles.errors import BlockedError, InvalidInputError, NotAllowedError
from tests.unit.engine.remarks import Remarks
from tests.unit.engine.stage import BAI, DEPUTY, HE, LIU, MA, SONG


def test_every_point_of_the_round_is_answered_by_whom_it_concerns() -> None:
    """`answered` names the open points and asks the author of them, in one task."""
    stage = Remarks().revise()
    one, two = stage.points()

    both = stage.verdict("answered", "close")
    stage.answer(one)
    rest = stage.verdict("answered", "close")
    stage.answer(two, "declined")

    assert (both.code, dict(both.data)) == ("points_open", {"record": "remarks", "open": 2})
    assert [(r.do, r.who, r.items) for r in both.remedies] == [
        ("answer:remarks", (LIU,), (one, two))
    ]
    assert rest.remedies[0].items == (two,)
    assert stage.verdict("answered", "close").met


def test_no_points_no_answers() -> None:
    """Where nothing was said nothing is asked."""
    stage = Remarks().talk()
    stage.waive(DEPUTY, "filed").go(SONG, "talked")

    assert stage.verdict("answered", "close").met


def test_a_late_point_is_answered_if_one_wishes() -> None:
    """What is said late reaches the teacher and blocks nothing."""
    stage = Remarks().revise()
    for point in stage.points():
        stage.answer(point)

    (late,) = stage.say(SONG, "结尾仓促")

    assert (late.counting, stage.now.filings[-1].late) == (False, True)
    (again,) = stage.say(SONG, {"id": late.id, "text": "结尾太仓促"})
    assert (again.id, again.counting) == (late.id, False)
    assert stage.verdict("answered", "close").met
    assert stage.answer(late.id, "partly").disposition == "partly"


def test_a_deferred_point_is_asked_again_in_the_next_round() -> None:
    """以后再改 is an answer for this round only."""
    stage = Remarks().revise()
    one, two = stage.points()
    stage.answer(one, "deferred")
    stage.answer(two, "declined")
    stage.go(SONG, "again").revise()
    new = [p for p in stage.points() if p not in (one, two)]

    asked = stage.verdict("answered", "close").remedies[0].items

    assert asked == (one, *new)


def test_a_point_that_did_not_work_is_asked_again() -> None:
    """未见效 opens a point anew, in the round in which it was said."""
    stage = Remarks().revise()
    one, two = stage.points()
    stage.answer(one)
    stage.answer(two)
    stage.go(SONG, "again").talk()
    stage.say(MA, "学生太吵", seen={one: "not_yet", two: "worked"})
    stage.say(HE, "时间不够")
    stage.go(SONG, "talked")

    asked = stage.verdict("answered", "close").remedies[0].items

    assert one in asked
    assert two not in asked


def test_merged_points_are_answered_once() -> None:
    """One answer serves the merged point and all its sources."""
    stage = Remarks().talk()
    (one,) = stage.say(MA, "提问太多")
    (two,) = stage.say(HE, "问题太碎")
    stage.show().merge(one.id, two.id)
    stage.go(SONG, "talked")

    asked = stage.verdict("answered", "close").remedies[0].items
    stage.answer(one.id)

    assert asked == (one.id,)
    assert stage.verdict("answered", "close").met


def test_where_the_author_is_away_the_deputy_finds_somebody_and_does_not_answer() -> None:
    """Answers are the owner's: the deputy is asked for a substitute, who then may give them."""
    stage = Remarks().revise().meet(group_members={"g1": (LIU, SONG, MA, HE, BAI)})
    stage.excuse(LIU, days=3)

    todo = stage.todo()
    stage.substitute("author", LIU, BAI, days=3)

    assert todo == {DEPUTY: {"substitute"}}
    assert stage.todo() == {BAI: {"answer:remarks"}}
    assert stage.answer(stage.points()[0], by=BAI).disposition == "adopted"


def twice_taught() -> Remarks:
    """Two points adopted in round 1, a lesson and a talk in round 2, nothing verified."""
    stage = Remarks().revise()
    for point in stage.points():
        stage.answer(point)
    stage.go(SONG, "again").revise()
    for point in stage.points()[2:]:
        stage.answer(point, "declined")
    return stage.close()


def test_what_was_adopted_is_looked_for_in_a_later_lesson() -> None:
    """`verified` asks any one of those who could see it about each adopted point."""
    stage = twice_taught()
    one, two = stage.points()[:2]

    verdict = stage.verdict("verified")
    stage.verify(MA, one)
    stage.verify(SONG, two, "not_yet")

    assert (verdict.code, verdict.data["open"]) == ("not_looked_for", 2)
    assert [(r.do, r.mode, set(r.who), r.items) for r in verdict.remedies] == [
        ("verify:remarks", "any_of", {SONG, MA, HE}, (one, two))
    ]
    assert stage.verdict("verified").met
    stage.finish()


def test_points_of_the_last_round_are_carried_and_block_nothing() -> None:
    """Without a later lesson there is nothing to look for."""
    stage = Remarks().revise()
    for point in stage.points():
        stage.answer(point)
    stage.close()

    assert stage.verdict("verified").met
    refusal = stage.refuse(InvalidInputError, MA, Verify(point=stage.points()[0], outcome="worked"))
    assert refusal.faults[0].code == "not_to_verify"


def test_a_desk_round_shows_nothing() -> None:
    """A round that never entered `seen_in` is no lesson in which a change could be seen."""
    stage = Remarks().revise()
    one, _ = stage.points()
    for point in stage.points():
        stage.answer(point)
    stage.go(SONG, "desk")

    said = File(record="remarks", fields={"weak": ["没有"], "seen": {one: "worked"}})
    refusal = stage.refuse(InvalidInputError, MA, said)

    assert [(f.field, f.code) for f in refusal.faults] == [("points", "not_to_verify")]

    stage.say(MA, "没有了")
    stage.say(HE, "没有了")
    stage.go(SONG, "talked")
    for point in stage.points()[2:]:
        stage.answer(point)
    assert stage.close().verdict("verified").met


def test_declined_points_are_not_looked_for() -> None:
    """Only what was adopted, wholly or partly, can be seen."""
    stage = Remarks().revise()
    one, two = stage.points()
    stage.answer(one, "declined")
    stage.answer(two, "partly")
    stage.go(SONG, "again").revise()
    for point in stage.points()[2:]:
        stage.answer(point, "declined")
    stage.close()

    assert stage.verdict("verified").remedies[0].items == (two,)


def test_one_voice_of_either_kind_is_enough_unless_it_must_have_worked() -> None:
    """`need: asked` takes not yet for an answer, `need: worked` does not."""
    asked, worked = twice_taught(), Remarks(("need: asked", "need: worked")).revise()
    for point in worked.points():
        worked.answer(point)
    worked.go(SONG, "again").revise()
    for point in worked.points()[2:]:
        worked.answer(point, "declined")
    worked.close()

    for stage in (asked, worked):
        for point in stage.points()[:2]:
            stage.verify(MA, point, "not_yet")

    assert asked.verdict("verified").met
    assert not worked.verdict("verified").met
    for point in worked.points()[:2]:
        worked.verify(MA, point)
    assert worked.verdict("verified").met


def test_the_owner_of_a_point_does_not_verify_it() -> None:
    """Whether a change works is said by others; so it is of people without the role."""
    stage = twice_taught()
    one = stage.points()[0]

    for person in (LIU, DEPUTY):
        refusal = stage.refuse(NotAllowedError, person, Verify(point=one, outcome="worked"))
        assert set(refusal.data["who"]) == {SONG, MA, HE}


def test_where_nobody_who_saw_it_is_there_the_deputy_waives() -> None:
    """With all who could say away, the waiver is the way out, and so a task."""
    stage = twice_taught()
    for person in (SONG, MA, HE):
        stage.excuse(person)

    verdict = stage.verdict("verified")

    assert [(r.do, r.who) for r in verdict.remedies] == [("waive", (DEPUTY,))]
    assert stage.todo() == {DEPUTY: {"waive"}}
    stage.waive(DEPUTY, "verified").finish()


def test_the_blocked_end_says_what_is_missing() -> None:
    """The deputy who would end it is told which points wait, and nothing happens."""
    stage = twice_taught()

    refusal = stage.refuse(BlockedError, DEPUTY, Advance(transition="finish"))

    assert [v.guard for v in refusal.verdicts] == ["verified"]
