"""Who may know of a cycle, and who may read what in it, before and after it is shown."""

from dataclasses import replace

from cycles.engine.access import may_read, may_read_entry, may_read_point, may_see, voices_for
from cycles.engine.commands import Advance, Answer, File, Merge, Reveal, Verify
from cycles.engine.cycle import Filing
from cycles.engine.offers import offers
from cycles.engine.what_if import what_if
from cycles.errors import InvalidInputError, NotAllowedError
from cycles.workflow.definition import Sight
from cycles.workflow.loading import load
from cycles.workflow.version import Version
from tests.unit.engine.access_table import access_table
from tests.unit.engine.stage import (
    BAI,
    DEPUTY,
    GUO,
    HE,
    HEAD,
    KEY,
    LIU,
    MA,
    SONG,
    TODAY,
    Stage,
    directory,
    one_step,
    shipped,
)

XU, YAN = "p_xu", "p_yan"
EVERYBODY = (LIU, SONG, MA, HE, BAI, DEPUTY, HEAD, GUO, XU, YAN)


def school(**changed):
    """The usual people, an auditor Xu, and Yan of the other group."""
    usual = directory()
    given = {
        "auditors": (XU,),
        "staff": (*usual.staff, YAN),
        "group_members": {**usual.group_members, "g2": (BAI, YAN)},
    }
    return directory(**{**given, **changed})


def lesson(**changed) -> Stage:
    """A lesson study of Liu's lesson with Guo as the expert, in `draft`."""
    stage = Stage(shipped("lesson-study"), school(**changed))
    subject = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}
    return stage.open(roles={"teacher": (LIU,), "expert": (GUO,)}, subject=subject)


def observed() -> Stage:
    """The same when the lesson is being watched; everybody is there."""
    stage = lesson()
    stage.file(LIU, "proposal", theme="动手操作", why="难")
    stage.go(SONG, "approve")
    stage.file(LIU, "explanation", points="课标")
    for member in (SONG, MA, HE):
        stage.file(member, "preparation_note", note="先剪再拼")
    stage.file(LIU, "lesson_plan", text="第一版")
    stage.go(SONG, "finish_preparing")
    stage.file(SONG, "session", date=TODAY.isoformat(), period=2, **{"class": "六(1)班"})
    stage.file(SONG, "attendance", people=dict.fromkeys((SONG, MA, HE, GUO), "present"))
    return stage


def evaluated() -> Stage:
    """The same in `evaluate`, with nobody's three ones yet."""
    stage = observed()
    for member in (SONG, MA, HE):
        stage.file(member, "observation", on_paper=True)
    stage.file(LIU, "reflection", text="板书太快")
    assert stage.now.state == "evaluate"
    return stage


def said(stage: Stage, by: str, **more) -> Filing:
    """Somebody's three ones."""
    return stage.file(
        by, "three_ones", strength="情境好", weakness=["提问太多"], hope=["留时间"], **more
    )


def readers(stage: Stage, filing: Filing) -> set[str]:
    """All who may read a filing."""
    return {p for p in EVERYBODY if may_read(stage.people, p, filing)}


def test_the_cycle_is_for_those_who_take_part_the_group_and_the_school_leaders():
    """Others of the school, another group's head among them, do not know of it."""
    stage = lesson()

    knows = {p for p in EVERYBODY if may_see(stage.people, p)}

    assert knows == {LIU, SONG, MA, HE, DEPUTY, HEAD, GUO, XU}


def test_a_guest_sees_only_their_own_cycle():
    """Who came in by a link sees the cycle they take part in, and no other."""
    invited = lesson()
    other = Stage(shipped("lesson-study"), school())
    subject = {"lesson": "角", "grade": "四年级", "discipline": "数学"}
    other.open(roles={"teacher": (LIU,)}, subject=subject)

    assert may_see(invited.people, GUO)
    assert not may_see(other.people, GUO)


def test_who_has_no_account_any_more_sees_nothing():
    """A disabled account reads not even its own."""
    stage = lesson()
    filing = stage.file(LIU, "proposal", theme="动手", why="难")

    stage.meet(staff=(SONG, MA, HE, DEPUTY, HEAD))

    assert not may_see(stage.people, LIU)
    assert not may_read(stage.people, LIU, filing)


def test_nobody_reads_a_colleagues_three_ones_before_having_said_their_own():
    """Not the chair, the head, the auditor or the teacher: first everybody thinks alone."""
    stage = evaluated()

    first = said(stage, MA)

    assert readers(stage, first) == {MA}


def test_who_has_said_their_own_reads_the_fellows():
    """One's own three ones open the colleagues', and nobody else's eyes."""
    stage = evaluated()
    first = said(stage, MA)
    said(stage, GUO)

    second = said(stage, SONG)

    assert readers(stage, first) == {MA, GUO, SONG}
    assert readers(stage, second) == {MA, GUO, SONG}


def test_revealing_shows_them_to_all_who_may_see():
    """Once the chair has shown them, the teacher, head and auditor read them; later ones too."""
    stage = evaluated()
    filings = [said(stage, member) for member in (MA, SONG, GUO)]
    stage.send(SONG, Reveal(record="three_ones"))

    filings.append(said(stage, HE))

    for filing in filings:
        assert readers(stage, filing) == {LIU, SONG, MA, HE, DEPUTY, HEAD, GUO, XU}


def test_a_round_that_comes_to_the_state_shows_its_records():
    """Observations are hidden while watching and reflecting, and open in the evaluation."""
    stage = observed()
    watched = stage.file(MA, "observation", on_paper=True)
    before = readers(stage, watched)
    stage.file(SONG, "observation", on_paper=True)
    stage.file(HE, "observation", on_paper=True)
    at_reflection = readers(stage, watched)

    stage.file(LIU, "reflection", text="板书太快")

    assert before == {MA}
    assert at_reflection == {MA, SONG, HE}
    assert readers(stage, watched) == {LIU, SONG, MA, HE, DEPUTY, HEAD, GUO, XU}


def test_what_was_shown_stays_shown_when_a_return_makes_it_void():
    """Postponing voids observations; who read a fellow's may still, who had not may not."""
    stage = observed()
    watched = stage.file(MA, "observation", on_paper=True)
    stage.file(SONG, "observation", on_paper=True)

    stage.go(SONG, "postpone", "停电")

    assert readers(stage, watched) == {MA, SONG}


def test_an_observation_made_void_does_not_open_the_new_ones():
    """After postponing, everybody watches again with their own eyes first."""
    stage = observed()
    stage.file(SONG, "observation", on_paper=True)
    stage.go(SONG, "postpone", "停电")
    stage.file(SONG, "session", date=TODAY.isoformat(), period=3, **{"class": "六(1)班"})
    stage.file(SONG, "attendance", people=dict.fromkeys((SONG, MA, HE, GUO), "present"))

    anew = stage.file(MA, "observation", on_paper=True)

    assert readers(stage, anew) == {MA}


def test_a_cycle_broken_off_shows_nothing_more():
    """What was hidden when a cycle is cancelled stays so, and is not shown by reopening."""
    stage = evaluated()
    filing = said(stage, MA)

    stage.turn(DEPUTY, "cancel")

    assert readers(stage, filing) == {MA}


def test_typing_for_another_reads_only_what_was_typed():
    """Who typed a colleague's three ones reads those, and is not thereby let in on others."""
    stage = evaluated()
    hers = said(stage, MA)

    his = said(stage, SONG, for_=HE)

    assert readers(stage, his) == {MA, SONG, HE}
    assert readers(stage, hers) == {MA, HE}


def test_an_auditor_audits_nothing_that_they_take_part_in():
    """As a member of the cycle the auditor reads with a member's rights."""
    stage = evaluated()
    stage.meet(auditors=(XU, MA), staff=(LIU, SONG, MA, HE, BAI, DEPUTY, HEAD, YAN))
    filing = said(stage, HE)
    said(stage, SONG)

    assert not may_read(stage.people, MA, filing)


def test_an_unannounced_visit_is_unseen_by_the_teacher_until_recorded():
    """推门听课: the visited teacher knows of it once it is recorded; the group never does."""
    stage = visit()

    before = {p for p in EVERYBODY if may_see(stage.people, p)}
    note = stage.file(
        DEPUTY,
        "visit_note",
        date=TODAY.isoformat(),
        period=1,
        on_paper=True,
        **{"class": "六(1)班"},
    )

    assert before == {DEPUTY, HEAD, XU}
    assert {p for p in EVERYBODY if may_see(stage.people, p)} == {DEPUTY, HEAD, XU, LIU}
    assert readers(stage, note) == {DEPUTY, HEAD, XU}


def test_the_visited_teacher_reads_the_record_with_the_feedback():
    """The visit's record is readable for the teacher from the feedback on."""
    stage = visit()
    note = stage.file(
        DEPUTY,
        "visit_note",
        date=TODAY.isoformat(),
        period=1,
        on_paper=True,
        **{"class": "六(1)班"},
    )

    stage.file(DEPUTY, "feedback", strengths="有条理", issues=[{"issue": "提问太多"}])

    assert LIU in readers(stage, note)
    assert SONG not in readers(stage, note)


def visit() -> Stage:
    """The deputy visits Liu's class unannounced."""
    stage = Stage(shipped("classroom-visit"), school())
    return stage.open(DEPUTY, roles={"teacher": (LIU,)}, subject={"kind": "unannounced"})


def test_who_does_not_see_a_cycle_is_asked_nothing_and_may_do_nothing():
    """No task, no offer and no command reaches somebody who does not know of the cycle."""
    stage = visit()

    assert not any(o.may for o in offers(stage.people, SONG))
    assert {t.person for t in stage.tasks()} == {DEPUTY}
    stage.refuse(NotAllowedError, BAI, Advance(transition="record"))


def test_another_groups_head_sees_the_cycle_when_nobody_else_could_decide():
    """Without deputy and head, the next group's head is asked, and so may know."""
    stage = Stage(shipped("lesson-study"), school(deputies=(), heads=(), staff=(SONG, LIU, BAI)))
    subject = {"lesson": "角", "grade": "四年级", "discipline": "数学"}
    stage.open(roles={"teacher": (SONG,), "chair": (LIU,)}, subject=subject)
    proposal = stage.file(SONG, "proposal", theme="动手", why="难")
    asked = may_read(stage.people, BAI, proposal)

    stage.go(BAI, "approve")

    assert asked
    assert not may_see(stage.people, BAI)
    assert not may_read(stage.people, BAI, proposal)


def test_points_are_as_hidden_as_what_raised_them():
    """A point is read by whoever reads the filing."""
    stage = evaluated()
    said(stage, MA)
    point = next(iter(stage.now.points.values()))

    assert {p for p in EVERYBODY if may_read_point(stage.people, p, point)} == {MA}


def test_a_hidden_point_is_refused_as_if_it_did_not_exist():
    """Answering, verifying or merging what one may not read yet tells nothing of it."""
    stage = evaluated()
    said(stage, MA)
    hidden, other = stage.points()

    refusals = [
        stage.refuse(InvalidInputError, LIU, Answer(point=key, disposition="adopted"))
        for key in (hidden, "no-such-point")
    ]
    refusals += [
        stage.refuse(InvalidInputError, SONG, Merge(points=(other,), into=hidden)),
        stage.refuse(InvalidInputError, HE, Verify(point=hidden, outcome="worked")),
    ]

    assert [f.data for r in refusals for f in r.faults] == [{"known": []}] * 4
    assert {f.code for r in refusals for f in r.faults} == {"unknown"}


def test_the_chair_merges_no_hidden_point_into_an_open_one():
    """Among the points to merge, those not read yet are not there."""
    stage = evaluated()
    first = said(stage, SONG)
    said(stage, HE, for_=None)
    own, _, his, _ = stage.points()
    assert may_read(stage.people, SONG, first)

    stage.send(SONG, Merge(points=(his,), into=own))

    assert stage.now.points[his].merged_into == own


def test_voices_in_hidden_filings_are_not_heard():
    """Whether an adopted point was seen is hidden as long as the three ones that say so."""
    stage = evaluated()
    for member in (SONG, MA, HE):
        said(stage, member)
    stage.file(SONG, "minutes", agreed="减少提问")
    stage.go(SONG, "finish_evaluating")
    for key in stage.points():
        stage.answer(key)
    stage.file(LIU, "lesson_plan", text="第二版")
    stage.go(SONG, "teach_again")
    asked = stage.points()[0]
    stage.file(SONG, "session", date=TODAY.isoformat(), period=3, **{"class": "六(2)班"})
    stage.file(SONG, "attendance", people=dict.fromkeys((SONG, MA, HE, GUO), "present"))
    said(stage, MA, seen={asked: "worked"})
    stage.verify(HE, asked, "not_yet")

    point = stage.now.points[asked]

    assert {v.person for v in voices_for(stage.people, LIU, point)} == {HE}
    assert {v.person for v in voices_for(stage.people, MA, point)} == {MA, HE}


def test_payloads_in_the_history_are_as_secret_as_the_records():
    """An entry's payload is read by whoever reads the filing or the point it is about."""
    stage = evaluated()
    said(stage, MA)
    entry, opening = stage.log[-1], stage.log[0]

    assert {p for p in EVERYBODY if may_read_entry(stage.people, p, entry)} == {MA}
    assert may_read_entry(stage.people, GUO, opening)
    assert not may_read_entry(stage.people, BAI, opening)


def test_trying_a_reveal_reveals_nothing():
    """What-if reads with the rights of the real cycle, whatever was tried before."""
    stage = evaluated()
    for member in (MA, HE, GUO):
        said(stage, member)
    hidden = stage.points()[0]

    trials = what_if(
        stage.version,
        stage.now,
        [Reveal(record="three_ones"), Merge(points=(stage.points()[2],), into=hidden)],
        by=SONG,
        around=stage.around,
        content_key=KEY,
    )

    assert trials[0].decision is not None
    assert trials[1].refusal is not None
    assert trials[1].refusal.details()["fields"][0]["data"] == {"known": []}


def test_trying_a_filing_of_ones_own_opens_nobody_elses():
    """Own three ones that were only tried out do not count as said."""
    stage = evaluated()
    said(stage, MA)
    fields = {"strength": "好", "weakness": ["快"], "hope": ["慢"]}
    hidden = stage.points()[0]

    trials = what_if(
        stage.version,
        stage.now,
        [File(record="three_ones", fields=fields), Answer(point=hidden, disposition="adopted")],
        by=HE,
        around=stage.around,
        content_key=KEY,
    )

    own = trials[0].after.filings[-1]
    assert trials[1].refusal is not None
    assert trials[1].refusal.details()["fields"][0]["code"] == "unknown"
    assert may_read(stage.people, HE, own)
    assert not may_read(stage.people, HE, stage.now.filings[-1])


def test_a_trial_runs_only_what_the_asker_could_send():
    """A command that is another's is refused in a trial as it would be in earnest."""
    stage = lesson()

    (trial,) = what_if(
        stage.version,
        stage.now,
        [File(record="proposal", fields={"theme": "动手", "why": "难"})],
        by=MA,
        around=stage.around,
        content_key=KEY,
    )

    assert isinstance(trial.refusal, NotAllowedError)
    assert trial.after is stage.now


SECRET = """
  note: {title: 记录, by: member, read: [{who: chair}, {who: author, from: done}],
         form: {text: {type: text, title: 内容}}}
"""


def test_a_confidential_record_is_read_by_those_it_names():
    """`read` names all readers but who filed it and auditors; `from` lets in more, later."""
    stage = Stage(one_step(SECRET.strip("\n"), "- filed: {record: note}"), school())
    stage.open()
    note = stage.file(MA, "note", text="请保密")
    before = readers(stage, note)

    stage.go(SONG, "finish")

    assert before == {MA, SONG, XU}
    assert readers(stage, note) == {MA, SONG, XU, LIU}


def test_whoever_must_sign_a_record_reads_it():
    """Nobody is asked to sign what they may not read."""
    record = """
  plan: {title: 方案, by: author, one_per: [], read: [{who: chair}],
         form: {text: {type: text, title: 内容}}}
"""
    guards = "- filed: {record: plan}\n- consent: {by: school.deputy, to: plan}"
    stage = Stage(one_step(record.strip("\n"), guards), school()).open()

    plan = stage.file(LIU, "plan", text="第一版")

    assert readers(stage, plan) == {LIU, SONG, DEPUTY, XU}


def test_the_owner_of_a_point_reads_it_even_where_the_record_is_not_theirs():
    """Who has to answer a point reads it, and not the rest of the filing."""
    record = """
  advice: {title: 建议, by: member, about: author, read: [{who: chair}],
           form: {hope: {type: points, title: 希望}}}
"""
    guards = "- filed: {record: advice}\n- answered: {points: advice}"
    stage = Stage(one_step(record.strip("\n"), guards), school()).open()
    filing = stage.file(MA, "advice", hope=["慢一点"])
    (point,) = stage.now.points.values()

    assert not may_read(stage.people, LIU, filing)
    assert may_read_point(stage.people, LIU, point)
    stage.answer(point.id)


def test_a_cycle_that_everybody_may_see_keeps_its_records():
    """`see` opens the cycle to the school; what was filed stays with those who take part."""
    note_for_all = "note: {title: 记录, by: member, form: {text: {type: text, title: 内容}}}"
    workflow = one_step(note_for_all, "- filed: {record: note}").workflow
    people = Sight(who=("author", "chair", "member"))
    published = Sight.model_validate({"who": "school.staff", "from": "done"})
    open_at_last = workflow.model_copy(update={"see": (people, published)})
    stage = Stage(Version.of(open_at_last), school()).open()
    note = stage.file(MA, "note", text="内容")
    before = may_see(stage.people, YAN)

    stage.go(SONG, "finish")

    assert not before
    assert may_see(stage.people, YAN)
    assert not may_read(stage.people, YAN, note)


def test_the_table_says_what_holds():
    """The access table, row by row, for the records that keep a secret in lesson study."""
    rows = {
        (r.record, r.who, r.state): (r.files, r.reads)
        for r in access_table(shipped("lesson-study"))
    }

    assert rows["three_ones", "chair", "evaluate"] == (True, "after_own")
    assert rows["three_ones", "member", "revise"] == (False, "yes")
    assert rows["three_ones", "teacher", "evaluate"] == (False, "no")
    assert rows["three_ones", "teacher", "revise"] == (False, "yes")
    assert rows["three_ones", "auditor", "evaluate"] == (False, "no")
    assert rows["observation", "teacher", "reflect"] == (False, "no")
    assert rows["observation", "group.members", "evaluate"] == (False, "yes")
    assert rows["reflection", "teacher", "reflect"] == (True, "yes")
    assert rows[None, "school.staff", "archived"] == (False, "no")
    assert rows[None, "expert", "draft"] == (False, "yes")
    assert rows[None, "group.head", "draft"] == (False, "yes")
    assert rows[None, "group.members", "draft"] == (False, "yes")
    assert rows["three_ones", "group.head", "evaluate"] == (False, "no")


def test_the_table_of_a_visit_keeps_the_group_out():
    """In a classroom visit the group and its head have no row that lets them read."""
    table = access_table(shipped("classroom-visit"))
    teacher = {r.state: r.reads for r in table if r.who == "teacher" and r.record is None}
    note = {r.state: r.reads for r in table if r.who == "teacher" and r.record == "visit_note"}

    assert {r.reads for r in table if r.who.startswith("group.")} == {"no"}
    assert (teacher["visit"], teacher["recorded"]) == ("no", "yes")
    assert (note["recorded"], note["fed_back"]) == ("no", "yes")


def test_hidden_points_that_must_be_answered_are_first_shown():
    """Past the quorum, whoever may show points is asked before their owner has to answer."""
    record = """
advice: {title: 建议, by: member, about: author, reveal: {own: true, by: chair},
         form: {hope: {type: points, title: 希望}}}
"""
    guards = "- filed: {record: advice, by: member, at_least: 2}\n- answered: {points: advice}"
    stage = Stage(one_step(record, guards), school()).open()
    stage.file(MA, "advice", hope=["慢一点"])
    early = stage.todo()
    stage.file(HE, "advice", hope=["再慢一点"])
    enough = stage.todo()

    stage.send(SONG, Reveal(record="advice"))

    assert early == {HE: {"file:advice"}}
    assert enough == {SONG: {"reveal:advice"}}
    assert stage.todo() == {LIU: {"answer:advice"}}


CONFIDED = """
workflow: secret
title: 只给他看
start: work
open: {by: group.members}
see: [{who: WHO}]
lifecycle: {suspend: author}
roles: {author: {title: 执教, count: 1, among: group.members}}
records: {note: {title: 笔记, by: author, form: {text: {type: text, title: 内容}}}}
states: {work: 进行, done: {title: 完成, final: true}}
transitions:
  finish: {title: 完成, from: work, to: done, by: author, guards: [filed: {record: note}]}
"""


def secret(who: str) -> Stage:
    """A cycle that by its rule these alone see, and Ma who opened it."""
    return Stage(load(CONFIDED.replace("WHO", who), "secret.yaml"), school()).open(by=MA)


def seers(stage: Stage) -> set[str]:
    """All who may know of the cycle."""
    return {p for p in EVERYBODY if may_see(stage.people, p)}


def test_a_pause_that_nobody_who_sees_it_could_end_is_seen_by_whoever_is_asked():
    """The deputy resumes what by its rule is for the author alone; running, it is hers no more."""
    stage = secret("author")
    running = seers(stage)

    stage.turn(LIU, "suspend")
    paused = seers(stage)
    stage.turn(DEPUTY, "resume")

    assert running == {LIU, MA, XU}
    assert paused == {LIU, MA, XU, DEPUTY}
    assert seers(stage) == running


def test_a_reopening_is_seen_by_whoever_has_to_confirm_it():
    """Where the deputy proposes it and no other sees the cycle, the head does, until it is done."""
    stage = secret("[author, school.deputy]").turn(DEPUTY, "cancel")
    over = seers(stage)

    stage.turn(DEPUTY, "reopen")
    proposed = seers(stage)
    stage.turn(HEAD, "reopen")

    assert over == seers(stage) == {LIU, MA, XU, DEPUTY}
    assert proposed == {*over, HEAD}


def test_a_closed_account_reads_not_even_its_own_point():
    """Whoever raised it, whoever it is about: a closed account reads nothing."""
    stage = evaluated()
    said(stage, MA)
    (point, *_) = stage.now.points.values()
    while_open = may_read_point(stage.people, MA, point)

    stage.around = replace(stage.around, directory=school(staff=(LIU, SONG, HE, DEPUTY)))

    assert while_open
    assert not may_read_point(stage.people, MA, point)
