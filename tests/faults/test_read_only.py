"""A database that can only be read: commands are told so, reading goes on, and it is got over."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.databases import Server, own_server
from tests.faults.judge import judged
from tests.faults.load import Load, opening
from tests.faults.looking import all_looks, line_of
from tests.faults.school import School, make_school
from tests.faults.served import ServerProcess, asking

#: Root may write anywhere; without this one of its rights a file's mode holds for it as well.
IS_ROOT = sys.platform != "win32" and os.geteuid() == 0
AS_OTHERS = ["setpriv", "--bounding-set=-dac_override"] if IS_ROOT else []


@pytest.mark.skipif(sys.platform != "linux", reason="root is held to a file's mode by setpriv")
def test_a_file_that_may_only_be_read_is_told_and_recovered_from(tmp_path: Path) -> None:
    """As after a restore under another account; once the modes are mended, commands are taken."""
    folder = tmp_path / "database"
    folder.mkdir()
    database = f"sqlite:///{folder}/cycles.db"
    school = make_school(database, folder / "cycles-files", teachers=2)
    (folder / "cycles.db").chmod(0o444)
    with ServerProcess(database, school.files, under=AS_OTHERS) as server:
        refused = told_read_only(server, school)
        looks = all_looks(server, school)

        for file in folder.glob("cycles.db*"):
            file.chmod(0o644)

        found = works_again(server, school)
    assert refused == ("error", "read-only", "SQLITE_READONLY")
    assert set(looks.values()) == {200}, looks
    assert found == []


def test_a_server_that_became_read_only_is_told_and_recovered_from(tmp_path: Path) -> None:
    """As a host does whose disk is nearly full: what it forbids by default is not forced."""
    with own_server() as (postgres, database):
        school = make_school(database, tmp_path / "files", teachers=2)
        with ServerProcess(database, school.files) as server:
            set_read_only(postgres, "on")
            refused = told_read_only(server, school)
            looks = all_looks(server, school)

            set_read_only(postgres, "off")

            found = works_again(server, school)
    assert refused == ("error", "read-only", "25006")
    assert set(looks.values()) == {200}, looks
    assert found == []


def set_read_only(postgres: Server, switch: str) -> None:
    """Make the whole server so; it holds once all its processes have heard of it."""
    plain = make_url(postgres.url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {switch}")
        connection.execute("SELECT pg_reload_conf()")
    # Whoever connects anew knows it only after all that are connected were told.
    for _ in range(1000):
        with psycopg.connect(plain) as connection:
            if connection.execute("SHOW default_transaction_read_only").fetchone() == (switch,):
                return
    message = "the setting is never taken"
    raise AssertionError(message)


def told_read_only(server: ServerProcess, school: School) -> tuple[str, str, str]:
    """Level, reason and cause in the log's line for a command that was refused with 503."""
    command = opening(school, school.teachers[0])
    with asking(server.url) as client:
        answer = command.send(client)
        assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")
        assert int(answer.headers["retry-after"]) > 0
    line = line_of(server, answer)
    return line["level"], line["reason"], line["cause"]


def works_again(server: ServerProcess, school: School) -> list[str]:
    """What is wrong with commands that are sent now."""
    with Load(server, school) as load:
        load.wait_for(20)
        with load.paused():
            return judged(server, school, load)
