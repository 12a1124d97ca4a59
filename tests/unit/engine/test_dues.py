"""该做了: when something is due, counted on the school's calendar from what the server saw."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cycles.engine.surroundings import Surroundings
from tests.unit.engine.stage import (
    DEPUTY,
    HE,
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
  by: member
  one_per: [person]
  form: {text: {type: text, required: true, title: 意见}}
"""


def end_of(day: date) -> datetime:
    """The last second of a school day, in UTC."""
    return datetime(day.year, day.month, day.day, 15, 59, 59, tzinfo=UTC)


def stage_due(rule: str) -> Stage:
    """Notes that are due so long after the state was entered, on a Monday at ten."""
    return Stage(one_step(NOTE, f"- filed: {{record: note, by: member, due: {rule}}}")).open()


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ("{hours: 48, after: work}", datetime(2026, 10, 14, 2, tzinfo=UTC)),
        ("{hours: 144, after: work}", datetime(2026, 10, 18, 2, tzinfo=UTC)),
        ("{days: 3, after: work}", end_of(date(2026, 10, 15))),
        ("{days: 5, after: work}", end_of(date(2026, 10, 19))),
        ("{school_days: 5, after: work}", end_of(date(2026, 10, 19))),
        ("{weeks: 2, after: work}", end_of(date(2026, 10, 26))),
    ],
)
def test_units_are_counted_on_the_calendar(rule: str, due: datetime) -> None:
    """Hours run through the weekend; days roll on to the next school day."""
    assert stage_due(rule).task(MA, "file:note").due == due


def test_what_is_due_is_the_guards_own_rule_before_the_transitions() -> None:
    """Two parts of one way may be due at different times; the decision has the way's."""
    rules = """
    records:
      note:
        title: 意见
        by: member
        one_per: [person]
        form: {text: {type: text, required: true, title: 意见}}
      plan: {title: 教案, by: author, form: {text: {type: text, title: 教案}}}
    states: {work: 进行, done: {title: 完成, final: true}}
    transitions:
      finish:
        title: 完成
        from: work
        to: done
        by: chair
        due: {school_days: 4, after: work}
        guards:
          - filed: {record: note, due: {school_days: 2, after: work}}
            id: notes
          - filed: {record: plan}
            id: plan
    """
    stage = Stage(small(rules)).open()
    dues = {t.do: t.due for t in stage.tasks()}
    stage.file(MA, "note", text="好")
    stage.file(LIU, "plan", text="好")

    assert dues == {
        "file:note": end_of(date(2026, 10, 14)),
        "file:plan": end_of(date(2026, 10, 16)),
    }
    assert stage.task(SONG, "decide").due == end_of(date(2026, 10, 16))


def visited() -> Stage:
    """A visit that is recorded; feedback is due within 48 hours."""
    stage = Stage(shipped("classroom-visit")).open(
        by=DEPUTY, roles={"teacher": (LIU,)}, subject={"kind": "tracking"}
    )
    stage.later(1).file(
        DEPUTY, "visit_note", date="2026-10-12", period=2, on_paper=True, **{"class": "六(1)班"}
    )
    return stage


def test_the_server_time_of_a_record_is_the_anchor_and_not_the_day_it_claims() -> None:
    """A note of Monday's lesson that came in on Tuesday starts the clock on Tuesday."""
    task = visited().task(DEPUTY, "file:feedback")

    assert task.due == datetime(2026, 10, 15, 2, tzinfo=UTC)


def test_the_first_filing_of_a_record_starts_the_clock() -> None:
    """Superseding a note does not put off what is due after it."""
    stage = visited()

    stage.later(1)
    assert stage.task(DEPUTY, "file:feedback").due == datetime(2026, 10, 15, 2, tzinfo=UTC)


def test_items_are_due_by_the_rule_of_their_field() -> None:
    """What was found is answered within ten school days of the rectification's begin."""
    stage = visited()
    stage.file(DEPUTY, "feedback", strengths="好", issues=[{"issue": "提问太多"}])
    stage.file(LIU, "acknowledgement", read=True)

    task = stage.task(LIU, "answer:feedback")

    assert (stage.now.state, task.due) == ("rectify", end_of(date(2026, 10, 27)))


def test_of_several_fields_the_soonest_holds() -> None:
    """One task for all open points is due when the first of them is."""
    rules = """
    records:
      remark:
        title: 意见
        by: member
        about: author
        form:
          later: {type: points, title: 建议, due: {school_days: 9, after: fix}}
          soon: {type: points, title: 问题, due: {school_days: 1, after: fix}}
    states: {work: 评课, fix: 修改, done: {title: 完成, final: true}}
    transitions:
      begin: {title: 开始, from: work, to: fix, by: chair, guards: [filed: {record: remark}]}
      finish: {title: 完成, from: fix, to: done, by: chair, guards: [answered: {points: remark}]}
    """
    stage = Stage(small(rules)).open()
    stage.file(MA, "remark", later=["多留时间"], soon=["提问太多"])
    stage.go(SONG, "begin")

    assert stage.task(LIU, "answer:remark").due == end_of(date(2026, 10, 13))


DATED = """
records:
  session:
    title: 上课安排
    by: chair
    one_per: []
    file_in: [work]
    form: {date: {type: date, required: true, future: true, title: 日期}}
  plan:
    title: 教案
    by: author
    one_per: []
    form: {text: {type: text, required: true, title: 教案}}
states: {work: 进行, done: {title: 完成, final: true}}
transitions:
  finish:
    title: 完成
    from: work
    to: done
    by: chair
    guards: [{filed: {record: plan, due: {school_days: -2, after: session.date}}}]
"""


def test_a_negative_count_goes_back_from_a_planned_day() -> None:
    """The plan is due two school days before the lesson; without a date nothing is due."""
    stage = Stage(small(DATED)).open()
    before = stage.task(LIU, "file:plan").due

    stage.file(SONG, "session", date="2026-10-19")

    assert before is None
    assert stage.task(LIU, "file:plan").due == end_of(date(2026, 10, 15))


def test_due_dates_run_on_while_suspended() -> None:
    """A pause puts nothing off."""
    stage = stage_due("{school_days: 3, after: work}")
    before = stage.task(HE, "file:note").due

    stage.turn(SONG, "suspend").later(7).turn(SONG, "resume")

    assert stage.task(HE, "file:note").due == before


def test_the_clock_starts_anew_with_a_new_visit() -> None:
    """Entering a state again gives its time again."""
    rules = """
    records:
      note: {title: 意见, by: member, form: {text: {type: text, title: 意见}}}
    states: {work: 进行, done: {title: 完成, final: true}}
    transitions:
      finish:
        title: 完成
        from: work
        to: done
        by: chair
        due: {school_days: 2, after: work}
        guards: [filed: {record: note}]
      anew: {title: 重来, from: work, to: work, by: chair, side: true, reason: true}
    """
    stage = Stage(small(rules)).open()
    first = stage.task(MA, "file:note").due

    stage.later(2).go(SONG, "anew", "再来")

    assert first == end_of(TODAY + timedelta(days=2))
    assert stage.task(MA, "file:note").due == end_of(TODAY + timedelta(days=4))


def test_without_a_calendar_nothing_is_due() -> None:
    """A school that has not entered its terms is not told dates that may be wrong."""
    stage = stage_due("{school_days: 3, after: work}")
    there = stage.around

    stage.around = Surroundings(now=there.now, today=there.today, directory=there.directory)

    assert stage.task(MA, "file:note").due is None
