"""A fuzzer that reads the OpenAPI document finds nothing that the document does not say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.fuzzing import Fuzzed, fuzzed_school


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    """One school for all runs: each finds what the ones before it left."""
    with fuzzed_school(tmp_path_factory.mktemp("fuzzed")) as running:
        yield running


@pytest.mark.parametrize("who", ["song", "wu"])
def test_the_document_tells_all(school: Fuzzed, who: str) -> None:
    """No failure of the server, no undeclared status, header, content type or body."""
    found = school.run(who, examples=5)

    assert found.clean, found.report
    assert found.cases > 1_000


def test_the_document_tells_strangers_all(school: Fuzzed) -> None:
    """Nor to somebody without a token."""
    found = school.run(None, examples=5, phases="examples,fuzzing")

    assert found.clean, found.report
    assert found.cases > 100
