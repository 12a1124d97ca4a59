"""`separate` and `consent`: who must not act alone, and who must have agreed."""

from cycles.engine.commands import Advance, Sign
from cycles.errors import BlockedError, InvalidInputError, NotAllowedError, WrongStateError
from tests.unit.engine.stage import (
    BAI,
    DEPUTY,
    GROUP,
    HE,
    HEAD,
    LIU,
    MA,
    SONG,
    Stage,
    one_step,
    small,
)

PLAN = """
plan:
  title: 教案
  by: author
  one_per: []
  form: {text: {type: text, required: true, title: 教案}}
"""

SEPARATE = """
records:
  plan:
    title: 教案
    by: author
    one_per: []
    form: {text: {type: text, required: true, title: 教案}}
states: {work: 进行, done: {title: 完成, final: true}}
transitions:
  finish:
    title: 完成
    from: work
    to: done
    by: [group.head, school.deputy]
    guards:
      - filed: {record: plan}
      - separate: {role: author}
"""


def test_who_holds_the_role_is_told_who_may_act_instead() -> None:
    """`separate` blocks the holder alone, and names the others."""
    stage = Stage(small(SEPARATE)).open(roles={"author": (SONG,), "chair": (MA,)})
    stage.file(SONG, "plan", text="第一版")

    refusal = stage.refuse(BlockedError, SONG, Advance(transition="finish"))

    verdict = refusal.verdicts[0]
    assert (verdict.code, verdict.data) == ("same_person", {"role": "author"})
    assert [(r.do, r.mode, r.who) for r in verdict.remedies] == [("act", "any_of", (DEPUTY,))]
    assert stage.todo() == {DEPUTY: {"decide"}}


def test_asked_for_nobody_in_particular_it_is_met_if_somebody_could_act() -> None:
    """For the tasks, `separate` looks at whether anybody passes, and `decide` goes to those."""
    stage = Stage(small(SEPARATE)).open()
    stage.file(LIU, "plan", text="第一版")

    assert stage.verdict("separate").met
    assert stage.verdict("separate", actor=SONG).met
    assert not stage.verdict("separate", actor=LIU).met
    assert stage.todo() == {SONG: {"decide"}, DEPUTY: {"decide"}}


def test_where_all_of_them_hold_the_role_somebody_above_decides() -> None:
    """With the group head as author and the deputy away, the head of school acts."""
    stage = Stage(small(SEPARATE)).open(roles={"author": (SONG,), "chair": (MA,)})
    stage.file(SONG, "plan", text="第一版")

    stage.meet(staff=(*GROUP, BAI, HEAD))

    assert stage.todo() == {HEAD: {"decide"}}
    stage.go(HEAD, "finish")
    assert stage.now.state == "done"


def test_where_nobody_else_is_left_the_deputy_is_asked_to_find_somebody() -> None:
    """Nobody who passes is on duty anywhere: the verdict says so."""
    stage = Stage(small(SEPARATE)).open(roles={"author": (SONG,), "chair": (MA,)})
    stage.file(SONG, "plan", text="第一版")

    stage.meet(staff=(SONG,), deputies=(), heads=(), group_heads={"g1": (SONG,)})

    verdict = stage.verdict("separate")
    assert (verdict.met, verdict.code) == (False, "nobody_separate")
    assert [r.do for r in verdict.remedies] == ["substitute"]


def consenting() -> Stage:
    """A cycle whose plan is signed by the members, Ma and He, before it ends."""
    guards = "- filed: {record: plan}\n- consent: {by: member, to: plan}"
    return Stage(one_step(PLAN, guards)).open()


def test_consent_is_asked_once_there_is_something_to_sign() -> None:
    """Before the record is filed, consent answers `after` it and nobody can sign."""
    stage = consenting()

    verdict = stage.verdict("consent")

    assert (verdict.code, verdict.after, verdict.remedies) == ("not_yet_known", "plan", ())
    stage.refuse(WrongStateError, MA, Sign(record="plan"))


def test_each_of_those_asked_signs() -> None:
    """Consent names everybody who has not signed, and is met by the last one."""
    stage = consenting()
    stage.file(LIU, "plan", text="第一版")
    stage.send(MA, Sign(record="plan"))

    half = stage.verdict("consent")
    stage.send(HE, Sign(record="plan"))

    assert (half.code, dict(half.data)) == ("unsigned", {"record": "plan", "missing": 1})
    assert [(r.do, r.mode, r.who) for r in half.remedies] == [("sign:plan", "each", (HE,))]
    assert stage.verdict("consent").met


def test_a_new_version_is_signed_anew() -> None:
    """Consent is to the version that was read: superseding it voids every signature."""
    stage = consenting()
    stage.file(LIU, "plan", text="第一版")
    stage.send(MA, Sign(record="plan"))
    stage.send(HE, Sign(record="plan"))

    stage.file(LIU, "plan", text="第二版")

    assert set(stage.verdict("consent").remedies[0].who) == {MA, HE}
    assert stage.todo() == {MA: {"sign:plan"}, HE: {"sign:plan"}}

    stage.send(HE, Sign(record="plan"))

    assert [f.signed for f in stage.now.filings] == [(MA, HE), (HE,)]


def test_only_those_asked_sign_and_only_once() -> None:
    """A signature of another person, or a second one, is refused; so is an unsigned record."""
    stage = consenting()
    stage.file(LIU, "plan", text="第一版")
    stage.send(MA, Sign(record="plan"))

    refusal = stage.refuse(NotAllowedError, LIU, Sign(record="plan"))

    assert set(refusal.data["who"]) == {MA, HE}
    stage.refuse(WrongStateError, MA, Sign(record="plan"))
    fault = stage.refuse(InvalidInputError, MA, Sign(record="minutes")).faults[0]
    assert (fault.field, fault.code) == ("record", "not_to_sign")


def test_consent_of_nobody_is_no_consent() -> None:
    """Where no one holds the role that signs, the deputy is asked to find somebody."""
    guards = "- filed: {record: plan}\n- consent: {by: expert, to: plan}"
    roles = "expert: {title: 专家, count: 0.., outside: true}"
    stage = Stage(one_step(PLAN, guards, roles=roles)).open()
    stage.file(LIU, "plan", text="第一版")

    verdict = stage.verdict("consent")

    assert (verdict.met, verdict.code) == (False, "too_few")
    assert stage.todo() == {DEPUTY: {"substitute"}}
    stage.add("expert", BAI)
    assert stage.todo() == {BAI: {"sign:plan"}}


def test_consent_of_a_derived_role_waits_for_its_record() -> None:
    """Those present sign; while attendance is not complete, nobody knows who they are."""
    records = PLAN + (
        "\nroll:\n  title: 签到\n  by: chair\n  one_per: [round]\n"
        "  form: {people: {type: attendance, of: member, title: 到场}}\n"
    )
    guards = """
    - filed: {record: plan}
    - filed: {record: roll}
      id: roll
    - consent: {by: present, to: plan}
    """
    roles = "present: {title: 到场者, from: roll.people}"
    stage = Stage(one_step(records, guards, roles=roles)).open()
    stage.file(LIU, "plan", text="第一版")

    unknown = stage.verdict("consent")
    stage.file(SONG, "roll", people={MA: "present", HE: "sick"})

    assert (unknown.met, unknown.after) == (False, "roll")
    assert stage.verdict("consent").remedies[0].who == (MA,)
