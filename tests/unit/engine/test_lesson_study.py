"""The default workflow runs as the school's plan describes it, from proposal to archive."""

from collections import Counter

from cycles.engine.commands import Advance, File, Waive
from cycles.errors import BlockedError, InvalidInputError, NotAllowedError
from tests.unit.engine.lesson import OBSERVERS, SUBJECT, Lesson
from tests.unit.engine.stage import DEPUTY, HE, HEAD, LIU, MA, SONG


def two_rounds() -> Lesson:
    """Taught twice, finished, written up, and archived by the deputy."""
    stage = Lesson().prepare().teach("六(1)班").evaluate().revise("教案第二版")
    first = stage.points()
    stage.go(SONG, "teach_again")
    stage.teach("六(2)班").evaluate(**dict.fromkeys(first, "worked")).revise("教案第三版")
    stage.go(SONG, "finish").file(LIU, "written_reflection", text="三次修改")
    stage.go(DEPUTY, "archive")
    return stage


def test_two_taught_rounds_end_in_the_archive_and_replay_to_the_same_cycle() -> None:
    """The whole of the plan's lesson study runs, and its log alone gives the same cycle."""
    stage = two_rounds()

    assert (stage.now.state, stage.now.round) == ("archived", 2)
    assert stage.replayed() == stage.now
    assert [e.seq for e in stage.log] == list(range(1, len(stage.log) + 1))
    assert stage.todo() == {}


def test_a_two_round_lesson_study_costs_the_chair_six_presses() -> None:
    """Besides opening, the roll, the minutes and her own remarks, the chair presses six times."""
    stage = two_rounds()

    pressed = Counter(e.act for e in stage.log if e.actor == SONG and e.act not in ("open", "file"))
    filed = Counter(e.data["record"] for e in stage.log if e.actor == SONG and e.act == "file")

    assert pressed == {
        "approve": 1,
        "finish_preparing": 1,
        "finish_evaluating": 2,
        "teach_again": 1,
        "finish": 1,
    }
    assert filed.keys() - {"preparation_note", "observation", "three_ones"} == {
        "attendance",
        "minutes",
    }


def test_explaining_moves_on_by_itself() -> None:
    """Filing the explanation carries the cycle to preparation in the same entry."""
    stage = Lesson().explain()

    assert stage.now.state == "co_prepare"
    assert (stage.log[-1].act, stage.log[-1].fired) == ("file", "finish_explaining")


def test_everyone_is_told_the_next_required_step() -> None:
    """From state to state the lists say who waits for whom."""
    stage = Lesson()
    stage.open(roles={"teacher": (LIU,)}, subject=SUBJECT)
    said = [stage.todo()]
    stage.file(LIU, "proposal", theme="动手操作", why="难")
    said.append(stage.todo())
    stage.go(SONG, "approve")
    said.append(stage.todo())
    stage.file(LIU, "explanation", points="课标")
    said.append(stage.todo())

    note = {"file:preparation_note"}
    assert said == [
        {LIU: {"file:proposal"}},
        {SONG: {"decide"}, DEPUTY: {"decide"}, HEAD: {"decide"}},
        {LIU: {"file:explanation"}},
        {LIU: {"file:lesson_plan"}, SONG: note, MA: note, HE: note},
    ]


def test_a_lesson_asks_first_for_its_day_then_for_the_roll_then_for_notes() -> None:
    """Each part of a lesson is asked for when the one before is there."""
    stage = Lesson().prepare()
    said = [stage.todo()]
    stage.file(SONG, "session", date="2026-10-12", period=2, **{"class": "六(1)班"})
    said.append(stage.todo())
    stage.file(SONG, "attendance", people=dict.fromkeys(OBSERVERS, "present"))
    said.append(stage.todo())

    assert said == [
        {LIU: {"file:session"}, SONG: {"file:session"}},
        {SONG: {"file:attendance"}},
        {p: {"file:observation"} for p in OBSERVERS},
    ]


def test_a_blocked_transition_says_what_the_offer_said() -> None:
    """Shown = enforced: the refusal carries the very verdicts that were shown."""
    stage = Lesson()
    stage.open(roles={"teacher": (LIU,)}, subject=SUBJECT)
    offer = stage.offer("approve")

    refusal = stage.refuse(BlockedError, SONG, Advance(transition="approve"))

    assert not offer.allowed
    assert refusal.verdicts == tuple(v for v in offer.verdicts if not v.passes)
    assert refusal.verdicts[0].remedies[0].who == (LIU,)


def test_nobody_approves_their_own_lesson() -> None:
    """The approver is not the teacher, even as head of the group."""
    stage = Lesson()
    stage.open(roles={"teacher": (SONG,), "chair": (MA,)}, subject=SUBJECT)
    stage.file(SONG, "proposal", theme="动手操作", why="难")

    refusal = stage.refuse(BlockedError, SONG, Advance(transition="approve"))

    assert [v.code for v in refusal.verdicts] == ["same_person"]
    assert stage.todo() == {DEPUTY: {"decide"}, HEAD: {"decide"}}


def test_the_same_class_twice_needs_the_deputy_and_not_the_chair() -> None:
    """A class taught before blocks the next lesson until the deputy waives it, with a reason."""
    stage = Lesson().prepare().teach("六(1)班").evaluate().revise("教案第二版")
    stage.go(SONG, "teach_again")
    stage.observe("六(1)班")
    assert stage.now.state == "observe"
    stage.refuse(NotAllowedError, SONG, Waive(guard="distinct", reason="一个年级一个班"))

    stage.waive(DEPUTY, "distinct")

    assert stage.now.state == "reflect"
    assert stage.log[-1].guards["finish_observing.distinct"] == "waived"


def test_an_absent_member_is_not_waited_for() -> None:
    """The quorum is of those present; who was ill owes nothing."""
    stage = Lesson().prepare().teach("六(1)班", absent=HE)

    both = {"file:three_ones", "file:minutes"}
    assert stage.now.state == "evaluate"
    assert stage.todo() == {SONG: both, MA: both}


def test_the_teacher_speaks_before_colleagues_are_heard() -> None:
    """说反思 comes first: the evaluation begins with the teacher's own words."""
    stage = Lesson().prepare().observe("六(1)班")

    assert stage.now.state == "reflect"
    assert stage.todo() == {LIU: {"file:reflection"}}


def test_the_plan_must_really_change() -> None:
    """Answering every point is not enough: the next round wants another plan."""
    stage = Lesson().prepare().teach("六(1)班").evaluate().revise("教案第一版")

    refusal = stage.refuse(BlockedError, SONG, Advance(transition="teach_again"))

    assert [v.guard for v in refusal.verdicts] == ["changed"]
    stage.file(LIU, "lesson_plan", text="教案第二版")
    assert stage.todo() == {SONG: {"decide"}}
    assert stage.task(SONG, "decide").transitions == ("teach_again", "study_again")


def test_one_round_is_not_enough_to_finish() -> None:
    """二、三次修改: the way to the end opens in the second round."""
    stage = Lesson().prepare().teach("六(1)班").evaluate().revise("教案第二版")

    refusal = stage.refuse(BlockedError, SONG, Advance(transition="finish"))

    assert [(v.code, v.never) for v in refusal.verdicts] == [("round_min", True)]
    assert set(refusal.possible) == {"teach_again", "study_again"}


def test_the_third_round_is_the_last() -> None:
    """Rounds never pass their maximum: after three, only finishing is left."""
    stage = Lesson().prepare()
    for number in (1, 2, 3):
        stage.teach(f"六({number})班").evaluate().revise(f"教案第{number + 1}版")
        if number < 3:
            stage.go(SONG, "teach_again")

    refusal = stage.refuse(BlockedError, SONG, Advance(transition="teach_again"))

    assert refusal.verdicts[0].never
    assert refusal.possible == ("finish",)


def test_what_was_adopted_is_asked_for_before_the_archive() -> None:
    """Points of round 1 that nobody has looked for in round 2 keep the archive shut."""
    stage = Lesson().prepare().teach("六(1)班").evaluate().revise("教案第二版")
    first = stage.points()
    stage.go(SONG, "teach_again")
    stage.teach("六(2)班").evaluate().revise("教案第三版").go(SONG, "finish")
    stage.file(LIU, "written_reflection", text="三次修改")

    verdict = stage.verdict("verified", "archive")
    for point in first:
        stage.verify(MA, point)

    assert verdict.remedies[0].items == tuple(first)
    assert stage.go(DEPUTY, "archive").now.state == "archived"


def test_every_fault_of_a_form_is_told_at_once() -> None:
    """All field faults come at once, and nothing is changed."""
    stage = Lesson().prepare()

    command = File(record="session", fields={"date": "2026-99-12", "period": "二"})
    refusal = stage.refuse(InvalidInputError, SONG, command)

    assert {f.field: f.code for f in refusal.faults} == {
        "fields.date": "not_a_date",
        "fields.period": "not_a_number",
        "fields.class": "required",
    }
