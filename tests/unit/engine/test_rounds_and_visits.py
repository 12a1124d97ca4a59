"""Rounds, visits, and transitions that move by themselves, aside or with a reason."""

import pytest

from cycles.engine.commands import Advance
from cycles.errors import InvalidInputError, NotAllowedError, WrongStateError
from tests.unit.engine.remarks import Remarks
from tests.unit.engine.stage import (
    BAI,
    DEPUTY,
    HE,
    LIU,
    MA,
    SONG,
    Stage,
    small,
)


def test_rounds_count_from_one_and_each_visit_is_numbered() -> None:
    """A visit is one stay in a state; a round is one pass of the loop."""
    stage = Remarks().revise()
    for point in stage.points():
        stage.answer(point)

    stage.go(SONG, "again").talk()

    assert [(v.number, v.state, v.round) for v in stage.now.visits] == [
        (1, "work", 1),
        (2, "talk", 1),
        (3, "revise", 1),
        (4, "work", 2),
        (5, "talk", 2),
    ]
    assert [v.seq for v in stage.now.visits] == sorted({v.seq for v in stage.now.visits})


def test_a_new_round_starts_with_nothing_filed() -> None:
    """What was said in round 1 counts for nothing that round 2 asks."""
    stage = Remarks().revise()
    for point in stage.points():
        stage.answer(point)
    stage.go(SONG, "again").talk()

    assert stage.verdict("filed", "talked").data["have"] == 0
    assert stage.people.binding("remarks") == ()
    assert len(stage.people.binding("remarks", 1)) == 2


def test_a_way_that_does_not_start_here_is_refused_with_those_that_do() -> None:
    """Wrong state says what is possible instead, to the very person."""
    stage = Remarks()

    chair = stage.refuse(WrongStateError, SONG, Advance(transition="talked"))
    member = stage.refuse(WrongStateError, MA, Advance(transition="no_such_way"))

    assert chair.data == {"transition": "talked", "state": "work"}
    assert chair.possible == ("taught",)
    assert member.possible == ()


def test_a_way_is_fired_by_those_whose_it_is() -> None:
    """Others are told who may; who is excused may not today."""
    stage = Remarks()

    refusal = stage.refuse(NotAllowedError, MA, Advance(transition="taught"))
    stage.excuse(SONG)
    away = stage.refuse(NotAllowedError, SONG, Advance(transition="taught"))

    assert refusal.data == {"who": [SONG]}
    assert away.data == {"who": [DEPUTY]}
    assert stage.go(DEPUTY, "taught").now.state == "talk"


def test_a_reason_is_asked_where_the_file_says_so() -> None:
    """`reason: true` takes no empty reason; it stands in the payload alone."""
    stage = Remarks().talk()

    fault = stage.refuse(InvalidInputError, SONG, Advance(transition="back", reason=" ")).faults[0]
    stage.go(SONG, "back", "设备坏了")

    assert (fault.field, fault.code) == ("reason", "required")
    assert stage.last is not None
    assert stage.last.payload == {"reason": "设备坏了"}
    assert dict(stage.log[-1].data) == {}


def test_a_side_way_is_offered_and_is_nobodys_task() -> None:
    """`side` is allowed and explained; it makes no task and opens no choice."""
    stage = Remarks().talk()

    offer = stage.offer("back")

    assert (offer.allowed, offer.side, offer.reason) == (True, True, True)
    assert all("back" not in task.transitions for task in stage.tasks())
    assert "decide" not in stage.todo().get(SONG, set())


def test_one_way_may_start_from_several_states() -> None:
    """`back` leads to the lesson from the talk and from the revision."""
    for stage in (Remarks().talk(), Remarks().revise()):
        assert stage.go(SONG, "back", "重来").now.state == "work"


def moving(guards: str) -> Stage:
    """A cycle that ends by itself once the guards are met."""
    rules = f"""
    records:
      note:
        title: 意见
        by: [member, author]
        one_per: [person]
        form: {{text: {{type: text, required: true, title: 意见}}}}
    states: {{work: 进行, more: 继续, done: {{title: 完成, final: true}}}}
    transitions:
      finish:
        title: 完成
        from: work
        to: more
        by: chair
        auto: true
        guards: [{guards}]
      end:
        title: 结束
        from: more
        to: done
        by: chair
        auto: true
        guards: [{{filed: {{record: note}}}}]
    """
    return Stage(small(rules)).open()


def test_the_filing_that_meets_the_last_guard_carries_the_way_in_its_entry() -> None:
    """`auto` needs no press: one entry files and moves, in the name of who filed."""
    stage = moving("{filed: {record: note}}")

    stage.file(MA, "note", text="先剪")

    entry = stage.log[-1]
    assert (entry.act, entry.fired, entry.actor) == ("file", "finish", MA)
    assert (entry.from_, entry.to) == ("work", "more")
    assert entry.guards == {"finish.filed": "met"}


def test_one_entry_moves_one_hop() -> None:
    """The next way may be open too: somebody is asked to decide, nothing runs on."""
    stage = moving("{filed: {record: note}}")

    stage.file(MA, "note", text="先剪")

    assert stage.now.state == "more"
    assert stage.todo() == {SONG: {"decide"}}
    assert stage.go(SONG, "end").now.state == "done"


def test_a_change_of_roles_may_carry_it() -> None:
    """Ma, who has filed already, becomes the author from whom a note was wanted."""
    stage = moving("{filed: {record: note, by: author, at_least: 1}}")
    stage.file(MA, "note", text="先剪")
    assert stage.now.state == "work"

    stage.reassign("author", LIU, MA)

    assert (stage.log[-1].act, stage.log[-1].fired) == ("reassign", "finish")


def test_an_answer_may_carry_it() -> None:
    """The last answer moves on by itself where the file says so."""
    rules = """
    records:
      remark:
        title: 意见
        by: member
        about: author
        form: {weak: {type: points, min: 1, title: 不足}}
    states: {work: 评课, fix: 修改, done: {title: 完成, final: true}}
    transitions:
      begin: {title: 开始, from: work, to: fix, by: chair, guards: [filed: {record: remark}]}
      finish:
        title: 完成
        from: fix
        to: done
        by: chair
        auto: true
        guards: [answered: {points: remark}]
    """
    stage = Stage(small(rules)).open()
    stage.file(MA, "remark", weak=["提问太多", "板书太快"])
    one, two = stage.go(SONG, "begin").points()
    stage.answer(one)
    assert stage.now.state == "fix"

    stage.answer(two)

    assert (stage.log[-1].act, stage.log[-1].fired) == ("answer", "finish")


def test_a_verification_may_carry_it() -> None:
    """The last voice that was asked for ends the cycle where the file says so."""
    stage = Remarks(
        ("title: 完成\n    from: closing", "title: 完成\n    auto: true\n    from: closing")
    )
    stage.revise()
    for point in stage.points():
        stage.answer(point)
    stage.go(SONG, "again").revise()
    for point in stage.points()[2:]:
        stage.answer(point, "declined")
    stage.close()
    one, two = stage.points()[:2]
    stage.verify(MA, one)

    stage.verify(MA, two)

    assert (stage.log[-1].act, stage.log[-1].fired) == ("verify", "finish")
    assert stage.now.state == "done"


def test_nothing_moves_by_itself_after_a_transition_or_a_pause() -> None:
    """What is met on entering, or by the end of an excuse, is for somebody to decide."""
    stage = moving("{filed: {record: note, by: member, all: true}}")
    stage.file(MA, "note", text="先剪")
    stage.excuse(HE)
    assert stage.now.state == "work"

    stage.turn(SONG, "suspend").turn(SONG, "resume")

    assert stage.now.state == "work"
    assert stage.todo() == {SONG: {"decide"}}


def test_a_separate_way_moves_by_itself_if_somebody_could_have_moved_it() -> None:
    """`auto` acts for nobody: `separate` asks whether anyone else could."""
    rules = """
    records:
      note: {title: 意见, by: author, form: {text: {type: text, required: true, title: 意见}}}
    states: {work: 进行, done: {title: 完成, final: true}}
    transitions:
      finish:
        title: 完成
        from: work
        to: done
        by: [author, chair]
        auto: true
        guards: [{filed: {record: note}}, {separate: {role: author}}]
    """
    stage = Stage(small(rules)).open()

    stage.file(LIU, "note", text="好")

    assert (stage.log[-1].actor, stage.log[-1].fired) == (LIU, "finish")


@pytest.mark.parametrize("person", [BAI, LIU, MA, SONG, DEPUTY])
def test_what_is_offered_as_allowed_succeeds_and_what_is_not_is_refused(person: str) -> None:
    """Shown = enforced, for everybody."""
    offer = Remarks().offer("taught", to=person)
    stage = Remarks()

    if offer.allowed:
        assert stage.go(person, "taught").now.state == "talk"
    else:
        stage.refuse(NotAllowedError, person, Advance(transition="taught"))


def test_a_round_may_begin_by_itself() -> None:
    """What a filing says decides; its own entry tells of the step, and of the round it leads to."""
    rules = """
    rounds: {min: 1, max: 2}
    records:
      result:
        title: 结论
        by: chair
        one_per: [round]
        form:
          more: {type: choice, required: true, title: 再来, options: {again: 再来, enough: 够了}}
    states: {work: 进行, done: {title: 完成, final: true}}
    transitions:
      once_more:
        title: 再来
        from: work
        to: work
        by: chair
        auto: true
        round: next
        guards:
          - filed: {record: result}
          - {field: {field: result.more, is: again}, after: filed}
      finish:
        title: 完成
        from: work
        to: done
        by: chair
        guards:
          - filed: {record: result}
          - {field: {field: result.more, is_not: again}, after: filed}
    """
    stage = Stage(small(rules)).open()

    stage.file(SONG, "result", more="again")
    entry = stage.log[-1]

    assert (entry.act, entry.fired, entry.round, stage.now.round) == ("file", "once_more", 2, 2)
    assert stage.todo() == {SONG: {"file:result"}}
