"""The demo school behind a real server, with its pages."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from secrets import token_bytes
from tempfile import TemporaryDirectory

import uvicorn

from cycles.service import Core
from cycles.store import open_store
from cycles.store.files import FileFolder
from cycles_api.app import create_app
from cycles_api.assembly import Service
from cycles_api.cli.serve import address_of
from cycles_api.demo import DemoSchool, build_demo
from cycles_api.demo.clock import StoryClock
from cycles_api.serving import server_of
from cycles_api.settings import Settings

__all__ = ["ServedSchool", "answering", "built", "served"]


@dataclass(frozen=True, slots=True)
class ServedSchool:
    """A school that answers at `url`."""

    url: str
    school: DemoSchool
    service: Service

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
def built(still: datetime | None = None) -> Iterator[tuple[DemoSchool, Service, Settings]]:
    """The school in memory, until the block ends; nobody can ask it anything yet."""

    def now() -> datetime:
        return still or datetime.now(UTC)

    chance = Random(still.isoformat()).randbytes if still else token_bytes
    with TemporaryDirectory() as folder, closing(open_store("memory://")) as store:
        clock = StoryClock(now)
        files = FileFolder(Path(folder))
        school = build_demo(Core(store, files, clock=clock, chance=chance), clock)
        settings = Settings(demo=True, threads=4, files=Path(folder))
        yield school, Service(Core(store, files, clock=now, chance=chance), demo=True), settings


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
