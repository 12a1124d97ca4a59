"""Nothing is lost, done twice or waved through when people act at the same moment: forced races.

Their long form is `tests/soak/test_many_races.py`; how they are forced stands in `racing`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cycles.service import acting
from cycles.store.memory import MemoryStore, MemoryWork
from cycles.store.postgres import PostgresWork
from cycles.store.sqlite import SqliteStore, SqliteWork, connect
from tests.scenarios.racing import (
    RACES,
    guard_skew,
    last_votes,
    no_locks,
    one_key,
    stale_versions,
    track_on,
    two_looks,
)

#: Of each kind, on each kind of store.
MANY = 48


@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgresql"])
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_whoever_is_second_finds_what_the_first_one_left(race, kind, request, tmp_path):
    """Each race ends as if one had come after the other: 0 lost, 0 twice, 0 guards broken."""
    with track_on(request.getfixturevalue(f"{kind}_url"), tmp_path) as track:
        tally = race(track, MANY)

    assert tally.races == MANY
    assert tally.clean, (str(tally), tally.broken[:3])


# --- each protection taken away is missed --------------------------------------------------


def no_version_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked which version they have seen."""
    monkeypatch.setattr(acting._Step, "_check_revision", lambda *given: None)


def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was sent is done, whether it was done before or not."""
    monkeypatch.setattr(
        acting,
        "once",
        lambda core, actor, given, kind, run: core.store.write(actor.school_id, run),
    )


class _CarelessWork(MemoryWork):
    """Writes over whatever has come meanwhile."""

    def append(self, *given: Any) -> bytes:
        self._store._lock.acquire()
        self._locked = True
        return super().append(*given)

    def _keep(self, form: Any, values: Any, *, replace: bool = False) -> None:
        super()._keep(form, values, replace=True)

    def _update_cycle(self, row: Any, expected: int) -> None:
        super()._update_cycle(row, self._store.rows(type(row))[row.school_id, row.id]["revision"])


def _careless_in_memory(store: MemoryStore, school_id: str, work: Callable[[Any], Any]) -> Any:
    here = _CarelessWork(store, school_id, writing=True)
    try:
        return here.do(work)
    finally:
        if getattr(here, "_locked", False):
            store._lock.release()


def _careless_on_sqlite(store: SqliteStore, school_id: str, work: Callable[[Any], Any]) -> Any:
    """A connection for each, which takes no lock before it writes."""
    connection = connect(store.path, read_only=False)
    try:
        connection.execute("BEGIN")
        answer = SqliteWork(connection, school_id, writing=True, logs=store._logs).do(work)
        connection.execute("COMMIT")
        return answer
    finally:
        connection.close()


def no_locks_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads keeps nobody else from it."""
    monkeypatch.setattr(MemoryStore, "write", _careless_in_memory)
    monkeypatch.setattr(SqliteStore, "write", _careless_on_sqlite)
    monkeypatch.setattr(PostgresWork, "lock_row", "")
    monkeypatch.setattr(PostgresWork, "_lock_subject", lambda *given: None)


@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgresql"])
@pytest.mark.parametrize(
    ("race", "sabotage"),
    [
        (stale_versions, no_version_check),
        (one_key, no_keys),
        (stale_versions, no_locks_at_all),
        (guard_skew, no_locks_at_all),
        (last_votes, no_locks_at_all),
        (two_looks, no_locks_at_all),
    ],
    ids=lambda part: part.__name__,
)
def test_a_race_misses_each_protection(race, sabotage, kind, request, tmp_path, monkeypatch):
    """Without the version check, the key or the lock the races go wrong, and it is seen."""
    with track_on(request.getfixturevalue(f"{kind}_url"), tmp_path) as track:
        sabotage(monkeypatch)
        if sabotage is no_locks_at_all:
            track.waiting = no_locks

        tally = race(track, 4)

    assert tally.lost + tally.twice + tally.odd >= 4, str(tally)
