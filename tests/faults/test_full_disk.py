"""A full disk is told as such; nothing is lost, reading goes on, and space is all that it takes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.databases import own_server
from tests.faults.judge import judged
from tests.faults.load import Load, opening
from tests.faults.looking import all_looks, line_of
from tests.faults.scarce_disk import DISKS, Disk
from tests.faults.school import School, make_school
from tests.faults.served import PATIENCE_S, ServerProcess, asking

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="no such limits elsewhere")

needs_mount = pytest.mark.skipif("small disk" not in DISKS, reason="needs the right to mount")

#: How many commands may still fit on a disk that was just filled.
MOST = 500


@pytest.fixture(params=DISKS)
def disk(request: pytest.FixtureRequest) -> Iterator[Disk]:
    """There is space."""
    with DISKS[request.param]() as made:
        yield made


def test_a_full_disk_is_told_loses_nothing_and_is_recovered_from(disk: Disk) -> None:
    """Commands are 503, the log says why, reading goes on; with space everything does."""
    database = f"sqlite:///{disk.folder}/cycles.db"
    school = make_school(database, disk.folder / "cycles-files", teachers=3)
    with ServerProcess(database, school.files) as server, Load(server, school) as load:
        load.wait_for(20)

        disk.fill(server)
        refused = first_refusal(server, school, load)
        files = (upload(server, school, size) for size in (100_000, 3_000_000))
        uploads = [(answer.status_code, answer.json().get("reason")) for answer in files]
        looks = all_looks(server, school, load.sent[0].answer["cycle"])
        disk.free(server)
        load.wait_for(20)
        uploaded = upload(server, school, 3_000_000).status_code

        with load.paused():
            assert judged(server, school, load) == []
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (503, "store-unavailable")
    assert problem["reason"] in ("disk-full", "disk-error")
    assert int(refused.headers["retry-after"]) > 0
    line = line_of(server, refused)
    assert (line["level"], line["reason"]) == ("error", problem["reason"])
    assert line["cause"] in ("SQLITE_FULL", "SQLITE_IOERR_WRITE")
    assert uploads == [(503, "disk-full")] * 2
    assert set(looks.values()) == {200}, looks
    assert uploaded == 200


@needs_mount
def test_a_postgresql_on_a_full_disk_is_told_and_recovered_from(tmp_path: Path) -> None:
    """Its own word for it is in the log; the commands that still fit are kept like all others."""
    with DISKS["small disk"]() as disk, own_server(disk.folder) as (_, database):
        school = make_school(database, tmp_path / "files", teachers=3)
        with ServerProcess(database, school.files) as server, Load(server, school) as load:
            load.wait_for(20)

            disk.fill(server)
            line = wait_for_error(server)
            looks = all_looks(server, school, load.sent[0].answer["cycle"])
            disk.free(server)
            load.wait_for(20)

            with load.paused():
                assert judged(server, school, load) == []
    assert (line["reason"], line["cause"]) == ("disk-full", "53100")
    assert set(looks.values()) == {200}, looks


@needs_mount
def test_a_log_that_cannot_be_written_stops_nobody() -> None:
    """The server's own log lies on the disk that is full: every request is answered."""
    with DISKS["small disk"]() as disk:
        database = f"sqlite:///{disk.folder}/cycles.db"
        school = make_school(database, disk.folder / "cycles-files", teachers=1)
        with ServerProcess(database, school.files, log_to=disk.folder / "log") as server:
            disk.fill(server)
            with asking(server.url, school.head.token) as client:
                seen = [client.get("/api/v1/me").status_code for _ in range(100)]

    assert seen == [200] * 100


def wait_for_error(server: ServerProcess) -> dict[str, Any]:
    """The first line at error level, while a load is on."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        for line in server.lines():
            if line["level"] == "error":
                return line
        time.sleep(0.05)
    message = "everything fits on a full disk"
    raise AssertionError(message)


def first_refusal(server: ServerProcess, school: School, load: Load) -> httpx.Response:
    """The answer to the first command that is not kept any more; those that still fit are noted."""
    with asking(server.url) as client:
        for _ in range(MOST):
            sent = opening(school, school.teachers[0])
            answer = sent.send(client)
            if answer.status_code != 201:
                return answer
            sent.keep(answer)
            load.sent.append(sent)
    message = f"{MOST} commands fitted on a full disk"
    raise AssertionError(message)


def upload(server: ServerProcess, school: School, size: int) -> httpx.Response:
    """Send a file of so many bytes."""
    part = ("plan.pdf", b"%PDF-1.4\n" + bytes(size))
    with asking(server.url, school.chair.token) as client:
        return client.post("/api/v1/files", files={"file": part})
