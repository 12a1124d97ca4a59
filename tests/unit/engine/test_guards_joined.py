"""`after`, `any`, `not` and guards that fail: how verdicts are put together."""

import pytest

from cycles.engine.commands import Advance
from cycles.engine.guards import judging
from cycles.errors import BlockedError
from tests.unit.engine.stage import DEPUTY, HE, LIU, MA, SONG, Stage, one_step, small

TWO = """
plan:
  title: 教案
  by: author
  one_per: []
  form: {text: {type: text, required: true, title: 教案}}
note:
  title: 意见
  by: member
  one_per: [person]
  form: {text: {type: text, required: true, title: 意见}}
"""


@pytest.mark.parametrize("plan_first", [True, False])
def test_a_guard_after_another_asks_nobody_until_that_one_is_met(plan_first: bool) -> None:
    """`after` holds the task back, wherever in the list the other guard stands."""
    guards = ["- filed: {record: plan}\n  id: plan", "- filed: {record: note}\n  after: plan"]
    text = "\n".join(guards if plan_first else guards[::-1])
    stage = Stage(one_step(TWO, text)).open()
    held = stage.verdict("filed")
    first = stage.todo()

    stage.file(LIU, "plan", text="第一版")

    assert (held.met, held.after, held.remedies) == (False, "plan", ())
    assert first == {LIU: {"file:plan"}}
    assert stage.verdict("filed").after is None
    assert stage.todo() == {MA: {"file:note"}, HE: {"file:note"}}


def test_a_waived_guard_is_not_waited_for() -> None:
    """What comes after a waived guard comes at once."""
    guards = """
    - filed: {record: plan}
      id: plan
      waivable_by: school.deputy
    - filed: {record: note}
      after: plan
    """
    stage = Stage(one_step(TWO, guards)).open()

    stage.waive(DEPUTY, "plan")

    assert stage.todo() == {MA: {"file:note"}, HE: {"file:note"}}


def either(guard: str) -> Stage:
    """A cycle of up to two rounds whose end stands under this guard, called `either`."""
    rules = """
rounds: {min: 1, max: 2}
records:
  plan:
    title: 教案
    by: author
    one_per: []
    file_in: [work]
    form: {text: {type: text, required: true, title: 教案}}
states: {work: 进行, done: {title: 完成, final: true}}
transitions:
  again: {title: 再来, from: work, to: work, round: next, by: chair}
  stop: {title: 不上了, from: work, to: done, by: author}
  finish:
    title: 完成
    from: work
    to: done
    by: chair
    guards:
      - id: either
        GUARD
"""
    return Stage(small(rules.replace("GUARD", guard))).open()


PLAN_OR_SECOND_ROUND = "any: [{filed: {record: plan}, id: plan}, {rounds: {at_least: 2}}]"
FIRST_ROUND_NEVER = "any: [{rounds: {at_least: 2}}, {not: {rounds: {at_least: 1}, id: one}}]"


def test_any_is_met_by_one_branch_and_drops_those_that_never_will() -> None:
    """A closed branch asks for nothing; the one that is left does."""
    stage = either(PLAN_OR_SECOND_ROUND)

    verdict = stage.verdict("either")

    assert (verdict.code, dict(verdict.data)) == ("none_met", {"branches": ["plan"]})
    assert [(r.do, r.who) for r in verdict.remedies] == [("file:plan", (LIU,))]
    stage.go(SONG, "again")
    assert stage.verdict("either").met


def test_any_is_never_met_if_no_branch_can_be() -> None:
    """With all branches closed the way is closed in this visit."""
    verdict = either(FIRST_ROUND_NEVER).verdict("either")

    assert (verdict.met, verdict.never, verdict.code) == (False, True, "none_possible")
    assert verdict.remedies == ()


def test_not_is_the_contrary_of_a_guard_without_remedies() -> None:
    """`not` over a round that has come closes the way for this visit."""
    stage = either("not: {rounds: {at_least: 2}}")
    first = stage.verdict("either")

    stage.go(SONG, "again")

    second = stage.verdict("either")
    assert first.met
    assert (second.met, second.never, second.code) == (False, True, "must_not")


def test_a_guard_that_fails_blocks_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error inside a guard never lets pass; the verdict names its kind only."""
    stage = Stage(one_step(TWO, "- filed: {record: plan}\n- filed: {record: note}\n  id: note"))
    stage.open()

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(judging._KINDS, "filed", broken)

    refusal = stage.refuse(BlockedError, SONG, Advance(transition="finish"))

    assert {v.code for v in refusal.verdicts} == {"guard_error"}
    assert refusal.verdicts[0].data == {"error": "ZeroDivisionError"}
