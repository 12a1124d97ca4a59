"""Servers killed under load lose nothing that was acknowledged, and serve again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import own_server
from tests.faults.rounds import crashed, killed, play
from tests.faults.school import make_school
from tests.faults.served import ServerProcess

ROUNDS = 2
EACH = 40


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_killed_server_loses_nothing(
    engine: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """Acknowledged is kept, unanswered is done once when sent again, each state has its entry."""
    database = request.getfixturevalue(f"{engine}_url")
    school = make_school(database, tmp_path / "files", teachers=5)

    with ServerProcess(database, school.files) as server:
        figures = play(server, school, killed(server), rounds=ROUNDS, each=EACH)

    record_property("figures", str(figures))
    assert figures.acknowledged >= ROUNDS * EACH


def test_a_database_killed_under_the_server_loses_nothing(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The same where PostgreSQL is ended at once; the server comes back by itself."""
    with own_server() as (postgres, database):
        school = make_school(database, tmp_path / "files", teachers=5)
        with ServerProcess(database, school.files) as server:
            first = server.pid

            figures = play(server, school, crashed(postgres), rounds=ROUNDS, each=EACH)

            assert server.pid == first

    record_property("figures", str(figures))
    assert figures.acknowledged >= ROUNDS * EACH
