"""An export against forgers: found at once, or against what somebody noted elsewhere.

Each forger tries a few times here; `tests/soak/test_forgery.py` has each try a thousand times.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cycles.service.verifying import verify_file
from tests.forgery import forgers
from tests.forgery.evidence import Evidence, rich
from tests.forgery.trying import try_out

TRIALS = 25
#: Forgers that alter lines of the entries. Whoever reads one line of the report reads where.
CLUMSY = (
    "flips_a_bit_of_an_entry",
    "edits_an_entry",
    "edits_an_entry_with_the_manifest_remade",
    "deletes_an_entry",
    "cuts_out_the_middle",
    "inserts_an_entry",
    "swaps_two_entries",
    "points_a_cycle_at_another_chain",
)
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def true(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """What an auditor was given, and what they noted of it."""
    return rich(tmp_path_factory.mktemp("true"))


def test_the_evidence_is_sound_and_holds_what_a_log_can_hold(true: Evidence) -> None:
    """Withheld and erased contents, attachments, two workflows, waivers: all of it in order."""
    report = verify_file(true.path, heads=true.heads)

    acts = {line.plain["act"] for line in true.export.lines}
    assert report.findings == ()
    assert (report.erased, report.withheld) == (1, 2)
    assert len(true.export.files) == 2
    assert {"open", "file", "answer", "verify", "waive", "suspend", "cancel", "erase"} <= acts
    assert true.export.remade() == true.export


@pytest.mark.parametrize("name", forgers.FOUND)
def test_a_forgery_is_found_in_the_export_alone(
    name: str, true: Evidence, tmp_path: Path, record_property: Record
) -> None:
    """Nothing else is needed, and nothing that a forger computes anew helps."""
    tried = try_out(forgers.FOUND[name], true, tmp_path, trials=TRIALS)

    record_property("figures", str(tried))

    assert (tried.alone, tried.unseen) == (TRIALS, [])
    if name in CLUMSY:
        assert tried.pointed == TRIALS
        assert tried.causes <= 4


@pytest.mark.parametrize("name", forgers.REWRITTEN)
def test_a_log_that_might_have_been_is_found_against_a_noted_head(
    name: str, true: Evidence, tmp_path: Path, record_property: Record
) -> None:
    """Whoever computes everything anew, or cuts the end off, is found by what was noted before."""
    tried = try_out(forgers.REWRITTEN[name], true, tmp_path, trials=TRIALS)

    record_property("figures", str(tried))

    assert (tried.noted, tried.unseen) == (TRIALS, [])
