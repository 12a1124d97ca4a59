"""When and by whom a record is filed: in time, late, for another, anew; and when it is refused."""

from datetime import timedelta

import pytest

from cycles.engine.commands import Confirm, File
from cycles.errors import InvalidInputError, NotAllowedError, WrongStateError
from tests.unit.engine.remarks import Remarks
from tests.unit.engine.stage import (
    BAI,
    DEPUTY,
    HE,
    LIU,
    MA,
    SONG,
    TODAY,
    Stage,
    one_step,
    small,
)

SAID = {"weak": ["提问太多"]}


def test_a_record_is_filed_where_a_guard_asks_for_it() -> None:
    """Without `file_in` the guards' states are those for filing; elsewhere it is told which."""
    rules = """
    records:
      note: {title: 意见, by: member, form: {text: {type: text, title: 意见}}}
      plan: {title: 教案, by: author, form: {text: {type: text, title: 教案}}}
    states: {work: 说课, talk: 备课, done: {title: 完成, final: true}}
    transitions:
      begin: {title: 开始, from: work, to: talk, by: chair, guards: [filed: {record: plan}]}
      finish: {title: 完成, from: talk, to: done, by: chair, guards: [filed: {record: note}]}
    """
    stage = Stage(small(rules)).open()

    refusal = stage.refuse(WrongStateError, MA, File(record="note", fields={"text": "先剪"}))

    assert refusal.data == {"record": "note", "file_in": ["talk"], "late": False}
    assert refusal.possible == ()
    stage.file(LIU, "plan", text="第一版")
    stage.go(SONG, "begin").file(MA, "note", text="先剪")


def test_what_nobody_asks_for_is_an_invitation() -> None:
    """An optional record can be filed and is nobody's task."""
    stage = Remarks()

    tasks = stage.todo()
    stage.file(LIU, "plan", text="第一版")

    assert tasks == {SONG: {"decide"}}
    assert stage.now.filings[-1].current


def test_what_comes_late_is_kept_and_labelled() -> None:
    """迟交: it is there for everybody and counts in nothing that is closed."""
    stage = Remarks().revise()

    stage.say(SONG, "结尾仓促")

    late = stage.now.filings[-1]
    assert (late.late, late.current, late.round) == (True, True, 1)
    assert stage.log[-1].data["late"] is True
    assert late not in stage.people.binding("remarks")
    assert late in stage.people.current("remarks")


def test_a_late_version_does_not_take_back_what_was_said_in_time() -> None:
    """Superseding late is shown first, while rules still look at the version filed in time."""
    stage = Remarks().revise()
    (before,) = [f for f in stage.people.binding("remarks") if f.person == MA]

    stage.say(MA, {"id": stage.points()[0], "text": "提问太多了"}, "还有一条")

    assert before.id in {f.id for f in stage.people.binding("remarks")}
    assert before.id not in {f.id for f in stage.people.current("remarks")}


def test_what_may_not_come_late_is_refused() -> None:
    """`late: refuse` closes with its states, and says that it is too late."""
    stage = Remarks().talk()

    refusal = stage.refuse(WrongStateError, LIU, File(record="plan", fields={"text": "新"}))

    assert refusal.data == {"record": "plan", "file_in": ["revise", "work"], "late": True}


def second_round() -> Remarks:
    """Round 1 is over with two remarks; round 2 is talked about."""
    stage = Remarks().revise()
    for point in stage.points():
        stage.answer(point)
    stage.go(SONG, "again")
    return stage.talk()


def test_a_round_that_never_came_to_a_state_has_nothing_late_of_it() -> None:
    """That an earlier round was talked about lets nobody talk about this one before its lesson."""
    stage = Remarks().revise()
    for point in stage.points():
        stage.answer(point)
    stage.go(SONG, "again")

    refusal = stage.refuse(WrongStateError, MA, File(record="remarks", fields=SAID))

    assert refusal.data == {"record": "remarks", "file_in": ["talk"], "late": False}


def test_what_is_one_for_the_whole_cycle_may_come_late_in_any_round() -> None:
    """Its state was passed in the first round; in the second it is still taken, as late."""
    rules = """
    rounds: {min: 1, max: 2}
    records:
      sketch:
        {title: 设想, by: author, one_per: [], file_in: [work],
         form: {text: {type: text, title: 内容}}}
    states: {work: 说课, talk: 备课, done: {title: 完成, final: true}}
    transitions:
      begin: {title: 开始, from: work, to: talk, by: chair}
      again: {title: 再来, from: talk, to: talk, by: chair, round: next}
      finish: {title: 完成, from: talk, to: done, by: chair}
    """
    stage = Stage(small(rules)).open().go(SONG, "begin").go(SONG, "again")

    filing = stage.file(LIU, "sketch", text="先剪")

    assert (filing.late, filing.round) == (True, 2)


def test_a_stranger_in_a_sheet_is_told_with_those_it_may_name() -> None:
    """Nobody who does not take part is present."""
    sheet = """
    sheet: {title: 签到, by: chair, one_per: [round],
            form: {people: {type: attendance, of: [member, chair], title: 到场}}}
    """
    stage = Stage(one_step(sheet, "- filed: {record: sheet}")).open()
    command = File(record="sheet", fields={"people": {MA: "present", BAI: "present"}})

    fault = stage.refuse(InvalidInputError, SONG, command).faults[0]

    assert (fault.field, fault.code) == ("fields.people", "not_a_participant")
    assert fault.data == {"unknown": [BAI], "known": [MA, HE, SONG]}


def test_a_filing_may_name_an_earlier_round() -> None:
    """It is late there, and a record of its own beside that of this round."""
    stage = second_round()

    stage.send(SONG, File(record="remarks", round=1, fields=SAID))
    stage.send(SONG, File(record="remarks", fields=SAID))

    old, new = stage.now.filings[-2:]
    assert [(f.round, f.late, f.current) for f in (old, new)] == [(1, True, True), (2, False, True)]
    assert old not in stage.people.binding("remarks", 1)


@pytest.mark.parametrize("round_no", [0, 3, -1])
def test_there_is_no_round_that_has_not_begun(round_no: int) -> None:
    """A filing names this round or an earlier one."""
    stage = second_round()

    command = File(record="remarks", round=round_no, fields=SAID)
    fault = stage.refuse(InvalidInputError, SONG, command).faults[0]

    assert (fault.field, fault.code, fault.data) == ("round", "no_such_round", {"now": 2})


def test_a_record_of_the_whole_cycle_belongs_to_no_earlier_round() -> None:
    """What is one for all rounds is filed now or not at all."""
    stage = second_round()

    command = File(record="plan", round=1, fields={"text": "旧"})
    fault = stage.refuse(InvalidInputError, LIU, command).faults[0]

    assert fault.code == "no_such_round"


def test_a_second_filing_supersedes_and_keeps_the_first() -> None:
    """One identity has one current version; the ones before stay."""
    stage = Remarks().talk()
    first = stage.say(MA, "提问太多")[0].filing

    stage.say(MA, "提问太碎")

    kept = {f.id: (f.superseded, f.current) for f in stage.now.filings}
    assert kept == {first: (True, False), stage.now.filings[-1].id: (False, True)}
    assert stage.log[-1].data["supersedes"] == [first]


@pytest.mark.parametrize(
    ("one_per", "current"),
    [
        ("", [(MA, 2), (HE, 2)]),
        ("one_per: [person, round]", [(MA, 2), (HE, 2)]),
        ("one_per: [person]", [(MA, 2), (HE, 2)]),
        ("one_per: [round]", [(HE, 2)]),
        ("one_per: []", [(HE, 2)]),
        ("one_per: [filing]", [(MA, 1), (HE, 1), (MA, 2), (HE, 2)]),
        ("one_per: [filing, round]", [(MA, 2), (HE, 2)]),
    ],
)
def test_identity_says_which_filing_takes_the_place_of_which(
    one_per: str, current: list[tuple[str, int]]
) -> None:
    """`one_per` names what tells filings apart; each of them is filed twice by two people."""
    rules = f"""
    rounds: {{min: 1, max: 2}}
    records:
      note:
        title: 意见
        by: member
        {one_per or "late: accept"}
        form: {{text: {{type: text, title: 意见}}}}
    states: {{work: 进行, done: {{title: 完成, final: true}}}}
    transitions:
      again: {{title: 再来, from: work, to: work, round: next, by: chair}}
      finish: {{title: 完成, from: work, to: done, by: chair, guards: [filed: {{record: note}}]}}
    """
    stage = Stage(small(rules)).open()
    for person in (MA, HE):
        stage.file(person, "note", text="一")
    stage.go(SONG, "again")

    for person in (MA, HE):
        stage.file(person, "note", text="二")

    assert [(f.person, f.round) for f in stage.people.current("note")] == current


DATED = """
session:
  title: 上课安排
  by: chair
  one_per: []
  file_in: [work]
  form: {date: {type: date, required: true, future: true, title: 日期}}
note:
  title: 听课记录
  by: member
  not_before: session.date
  form: {text: {type: text, required: true, title: 实录}}
"""


def test_nothing_is_recorded_before_its_day() -> None:
    """While the day is unknown or ahead the record is refused, saying what it waits for."""
    stage = Stage(one_step(DATED, "- filed: {record: note, by: member}")).open()
    seen = File(record="note", fields={"text": "八点零五"})
    unknown = stage.refuse(WrongStateError, MA, seen)
    day = TODAY + timedelta(days=1)
    stage.file(SONG, "session", date=day.isoformat())

    ahead = stage.refuse(WrongStateError, MA, seen)
    stage.later()
    stage.send(MA, seen)

    assert (unknown.data, unknown.possible) == ({"after": "session"}, ("file:session",))
    assert ahead.data == {"waits_until": day.isoformat()}


def test_a_record_that_waits_for_its_day_is_nobodys_task_yet() -> None:
    """First the date is asked for; then the guard waits for the day, and all are told from when."""
    stage = Stage(one_step(DATED, "- filed: {record: note, by: member}")).open()
    first = (stage.verdict("filed").after, stage.todo())
    day = TODAY + timedelta(days=1)
    stage.file(SONG, "session", date=day.isoformat())

    assert first == ("session", {SONG: {"file:session"}})
    assert (stage.verdict("filed").waits_until, stage.todo()) == (day, {})
    assert stage.last is not None
    assert {(t.person, t.do, t.since) for t in stage.last.tasks} == {
        (MA, "file:note", day),
        (HE, "file:note", day),
    }


def test_one_of_a_record_waits_for_its_day_as_well() -> None:
    """Also where the guard asks for one filing of anybody."""
    stage = Stage(one_step(DATED, "- filed: {record: note}")).open()
    day = TODAY + timedelta(days=1)
    stage.file(SONG, "session", date=day.isoformat())

    waits = stage.verdict("filed")
    stage.later()

    assert (waits.code, waits.waits_until, waits.remedies) == ("date_ahead", day, ())
    assert [r.do for r in stage.verdict("filed").remedies] == ["file:note"]


def test_whom_a_record_is_about_is_said_only_where_it_is_about_somebody() -> None:
    """A record without points and without `about` concerns nobody in particular."""
    stage = Stage(one_step(DATED, "- filed: {record: note}")).open()
    note = File(record="session", fields={"date": TODAY.isoformat()}, about=LIU)

    fault = stage.refuse(InvalidInputError, SONG, note).faults[0]

    assert (fault.field, fault.code) == ("about", "unknown_field")


def test_the_chair_types_for_those_who_are_present() -> None:
    """Who is present by the sheet also holds a role, and for that role the chair types."""
    records = """
    sheet: {title: 签到, by: chair, one_per: [round],
            form: {people: {type: attendance, of: [member, chair], title: 到场}}}
    voice: {title: 意见, by: present, form: {text: {type: text, title: 内容}}}
    """
    guards = "- {filed: {record: sheet}, id: sheet}\n- filed: {record: voice, by: present}"
    roles = "present: {title: 到场者, from: sheet.people}"
    stage = Stage(one_step(records, guards, roles=roles)).open()
    stage.file(SONG, "sheet", people={MA: "present", HE: "present", SONG: "present"})

    typed = stage.file(SONG, "voice", for_=MA, text="好")
    meant = File(record="voice", fields={"text": "好"}, for_=HE)

    assert (typed.person, typed.typed_by) == (MA, SONG)
    assert stage.refuse(NotAllowedError, MA, meant)


def test_what_is_claimed_to_have_happened_has_happened() -> None:
    """The day of the event stands beside the server's time, and never lies ahead."""
    stage = Remarks().talk()
    tomorrow = TODAY + timedelta(days=1)

    ahead = File(record="remarks", fields=SAID, occurred_on=tomorrow)
    fault = stage.refuse(InvalidInputError, MA, ahead).faults[0]
    decision = stage.send(MA, File(record="remarks", fields=SAID, occurred_on=TODAY))

    assert (fault.field, fault.code) == ("occurred_on", "future")
    assert decision.payload is not None
    assert decision.payload["occurred_on"] == "2026-10-12"
    assert "2026" not in str(decision.entry.data)


def test_each_confirms_what_was_typed_for_themselves() -> None:
    """Ma's confirmation says nothing of what was typed for He."""
    stage = Remarks().talk()
    for person in (MA, HE):
        stage.send(SONG, File(record="remarks", for_=person, fields=SAID))
    of_ma, of_he = stage.now.filings

    stage.send(MA, Confirm(filing=of_ma.id))

    assert [f.confirmed for f in stage.now.filings] == [True, False]
    assert stage.task(HE, "confirm:remarks").items == (of_he.id,)


def test_who_types_for_another_is_named_and_the_other_confirms() -> None:
    """代录 says who typed, counts for whom it was filed, and asks that person."""
    stage = Remarks().talk()
    stage.say(MA, "提问太多")
    stage.send(SONG, File(record="remarks", for_=HE, fields=SAID))
    typed = stage.now.filings[-1]
    task = stage.task(HE, "confirm:remarks")

    stage.send(HE, Confirm(filing=typed.id))

    assert (typed.person, typed.typed_by, typed.confirmed) == (HE, SONG, False)
    assert (stage.log[-2].actor, stage.log[-2].for_) == (SONG, HE)
    assert task.items == (typed.id,)
    assert stage.now.filings[-1].confirmed
    assert stage.todo() == {SONG: {"decide"}}


def test_only_the_person_meant_confirms_and_only_what_waits_for_it() -> None:
    """Nobody confirms for another, twice, or what has a newer version."""
    stage = Remarks().talk()
    stage.send(SONG, File(record="remarks", for_=HE, fields=SAID))
    first = stage.now.filings[-1].id

    refusal = stage.refuse(NotAllowedError, SONG, Confirm(filing=first))
    stage.say(HE, "我自己写")
    fault = stage.refuse(InvalidInputError, HE, Confirm(filing=first)).faults[0]

    assert refusal.data == {"who": [HE]}
    assert (fault.code, fault.data) == ("not_to_confirm", {"known": []})


def test_nothing_waits_for_a_confirmation() -> None:
    """What was typed for another counts at once; its task stays beside the others."""
    stage = Remarks().talk()
    stage.say(MA, "提问太多")

    stage.send(SONG, File(record="remarks", for_=HE, fields=SAID))

    assert stage.verdict("filed", "talked").met
    assert stage.todo() == {SONG: {"decide"}, HE: {"confirm:remarks"}}


def test_only_those_who_may_type_for_a_role_do() -> None:
    """A member types for nobody; the chair types for no one who could not file it themselves."""
    stage = Remarks().talk()

    stage.refuse(NotAllowedError, MA, File(record="remarks", for_=HE, fields=SAID))
    refusal = stage.refuse(NotAllowedError, SONG, File(record="remarks", for_=LIU, fields=SAID))

    assert set(refusal.data["who"]) == {SONG, MA, HE}


def test_only_its_filers_file_a_record() -> None:
    """Others are told whose it is."""
    stage = Remarks().talk()

    for person in (LIU, DEPUTY, BAI):
        stage.refuse(NotAllowedError, person, File(record="remarks", fields=SAID))


def test_an_unknown_record_is_answered_with_those_there_are() -> None:
    """A slip of the name names the right ones."""
    fault = Remarks().refuse(InvalidInputError, MA, File(record="remark", fields={})).faults[0]

    assert (fault.code, fault.data) == ("unknown", {"known": ["plan", "remarks"]})


def test_nobody_files_about_themselves() -> None:
    """A member who comes to teach says nothing about their own lesson."""
    stage = Stage(
        one_step(
            """
            praise:
              title: 表扬
              by: [member, author]
              about: member
              form: {text: {type: text, required: true, title: 内容}}
            """,
            "- filed: {record: praise}",
        )
    ).open()

    fields = {"text": "准备充分"}
    oneself = File(record="praise", about=MA, fields=fields)
    unsaid = stage.refuse(InvalidInputError, MA, File(record="praise", fields=fields)).faults[0]
    own = stage.refuse(InvalidInputError, MA, oneself).faults[0]
    stage.send(MA, File(record="praise", about=HE, fields=fields))

    assert (unsaid.field, unsaid.code, set(unsaid.data["who"])) == ("about", "choose", {MA, HE})
    assert own.code == "oneself"
    assert stage.now.filings[-1].about == HE


def test_a_cycle_that_has_ended_takes_no_filing() -> None:
    """Withdrawn, cancelled or final: only reopening is left, and it is said."""
    stage = Remarks().turn(SONG, "withdraw")

    refusal = stage.refuse(WrongStateError, LIU, File(record="plan", fields={"text": "一"}))

    assert refusal.possible == ("lifecycle:reopen",)


def test_equal_content_has_an_equal_digest_and_no_text_is_in_the_entry() -> None:
    """The log's clear part holds digests and facts; words stand in the payload alone."""
    stage = Remarks()
    one = stage.file(LIU, "plan", text="教案全文")
    other = stage.file(LIU, "plan", text="另一版")
    again = stage.file(LIU, "plan", text="教案全文")

    assert one.digest == again.digest != other.digest
    assert "教案" not in str([e.data for e in stage.log])
    assert stage.last is not None
    assert stage.last.payload == {"fields": {"text": "教案全文"}}


def test_the_entry_says_in_which_role_it_was_filed() -> None:
    """A member's remark is filed as a member, whoever they are besides."""
    stage = Remarks().talk()

    stage.say(SONG, "结尾仓促")

    assert stage.log[-1].role == "chair"
