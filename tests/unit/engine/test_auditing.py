"""Replay believes nothing: each lie that an entry could tell of a cycle is told as one."""

from __future__ import annotations

from dataclasses import replace as replace_in
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from cycles.engine.auditing import audited, may_be_withheld
from cycles.engine.commands import Answer, Confirm, File
from cycles.engine.evolve import Event, replay
from cycles.errors import ReplayError
from tests.unit.engine.lesson import Lesson
from tests.unit.engine.remarks import Remarks
from tests.unit.engine.stage import BAI, DEPUTY, HE, HEAD, LIU, MA, SONG, Stage, one_step

NOTE = "note: {title: 笔记, by: [member, chair], form: {text: {type: text, title: 内容}}}"


def why(stage: Stage, at: int = -1, **lies: Any) -> str:
    """Why an entry of the log (by default the last) is not believed with these lies in it."""
    at %= len(stage.log)
    before = replay(stage.version, stage.log[:at])
    assert audited(stage.version, before, stage.log[at]), "the truth is believed"
    with pytest.raises(ReplayError) as told:
        audited(stage.version, before, replace(stage.log[at], **lies))
    return told.value.reason


def then(stage: Stage, by: str, act: str, **said: Any) -> str:
    """Why one more entry, which leaves the cycle where it stands, is not believed."""
    cycle, last = stage.now, stage.log[-1]
    usual: dict[str, Any] = {
        "seq": last.seq + 1,
        "act": act,
        "from_": cycle.state,
        "to": cycle.state,
        "fired": None,
        "actor": by,
        "for_": None,
        "role": None,
        "guards": {},
        "data": {},
    }
    event: Event = replace(last, **{**usual, **said})
    with pytest.raises(ReplayError) as told:
        audited(stage.version, cycle, event)
    return told.value.reason


def changed(event: Event, **lies: Any) -> dict[str, Any]:
    """An event's data with some of it said otherwise."""
    return {**event.data, **lies}


# --- what is possible as the cycle stands --------------------------------------------------


def test_an_entry_is_of_the_version_that_the_cycle_was_opened_under() -> None:
    """No entry tells of another workflow."""
    assert "version" in why(Remarks().talk(), definition_id="bm90aGluZw==")


@pytest.mark.parametrize("act", ["note", "erase", "promote"])
def test_an_act_that_no_cycle_knows_is_not_believed(act: str) -> None:
    """Neither an invented act nor one of another subject."""
    assert then(Remarks(), SONG, act) == "unknown act"


def test_the_clear_part_holds_what_the_act_says_and_nothing_else() -> None:
    """Neither more, where a text could hide, nor less."""
    stage = Remarks().talk()
    stage.say(MA, "提问太多")
    filed = stage.log[-1]

    assert why(stage, data=changed(filed, aside="...")) == "not the data of this act"
    assert why(stage, data={"record": "remarks"}) == "not the data of this act"


def test_nothing_is_done_in_a_cycle_that_is_over() -> None:
    """After the end only a reopening is proposed, and confirmed by another than who proposed."""
    stage = Remarks().turn(DEPUTY, "cancel")

    assert "as the cycle stood" in then(stage, DEPUTY, "suspend", to="suspended")
    assert then(stage, HEAD, "reopen", to="work", data={"visit": 2})

    stage.turn(DEPUTY, "reopen")

    assert "as the cycle stood" in why(stage.turn(HEAD, "reopen"), actor=DEPUTY)


def test_while_suspended_nothing_is_filed() -> None:
    """Only what is possible in a pause is believed of one."""
    stage = Stage(one_step(NOTE, "- filed: {record: note}")).open()
    stage.file(MA, "note", text="一")
    filed = stage.log[-1]
    stage.turn(SONG, "suspend")

    told = then(
        stage, HE, "file", role="member",
        data=changed(filed, filing=str(stage.now.revision + 1), points=[]),
    )  # fmt: skip

    assert "as the cycle stood" in told


def test_a_cycle_is_withdrawn_at_its_start_only() -> None:
    """Later it can be cancelled, which others decide."""
    assert "as the cycle stood" in then(Remarks().talk(), SONG, "withdraw", to="withdrawn")


# --- who did it ----------------------------------------------------------------------------


def test_who_acts_in_a_role_holds_it_and_it_may_do_this() -> None:
    """Neither a role that others hold, nor one that has no part in it."""
    stage = Remarks().talk()
    stage.say(MA, "提问太多")

    assert why(stage, role="author") == "acted in a role that may not do this"
    assert why(stage, role=None) == "acted in a role that may not do this"
    assert why(stage, role="chair") == "acted in a role not held"
    assert why(stage, actor=BAI) == "acted in a role not held"
    assert why(stage, 1, role="author") == "acted in a role that may not do this"


def test_a_role_is_held_by_who_stands_in_that_day() -> None:
    """While Ma stands in for Liu, what Liu filed as the author is not believed."""
    stage = Remarks().substitute("author", LIU, MA)
    stage.file(MA, "plan", text="第一版")

    assert why(stage, actor=LIU) == "acted in a role not held"


def test_only_the_owner_answers_a_point_or_who_types_for_them() -> None:
    """An answer of somebody else is not believed, nor one typed by who may not."""
    stage = Remarks().revise()
    stage.answer(stage.points()[0])

    assert why(stage, actor=MA) == "another's to do"
    assert why(stage, actor=MA, for_=LIU) == "typed for somebody who types for themselves"

    stage.send(SONG, Answer(point=stage.points()[1], disposition="adopted", for_=LIU))

    assert why(stage, actor=HE) == "typed for somebody who types for themselves"


def test_only_they_themselves_confirm_what_was_typed_for_them() -> None:
    """And nobody confirms for another."""
    stage = Remarks().talk()
    stage.send(SONG, File(record="remarks", fields={"weak": ["快"]}, for_=MA))
    stage.send(MA, Confirm(filing=stage.now.filings[-1].id))

    assert why(stage, -2, actor=HE) == "typed for somebody who types for themselves"
    assert why(stage, actor=SONG) == "another's to do"
    assert why(stage, actor=SONG, for_=MA) == "typed for somebody who types for themselves"


# --- what was filed ------------------------------------------------------------------------


def test_a_filing_says_whether_it_was_late_and_what_it_took_the_place_of() -> None:
    """Its number, its version and its lateness follow from the log."""
    stage = Remarks().talk()
    stage.say(MA, "提问太多")
    stage.say(MA, "板书太快")
    filed = stage.log[-1]

    assert why(stage, data=changed(filed, late=True)) == "late or in time, and says the other"
    for lie in ({"supersedes": []}, {"supersedes": ["9"]}, {"filing": "3"}):
        assert (
            why(stage, data=changed(filed, **lie)) == "not the version of the record that it says"
        )


def test_a_record_is_filed_where_it_may_be() -> None:
    """Not before its state has come, nor late where that is refused."""
    stage = Remarks()
    stage.file(LIU, "plan", text="第一版")
    plan = stage.log[-1]
    stage.talk().say(MA, "提问太多")
    seq = str(stage.now.revision + 1)

    early = changed(stage.log[-1], filing="3")
    late = changed(plan, filing=seq, late=True, supersedes=[plan.data["filing"]])

    assert then(stage, LIU, "file", role="author", data=late) == (
        "could not be filed as the cycle stood"
    )
    stage = Remarks()
    stage.file(LIU, "plan", text="第一版")
    assert then(stage, MA, "file", role="member", data=early) == (
        "could not be filed as the cycle stood"
    )


# --- guards --------------------------------------------------------------------------------


def test_each_guard_was_met_or_waived_as_the_entry_says() -> None:
    """Neither a quorum that was not reached, nor a waiver that nobody gave, nor anything else."""
    stage = Remarks().revise()
    name = "talked.filed"

    assert why(stage, guards={name: "waived"}) == "a guard that nobody waived"
    assert why(stage, guards={name: "ignored"}) == "a guard is met or waived"
    assert why(stage, guards={}) == "not the guards of this transition"

    stage = Remarks().talk()
    stage.say(MA, "提问太多")
    early = {"to": "revise", "role": "chair", "guards": {name: "met"}}

    assert then(stage, SONG, "talked", **early) == "a guard was not as claimed"

    stage.waive(DEPUTY, "filed").go(SONG, "talked")

    assert why(stage, guards={name: "met"}) == "a guard was not as claimed"


def test_nobody_approves_their_own_lesson_whatever_an_entry_says() -> None:
    """Who holds which part is in the log, though not who was the head of the group that day."""
    stage = Lesson().propose().go(SONG, "approve")

    assert why(stage, actor=LIU) == "a guard was not as claimed"


def test_an_entry_is_of_the_schools_day() -> None:
    """At half past seven in the morning in Shanghai it is still yesterday elsewhere."""
    text = """
    day: {title: 安排, by: chair, one_per: [], file_in: [work],
          form: {date: {type: date, future: true, title: 日期}}}
    """
    stage = Stage(one_step(text, "- filed: {record: day}\n- not_before: {field: day.date}")).open()
    stage.later()
    stage.around = replace_in(stage.around, now=datetime(2026, 10, 12, 23, 30, tzinfo=UTC))
    stage.file(SONG, "day", date="2026-10-13")

    stage.go(SONG, "finish")

    assert replay(stage.version, stage.log).state == stage.now.state == "done"


def test_a_waiver_holds_for_the_visit_in_which_it_was_given() -> None:
    """An entry of a later visit cannot lean on it."""
    stage = Remarks().talk().waive(DEPUTY, "filed")
    stage.go(SONG, "back", reason="重来").go(SONG, "taught")

    early = {"to": "revise", "role": "chair", "guards": {"talked.filed": "waived"}}

    assert then(stage, SONG, "talked", **early) == "a guard that nobody waived"


def test_no_round_comes_after_the_last() -> None:
    """The built-in guard is never waived, and met only while another round may come."""
    stage = Remarks()
    for _ in range(2):
        stage.revise()
        for point in stage.points():
            if stage.now.points[point].disposition is None:
                stage.answer(point)
        stage.go(SONG, "again")

    assert why(stage, guards=changed_guards(stage, "waived")) == "more rounds than there may be"

    stage.revise()
    for point in stage.points():
        if stage.now.points[point].disposition is None:
            stage.answer(point)
    more = {"to": "work", "role": "chair", "round": 4, "guards": changed_guards(stage, "met")}

    assert then(stage, SONG, "again", **more) == "more rounds than there may be"


def changed_guards(stage: Stage, claimed: str) -> dict[str, str]:
    """The guards of `again`, all met but what is claimed of the built-in one."""
    names = {name.split(".")[1]: name for name in stage.version.guard_keys["again"]}
    return {name: claimed if g == "max_rounds" else "met" for g, name in names.items()}


def test_a_carried_step_is_one_that_moves_by_itself_and_was_ready() -> None:
    """Neither a step that people decide, nor an auto one that this act does not carry."""
    stage = Lesson().explain()
    filed = stage.log[-1]

    assert (filed.act, filed.fired) == ("file", "finish_explaining")
    assert why(stage, fired="approve") == "carries no such transition"
    assert why(stage, fired="nowhere") == "carries no such transition"
    assert then(stage, DEPUTY, "suspend", fired="finish_explaining", to="co_prepare") == (
        "carries no such transition"
    )


def test_a_step_is_fired_from_where_it_starts() -> None:
    """A transition of another state is no step from here."""
    stage = Remarks()

    told = then(stage, SONG, "talked", to="revise", role="chair", guards={"talked.filed": "met"})

    assert told == "no such transition from here"


@pytest.mark.parametrize(
    ("records", "guard"),
    [
        (NOTE.replace("chair]", "group.members]"), "filed: {record: note, by: group.members}"),
        (
            "note: {title: 签到, by: chair, form: {who: {type: attendance, of: group.members,"
            " title: 到场}}}",
            "filed: {record: note}",
        ),
        (
            "note: {title: 笔记, by: member, file_in: [work],"
            " form: {on: {type: cycle, title: 属于}}}",
            "linked: {link: on, all: true, in: [done]}",
        ),
    ],
    ids=["by the directory", "a sheet of the directory", "other cycles"],
)
def test_what_only_the_directory_of_the_day_could_tell_is_left(records: str, guard: str) -> None:
    """Who was of the group that day is not in the log, nor where other cycles stood."""
    stage = Stage(one_step(records, f"- {guard}\n  waivable_by: school.deputy")).open()

    if not guard.startswith("linked"):
        stage.waive(DEPUTY, guard.split(":", maxsplit=1)[0])
    stage.go(SONG, "finish")

    assert replay(stage.version, stage.log) == stage.now


# --- what may be kept back in an export ----------------------------------------------------


def test_only_what_somebody_may_not_read_is_kept_back() -> None:
    """A filing that is hidden, what was said on its points, and the opening's key meanwhile."""
    stage = Remarks().talk()
    stage.say(MA, "提问太多")
    withheld = [may_be_withheld(stage.version, stage.now, e) for e in stage.log]

    stage.say(HE, "板书太快")
    stage.go(SONG, "talked").answer(stage.points()[0])
    shown = [may_be_withheld(stage.version, stage.now, e) for e in stage.log]

    assert withheld == [True, False, True]
    assert not any(shown)


def test_a_record_with_readers_of_its_own_may_always_be_kept_back() -> None:
    """And so may answers to what it raised."""
    record = """
    advice:
      {title: 建议, by: member, about: author, file_in: [work], read: [{who: [author, member]}],
       form: {hope: {type: points, title: 希望}}}
    """
    stage = Stage(
        one_step(record, "- filed: {record: advice}\n- answered: {points: advice}")
    ).open()
    stage.file(MA, "advice", hope=["慢一点"])
    stage.answer(stage.points()[0])

    assert [may_be_withheld(stage.version, stage.now, e) for e in stage.log] == [True] * 3


def test_what_was_seen_of_a_point_is_kept_back_like_the_point() -> None:
    """An entry that says whether it worked, of a record that names its readers."""
    stage = Remarks(("    file_in: [talk]\n", "    file_in: [talk]\n    read: [{who: member}]\n"))
    point = stage.revise().points()[0]
    for one in stage.points():
        stage.answer(one)
    stage.go(SONG, "again").verify(MA, point)

    assert stage.log[-1].act == "verify"
    assert may_be_withheld(stage.version, stage.now, stage.log[-1])
    assert not may_be_withheld(stage.version, stage.now, stage.log[-2])
