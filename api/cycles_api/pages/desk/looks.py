"""谁看过什么: at what auditors looked, as the auditors, the deputy and the head may know."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, get

from cycles.service.reading_log import LogQuestion
from cycles_api.pages.desk.contexts import LooksPage
from cycles_api.pages.desk.told import LogTold
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.visiting import Signing, Visiting
from cycles_api.rest.doing import Serving
from cycles_api.rest.ids import Id
from cycles_api.rest.log import place_in_log
from cycles_api.rest.paging import Cursor, cursor_of

__all__ = ["LOOKS_ROUTES"]

_PAGE: Final = 50


@get("/desk/looks", sync_to_thread=True)
def looks(
    visit: Visiting, signed: Signing, service: Serving, person: Id = None, cursor: Cursor = None
) -> Response[Any]:
    """Every look of an auditor, newest first, or those of one of them."""
    asked = LogQuestion(person=person, looks=True)
    found = service.log.log(signed.actor, asked, before=place_in_log(cursor), limit=_PAGE)
    told = LogTold(service, signed.actor, visit.language)
    more = {"person": person or "", "cursor": cursor_of(found.next)} if found.next else {}
    names = {p.id: p.name for p in told.view.directory.persons}
    auditing = [
        told.view.id_of[p] for p in told.view.on_duty(told.today).auditors if p in told.view.id_of
    ]
    page = LooksPage(
        entries=told.entries(found.entries),
        auditors=tuple(
            (f"/desk/looks?{urlencode({'person': id})}", names[id], id == person) for id in auditing
        ),
        whose=names.get(person or "", ""),
        more=f"/desk/looks?{urlencode(more)}" if more else "",
        is_first=cursor is None,
    )
    return rendered(visit.language, page, visit.around)


LOOKS_ROUTES = (looks,)
