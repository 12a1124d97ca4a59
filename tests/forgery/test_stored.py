"""A database against whoever writes its rows past every guard: found, or against a noted head."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.forgery import stored

TRIALS = 20
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def true(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stored.Stored]:
    """A sound school, and what it was on the way."""
    with stored.evidence(tmp_path_factory.mktemp("stored")) as found:
        yield found


@pytest.mark.parametrize("name", stored.FOUND)
def test_forged_rows_are_found_in_the_database_alone(
    name: str, true: stored.Stored, record_property: Record
) -> None:
    """Tables and entries say the same, or it is told."""
    tried = stored.try_out(stored.FOUND[name], true, trials=TRIALS)

    record_property("figures", str(tried))
    assert (tried.alone, tried.unseen) == (TRIALS, [])


@pytest.mark.parametrize("name", stored.REWRITTEN)
def test_an_older_or_rewritten_database_is_found_against_a_noted_head(
    name: str, true: stored.Stored, record_property: Record
) -> None:
    """Whoever makes everything fit is found by what was noted elsewhere before."""
    tried = stored.try_out(stored.REWRITTEN[name], true, trials=TRIALS)

    record_property("figures", str(tried))
    assert (tried.noted, tried.unseen) == (TRIALS, [])
