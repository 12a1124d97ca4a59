"""Every command that docs/promises.md names can be given, and finds what it names."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.bench.__main__ import PARTS, parser

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"`(make [^`]+)`", PAGE)))
#: A row of a table: a promise, perhaps what it must be, a figure, a command.
ROWS = re.findall(r"^\| (?!promise)(.+) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_can_be_given(command: str) -> None:
    """Its target, its files, its tests and the parts of the bench are there."""
    _, target, *given = shlex.split(command)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE)
    for name, _, words in (one.partition("=") for one in given):
        assert re.search(rf"\$\({name}\)", makefile), f"the Makefile knows no {name}"
        if name == "BENCH_ARGS":
            assert set(parser().parse_args(words.split()).parts) <= set(PARTS)
        else:
            missing = [word for word in words.split() if not _is_there(word)]
            assert missing == []


def test_every_promise_has_a_command() -> None:
    """Nobody has to believe a row."""
    assert len(ROWS) > 25

    without = [row for row in ROWS if not re.search(r"(`make .*|the same)$", row)]

    assert without == []


def _is_there(named: str) -> bool:
    """Whether a file, a folder, or a test in a file (`file::test`) exists."""
    path, _, test = named.partition("::")
    place = ROOT / path
    return place.exists() and (not test or f"def {test}(" in place.read_text(encoding="utf-8"))
