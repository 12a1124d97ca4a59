"""Checks that somebody asked for: kept with what they came to, and run beside everything else."""

import json
import threading
from datetime import timedelta
from hashlib import sha256

import pytest

from cycles.errors import NotAllowedError, NotFoundError, StoreUnavailableError
from cycles.ledger import Finding
from cycles.school import AUDITOR
from cycles.service import verifications
from cycles.service.verifications import Verification, Verifications
from cycles.store import CycleRow
from tests.unit.service.log_school import LogSchool
from tests.unit.service.test_samples import _visit
from tests.unit.service.test_verifying import tampered


@pytest.fixture
def checks(school: LogSchool) -> Verifications:
    """The school's checks."""
    return Verifications(school.core)


def done(checks: Verifications, school: LogSchool, by: str = "du") -> Verification:
    """A check that somebody asked for, once it has ended."""
    id = checks.begin(school.actor(by))
    checks.wait(id, 60)
    return checks.one(school.actor(by), id)


def test_a_check_is_kept_with_what_it_came_to(school, checks):
    """When, by whom, up to which entry, how much was checked, and that all was well."""
    cycle = school.whole()

    made = done(checks, school, "wu")

    report = school.check()
    assert made.checked is not None
    assert (made.runs, made.unavailable, made.found) == (False, False, 0)
    assert (made.checked.entries, made.checked.findings) == (report.entries, ())
    assert (made.done, made.total) == (report.entries, report.entries)
    assert made.by == school.actor("wu").pseudonym
    newest = report.heads[f"cycle:{cycle}"]
    assert made.last is not None
    assert made.last[1:] == (newest.subj, newest.seq)
    [listed] = checks.all(school.actor("zheng"))
    assert (listed.id, listed.ended_at, listed.found) == (made.id, made.ended_at, 0)


def test_what_a_check_found_can_be_read_later(school, checks):
    """Each finding with the entry that it was found at."""
    cycle = school.open()
    tampered(school, CycleRow, {"round": 7})

    made = done(checks, school)

    assert made.checked is not None
    assert made.found == len(made.checked.findings) == 1
    [finding] = checks.one(school.actor("wu"), made.id).checked.findings
    assert isinstance(finding, Finding)
    assert (finding.code, finding.subj) == ("replay_differs", f"cycle:{cycle}")


def test_the_next_check_asks_for_the_ends_that_the_last_one_kept(school, checks, monkeypatch):
    """What was cut off in between is found though nobody noted anything."""
    school.whole()
    first = done(checks, school)
    asked = []
    check = verifications.verify_in

    def watched(core, work, *, heads, progress):
        asked.extend(heads)
        return check(core, work, heads=heads, progress=progress)

    monkeypatch.setattr(verifications, "verify_in", watched)

    second = done(checks, school)

    kept = json.loads(checks.heads(school.actor("du"), first.id))
    assert {head.subj: [head.seq, head.leaf] for head in asked} == kept
    assert (first.against, second.against) == (0, len(kept))
    assert second.found == 0


def test_the_ends_are_what_cycles_verify_reads(school, checks):
    """A file of heads, whose fingerprint the check tells."""
    school.open()
    made = done(checks, school)

    heads = checks.heads(school.actor("du"), made.id)

    assert sha256(heads).hexdigest() == made.heads
    report = school.check()
    plain = {s: [h.seq, h.leaf] for s, h in report.heads.items() if s != "school"}
    assert {s: h for s, h in json.loads(heads).items() if s != "school"} == plain


def test_ends_do_not_tell_of_a_cycle_that_is_hidden(school, checks):
    """An auditor who is visited unannounced does not learn of it; the head does."""
    visit = _visit(school, "ma")
    ma = school.appoint("ma", AUDITOR)
    made = done(checks, school)

    assert f"cycle:{visit}" not in json.loads(checks.heads(ma, made.id))
    assert f"cycle:{visit}" in json.loads(checks.heads(school.actor("wu"), made.id))


def test_one_check_runs_at_a_time(school, checks, monkeypatch):
    """Whoever asks for another is led to the one that runs, and sees how far it is."""
    school.open()
    goes, told = threading.Event(), threading.Event()
    check = verifications._Run._read

    def slow(run):
        run._reached(3, 4)
        told.wait(60)
        check(run)

    monkeypatch.setattr(verifications, "_EVERY_S", 0.01)
    monkeypatch.setattr(verifications._Run, "_read", slow)
    first = checks.begin(school.actor("du"))
    for _ in range(6000):
        running = checks.one(school.actor("wu"), first)
        if running.total:
            break
        goes.wait(0.01)

    second = checks.begin(school.actor("wu"))
    told.set()
    checks.wait(first, 60)

    assert (running.runs, running.done, running.total, running.checked) == (True, 3, 4, None)
    assert second == first
    with pytest.raises(NotFoundError):
        checks.heads(school.actor("du"), "no-such")
    assert checks.one(school.actor("du"), first).runs is False
    assert checks.begin(school.actor("du")) != first


def test_a_check_whose_server_was_stopped_runs_no_more(school, checks, monkeypatch):
    """A minute without a word of it, and another one may begin."""
    monkeypatch.setattr(verifications._Run, "run", lambda run: None)
    lost = checks.begin(school.actor("du"))
    school.time += timedelta(minutes=2)

    found = checks.one(school.actor("du"), lost)

    assert (found.runs, found.ended_at) == (False, None)
    assert checks.begin(school.actor("du")) != lost
    with pytest.raises(NotFoundError):
        checks.heads(school.actor("du"), lost)


def test_a_database_that_cannot_be_read_is_no_finding(school, checks, monkeypatch):
    """The check has ended, and says that it came to nothing."""

    def lost(*_, **__):
        raise StoreUnavailableError("gone")

    monkeypatch.setattr(verifications, "verify_in", lost)

    made = done(checks, school)

    assert (made.unavailable, made.found, made.checked, made.heads) == (True, 0, None, "")
    assert made.ended_at is not None


@pytest.mark.parametrize("name", ["song", "liu"])
def test_checks_are_for_auditors_deputies_and_the_head(school, checks, name):
    """Nobody else begins one, or reads what one found."""
    made = done(checks, school)
    actor = school.actor(name)

    for asks in (
        lambda: checks.begin(actor),
        lambda: checks.all(actor),
        lambda: checks.one(actor, made.id),
        lambda: checks.heads(actor, made.id),
    ):
        with pytest.raises(NotAllowedError):
            asks()
