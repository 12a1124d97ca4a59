"""What each page costs the server, at the demo school grown to a thousand cycles."""

from __future__ import annotations

import asyncio
import io
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar

from cycles.service import Core, operator_of
from cycles.service.tokens import actor_of
from cycles.store import Store, open_store
from cycles.store.files import FileFolder
from cycles_api.app import create_app
from cycles_api.assembly import Service
from cycles_api.demo import build_demo
from cycles_api.demo.clock import StoryClock
from cycles_api.logs import make_log
from cycles_api.settings import Settings
from tests.bench.figures import LESS, Figure
from tests.bench.school import GROUP, School
from tests.pages.test_everybody import PAGES

__all__ = ["measured"]

CYCLES = 1_000
#: Groups beside the demo's own, and how many cycles of each are under way.
MORE_GROUPS, UNDER_WAY = 10, 6
#: Asked so often, and so often before anything is counted.
TIMES, WARM = 30, 4


def measured(folder: Path) -> Iterator[Figure]:
    """Every page of the test of all pages, in turns."""
    with closing(open_store(f"sqlite:///{folder / 'cycles.db'}", migrate=True)) as store:
        began = time.perf_counter()
        demo = _GrownDemo(store, folder)
        cycles = store.read(demo.id, lambda work: sum(n for *_, n in work.counts()))
        made_s = time.perf_counter() - began
        yield Figure(
            name="cycles in the school", measured=cycles, unit="", beside=f"made in {made_s:.0f} s"
        )
        settings = Settings(demo=True, files=folder)
        app = create_app(settings, demo.service, log=make_log("json", io.StringIO()))
        yield from asyncio.run(_asked(app, demo))


async def _asked(app: Litestar, demo: _GrownDemo) -> list[Figure]:
    asked: dict[str, tuple[str, str]] = {}
    for name, (who, path) in PAGES.items():
        cookie = demo.cookie(who) if who else ""
        asked[name] = (path.format(**demo.cycles, **demo.people), cookie)
    took: dict[str, list[tuple[float, float, int]]] = {name: [] for name in asked}
    for turn in range(WARM + TIMES):
        for name, (path, cookie) in asked.items():
            began, cpu = time.perf_counter(), time.process_time()
            size = await _get(app, path, cookie)
            used, waited = time.process_time() - cpu, time.perf_counter() - began
            if turn >= WARM:
                took[name].append((waited * 1000, used * 1000, size))
    return [_figure(name, asked[name][0], each) for name, each in took.items()]


def _figure(name: str, path: str, took: list[tuple[float, float, int]]) -> Figure:
    waited, used, size = (statistics.median(each) for each in zip(*took, strict=True))
    slow = sorted(w for w, *_ in took)[int(len(took) * 0.95)]
    return Figure(
        name=name,
        measured=waited,
        unit="ms",
        must=30,
        aim=10,
        better=LESS,
        beside=f"p95 {slow:.1f}, {used:.1f} ms of CPU, {size / 1024:.1f} KB  {path[:40]}",
    )


async def _get(app: Litestar, path: str, cookie: str) -> int:
    """Ask for a page as a browser does; how many bytes it is, compressed."""
    parts, sizes = urlsplit(path), []
    headers = [
        (b"host", b"127.0.0.1"),
        (b"accept", b"text/html"),
        (b"accept-encoding", b"gzip"),
        (b"cookie", cookie.encode()),
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] in (200, 404), (path, message["status"])
        sizes.append(len(message.get("body", b"")))

    await app(scope, receive, send)
    return sum(sizes)


class _GrownDemo(School):
    """The demo school after some years: more groups, and most of its cycles archived."""

    def __init__(self, store: Store, folder: Path) -> None:
        clock, files = StoryClock(), FileFolder(folder)
        built = build_demo(Core(store, files, clock=clock), clock)
        self.id, self.store = built.school_id, store
        self.service = service = Service(Core(store, files), demo=True)
        self.cycles, self.people = built.cycles, dict(built.people)
        operator, schools = operator_of(self.id), service.schools
        self.groups = [next(g.id for g in schools.groups(operator) if g.name == "数学教研组")]
        for number in range(1, MORE_GROUPS + 1):
            group = schools.add_group(operator, f"第{number + 1}组")
            self.groups.append(group)
            for key, (name, role) in GROUP.items():
                person = schools.add_person(operator, name)
                schools.appoint(operator, person, role, group)
                self.people[f"{key}{number}"] = person
        view = service.core.view(self.id)
        self.actors = {
            key: actor_of(service.core, view, person, "api") for key, person in self.people.items()
        }
        self._grow()

    def cookie(self, who: str) -> str:
        """The cookie of a session of somebody."""
        opened = self.service.signing_in.demo_sign_in(self.id, self.people[who], device="")
        return f"cycles={opened.token}"

    def _grow(self) -> None:
        """In each group so many under way, in different states; all others archived."""
        for number in range(CYCLES - len(self.cycles)):
            group, turn = number % len(self.groups), number // len(self.groups)
            play = self.open(group)
            if turn >= UNDER_WAY:
                play.whole()
                play.archive()
            elif turn > 2:
                play.whole()
            elif turn:
                play.propose()
                play.prepare()
