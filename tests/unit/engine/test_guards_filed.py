"""`filed` and `changed`: who still has to file, how many are enough, and when nobody can."""

import pytest

from cycles.engine.commands import Advance
from cycles.errors import BlockedError
from tests.unit.engine.stage import (
    BAI,
    DEPUTY,
    HE,
    LIU,
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
  by: [member, chair]
  one_per: [person]
  form: {text: {type: text, required: true, title: 意见}}
"""


def notes(measure: str) -> Stage:
    """A cycle that asks notes of the members by some measure; Song, Ma and He are asked."""
    return Stage(one_step(NOTE, f"- filed: {{record: note, by: [member, chair]{measure}}}")).open()


def test_without_by_one_filing_is_enough_and_any_filer_may_bring_it() -> None:
    """A plain `filed` is missing until one is in, and names everybody who may file it."""
    stage = Stage(one_step(NOTE, "- filed: {record: note}")).open()
    before = stage.verdict("filed")

    stage.file(MA, "note", text="先剪")

    assert (before.code, before.data) == ("missing", {"do": "file:note", "needed": 1})
    assert [(r.do, r.mode, set(r.who)) for r in before.remedies] == [
        ("file:note", "any_of", {SONG, MA, HE})
    ]
    assert stage.verdict("filed").met


def test_at_least_without_by_counts_filings() -> None:
    """`at_least` asks so many filings, and says how many are still needed."""
    stage = Stage(one_step(NOTE, "- filed: {record: note, at_least: 2}")).open()
    stage.file(MA, "note", text="先剪")

    half = stage.verdict("filed")
    stage.file(HE, "note", text="再拼")

    assert (half.met, half.remedies[0].needed) == (False, 1)
    assert stage.verdict("filed").met


@pytest.mark.parametrize(
    ("measure", "need"),
    [
        ("", 2),
        (", quorum: 2/3", 2),
        (", quorum: 1/3", 1),
        (", quorum: 9/10", 3),
        (", all: true", 3),
        (", at_least: 1", 1),
        (", at_least: 3", 3),
        (", at_least: 3, quorum: 1/3", 3),
    ],
)
def test_the_need_is_the_larger_of_the_number_and_the_share(measure: str, need: int) -> None:
    """Need = max(at_least, ⌈quorum·n⌉), with 2 of a default quorum of 2/3."""
    verdict = notes(measure).verdict("filed")

    assert verdict.code == "quorum_missing"
    assert dict(verdict.data) == {"record": "note", "have": 0, "need": need, "of": 3}
    assert [(r.do, r.mode, r.needed, set(r.who)) for r in verdict.remedies] == [
        ("file:note", "each", need, {SONG, MA, HE})
    ]


def test_past_the_quorum_nobody_is_asked_and_everybody_may_still_file() -> None:
    """A quorum that is reached ends the task of the last one, not their right to file."""
    stage = notes("")
    stage.file(SONG, "note", text="一")
    stage.file(MA, "note", text="二")

    met = stage.verdict("filed")
    late = stage.file(HE, "note", text="三")

    assert (met.met, met.remedies) == (True, ())
    assert HE not in stage.todo()
    assert (late.late, late.current) == (False, True)


def test_the_default_of_two_is_never_more_than_there_are() -> None:
    """A school of two can work: with one holder one note is enough."""
    people = directory(group_members={"g1": (LIU, SONG), "g2": ()})
    stage = Stage(
        one_step(NOTE, "- filed: {record: note, by: [member, chair], quorum: 2/3}"), people
    ).open()

    alone = stage.verdict("filed")

    assert (alone.data["need"], alone.data["of"]) == (1, 1)


def test_who_is_excused_is_not_counted_on() -> None:
    """An excuse takes a holder out of the base while it lasts, and no longer."""
    stage = notes(", all: true").excuse(HE)

    today = stage.verdict("filed").data
    tomorrow = stage.later().verdict("filed").data

    assert (today["of"], tomorrow["of"]) == (2, 3)


def test_too_few_people_is_said_to_those_who_can_bring_others() -> None:
    """Where more are needed than there are, the deciders and the deputy find somebody."""
    stage = notes(", at_least: 3").excuse(HE)

    verdict = stage.verdict("filed")

    assert verdict.code == "too_few"
    assert dict(verdict.data) == {"record": "note", "have": 0, "need": 3, "of": 2}
    assert [(r.do, r.mode, set(r.who)) for r in verdict.remedies] == [
        ("substitute", "any_of", {SONG, DEPUTY})
    ]
    assert stage.todo() == {SONG: {"substitute"}, DEPUTY: {"substitute"}}


def test_an_empty_base_is_never_enough() -> None:
    """Nobody left to file means unmet, not met by nobody."""
    stage = notes(", quorum: 1/3")
    for person in (SONG, MA, HE):
        stage.excuse(person)

    verdict = stage.verdict("filed")

    assert (verdict.met, verdict.code, verdict.data["of"]) == (False, "too_few", 0)


def test_the_deputy_may_waive_what_can_be_waived_and_has_no_task_of_it() -> None:
    """A waiver is an option beside the remedies, and leaves everybody's task as it is."""
    guards = "- filed: {record: note, by: [member, chair]}\n  waivable_by: school.deputy"
    stage = Stage(one_step(NOTE, guards)).open()

    shown = stage.verdict("filed")

    assert shown.waivable_by == (DEPUTY,)
    assert DEPUTY not in stage.todo()
    stage.waive(DEPUTY, "filed").go(SONG, "finish")
    assert stage.log[-1].guards == {"finish.filed": "waived"}


def test_whoever_typed_it_counts_for_whom_it_was_filed() -> None:
    """代录 fills the part of the person for whom it was typed."""
    stage = notes(", all: true")

    stage.file(SONG, "note", for_=HE, text="他口头说的")

    assert stage.verdict("filed").data["have"] == 1
    assert set(stage.verdict("filed").remedies[0].who) == {SONG, MA}


def test_a_second_version_does_not_count_twice() -> None:
    """One identity, one filing, however often it is superseded."""
    stage = notes(", all: true")
    stage.file(MA, "note", text="一")

    stage.file(MA, "note", text="二")

    assert stage.verdict("filed").data["have"] == 1


def test_those_who_left_a_role_are_not_asked_any_more() -> None:
    """The base are the holders of the day; what others filed before is kept."""
    stage = notes(", all: true")
    stage.file(HE, "note", text="一")

    stage.reassign("member", HE, BAI)

    assert dict(stage.verdict("filed").data) == {"record": "note", "have": 0, "need": 3, "of": 3}


ROLL = """
roll:
  title: 签到
  by: chair
  one_per: [round]
  form: {people: {type: attendance, of: [member, chair], title: 到场}}
note:
  title: 意见
  by: [member, chair]
  form: {text: {type: text, required: true, title: 意见}}
"""


TICKED = """
- filed: {record: roll}
- filed: {record: note, by: [member, chair], all: true}
  id: notes
"""


def test_attendance_is_filed_once_everybody_has_a_code() -> None:
    """Codes come one by one, from whoever ticks; the last one completes it."""
    stage = Stage(one_step(ROLL, TICKED)).open()
    stage.file(SONG, "roll", people={SONG: "present", MA: "present"})
    half = stage.verdict("filed")

    stage.file(SONG, "roll", people={HE: "sick"})

    assert half.code == "missing"
    assert (half.met, half.remedies[0].who, half.remedies[0].items) == (False, (SONG,), (HE,))
    assert stage.verdict("filed").met


def test_the_last_code_of_a_person_holds() -> None:
    """Attendance is sent as changes and folds per person; who comes late is present."""
    stage = Stage(one_step(ROLL, TICKED)).open()
    stage.file(SONG, "roll", people={SONG: "present", MA: "sick", HE: "personal"})
    absent = stage.verdict("notes").data["of"]

    stage.file(SONG, "roll", people={MA: "present"})

    assert (absent, stage.verdict("notes").data["of"]) == (1, 2)
    assert stage.now.filings[-1].facts["people"] == {SONG: "present", MA: "present", HE: "personal"}


@pytest.mark.parametrize("code", ["teaching", "duty", "sick", "personal"])
def test_only_who_was_there_is_asked(code: str) -> None:
    """到场 alone counts as present; lessons, errands, illness and leave do not."""
    stage = Stage(one_step(ROLL, TICKED)).open()

    stage.file(SONG, "roll", people={SONG: "present", MA: "present", HE: code})

    assert set(stage.verdict("notes").remedies[0].who) == {SONG, MA}


def test_a_derived_role_waits_for_the_record_that_names_its_holders() -> None:
    """Until attendance is complete, a guard on those present answers `after` attendance."""
    guards = TICKED.replace("by: [member, chair]", "by: present")
    stage = Stage(one_step(ROLL, guards, roles="present: {title: 到场者, from: roll.people}"))
    stage.open()
    unknown = stage.verdict("notes")
    stage.file(SONG, "roll", people={SONG: "present", MA: "present"})
    half = stage.verdict("notes")

    stage.file(SONG, "roll", people={HE: "duty"})

    assert (unknown.after, unknown.code, unknown.remedies) == ("roll", "not_yet_known", ())
    assert half.after == "roll"
    assert set(stage.verdict("notes").remedies[0].who) == {SONG, MA}


def changing() -> Stage:
    """A cycle whose plan stands and has to be changed before the end."""
    rules = """
    records:
      plan:
        title: 教案
        by: author
        one_per: []
        file_in: [work, revise]
        form: {text: {type: text, required: true, title: 教案}}
    states: {work: 备课, revise: 修改, done: {title: 完成, final: true}}
    transitions:
      begin: {title: 开始, from: work, to: revise, by: chair, guards: [filed: {record: plan}]}
      finish: {title: 完成, from: revise, to: done, by: chair, guards: [changed: {record: plan}]}
    """
    stage = Stage(small(rules)).open()
    stage.file(LIU, "plan", text="第一版")
    return stage.go(SONG, "begin")


def test_changed_asks_for_other_content_and_not_for_another_filing() -> None:
    """The same words filed again are no change; its filer files a new version."""
    stage = changing()
    shown = stage.verdict("changed")

    stage.file(LIU, "plan", text="第一版")
    same = stage.verdict("changed")
    stage.file(LIU, "plan", text="第二版")

    assert [(r.do, r.who) for r in shown.remedies] == [("file:plan", (LIU,))]
    assert (same.met, same.code) == (False, "missing")
    assert stage.verdict("changed").met


def test_changed_compares_with_what_stood_when_the_state_was_first_entered() -> None:
    """Changing it back to what it was is no change, whatever was filed between."""
    stage = changing()
    stage.file(LIU, "plan", text="第二版")

    stage.file(LIU, "plan", text="第一版")

    assert not stage.verdict("changed").met


def test_where_the_only_filer_is_away_the_deputy_finds_somebody() -> None:
    """A record whose filer is excused asks the deputy, and the filer for nothing."""
    stage = changing().excuse(LIU)

    verdict = stage.verdict("changed")

    assert [(r.do, r.who) for r in verdict.remedies] == [("substitute", (DEPUTY,))]
    assert stage.todo() == {DEPUTY: {"substitute"}}


def test_the_refusal_carries_what_was_shown() -> None:
    """A blocked way is refused with the very verdicts that were shown to the same person."""
    stage = notes("")

    refusal = stage.refuse(BlockedError, SONG, Advance(transition="finish"))

    assert refusal.verdicts == (stage.offer("finish").verdicts[0],)
