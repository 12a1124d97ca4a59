"""A path of several commands: each by the rules of where the one before led, one entry each."""

from cycles.engine.commands import Advance, Answer, Command, File
from cycles.engine.cycle import Cycle
from cycles.engine.decide import decide
from cycles.engine.evolve import Event, replay
from cycles.errors import RefusedError
from tests.unit.engine.remarks import Remarks
from tests.unit.engine.stage import KEY, LIU, SONG, Stage


def walk(stage: Stage, *path: tuple[str, Command]) -> tuple[Cycle, list[Event]] | None:
    """The cycle and the entries after the whole path; `None` if any of it is refused."""
    cycle, entries = stage.now, []
    for by, command in path:
        try:
            decision = decide(
                stage.version, cycle, command, by=by, around=stage.around, content_key=KEY
            )
        except RefusedError:
            return None
        cycle = decision.after
        entries.append(decision.entry)
    return cycle, entries


def revising() -> Remarks:
    """Two points wait for the author's answer."""
    return Remarks().revise()


def test_a_path_makes_one_entry_for_each_command() -> None:
    """Answering both points and going on are three entries in a row that replay."""
    stage = revising()
    one, two = stage.points()

    done = walk(
        stage,
        (LIU, Answer(point=one, disposition="adopted")),
        (LIU, Answer(point=two, disposition="adopted")),
        (SONG, Advance(transition="again")),
    )

    assert done is not None
    cycle, entries = done
    assert [e.act for e in entries] == ["answer", "answer", "again"]
    assert [e.seq for e in entries] == [len(stage.log) + n for n in (1, 2, 3)]
    assert cycle == replay(stage.version, [*stage.log, *entries])
    assert (cycle.state, cycle.round) == ("work", 2)


def test_a_path_that_breaks_off_leaves_the_cycle_as_it_was() -> None:
    """All or nothing: what was decided before the refusal is on a copy and falls away."""
    stage = revising()
    before, (one, _) = stage.now, stage.points()

    broken = walk(
        stage,
        (LIU, Answer(point=one, disposition="adopted")),
        (SONG, Advance(transition="again")),
    )

    assert broken is None
    assert stage.now == before
    assert stage.now.points[one].disposition is None


def test_a_path_may_pass_states_in_which_nobody_waits() -> None:
    """A lesson held on paper is brought in within one path: taught, said, closed."""
    stage = Remarks()
    said = {"weak": ["提问太多"]}

    done = walk(
        stage,
        (SONG, Advance(transition="taught")),
        (SONG, File(record="remarks", fields=said)),
        (SONG, File(record="remarks", for_="p_ma", fields=said)),
        (SONG, Advance(transition="talked")),
    )

    assert done is not None
    assert done[0].state == "revise"
