"""`cycles demo`: a made-up school with its data, served, and what to try with it."""

from __future__ import annotations

import shlex
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import click

from cycles_api.cli.serve import address_of, listening, serve_until_stopped
from cycles_api.cli.teaching import json_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

if TYPE_CHECKING:
    from cycles_api.assembly import Service
    from cycles_api.demo import DemoSchool
    from cycles_api.settings import Settings

_SCHOOL: Final = Both("{name}：{count} 次研讨", "{name}: {count} cycles")
_CYCLE: Final = Both(
    "  《{title}》 {state}，第 {round} 轮  {id}", "  {title}: {state}, round {round}  {id}"
)
_PAGES: Final = Both(
    "在浏览器里打开（登录页上可以选人）：{url}",
    "Open the pages in a browser (choose a person there): {url}",
)
_TRY: Final = Both(
    "可以在另一个终端里依次试试（每行都能直接粘贴）：",
    "Try this in another terminal, one after the other (each line can be pasted as it is):",
)
_LATER: Final = Both("启动服务：{line}", "Start the server: {line}")
_MAKING: Final = Both("正在准备演示学校……", "Making the demo school …")
#: A port that is free in most places; another one if it is not.
_PORT: Final = 8000


@dataclass(frozen=True, slots=True)
class _Step:
    """A line to paste: who tries it, what for."""

    who: str
    use: Both
    line: str


@taught(
    "demo",
    ("cycles demo", "A fresh school, gone at the end. 用完即删。"),
    ("cycles demo --folder demo", "Keep it in a folder. 留在文件夹里。"),
    ("cycles demo --lang en --port 8080", "In English, on this port. 用英文，指定端口。"),
    ("cycles demo --folder demo --no-serve --json", "Only make it. 只建不启动。"),
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="留在这里 · Keep the school here, else it is gone at the end.",
)
@click.option("--port", type=click.IntRange(0, 65_535), help="端口 · The port; default 8000.")
@click.option("--no-serve", is_flag=True, help="只建不启动 · Only make it; needs --folder.")
@json_option
@click.pass_obj
def command(
    terminal: Terminal, folder: Path | None, port: int | None, no_serve: bool, as_json: bool
) -> None:
    """演示学校 · A made-up school with cycles in every state, with pages and lines to try.

    Made by real commands on a simulated calendar; its log verifies. Nothing of it is real.
    """
    from cycles_api.assembly import assembled

    if no_serve and folder is None:
        raise click.UsageError("--no-serve needs --folder, or nothing would be left of the school")
    with _place(folder) as place, ExitStack() as left:
        settings = _settings(place, port)
        terminal.tell(terminal.pick(_MAKING))
        built = _built(settings)
        line = None if no_serve else left.enter_context(_line(terminal, settings, port))
        url = f"http://127.0.0.1:{port or _PORT}" if line is None else address_of(line)
        service = left.enter_context(assembled(settings, alone=line is not None))
        _present(terminal, service, built, _steps(service, built, url, place), url, as_json=as_json)
        if line is None:
            words = [_programme(), "serve", "--database", settings.database]
            words += ["--port", str(port)] if port else []
            terminal.tell(terminal.pick(_LATER, line=shlex.join(words)))
        else:
            sys.stdout.flush()
            serve_until_stopped(terminal, settings, service, line)


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    """The folder, made if need be; a temporary one if none is named."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder.resolve()
        return
    with TemporaryDirectory(prefix="cycles-demo-") as made:
        yield Path(made)


def _settings(place: Path, port: int | None) -> Settings:
    found = settings_of(f"sqlite:///{(place / 'cycles.db').as_posix()}")
    return replace(
        found,
        files=place / "cycles-files",
        host="127.0.0.1",
        port=_PORT if port is None else port,
        demo=True,
    )


def _built(settings: Settings) -> DemoSchool:
    from cycles.service import Core
    from cycles.store import open_store
    from cycles.store.files import FileFolder
    from cycles_api.demo import build_demo
    from cycles_api.demo.clock import StoryClock

    clock = StoryClock()
    store = open_store(settings.database, migrate=True)
    try:
        return build_demo(Core(store, FileFolder(settings.files), clock=clock), clock)
    finally:
        store.close()


@contextmanager
def _line(terminal: Terminal, settings: Settings, port: int | None) -> Iterator[socket.socket]:
    """The socket: at the port that was asked for, else at the usual one or any that is free."""
    if port is None:
        try:
            with socket.create_server((settings.host, settings.port)):
                pass
        except OSError:
            settings = replace(settings, port=0)
    with listening(terminal, settings) as line:
        yield line


def _present(
    terminal: Terminal,
    service: Service,
    built: DemoSchool,
    steps: list[_Step],
    url: str,
    *,
    as_json: bool,
) -> None:
    """Say what there is and what to try."""
    from cycles.school import ROLE_TITLES
    from cycles_api.demo.cast import PEOPLE

    cycles = list(_cycles(terminal, service, built))
    if as_json:
        lines = [{"as": s.who, "use": terminal.pick(s.use), "line": s.line} for s in steps]
        found: dict[str, Any] = {"url": url, "school": built.school_id, "cycles": cycles}
        people = {who: {"id": i, "token": built.tokens[who]} for who, i in built.people.items()}
        terminal.answer_json({**found, "people": people, "try": lines})
        return
    view = service.core.view(built.school_id)
    terminal.answer(terminal.pick(_SCHOOL, name=view.row.name, count=len(cycles)))
    for one in cycles:
        terminal.answer(terminal.pick(_CYCLE, **one))
    terminal.answer("\n" + terminal.pick(_PAGES, url=url))
    terminal.answer("\n" + terminal.pick(_TRY))
    who = ""
    for step in steps:
        if step.who != who:
            who = step.who
            person, (_, role, _) = view.person_of[built.people[who]], PEOPLE[who]
            title = ROLE_TITLES[role][terminal.language]
            terminal.answer(f"\n## {title}: {person.name}")
        terminal.answer(f"\n# {terminal.pick(step.use)}\n{step.line}")
    terminal.answer("")


def _cycles(terminal: Terminal, service: Service, built: DemoSchool) -> Iterator[dict[str, Any]]:
    from cycles.service import operator_of
    from cycles_api.wording import Speaker

    for story, cycle in built.cycles.items():
        line = service.looking.cycle(operator_of(built.school_id), cycle).line
        state = Speaker(terminal.language, line.told.version).state(line.state)
        told = {"title": line.title, "state": state, "round": line.round}
        yield {"id": cycle, "story": story, **told}


def _steps(service: Service, built: DemoSchool, url: str, place: Path) -> list[_Step]:
    """What to try, in an order in which every line works."""
    from cycles.service import operator_of

    api, blocked = f"{url}/api/v1", built.cycles["blocked"]
    here = f"{api}/cycles/{blocked}"
    ones = (
        '{"record":"three_ones","fields":{"strength":"素材贴近学生",'
        '"weakness":["举例偏少"],"hope":["让学生自己举例"]}}'
    )
    minutes = '{"record":"minutes","fields":{"agreed":"下次让学生自己举例，注意百分号的写法"}}'
    line = service.looking.cycle(operator_of(built.school_id), blocked).line
    # Two records are filed by the lines before the step.
    seen = f'If-Match: "{line.revision + 2}"'
    step = '{"transition":"finish_evaluating"}'
    trial = '{"commands":[{"command":"advance","transition":"finish_evaluating"}]}'
    late, export = built.cycles["late"], str(place / "export.zip")

    def get(who: str, address: str, *more: str) -> str:
        asked = ["curl", "-sS", "-f", "-H", f"Authorization: Bearer {built.tokens[who]}"]
        return shlex.join([*asked, *more, address])

    def post(who: str, address: str, body: str, key: str, *more: str) -> str:
        typed = ["-H", "Content-Type: application/json", "-d", body]
        return get(who, address, *typed, "-H", f"Idempotency-Key: {key}", *more)

    return [
        _Step("wu", Both("全校的研讨", "The school at a glance"), get("wu", f"{api}/dashboard")),
        _Step("wu", Both("我的下一步", "My next steps"), get("wu", f"{api}/me/tasks")),
        _Step(
            "song",
            Both("为什么不能结束评课，谁能解决", "Why evaluating cannot end, and who can clear it"),
            get("song", f"{here}/transitions"),
        ),
        _Step(
            "song",
            Both("交活动记录", "File the minutes that are missing"),
            post("song", f"{here}/records", minutes, "demo-minutes"),
        ),
        _Step("ma", Both("我的下一步", "My next steps"), get("ma", f"{api}/me/tasks")),
        _Step(
            "ma",
            Both("交三个一", "File the three ones"),
            post("ma", f"{here}/records", ones, "demo-three-ones"),
        ),
        _Step(
            "song",
            Both("如果现在结束评课会怎样", "What if evaluating ended now"),
            post("song", f"{here}/what-if", trial, "demo-what-if"),
        ),
        _Step(
            "song",
            Both("结束评课", "Close the evaluation, as it was just seen"),
            post("song", f"{here}/transitions", step, "demo-close", "-H", seen),
        ),
        _Step(
            "du",
            Both("一次有补录的研讨的经过", "The history of a cycle with a late entry"),
            get("du", f"{api}/cycles/{late}/history"),
        ),
        _Step(
            "du",
            Both("下载全部日志", "Download the whole log"),
            get("du", f"{api}/log/export", "-o", export),
        ),
        _Step(
            "du",
            Both("自己核对，不用相信服务器", "Verify it without trusting the server"),
            shlex.join([_programme(), "verify", export]),
        ),
    ]


def _programme() -> str:
    """How this programme is called from another terminal."""
    beside = Path(sys.executable).with_name("cycles")
    return "cycles" if shutil.which("cycles") or not beside.exists() else str(beside)
