"""What follows from a commit is done, also where the store fails in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cycles.engine.commands import Open
from cycles.errors import StoreUnavailableError
from cycles.service import Given
from cycles.service.outbox import KEYS_KEPT
from cycles.service.saving import TASKS
from cycles.store import IdempotencyRow, OutboxRow, open_store
from tests.unit.service.first_school import FirstSchool


@pytest.fixture
def school(tmp_path: Path) -> Iterator[FirstSchool]:
    """It has settled for today, and one cycle's tasks wait to be worked out anew."""
    with closing(open_store("memory://")) as store:
        made = FirstSchool(store, tmp_path)
        made.outbox.on_a_new_day(made.id)
        row = OutboxRow(school_id=made.id, topic=TASKS, key=made.open(), created_at="")
        store.write(made.id, lambda work: work.add(row))
        yield made


def waiting(school: FirstSchool) -> list[OutboxRow]:
    """What has not been done yet."""
    return school.store.read(school.id, lambda work: work.find(OutboxRow))


def test_what_the_store_could_not_do_is_done_with_the_next_request(
    school: FirstSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that it follows from is answered all the same; no server is started anew."""

    def away(school_id: str, work: Callable[[Any], Any]) -> None:
        raise StoreUnavailableError("away")

    with monkeypatch.context() as lost:
        lost.setattr(school.store, "write", away)
        school.outbox.settle(school.id)
    left = len(waiting(school))

    school.outbox.on_a_new_day(school.id)

    assert left == 1
    assert waiting(school) == []


def test_a_key_is_known_for_a_term_and_then_forgotten(school: FirstSchool) -> None:
    """Sent again within that time a request is answered as before; later its key is gone."""

    def keys() -> int:
        return len(school.store.read(school.id, lambda work: work.find(IdempotencyRow)))

    given = Given(key="k", request="r")
    subject = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}
    roles = {"teacher": ("liu",)}
    opening = Open(cycle="", group="maths", zone="", subject=subject, roles=roles)

    first = school.acting.open(school.actor("song"), "lesson-study", opening, given)
    school.time += KEYS_KEPT - timedelta(days=1)
    school.outbox.on_a_new_day(school.id)
    again = school.acting.open(school.actor("song"), "lesson-study", opening, given)
    school.time += timedelta(days=2)
    before = keys()
    school.outbox.on_a_new_day(school.id)

    assert (again.cycle, again.replayed) == (first.cycle, True)
    assert (before, keys()) == (1, 0)
