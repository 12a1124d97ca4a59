"""A verdict says all that people are told of a guard: why, with which figures, who clears it how.

Pages, refusals, tasks and the log are made of nothing else, so each is told here in full.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from cycles.engine.commands import File
from cycles.engine.surroundings import LinkedCycle
from cycles.engine.verdicts import Remedy, Verdict
from tests.unit.engine.remarks import Remarks
from tests.unit.engine.stage import DEPUTY, HE, LIU, MA, SONG, TODAY, Stage, one_step, small

RECORDS = """
plan:
  {title: 教案, by: author, one_per: [], file_in: [work],
   form: {text: {type: text, title: 内容}}}
note:
  {title: 笔记, by: [member, chair], file_in: [work],
   form: {text: {type: text, title: 内容}}}
day:
  {title: 安排, by: chair, one_per: [], file_in: [work],
   form: {date: {type: date, future: true, title: 日期}, seats: {type: number, title: 人数}}}
seen:
  {title: 听课, by: member, not_before: day.date, file_in: [work],
   form: {text: {type: text, title: 内容}}}
sheet:
  {title: 签到, by: chair, one_per: [round], file_in: [work],
   form: {people: {type: attendance, of: [member, chair], title: 到场}}}
advice:
  {title: 建议, by: member, about: author, file_in: [work],
   form: {hope: {type: points, title: 希望}}}
"""
#: What no guard of the case asks for is asked for beside it, so that the workflow is sound.
BESIDE = """
- {filed: {record: plan}, id: beside_plan}
- {answered: {points: advice}, id: beside_advice}
"""
ROLES = "present: {title: 到场者, from: sheet.people}"
AHEAD = TODAY + timedelta(days=3)


def judged(guard: str, before: Callable[[Stage], Any], actor: str | None = None) -> Verdict:
    """What the guard `g` says after what was done before."""
    asked = f"- {{{guard}, id: g}}\n- {{filed: {{record: note, by: present}}, id: beside_note}}"
    stage = Stage(one_step(RECORDS, asked + BESIDE, roles=ROLES)).open()
    before(stage)
    return stage.verdict("g", actor=actor)


def linked(state: str, *people: str) -> LinkedCycle:
    """A cycle that belongs to this one."""
    return LinkedCycle(
        id="l1", workflow="part", link="whole", incoming=True, state=state, revision=1,
        leaf="leaf", people=people,
    )  # fmt: skip


def nothing(stage: Stage) -> None:
    """The cycle was opened."""


def unmet(kind: str, code: str, data: dict[str, Any], *remedies: Remedy, **rest: Any) -> Verdict:
    """A verdict that blocks."""
    return Verdict(guard="g", kind=kind, met=False, code=code, data=data, remedies=remedies, **rest)


def met(kind: str, **data: Any) -> Verdict:
    """A verdict that lets pass."""
    return Verdict(guard="g", kind=kind, met=True, data=data)


def one_of(do: str, *who: str, **more: Any) -> Remedy:
    """What any one of them does."""
    return Remedy(do=do, who=who, mode="any_of", **more)


def each(do: str, *who: str, needed: int) -> Remedy:
    """What so many of them do."""
    return Remedy(do=do, who=who, mode="each", needed=needed)


CASES: dict[str, tuple[str, Callable[[Stage], Any], Verdict]] = {
    "a record is missing": (
        "filed: {record: plan}",
        nothing,
        unmet("filed", "missing", {"do": "file:plan", "needed": 1}, one_of("file:plan", LIU)),
    ),
    "two of three are missing": (
        "filed: {record: note, at_least: 3}",
        lambda stage: stage.file(MA, "note", text="一"),
        unmet(
            "filed", "missing", {"do": "file:note", "needed": 2},
            one_of("file:note", MA, HE, SONG, needed=2),
        ),
    ),
    "a record is there": (
        "filed: {record: plan}", lambda stage: stage.file(LIU, "plan", text="一"), met("filed")
    ),
    "a quorum is missing": (
        "filed: {record: note, by: [member, chair], quorum: 2/3}",
        lambda stage: stage.file(MA, "note", text="一"),
        unmet(
            "filed", "quorum_missing", {"record": "note", "have": 1, "need": 2, "of": 3},
            each("file:note", HE, SONG, needed=1),
        ),
    ),
    "a quorum is there": (
        "filed: {record: note, by: [member, chair], at_least: 1}",
        lambda stage: stage.file(MA, "note", text="一"),
        met("filed", record="note", have=1, need=1, of=3),
    ),
    "too few for a quorum": (
        "filed: {record: note, by: member, at_least: 3}",
        nothing,
        unmet(
            "filed", "too_few", {"record": "note", "have": 0, "need": 3, "of": 2},
            one_of("substitute", SONG, DEPUTY),
        ),
    ),
    "who is present is not known": (
        "filed: {record: note, by: present, quorum: 1/2}",
        nothing,
        unmet("filed", "not_yet_known", {"record": "note"}, after="sheet"),
    ),
    "a sheet is not complete": (
        "filed: {record: sheet}",
        lambda stage: stage.file(SONG, "sheet", people={MA: "present"}),
        unmet(
            "filed", "missing", {"do": "file:sheet", "needed": 1},
            one_of("file:sheet", SONG, items=(HE, SONG)),
        ),
    ),
    "the day of a record is not known": (
        "filed: {record: seen}",
        nothing,
        unmet("filed", "not_yet_known", {"record": "seen"}, after="day"),
    ),
    "the day of a record lies ahead": (
        "filed: {record: seen, by: member}",
        lambda stage: stage.file(SONG, "day", date=AHEAD.isoformat()),
        unmet(
            "filed", "date_ahead", {"record": "seen", "date": AHEAD.isoformat()},
            waits_until=AHEAD,
        ),
    ),
    "points wait for their answer": (
        "answered: {points: advice}",
        lambda stage: stage.file(MA, "advice", hope=["慢", "停"]),
        unmet(
            "answered", "points_open", {"record": "advice", "open": 2},
            one_of("answer:advice", LIU, needed=2, items=("2.1", "2.2")),
        ),
    ),
    "no points": ("answered: {points: advice}", nothing, met("answered")),
    "nothing has changed": (
        "changed: {record: plan}",
        nothing,
        unmet("changed", "missing", {"do": "file:plan", "needed": 1}, one_of("file:plan", LIU)),
    ),
    "a day is not known": (
        "not_before: {field: day.date}",
        nothing,
        unmet("not_before", "not_yet_known", {"field": "day.date"}, after="day"),
    ),
    "a day lies ahead": (
        "not_before: {field: day.date}",
        lambda stage: stage.file(SONG, "day", date=AHEAD.isoformat()),
        unmet(
            "not_before", "date_ahead", {"field": "day.date", "date": AHEAD.isoformat()},
            waits_until=AHEAD,
        ),
    ),
    "a day has come": (
        "not_before: {field: day.date}",
        lambda stage: stage.file(SONG, "day", date=TODAY.isoformat()),
        met("not_before"),
    ),
    "a fact is not known": (
        "field: {field: day.seats, at_least: 9}",
        nothing,
        unmet("field", "not_yet_known", {"field": "day.seats"}, after="day"),
    ),
    "a fact is another": (
        "field: {field: day.seats, at_least: 9}",
        lambda stage: stage.file(SONG, "day", seats=8),
        unmet("field", "missing", {"do": "file:day", "needed": 1}, one_of("file:day", SONG)),
    ),
    "a fact fits": (
        "field: {field: day.seats, at_least: 9}",
        lambda stage: stage.file(SONG, "day", seats=9),
        met("field", field="day.seats"),
    ),
    "nothing to sign": (
        "consent: {by: member, to: plan}",
        nothing,
        unmet("consent", "not_yet_known", {"record": "plan"}, after="plan"),
    ),
    "one has not signed": (
        "consent: {by: member, to: plan}",
        lambda stage: stage.file(LIU, "plan", text="一"),
        unmet(
            "consent", "unsigned", {"record": "plan", "missing": 2},
            each("sign:plan", MA, HE, needed=2),
        ),
    ),
    "no part yet": (
        "linked: {link: whole, of: part, at_least: 2, in: [done]}",
        lambda stage: stage.link(linked("run")),
        unmet(
            "linked", "waits_for_cycles",
            {"link": "whole", "in": ["done"], "have": 0, "need": 2},
            one_of("open:whole", SONG), waits_for=("l1",),
        ),
    ),
    "one of the parts is not done": (
        "linked: {link: whole, of: part, all: true, in: [done]}",
        lambda stage: stage.link(linked("run")),
        unmet(
            "linked", "waits_for_cycles",
            {"link": "whole", "in": ["done"], "have": 0, "need": 1}, waits_for=("l1",),
        ),
    ),
    "a person has no part": (
        "linked: {link: whole, of: part, at_least: 1, in: [done], per: member}",
        lambda stage: stage.link(linked("run", MA)),
        unmet(
            "linked", "waits_for_cycles", {"link": "whole", "in": ["done"], "have": 0},
            each("open:whole", HE, needed=1), waits_for=("l1",),
        ),
    ),
    "all parts are run": (
        "linked: {link: whole, of: part, at_least: 1, in: [done], per: member}",
        lambda stage: stage.link(linked("run", MA, HE)),
        unmet(
            "linked", "waits_for_cycles", {"link": "whole", "in": ["done"], "have": 0},
            waits_for=("l1",),
        ),
    ),
    "every person has a part": (
        "linked: {link: whole, of: part, at_least: 1, in: [done], per: member}",
        lambda stage: stage.link(linked("done", MA, HE)),
        met("linked", link="whole", **{"in": ["done"]}, have=1),
    ),
    "all parts are done": (
        "linked: {link: whole, of: part, all: true, in: [done]}",
        lambda stage: stage.link(linked("done")),
        met("linked", link="whole", **{"in": ["done"]}, have=1),
    ),
    "neither of two": (
        "any: [{filed: {record: plan}, id: a}, {not_before: {field: day.date}, id: b}]",
        lambda stage: stage.file(SONG, "day", date=AHEAD.isoformat()),
        unmet(
            "any", "none_met", {"branches": ["a", "b"]}, one_of("file:plan", LIU),
            waits_until=AHEAD,
        ),
    ),
    "what may not be": (
        "not: {field: {field: day.seats, is: 9}}, waivable_by: school.deputy",
        lambda stage: stage.file(SONG, "day", seats=9),
        unmet(
            "not", "must_not", {"guard": "field"},
            one_of("waive", DEPUTY), waivable_by=(DEPUTY,),
        ),
    ),
    "what is not": (
        "not: {field: {field: day.seats, is: 9}}",
        lambda stage: stage.file(SONG, "day", seats=8),
        met("not", guard="field"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_verdict_says_why_how_far_and_who_clears_it_how(case):
    """The whole verdict, and nothing in it besides."""
    guard, before, told = CASES[case]

    assert judged(guard, before) == told


def test_who_may_not_act_is_told_who_may():
    """`separate` looks at who would act."""
    guard = "separate: {role: author}"

    assert judged(guard, nothing, actor=LIU) == unmet(
        "separate", "same_person", {"role": "author"}, one_of("act", SONG)
    )
    assert judged(guard, nothing, actor=MA) == met("separate")
    assert judged(guard, nothing) == met("separate")


def test_a_waived_guard_says_so_and_asks_nobody():
    """It stays unmet, and who may have waived it is told no more."""
    guard = "filed: {record: plan}, waivable_by: school.deputy"
    asked = unmet(
        "filed", "missing", {"do": "file:plan", "needed": 1},
        one_of("file:plan", LIU), waivable_by=(DEPUTY,),
    )  # fmt: skip
    waived = unmet("filed", "missing", {"do": "file:plan", "needed": 1}, waived=True)

    assert judged(guard, nothing) == asked
    assert judged(guard, lambda stage: stage.waive(DEPUTY, "g")) == waived


ROUNDS = """
rounds: {min: 2, max: 2}
records:
  room:
    {title: 教室, by: chair, one_per: [round], file_in: [work],
     form: {room: {type: class, title: 教室}}}
  plan:
    {title: 教案, by: author, one_per: [], file_in: [work],
     form: {text: {type: text, title: 内容}}}
states: {work: 进行, done: {title: 完成, final: true}}
transitions:
  again: {title: 再来, from: work, to: work, by: chair, round: next}
  finish:
    title: 完成
    from: work
    to: done
    by: chair
    guards:
      - {rounds: {at_least: min}, id: least}
      - {distinct: {field: room.room}, id: other}
      - {changed: {record: plan}, id: new}
"""


def test_what_a_round_allows_is_told_in_full():
    """How many there are and may be, what differs from earlier ones, and what is new."""
    stage = Stage(small(ROUNDS)).open()

    def says(guard: str, way: str = "finish") -> Verdict:
        return replace(stage.verdict(guard, way), guard="g")

    unfiled, first = says("other"), says("least")
    another = says("max_rounds", "again")
    stage.file(SONG, "room", room="a1")
    stage.file(LIU, "plan", text="一")
    only = says("other")
    stage.go(SONG, "again")
    stage.file(SONG, "room", room="a1")
    same, last = says("other"), says("max_rounds", "again")
    stage.file(LIU, "plan", text="二")
    changed = says("new")
    stage.send(SONG, File(record="room", fields={"room": "a2"}))

    assert first == unmet("rounds", "round_min", {"min": 2, "now": 1}, never=True)
    assert another == met("rounds", max=2)
    assert unfiled == unmet("distinct", "not_yet_known", {"field": "room.room"}, after="room")
    assert only == met("distinct")
    assert same == unmet(
        "distinct", "missing", {"do": "file:room", "needed": 1}, one_of("file:room", SONG)
    )
    assert last == unmet("rounds", "round_max", {"max": 2}, never=True)
    assert changed == met("changed")
    assert says("other") == met("distinct")
    assert says("least") == met("rounds", min=2, now=2)


def test_what_was_not_looked_for_is_told_in_full():
    """How many points there are, which, and who could have seen them."""
    stage = Remarks().revise()
    own, other = stage.points()
    for point in (own, other):
        stage.answer(point)
    stage.go(SONG, "again").go(SONG, "taught")
    stage.say(MA, "还是快")
    stage.say(HE, "还是多")
    stage.go(SONG, "talked")
    for point in stage.points():
        if stage.now.points[point].disposition is None:
            stage.answer(point, "declined")
    stage.close()

    verdict = stage.verdict("verified")
    stage.verify(MA, own)
    half = stage.verdict("verified")
    stage.verify(MA, other, "not_yet")

    remedy = one_of("verify:remarks", MA, HE, SONG, items=(own, other))
    told = replace(verdict, guard="g", waivable_by=())
    assert told == unmet("verified", "not_looked_for", {"record": "remarks", "open": 2}, remedy)
    assert (half.data["open"], half.remedies[0].items) == (1, (other,))
    assert replace(stage.verdict("verified"), guard="g") == met("verified")
