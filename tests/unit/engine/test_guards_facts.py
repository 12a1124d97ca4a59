"""`field`, `distinct`, `not_before` and `rounds`: what facts, days and rounds allow."""

from datetime import timedelta

import pytest

from tests.unit.engine.stage import DEPUTY, HE, LIU, MA, SONG, TODAY, Stage, one_step, small

PLACE = """
lesson:
  title: 上课安排
  by: chair
  one_per: []
  file_in: [work]
  form:
    date: {type: date, future: true, title: 日期}
    kind:
      type: choice
      title: 类型
      options: {open: 公开, inner: 组内}
    pupils: {type: number, title: 人数}
"""


@pytest.mark.parametrize(
    ("rule", "fitting", "other"),
    [
        ("field: lesson.kind, is: open", {"kind": "open"}, {"kind": "inner"}),
        ("field: lesson.kind, is_not: open", {"kind": "inner"}, {"kind": "open"}),
        ("field: lesson.kind, in: [open]", {"kind": "open"}, {"kind": "inner"}),
        ("field: lesson.pupils, at_least: 30", {"pupils": 30}, {"pupils": 29}),
        ("field: lesson.pupils, at_most: 30", {"pupils": 30}, {"pupils": 31}),
    ],
)
def test_a_fact_compares(rule: str, fitting: dict[str, object], other: dict[str, object]) -> None:
    """Each comparison lets pass what fits; its filer is asked to change what does not."""
    guards = f"- filed: {{record: lesson}}\n- field: {{{rule}}}\n"
    stage = Stage(one_step(PLACE, guards)).open()
    stage.file(SONG, "lesson", **other)
    unfit = stage.verdict("field")

    stage.file(SONG, "lesson", **fitting)

    assert (unfit.met, unfit.code, unfit.never) == (False, "missing", False)
    assert [(r.do, r.who) for r in unfit.remedies] == [("file:lesson", (SONG,))]
    assert stage.verdict("field").met


def test_an_unfiled_fact_waits_for_its_record() -> None:
    """A comparison with nothing answers `after` the record, and its filing is the task."""
    stage = Stage(one_step(PLACE, "- field: {field: lesson.kind, is: open}")).open()

    verdict = stage.verdict("field")

    assert (verdict.code, verdict.after, verdict.remedies) == ("not_yet_known", "lesson", ())
    assert stage.todo() == {SONG: {"file:lesson"}}


def test_what_was_said_at_opening_can_never_change() -> None:
    """A comparison with the subject is met or never will be."""
    rules = """
    subject:
      kind: {type: choice, required: true, title: 类型, options: {open: 公开, inner: 组内}}
    records:
      note: {title: 意见, by: member, form: {text: {type: text, title: 意见}}}
    states: {work: 进行, done: {title: 完成, final: true}}
    transitions:
      finish: {title: 完成, from: work, to: done, by: chair, guards: [filed: {record: note}]}
      show:
        title: 展示
        from: work
        to: done
        by: chair
        guards: [{field: {field: subject.kind, is: open}}]
    """
    inner = Stage(small(rules)).open(subject={"kind": "inner"})
    shown = Stage(small(rules)).open(subject={"kind": "open"})

    verdict = inner.verdict("field", "show")

    assert (verdict.code, verdict.never, verdict.remedies) == ("field_differs", True, ())
    assert "decide" not in inner.todo()[MA]
    assert shown.verdict("field", "show").met


def test_a_planned_day_is_waited_for() -> None:
    """`not_before` waits until the day comes, and nobody is asked for anything meanwhile."""
    guards = "- filed: {record: lesson}\n- not_before: {field: lesson.date}"
    stage = Stage(one_step(PLACE, guards)).open()
    unknown = stage.verdict("not_before")
    day = TODAY + timedelta(days=2)
    stage.file(SONG, "lesson", date=day.isoformat())

    ahead = stage.verdict("not_before")
    tasks = stage.todo()

    assert (unknown.code, unknown.after) == ("not_yet_known", "lesson")
    assert (ahead.code, ahead.waits_until, ahead.remedies) == ("date_ahead", day, ())
    assert tasks == {}
    assert stage.later(2).verdict("not_before").met
    assert stage.todo() == {SONG: {"decide"}}


ROUNDS = """
rounds: {min: 2, max: 3}
records:
  session:
    title: 上课安排
    by: chair
    one_per: [round]
    form: {class: {type: class, required: true, title: 班级}}
states: {work: 进行, done: {title: 完成, final: true}}
transitions:
  again:
    title: 再来
    from: work
    to: work
    round: next
    by: chair
    guards:
      - filed: {record: session}
      - distinct: {field: session.class}
        waivable_by: school.deputy
  finish:
    title: 完成
    from: work
    to: done
    by: chair
    guards: [{filed: {record: session}}, {rounds: {at_least: min}}]
"""


def test_a_fact_differs_from_every_earlier_round() -> None:
    """`distinct` compares with all rounds before, not only the last; its filer changes it."""
    stage = Stage(small(ROUNDS)).open()
    for name in ("六(1)班", "六(2)班"):
        stage.file(SONG, "session", **{"class": name})
        stage.go(SONG, "again")
    unknown = stage.verdict("distinct", "again")

    stage.file(SONG, "session", **{"class": "六(1)班"})
    same = stage.verdict("distinct", "again")
    stage.file(SONG, "session", **{"class": "六(3)班"})

    assert (unknown.code, unknown.after) == ("not_yet_known", "session")
    assert [(r.do, r.who) for r in same.remedies] == [("file:session", (SONG,))]
    assert same.waivable_by == (DEPUTY,)
    assert stage.verdict("distinct", "again").met


def test_only_the_current_filing_of_an_earlier_round_is_compared_with() -> None:
    """A class that was put right before the lesson was never taught."""
    stage = Stage(small(ROUNDS)).open()
    stage.file(SONG, "session", **{"class": "六(1)班"})
    stage.file(SONG, "session", **{"class": "六(2)班"})
    stage.go(SONG, "again")

    stage.file(SONG, "session", **{"class": "六(1)班"})

    assert stage.verdict("distinct", "again").met


def test_a_round_too_early_is_never_met_in_this_visit() -> None:
    """`rounds` has no remedy: before its number the way is closed, and no task of it is left."""
    stage = Stage(small(ROUNDS)).open()
    stage.file(SONG, "session", **{"class": "六(1)班"})

    first = stage.verdict("rounds")
    ways = stage.task(SONG, "decide").transitions
    stage.go(SONG, "again")

    assert (first.met, first.never, first.code, first.remedies) == (False, True, "round_min", ())
    assert dict(first.data) == {"min": 2, "now": 1}
    assert ways == ("again",)
    assert stage.verdict("rounds").met


def test_no_waiver_opens_a_round_too_many() -> None:
    """`round: next` carries a guard of its own that nobody can waive."""
    stage = Stage(small(ROUNDS)).open()
    for number in (1, 2, 3):
        stage.file(SONG, "session", **{"class": f"六({number})班"})
        if number < 3:
            stage.go(SONG, "again")

    last = stage.verdict("max_rounds", "again")

    assert (last.met, last.never, last.code, last.waivable_by) == (False, True, "round_max", ())
    assert dict(last.data) == {"max": 3}
    assert [HE in stage.todo(), LIU in stage.todo()] == [False, False]
    assert stage.task(SONG, "decide").transitions == ("finish",)
