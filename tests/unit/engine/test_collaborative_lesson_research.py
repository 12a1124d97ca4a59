"""Collaborative lesson research runs from its theme to the shared results, lesson taught once."""

from cycles.engine.commands import Advance, File, Merge, Open, Reveal, Sign
from cycles.errors import BlockedError, InvalidInputError, WrongStateError
from tests.unit.engine.stage import DEPUTY, GUO, HE, LIU, MA, SONG, ZONE, Stage, shipped

SUBJECT = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}
PROPOSAL = {
    "kyouzai_kenkyuu": "比较三个版本的教材",
    "flow": "猜想,剪拼,推导",
    "anticipated_responses": "数方格;剪拼成长方形",
    "points_to_notice": "学生怎样解释转化",
}


def planned() -> Stage:
    """Approved, and the proposal is written."""
    stage = Stage(shipped("collaborative-lesson-research"))
    stage.open(by=SONG, roles={"teacher": (LIU,), "expert": (GUO,)}, subject=SUBJECT)
    stage.file(LIU, "research_theme", theme="敢于提问的学生", question="学生怎样想到转化")
    stage.go(SONG, "approve").file(MA, "planning_note", note="先让学生猜")
    stage.file(MA, "research_proposal", **PROPOSAL)
    return stage


def taught() -> Stage:
    """The research lesson has been given and watched; the teacher is to speak."""
    stage = planned()
    stage.send(GUO, Sign(record="research_proposal"))
    stage.file(SONG, "session", date="2026-10-13", period=3, **{"class": "六(1)班"})
    stage.go(SONG, "finish_planning").later()
    codes = dict.fromkeys((SONG, MA, HE, GUO), "present")
    stage.file(SONG, "attendance", people=codes)
    for person in (MA, HE, GUO):
        notes = [{"at": "08:05", "text": "四组在数方格"}]
        stage.file(person, "observation", notes=notes, seats="3-2")
    return stage


def test_it_runs_from_the_theme_to_the_shared_results() -> None:
    """Each step asks the right people, and the knowledgeable other has the last word."""
    stage = taught()
    assert (stage.now.state, stage.todo()) == ("teacher_comment", {LIU: {"file:teacher_comment"}})
    stage.file(LIU, "teacher_comment", text="剪拼比预想的慢")
    learnt = {"evidence": "两组没有剪", "learnt": ["要先估一估"]}
    for person in (MA, HE):
        stage.file(person, "discussion_point", **learnt)
    stage.send(SONG, Reveal(record="discussion_point"))
    one, two = stage.points()
    stage.send(SONG, Merge(points=(two,), into=one))
    stage.file(HE, "minutes", agreed="估一估放在剪拼之前")
    stage.go(SONG, "finish_discussion")
    assert stage.todo() == {GUO: {"file:final_comment"}}
    stage.file(GUO, "final_comment", text="转化要有需要")
    stage.answer(one)
    stage.file(
        HE, "results",
        learnt="估算引出转化的需要", shared_with="cluster", shared_on="2026-10-13",
        address="https://school.example/results",
    )  # fmt: skip
    assert stage.todo() == {DEPUTY: {"decide"}, "p_head": {"decide"}}

    stage.go(DEPUTY, "finish")

    assert (stage.now.state, stage.now.round) == ("finished", 1)
    assert stage.replayed() == stage.now
    assert stage.now.points[two].merged_into == one


def test_it_is_not_opened_without_a_knowledgeable_other() -> None:
    """The expert is a part of it and must be named."""
    stage = Stage(shipped("collaborative-lesson-research"))

    command = Open(cycle="c1", group="g1", zone=ZONE, subject=SUBJECT, roles={"teacher": (LIU,)})
    refused = stage.refuse(InvalidInputError, SONG, command)

    assert [(f.field, f.code) for f in refused.faults] == [("roles.expert", "choose")]


def test_the_expert_reads_the_very_version_that_is_taught() -> None:
    """A proposal that changes after it was signed is signed anew."""
    stage = planned()
    stage.send(GUO, Sign(record="research_proposal"))
    stage.file(SONG, "session", date="2026-10-13", period=3, **{"class": "六(1)班"})
    stage.file(HE, "research_proposal", **{**PROPOSAL, "flow": "先猜后剪"})

    refusal = stage.refuse(BlockedError, SONG, Advance(transition="finish_planning"))

    assert [v.guard for v in refusal.verdicts] == ["consent"]
    assert stage.todo() == {GUO: {"sign:research_proposal"}}


def test_nothing_is_noted_before_the_lesson_day() -> None:
    """The roll and the observations wait for the day."""
    stage = planned()
    stage.send(GUO, Sign(record="research_proposal"))
    stage.file(SONG, "session", date="2026-10-13", period=3, **{"class": "六(1)班"})
    stage.go(SONG, "finish_planning")

    early = File(record="observation", fields={"on_paper": True})
    refusal = stage.refuse(WrongStateError, MA, early)

    assert refusal.data == {"waits_until": "2026-10-13"}
    assert stage.todo() == {}


def test_a_proposal_after_the_lesson_is_none() -> None:
    """What is written when the lesson is over is refused."""
    stage = taught()

    refusal = stage.refuse(WrongStateError, MA, File(record="research_proposal", fields=PROPOSAL))

    assert refusal.data["late"] is True


def test_results_are_shared_before_it_ends() -> None:
    """A place where they can be found is asked for: a file or an address."""
    stage = taught()
    stage.file(LIU, "teacher_comment", text="慢")
    stage.waive(DEPUTY, "points").file(SONG, "minutes", agreed="无")
    stage.go(SONG, "finish_discussion").file(GUO, "final_comment", text="好")

    shared = {"learnt": "转化", "shared_with": "school", "shared_on": "2026-10-13"}
    fault = stage.refuse(InvalidInputError, HE, File(record="results", fields=shared)).faults[0]

    assert (fault.code, fault.data) == ("needs_any", {"any_of": ["document", "address"]})
