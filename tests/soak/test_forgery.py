"""A thousand tries of each forger and a million mutated inputs; `make soak` prints the figures.

`CYCLES_TEST_FORGERIES` says how often each forger tries, `CYCLES_TEST_MUTATED` how many inputs
there are, and `CYCLES_TEST_SEED` with which seed they begin: a later run takes others.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.forgery import forgers, stored
from tests.forgery.evidence import Evidence, rich, small
from tests.forgery.mutating import mutate
from tests.forgery.trying import try_out

TRIALS = int(os.environ.get("CYCLES_TEST_FORGERIES", "1000"))
MUTATED = int(os.environ.get("CYCLES_TEST_MUTATED", "1000000"))
SEED = int(os.environ.get("CYCLES_TEST_SEED", "1000000"))
#: Parts of the million, so that several processes share them.
PARTS = 20
Record = Callable[[str, object], None]

pytestmark = pytest.mark.timeout(6 * 3600)


@pytest.fixture(scope="module")
def true(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """What an auditor was given, and what they noted of it."""
    return rich(tmp_path_factory.mktemp("true"))


@pytest.mark.parametrize("name", [*forgers.FOUND, *forgers.REWRITTEN])
def test_a_thousand_forgeries_of_each_kind_are_found(
    name: str, true: Evidence, tmp_path: Path, record_property: Record
) -> None:
    """In the export alone, or, of a log that might have been, against a noted head."""
    forger = {**forgers.FOUND, **forgers.REWRITTEN}[name]

    tried = try_out(forger, true, tmp_path, trials=TRIALS, first_seed=SEED)

    record_property("figures", str(tried))
    assert (tried.noted, tried.unseen) == (TRIALS, [])
    assert name in forgers.REWRITTEN or tried.alone == TRIALS


@pytest.mark.parametrize("name", [*stored.FOUND, *stored.REWRITTEN])
def test_a_thousand_forgeries_of_a_database_of_each_kind_are_found(
    name: str, tmp_path: Path, record_property: Record
) -> None:
    """In the database alone, or, of an older one put back, against a noted head."""
    forger = {**stored.FOUND, **stored.REWRITTEN}[name]

    with stored.evidence(tmp_path) as evidence:
        tried = stored.try_out(forger, evidence, trials=TRIALS, first_seed=SEED)

    record_property("figures", str(tried))
    assert (tried.noted, tried.unseen) == (TRIALS, [])
    assert name in stored.REWRITTEN or tried.alone == TRIALS


@pytest.mark.parametrize("part", range(PARTS))
def test_a_million_mutated_inputs_end_no_check_and_deceive_none(
    part: int, tmp_path: Path, record_property: Record
) -> None:
    """No crash, none that is called sound and is another export, and the memory stays flat."""
    inputs = MUTATED // PARTS

    figures = mutate(small(tmp_path), tmp_path, first_seed=SEED + part * inputs, inputs=inputs)

    record_property("figures", str(figures))
    assert figures.inputs == inputs
    assert figures.memory_mb < 1_000
