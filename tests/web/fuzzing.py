"""Schemathesis against the demo school: a real database, a real server, cycles in every state."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cycles.service import Core, shipped
from cycles.service.answers import CycleAnswer
from cycles.store import CycleFilter, open_store
from cycles.store.files import FileFolder
from cycles_api.app import create_app
from cycles_api.assembly import Service
from cycles_api.demo import DemoSchool, build_demo
from cycles_api.demo.clock import StoryClock
from cycles_api.logs import make_log
from cycles_api.serving import server_of
from cycles_api.settings import Settings

__all__ = ["Fuzzed", "fuzzed_school"]

ROOT = Path(__file__).resolve().parents[2]
#: Refusals that depend on where a cycle stands or on what a workflow says, not on the document.
REFUSED_ALL_THE_SAME = ("2xx", 401, 403, 404, 409, 412, 422, 428)


#: Where such values stand.
PLACES = {
    **{f"path.{name}": name for name in ("cycle_id", "filing", "point", "kind", "person_id")},
    **{"path.key": "workflow", "body.workflow": "workflow", "body.group": "group"},
    **{"body.record": "kind", "body.transition": "transition", "body.for": "person_id"},
    **{"body.to": "person_id", "body.person": "person_id", "body.into": "point"},
    **{"body.points[*]": "point", "query.person": "person_id", "query.group": "group"},
}


@dataclass(frozen=True)
class Found:
    """What a run found: how many cases it made, and its report."""

    clean: bool
    cases: int
    report: str


@dataclass(frozen=True, repr=False)
class Fuzzed:
    """The demo school on loopback."""

    url: str
    demo: DemoSchool
    folder: Path
    #: What stands for something where the document says only what it looks like.
    real: Mapping[str, Sequence[str]]
    #: Who → the cycles that they saw at the beginning.
    seen: Mapping[str, Sequence[CycleAnswer]]
    #: Record kind → the fields of a few that were filed.
    forms: Mapping[str, Sequence[Any]]
    log: io.StringIO

    def run(
        self,
        who: str | None,
        *,
        examples: int,
        steps: int = 6,
        seed: int = 0,
        phases: str = "examples,coverage,fuzzing,stateful",
    ) -> Found:
        """What Schemathesis finds with somebody's token; without one for `None`.

        With a seed of 0 each run makes the same cases.
        """
        config = self.folder / f"{who}.toml"
        config.write_text(self._config(who, examples, steps, seed), "utf-8")
        hints = self.folder / f"{who}.json"
        token = self.demo.tokens.get(who or "", "")
        cycles = [cycle.line.id for cycle in self.seen.get(who or "", ())]
        known = {"url": self.url, "token": token, "cycles": cycles, "forms": self.forms}
        hints.write_text(json.dumps(known), "utf-8")
        told = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
        ran = subprocess.run(
            [*told, "--phases", phases, f"{self.url}/api/v1/openapi.json"],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "CYCLES_TEST_HINTS": str(hints)},
        )
        made = re.search(r"(\d+) generated", ran.stdout)
        cases = int(made.group(1)) if made else 0
        return Found(ran.returncode == 0, cases, ran.stdout + ran.stderr)

    def _config(self, who: str | None, examples: int, steps: int, seed: int) -> str:
        lines = [
            f'base-url = "{self.url}"',
            'hooks = "tests.web.schemathesis_checks"',
            "continue-on-failure = true",
            "[cache]",
            "enabled = false",
            "[generation]",
            f"max-examples = {examples}",
            'database = "none"',
            *(["deterministic = true"] if not seed else []),
            "[phases.stateful]",
            f"max-steps = {steps}",
            "[checks.positive_data_acceptance]",
            f"expected-statuses = {json.dumps(REFUSED_ALL_THE_SAME)}",
        ]
        if seed:
            lines.insert(0, f"seed = {seed}")
        if who is not None:
            lines += ["[auth.openapi.token]", f'bearer = "{self.demo.tokens[who]}"']
        for name, values in self.real.items():
            lines += [f"[dictionaries.{name}]", f"values = {json.dumps(list(values))}"]
        lines.append("[parameters]")
        for place, name in PLACES.items():
            lines.append(f'"{place}" = {{dictionary = "{name}", probability = 0.8}}')
        return "\n".join(lines) + "\n"


@contextmanager
def fuzzed_school(folder: Path, url: str | None = None) -> Iterator[Fuzzed]:
    """The demo school behind a real server, on SQLite or at `url`, until the block ends."""
    clock = StoryClock(lambda: datetime.now(UTC))
    with closing(open_store(url or f"sqlite:///{folder / 'cycles.db'}", migrate=True)) as store:
        files = FileFolder(folder / "files")
        demo = build_demo(Core(store, files, clock=clock), clock)
        service = Service(Core(store, files))
        log = io.StringIO()
        with _served(service, log) as address:
            seen = {who: _seen(service, token) for who, token in demo.tokens.items()}
            cycles = [cycle for theirs in seen.values() for cycle in theirs]
            yield Fuzzed(address, demo, folder, _real(demo, cycles), seen, _forms(cycles), log)


def _seen(service: Service, token: str) -> list[CycleAnswer]:
    """Every cycle as one person sees it."""
    actor = service.authenticate(token)
    assert actor is not None
    lines, _ = service.looking.cycles(actor, CycleFilter())
    return [service.looking.cycle(actor, line.id) for line in lines]


def _forms(cycles: list[CycleAnswer]) -> dict[str, list[Any]]:
    """Record kind → the fields of a few that were filed."""
    found: dict[str, list[Any]] = {}
    for record in (record for cycle in cycles for record in cycle.records):
        known = found.setdefault(record.record, [])
        if record.fields and record.fields not in known and len(known) < 3:
            known.append(record.fields)
    return found


def _real(demo: DemoSchool, cycles: list[CycleAnswer]) -> dict[str, list[str]]:
    """Kind of value → values that stand for something."""
    lesson_study = next(v for v in shipped() if v.key == "lesson-study").workflow
    return {
        "cycle_id": list(demo.cycles.values()),
        "filing": sorted({record.id for cycle in cycles for record in cycle.records}),
        "point": sorted({point.id for cycle in cycles for point in cycle.points}),
        "kind": list(lesson_study.records),
        "transition": list(lesson_study.transitions),
        "person_id": list(demo.people.values()),
        "workflow": [version.key for version in shipped()],
        "group": sorted({cycle.line.group for cycle in cycles}),
    }


@contextmanager
def _served(service: Service, out: io.StringIO) -> Iterator[str]:
    settings = Settings(port=0, file_limit=200_000)
    server = server_of(create_app(settings, service, log=make_log("json", out)), settings)
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
