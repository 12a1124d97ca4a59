"""What is found is told with its cause first, and nothing of it is left out."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from cycles.ledger import FINDING_CODES, Finding, PayloadRow, Report
from cycles.ledger.causes import causes_first
from tests.unit.ledger.toy_log import ToyLog, check, toy_log


def causes(report: Report) -> list[tuple[str, str | None, int | None]]:
    """Code and place of what follows from nothing else."""
    return [(f.code, f.subj, f.seq) for f in report.findings if not f.follows]


def checked(log: ToyLog, entries: list[bytes] | None = None) -> Report:
    """Against the manifest of the log as it was."""
    return check(entries or log.entries, log.payload_lines, manifest=log.manifest)


def test_one_flipped_byte_is_one_cause():
    """The line that is no entry is told; gap, payload and counts follow from it."""
    log = toy_log()
    entries = [*log.entries]
    entries[2] = entries[2].replace(b'"act"', b'"Act"')

    report = checked(log, entries)

    assert causes(report) == [("bad_body", None, None)]
    assert {f.code for f in report.findings if f.follows} >= {"gap", "payload_without_entry"}


def test_a_cut_tail_is_one_cause():
    """The missing end is told; its payload and the counts follow."""
    log = toy_log()

    report = checked(log, [raw for raw in log.entries if raw != log.entries[14]])

    assert causes(report) == [("truncated", "cycle:c2", 5)]
    assert {f.code for f in report.findings[1:]} == {"payload_without_entry", "manifest_mismatch"}


def test_an_impossible_step_that_was_made_so_later_is_told_by_both():
    """That it cannot be, and that it was altered since, are two things to know."""
    log = toy_log()
    entries = [*log.entries]
    entries[1] = entries[1].replace(b'"to":"observe"', b'"to":"elsewhere"')

    report = checked(log, entries)

    assert causes(report) == [("replay_failed", "cycle:c0", 2), ("chain_broken", "cycle:c0", 3)]


def test_two_tamperings_are_two_causes():
    """What stands far apart does not explain each other."""
    log = toy_log()
    entries = [*log.entries]
    del entries[11], entries[1]

    report = checked(log, entries)

    assert causes(report) == [("gap", "cycle:c0", 3), ("gap", "cycle:c2", 3)]


@pytest.mark.parametrize(
    ("source", "left"),
    [("entries", "file_altered"), ("payloads", "chain_broken"), ("manifest", "payload_mismatch")],
)
def test_a_part_that_cannot_be_read_explains_what_is_missing_and_nothing_else(source, left):
    """Damage to one part does not make light of what is wrong in another."""
    broken = Finding(code="unreadable", detail=f"{source}: broken")
    missing = [
        Finding(code=code, detail="x")
        for code in ("payload_missing", "payload_without_entry", "erased_without_entry")
    ]
    other = Finding(code=left, subj="cycle:c1", seq=3)

    told = causes_first([*missing, other, broken])

    assert told[0] == broken
    assert replace(other, follows=False) in told[:2]


@pytest.mark.parametrize("seed", range(50))
def test_nothing_is_lost_and_something_is_always_a_cause(seed):
    """However the findings are thrown together, all are told, and the first one is a cause."""
    chance = random.Random(seed)
    findings = [
        Finding(
            code=chance.choice(sorted(FINDING_CODES)),
            subj=chance.choice([None, "cycle:a", "cycle:b", "def:c"]),
            seq=chance.choice([None, 1, 2, 3, 9]),
            line=chance.choice([None, 1, 2, 3, 9]),
            detail=chance.choice(["", "entries: x", "definition x", "file x"]),
        )
        for _ in range(chance.randrange(1, 12))
    ]

    told = causes_first(findings)

    assert sorted(str(f) for f in told) == sorted(map(str, findings))
    assert not told[0].follows
    assert [f.follows for f in told] == sorted(f.follows for f in told)
    assert causes_first([]) == ()


def test_a_silent_erasure_is_a_cause_of_its_own():
    """It is told as such where everything else is in order."""
    log = toy_log()
    row = log.rows[2]
    log.rows[2] = PayloadRow(row.leaf, None, None)

    assert causes(checked(log)) == [("erased_without_entry", "cycle:c0", 5)]
