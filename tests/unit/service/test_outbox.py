"""What follows from a commit is done, also where the store fails in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cycles.errors import StoreUnavailableError
from cycles.service.saving import TASKS
from cycles.store import OutboxRow, open_store
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
