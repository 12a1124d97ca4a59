"""What docs/auditor.md has people do by hand proves a true export, and stops at a forged one."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.forgery import forgers
from tests.forgery.evidence import Evidence, rich
from tests.forgery.export import Export

GUIDE = Path(__file__).parents[2] / "docs" / "auditor.md"
#: Not replay, attachments and the manifest: those are for the programme.
BY_HAND = ("deletes_an_entry", "swaps_two_entries", "rewrites_a_content", "changes_a_salt")


@pytest.fixture(scope="module")
def true(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """An auditor's export."""
    return rich(tmp_path_factory.mktemp("true"))


def by_hand(held: Mapping[str, bytes], folder: Path) -> subprocess.CompletedProcess[str]:
    """The guide's own lines of Python, beside an unpacked export."""
    [code] = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    for name, content in held.items():
        (folder / "export" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "export" / name).write_bytes(content)
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, check=False, text=True
    )


def test_the_lines_of_the_guide_accept_a_true_export(true: Evidence, tmp_path: Path) -> None:
    """They count what the programme counts."""
    done = by_hand(true.export.members(), tmp_path)

    assert done.returncode == 0, done.stderr
    lines, subjects = len(true.export.lines), len(true.export.subjects())
    assert done.stdout == f"{lines} entries, {subjects} subjects\n"


@pytest.mark.parametrize("name", BY_HAND)
def test_the_lines_of_the_guide_stop_at_a_forged_export(
    name: str, true: Evidence, tmp_path: Path
) -> None:
    """Chains and contents need no programme of ours."""
    forged = forgers.FOUND[name](true, random.Random(7))
    assert isinstance(forged, Export)

    done = by_hand(forged.members(), tmp_path)

    assert done.returncode == 1
    assert "AssertionError" in done.stderr
