"""A school behind a real server on loopback, and its people as HTTP clients."""

from __future__ import annotations

import io
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from cycles.service import Core, operator_of, shipped
from cycles.store import Store
from cycles.store.files import FileFolder
from cycles_api.app import create_app
from cycles_api.assembly import Service
from cycles_api.logs import make_log
from cycles_api.serving import server_of
from cycles_api.settings import Settings

__all__ = ["Somebody", "school_on_http"]

#: Key → name, role.
PEOPLE = {
    "song": ("宋明远", "group_head"),
    "liu": ("刘思雨", "teacher"),
    "ma": ("马晓东", "teacher"),
    "he": ("何静怡", "teacher"),
    "zheng": ("郑立群", "deputy"),
    "du": ("杜衡", "auditor"),
}


class Somebody:
    """A person at their phone: reads before they write, as a client should."""

    def __init__(self, client: httpx.Client, person: str) -> None:
        self._client, self.id = client, person

    def get(self, path: str, **params: Any) -> Any:
        """The answer's JSON; the request must succeed."""
        answer = self._client.get(f"/api/v1{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(
        self, path: str, body: Any = None, *, revision: int | None = None, key: str | None = None
    ) -> httpx.Response:
        """A change, under a key of its own."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        if revision is not None:
            headers["If-Match"] = f'"{revision}"'
        return self._client.post(f"/api/v1{path}", json=body, headers=headers)

    def download(self, path: str) -> bytes:
        """A file's bytes."""
        answer = self._client.get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.content

    # --- in a cycle ------------------------------------------------------------------------

    def do(self, cycle: str, path: str, body: Any) -> Any:
        """Change a cycle that was looked at just before; what became of it."""
        revision = self.get(f"/cycles/{cycle}")["revision"]
        answer = self.post(f"/cycles/{cycle}/{path}", body, revision=revision)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def file(self, cycle: str, record: str, fields: Any, **more: Any) -> Any:
        """File a record."""
        return self.do(cycle, "records", {"record": record, "fields": fields, **more})

    def advance(self, cycle: str, transition: str) -> Any:
        """Fire a transition."""
        return self.do(cycle, "transitions", {"transition": transition})

    def asked(self, cycle: str) -> set[str]:
        """What this person is asked for in the cycle."""
        return {t["do"] for t in self.get("/me/tasks")["tasks"] if t["cycle"]["id"] == cycle}


@contextmanager
def school_on_http(
    store: Store, folder: Path, *, more: int = 0
) -> Iterator[tuple[dict[str, Somebody], str]]:
    """Everybody by key (the head is `wu`), and the id of their group.

    `more` is how many further teachers there are: `t1`, `t2` …
    """
    service = Service(Core(store, FileFolder(folder)))
    operator = operator_of("school")
    made = service.schools.create("school", "第一小学", "Asia/Shanghai", "cycles.test", "吴若兰")
    today = service.core.view("school").today(service.core.now())
    service.schools.set_term(operator, "本学期", today - timedelta(90), today + timedelta(90))
    group, ids = service.schools.add_group(operator, "数学组"), {"wu": made.head}
    further = {f"t{n}": (f"老师{n}", "teacher") for n in range(1, more + 1)}
    for key, (name, role) in (PEOPLE | further).items():
        ids[key] = service.schools.add_person(operator, name)
        where = group if role in ("group_head", "teacher") else None
        service.schools.appoint(operator, ids[key], role, where)
    service.workflows.define(operator, shipped())
    tokens = {k: service.tokens.make(operator, p, "test", 1).text for k, p in ids.items()}
    with _served(service) as url, ExitStack() as clients:
        people = {}
        for key, token in tokens.items():
            bearer = {"Authorization": f"Bearer {token}", "Accept-Language": "zh"}
            client = httpx.Client(base_url=url, trust_env=False, timeout=30, headers=bearer)
            people[key] = Somebody(clients.enter_context(client), ids[key])
        yield people, group


@contextmanager
def _served(service: Service) -> Iterator[str]:
    settings = Settings(port=0, threads=8)
    server = server_of(create_app(settings, service, log=make_log("json", io.StringIO())), settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
