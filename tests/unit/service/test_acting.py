"""Commands through the service: everything that belongs to one is written, or nothing is."""

import pytest

from cycles.engine.commands import Advance, Answer, File, Open, Turn, Verify
from cycles.errors import (
    BlockedError,
    IdempotencyError,
    InvalidInputError,
    NotFoundError,
    PreconditionMissingError,
    StaleRevisionError,
)
from cycles.ledger import Verifier
from cycles.service import Given
from cycles.service.journal import EngineReplayer
from cycles.store import VersionRow, Work
from tests.unit.service.first_school import FirstSchool


def test_a_lesson_study_runs_from_proposal_to_archive_and_its_log_verifies(school):
    """Two rounds through the service leave a log that replays to the stored cycle."""
    cycle = school.open()
    school.prepare(cycle)
    school.teach(cycle, "六1班")
    school.evaluate(cycle)
    school.revise(cycle, "教案第二版")
    school.do("song", cycle, "teach_again")
    school.teach(cycle, "六2班")
    assert school.state(cycle) == "evaluate"
    school.evaluate(cycle)
    school.revise(cycle, "教案第三版")
    school.do("song", cycle, "finish")
    school.file("liu", cycle, "written_reflection", text="收获")
    adopted = [p for p in school.looking.cycle(school.actor("liu"), cycle).points if p.round == 1]
    for point in adopted:
        school.send("ma", cycle, Verify(point=point.id, outcome="worked"))
    school.do("zheng", cycle, "archive")
    assert school.state(cycle) == "archived"

    def lines(work: Work) -> list[tuple[int, bytes]]:
        found = [e.body for subj, _ in work.subjects() for e in work.entries(subj)]
        return list(enumerate(found, 1))

    def definitions(work: Work) -> dict[str, bytes]:
        return {row.digest: row.canonical for row in work.find(VersionRow)}

    report = Verifier(
        definitions=school.store.read(school.id, definitions), replayer=EngineReplayer()
    ).verify(school.store.read(school.id, lines))
    assert {f.code for f in report.findings} <= {"payload_missing"}
    assert report.subjects == 4


def test_everybody_is_told_the_next_step(school):
    """The inbox follows the cycle: first the teacher, then the one who approves."""
    cycle = school.open()
    assert school.tasks("liu") == {"file:proposal"}
    assert school.tasks("song") == set()
    school.file("liu", cycle, "proposal", theme="动手", why="难")
    assert school.tasks("liu") == set()
    assert school.tasks("song") == {"decide"}


def test_a_blocked_step_says_who_can_clear_it_by_their_ids(school):
    """A refusal carries the verdicts with person ids and no pseudonym anywhere."""
    cycle = school.open()
    with pytest.raises(BlockedError) as told:
        school.do("song", cycle, "approve")
    (verdict,) = told.value.verdicts
    assert verdict.remedies[0].who == ("liu",)
    assert "p_" not in repr(told.value.details())


def test_the_same_key_acts_once(school):
    """Sent again, a request has the answer of the first time; for another request it is refused."""
    cycle = school.open()
    command = File(record="proposal", fields={"theme": "动手", "why": "难"})
    first = school.send("liu", cycle, command, key="k1", request="r1", revision=None)
    again = school.send("liu", cycle, command, key="k1", request="r1", revision=None)
    assert again.replayed
    assert again.seqs == first.seqs
    with pytest.raises(IdempotencyError):
        school.send("liu", cycle, command, key="k1", request="r2", revision=None)


def test_a_path_is_all_or_nothing(school):
    """Two commands of which the second is refused leave nothing of the first."""
    cycle = school.open()
    school.file("liu", cycle, "proposal", theme="动手", why="难")
    with pytest.raises(BlockedError):
        school.send(
            "song", cycle, Advance(transition="approve"), Advance(transition="finish_explaining")
        )
    assert school.state(cycle) == "draft"


def test_steps_need_the_revision_that_was_seen(school):
    """Without a revision a transition is refused; with an old one it is told what changed."""
    cycle = school.open()
    with pytest.raises(PreconditionMissingError):
        school.send("song", cycle, Advance(transition="approve"), revision=None)
    school.file("liu", cycle, "proposal", theme="动手", why="难")
    with pytest.raises(StaleRevisionError) as told:
        school.send("song", cycle, Advance(transition="approve"), revision=1)
    assert told.value.data["revision"] == 2
    assert [c["act"] for c in told.value.data["changed"]] == ["file"]
    assert told.value.data["changed"][0]["by"] == "liu"


def test_superseding_needs_the_revision_too(school):
    """A second version of a record without a revision names the one it would replace."""
    cycle = school.open()
    school.file("liu", cycle, "proposal", theme="动手", why="难")
    command = File(record="proposal", fields={"theme": "另一个", "why": "难"})
    with pytest.raises(PreconditionMissingError) as told:
        school.send("liu", cycle, command, revision=None)
    assert told.value.data["supersedes"] == ["2"]


def test_other_groups_and_other_schools_see_no_cycle(school, tmp_path):
    """A teacher of another group, and everybody of another school, is told there is none."""
    cycle = school.open()
    with pytest.raises(NotFoundError):
        school.looking.cycle(school.actor("zhou"), cycle)
    other = FirstSchool(school.store, tmp_path, "second")
    with pytest.raises(NotFoundError):
        other.looking.cycle(other.actor("wu"), cycle)
    with pytest.raises(NotFoundError):
        other.send("wu", cycle, Turn(verb="cancel", reason="错"), revision=1)


def test_unknown_people_are_told_at_their_place(school):
    """Every person id that nobody has is a fault of its own field."""
    with pytest.raises(InvalidInputError) as told:
        school.acting.open(
            school.actor("song"),
            "lesson-study",
            _opening({"teacher": ("nobody",), "expert": ("stranger",)}),
            _given(),
        )
    assert {(f.field, f.code) for f in told.value.faults} == {
        ("roles.teacher", "unknown_person"),
        ("roles.expert", "unknown_person"),
    }


def test_an_answer_is_there_for_those_who_may_read_it(school):
    """What was said and what became of it stand side by side, with the reason."""
    cycle = school.open()
    school.prepare(cycle)
    school.teach(cycle, "六1班")
    school.evaluate(cycle)
    point = school.looking.cycle(school.actor("liu"), cycle).points[0]
    assert point.content is not None
    assert point.content["text"] == "提问太多"
    answer = Answer(point=point.id, disposition="declined", reason="需要提问")
    school.send("liu", cycle, answer)
    shown = school.looking.cycle(school.actor("ma"), cycle).points[0]
    assert (shown.disposition, shown.reason) == ("declined", "需要提问")


def _opening(roles):
    subject = {"lesson": "圆", "grade": "六", "discipline": "数学"}
    return Open(cycle="", group="maths", zone="", subject=subject, roles=roles)


def _given():
    return Given()
