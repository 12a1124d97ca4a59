"""A thousand forced races of each kind on each store; `make soak` prints what came of them.

`CYCLES_TEST_RACES` says how many. How they are forced, and that each protection is missed when it
is taken away, stands in `tests/scenarios`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios.racing import RACES, Tally, Track, track_on

MANY = int(os.environ.get("CYCLES_TEST_RACES", "1000"))

pytestmark = pytest.mark.timeout(3600)


@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgresql"])
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_many_races_lose_nothing_and_break_no_guard(
    race: Callable[[Track, int], Tally],
    kind: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """0 updates lost, 0 entries twice, 0 guards broken, however often."""
    with track_on(request.getfixturevalue(f"{kind}_url"), tmp_path) as track:
        tally = race(track, MANY)

    record_property("figures", str(tally))
    assert tally.races == MANY
    assert tally.clean, (str(tally), tally.broken[:3])
