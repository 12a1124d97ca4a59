"""The booklet: a cycle as a school prints, signs and files it."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from cycles_api.pages.booklet.contexts import BookletPage
from cycles_api.pages.booklet.told import chapters, cover, made, seal
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.visiting import Signing, Visiting
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.rest.doing import Serving
from cycles_api.rest.ids import CycleId

__all__ = ["BOOKLET_ROUTES"]


@get("/cycles/{cycle_id:str}/booklet", sync_to_thread=True)
def booklet(cycle_id: CycleId, visit: Visiting, signed: Signing, service: Serving) -> Response[Any]:
    """All of a cycle that one may read, on A4."""
    told = CycleTold(
        service, signed.actor, cycle_id, visit.language, f"/cycles/{cycle_id}"
    ).on_paper()
    page = BookletPage(
        title=told.title,
        kind=told.workflow.title.in_language(visit.language),
        school=told.view.row.name,
        to=told.to,
        facts=cover(told),
        running=not told.line.ended,
        chapters=chapters(told),
        made=made(told, service.core.now_text()),
        seal=seal(told),
    )
    return rendered(visit.language, page, visit.around)


BOOKLET_ROUTES = (booklet,)
