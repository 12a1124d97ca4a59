"""The next required step: whose it is, when it is one of several, and when it is nobody's."""

from datetime import timedelta

from cycles.engine.access import may_see
from cycles.engine.tasks import schedule, waiting
from tests.unit.engine.remarks import Remarks
from tests.unit.engine.stage import (
    BAI,
    DEPUTY,
    GROUP,
    HE,
    HEAD,
    LIU,
    MA,
    SONG,
    TODAY,
    Stage,
    one_step,
    shipped,
    small,
)

NOTE = """
note:
  title: 意见
  by: [member, chair]
  one_per: [person]
  file_in: [work]
  form: {text: {type: text, required: true, title: 意见}}
minutes:
  title: 记录
  by: [chair, member]
  one_per: []
  file_in: [work]
  form: {text: {type: text, required: true, title: 内容}}
"""


def test_each_of_those_missing_has_a_task_and_loses_it_by_doing_it() -> None:
    """A quorum asks everybody who has not filed, until it is reached."""
    stage = Stage(one_step(NOTE, "- filed: {record: note, by: [member, chair]}")).open()
    first = stage.todo()
    stage.file(MA, "note", text="先剪")
    second = stage.todo()

    stage.file(HE, "note", text="再拼")

    assert first == {p: {"file:note"} for p in (SONG, MA, HE)}
    assert second == {p: {"file:note"} for p in (SONG, HE)}
    assert stage.todo() == {SONG: {"decide"}}


def test_what_any_of_several_may_do_is_offered_to_all_of_them() -> None:
    """`any_of`: the first who does it takes it off everybody's list."""
    stage = Stage(one_step(NOTE, "- filed: {record: minutes}")).open()
    first = stage.todo()

    stage.file(HE, "minutes", text="少提问")

    assert first == {p: {"file:minutes"} for p in (SONG, MA, HE)}
    assert stage.todo() == {SONG: {"decide"}}


def test_a_task_names_the_way_and_the_guards_it_helps() -> None:
    """One task for one thing to do, however many guards ask for it."""
    guards = """
    - filed: {record: note, by: [member, chair], all: true}
      id: all
    - filed: {record: note, at_least: 3}
      id: three
    """
    stage = Stage(one_step(NOTE, guards)).open()

    tasks = [t for t in stage.tasks() if t.person == MA]

    assert [(t.do, t.transitions, t.guards) for t in tasks] == [
        ("file:note", ("finish",), ("all", "three"))
    ]


def ways(second: str = "{filed: {record: report}, id: report}") -> Stage:
    """A cycle with two ways on, the second under one more guard of its own."""
    rules = """
records:
  plan: {title: 教案, by: author, one_per: [], form: {text: {type: text, title: 教案}}}
  note: {title: 意见, by: member, form: {text: {type: text, title: 意见}}}
  report:
    title: 报告
    by: author
    one_per: []
    file_in: [work]
    form: {text: {type: text, title: 报告}}
states: {work: 进行, done: {title: 完成, final: true}, shown: {title: 展示, final: true}}
transitions:
  finish:
    title: 完成
    from: work
    to: done
    by: chair
    guards: [{filed: {record: plan}, id: plan}, {filed: {record: note}, id: note}]
  show:
    title: 展示
    from: work
    to: shown
    by: [chair, school.deputy]
    guards: [{filed: {record: plan}, id: plan}, SECOND]
  stop: {title: 不上了, from: work, to: done, by: author, side: true, reason: true}
"""
    return Stage(small(rules.replace("SECOND", second))).open()


def test_what_all_ways_need_is_a_plain_task_and_the_rest_is_one_choice() -> None:
    """Competing ways are told together; doing what one of them needs is enough."""
    stage = ways()

    plan, note = stage.task(LIU, "file:plan"), stage.task(MA, "file:note")
    report = stage.task(LIU, "file:report")

    assert (plan.one_of, plan.transitions) == ((), ("finish", "show"))
    assert (note.one_of, note.transitions) == (("finish", "show"), ("finish",))
    assert (report.one_of, report.transitions) == (("finish", "show"), ("show",))


def test_a_thing_that_every_way_needs_in_its_own_measure_is_no_choice() -> None:
    """One note for the one way, three for the other: a note is needed in any case."""
    stage = ways("{filed: {record: note, at_least: 2}}")

    note = stage.task(MA, "file:note")

    assert (note.transitions, note.one_of) == (("finish", "show"), ())


def test_a_choice_ends_when_one_way_opens() -> None:
    """Those who may fire it decide; nobody is asked for the other way any more."""
    stage = ways()
    stage.file(LIU, "plan", text="第一版")
    stage.file(LIU, "report", text="报告")

    tasks = stage.tasks()

    assert {(t.person, t.do, t.transitions) for t in tasks} == {
        (SONG, "decide", ("show",)),
        (DEPUTY, "decide", ("show",)),
    }
    stage.file(MA, "note", text="好")
    assert stage.task(SONG, "decide").transitions == ("finish", "show")


def test_a_way_that_can_never_open_asks_for_nothing() -> None:
    """A closed way is no choice, so what the other needs is plain."""
    stage = ways("{not: {rounds: {at_least: 1}}}")

    assert stage.todo() == {LIU: {"file:plan"}, MA: {"file:note"}, HE: {"file:note"}}
    assert all(task.one_of == () for task in stage.tasks())


def test_if_too_few_are_on_duty_the_deputy_finds_somebody() -> None:
    """All three are asked, one is left: that one files and the deputy brings others."""
    stage = Stage(one_step(NOTE, "- filed: {record: note, by: [member, chair], all: true}")).open()
    stage.meet(staff=(LIU, SONG, BAI, DEPUTY, HEAD))

    assert stage.todo() == {SONG: {"file:note"}, DEPUTY: {"substitute"}}


def test_if_the_deputy_is_one_of_those_missing_the_head_finds_somebody() -> None:
    """Nobody is asked to find a substitute for themselves."""
    stage = Stage(one_step(NOTE, "- filed: {record: note, by: [member, chair], all: true}"))
    stage.meet(group_members={"g1": (LIU, SONG, MA, DEPUTY), "g2": ()}).open()

    stage.meet(staff=(LIU, SONG, DEPUTY, HEAD))

    assert stage.todo() == {SONG: {"file:note"}, DEPUTY: {"file:note"}, HEAD: {"substitute"}}


def test_an_open_way_is_decided_above_if_nobody_of_it_is_on_duty() -> None:
    """The chair is away: the deputy decides, and passes what is separate."""
    stage = Remarks().excuse(SONG)

    assert stage.todo() == {DEPUTY: {"decide"}}


def test_a_suspended_cycle_asks_only_to_be_resumed() -> None:
    """Every other task is gone, and comes back."""
    stage = Remarks().talk()
    before = stage.todo()

    during = stage.turn(SONG, "suspend").todo()

    assert during == {SONG: {"resume"}, DEPUTY: {"resume"}}
    assert stage.turn(DEPUTY, "resume").todo() == before


def test_no_task_reaches_one_who_may_not_see_the_cycle() -> None:
    """An unannounced visit asks nothing of the teacher until it is recorded."""
    stage = Stage(shipped("classroom-visit")).open(
        by=DEPUTY, roles={"teacher": (LIU,)}, subject={"kind": "unannounced"}
    )

    assert stage.todo() == {DEPUTY: {"file:visit_note"}}
    assert not may_see(stage.people, LIU)
    assert all(may_see(stage.people, task.person) for task in stage.tasks())


def test_tasks_that_come_and_go_with_a_day_are_known_before() -> None:
    """The end of an excuse needs no command: today's schedule says from when and until when."""
    stage = Stage(one_step(NOTE, "- filed: {record: note, by: [member, chair], all: true}")).open()
    stage.excuse(MA, days=2).substitute("member", HE, BAI, days=3)

    found = {(t.person, t.do, t.since, t.until) for t in schedule(stage.people)}

    day = [TODAY + timedelta(days=n) for n in range(4)]
    assert found == {
        (SONG, "file:note", None, None),
        (MA, "file:note", day[2], None),
        (BAI, "file:note", None, day[3]),
        (HE, "file:note", day[3], None),
    }


def test_a_cycle_that_waits_says_for_which_day() -> None:
    """Nobody has a task, and the day is told instead."""
    stage = Stage(shipped("lesson-study"))
    subject = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}
    stage.open(roles={"teacher": (LIU,)}, subject=subject)
    stage.file(LIU, "proposal", theme="动手操作", why="难")
    stage.go(SONG, "approve").file(LIU, "explanation", points="课标")
    for person in (SONG, MA):
        stage.file(person, "preparation_note", note="先剪")
    stage.file(LIU, "lesson_plan", text="第一版")
    stage.go(SONG, "finish_preparing")
    day = TODAY + timedelta(days=3)
    stage.file(LIU, "session", date=day.isoformat(), period=2, **{"class": "六(1)班"})

    assert stage.todo() == {}
    assert waiting(stage.people).until == (day,)
    assert stage.last is not None
    assert {(t.person, t.do, t.since) for t in stage.last.tasks} == {(SONG, "file:attendance", day)}
    assert stage.later(3).todo() == {SONG: {"file:attendance"}}


def test_every_member_of_the_group_can_be_told_their_next_step() -> None:
    """Through a whole round somebody always has a task, and all of them are of the school."""
    stage = Remarks()
    seen: list[set[str]] = [set(stage.todo())]
    stage.revise()
    seen.append(set(stage.todo()))
    for point in stage.points():
        stage.answer(point)
    seen.append(set(stage.todo()))
    stage.close()
    seen.append(set(stage.todo()))

    assert seen == [{SONG}, {LIU}, {SONG}, {DEPUTY}]
    assert all(people <= {*GROUP, DEPUTY, HEAD} for people in seen)
