"""Real answers of the demo school, as the OpenAPI document shows them.

`python -m tests.web.examples` writes them anew.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from litestar.testing import TestClient

import cycles_api.rest
from cycles.service import Core
from cycles.store import open_store
from cycles.store.files import FileFolder
from cycles_api.app import create_app
from cycles_api.assembly import Service
from cycles_api.demo import build_demo
from cycles_api.demo.clock import StoryClock
from cycles_api.settings import Settings

EXAMPLES = Path(cycles_api.rest.__file__).with_name("examples.json")
#: A Wednesday; the demo school's stories are told as of then.
NOW = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
#: Who asks what; the example stands at the address without its query.
ASKED = (
    ("zhou", "/me/tasks"),
    ("song", "/workflows"),
    ("song", "/cycles?limit=1"),
    ("song", "/cycles/{blocked}"),
    ("song", "/cycles/{blocked}/transitions"),
    ("song", "/cycles/{blocked}/records"),
    ("du", "/cycles/{late}/history?limit=2"),
    ("du", "/log?looks=false&limit=2"),
    ("wu", "/people"),
    ("wu", "/groups"),
    ("wu", "/calendar"),
    ("wu", "/dashboard"),
)


def answers() -> dict[str, Any]:
    """Address → what the demo school answers, its long lists cut after the first."""
    numbers = itertools.count()

    def chance(count: int) -> bytes:
        return hashlib.shake_256(f"example {next(numbers)}".encode()).digest(count)

    clock = StoryClock(lambda: NOW)
    with TemporaryDirectory() as place, closing(open_store("memory://")) as store:
        core = Core(store, FileFolder(Path(place)), clock=clock, chance=chance)
        demo = build_demo(core, clock)
        found = {}
        with TestClient(create_app(Settings(), Service(core))) as client:
            for who, path in ASKED:
                headers = {"Authorization": f"Bearer {demo.tokens[who]}", "Accept-Language": "en"}
                address = f"/api/v1{path.format(**demo.cycles)}"
                answer = client.get(address, headers=headers)
                assert answer.status_code == 200, answer.text
                place_of = path.partition("?")[0].format(blocked="{cycle_id}", late="{cycle_id}")
                found[f"/api/v1{place_of}"] = _short(answer.json())
    return found


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _short(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_short(inner) for inner in value[:1]]
    return value


if __name__ == "__main__":
    EXAMPLES.write_text(json.dumps(answers(), ensure_ascii=False, indent=1) + "\n", "utf-8")
