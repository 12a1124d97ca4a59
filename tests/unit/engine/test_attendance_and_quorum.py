"""Attendance, and the roles that records name: of whom a quorum is taken, round by round."""

import pytest

from cycles.engine.commands import Advance, File
from cycles.errors import InvalidInputError
from tests.unit.engine.stage import (
    BAI,
    DEPUTY,
    GUO,
    HE,
    LIU,
    MA,
    SONG,
    Stage,
    shipped,
    small,
)

PRESENT = dict.fromkeys((SONG, MA, HE), "present")

MEETING = """
rounds: {min: 1, max: 2}
records:
  roll:
    title: 签到
    by: chair
    one_per: [round]
    file_in: [work, talk]
    form: {people: {type: attendance, of: [member, chair, expert], title: 到场}}
  note:
    title: 意见
    by: [member, chair, expert]
    file_in: [work, talk]
    form: {text: {type: text, required: true, title: 意见}}
states: {work: 上课, talk: 评课, done: {title: 完成, final: true}}
transitions:
  taught:
    title: 上完了
    from: work
    to: talk
    by: chair
    guards:
      - filed: {record: note, by: present, quorum: 2/3}
  back:
    title: 退回
    from: talk
    to: work
    by: chair
    side: true
    reason: true
    voids: [roll, note]
  again: {title: 再来, from: talk, to: work, round: next, by: chair}
  finish: {title: 完成, from: talk, to: done, by: chair}
"""
EXPERT = "expert: {title: 专家, count: 0.., outside: true}"
OBSERVER = "present: {title: 到场者, from: roll.people}"


def meeting() -> Stage:
    """A lesson with a roll, and notes of those present."""
    return Stage(small(MEETING, roles=f"{EXPERT}\n{OBSERVER}")).open()


def test_the_quorum_is_of_those_present() -> None:
    """Two of three were there: both are asked, the third is not."""
    stage = meeting()
    stage.file(SONG, "roll", people={**PRESENT, HE: "sick"})

    verdict = stage.verdict("filed", "taught")

    assert (verdict.data["of"], verdict.data["need"]) == (2, 2)
    assert set(verdict.remedies[0].who) == {SONG, MA}


def test_who_was_there_holds_the_role_and_nobody_else() -> None:
    """A derived role is held by those whom the round's filing names present."""
    stage = meeting()
    before = stage.people.holders("present")

    stage.file(SONG, "roll", people={**PRESENT, HE: "duty"})

    assert before == ()
    assert set(stage.people.holders("present")) == {SONG, MA}


def test_each_round_has_its_own_roll() -> None:
    """Who was there in round 1 says nothing of round 2, and is remembered."""
    stage = meeting()
    stage.file(SONG, "roll", people={**PRESENT, HE: "duty"})
    for person in (SONG, MA):
        stage.file(person, "note", text="好")
    stage.go(SONG, "taught").go(SONG, "again")

    assert stage.verdict("filed", "taught").after == "roll"
    assert stage.people.holders("present") == ()
    assert set(stage.people.holders("present", 1)) == {SONG, MA}


def test_a_void_empties_the_fold() -> None:
    """After a return the roll is called anew: no old code is left in it."""
    stage = meeting()
    stage.file(SONG, "roll", people=PRESENT)
    for person in (SONG, MA):
        stage.file(person, "note", text="好")
    stage.go(SONG, "taught").go(SONG, "back", "没上成")

    stage.file(SONG, "roll", people={MA: "sick"})

    assert stage.people.attendance("roll", "people") == {MA: "sick"}
    assert stage.verdict("filed", "taught").after == "roll"


def test_a_late_code_changes_no_base_of_a_visit_already_left() -> None:
    """What comes after the lesson is kept, and takes nobody out of its quorum or role."""
    late = MEETING.replace(
        "file_in: [work, talk]\n    form: {people", "file_in: [work]\n    form: {people"
    )
    stage = Stage(small(late, roles=f"{EXPERT}\n{OBSERVER}")).open()
    stage.file(SONG, "roll", people=PRESENT)
    for person in (SONG, MA):
        stage.file(person, "note", text="好")
    stage.go(SONG, "taught")

    stage.file(SONG, "roll", people={HE: "sick"})

    assert stage.now.filings[-1].late
    assert set(stage.people.holders("present")) == {SONG, MA, HE}
    assert stage.people.absent() == frozenset()


def test_whoever_joins_is_to_be_ticked_off_too() -> None:
    """A guest who is added makes the roll incomplete until they have a code."""
    stage = meeting()
    stage.file(SONG, "roll", people=PRESENT)
    complete = stage.verdict("filed", "taught").after

    stage.add("expert", GUO)
    open_again = stage.verdict("filed", "taught").after
    stage.file(SONG, "roll", people={GUO: "present"})

    assert (complete, open_again) == (None, "roll")
    assert stage.verdict("filed", "taught").data["of"] == 4


@pytest.mark.parametrize("people", [{LIU: "present"}, {BAI: "present"}, {MA: "late"}])
def test_a_roll_names_those_it_is_of_with_the_codes_there_are(people: dict[str, str]) -> None:
    """The author, a stranger and an unknown code are refused."""
    stage = meeting()

    fault = stage.refuse(InvalidInputError, SONG, File(record="roll", fields={"people": people}))

    assert [f.field for f in fault.faults] == ["fields.people"]


def test_the_chair_may_be_among_those_present_and_type_for_them() -> None:
    """Those present hold a role besides their own; the chair types for them as before."""
    stage = meeting()
    stage.file(SONG, "roll", people=PRESENT)

    stage.file(SONG, "note", for_=MA, text="口头说的")

    assert (stage.now.filings[-1].person, stage.log[-1].role) == (MA, "member")


NAMED = """
records:
  plan_of_day:
    title: 安排
    by: chair
    one_per: [round]
    file_in: [work]
    form: {recorder: {type: person, title: 记录人}, helpers: {type: people, title: 协助}}
  minutes:
    title: 记录
    by: recorder
    one_per: [round]
    form: {text: {type: text, required: true, title: 内容}}
states: {work: 进行, done: {title: 完成, final: true}}
transitions:
  finish:
    title: 完成
    from: work
    to: done
    by: chair
    guards: [{filed: {record: minutes, by: recorder, at_least: 1}}]
"""


def test_a_record_may_name_who_holds_a_role() -> None:
    """A person field gives a role; while it is unfiled the guard waits for that record."""
    roles = "recorder: {title: 记录人, from: plan_of_day.recorder}"
    stage = Stage(small(NAMED, roles=roles)).open()
    unknown = (stage.verdict("filed").after, stage.todo())

    stage.file(SONG, "plan_of_day", recorder=MA)

    assert unknown == ("plan_of_day", {SONG: {"file:plan_of_day"}})
    assert stage.todo() == {MA: {"file:minutes"}}
    stage.file(SONG, "plan_of_day", recorder=HE)
    assert stage.todo() == {HE: {"file:minutes"}}


def test_several_may_be_named() -> None:
    """A field of several people gives the role to each of them."""
    roles = "recorder: {title: 记录人, from: plan_of_day.helpers}"
    stage = Stage(small(NAMED, roles=roles)).open()

    stage.file(SONG, "plan_of_day", helpers=[MA, HE])

    assert stage.people.holders("recorder") == (MA, HE)


def test_roles_that_do_not_go_together_are_not_given_to_one_person() -> None:
    """`not` keeps the author from being named recorder."""
    roles = "recorder: {title: 记录人, from: plan_of_day.recorder, not: [author]}"
    stage = Stage(small(NAMED, roles=roles)).open()

    command = File(record="plan_of_day", fields={"recorder": LIU})
    fault = stage.refuse(InvalidInputError, SONG, command).faults[0]

    assert (fault.field, fault.code, fault.data["role"]) == (
        "fields.recorder",
        "holds_a_role",
        "author",
    )


def test_a_person_who_is_not_of_the_school_is_not_named() -> None:
    """A person field takes those whose account is enabled."""
    roles = "recorder: {title: 记录人, from: plan_of_day.recorder}"
    stage = Stage(small(NAMED, roles=roles)).open()

    command = File(record="plan_of_day", fields={"recorder": "p_nobody"})
    fault = stage.refuse(InvalidInputError, SONG, command).faults[0]

    assert (fault.field, fault.code) == ("fields.recorder", "not_a_participant")


def in_desk_round() -> Stage:
    """The default lesson study in its second round, which is talked about and not taught."""
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
    stage.file(SONG, "attendance", people=PRESENT)
    for person in (SONG, MA):
        stage.file(person, "observation", on_paper=True)
    stage.file(LIU, "reflection", text="板书太快")
    for person in (SONG, MA):
        stage.file(person, "three_ones", strength="好", weakness=["提问太多"], hope=["留时间"])
    stage.file(SONG, "minutes", agreed="减少提问")
    stage.go(SONG, "finish_evaluating")
    for point in stage.points():
        stage.answer(point)
    stage.file(LIU, "lesson_plan", text="第二版")
    return stage.go(SONG, "study_again")


def test_in_a_desk_round_the_roll_names_those_who_take_part() -> None:
    """No lesson, no date: the roll is called at once, and those present say their three ones."""
    stage = in_desk_round()
    first = stage.todo()

    stage.file(SONG, "attendance", people={**PRESENT, HE: "teaching"})

    assert first == {
        SONG: {"file:attendance", "file:minutes"},
        MA: {"file:minutes"},
        HE: {"file:minutes"},
    }
    assert stage.todo() == {
        SONG: {"file:three_ones", "file:minutes"},
        MA: {"file:three_ones", "file:minutes"},
    }


def test_a_desk_round_ends_like_any_other() -> None:
    """Two of three say their three ones, minutes are kept, and the chair closes it."""
    stage = in_desk_round()
    stage.file(SONG, "attendance", people=PRESENT)
    for person in (MA, HE):
        stage.file(person, "three_ones", strength="好", weakness=["还是多"], hope=["留时间"])
    stage.file(MA, "minutes", agreed="再减")

    stage.send(SONG, Advance(transition="finish_evaluating"))

    assert (stage.now.state, stage.now.round) == ("revise", 2)
    assert DEPUTY not in stage.todo()
