"""The tests would notice: faults put into engine, log and rights on purpose are found.

`CYCLES_TEST_MUTANTS` says how many are tried; `python -m tests.soak.mutation` prints which ones
were not noticed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.soak.mutation import by_module, sampled

MANY = int(os.environ.get("CYCLES_TEST_MUTANTS", "600"))
#: In percent. What is not noticed is mostly the wording of a message that is for programmers.
AT_LEAST = 80

pytestmark = pytest.mark.timeout(6 * 3600)


def test_most_faults_are_noticed(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Of so many mutants of what decides, keeps the log and says who may, few live on."""
    outcome = sampled(MANY, tmp_path)

    lived = ", ".join(f"{name} {many}" for name, many in by_module(outcome.survived).most_common())
    record_property("figures", f"{outcome}; not noticed: {lived or 'none'}")
    assert outcome.score >= AT_LEAST, outcome.survived
