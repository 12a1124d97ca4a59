"""The demo school behind a real server, with its pages."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from random import Random
from secrets import token_bytes
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import uvicorn
from sqlmodel import SQLModel

from cycles.service import Core, operator_of
from cycles.store.files import FileFolder
from cycles.store.memory import MemoryStore
from cycles_api.app import create_app
from cycles_api.assembly import Service
from cycles_api.cli.serve import address_of
from cycles_api.demo import DemoSchool, build_demo
from cycles_api.demo.clock import StoryClock
from cycles_api.serving import server_of
from cycles_api.settings import Settings

__all__ = ["ServedSchool", "answering", "built", "served"]

_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class ServedSchool:
    """A school that answers at `url`."""

    url: str
    school: DemoSchool
    service: Service

    def cycle(self, name: str) -> str:
        """The path of a cycle's page; the names are the demo's."""
        return f"/cycles/{self.school.cycles[name]}"

    def group(self, name: str) -> str:
        """A group's id."""
        groups = self.service.schools.groups(operator_of(self.school.school_id))
        return next(group.id for group in groups if group.name == name)

    def demo_sign_in(self, who: str) -> dict[str, str]:
        """What the demo's sign-in page sends for one of its people."""
        return {"school": self.school.school_id, "person": self.school.people[who], "next": "/"}


@contextmanager
def served(port: int = 0, *, still: datetime | None = None) -> Iterator[ServedSchool]:
    """Build the school in memory and serve it until the block ends.

    With `still`, an instant in UTC, its clock stands there and its chance is the same each time.
    """
    with built(still) as (school, service, settings), answering(service, settings, port) as url:
        yield ServedSchool(url, school, service)


@contextmanager
def built(
    still: datetime | None = None, *, anew: bool = False
) -> Iterator[tuple[DemoSchool, Service, Settings]]:
    """The school in memory, until the block ends; nobody can ask it anything yet.

    It is a copy of one that was built before; `anew` where the building itself is another.
    """

    def now() -> datetime:
        return still or datetime.now(UTC)

    made = (_made.__wrapped__ if anew else _made)(still, now().astimezone(_ZONE).date())
    with TemporaryDirectory() as folder, closing(MemoryStore()) as store:
        made.copy_to(store, Path(folder))
        files = FileFolder(Path(folder))
        settings = Settings(demo=True, threads=4, files=Path(folder))
        service = Service(Core(store, files, clock=now, chance=made.chance()), demo=True)
        yield made.school, service, settings


@dataclass(frozen=True, slots=True)
class _Made:
    """A school as it was built, to be copied: that is ten times as fast as to build one.

    Attributes:
        school: Who and what is in it.
        tables: The rows of its store; none is ever changed, another takes its place.
        numbers: What its store counts with.
        files: Content by path in its folder.
        state: Where its chance stood afterwards; `None` if it is the system's.
    """

    school: DemoSchool
    tables: dict[type[SQLModel], dict[tuple[Any, ...], dict[str, Any]]]
    numbers: Iterator[int]
    files: dict[Path, bytes]
    state: tuple[Any, ...] | None

    def copy_to(self, store: MemoryStore, folder: Path) -> None:
        """Into an empty store and an empty folder."""
        store.tables = {kind: dict(rows) for kind, rows in self.tables.items()}
        store.numbers = copy(self.numbers)
        for path, content in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)

    def chance(self) -> Callable[[int], bytes]:
        """What its service takes ids and secrets from."""
        if self.state is None:
            return token_bytes
        random = Random()
        random.setstate(self.state)
        return random.randbytes


@lru_cache(maxsize=2)
def _made(still: datetime | None, day: date) -> _Made:
    """The school as it is on that day."""
    random = Random(still.isoformat()) if still else None
    with TemporaryDirectory() as folder:
        store = MemoryStore()
        clock = StoryClock(lambda: still or datetime.now(UTC))
        chance = random.randbytes if random else token_bytes
        core = Core(store, FileFolder(Path(folder)), clock=clock, chance=chance)
        return _Made(
            school=build_demo(core, clock),
            tables=store.tables,
            numbers=store.numbers,
            files={
                p.relative_to(folder): p.read_bytes()
                for p in Path(folder).rglob("*")
                if p.is_file()
            },
            state=random.getstate() if random else None,
        )


@contextmanager
def answering(service: Service, settings: Settings, port: int = 0) -> Iterator[str]:
    """Serve it until the block ends; the address."""
    with socket.create_server(("127.0.0.1", port)) as line:
        server: uvicorn.Server = server_of(create_app(settings, service), settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [line]})
        thread.start()
        try:
            yield address_of(line)
        finally:
            server.should_exit = True
            thread.join()
