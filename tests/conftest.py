"""What all tests share: a PostgreSQL server, and how many cases Hypothesis makes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from cycles.store import SchoolRow, Store, open_store
from tests.databases import (
    NoPostgresError,
    empty_database,
    fresh_database,
    shared_server_url,
    stop_shared_server,
)

# No deadlines: a slow machine is no fault of the code, and no test is about time.
# `ci` makes the same cases in each run, so that a red run can be had again.
_PATIENT: dict[str, Any] = {
    "deadline": None,
    "print_blob": True,
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("dev", max_examples=50, **_PATIENT)
settings.register_profile("ci", max_examples=100, derandomize=True, database=None, **_PATIENT)
settings.register_profile("soak", max_examples=2_000, **_PATIENT)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

_SHARED = pytest.StashKey[Path]()


class _HandOver:
    """Tells the worker processes of pytest-xdist where the session's server is."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["cycles_shared"] = str(node.config.stash[_SHARED])


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder through which the test processes share one server."""
    handed: dict[str, Any] | None = getattr(config, "workerinput", None)
    if handed is None:
        config.stash[_SHARED] = Path(tempfile.mkdtemp(prefix="cycles-tests-"))
        config.pluginmanager.register(_HandOver())
    else:
        config.stash[_SHARED] = Path(handed["cycles_shared"])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server when the last test process is done; the first process does it for all."""
    if not hasattr(config, "workerinput") and _SHARED in config.stash:
        stop_shared_server(config.stash[_SHARED])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests measured: whatever one kept by `record_property("figures", …)`."""
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.getreports(kind)]
    for report in reports:
        for name, figures in report.user_properties if report.when == "call" else ():
            if name == "figures":
                terminalreporter.write_line(f"{report.nodeid}: {figures}")


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> str:
    """The maintenance database of a real server, as `postgresql+psycopg://…`.

    Make databases of your own in it (`tests.databases.fresh_database`) and leave all others alone.
    """
    try:
        return shared_server_url(request.config.stash[_SHARED])
    except NoPostgresError as error:
        # Not a skip: what nobody ran is not known to work.
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def fresh_postgres_url(postgres_url: str) -> Iterator[str]:
    """An empty database for one test, as `postgresql+psycopg://…`; dropped afterwards."""
    with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store of each kind, empty but for the school `north`; one contract for all of them."""
    url = request.getfixturevalue(f"{request.param}_url")
    with closing(open_store(url)) as opened:
        opened.add_school(
            SchoolRow(
                id="north",
                name="第一小学",
                log="cycles.example/north",
                zone="Asia/Shanghai",
                created_at="2026-03-01T08:00:00.000000Z",
            )
        )
        yield opened


@pytest.fixture
def memory_url() -> str:
    """Of a new store in memory."""
    return "memory://"


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """Of a new SQLite database with all tables."""
    path = tmp_path / "cycles.db"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(_postgres_for_all: str) -> Iterator[str]:
    """Of a PostgreSQL database with all tables, empty; one for all tests of this process."""
    yield _postgres_for_all
    empty_database(_postgres_for_all)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database: to copy one is faster than to make one."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    open_store(f"sqlite:///{path}", migrate=True).close()
    return path


@pytest.fixture(scope="session")
def _postgres_for_all(postgres_url: str) -> Iterator[str]:
    """A database that each test finds empty: to empty one is faster than to make one."""
    with fresh_database(postgres_url) as url:
        open_store(url, migrate=True).close()
        yield url
