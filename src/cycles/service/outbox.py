"""What follows from a commit and is done after it: tasks of other cycles, worked out anew."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from cycles.engine.tasks import schedule
from cycles.errors import StoreError
from cycles.ledger import instant_text
from cycles.service.core import Core, people_for
from cycles.service.saving import TASKS, save_tasks
from cycles.store import CycleFilter, OutboxRow, Work

__all__ = ["DAY", "KEYS_KEPT", "SCHOOL", "Outbox"]

#: Outbox topics besides `TASKS`: all cycles that have not ended; the same, once a day has come.
SCHOOL: Final = "school"
DAY: Final = "day"
_PAGE: Final = 200
#: How long a request may be sent again under its key: a phone may lie in a drawer all summer.
KEYS_KEPT: Final = timedelta(days=92)
#: Which cycles people and days concern; an ended one asks somebody only to confirm a reopening.
_CONCERNED: Final = (CycleFilter(ended=False), CycleFilter(ended=True, has_task=True))


class Outbox:
    """Does what waits; whatever cannot be done now stays and is done later."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._day: dict[str, date] = {}

    def settle(self, school_id: str) -> None:
        """Do what waits in a school; what the store cannot do now waits on."""
        try:
            while waiting := self._core.store.read(school_id, self._waiting):
                for row in waiting:
                    self._do(school_id, row)
        except StoreError:
            # What was asked for is committed; this is tried again with the next request.
            self._day.pop(school_id, None)

    def on_a_new_day(self, school_id: str) -> None:
        """Settle once a day: appointments begin and end without anybody's command.

        Then keys are forgotten under which nobody sends a request again. What the store could not
        settle is tried again, so this is to be called with every request.
        """
        today = self._core.view(school_id).today(self._core.now())
        if self._day.get(school_id) != today:
            self._day[school_id] = today
            self.settle(school_id)
            self._forget_keys(school_id)

    def _forget_keys(self, school_id: str) -> None:
        old = instant_text(self._core.now() - KEYS_KEPT)
        with suppress(StoreError):  # as well tomorrow
            self._core.store.write(school_id, lambda work: work.forget_keys(old))

    def _waiting(self, work: Work) -> list[OutboxRow]:
        today = self._core.view_in(work).today(self._core.now()).isoformat()
        found = work.find(OutboxRow, topic=[TASKS, SCHOOL], order=("id",), limit=_PAGE)
        return found or [r for r in work.find(OutboxRow, topic=DAY) if r.key <= today]

    def _do(self, school_id: str, row: OutboxRow) -> None:
        if row.topic == TASKS:
            self._renew(school_id, row.key)
        else:
            for asked in _CONCERNED:
                last: str | None = ""
                while last is not None:
                    last = self._renew_page(school_id, asked, last)
        self._core.store.write(school_id, lambda work: work.remove(OutboxRow, id=row.id))

    def _renew_page(self, school_id: str, asked: CycleFilter, after: str) -> str | None:
        """Renew some cycles, those after the given id; the last one's id, if there was one."""

        def page(work: Work) -> list[str]:
            return [r.id for r in work.find_cycles(asked, today="", after=after, limit=_PAGE)]

        ids = self._core.store.read(school_id, page)
        for cycle_id in ids:
            self._renew(school_id, cycle_id)
        return ids[-1] if ids else None

    def _renew(self, school_id: str, cycle_id: str) -> None:
        """Work out the tasks of one cycle as of now."""

        def renewed(work: Work) -> None:
            row = work.cycle(cycle_id, lock=True)
            if row is not None:
                people = people_for(self._core, work, self._core.view_in(work), row)
                save_tasks(work, cycle_id, schedule(people))

        self._core.store.write(school_id, renewed)
