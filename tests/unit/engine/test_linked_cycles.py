"""Cycles that wait for others: a visit for the one that follows it up, a plan for its parts."""

from dataclasses import replace
from typing import Any

import pytest

from cycles.canonical import canonical_bytes, sha256_b64
from cycles.engine.commands import Advance, File
from cycles.engine.surroundings import LinkedCycle
from cycles.engine.tasks import waiting
from cycles.errors import BlockedError, InvalidInputError
from tests.unit.engine.stage import DEPUTY, HE, LIU, MA, SONG, Stage, shipped, small


def later_visit(**changed: Any) -> LinkedCycle:
    """A visit that names the one at hand as the one it follows up."""
    usual: dict[str, Any] = {
        "id": "c2", "workflow": "classroom-visit", "link": "answers", "incoming": True,
        "state": "visit", "revision": 4, "leaf": "leaf-4", "people": (DEPUTY, LIU),
    }  # fmt: skip
    return LinkedCycle(**{**usual, **changed})


def in_recheck() -> Stage:
    """A visit with one adopted improvement, in its recheck, which nobody has looked for."""
    stage = Stage(shipped("classroom-visit")).open(
        by=DEPUTY, roles={"teacher": (LIU,)}, subject={"kind": "tracking"}
    )
    note = {"date": "2026-10-12", "period": 2, "on_paper": True, "class": "六(1)班"}
    stage.send(DEPUTY, File(record="visit_note", fields=note))
    stage.file(DEPUTY, "feedback", strengths="好", issues=[{"issue": "提问太多"}])
    stage.file(LIU, "acknowledgement", read=True)
    stage.answer(stage.points()[0])
    return stage.go(DEPUTY, "ask_recheck")


def test_a_visit_is_closed_by_looking_or_by_a_later_visit() -> None:
    """Either branch of `any` will do: the visitor says seen, or another visit was closed."""
    looked, followed = in_recheck(), in_recheck()
    looked.verify(DEPUTY, looked.points()[0])

    followed.link(later_visit(state="closed"))

    assert looked.go(DEPUTY, "close").now.state == "closed"
    assert followed.go(DEPUTY, "close").now.state == "closed"


def test_an_earlier_visit_waits_for_the_later() -> None:
    """While the later visit runs, it is told what is waited for, and what can be done besides."""
    stage = in_recheck().link(later_visit())

    verdict = stage.verdict("rechecked", "close")

    assert verdict.waits_for == ("c2",)
    assert {r.do for r in verdict.remedies} == {"verify:feedback"}
    assert waiting(stage.people).cycles == ("c2",)
    stage.refuse(BlockedError, DEPUTY, Advance(transition="close"))


@pytest.mark.parametrize(
    "changed",
    [
        {"incoming": False},
        {"link": "follows"},
        {"workflow": "lesson-study"},
        {"state": "cancelled"},
    ],
)
def test_only_cycles_that_are_linked_as_the_file_says_count(changed: dict[str, Any]) -> None:
    """Another link, direction, workflow or state closes nothing."""
    stage = in_recheck().link(later_visit(**{"state": "closed", **changed}))

    assert not stage.verdict("rechecked", "close").met


def test_what_the_guard_saw_of_other_cycles_is_witnessed_in_the_log() -> None:
    """The entry holds how many there were and the digest of where they stood."""
    stage = in_recheck().link(later_visit(state="closed"))

    stage.go(DEPUTY, "close")

    seen = [["cycle:c2", 4, "leaf-4"]]
    assert stage.log[-1].data == {"saw": {"rechecked": [1, sha256_b64(canonical_bytes(seen))]}}
    assert stage.replayed() == stage.now


PLAN = """
records:
  plan:
    title: 计划
    by: chair
    one_per: []
    form:
      text: {type: text, required: true, title: 内容}
      basis: {type: cycle, workflow: lesson-study, title: 依据哪次研讨}
states: {work: 进行, done: {title: 完成, final: true}}
transitions:
  finish:
    title: 完成
    from: work
    to: done
    by: chair
    guards:
      - filed: {record: plan}
      - linked: GUARD
"""


def plan(rule: str) -> Stage:
    """A plan of the group with its text, whose end waits for other cycles."""
    stage = Stage(small(PLAN.replace("GUARD", rule))).open()
    stage.file(SONG, "plan", text="每人一节课")
    return stage


def part(number: int, state: str, *people: str, item: str | None = None) -> LinkedCycle:
    """A lesson study that names the plan."""
    return LinkedCycle(
        id=f"l{number}", workflow="lesson-study", link="plan", incoming=True, state=state,
        revision=1, leaf=f"leaf-{number}", people=people, item=item,
    )  # fmt: skip


def test_a_plan_waits_for_so_many_of_its_parts() -> None:
    """Too few are told, with who may open another, and which of those there are still run."""
    stage = plan("{link: plan, of: lesson-study, at_least: 2, in: [archived]}")
    none = stage.verdict("linked")
    stage.link(part(1, "archived"), part(2, "observe"))

    half = stage.verdict("linked")
    stage.link(part(1, "archived"), part(2, "archived"))

    assert [(r.do, r.who) for r in none.remedies] == [("open:plan", (SONG,))]
    assert dict(half.data) == {"link": "plan", "in": ["archived"], "have": 1, "need": 2}
    assert (half.code, half.remedies, half.waits_for) == ("waits_for_cycles", (), ("l2",))
    assert stage.verdict("linked").met


def test_a_plan_may_wait_for_all_there_are() -> None:
    """Each of them stands where it should, or is waited for."""
    stage = plan("{link: plan, of: lesson-study, all: true, in: [archived, cancelled]}")
    stage.link(part(1, "archived"), part(2, "revise"), part(3, "cancelled"))

    verdict = stage.verdict("linked")
    stage.link(part(1, "archived"), part(2, "archived"), part(3, "cancelled"))

    assert verdict.waits_for == ("l2",)
    assert stage.verdict("linked").met


def test_a_plan_without_a_single_part_is_not_done() -> None:
    """`all` of the cycles that belong to it asks for one at least, and who may open it."""
    stage = plan("{link: plan, of: lesson-study, all: true, in: [archived]}")

    verdict = stage.verdict("linked")

    assert (verdict.met, verdict.data["need"]) == (False, 1)
    assert [(r.do, r.who) for r in verdict.remedies] == [("open:plan", (SONG,))]


def test_who_belongs_to_no_other_waits_for_none() -> None:
    """`all` of the cycles that it names is met where it names none."""
    stage = plan("{link: basis, all: true, in: [archived]}")

    assert stage.verdict("linked").met
    assert stage.go(SONG, "finish").now.state == "done"


def test_a_plan_may_wait_for_one_of_each_person() -> None:
    """Who has not had a lesson is asked to open one; who is in the middle is waited for."""
    stage = plan("{link: plan, of: lesson-study, at_least: 1, in: [archived], per: member}")
    stage.link(part(1, "revise", MA, LIU))

    verdict = stage.verdict("linked")
    stage.link(part(1, "archived", MA, LIU), part(2, "archived", HE))

    assert [(r.do, r.who) for r in verdict.remedies] == [("open:plan", (HE,))]
    assert verdict.waits_for == ("l1",)
    assert stage.verdict("linked").met


def test_a_task_asks_to_open_what_is_missing() -> None:
    """`open:` is a task like any other."""
    stage = plan("{link: plan, of: lesson-study, at_least: 1, in: [archived], per: member}")

    assert stage.todo() == {MA: {"open:plan"}, HE: {"open:plan"}}


def test_a_cycle_may_wait_for_the_one_it_names() -> None:
    """Without `of` the guard looks at what the field names; that link stands in the log."""
    stage = Stage(small(PLAN.replace("GUARD", "{link: basis, at_least: 1, in: [archived]}"))).open()
    basis = replace(part(7, "revise"), link="basis", incoming=False)
    stage.link(basis)
    stage.file(SONG, "plan", text="接着上次", basis="l7")

    waits = stage.verdict("linked").waits_for
    stage.link(replace(basis, state="archived"))

    assert stage.log[-1].data["facts"] == {"basis": "l7"}
    assert waits == ("l7",)
    assert stage.go(SONG, "finish").now.state == "done"


@pytest.mark.parametrize("changed", [{"id": "l8"}, {"workflow": "classroom-visit"}])
def test_a_link_to_no_cycle_or_a_wrong_one_is_refused(changed: dict[str, Any]) -> None:
    """The field says which workflows it may name."""
    stage = Stage(small(PLAN.replace("GUARD", "{link: basis, at_least: 1, in: [archived]}"))).open()
    stage.link(replace(part(7, "revise"), link="basis", incoming=False, **changed))

    command = File(record="plan", fields={"text": "接着上次", "basis": "l7"})
    fault = stage.refuse(InvalidInputError, SONG, command).faults[0]

    assert (fault.field, fault.code) == ("fields.basis", "unknown_cycle")
    assert fault.data == {"workflow": ["lesson-study"]}


def test_people_of_a_linked_cycle_may_be_meant() -> None:
    """`linked.<link>.<role>` names those who hold the role there."""
    text = PLAN.replace("GUARD", "{link: basis, at_least: 1, in: [archived]}").replace(
        "to: done\n    by: chair", "to: done\n    by: linked.basis.teacher"
    )
    stage = Stage(small(text)).open()
    there = replace(part(7, "archived"), link="basis", incoming=False, roles={"teacher": (HE,)})
    stage.link(there).file(SONG, "plan", text="接着上次", basis="l7")

    assert stage.todo() == {HE: {"decide"}}
    assert stage.go(HE, "finish").now.state == "done"
