"""Sentences made from codes and data, with a real workflow's titles."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cycles.engine.verdicts import Remedy, Task, Verdict
from cycles.errors import (
    BlockedError,
    FieldFault,
    InvalidInputError,
    NotAllowedError,
    StoreError,
    WrongStateError,
)
from cycles.workflow.loading import load
from cycles_api.problems import problem_of
from cycles_api.wording import Speaker, language_of

WORKFLOW = Path(__file__).parents[3] / "workflows" / "lesson-study.yaml"
NAMES = {"p_li": "李芳", "p_wang": "王强"}


@pytest.fixture(scope="module")
def zh() -> Speaker:
    """Speaks Chinese about the shipped lesson study."""
    version = load(WORKFLOW.read_text(encoding="utf-8"), WORKFLOW.name)
    return Speaker("zh", version, lambda p: NAMES.get(p, p))


@pytest.fixture(scope="module")
def en(zh: Speaker) -> Speaker:
    """Speaks English about it."""
    return Speaker("en", zh.version, lambda p: NAMES.get(p, p))


def test_what_is_missing_is_said_with_numbers(zh: Speaker) -> None:
    """A quorum tells how many are in and how many are needed, by the record's own title."""
    data = {"record": "three_ones", "have": 2, "need": 4, "of": 5}
    verdict = Verdict(guard="three_ones", kind="filed", met=False, code="quorum_missing", data=data)

    said = zh.verdict(verdict)

    assert said == "还差：“三个一”已交 2 份，要 4 份。"


def test_what_comes_first_is_said_first(zh: Speaker) -> None:
    """A guard that waits for a record names that record, not its own."""
    verdict = Verdict(
        guard="observations", kind="filed", met=False, code="quorum_missing", after="attendance"
    )

    said = zh.verdict(verdict)

    assert said == "先要有“签到”。"


def test_who_can_clear_it_is_named(zh: Speaker, en: Speaker) -> None:
    """A remedy says who may do what; one of several is told from each of them."""
    remedy = Remedy(do="file:minutes", who=("p_li", "p_wang"), mode="any_of")

    said = zh.remedy(remedy), en.remedy(remedy)

    assert said == ("李芳、王强中的一位：交“活动记录”。", "One of 李芳, 王强: “Minutes”.")


def test_many_names_are_counted(zh: Speaker) -> None:
    """A row of forty names says nothing; six and a number do."""
    said = zh.people([f"p{n}" for n in range(40)])

    assert said.endswith("等 40 人")


@pytest.mark.parametrize(
    ("task", "sentence"),
    [
        (Task(person="p_li", do="file:reflection"), "请交“说反思”。"),
        (
            Task(person="p_li", do="answer:three_ones", items=("1", "2")),
            "请答复“三个一”里的 2 条意见。",
        ),
        (
            Task(person="p_li", do="decide", transitions=("teach_again", "study_again")),
            "请决定下一步：再上一次、再研讨一轮。",
        ),
        (
            Task(person="p_li", do="file:lesson_plan", one_of=("finish", "teach_again")),
            "请交“教案”（几条路选一条）。",
        ),
    ],
)
def test_the_next_step_is_one_sentence(zh: Speaker, task: Task, sentence: str) -> None:
    """A teacher reads one sentence in the words of the school."""
    said = zh.task(task)

    assert said == sentence


def test_a_fault_begins_with_the_title_of_its_field(zh: Speaker) -> None:
    """Whoever filled in a form is told by the field's own title."""
    fault = FieldFault(field="fields.why", code="required", data={})

    said = zh.fault(fault, "proposal")

    assert said == "“为什么上这节课”：这一项必须填。"


def test_a_date_ahead_names_the_day(en: Speaker) -> None:
    """Who waits is told until when."""
    verdict = Verdict(
        guard="day",
        kind="not_before",
        met=False,
        code="date_ahead",
        data={"date": "2026-05-11"},
        waits_until=date(2026, 5, 11),
    )

    said = en.verdict(verdict)

    assert said == "Not before Monday 11 May."


def test_an_unknown_value_leaves_a_gap_and_no_exception(zh: Speaker) -> None:
    """A sentence whose data lacks something is still a sentence."""
    verdict = Verdict(guard="x", kind="filed", met=False, code="quorum_missing", data={})

    said = zh.verdict(verdict)

    assert said == "还差：“…”已交 … 份，要 … 份。"


def test_braces_of_a_title_are_no_template(zh: Speaker) -> None:
    """What people typed is shown as it is, never read as a template."""
    said = zh.error(NotAllowedError("no", data={"who": ["{0.__class__}"]}))

    assert "{0.__class__}" in said


def test_a_blocked_problem_carries_the_verdicts_and_what_is_possible(zh: Speaker) -> None:
    """The refusal tells the same verdict that `transitions` shows, and the way out."""
    remedy = Remedy(do="file:minutes", who=("p_li",), mode="any_of")
    verdict = Verdict(
        guard="minutes",
        kind="filed",
        met=False,
        code="missing",
        data={"do": "file:minutes", "needed": 1},
        remedies=(remedy,),
        waivable_by=("p_wang",),
    )
    error = BlockedError("no", verdicts=[verdict], possible=["file:minutes"])

    problem = problem_of(error, zh)

    assert problem["type"] == "/problems/blocked"
    assert problem["status"] == 409
    assert problem["possible"] == ["file:minutes"]
    assert problem["verdicts"][0]["sentence"] == "还差：交“活动记录”。"
    assert problem["verdicts"][0]["remedies"][0]["sentence"] == "李芳：交“活动记录”。"
    assert problem["detail"].endswith("现在可以：交“活动记录”。还差：交“活动记录”。")


def test_a_wrong_step_is_told_by_titles(zh: Speaker) -> None:
    """The step and the state are called as people call them."""
    error = WrongStateError("no", data={"transition": "archive", "state": "draft"})

    problem = problem_of(error, zh)

    assert "“归档”不能从“报课”开始。" in problem["detail"]


def test_the_inside_stays_inside(zh: Speaker) -> None:
    """What the database said is not told to people outside."""
    problem = problem_of(StoreError("disk /dev/sda1 secret"), zh)

    assert problem["status"] == 503
    assert "secret" not in str(problem)


def test_every_fault_is_told(en: Speaker) -> None:
    """All faults come at once, each with its sentence."""
    faults = [FieldFault(field=f"fields.{n}", code="required", data={}) for n in ("a", "b")]

    problem = problem_of(InvalidInputError(faults), en)

    assert [f["field"] for f in problem["fields"]] == ["fields.a", "fields.b"]
    assert problem["fields"][0]["sentence"] == "a: This is needed."


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("zh-CN,en;q=0.9", "zh"),
        ("en;q=0.1,zh;q=0.9", "zh"),
        ("de,en;q=0.5", "en"),
        ("en;q=nonsense", "zh"),
        ("en;q=0", "zh"),
        (";;,,;q=,en", "en"),
    ],
)
def test_the_header_chooses_the_language(header: str | None, language: str) -> None:
    """Chinese unless English is wanted more; nonsense is no reason to fail."""
    assert language_of(header) == language


def test_a_choice_of_fields_is_named_by_their_titles(zh: Speaker, en: Speaker) -> None:
    """Whoever left both of two fields empty reads what they are called on the form."""
    fault = FieldFault(field="fields.text", code="needs_any", data={"any_of": ["text", "document"]})

    assert "教案、教案文件" in zh.fault(fault, "lesson_plan")
    assert "Plan, Plan as a file" in en.fault(fault, "lesson_plan")


def test_another_round_is_named(zh: Speaker, en: Speaker) -> None:
    """The condition that `round: next` brings with it says what it is about."""
    assert zh.guard("max_rounds") == "还可以再来一轮"
    assert en.guard("max_rounds") == "one more round is possible"
