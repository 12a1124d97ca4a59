"""`cycles serve`: the application on the network, until it is told to stop."""

from __future__ import annotations

import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Literal

import click

from cycles_api.cli.files import FileProblem
from cycles_api.cli.teaching import database_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.reaching import lan_addresses
from cycles_api.settings import Settings
from cycles_api.wording.language import Both

if TYPE_CHECKING:
    import uvicorn

    from cycles_api.assembly import Service

__all__ = ["address_of", "command", "listening", "serve_until_stopped"]

_SERVING = Both("正在 {url} 提供服务（按 Ctrl+C 停止）。", "Serving at {url} (Ctrl+C ends it).")
_OPEN = Both(
    "手机和别的电脑打开 {urls} 。没有 HTTPS 时只应在学校内网使用。",
    "Phones and other computers open {urls}. Without HTTPS, keep it on the school's LAN.",
)
_TAKEN = Both(
    "{host} 的端口 {port} 用不了（{reason}）。换一个：--port 8001",
    "port {port} of {host} cannot be used ({reason}); take another: --port 8001",
)
_FIRST = Both(
    "这里还没有学校。在浏览器里打开 {url}/setup ，输入启动码 {code}（只能用一次）。",
    "There is no school yet. Open {url}/setup in a browser and type the code {code} (good once).",
)
_EMPTY = Both(
    "数据库还是空的，而 {role} 没有建表的权限。请用拥有这个数据库的角色运行一次下面这行，再启动：\n"
    '  cycles init --no-school --database "{owner}" --app-role {role}\n'
    "之后学校在网页上建。",
    "this database is empty, and {role} may not make tables in it. Run this once as the role that "
    "owns the database, then start again:\n"
    '  cycles init --no-school --database "{owner}" --app-role {role}\n'
    "The school is then made on a page.",
)
_STOPPED = Both("已停止。", "Stopped.")


@taught(
    "serve",
    ("cycles serve", "On this computer alone: http://127.0.0.1:8000 仅本机。"),
    ("cycles serve --host 0.0.0.0 --port 80", "For the school's LAN. 给学校内网。"),
    ("cycles serve --database sqlite:////srv/cycles/cycles.db", "Another database. 换数据库。"),
    ("cycles serve --log-format json", "For a log collector: an object a line. 给日志系统。"),
)
@database_option
@click.option("--host", help="监听地址 · The address to listen on (CYCLES_HOST).")
@click.option(
    "--port", type=click.IntRange(0, 65_535), help="端口，0 为任意 · The port; 0 takes any."
)
@click.option(
    "--log-format",
    type=click.Choice(["console", "json"]),
    help="日志写法 · For people, or one JSON object a line.",
)
@click.pass_obj
def command(
    terminal: Terminal,
    database: str | None,
    host: str | None,
    port: int | None,
    log_format: Literal["console", "json"] | None,
) -> None:
    """启动服务 · Serve the application.

    One process serves SQLite; a second one is refused. PostgreSQL takes any number, each with
    its own port, behind a proxy. Ctrl+C or a TERM signal lets requests under way end first.
    """
    given = {"host": host, "port": port, "log_format": log_format}
    settings = replace(
        settings_of(database),
        **{k: v for k, v in given.items() if v is not None},  # type: ignore[arg-type]  # each of its own type
    )
    from cycles_api.assembly import assembled

    fresh = not _there(settings.database) or _may_begin(terminal, settings.database)
    with (
        assembled(settings, alone=True, migrate=fresh) as service,
        listening(terminal, settings) as line,
    ):
        serve_until_stopped(terminal, settings, service, line)
    terminal.tell(terminal.pick(_STOPPED))


def serve_until_stopped(
    terminal: Terminal, settings: Settings, service: Service, line: socket.socket
) -> None:
    """Serve on an open socket until a signal comes."""
    from cycles_api.app import create_app
    from cycles_api.logs import make_log
    from cycles_api.serving import server_of

    log = make_log(settings.log_format, sys.stderr)
    with suppress(OSError):
        # Where uploads and exports wait. It is found by writing there, so now, while there is room.
        tempfile.gettempdir()
    server = server_of(create_app(settings, service, log=log), settings)
    with _signals_kept(server):
        terminal.tell(terminal.pick(_SERVING, url=address_of(line)))
        if line.getsockname()[0] not in ("127.0.0.1", "::1"):
            terminal.tell(terminal.pick(_OPEN, urls=_urls(line)))
        code = service.starting.new_code()
        if code is not None:
            terminal.tell(terminal.pick(_FIRST, url=address_of(line), code=code))
        server.run(sockets=[line])


def _there(database: str) -> bool:
    """Whether there may be a database: a SQLite file that is missing is made at the first start."""
    kind, _, path = database.partition("sqlite:///")
    return bool(kind) or not path or Path(path.partition("?")[0]).exists()


def _may_begin(terminal: Terminal, database: str) -> bool:
    """Whether it is a PostgreSQL database without tables, in which we may make them.

    Raises `FileProblem` with the line to run where it is one, and we may not.
    """
    from cycles.store import emptiness

    found = emptiness(database)
    if found is None:
        return False
    role, may_make = found
    if not may_make:
        place = database.partition("://")[2].rpartition("@")[2]
        told = terminal.pick(_EMPTY, role=role, owner=f"postgresql://OWNER@{place}")
        raise FileProblem("cycles", told)
    return True


def address_of(line: socket.socket) -> str:
    """Where an open socket is reached from this computer, as a URL."""
    address, taken = line.getsockname()[:2]
    # Browsers on Windows open no page at the address that stands for all of them.
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104  # a name, not bound
    return f"http://{_bracketed(here)}:{taken}"


def _urls(line: socket.socket) -> str:
    """Where an open socket is reached from elsewhere: one address, or those of all networks."""
    address, taken = line.getsockname()[:2]
    near = lan_addresses() if address in ("0.0.0.0", "::") else ()  # noqa: S104  # a name, not bound
    return ", ".join(f"http://{_bracketed(each)}:{taken}" for each in near or (address,))


@contextmanager
def listening(terminal: Terminal, settings: Settings) -> Iterator[socket.socket]:
    """The socket, taken before anything is started, so that a taken port is told as such."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        line = socket.create_server((settings.host, settings.port), family=family, backlog=512)
    except OSError as error:
        reason = error.strerror or str(error)
        told = terminal.pick(_TAKEN, host=settings.host, port=settings.port, reason=reason)
        raise FileProblem("cycles", told) from None
    with line:
        yield line


@contextmanager
def _signals_kept(server: uvicorn.Server) -> Iterator[None]:
    """Signals end the server only: it repeats them once it has stopped, and we close in order."""

    def noted(_: int, __: FrameType | None) -> None:
        server.should_exit = True  # where it came before the server listens for signals itself

    kinds = [signal.SIGINT, signal.SIGTERM]
    before = [(kind, signal.signal(kind, noted)) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in before:
            signal.signal(kind, handler)


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
