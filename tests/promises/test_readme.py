"""What README and the guides show is what the programme does."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from litestar.testing import TestClient

from cycles.service import Core
from cycles.store import open_store
from cycles.store.files import FileFolder
from cycles_api.app import create_app
from cycles_api.assembly import Service
from cycles_api.cli.entry import cycles, run
from cycles_api.demo import build_demo
from cycles_api.demo.clock import StoryClock
from cycles_api.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")])
#: A command in a block of shell lines, with its options; what follows `#` is said, not run.
COMMAND = re.compile(r"^(?:\S*/)?cycles (?!-)(\S+)([^#\n]*)", re.MULTILINE)
OPTION = re.compile(r"(?<=\s)--[a-z][a-z-]*")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)|<img src=\"([^\"]+)\"")


@pytest.mark.parametrize(
    ("language", "name"), [("en", "lesson-study.svg"), ("zh", "lesson-study.zh.svg")]
)
def test_pictures(language: str, name: str, tmp_path: Path) -> None:
    """The committed picture of lesson study is the one that the command in README makes."""
    workflow = str(ROOT / "workflows" / "lesson-study.yaml")

    done = run(["diagram", workflow, "--lang", language, "-o", str(tmp_path / name)])

    assert done == 0
    assert (tmp_path / name).read_bytes() == (ROOT / "docs" / name).read_bytes()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands(page: Path) -> None:
    """Every command and option of `cycles` that a page prints exists."""
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text("utf-8"), re.DOTALL)

    unknown = [line for block in blocks for line in _unknown(block.replace("\\\n", " "))]

    assert unknown == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page: Path) -> None:
    """Every file that a page links to is there."""
    links = [a or b for a, b in LINK.findall(page.read_text("utf-8"))]

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize(("language", "name"), [("en", "README.md"), ("zh", "README.zh.md")])
def test_answer(language: str, name: str, tmp_path: Path) -> None:
    """All that README shows of an answer stands in the answer of the demo school."""
    found = re.search(r"```json\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    assert found
    shown = json.loads(re.sub(r",\s*…", "", found[1]))

    answered = _transitions_of_blocked_cycle(language, tmp_path)

    assert _missing(shown, answered) == []


def _transitions_of_blocked_cycle(language: str, folder: Path) -> Any:
    # The day README was written: the beginnings of the ids come from it.
    clock = StoryClock(lambda: datetime(2026, 11, 25, 9, tzinfo=UTC))
    core = Core(open_store("memory://"), FileFolder(folder), clock=clock)
    demo = build_demo(core, clock)
    headers = {"Authorization": f"Bearer {demo.tokens['song']}", "Accept-Language": language}
    with TestClient(create_app(Settings(), Service(core))) as client:
        cycle = demo.cycles["blocked"]
        return client.get(f"/api/v1/cycles/{cycle}/transitions", headers=headers).json()


def _missing(shown: Any, real: Any) -> list[str]:
    """What is shown and not real. `…` ends a shortened id; people have no order of their own."""
    if isinstance(shown, dict):
        full = {k: next((r for r in real if r.startswith(k.rstrip("…"))), k) for k in shown}
        return [m for k, v in shown.items() for m in _missing(v, real.get(full[k]))]
    if isinstance(shown, list):
        ids = all(isinstance(each, str) for each in shown)
        pairs = zip(*((sorted(x) if ids else x) for x in (shown, real)), strict=True)
        return [m for a, b in pairs for m in _missing(a, b)]
    same = str(real).startswith(shown[:-1]) if str(shown).endswith("…") else _said(shown, real)
    return [] if same else [f"{shown!r}, really {real!r}"]


def _said(shown: Any, real: Any) -> bool:
    return shown == real or (isinstance(real, str) and sorted(str(shown)) == sorted(real))


def _unknown(block: str) -> list[str]:
    context = click.Context(cycles)
    found = []
    for name, rest in COMMAND.findall(block):
        command = cycles.get_command(context, name)
        known = {flag for param in command.params for flag in param.opts} if command else set()
        found += [f"{name} {flag}" for flag in OPTION.findall(rest) if flag not in known]
        found += [] if command else [name]
    return found
