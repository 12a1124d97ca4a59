"""People who act at the same moment: nothing is lost, nothing happens twice, nobody waits in vain.

The same stories run in memory, on SQLite and on PostgreSQL.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

import pytest

from cycles.engine.commands import Advance, File
from cycles.errors import BlockedError, CyclesError, StaleRevisionError
from cycles.service import Given, Receipt
from cycles.store import Store
from tests.unit.service.first_school import FirstSchool

T = TypeVar("T")


def at_once(*calls: Callable[[], T]) -> list[T | CyclesError]:
    """Start all calls at the same moment; what each came to."""
    start = Barrier(len(calls))

    def one(call: Callable[[], T]) -> T | CyclesError:
        start.wait(30)
        try:
            return call()
        except CyclesError as refused:
            return refused

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(one, calls))


@pytest.fixture
def school(store: Store, tmp_path: Any) -> FirstSchool:
    """The school on each kind of store."""
    return FirstSchool(store, tmp_path)


def filing(school: FirstSchool, by: str, cycle: str, record: str, **fields: Any) -> Any:
    """A call that files a record without having looked at the cycle."""
    command = File(record=record, fields=fields)
    return lambda: school.acting.act(school.actor(by), cycle, [command], Given())


def acts(school: FirstSchool, cycle: str) -> list[str]:
    """What the cycle's entries tell, in order, with what they carried."""
    from cycles.ledger import Body

    def found(work: Any) -> list[str]:
        bodies = [Body.parse(e.body) for e in work.entries(f"cycle:{cycle}")]
        return [b.act + (f"+{b.fired}" if b.fired else "") for b in bodies]

    return school.store.read(school.id, found)


def test_two_last_votes_close_the_quorum_once(school):
    """Of two observations that would both complete the quorum, one carries the step."""
    cycle = school.open()
    school.prepare(cycle)
    today = school.core.view(school.id).today(school.time).isoformat()
    school.file("song", cycle, "session", date=today, period=2, **{"class": "六1班"})
    school.file("song", cycle, "attendance", people=dict.fromkeys(("song", "ma", "he"), "present"))
    school.file("song", cycle, "observation", on_paper=True)

    results = at_once(
        filing(school, "ma", cycle, "observation", on_paper=True),
        filing(school, "he", cycle, "observation", on_paper=True),
    )

    assert all(isinstance(r, Receipt) for r in results)
    told = acts(school, cycle)
    assert told.count("file+finish_observing") == 1
    assert school.state(cycle) == "reflect"
    assert sum(f.startswith("file") for f in told[-3:]) == 3


def test_colleagues_who_file_at_once_are_all_taken(school):
    """Everybody's note of the same second is an entry of its own, and nobody is told to retry."""
    cycle = school.open()
    school.file("liu", cycle, "proposal", theme="动手", why="难")
    school.do("song", cycle, "approve")
    school.file("liu", cycle, "explanation", points="课标")

    results = at_once(
        *(filing(school, m, cycle, "preparation_note", note=m) for m in ("song", "ma", "he"))
    )

    assert sorted(r.seqs[0] for r in results) == [5, 6, 7]
    shown = school.looking.cycle(school.actor("song"), cycle).records
    assert {r.person for r in shown if r.record == "preparation_note"} == {"song", "ma", "he"}


def test_sixteen_writers_on_one_cycle_lose_nothing(school):
    """Sixteen changes of the attendance sent at once stand in the log one after the other."""
    cycle = school.open()
    school.prepare(cycle)
    today = school.core.view(school.id).today(school.time).isoformat()
    school.file("song", cycle, "session", date=today, period=2, **{"class": "六1班"})
    before = len(acts(school, cycle))

    codes = ("present", "sick", "duty", "personal")
    results = at_once(
        *(
            filing(school, "song", cycle, "attendance", people={("ma", "he")[n % 2]: codes[n % 4]})
            for n in range(16)
        )
    )

    assert sorted(r.seqs[0] for r in results) == list(range(before + 1, before + 17))
    assert len(acts(school, cycle)) == before + 16


def test_the_same_key_sent_eight_times_at_once_acts_once(school):
    """Eight sendings of one request have one answer and one entry."""
    cycle = school.open()
    command = File(record="proposal", fields={"theme": "动手", "why": "难"})
    given = Given(key="tunnel", request="r")

    results = at_once(
        *[lambda: school.acting.act(school.actor("liu"), cycle, [command], given)] * 8
    )

    assert [r.seqs for r in results] == [(2,)] * 8
    assert sum(not r.replayed for r in results) == 1
    assert len(acts(school, cycle)) == 2


def test_a_refused_command_hurts_no_other_of_its_moment(school):
    """Among many sent at once, those that are refused change nothing and the others are taken."""
    cycles = [school.open() for _ in range(6)]
    good = [filing(school, "liu", c, "proposal", theme="动手", why="难") for c in cycles[:3]]
    bad = [filing(school, "liu", c, "proposal", theme="动手") for c in cycles[3:]]

    results = at_once(*good, *bad)

    assert [isinstance(r, Receipt) for r in results] == [True] * 3 + [False] * 3
    assert [len(acts(school, c)) for c in cycles] == [2, 2, 2, 1, 1, 1]


def test_two_who_advance_at_once_do_it_once(school):
    """Of two presses of the same button one moves the cycle, the other is told what changed."""
    cycle = school.open()
    school.file("liu", cycle, "proposal", theme="动手", why="难")
    step = [Advance(transition="approve")]

    results = at_once(
        lambda: school.acting.act(school.actor("song"), cycle, step, Given(revision=2)),
        lambda: school.acting.act(school.actor("zheng"), cycle, step, Given(revision=2)),
    )

    assert sorted(type(r).__name__ for r in results) == ["Receipt", "StaleRevisionError"]
    (stale,) = (r for r in results if isinstance(r, StaleRevisionError))
    assert stale.data["changed"][-1]["act"] == "approve"


def test_a_record_withdrawn_while_the_step_closes_breaks_no_guard(school):
    """A return that voids records and the step that needs them: whoever is second is refused."""
    cycle = school.open()
    school.prepare(cycle)
    today = school.core.view(school.id).today(school.time).isoformat()
    school.file("song", cycle, "session", date=today, period=2, **{"class": "六1班"})
    school.file("song", cycle, "attendance", people=dict.fromkeys(("song", "ma", "he"), "present"))
    school.file("song", cycle, "observation", on_paper=True)
    revision = school.looking.cycle(school.actor("song"), cycle).line.revision
    back = [Advance(transition="return_to_preparing", reason="教案要改")]

    results = at_once(
        filing(school, "ma", cycle, "observation", on_paper=True),
        lambda: school.acting.act(school.actor("song"), cycle, back, Given(revision=revision)),
    )

    told = acts(school, cycle)
    if "file+finish_observing" in told:
        assert isinstance(results[1], StaleRevisionError)
        assert school.state(cycle) == "reflect"
    else:
        assert school.state(cycle) == "co_prepare"
    assert not any(isinstance(r, BlockedError) for r in results)
