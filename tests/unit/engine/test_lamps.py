"""The five lamps: lit by what is linked in a cycle, and saying what is missing where not."""

import pytest

from cycles.engine.lamps import LAMPS, lamps_of
from tests.unit.engine.lesson import Lesson
from tests.unit.engine.remarks import Remarks
from tests.unit.engine.stage import DEPUTY, HE, LIU, MA, SONG, Stage, one_step, shipped, small

VERIFIED = """    guards:
      - verified: {points: remarks, seen_in: work, by: [member, chair], need: asked}
        waivable_by: school.deputy
"""


def told(stage):
    """Lamp → its state and why."""
    found = lamps_of(stage.version, stage.now)
    assert tuple(lamp.name for lamp in found) == LAMPS
    return {lamp.name: (lamp.state, lamp.code) for lamp in found}


def data(stage, name):
    """What a lamp says besides."""
    return dict(next(lamp for lamp in lamps_of(stage.version, stage.now) if lamp.name == name).data)


def test_at_the_beginning_each_lamp_says_what_it_waits_for() -> None:
    """Nothing is lit, and nothing is a reproach: each names what comes."""
    lesson = Lesson()
    lesson.propose()

    assert told(lesson) == {
        "plan": ("missing", "not_filed"),
        "summary": ("missing", "not_filed"),
        "feedback": ("missing", "not_filed"),
        "rectification": ("missing", "feedback_first"),
        "effect": ("missing", "rectification_first"),
    }
    assert data(lesson, "plan") == {"record": ["lesson_plan"]}
    assert data(lesson, "summary") == {"record": ["written_reflection"]}
    assert data(lesson, "feedback") == {"record": ["three_ones"]}


def test_a_whole_lesson_study_lights_them_all() -> None:
    """Planned, heard, answered, taught again and seen to work, summed up: in that order."""
    lesson = Lesson()

    lesson.prepare()
    assert told(lesson)["plan"] == ("lit", "filed")
    lesson.teach("六(1)班").evaluate()
    assert told(lesson)["feedback"] == ("lit", "heard")
    assert told(lesson)["rectification"] == ("missing", "points_open")
    assert data(lesson, "rectification") == {"open": 6}
    lesson.revise("教案第二版")
    assert told(lesson)["rectification"] == ("lit", "answered")
    assert told(lesson)["effect"] == ("missing", "not_seen_again")
    adopted = dict.fromkeys(lesson.points(), "worked")
    lesson.go(SONG, "teach_again").teach("六(2)班")
    assert told(lesson)["effect"] == ("missing", "not_looked_for")
    lesson.evaluate(**adopted)
    assert told(lesson)["effect"] == ("lit", "worked")
    lesson.revise("教案第三版").go(SONG, "finish")
    assert told(lesson)["summary"] == ("missing", "not_filed")
    lesson.file(LIU, "written_reflection", text="收获")
    lesson.go(DEPUTY, "archive")

    assert set(told(lesson).values()) == {
        ("lit", "filed"), ("lit", "heard"), ("lit", "answered"), ("lit", "worked"),
    }  # fmt: skip
    assert [data(lesson, name) for name in LAMPS] == [
        {"record": ["proposal", "lesson_plan"]},
        {"record": ["written_reflection"]},
        {"record": ["three_ones"], "count": 6},
        {"count": 12, "adopted": 12},
        {"worked": 6, "count": 6},
    ]


def test_hidden_words_are_not_counted() -> None:
    """Before colleagues' words are shown, no lamp says how many points there are."""
    lesson = Lesson()
    lesson.prepare().teach("六(1)班")
    for person, points in ((SONG, 1), (DEPUTY, 0)):
        if points:
            said = {"strength": "好", "weakness": ["快"], "hope": ["慢"]}
            lesson.file(person, "three_ones", **said)

    assert told(lesson)["feedback"] == ("lit", "heard")
    assert told(lesson)["rectification"] == ("missing", "feedback_first")


def test_what_was_seen_is_not_told_while_it_is_hidden() -> None:
    """Said in words that nobody else may read yet, an effect lights no lamp; shown, it does."""
    stage = Remarks().revise()
    one, two = stage.points()
    stage.answer(one)
    stage.answer(two, "declined")
    stage.go(SONG, "again").talk()

    stage.say(MA, "没有了", seen={one: "worked"})
    assert told(stage)["effect"] == ("missing", "not_looked_for")

    stage.say(HE, "没有了")
    stage.go(SONG, "talked")
    assert told(stage)["effect"] == ("lit", "worked")
    assert data(stage, "effect") == {"worked": 1, "count": 1}


def test_where_no_condition_asks_for_an_effect_any_later_round_may_show_it() -> None:
    """A workflow of several rounds has the lamp, and the first round cannot light it."""
    stage = Remarks((VERIFIED, "")).revise()
    for point in stage.points():
        stage.answer(point)
    assert told(stage)["effect"] == ("missing", "not_seen_again")

    stage.go(SONG, "desk")

    assert told(stage)["effect"] == ("missing", "not_looked_for")
    assert data(stage, "effect") == {"open": 2}


def test_an_answer_alone_puts_nothing_right() -> None:
    """Where something was adopted, the plan must have changed since it was said."""
    lesson = Lesson()
    lesson.prepare().teach("六(1)班").evaluate()
    for point in lesson.points():
        lesson.answer(point)

    assert told(lesson)["rectification"] == ("missing", "not_revised")
    assert data(lesson, "rectification") == {"record": ["lesson_plan"]}
    lesson.file(LIU, "lesson_plan", text="教案第一版")  # the same words again
    assert told(lesson)["rectification"] == ("missing", "not_revised")
    lesson.file(LIU, "lesson_plan", text="教案第二版")
    assert told(lesson)["rectification"] == ("lit", "answered")


def test_a_waiver_does_not_light_the_lamp() -> None:
    """The step may be taken without another plan; the plan is still the old one."""
    lesson = Lesson()
    lesson.prepare().teach("六(1)班").evaluate()
    for point in lesson.points():
        lesson.answer(point)

    lesson.waive(DEPUTY, "changed").go(SONG, "teach_again")

    assert told(lesson)["rectification"] == ("missing", "not_revised")


def test_declining_with_reasons_is_an_answer() -> None:
    """Nothing adopted: answered all the same, and there is no effect to look for."""
    lesson = Lesson()
    lesson.prepare().teach("六(1)班").evaluate()

    first, *others = lesson.points()
    lesson.answer(first, "declined")
    assert told(lesson)["effect"] == ("missing", "rectification_first")
    for point in others:
        lesson.answer(point, "declined")

    assert told(lesson)["rectification"] == ("lit", "answered")
    assert data(lesson, "rectification") == {"count": 6, "adopted": 0}
    assert told(lesson)["effect"] == ("none", "nothing_adopted")


def test_a_round_in_which_nobody_was_heard_is_named() -> None:
    """A round that has come to its evaluation without a word in it."""
    lesson = Lesson()
    lesson.prepare().teach("六(1)班").evaluate()
    lesson.revise("教案第二版").go(SONG, "study_again")

    assert told(lesson)["feedback"] == ("missing", "round_unheard")
    assert data(lesson, "feedback") == {"record": ["three_ones"], "round": [2]}


def test_what_was_looked_for_and_not_seen_is_said() -> None:
    """Looked for and not seen to work: no effect yet, and it is asked again how to put it right."""
    lesson = Lesson()
    lesson.prepare().teach("六(1)班").evaluate().revise("教案第二版")
    adopted = dict.fromkeys(lesson.points(), "not_yet")

    lesson.go(SONG, "teach_again").teach("六(2)班").evaluate(**adopted)

    assert told(lesson)["effect"] == ("missing", "not_yet")
    assert data(lesson, "effect") == {"count": 6}
    assert told(lesson)["rectification"] == ("missing", "points_open")


def test_a_visit_asks_for_no_plan_and_no_summary() -> None:
    """What a workflow does not have is not missing; feedback without issues needs no more."""
    visit = Stage(shipped("classroom-visit"))
    visit.open(DEPUTY, roles={"teacher": (LIU,)}, subject={"kind": "unannounced"})
    day = visit.around.today.isoformat()
    visit.file(DEPUTY, "visit_note", date=day, period=1, on_paper=True, **{"class": "六(1)班"})

    visit.file(DEPUTY, "feedback", strengths="好")

    assert told(visit) == {
        "plan": ("none", "not_asked"),
        "summary": ("none", "not_asked"),
        "feedback": ("lit", "heard"),
        "rectification": ("none", "nothing_to_put_right"),
        "effect": ("none", "nothing_adopted"),
    }


def test_one_research_lesson_is_not_asked_for_an_effect() -> None:
    """Where a lesson is taught once, nothing can be seen again; its plan is what experts sign."""
    version = shipped("collaborative-lesson-research")
    research = Stage(version)
    research.open(roles={"teacher": (LIU,), "expert": ("p_guo",)},
                  subject={"lesson": "圆", "grade": "六", "discipline": "数学"})  # fmt: skip

    found = told(research)

    assert found["effect"] == ("none", "not_asked")
    assert data(research, "plan") == {"record": ["research_theme", "research_proposal"]}
    assert data(research, "summary") == {"record": ["results"]}


def test_feedback_that_is_given_once_is_not_asked_for_each_round() -> None:
    """One record for the whole cycle is heard in all of its rounds."""
    remarks = """
    remarks:
      title: 意见
      by: [member, chair]
      about: author
      one_per: []
      form: {weak: {type: points, title: 不足}}
    """
    guards = "- filed: {record: remarks}\n- answered: {points: remarks}"
    stage = Stage(one_step(remarks, guards)).open()
    assert told(stage)["feedback"] == ("missing", "not_filed")

    stage.file(SONG, "remarks", weak=["太快"])

    assert told(stage)["feedback"] == ("lit", "heard")
    assert told(stage)["effect"] == ("none", "not_asked")


def test_another_plan_than_the_last_one_is_another_plan() -> None:
    """Going back to an earlier one is a change, too; what counts is what stood when it was said."""
    lesson = Lesson()
    lesson.explain()
    for text in ("教案第一版", "教案第二版"):
        lesson.file(LIU, "lesson_plan", text=text)
    for person in (SONG, MA, HE):
        lesson.file(person, "preparation_note", note="先剪再拼")
    lesson.go(SONG, "finish_preparing").teach("六(1)班").evaluate()

    lesson.revise("教案第一版")

    assert told(lesson)["rectification"] == ("lit", "answered")


@pytest.mark.parametrize(
    ("field", "planned"),
    [
        ("{type: text, title: 打算}", True),
        ("{type: date, title: 日期, future: true}", True),
        ("{type: date, title: 日期}", False),
        ("{type: timed_notes, title: 实录}", False),
        ("{type: attendance, of: [author, chair, member], title: 到场}", False),
    ],
)
def test_what_tells_of_a_day_that_was_is_no_plan(field: str, planned: bool) -> None:
    """Asked for before all else, it is a plan only if it may speak of what is to come."""
    note = f"note: {{title: 记录, by: author, one_per: [], form: {{it: {field}}}}}"

    stage = Stage(one_step(note, "- filed: {record: note}")).open()

    assert told(stage)["plan"] == (("missing", "not_filed") if planned else ("none", "not_asked"))


def test_points_made_one_count_as_one() -> None:
    """Said twice and merged by the chair, there is one thing to put right."""
    stage = Remarks().revise()
    one, two = stage.points()

    stage.merge(one, two)

    assert data(stage, "rectification") == {"open": 1}


def test_a_workflow_of_rounds_without_feedback_has_no_such_lamps() -> None:
    """There is a later round, and nothing to look for in it."""
    workflow = """
    rounds: {min: 1, max: 2}
    records:
      note: {title: 记录, by: author, one_per: [], form: {text: {type: text, title: 记录}}}
    states: {work: 进行, done: {title: 完成, final: true}}
    transitions:
      again: {title: 再来, from: work, to: work, round: next, by: chair}
      finish: {title: 完成, from: work, to: done, by: chair, guards: [filed: {record: note}]}
    """

    stage = Stage(small(workflow)).open()

    assert told(stage)["effect"] == ("none", "not_asked")
    assert told(stage)["rectification"] == ("none", "not_asked")
    assert told(stage)["feedback"] == ("none", "not_asked")


def test_a_workflow_without_feedback_has_no_such_lamps() -> None:
    """Nothing is said to be missing that nobody ever asks for."""
    note = "note: {title: 记录, by: author, one_per: [], form: {text: {type: text, title: 记录}}}"
    stage = Stage(one_step(note, "- filed: {record: note}")).open()

    assert [state for state, _ in list(told(stage).values())[2:]] == ["none"] * 3
    assert told(stage)["plan"] == ("missing", "not_filed")
