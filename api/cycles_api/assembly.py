"""From settings to a service that works: the one place where the parts below are put together."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

from cycles.errors import StoreUnavailableError
from cycles.service import Acting, Actor, Attachments, Core, Looking, Outbox, Workflows
from cycles.service.arranging import Arranging
from cycles.service.boards import Boards
from cycles.service.coverage import Coverage
from cycles.service.dashboards import Dashboards
from cycles.service.drafts import Drafts
from cycles.service.erasing import Erasing
from cycles.service.exporting import Exporting
from cycles.service.guests import Guests
from cycles.service.meetings import Meetings
from cycles.service.plan import Plans
from cycles.service.reading_log import ReadingLog
from cycles.service.samples import Samples
from cycles.service.school import Schools
from cycles.service.signing_in import SigningIn
from cycles.service.staff_lists import StaffLists
from cycles.service.starting import Starting
from cycles.service.tokens import Tokens
from cycles.service.upkeep import Upkeep
from cycles.service.verifications import Verifications
from cycles.service.verifying import Verifying
from cycles.store import open_store
from cycles.store.files import FileFolder
from cycles_api.settings import Settings

__all__ = ["Service", "assembled"]

#: After this nobody is still sending a file.
_ABANDONED_S: Final = 24 * 3600


class Service:
    """All that the ways in ask for, each part under its name."""

    def __init__(self, core: Core, *, demo: bool = False) -> None:
        self.core = core
        self.outbox = Outbox(core)
        self.acting = Acting(core, self.outbox)
        self.attachments = Attachments(core)
        self.drafts = Drafts(core)
        self.erasing = Erasing(core, self.outbox)
        self.exporting = Exporting(core)
        self.log = ReadingLog(core)
        self.looking = Looking(core)
        self.boards = Boards(core, self.looking)
        self.dashboards = Dashboards(core, self.looking)
        self.coverage = Coverage(core, self.boards, self.dashboards)
        self.plans = Plans(core, self.boards)
        self.arranging = Arranging(core, self.looking)
        self.samples = Samples(core)
        self.meetings = Meetings(core, self.looking)
        self.schools = Schools(core, self.outbox)
        self.signing_in = SigningIn(core, demo=demo)
        self.guests = Guests(core, self.looking, self.acting, self.schools, self.signing_in)
        self.staff_lists = StaffLists(core, self.outbox)
        self.starting = Starting(core)
        self.tokens = Tokens(core)
        self.upkeep = Upkeep(core)
        self.verifications = Verifications(core)
        self.verifying = Verifying(core)
        self.workflows = Workflows(core)

    def authenticate(self, token: str) -> Actor | None:
        """Who the token stands for today; `None` if nobody."""
        actor = self.tokens.authenticate(token)
        if actor is not None:
            self.outbox.on_a_new_day(actor.school_id)
        return actor

    def health(self) -> Mapping[str, str]:
        """What the store says of itself; raises `StoreUnavailableError` if it cannot work."""
        return self.core.store.health()


@contextmanager
def assembled(
    settings: Settings, *, alone: bool = False, migrate: bool = False, read_only: bool = False
) -> Iterator[Service]:
    """What stands behind all ways in, until the block ends.

    Args:
        settings: Which database, and where attachments are.
        alone: Be the one server of this database, where there can be but one (SQLite).
        migrate: Make the tables first, or bring them up to this version.
        read_only: Nothing is written.

    Raises:
        StoreError: the database cannot be used, or another server has it.
    """
    store = open_store(settings.database, migrate=migrate, read_only=read_only)
    try:
        if alone:
            store.claim_process()
        service = Service(Core(store, FileFolder(settings.files)), demo=settings.demo)
        if alone:
            _finish_what_was_begun(service)
        yield service
    finally:
        store.close()


def _finish_what_was_begun(service: Service) -> None:
    """What a killed process had committed and not yet followed up, school by school."""
    service.core.files.clean(before=time.time() - _ABANDONED_S)
    for school in service.core.store.schools():
        with suppress(StoreUnavailableError):  # a full disk is no reason not to be read
            service.erasing.finish(school.id)
        service.outbox.on_a_new_day(school.id)
