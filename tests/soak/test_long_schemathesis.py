"""The fuzzer with many more cases, as everybody: `CYCLES_TEST_EXAMPLES` an operation and person."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.web.fuzzing import fuzzed_school

EXAMPLES = int(os.environ.get("CYCLES_TEST_EXAMPLES", "300"))
SEED = int(os.environ.get("CYCLES_TEST_SEED", "20261125"))
#: The head comes last: somebody whom they erase can ask nothing any more.
PEOPLE = ("liu", "song", "qian", "zheng", "du", "shen", "wu")


@pytest.mark.timeout(3 * 3600)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_document_tells_all_however_long_one_asks(
    database: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No failure of the server and no undeclared answer to anybody, at any length."""
    url = request.getfixturevalue("fresh_postgres_url") if database == "postgresql" else None
    total = 0
    with fuzzed_school(tmp_path, url) as school:
        for who in PEOPLE:
            found = school.run(who, examples=EXAMPLES, steps=20, seed=SEED)
            assert found.clean, found.report
            total += found.cases

    with capsys.disabled():
        print(f"\nSchemathesis, {database}: {total} cases as {len(PEOPLE)} people: nothing found")
