"""Keeping the installation running: a self-check with a phone, and a backup at one press."""

from __future__ import annotations

import os
import tempfile
import threading
from collections import deque
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any, Final

from litestar import Request, Response, get, post

from cycles.errors import StoreError
from cycles.ledger import instant_text
from cycles.service import Actor, require
from cycles_api.assembly import Service
from cycles_api.pages.frame import times
from cycles_api.pages.frame.qr import base_of, qr_of
from cycles_api.pages.frame.rendering import HEADERS, rendered
from cycles_api.pages.frame.sending import Sending
from cycles_api.pages.frame.visiting import Setting, Signing, Visit, Visiting
from cycles_api.pages.school.upkeep_contexts import BackupPage, FoundLine, SelfCheckPage, TriedPage
from cycles_api.reaching import is_here
from cycles_api.rest.doing import Serving
from cycles_api.rest.open_file import OpenFile
from cycles_api.self_check import checked, firewall_lines
from cycles_api.settings import Settings
from cycles_api.wording import Speaker
from cycles_api.wording.tasks import in_zone
from cycles_api.wording.upkeep import UPKEEP

__all__ = ["UPKEEP_ROUTES"]

_REMEMBERED: Final = 5


class _Visits:
    """Who tried the connection lately; of this process alone, and gone with it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED)

    def note(self, address: str) -> None:
        with self._lock:
            self._last.appendleft((instant_text(datetime.now(UTC)), address))

    def all(self) -> tuple[tuple[str, str], ...]:
        with self._lock:
            return tuple(self._last)


_VISITS: Final = _Visits()


@get("/try", sync_to_thread=False)
def tried(request: Request[Any, Any, Any], visit: Visiting) -> Response[Any]:
    """What a phone opens to see whether it reaches the server; no secret, and nothing to do."""
    address = request.client.host if request.client else ""
    if not is_here(address):
        _VISITS.note(address)
    return rendered(visit.language, TriedPage(here=is_here(address)), visit.around)


@get("/school/check", sync_to_thread=True)
def self_check(
    request: Request[Any, Any, Any],
    visit: Visiting,
    signed: Signing,
    service: Serving,
    settings: Setting,
) -> Response[Any]:
    """What the installation says of itself."""
    require("upkeep", signed.actor)
    language, view = visit.language, service.core.view(signed.actor.school_id)
    today = view.today(service.core.now())
    link = f"{base_of(request, settings)}/try"
    found = checked(settings, service, forwarded="x-forwarded-for" in request.headers)
    page = SelfCheckPage(
        found=tuple(
            FoundLine(
                level=each.level,
                told=UPKEEP[each.code].in_language(language).format(**each.data),
                line=each.line,
            )
            for each in found
        ),
        link=link,
        picture=qr_of(link),
        visits=tuple(
            (times.moment(at, language, view.row.zone, today), address)
            for at, address in _VISITS.all()
        ),
        firewalls=firewall_lines(settings.port),
    )
    return rendered(language, page, visit.around)


@get("/school/backup", sync_to_thread=True)
def backup_page(
    visit: Visiting, signed: Signing, service: Serving, settings: Setting
) -> Response[Any]:
    """When the last one was, and a button."""
    return _backup(visit, service, settings, signed.actor)


@post("/school/backup", sync_to_thread=True, status_code=200)
def back_up(
    visit: Visiting, signed: Signing, sent: Sending, service: Serving, settings: Setting
) -> Response[Any]:
    """A backup as one zip; its making is an entry."""
    require("upkeep", signed.actor)
    zone = service.core.view(signed.actor.school_id).row.zone
    name = f"cycles-backup-{in_zone(service.core.now(), zone):%Y-%m-%d-%H%M}"
    try:
        with ExitStack() as unless_sent:
            packed = unless_sent.enter_context(tempfile.TemporaryFile())
            service.upkeep.back_up(signed.actor, settings.database, packed, name=name)
            unless_sent.pop_all()
    except StoreError as error:
        return _backup(
            visit, service, settings, signed.actor, fault=Speaker(visit.language).error(error)
        )
    size = packed.seek(0, os.SEEK_END)
    packed.seek(0)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}.zip"'}
    return OpenFile(packed, size=size, media_type="application/zip", headers=headers)


def _backup(
    visit: Visit, service: Service, settings: Settings, actor: Actor, *, fault: str = ""
) -> Response[Any]:
    view, last = service.core.view(actor.school_id), service.upkeep.last_backup(actor)
    today = view.today(service.core.now())
    page = BackupPage(
        last=times.moment(last, visit.language, view.row.zone, today) if last else "",
        possible=settings.database.startswith("sqlite"),
        alone=service.upkeep.is_of_one_school,
        fault=fault,
    )
    return rendered(visit.language, page, visit.around, status=503 if fault else 200)


UPKEEP_ROUTES = (tried, self_check, backup_page, back_up)
