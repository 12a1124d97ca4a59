"""Samples by a stated seed: the same for everybody, from the database and from an export."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycles.engine.commands import Open
from cycles.errors import InvalidInputError, NotAllowedError, NotFoundError
from cycles.ledger import Body, draw, place_of
from cycles.school import AUDITOR
from cycles.service import Given, Looking
from cycles.service.samples import SampleAnswer, SampleQuestion, Samples, sample_of_file
from tests.unit.service.log_school import LogSchool


@pytest.fixture
def school(tmp_path: Path) -> Iterator[LogSchool]:
    """Five cycles of two groups."""
    from cycles.store import open_store

    with closing(open_store("memory://")) as store:
        made = LogSchool(store, tmp_path)
        for teacher in ("liu", "ma", "he"):
            cycle = made.open(teacher=teacher)
            made.file(teacher, cycle, "proposal", theme="新", why="因为")
        for _ in range(2):
            made.open("zhou", teacher="zhou")
        made.time += timedelta(minutes=1)
        yield made


def drawn(school: LogSchool, by: str = "du", **asked: object) -> SampleAnswer:
    """What somebody draws."""
    said = {"of": "cycles", "seed": "20261125", "size": 3, **asked}
    question = SampleQuestion(**said)  # type: ignore[arg-type]  # each test names fields it has
    return Samples(school.core).draw(school.actor(by), question)


def ids(answer: SampleAnswer) -> list[str]:
    """What was drawn, in its order."""
    return [one.id for one in answer.drawn]


@given(st.lists(st.text(min_size=1), unique=True), st.integers(1, 200), st.randoms())
def test_a_sample_depends_on_nothing_but_seed_and_candidates(candidates, size, chance):
    """In whatever order they come, the same come out; they are those with the lowest hashes."""
    by_hand = sorted(candidates, key=lambda id: sha256(f"s:{id}".encode()).hexdigest())[:size]
    chance.shuffle(candidates)

    sample = draw("s", size, candidates)

    assert [one.id for one in sample.drawn] == by_hand
    assert sample.count == len(candidates)


def test_a_place_is_checked_with_one_command():
    """`printf '%s' 'SEED:ID' | sha256sum` says it."""
    told = subprocess.run(["sha256sum"], input=b"7:cycle:a/3", capture_output=True, check=True)

    assert told.stdout.split()[0].decode() == place_of("7", "cycle:a/3")


def test_cycles_and_entries_of_a_group_are_drawn(school):
    """All candidates are of the group, and no others are counted."""
    cycles = drawn(school, group="maths", size=10)
    entries = drawn(school, of="entries", group="maths", size=10)

    assert (cycles.count, entries.count) == (3, 6)
    assert {one.cycle.group for one in (*cycles.drawn, *entries.drawn)} == {"maths"}
    assert all(one.entry and f"{one.entry.subj}/{one.entry.seq}" == one.id for one in entries.drawn)


@pytest.mark.parametrize("of", ["cycles", "entries"])
@pytest.mark.parametrize("group", [None, "maths", "chinese"])
def test_an_export_gives_the_same_sample(school, tmp_path, of, group):
    """Drawn later, on another computer, after more was recorded: the same."""
    first = drawn(school, of=of, group=group, since=date(2026, 10, 12), until=date(2026, 10, 12))
    school.open(teacher="ma")
    school.time += timedelta(minutes=1)
    school.export(tmp_path / "export.zip")

    again = sample_of_file(tmp_path / "export.zip", first.asked)

    assert [one.id for one in again.drawn] == ids(first)
    assert (again.count, again.digest) == (first.count, first.digest)
    assert ids(drawn(school, "wu", **_plain(first.asked))) == ids(first)


def _plain(asked: SampleQuestion) -> dict[str, object]:
    return {name: getattr(asked, name) for name in SampleQuestion.__slots__}


def test_days_are_the_schools(school):
    """The day before and the day after hold nothing."""
    day = date(2026, 10, 12)
    for since, until, count in (
        (day, day, 5),
        (None, day - timedelta(days=1), 0),
        (day + timedelta(days=1), None, 0),
    ):
        assert drawn(school, since=since, until=until).count == count


def test_entries_are_counted_alike_wherever_a_cycle_is_cut(school, tmp_path):
    """Cycles lived on for days: of each stretch of days the same are drawn as from an export."""
    long = school.open(teacher="ma")
    days = [date(2026, 10, 11) + timedelta(days=n) for n in range(6)]
    for _ in range(3):
        school.time += timedelta(days=1)
        school.file("ma", long, "proposal", theme="再改", why="因为")
        school.open(teacher="he")
    school.time += timedelta(minutes=1)
    school.export(tmp_path / "export.zip")
    counts = set()

    for since in (None, *days):
        for until in (None, *days):
            first = drawn(school, of="entries", since=since, until=until, size=20)
            again = sample_of_file(tmp_path / "export.zip", first.asked)
            assert (again.count, again.digest) == (first.count, first.digest), (since, until)
            counts.add(first.count)

    assert len(counts) > 5


@pytest.mark.parametrize("of", ["cycles", "entries"])
def test_an_export_gives_no_other_sample_at_the_ends_of_all_time(school, tmp_path, of):
    """Days that no clock has seen are days: before all of it, or after."""
    school.export(tmp_path / "export.zip")

    for since, until in ((date.min, date.max), (date.max, None), (None, date.min)):
        first = drawn(school, of=of, since=since, until=until, size=20)
        again = sample_of_file(tmp_path / "export.zip", first.asked)
        assert (again.count, again.digest) == (first.count, first.digest)
        assert (first.count > 0) == (until == date.max)


def _visit(school: LogSchool, teacher: str) -> str:
    """A visit that nobody was told of; its cycle."""
    said = {"kind": "unannounced"}
    opening = Open(cycle="", group="maths", zone="", subject=said, roles={"teacher": (teacher,)})
    return school.acting.open(school.actor("wu"), "classroom-visit", opening, Given()).cycle


def test_a_cycle_that_is_not_to_be_known_is_no_candidate(school, tmp_path):
    """Neither drawn nor counted, here and in what they export; for all others it is."""
    visit = _visit(school, "ma")
    school.time += timedelta(minutes=1)
    ma = school.appoint("ma", AUDITOR)
    with (tmp_path / "ma.zip").open("wb") as out:
        school.exporting.export(ma, out)

    for of, less in (("cycles", 1), ("entries", 1)):
        asked = SampleQuestion(of=of, seed="7", size=200)
        theirs = Samples(school.core).draw(ma, asked)
        everybodys = Samples(school.core).draw(school.actor("wu"), theirs.asked)
        assert everybodys.count - theirs.count == less
        assert not [one for one in theirs.drawn if visit in one.id]
        again = sample_of_file(tmp_path / "ma.zip", theirs.asked)
        assert (again.count, again.digest) == (theirs.count, theirs.digest)


def test_what_turns_out_not_to_be_theirs_is_not_told(school, monkeypatch):
    """A cycle is asked for twice: as a candidate, and before a word of it is told."""
    monkeypatch.setattr(Looking, "line_if_seen", lambda *given: None)

    with pytest.raises(NotFoundError):
        drawn(school)


def test_an_auditors_draw_stands_in_the_log_with_all_that_it_takes_to_draw_again(school):
    """Seed, size, what from, until when, how many there were and the digest of what was drawn."""
    answer = drawn(school, group="maths")

    look = Body.parse(school.entries("school")[-1].body)
    assert look.data == {
        "look": "sample",
        "from": "cycles",
        "seed": "20261125",
        "size": 3,
        "group": "maths",
        "before": answer.asked.before,
        "count": 3,
        "drawn": answer.digest,
    }


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"seed": "一"}, "seed"),
        ({"seed": ""}, "seed"),
        ({"size": 0}, "size"),
        ({"size": 201}, "size"),
    ],
)
def test_what_cannot_be_drawn_is_said(school, asked, field):
    """By the field that is wrong."""
    with pytest.raises(InvalidInputError) as wrong:
        drawn(school, **asked)

    assert [fault.field for fault in wrong.value.faults] == [field]


def test_samples_are_for_those_who_read_the_log(school):
    """A teacher draws none."""
    with pytest.raises(NotAllowedError):
        drawn(school, "song")


def test_a_seed_can_be_had(school):
    """Each another, and good to draw by."""
    seeds = {Samples(school.core).seed() for _ in range(5)}

    assert len(seeds) == 5
    assert drawn(school, seed=seeds.pop()).count == 5


def test_every_store_draws_the_same_and_keeps_the_look(store, tmp_path):
    """In memory, on SQLite and on PostgreSQL."""
    school = LogSchool(store, tmp_path)
    cycle = school.open()
    school.file("liu", cycle, "proposal", theme="新", why="因为")
    school.time += timedelta(minutes=1)

    answer = drawn(school, of="entries")
    school.export(tmp_path / "export.zip", by="du")

    assert answer.count == 2
    assert ids(answer) == [
        one.id for one in sample_of_file(tmp_path / "export.zip", answer.asked).drawn
    ]
    assert [Body.parse(e.body).data["look"] for e in school.entries("school")] == [
        "sample",
        "export",
    ]
    assert school.check().ok
