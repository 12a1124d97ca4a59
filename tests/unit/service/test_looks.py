"""Every look of an auditor is an entry: one a look, in no cycle's chain, told to those who may."""

import base64
import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from cycles.engine.commands import Open
from cycles.errors import NotAllowedError, NotFoundError
from cycles.ledger import Body, mark_of
from cycles.school import AUDITOR, HeldRole
from cycles.service import Given, operator_of
from cycles.service.answers import EntryAnswer
from cycles.service.dashboards import Dashboards
from cycles.service.reading_log import LogQuestion
from cycles.service.verifying import Verifying, verify_file
from cycles.store import CycleFilter
from tests.unit.service.log_school import LogSchool, codes, members


def looks(school: LogSchool) -> list[Body]:
    """The looks that are in the log, oldest first."""
    return [
        body for entry in school.entries("school") if (body := Body.parse(entry.body)).act == "look"
    ]


def told(school: LogSchool, by: str = "du") -> tuple[EntryAnswer, ...]:
    """The looks as somebody reads them, newest first."""
    return school.reading.log(school.actor(by), LogQuestion(looks=True), limit=1_000).entries


def test_each_way_of_looking_leaves_one_entry_that_says_at_what(school):
    """Search, entry, cycle, list, counts, check and export: each by whom, when and what."""
    cycle, du = school.whole(), school.actor("du")
    school.reading.log(du, LogQuestion(person="liu", group="maths", late=True))
    school.reading.entry(du, f"cycle:{cycle}", 3)
    school.looking.cycle(du, cycle)
    school.looking.cycles(du, CycleFilter(group="maths"))
    Dashboards(school.core, school.looking).dashboard(du)
    Verifying(school.core).live(du)
    school.exporting.export(du, io.BytesIO())

    found = looks(school)
    revision = school.looking.cycle(operator_of(school.id), cycle).line.revision
    of = mark_of(f"cycle:{cycle}")
    liu = school.alias("liu")

    assert [body.data for body in found] == [
        {"look": "search", "person": liu, "group": "maths", "late": True},
        {"look": "entry", "of": of, "seq": 3},
        {"look": "cycle", "of": of, "seq": revision},
        {"look": "cycles", "group": "maths"},
        {"look": "dashboard"},
        {"look": "verification"},
        {"look": "export"},
    ]
    assert {(body.actor, body.via) for body in found} == {(school.alias("du"), "api")}


def test_looking_moves_no_cycle_on(school):
    """A cycle's revision is the same after an auditor has read all of it."""
    cycle, du = school.open(), school.actor("du")
    before = school.entries(f"cycle:{cycle}")

    school.looking.cycle(du, cycle)
    school.looking.transitions(du, cycle)
    school.reading.history(du, cycle)

    assert school.entries(f"cycle:{cycle}") == before
    assert len(looks(school)) == 1


def test_only_auditors_leave_looks(school):
    """What head, deputy, group head or the machine's own command line read is no look."""
    cycle = school.open()
    for who in ("wu", "zheng", "song", "liu"):
        school.looking.cycle(school.actor(who), cycle)
    school.reading.log(school.actor("wu"), LogQuestion())
    school.exporting.export(operator_of(school.id), io.BytesIO())

    assert looks(school) == []


def test_a_page_loaded_again_within_a_minute_is_one_look(school):
    """Later, or when the cycle has moved on, it is another one."""
    cycle, du = school.open(), school.actor("du")
    school.looking.cycle(du, cycle)
    school.reading.log(du, LogQuestion(late=True))
    school.looking.cycle(du, cycle)
    assert len(looks(school)) == 2

    school.time += timedelta(seconds=61)
    school.looking.cycle(du, cycle)
    assert len(looks(school)) == 3

    school.file("liu", cycle, "proposal", theme="新", why="因为")
    school.looking.cycle(du, cycle)
    assert [body.data["seq"] for body in looks(school) if body.data["look"] == "cycle"] == [1, 1, 2]


def test_a_look_is_written_also_after_a_clock_was_set_back(school):
    """What stands in the log's future is no reason to leave the same look of now out."""
    cycle, du = school.open(), school.actor("du")
    school.looking.cycle(du, cycle)

    school.time -= timedelta(hours=2)
    school.looking.cycle(du, cycle)

    assert len(looks(school)) == 2
    assert codes(school.check()) == set()


def test_what_was_typed_for_a_cycle_is_not_in_the_log(school):
    """Words in the place of an id leave a look at the log as a whole, and no word of them."""
    school.reading.log(school.actor("du"), LogQuestion(cycle="刘老师 " * 3_000))

    (look,) = school.entries("school")
    assert (Body.parse(look.body).data, look.payload) == ({"look": "search"}, None)


def test_what_is_not_found_or_not_allowed_is_no_look(school):
    """A refusal shows nothing, so there is nothing to write down."""
    with pytest.raises(NotFoundError):
        school.looking.cycle(school.actor("du"), "none")
    with pytest.raises(NotAllowedError):
        school.reading.log(school.actor("song"), LogQuestion())

    assert looks(school) == []


def test_ones_own_cycle_is_work_and_no_look(school):
    """An auditor who takes part sees it as one of its people."""
    cycle = school.open()
    school.appoint("liu", AUDITOR)
    both = replace(
        school.actor("liu"),
        roles=(*school.actor("liu").roles, HeldRole(role=AUDITOR, group="")),
    )
    school.looking.cycle(both, cycle)
    assert looks(school) == []

    other = school.open("zhou", teacher="zhou")
    school.looking.cycle(both, other)
    assert len(looks(school)) == 1


def test_looks_are_told_with_names_to_auditors_deputies_and_the_head(school):
    """They read who looked at which cycle; teachers read nothing of it."""
    cycle = school.open()
    school.looking.cycle(school.actor("du"), cycle)

    for who in ("wu", "zheng", "du"):
        look = told(school, who)[-1]
        assert (look.actor, look.payload) == ("du", {"subj": f"cycle:{cycle}"})
    with pytest.raises(NotAllowedError):
        told(school, "song")


def test_looks_can_be_left_out_or_asked_for_alone(school):
    """The log with looks is the log without, and the looks."""
    school.looking.cycle(school.actor("du"), school.open())
    wu = school.actor("wu")

    def places(asked):
        entries = school.reading.log(wu, asked, limit=1_000).entries
        return [(entry.subj, entry.seq) for entry in entries]

    without, alone = places(LogQuestion(looks=False)), places(LogQuestion(looks=True))
    assert alone
    assert sorted([*without, *alone]) == sorted(places(LogQuestion()))


def _visit(school: LogSchool) -> str:
    """An unannounced visit to a lesson of Ma's, which is still to be recorded."""
    command = Open(
        cycle="",
        group="maths",
        zone="",
        subject={"kind": "unannounced"},
        roles={"teacher": ("ma",)},
    )
    return school.acting.open(school.actor("wu"), "classroom-visit", command, Given()).cycle


def test_a_look_does_not_tell_of_a_cycle_that_is_not_to_be_known(school, tmp_path):
    """Not in the log, not in the export; and the export says what it keeps back, and is sound."""
    visit = _visit(school)
    school.looking.cycle(school.actor("du"), visit)
    ma = school.appoint("ma", AUDITOR)  # visited, and reads the log

    look = school.reading.log(ma, LogQuestion(looks=True)).entries[-1]
    assert (look.content, look.payload) == ("withheld", None)
    with (tmp_path / "ma.zip").open("wb") as out:
        manifest = school.exporting.export(ma, out)

    assert len(manifest.withheld) == 1
    held = members(tmp_path / "ma.zip")
    rows = [json.loads(line)["payload"] for line in held["payloads.jsonl"].splitlines()]
    told = [*held.values(), *(base64.b64decode(row) for row in rows if row)]
    assert not [content for content in told if visit.encode() in content]
    assert verify_file(tmp_path / "ma.zip").ok


def test_a_look_at_what_is_not_there_tells_nobody_of_it(school, tmp_path):
    """A search for a cycle that there never was: its name is nobody's to read, but the operator's.

    An auditor could have asked for a cycle of another time, and found that there is none.
    """
    none = "01a12dda-0000-7000-8000-00000000dead"
    school.reading.log(school.actor("du"), LogQuestion(cycle=none))

    (entry,) = told(school, "wu")
    manifest = school.export(tmp_path / "export.zip", by="wu")

    assert (entry.data["of"], entry.content) == (mark_of(f"cycle:{none}"), "withheld")
    assert len(manifest.withheld) == 1
    assert verify_file(tmp_path / "export.zip").ok


def test_looks_are_in_the_export_and_checked_like_all_else(school, tmp_path):
    """The export that an auditor makes holds the look by which it was made, and is sound."""
    school.looking.cycle(school.actor("du"), school.open())

    manifest = school.export(tmp_path / "export.zip", by="du")

    assert manifest.heads["school"].seq == 2
    assert verify_file(tmp_path / "export.zip").ok
    assert codes(school.check()) == set()


def test_where_a_look_cannot_be_written_nothing_is_shown(school, monkeypatch):
    """No entry, no look."""
    cycle = school.open()

    def full(school_id, work):
        raise OSError("no space left")

    monkeypatch.setattr(school.store, "write", full)

    with pytest.raises(OSError, match="no space"):
        school.looking.cycle(school.actor("du"), cycle)
