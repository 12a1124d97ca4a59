"""Opening a cycle: who may, about what, and who plays which part."""

from typing import Any

import pytest

from cycles.engine.commands import Open, Turn
from cycles.engine.surroundings import LinkedCycle
from cycles.errors import InvalidInputError, NotAllowedError
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
    ZONE,
    Stage,
    directory,
    shipped,
    small,
)

PLAIN = """
subject:
  topic: {type: text, required: true, title: 课题}
  kind: {type: choice, fact: true, title: 类型, options: {open: 公开, inner: 组内}}
  mentor: {type: person, title: 导师}
records:
  plan: {title: 教案, by: [author, expert], form: {text: {type: text, title: 教案}}}
states: {work: 进行, done: {title: 完成, final: true}}
transitions:
  finish:
    title: 完成
    from: work
    to: done
    by: [group.head, school.deputy]
    guards: [{filed: {record: plan}}, {separate: {role: author}}]
"""
EXPERT = "expert: {title: 专家, count: 0..2, outside: true}"


def opening(roles: dict[str, tuple[str, ...]], **subject: Any) -> Open:
    """The command of opening a cycle of group g1."""
    return Open(cycle="c1", group="g1", zone=ZONE, subject={"topic": "圆", **subject}, roles=roles)


def stage(**people: Any) -> Stage:
    """A school without a cycle."""
    return Stage(small(PLAIN, roles=EXPERT), directory(**people))


def faults(refusal: InvalidInputError) -> list[tuple[str, str]]:
    """Where and what."""
    return [(f.field, f.code) for f in refusal.faults]


def test_roles_take_their_defaults_and_leave_out_who_has_another() -> None:
    """The group head chairs, the author teaches, and the members are the rest of the group."""
    play = stage()

    play.send(MA, opening({"author": (LIU,)}))

    assert dict(play.now.roles) == {"author": (LIU,), "chair": (SONG,), "member": (MA, HE)}
    assert (play.now.opener, play.now.state, play.now.round) == (MA, "work", 1)


def test_a_part_for_one_is_filled_before_those_for_many() -> None:
    """Wherever the file names it, the chair's default is not used up by `group.members`."""
    play = Stage(shipped("collaborative-lesson-research"))
    subject = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}

    play.open(roles={"teacher": (LIU,), "expert": (GUO,)}, subject=subject)

    assert play.now.roles["moderator"] == (SONG,)
    assert play.now.roles["planner"] == (MA, HE)


def test_a_clashing_default_is_chosen_by_whoever_opens() -> None:
    """If the group head teaches, somebody else has to be named as chair."""
    play = stage()

    refusal = play.refuse(InvalidInputError, SONG, opening({"author": (SONG,)}))
    play.send(SONG, opening({"author": (SONG,), "chair": (MA,)}))

    assert faults(refusal) == [("roles.chair", "choose")]
    assert dict(play.now.roles) == {"author": (SONG,), "chair": (MA,), "member": (LIU, HE)}


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ({}, [("roles.author", "choose")]),
        ({"author": (LIU, MA)}, [("roles.author", "too_many")]),
        ({"author": (BAI,)}, [("roles.author", "not_a_candidate")]),
        ({"author": (GUO,)}, [("roles.author", "not_a_candidate")]),
        ({"author": ("p_left",)}, [("roles.author", "not_a_candidate")]),
        ({"author": (LIU,), "member": (LIU, MA)}, [("roles.member", "holds_two")]),
        ({"author": (LIU,), "guide": (MA,)}, [("roles.guide", "unknown")]),
        ({"author": (LIU,), "expert": (BAI, GUO, HEAD)}, [("roles.expert", "too_many")]),
    ],
)
def test_people_who_cannot_play_a_part_are_refused(
    roles: dict[str, tuple[str, ...]], expected: list[tuple[str, str]]
) -> None:
    """Too few, too many, strangers, guests where none may be, two parts, unknown parts."""
    assert faults(stage().refuse(InvalidInputError, SONG, opening(roles))) == expected


def test_a_guest_holds_a_part_that_is_open_to_guests() -> None:
    """`outside` lets in who comes by a link."""
    play = stage()

    play.send(SONG, opening({"author": (LIU,), "expert": (GUO,)}))

    assert play.now.roles["expert"] == (GUO,)


def test_every_fault_of_subject_and_people_is_told_at_once() -> None:
    """One refusal holds all that is wrong."""
    play = stage()
    command = Open(
        cycle="c1", group="g1", zone=ZONE, subject={"kind": "secret", "mentor": "p_left"}, roles={}
    )

    found = faults(play.refuse(InvalidInputError, SONG, command))

    assert found == [
        ("subject.topic", "required"),
        ("subject.kind", "not_an_option"),
        ("roles.author", "choose"),
    ]
    mentor = opening({"author": (LIU,)}, mentor="p_left")
    assert faults(play.refuse(InvalidInputError, SONG, mentor)) == [
        ("subject.mentor", "not_on_duty")
    ]


def test_only_those_named_open_a_cycle_and_only_of_a_group_there_is() -> None:
    """Who may is told; so are the groups."""
    play = stage()

    refusal = play.refuse(NotAllowedError, BAI, opening({"author": (LIU,)}))
    strange = Open(cycle="c1", group="g9", zone=ZONE, subject={"topic": "圆"}, roles={})
    fault = play.refuse(InvalidInputError, SONG, strange).faults[0]

    assert set(refusal.data["who"]) == set(GROUP)
    assert (fault.field, fault.code, fault.data) == ("group", "unknown", {"known": ["g1", "g2"]})


def test_a_cycle_that_nobody_could_end_is_not_opened() -> None:
    """Where the author alone could approve, opening is refused, saying which step."""
    play = stage(
        staff=(SONG, MA), deputies=(), heads=(), group_heads={"g1": (SONG,)},
        group_members={"g1": (SONG, MA)}, guests=(),
    )  # fmt: skip

    refusal = play.refuse(InvalidInputError, SONG, opening({"author": (SONG,), "chair": (MA,)}))

    assert faults(refusal) == [("roles", "nobody_could")]
    assert refusal.faults[0].data == {"transitions": ["finish"]}


@pytest.mark.parametrize(
    ("people", "decider"),
    [
        ({}, DEPUTY),
        ({"deputies": ()}, HEAD),
        ({"deputies": (), "heads": ()}, BAI),
    ],
)
def test_a_part_nobody_could_play_goes_to_those_above(people: dict[str, Any], decider: str) -> None:
    """The deputy, then the head, then another group's head stands in for a concerned one."""
    play = stage(**people)
    play.send(SONG, opening({"author": (SONG,), "chair": (MA,)}))

    play.file(SONG, "plan", text="第一版")

    assert play.todo() == {decider: {"decide"}}


def test_the_entry_holds_facts_in_clear_and_texts_apart() -> None:
    """The subject's text is in the payload; what rules look at, and who plays, is in the log."""
    play = stage()

    decision = play.send(SONG, opening({"author": (LIU,)}, kind="open"))

    assert decision.entry.data["subject"] == {"kind": "open"}
    assert decision.payload == {"subject": {"topic": "圆", "kind": "open"}}
    assert play.replayed() == play.now


VISIT = {"kind": "inspection"}
EARLIER = LinkedCycle(
    id="c0", workflow="classroom-visit", link="answers", incoming=False,
    state="closed", revision=9, leaf="x",
)  # fmt: skip


def test_a_cycle_is_opened_once_and_first() -> None:
    """A program that sends anything else has a fault; no person could."""
    play = stage()
    command = opening({"author": (LIU,)}, mentor=MA)
    with pytest.raises(ValueError, match="only Open"):
        play.send(SONG, Turn(verb="suspend", reason="停课"))

    opened = play.send(SONG, command)

    assert opened.payload == {"subject": {"topic": "圆", "mentor": MA}}
    with pytest.raises(ValueError, match="open already"):
        play.send(SONG, command)


def test_several_people_may_be_meant_and_each_has_to_be_there() -> None:
    """A field of people names all of them, and none who has left."""
    text = """
    subject: {guides: {type: people, title: 导师}}
    records: {note: {title: 笔记, by: subject.guides, form: {text: {type: text, title: 内容}}}}
    states: {work: 进行, done: {title: 完成, final: true}}
    transitions:
      finish: {title: 完成, from: work, to: done, by: chair, guards: [filed: {record: note}]}
    """
    both = Stage(small(text)).open(subject={"guides": [BAI, DEPUTY]})
    command = Open(
        cycle="c1", group="g1", zone=ZONE, subject={"guides": [BAI, "p_left"]},
        roles={"author": (LIU,)},
    )  # fmt: skip

    fault = Stage(small(text)).refuse(InvalidInputError, SONG, command).faults[0]

    assert both.todo() == {BAI: {"file:note"}, DEPUTY: {"file:note"}}
    assert (fault.field, fault.code) == ("subject.guides", "not_on_duty")


def test_a_person_of_the_subject_may_be_meant() -> None:
    """`subject.<field>` names whom the opening names there, and nobody where it is empty."""
    text = """
    subject: {guide: {type: person, title: 导师}}
    records: {note: {title: 笔记, by: subject.guide, form: {text: {type: text, title: 内容}}}}
    states: {work: 进行, done: {title: 完成, final: true}}
    transitions:
      finish: {title: 完成, from: work, to: done, by: chair, guards: [filed: {record: note}]}
    """
    guided = Stage(small(text)).open(subject={"guide": BAI})
    alone = Stage(small(text)).open()

    assert guided.todo() == {BAI: {"file:note"}}
    assert alone.todo() == {DEPUTY: {"substitute"}}


def test_a_link_names_a_cycle_that_there_is() -> None:
    """A visit that follows up another names one of the right workflow."""
    play = Stage(shipped("classroom-visit"))
    roles = {"teacher": (LIU,)}
    missing = Open(
        cycle="c1", group="g1", zone=ZONE, subject={**VISIT, "answers": "c0"}, roles=roles
    )

    fault = play.refuse(InvalidInputError, DEPUTY, missing).faults[0]
    play.link(EARLIER).send(DEPUTY, missing)

    assert (fault.field, fault.code) == ("subject.answers", "unknown_cycle")
    assert fault.data == {"workflow": ["classroom-visit"]}
    assert play.now.subject == {"kind": "inspection", "answers": "c0"}
    assert dict(play.now.roles) == {"visitor": (DEPUTY,), "teacher": (LIU,)}
