"""The engine's own verbs: pause, end, reopen, people who come, go, stand in or are excused."""

from datetime import timedelta
from typing import Any

import pytest

from cycles.engine.commands import Advance, Command, Excuse, File, Staff, Turn, Waive
from cycles.errors import InvalidInputError, NotAllowedError, WrongStateError
from tests.unit.engine.remarks import REMARKS, Remarks
from tests.unit.engine.stage import (
    BAI,
    DEPUTY,
    GROUP,
    GUO,
    HE,
    HEAD,
    LIU,
    MA,
    SONG,
    TODAY,
    Stage,
    directory,
    one_step,
    small,
)

PLAN = File(record="plan", fields={"text": "第一版"})


def who_may(stage: Stage, command: Command) -> set[str]:
    """Those to whom the command is not refused for who they are."""
    everybody = (*GROUP, BAI, DEPUTY, HEAD, GUO)
    refusal = stage.refuse(NotAllowedError, LIU, command)
    assert set(refusal.data["who"]) <= set(everybody)
    return set(refusal.data["who"])


@pytest.mark.parametrize(
    ("command", "who"),
    [
        (Turn(verb="suspend", reason="停课"), {SONG, DEPUTY}),
        (Turn(verb="cancel", reason="停课"), {DEPUTY, HEAD}),
        (Staff(verb="add", role="member", to=BAI, reason="加入"), {SONG, DEPUTY}),
        (Staff(verb="reassign", role="member", person=MA, to=BAI, reason="换"), {SONG, DEPUTY}),
        (
            Staff(
                verb="substitute", role="member", person=MA, to=BAI,
                since=TODAY, until=TODAY, reason="代",
            ),
            {SONG, DEPUTY},
        ),
        (Excuse(person=MA, since=TODAY, until=TODAY, reason="培训"), {SONG, DEPUTY}),
    ],
    ids=lambda value: getattr(value, "verb", ""),
)  # fmt: skip
def test_each_verb_has_its_people(command: Command, who: set[str]) -> None:
    """Group head and deputy for the daily ones, deputy and head for the end."""
    assert who_may(Remarks(), command) == who


def test_the_file_may_name_others() -> None:
    """`lifecycle` takes the place of the defaults, verb by verb."""
    stage = Stage(small(REMARKS + "lifecycle: {suspend: chair, cancel: school.head}\n"))
    stage.open(roles={"author": (LIU,), "chair": (MA,)})

    assert who_may(stage, Turn(verb="suspend", reason="停课")) == {MA}
    assert who_may(stage, Turn(verb="cancel", reason="停课")) == {HEAD}
    stage.turn(MA, "suspend")
    assert stage.todo() == {SONG: {"resume"}, DEPUTY: {"resume"}}


@pytest.mark.parametrize("verb", ["suspend", "cancel", "withdraw"])
def test_every_verb_wants_a_reason(verb: str) -> None:
    """Nothing of it is done in silence, and no reason stands in the log's clear part."""
    stage = Remarks()

    fault = stage.refuse(InvalidInputError, DEPUTY, Turn(verb=verb, reason=" ")).faults[0]
    stage.turn(SONG if verb == "withdraw" else DEPUTY, verb)

    assert (fault.field, fault.code) == ("reason", "required")
    assert stage.log[-1].data == {}
    assert stage.last is not None
    assert stage.last.payload == {"reason": "有原因"}


def test_a_reason_stands_beside_its_entry_and_never_in_it() -> None:
    """Whatever was done, why is told to those who see the cycle, and can be erased."""
    days = {"since": TODAY, "until": TODAY}
    sent: list[tuple[str, Command]] = [
        (SONG, Advance(transition="taught")),
        (SONG, Advance(transition="back", reason="理由一")),
        (SONG, Turn(verb="suspend", reason="理由二")),
        (SONG, Turn(verb="resume", reason="理由三")),
        (SONG, Staff(verb="reassign", role="member", person=HE, to=BAI, reason="理由四")),
        (SONG, Staff(verb="add", role="member", to=HE, reason="理由五")),
        (SONG, Staff(verb="substitute", role="author", person=LIU, to=MA, reason="理由六", **days)),
        (SONG, Excuse(person=HE, reason="理由七", **days)),
        (SONG, Advance(transition="taught")),
        (DEPUTY, Waive(guard="filed", reason="理由八")),
        (DEPUTY, Turn(verb="cancel", reason="理由九")),
        (DEPUTY, Turn(verb="reopen", reason="理由十")),
        (HEAD, Turn(verb="reopen", reason="理由十一")),
    ]
    stage = Remarks()

    for by, command in sent:
        decision = stage.send(by, command)

        reason = getattr(command, "reason", None)
        assert decision.payload == (None if reason is None else {"reason": reason})
        assert "理由" not in str(decision.entry)


def test_while_suspended_only_resuming_ending_and_people_are_possible() -> None:
    """No filing, no transition, no excuse; who plays which part may change."""
    stage = Remarks().turn(SONG, "suspend")

    for by, command in (
        (LIU, PLAN),
        (SONG, Advance(transition="taught")),
        (SONG, Turn(verb="suspend", reason="停课")),
        (DEPUTY, Excuse(person=MA, since=TODAY, until=TODAY, reason="培训")),
    ):
        refusal = stage.refuse(WrongStateError, by, command)
        assert "lifecycle:resume" in refusal.possible
    stage.add("member", BAI)
    assert stage.turn(DEPUTY, "cancel").now.state == "cancelled"


def test_resuming_keeps_the_visit_and_what_was_filed() -> None:
    """After a pause the cycle is what it was but for its revision."""
    stage = Remarks()
    stage.send(LIU, PLAN)
    before = stage.now

    stage.turn(SONG, "suspend").turn(SONG, "resume")

    assert stage.now.visits == before.visits
    assert stage.now.filings == before.filings
    assert (stage.now.state, stage.now.held) == ("work", None)
    assert stage.now.revision == before.revision + 2


@pytest.mark.parametrize(
    ("verb", "possible"),
    [
        ("resume", ("lifecycle:suspend", "lifecycle:cancel", "lifecycle:withdraw")),
        ("reopen", ("lifecycle:suspend", "lifecycle:cancel", "lifecycle:withdraw")),
        ("explode", ("lifecycle:suspend", "lifecycle:cancel", "lifecycle:withdraw")),
    ],
)
def test_a_verb_that_does_not_fit_names_those_that_do(verb: str, possible: tuple[str, ...]) -> None:
    """What is running is neither resumed nor reopened."""
    refusal = Remarks().refuse(WrongStateError, DEPUTY, Turn(verb=verb, reason="有原因"))

    assert refusal.possible == possible


def test_withdrawing_is_for_the_opener_or_the_one_concerned_and_at_the_start_only() -> None:
    """撤回: before anything has begun, by who opened it or whom its records are about."""
    opened = Stage(small(REMARKS)).open(by=MA)

    refusal = opened.refuse(NotAllowedError, HE, Turn(verb="withdraw", reason="不上了"))

    assert set(refusal.data["who"]) == {MA, LIU}
    assert opened.turn(LIU, "withdraw").now.state == "withdrawn"
    begun = Remarks().talk()
    begun.refuse(WrongStateError, SONG, Turn(verb="withdraw", reason="不上了"))


def finished() -> Remarks:
    """A cycle played to its end."""
    stage = Remarks().revise()
    for point in stage.points():
        stage.answer(point)
    return stage.close().finish()


def test_what_has_ended_takes_nothing_but_reopening() -> None:
    """Final, cancelled and withdrawn alike."""
    for stage in (finished(), Remarks().turn(DEPUTY, "cancel"), Remarks().turn(SONG, "withdraw")):
        commands: list[Command] = [
            PLAN,
            Advance(transition="taught"),
            Turn(verb="suspend", reason="停"),
            Staff(verb="add", role="member", to=BAI, reason="加入"),
            Excuse(person=MA, since=TODAY, until=TODAY, reason="培训"),
        ]
        for command in commands:
            refusal = stage.refuse(WrongStateError, DEPUTY, command)
            assert refusal.possible == ("lifecycle:reopen",)
        assert stage.todo() == {}


def test_reopening_needs_two_persons() -> None:
    """Deputy or head propose, which changes no state; a second confirms."""
    stage = finished()
    stage.refuse(NotAllowedError, SONG, Turn(verb="reopen", reason="补"))

    stage.turn(HEAD, "reopen")
    proposed = (stage.now.state, stage.log[-1].act, stage.todo())
    alone = stage.refuse(NotAllowedError, HEAD, Turn(verb="reopen", reason="补"))
    stage.turn(SONG, "reopen")

    assert proposed == ("done", "propose_reopen", {DEPUTY: {"reopen"}, SONG: {"reopen"}})
    assert alone.data == {"who": [DEPUTY, SONG]}
    assert (stage.now.state, stage.now.reopening) == ("closing", None)


def test_reopening_goes_back_to_the_state_last_left_in_a_new_visit_of_the_same_round() -> None:
    """Nothing that was filed is lost; waivers of the old visit are gone."""
    stage = finished()
    before = stage.now

    stage.turn(DEPUTY, "reopen").turn(HEAD, "reopen")

    assert stage.now.visit.number == before.visit.number + 1
    assert (stage.now.visit.state, stage.now.round) == ("closing", before.round)
    assert stage.now.filings == before.filings
    stage.finish()
    assert stage.now.state == "done"
    assert stage.turn(DEPUTY, "reopen").turn(HEAD, "reopen").now.state == "closing"


@pytest.mark.parametrize("paused", [False, True])
def test_a_cancelled_cycle_is_reopened_where_it_stood(paused: bool) -> None:
    """Whether it ran or was paused when it ended."""
    stage = Remarks().talk()
    if paused:
        stage.turn(SONG, "suspend")
    stage.turn(DEPUTY, "cancel")

    stage.turn(DEPUTY, "reopen").turn(SONG, "reopen")

    assert (stage.now.state, stage.now.held) == ("talk", None)
    assert stage.todo()[MA] == {"file:remarks"}


def test_whoever_joins_is_asked_like_the_others() -> None:
    """A member who is added has the members' tasks at once."""
    stage = Remarks().talk().add("member", BAI)

    assert stage.todo()[BAI] == {"file:remarks"}
    assert stage.now.roles["member"] == (MA, HE, BAI)


def test_handing_a_part_over_hands_over_what_it_has_to_do() -> None:
    """换人负责: the new author answers what was said to the one before."""
    stage = Remarks().revise()

    stage.reassign("author", LIU, HE)

    assert stage.now.roles["author"] == (HE,)
    assert stage.todo() == {HE: {"answer:remarks"}}
    assert stage.answer(stage.points()[0], by=HE).disposition == "adopted"


def test_who_takes_over_another_part_leaves_their_own() -> None:
    """One person holds one filled role: the member who becomes author is no member any more."""
    stage = Remarks().reassign("author", LIU, MA)

    assert dict(stage.now.roles) == {"author": (MA,), "chair": (SONG,), "member": (HE,)}
    assert stage.people.roles_of(MA) == ("author",)


def test_who_cannot_be_spared_takes_over_nothing() -> None:
    """The only chair does not become the author, unless somebody else chairs first."""
    stage = Remarks()

    command = Staff(verb="reassign", role="author", person=LIU, to=SONG, reason="换人")
    fault = stage.refuse(InvalidInputError, DEPUTY, command).faults[0]
    stage.reassign("chair", SONG, HE).reassign("author", LIU, SONG)

    assert (fault.field, fault.code, fault.data) == ("to", "holds_a_role", {"role": "chair"})
    assert dict(stage.now.roles) == {"author": (SONG,), "chair": (HE,), "member": (MA,)}


def test_a_substitute_stands_in_for_some_days_and_no_longer() -> None:
    """代上: the part comes back by itself; meanwhile the member who stands in is no member."""
    stage = Remarks().substitute("author", LIU, MA, days=2)
    during = (stage.people.holders("author"), stage.people.holders("member"))
    stage.send(MA, PLAN)

    stage.later(2)

    assert during == ((MA,), (HE,))
    assert stage.log[-1].role == "author"
    assert stage.people.holders("author") == (LIU,)
    assert stage.people.holders("member") == (MA, HE)
    stage.refuse(NotAllowedError, MA, PLAN)


def test_nobody_stands_in_for_two() -> None:
    """While Ma stands in for Liu, no other part is given to Ma."""
    stage = Remarks().substitute("author", LIU, MA, days=2)

    command = Staff(
        verb="substitute", role="member", person=HE, to=MA,
        since=TODAY + timedelta(days=1), until=TODAY + timedelta(days=5), reason="代",
    )  # fmt: skip

    assert stage.refuse(InvalidInputError, DEPUTY, command).faults[0].code == "holds_a_role"


def test_who_stands_in_from_elsewhere_takes_no_other_part_meanwhile() -> None:
    """Bai, who is of another group, stands in for Ma for two days: only afterwards for He."""
    stage = Remarks().substitute("member", MA, BAI, days=2)
    join = Staff(verb="add", role="member", to=BAI, reason="加入")
    days = {"since": TODAY + timedelta(days=2), "until": TODAY + timedelta(days=5)}
    stand_in = Staff(verb="substitute", role="member", person=HE, to=BAI, reason="代", **days)

    assert stage.refuse(InvalidInputError, DEPUTY, join).faults[0].code == "holds_a_role"
    assert stage.send(DEPUTY, stand_in).after.substitutions[-1].to == BAI


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"verb": "promote"}, [("verb", "unknown")]),
        ({"role": "guide"}, [("role", "unknown")]),
        ({"person": HE, "role": "chair"}, [("person", "not_a_holder")]),
        ({"to": "p_left"}, [("to", "not_a_candidate")]),
        ({"to": GUO}, [("to", "not_a_candidate")]),
        ({"to": HE}, [("to", "holds_a_role")]),
        ({"verb": "add", "role": "author"}, [("to", "not_a_candidate"), ("role", "full")]),
        ({"verb": "substitute"}, [("since", "required")]),
        ({"verb": "substitute", "since": TODAY}, [("until", "required")]),
        (
            {"verb": "substitute", "since": TODAY, "until": TODAY - timedelta(days=1)},
            [("until", "before_since")],
        ),
    ],
)
def test_a_change_of_people_that_cannot_be_is_refused(
    changed: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """Unknown verbs and parts, strangers, guests, people with a part of the same, full parts."""
    usual: dict[str, Any] = {"verb": "reassign", "role": "member", "person": MA, "to": BAI}

    command = Staff(**{**usual, **changed}, reason="换人")
    refusal = Remarks().refuse(InvalidInputError, DEPUTY, command)

    assert [(f.field, f.code) for f in refusal.faults] == expected


def test_who_joins_in_a_part_leaves_no_other_for_it() -> None:
    """A member may take a part over; to be added to one, they must hold none."""
    note = "{title: 笔记, by: [author, expert], form: {text: {type: text, title: 内容}}}"
    roles = "expert: {title: 专家, count: 0..}"
    stage = Stage(one_step(f"note: {note}", "- filed: {record: note}", roles=roles)).open()
    join = Staff(verb="add", role="expert", to=MA, reason="加入")

    fault = stage.refuse(InvalidInputError, DEPUTY, join).faults[0]
    stage.add("expert", BAI)

    assert (fault.field, fault.code, fault.data) == ("to", "holds_a_role", {"role": "member"})
    assert stage.now.roles["expert"] == (BAI,)


def test_who_cannot_take_a_part_is_named_with_those_who_could() -> None:
    """So that a page can offer them."""
    command = Staff(verb="reassign", role="author", person=LIU, to=BAI, reason="换人")

    fault = Remarks().refuse(InvalidInputError, DEPUTY, command).faults[0]

    assert fault.data == {"person": BAI, "candidates": [LIU, SONG, MA, HE]}


def test_whom_a_verb_names_does_not_do_it() -> None:
    """The group head does not excuse herself, nor hand her own part over: the deputy does."""
    stage = Remarks()

    excuse = Excuse(person=SONG, since=TODAY, until=TODAY, reason="培训")
    refusal = stage.refuse(NotAllowedError, SONG, excuse)
    over = Staff(verb="reassign", role="chair", person=SONG, to=BAI, reason="换人")
    handing = stage.refuse(NotAllowedError, SONG, over)

    assert refusal.data == handing.data == {"who": [DEPUTY]}


def test_where_the_deputy_is_concerned_the_head_decides() -> None:
    """A deputy who teaches in a group of their own is excused by the head."""
    people = directory(group_heads={"g1": (DEPUTY,)}, group_members={"g1": (*GROUP, DEPUTY)})
    stage = Stage(small(REMARKS), people).open(by=DEPUTY)

    excuse = Excuse(person=DEPUTY, since=TODAY, until=TODAY, reason="培训")
    refusal = stage.refuse(NotAllowedError, DEPUTY, excuse)

    assert refusal.data == {"who": [HEAD]}


def test_an_excuse_names_days_and_ends_by_itself() -> None:
    """Who is excused is asked for nothing, and is asked again when the days are over."""
    stage = Remarks().talk().excuse(MA, days=2)
    first = MA in stage.todo()

    second, third = MA in stage.later().todo(), MA in stage.later().todo()

    assert (first, second, third) == (False, False, True)


def test_only_participants_are_excused() -> None:
    """Others owe the cycle nothing."""
    command = Excuse(person=BAI, since=TODAY, until=TODAY, reason="培训")

    fault = Remarks().refuse(InvalidInputError, DEPUTY, command).faults[0]

    assert (fault.field, fault.code) == ("person", "not_a_participant")


def test_who_is_excused_may_still_file() -> None:
    """An excuse takes away a duty, not a right."""
    stage = Remarks().talk().excuse(MA)

    assert stage.say(MA, "提问太多")[0].counting


def test_a_closed_account_does_nothing_and_its_part_is_for_somebody_else_to_fill() -> None:
    """Who has left the school may not act; the deputy is asked to find somebody."""
    stage = Remarks().revise()

    stage.meet(staff=(SONG, MA, HE, BAI, DEPUTY, HEAD))

    stage.refuse(NotAllowedError, LIU, PLAN)
    assert stage.todo() == {DEPUTY: {"substitute"}}
    stage.reassign("author", LIU, MA)
    assert stage.todo() == {MA: {"answer:remarks"}}


def test_one_who_stands_in_for_a_closed_account_takes_the_task_away_from_the_deputy() -> None:
    """For some days is enough to go on."""
    stage = Remarks().revise().meet(staff=(SONG, MA, HE, BAI, DEPUTY, HEAD))

    stage.substitute("author", LIU, HE, days=3)

    assert stage.todo() == {HE: {"answer:remarks"}}
