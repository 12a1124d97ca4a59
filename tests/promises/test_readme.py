"""What README and the guides show is what the programme does."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from cycles_api.cli.entry import cycles, run

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


def _unknown(block: str) -> list[str]:
    context = click.Context(cycles)
    found = []
    for name, rest in COMMAND.findall(block):
        command = cycles.get_command(context, name)
        known = {flag for param in command.params for flag in param.opts} if command else set()
        found += [f"{name} {flag}" for flag in OPTION.findall(rest) if flag not in known]
        found += [] if command else [name]
    return found
