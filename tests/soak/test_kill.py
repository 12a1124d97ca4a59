"""Hundreds of kills under load, on each database; `make soak` prints the figures.

`CYCLES_TEST_ROUNDS` and `CYCLES_TEST_EACH` say how many rounds there are, and how many commands
are acknowledged in each before the fault, at least.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import own_server
from tests.faults.rounds import crashed, killed, play
from tests.faults.school import make_school
from tests.faults.served import ServerProcess

ROUNDS = int(os.environ.get("CYCLES_TEST_ROUNDS", "200"))
EACH = int(os.environ.get("CYCLES_TEST_EACH", "100"))

pytestmark = pytest.mark.timeout(6 * 3600)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_server_killed_again_and_again_loses_nothing(
    engine: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """Acknowledged is kept, unanswered is done once when sent again, each state has its entry."""
    database = request.getfixturevalue(f"{engine}_url")
    school = make_school(database, tmp_path / "files", teachers=8)

    with ServerProcess(database, school.files) as server:
        figures = play(server, school, killed(server), rounds=ROUNDS, each=EACH)

    record_property("figures", str(figures))


def test_a_database_killed_again_and_again_loses_nothing(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The same where PostgreSQL is ended at once under a server that stays."""
    with own_server() as (postgres, database):
        school = make_school(database, tmp_path / "files", teachers=8)
        with ServerProcess(database, school.files) as server:
            figures = play(server, school, crashed(postgres), rounds=ROUNDS, each=EACH)

    record_property("figures", str(figures))
