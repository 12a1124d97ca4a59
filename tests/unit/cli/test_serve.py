"""`cycles serve` as a process of its own: it starts, answers, refuses a second, ends in order."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cycles.store import open_store

START = [sys.executable, "-c", "from cycles_api.cli import main; main()", "--lang", "en", "serve"]


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A database with its tables, as `cycles init` leaves it."""
    url = f"sqlite:///{tmp_path}/cycles.db"
    open_store(url, migrate=True).close()
    return url


@contextmanager
def serving(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address; killed at the end if it still runs."""
    process = subprocess.Popen(
        [*START, *words], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        told = process.stderr.readline()
        found = re.search(r"http://\S+", told)
        assert found, told + process.stderr.read()
        yield process, found.group().rstrip("/")
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """How the process ended, and what it said since."""
    _, err = process.communicate(timeout=60)
    return process.returncode, err


def get(url: str) -> httpx.Response:
    """One request, without any proxy; the server may still be starting behind its open port."""
    with httpx.Client(trust_env=False, timeout=30) as client:
        return client.get(url)


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(database: str, kind: signal.Signals) -> None:
    """Healthy at once; a signal ends it with 0, and its lock and files are free again."""
    with serving("--database", database, "--port", "0", "--log-format", "json") as (process, url):
        answer = get(f"{url}/healthz")
        process.send_signal(kind)
        code, err = ended(process)

    assert answer.json() == {"status": "ok"}
    assert code == 0
    assert "Traceback" not in err
    assert '"path": "/healthz"' in err
    assert err.rstrip().endswith("Stopped.")


def test_a_second_server_of_one_sqlite_database_is_refused(database: str) -> None:
    """Two would lose each other's turns; the second says so and ends with 3."""
    with serving("--database", database, "--port", "0") as (_, url):
        second = subprocess.run(
            [*START, "--database", database, "--port", "0"],
            capture_output=True,
            check=False,
            text=True,
        )
        answer = get(f"{url}/healthz")

    assert second.returncode == 3
    assert "Traceback" not in second.stderr
    assert len(second.stderr.splitlines()) == 1
    assert answer.status_code == 200


def test_an_empty_place_opens_on_the_wizard(tmp_path: Path) -> None:
    """The database is made, and the console tells where to go and the code that lets in."""
    with serving("--database", f"sqlite:///{tmp_path}/new.db", "--port", "0") as (process, url):
        assert process.stderr is not None
        told = process.stderr.readline()
        code = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4})+", told)

        assert f"{url}/setup" in told
        assert code is not None, told
        assert get(f"{url}/setup").status_code == 200
        assert code.group() not in get(f"{url}/setup").text


def test_a_server_for_all_is_told_by_an_address_that_a_browser_opens(database: str) -> None:
    """The address that stands for all of a computer's is none that Windows would open."""
    with serving("--database", database, "--host", "0.0.0.0", "--port", "0") as (process, url):
        assert process.stderr is not None
        told = process.stderr.readline()

        assert url.startswith("http://127.0.0.1:")
        assert "Phones" in told
        assert get(f"{url}/healthz").status_code == 200


def test_a_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    """No folder is made by accident."""
    done = subprocess.run(
        [*START, "--database", f"sqlite:///{tmp_path}/nowhere/none.db", "--port", "0"],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )

    assert done.returncode == 3
    assert "nowhere" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_is_told(database: str) -> None:
    """Which one, and how to take another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*START, "--database", database, "--port", str(port)],
            capture_output=True,
            check=False,
            text=True,
        )

    assert done.returncode == 2
    assert str(port) in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_setting_that_cannot_be_meant_stops_the_start(tmp_path: Path) -> None:
    """A password in the URL of a database that is none is not shown back."""
    done = subprocess.run(
        [*START, "--database", "mysql://user:secret@host/name"],
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 2
    assert "CYCLES_DATABASE" in done.stderr
    assert "secret" not in done.stderr
