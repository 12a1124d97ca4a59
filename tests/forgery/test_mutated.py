"""Inputs that nobody ever meant: no crash, and none that is called sound and is another export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.forgery.evidence import small
from tests.forgery.mutating import mutate


def test_mutated_inputs_end_no_check_and_deceive_none(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Bytes, lines, values and the zip itself; `tests/soak/test_forgery.py` takes a million."""
    figures = mutate(small(tmp_path), tmp_path, first_seed=0, inputs=1_000)

    record_property("figures", str(figures))
    assert figures.inputs == 1_000
    assert figures.found > 500
