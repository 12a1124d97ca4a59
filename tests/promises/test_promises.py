"""Every command that docs/promises.md names can be given, and finds what it names."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.bench.__main__ import PARTS, parser
from tests.forgery import forgers, stored
from tests.scenarios.racing import RACES
from tests.store.attacks import ATTACKS
from tests.store.test_attacks import guards_of
from tests.web.access_run import COLUMNS, read_tables

ROOT = Path(__file__).parents[2]
BOTH = ("sqlite", "postgresql")
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


def test_what_is_counted_is_what_there_is() -> None:
    """Attacks, guards, forgers, races and the matrix: as many as the page says, no fewer."""
    attacks = [sum(engine in each.engines for each in ATTACKS) for engine in BOTH]
    guards = [len(guards_of(engine)) for engine in BOTH]
    alone = len(forgers.REWRITTEN) + len(stored.REWRITTEN)
    matrix = (ROOT / "tests" / "web" / "access_matrix.txt").read_text(encoding="utf-8")
    operations, texts = read_tables(matrix)
    asked = {label.split()[0] for label in operations}

    assert _told("{} and {} statements, all refused; {} and {} guards") == [*attacks, *guards]
    assert _told("{} kinds, 1,000 trials of each at least, all found; {} kinds of these") == [
        len(forgers.FOUND) + len(forgers.REWRITTEN),
        alone,
    ]
    assert _told("{} kinds, 1,000 trials of each at least, all found |") == [
        len(stored.FOUND) + len(stored.REWRITTEN)
    ]
    assert _told("{} kinds × 3 stores × 1,000 forced races") == [len(RACES)]
    assert _told("{} rows over {} operations × {} people, {} texts") == [
        *(len(operations), len(asked), len(COLUMNS), len(texts))
    ]


def _told(words: str) -> list[int]:
    """The numbers that stand in the page for each `{}` of these words, which are there once."""
    (found,) = re.findall(re.escape(words).replace(r"\{\}", r"(\d+)"), PAGE)
    return [int(number) for number in ([found] if isinstance(found, str) else found)]


def _is_there(named: str) -> bool:
    """Whether a file, a folder, or a test in a file (`file::test`) exists."""
    path, _, test = named.partition("::")
    place = ROOT / path
    return place.exists() and (not test or f"def {test}(" in place.read_text(encoding="utf-8"))
