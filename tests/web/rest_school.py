"""The first school behind the API, with a token for each of its people."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from litestar.testing import TestClient

from cycles.service import operator_of
from cycles.store import open_store
from cycles_api.app import create_app
from cycles_api.assembly import Service
from cycles_api.settings import Settings
from tests.unit.service.first_school import PEOPLE, FirstSchool

__all__ = ["RestSchool", "rest_school"]


class RestSchool(FirstSchool):
    """People who ask over HTTP; `client` is there while the application runs."""

    client: TestClient[Any]

    def start(self) -> Service:
        """What the application stands on; everybody gets a token."""
        service = Service(self.core)
        by = operator_of(self.id)
        self.tokens = {n: service.tokens.make(by, n, "test", 30).text for n in PEOPLE}
        self._keys = itertools.count(1)
        return service

    def ask(self, who: str, path: str, **headers: str) -> httpx.Response:
        """What somebody gets to read."""
        sent = {"Authorization": f"Bearer {self.tokens[who]}", "Accept-Language": "en", **headers}
        return self.client.get(f"/api/v1{path}", headers=sent)

    def post(
        self, who: str, path: str, plain: Any = None, *, seen: int | None = None, **headers: str
    ) -> httpx.Response:
        """What becomes of what somebody sends, having seen a revision."""
        sent = {"Authorization": f"Bearer {self.tokens[who]}", "Accept-Language": "en"}
        sent["Idempotency-Key"] = f"key-{next(self._keys)}"
        if seen is not None:
            sent["If-Match"] = f'"{seen}"'
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api/v1{path}", json=plain, headers=sent)


@contextmanager
def rest_school(folder: Path) -> Iterator[RestSchool]:
    """The school, served until the block ends."""
    school = RestSchool(open_store("memory://"), folder)
    app = create_app(Settings(file_limit=100_000, threads=4), school.start())
    with TestClient(app) as client:
        school.client = client
        yield school
