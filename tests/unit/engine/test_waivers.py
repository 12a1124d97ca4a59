"""特批: who may waive what, and how far a waiver reaches."""

from cycles.engine.commands import Waive
from cycles.errors import InvalidInputError, NotAllowedError, WrongStateError
from tests.unit.engine.remarks import REMARKS
from tests.unit.engine.stage import (
    BAI,
    DEPUTY,
    GROUP,
    HEAD,
    MA,
    SONG,
    Stage,
    directory,
    one_step,
    small,
)

NOTE = """
note:
  title: 意见
  by: member
  one_per: [person]
  form: {text: {type: text, required: true, title: 意见}}
"""
WAIVABLE = "- filed: {record: note, by: member, all: true}\n  waivable_by: school.deputy"


def test_a_waiver_lets_pass_and_the_log_says_so() -> None:
    """The guard counts as waived, not as met, and its entry has the reason apart."""
    stage = Stage(one_step(NOTE, WAIVABLE)).open()

    stage.waive(DEPUTY, "filed").go(SONG, "finish")

    assert stage.log[-2].act == "waive"
    assert set(stage.log[-2].data) == {"guard", "content"}
    assert stage.log[-1].guards == {"finish.filed": "waived"}


def test_a_waived_guard_asks_nobody_for_anything() -> None:
    """Its remedies go, and what is filed all the same is taken."""
    stage = Stage(one_step(NOTE, WAIVABLE)).open()

    stage.waive(DEPUTY, "filed")

    verdict = stage.verdict("filed")
    assert (verdict.met, verdict.waived, verdict.passes, verdict.remedies) == (
        False,
        True,
        True,
        (),
    )
    assert stage.todo() == {SONG: {"decide"}}
    assert stage.file(MA, "note", text="先剪").current


def test_others_than_those_named_waive_nothing() -> None:
    """Who may is told; a waiver always wants a reason."""
    stage = Stage(one_step(NOTE, WAIVABLE)).open()

    refusal = stage.refuse(NotAllowedError, SONG, Waive(guard="filed", reason="有事"))
    fault = stage.refuse(InvalidInputError, DEPUTY, Waive(guard="filed", reason=" ")).faults[0]

    assert refusal.data == {"who": [DEPUTY]}
    assert (fault.field, fault.code) == ("reason", "required")


def test_what_nobody_may_waive_cannot_be_waived() -> None:
    """A guard without `waivable_by` stands, and the refusal names those that can be waived."""
    guards = f"{WAIVABLE}\n  id: notes\n- filed: {{record: note}}"
    stage = Stage(one_step(NOTE, guards)).open()

    refusal = stage.refuse(WrongStateError, DEPUTY, Waive(guard="filed", reason="有事"))

    assert refusal.possible == ("waive:notes",)


def test_what_is_met_is_not_waived() -> None:
    """There is nothing to waive in a guard that lets pass."""
    stage = Stage(one_step(NOTE, WAIVABLE.replace("all: true", "at_least: 1"))).open()
    stage.file(MA, "note", text="先剪")

    stage.refuse(WrongStateError, DEPUTY, Waive(guard="filed", reason="有事"))


TWO_WAYS = """
records:
  note:
    title: 意见
    by: member
    one_per: [person]
    form: {text: {type: text, required: true, title: 意见}}
states: {work: 进行, done: {title: 完成, final: true}}
transitions:
  finish:
    title: 完成
    from: work
    to: done
    by: chair
    guards: [{filed: {record: note, by: member, all: true}, waivable_by: school.deputy}]
  show:
    title: 展示
    from: work
    to: done
    by: chair
    guards: [{filed: {record: note, by: member, OTHER}, waivable_by: school.deputy}]
  pause: {title: 再议, from: work, to: work, by: chair, side: true, reason: true}
"""


def test_a_waiver_holds_for_equal_guards_of_all_ways_from_the_state() -> None:
    """Waived once, the same demand is waived wherever it recurs."""
    stage = Stage(small(TWO_WAYS.replace("OTHER", "all: true"))).open()

    stage.waive(DEPUTY, "filed")

    assert stage.verdict("filed", "finish").waived
    assert stage.verdict("filed", "show").waived


def test_a_waiver_does_not_hold_for_another_demand_of_the_same_name() -> None:
    """An equal id over other content is another guard, waived for itself."""
    stage = Stage(small(TWO_WAYS.replace("OTHER", "at_least: 2"))).open()

    stage.waive(DEPUTY, "filed")
    first = [stage.verdict("filed", way).waived for way in ("finish", "show")]
    stage.waive(DEPUTY, "filed")

    assert first == [True, False]
    assert [stage.verdict("filed", way).waived for way in ("finish", "show")] == [True, True]


def test_a_waiver_ends_with_the_visit() -> None:
    """Whoever comes back to the state stands before the guard again."""
    stage = Stage(small(TWO_WAYS.replace("OTHER", "all: true"))).open()
    stage.waive(DEPUTY, "filed")

    stage.go(SONG, "pause", "再想想")

    assert not stage.verdict("filed").waived


def test_a_waiver_outlasts_a_pause() -> None:
    """Resuming keeps the visit, and so its waivers."""
    stage = Stage(one_step(NOTE, WAIVABLE)).open().waive(DEPUTY, "filed")

    stage.turn(SONG, "suspend").turn(SONG, "resume")

    assert stage.verdict("filed").waived


def test_where_the_deputy_is_concerned_the_head_waives() -> None:
    """Whom the record is about never waives what guards against them."""
    people = directory(group_members={"g1": (*GROUP, DEPUTY), "g2": (BAI,)})
    stage = Stage(small(REMARKS), people)
    stage.open(roles={"author": (DEPUTY,)}).go(SONG, "taught")

    verdict = stage.verdict("filed", "talked")

    assert verdict.waivable_by == (HEAD,)
    stage.refuse(NotAllowedError, DEPUTY, Waive(guard="filed", reason="有事"))
    stage.waive(HEAD, "filed")


def test_nobody_waives_the_separation_from_themselves() -> None:
    """`separate` on the author is not for the author to waive, nor inside `any`."""
    people = directory(group_members={"g1": (*GROUP, DEPUTY), "g2": (BAI,)})
    guards = """
    - filed: {record: note}
    - any: [{separate: {role: author}}, {filed: {record: note, by: member, all: true}, id: all}]
      id: either
      waivable_by: school.deputy
    """
    stage = Stage(one_step(NOTE, guards), people)
    stage.open(roles={"author": (DEPUTY,)})
    stage.meet(
        group_members={"g1": (*GROUP, DEPUTY), "g2": (BAI,)},
        staff=(SONG, MA, DEPUTY, HEAD),
    )

    verdict = stage.verdict("either", actor=DEPUTY)

    assert verdict.waivable_by == (HEAD,)


def test_the_file_may_say_who_waives_in_every_case() -> None:
    """`lifecycle: waive` takes the place of what each waivable guard says."""
    text = TWO_WAYS.replace("OTHER", "all: true") + "lifecycle: {waive: school.head}\n"
    stage = Stage(small(text)).open()

    assert stage.verdict("filed").waivable_by == (HEAD,)
    stage.refuse(NotAllowedError, DEPUTY, Waive(guard="filed", reason="有事"))
    stage.waive(HEAD, "filed")


def test_a_waiver_may_open_what_moves_by_itself() -> None:
    """The last guard waived carries an `auto` transition in the same entry."""
    text = TWO_WAYS.replace("OTHER", "all: true").replace("  show:", "  unused:")
    moving = text[: text.index("  unused:")].replace("by: chair", "by: chair\n    auto: true")
    stage = Stage(small(moving)).open()

    stage.waive(DEPUTY, "filed")

    assert (stage.now.state, stage.log[-1].act, stage.log[-1].fired) == ("done", "waive", "finish")
    assert stage.log[-1].guards == {"finish.filed": "waived"}
