"""The example for whoever integrates runs as it stands, and says what the guide says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.pages.serving import served

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"


def test_the_example_of_the_guide_runs() -> None:
    """Against the demo school, with the token of a group head, it prints what is printed there."""
    found = re.search(r"```python\n(.*?)```\n\n```\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert found
    with served() as school:
        done = subprocess.run(
            [sys.executable, "-c", found[1]],
            env={
                **os.environ,
                "BASE": f"{school.url}/api/v1",
                "TOKEN": school.school.tokens["song"],
                "PYTHONIOENCODING": "utf-8",
            },
            capture_output=True,
            check=False,
            encoding="utf-8",
        )

    assert done.stderr == ""
    assert done.stdout == found[2]
