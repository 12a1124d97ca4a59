"""A disk that is full again and again under load; `make soak` prints the figures.

`CYCLES_TEST_ROUNDS` and `CYCLES_TEST_EACH`: see tests/soak/test_kill.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import own_server
from tests.faults.rounds import filled, play
from tests.faults.scarce_disk import DISKS
from tests.faults.school import make_school
from tests.faults.served import ServerProcess
from tests.soak.test_kill import EACH, ROUNDS

pytestmark = [
    pytest.mark.timeout(6 * 3600),
    pytest.mark.skipif(sys.platform != "linux", reason="no such limits elsewhere"),
]


@pytest.mark.parametrize("kind", DISKS)
def test_a_disk_full_again_and_again_loses_nothing(
    kind: str, record_property: Callable[[str, object], None]
) -> None:
    """Refused is not done, acknowledged is kept, and with space everything goes on."""
    with DISKS[kind]() as disk:
        database = f"sqlite:///{disk.folder}/cycles.db"
        school = make_school(database, disk.folder / "cycles-files", teachers=8)
        with ServerProcess(database, school.files) as server:
            figures = play(server, school, filled(disk, server), rounds=ROUNDS, each=EACH)

    record_property("figures", str(figures))


@pytest.mark.skipif("small disk" not in DISKS, reason="needs the right to mount")
def test_a_postgresql_whose_disk_is_full_again_and_again_loses_nothing(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The same."""
    with DISKS["small disk"]() as disk, own_server(disk.folder) as (_, database):
        school = make_school(database, tmp_path / "files", teachers=8)
        with ServerProcess(database, school.files) as server:
            figures = play(server, school, filled(disk, server), rounds=ROUNDS, each=EACH)

    record_property("figures", str(figures))
