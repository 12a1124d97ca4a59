"""The default workflow runs as the school's plan describes it, from proposal to archive."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from cycles.engine.auditing import audited
from cycles.engine.commands import (
    Advance,
    Answer,
    Command,
    Confirm,
    Excuse,
    File,
    Open,
    Turn,
    Verify,
    Waive,
)
from cycles.engine.cycle import Cycle
from cycles.engine.decide import decide
from cycles.engine.evolve import Event, replay
from cycles.engine.offers import offers
from cycles.engine.people import People
from cycles.engine.surroundings import Directory, Surroundings
from cycles.engine.tasks import tasks_of
from cycles.errors import BlockedError, InvalidInputError, NotAllowedError, WrongStateError
from cycles.workflow.definition import Workflow
from cycles.workflow.version import Version

WORKFLOWS = Path(__file__).resolve().parents[3] / "workflows"
LIU, SONG, MA, HE, DEPUTY, HEAD = "p_liu", "p_song", "p_ma", "p_he", "p_deputy", "p_head"
KEY = bytes(32)


class School:
    """One group of four with a deputy and a head; its cycle runs through the engine alone."""

    def __init__(self) -> None:
        text = (WORKFLOWS / "lesson-study.yaml").read_text(encoding="utf-8")
        self.version = Version.of(Workflow.model_validate(yaml.safe_load(text)))
        self.around = Surroundings(
            now=datetime(2026, 10, 12, 2, 0, tzinfo=UTC),
            today=date(2026, 10, 12),
            directory=Directory(
                heads=(HEAD,),
                deputies=(DEPUTY,),
                staff=(LIU, SONG, MA, HE, DEPUTY, HEAD),
                group_heads={"g1": (SONG,)},
                group_members={"g1": (LIU, SONG, MA, HE)},
            ),
        )
        self.cycle: Cycle | None = None
        self.log: list[Event] = []

    def send(self, by: str, command: Command) -> None:
        """Decide a command and keep what comes of it."""
        decision = decide(
            self.version, self.cycle, command, by=by, around=self.around, content_key=KEY
        )
        assert audited(self.version, self.cycle, decision.entry) == decision.after
        self.cycle = decision.after
        self.log.append(decision.entry)

    def file(self, by: str, record: str, for_: str | None = None, **fields: Any) -> None:
        """File a record."""
        self.send(by, File(record=record, fields=fields, for_=for_))

    @property
    def now(self) -> Cycle:
        """Where the cycle stands."""
        assert self.cycle is not None
        return self.cycle

    def todo(self) -> Mapping[str, set[str]]:
        """Person → what they have to do."""
        found: dict[str, set[str]] = {}
        for task in tasks_of(People(self.version, self.now, self.around)):
            found.setdefault(task.person, set()).add(task.do)
        return found

    def open(self) -> None:
        """Open a cycle for Liu's lesson."""
        subject = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}
        roles = {"teacher": (LIU,)}
        zone = "Asia/Shanghai"
        self.send(SONG, Open(cycle="c1", group="g1", zone=zone, subject=subject, roles=roles))

    def prepare(self) -> None:
        """From the proposal to the lesson."""
        self.open()
        self.file(LIU, "proposal", theme="动手操作", why="学生难以理解转化")
        self.send(SONG, Advance(transition="approve"))
        self.file(LIU, "explanation", points="课标与学情")
        for member in (SONG, MA, HE):
            self.file(member, "preparation_note", note="先剪再拼")
        self.file(LIU, "lesson_plan", text="教案第一版")
        self.send(SONG, Advance(transition="finish_preparing"))

    def teach(self, class_: str, absent: str | None = None) -> None:
        """One taught lesson with everybody's observation, up to the teacher's reflection."""
        fields = {"date": "2026-10-12", "period": 2, "class": class_}
        self.send(SONG, File(record="session", fields=fields))
        codes = dict.fromkeys((SONG, MA, HE), "present")
        if absent:
            codes[absent] = "sick"
        self.file(SONG, "attendance", people=codes)
        for member in (SONG, MA, HE):
            if member != absent and self.now.state == "observe":
                self.file(member, "observation", on_paper=True)
        self.file(LIU, "reflection", text="板书太快")

    def evaluate(self, absent: str | None = None) -> None:
        """Three ones of everybody present, minutes, the evaluation closed."""
        for member in (SONG, MA, HE):
            if member != absent:
                said = {"strength": "情境好", "weakness": ["提问太多"], "hope": ["留时间"]}
                self.send(member, File(record="three_ones", fields=said))
        self.file(SONG, "minutes", agreed="减少提问")
        self.send(SONG, Advance(transition="finish_evaluating"))

    def revise(self, text: str) -> None:
        """Every open point answered, a new lesson plan."""
        open_points = [p for p in self.now.points.values() if p.disposition is None and p.counting]
        for point in open_points:
            self.send(LIU, Answer(point=point.id, disposition="adopted"))
        self.file(LIU, "lesson_plan", text=text)


@pytest.fixture
def school() -> School:
    """A school without a cycle."""
    return School()


def test_two_taught_rounds_end_in_the_archive_and_replay_to_the_same_cycle(
    school: School,
) -> None:
    """The whole of the plan's lesson study runs, and its log alone gives the same cycle."""
    school.prepare()
    school.teach("六(1)班")
    school.evaluate()
    school.revise("教案第二版")
    school.send(SONG, Advance(transition="teach_again"))
    school.teach("六(2)班")
    school.evaluate()
    school.revise("教案第三版")
    school.send(SONG, Advance(transition="finish"))
    first = next(p for p in school.now.points.values() if p.round == 1)
    for point in [p for p in school.now.points.values() if p.round == 1]:
        school.send(MA, Verify(point=point.id, outcome="worked"))
    school.file(LIU, "written_reflection", text="三次修改")

    school.send(DEPUTY, Advance(transition="archive"))

    assert school.now.state == "archived"
    assert school.now.round == 2
    assert school.now.points[first.id].voices
    assert replay(school.version, school.log) == school.now
    assert [e.seq for e in school.log] == list(range(1, len(school.log) + 1))
    assert school.todo() == {}


def test_explaining_moves_on_by_itself(school: School) -> None:
    """Filing the explanation carries the cycle to preparation in the same entry."""
    school.open()
    school.file(LIU, "proposal", theme="动手操作", why="难")
    school.send(SONG, Advance(transition="approve"))

    school.file(LIU, "explanation", points="课标")

    assert school.now.state == "co_prepare"
    assert school.log[-1].act == "file"
    assert school.log[-1].fired == "finish_explaining"


def test_everyone_is_told_the_next_required_step(school: School) -> None:
    """Tasks are the remedies of the way on, for each person."""
    school.open()
    before = school.todo()
    school.file(LIU, "proposal", theme="动手操作", why="难")

    after = school.todo()

    assert before == {LIU: {"file:proposal"}}
    assert after == {SONG: {"decide"}, DEPUTY: {"decide"}, HEAD: {"decide"}}


def test_a_blocked_transition_says_what_the_offer_said(school: School) -> None:
    """Shown = enforced: the refusal carries the very verdicts that were shown."""
    school.open()
    people = People(school.version, school.now, school.around)
    offer = next(o for o in offers(people, SONG) if o.transition == "approve")

    with pytest.raises(BlockedError) as refused:
        school.send(SONG, Advance(transition="approve"))

    assert not offer.allowed
    assert refused.value.verdicts == tuple(v for v in offer.verdicts if not v.passes)
    assert refused.value.verdicts[0].remedies[0].who == (LIU,)
    assert len(school.log) == 1


def test_nobody_approves_their_own_lesson(school: School) -> None:
    """The approver is not the teacher, even as head of the group."""
    subject = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}
    roles = {"teacher": (SONG,), "chair": (MA,)}
    zone = "Asia/Shanghai"
    school.send(SONG, Open(cycle="c1", group="g1", zone=zone, subject=subject, roles=roles))
    school.file(SONG, "proposal", theme="动手操作", why="难")

    with pytest.raises(BlockedError) as refused:
        school.send(SONG, Advance(transition="approve"))

    assert [v.code for v in refused.value.verdicts] == ["same_person"]
    assert school.todo() == {DEPUTY: {"decide"}, HEAD: {"decide"}}


def test_the_same_class_twice_needs_the_deputy_and_not_the_chair(school: School) -> None:
    """A class taught before blocks the next lesson until the deputy waives it, with a reason."""
    school.prepare()
    school.teach("六(1)班")
    school.evaluate()
    school.revise("教案第二版")
    school.send(SONG, Advance(transition="teach_again"))
    school.file(SONG, "session", date="2026-10-12", period=2, **{"class": "六(1)班"})
    school.file(SONG, "attendance", people=dict.fromkeys((SONG, MA, HE), "present"))
    for member in (SONG, MA, HE):
        school.file(member, "observation", on_paper=True)
    assert school.now.state == "observe"
    with pytest.raises(NotAllowedError):
        school.send(SONG, Waive(guard="distinct", reason="一个年级一个班"))

    school.send(DEPUTY, Waive(guard="distinct", reason="一个年级一个班"))

    assert school.now.state == "reflect"
    assert school.log[-1].guards["finish_observing.distinct"] == "waived"


def test_an_absent_member_is_not_waited_for(school: School) -> None:
    """The quorum is of those present; who was ill owes nothing."""
    school.prepare()
    school.teach("六(1)班", absent=HE)

    todo = school.todo()

    assert school.now.state == "evaluate"
    both = {"file:three_ones", "file:minutes"}
    assert todo == {SONG: both, MA: both}


def test_the_third_round_is_the_last(school: School) -> None:
    """Rounds never pass their maximum: after three, only finishing is left."""
    school.prepare()
    for number in (1, 2, 3):
        school.teach(f"六({number})班")
        school.evaluate()
        school.revise(f"教案第{number + 1}版")
        if number < 3:
            school.send(SONG, Advance(transition="teach_again"))

    with pytest.raises(BlockedError) as refused:
        school.send(SONG, Advance(transition="teach_again"))

    assert refused.value.verdicts[0].never
    assert refused.value.possible == ("finish",)


def test_typing_for_another_names_both(school: School) -> None:
    """代录 counts for the person for whom it was filed, and says who typed."""
    school.prepare()
    school.file(SONG, "session", date="2026-10-12", period=2, **{"class": "六(1)班"})
    school.file(SONG, "attendance", people=dict.fromkeys((SONG, MA, HE), "present"))

    school.file(SONG, "observation", for_=HE, on_paper=True)

    typed = school.now.filings[-1]
    assert (typed.person, typed.typed_by, typed.confirmed) == (HE, SONG, False)
    assert school.todo()[HE] == {"confirm:observation"}

    school.send(HE, Confirm(filing=typed.id))

    assert school.now.filings[-1].confirmed
    assert HE not in school.todo()


def test_suspending_and_resuming_changes_only_the_log(school: School) -> None:
    """After suspend and resume the cycle is the same but for its revision."""
    school.prepare()
    before = school.now
    school.send(SONG, Turn(verb="suspend", reason="期中考试"))
    assert school.todo() == {SONG: {"resume"}, DEPUTY: {"resume"}}
    with pytest.raises(WrongStateError):
        school.file(LIU, "lesson_plan", text="教案")

    school.send(SONG, Turn(verb="resume", reason="考完了"))

    assert (school.now.state, school.now.visits) == (before.state, before.visits)
    assert school.now.revision == before.revision + 2


def test_an_archived_cycle_is_reopened_by_two_persons(school: School) -> None:
    """One proposes, another confirms; the cycle returns to the state it last left."""
    school.open()
    school.send(DEPUTY, Turn(verb="cancel", reason="换课题"))
    school.send(DEPUTY, Turn(verb="reopen", reason="误操作"))
    with pytest.raises(NotAllowedError):
        school.send(DEPUTY, Turn(verb="reopen", reason="误操作"))

    school.send(HEAD, Turn(verb="reopen", reason="同意"))

    assert school.now.state == "draft"
    assert school.todo() == {LIU: {"file:proposal"}}


def test_every_fault_of_a_form_is_told_at_once(school: School) -> None:
    """All field faults come at once, and nothing is changed."""
    school.prepare()
    revision = school.now.revision

    with pytest.raises(InvalidInputError) as refused:
        school.file(SONG, "session", date="2026-99-12", period="二")

    codes = {f.field: f.code for f in refused.value.faults}
    assert codes == {
        "fields.date": "not_a_date",
        "fields.period": "wrong_type",
        "fields.class": "required",
    }
    assert school.now.revision == revision


def test_an_excused_member_lowers_the_base_while_the_excuse_lasts(school: School) -> None:
    """An excuse names a person and dates; the quorum is of those who are left."""
    school.open()
    school.file(LIU, "proposal", theme="动手操作", why="难")
    school.send(SONG, Advance(transition="approve"))
    school.file(LIU, "explanation", points="课标")
    day = school.around.today

    school.send(DEPUTY, Excuse(person=HE, since=day, until=day, reason="培训"))

    assert HE not in school.todo()
    assert {"file:preparation_note"} <= school.todo()[MA]
