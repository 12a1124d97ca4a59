"""What `make bench` measures is what it says."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cycles.service import Core
from cycles.service.verifying import verify_database
from cycles.store import open_store
from cycles.store.files import FileFolder
from tests.bench.district import CYCLES, GROUPS, made
from tests.bench.figures import LESS, MORE, Figure, told


def test_a_copied_school_is_as_good_as_a_played_one(tmp_path: Path) -> None:
    """Its log verifies with every cycle replayed, and the database's own rules hold."""
    district = made(tmp_path, 2 * CYCLES)

    with closing(open_store(f"sqlite:///{district.path}")) as store:
        report = verify_database(Core(store, FileFolder(tmp_path)), "s1")
        cycles = store.read("s1", lambda work: sum(n for *_, n in work.counts()))
    assert report.findings == ()
    assert (cycles, report.entries) == (CYCLES, district.entries // 2)
    with closing(sqlite3.connect(district.path)) as db:
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        kept = db.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'").fetchone()
    assert kept > (0,)
    assert len(district.sample.prepared) == GROUPS


@pytest.mark.parametrize(
    ("measured", "better", "verdict"),
    [
        (0.3, MORE, "MISSED"),
        (0.4, MORE, "must"),
        (0.6, MORE, "aim"),
        (0.7, LESS, "MISSED"),
        (0.3, LESS, "aim"),
        (None, MORE, ""),
    ],
)
def test_a_figure_is_judged(measured: float | None, better: str, verdict: str) -> None:
    """Reached, missed, or not to be had; the table says so."""
    must, aim = (0.4, 0.6) if better == MORE else (0.6, 0.4)
    figure = Figure(name="x", measured=measured, unit="x", must=must, aim=aim, better=better)

    assert figure.verdict == verdict
    assert verdict in told("A part", [figure])
