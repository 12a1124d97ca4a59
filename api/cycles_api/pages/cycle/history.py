"""A cycle's history: every entry in a sentence, claimed day and recorded moment side by side."""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Response, get
from litestar.params import QueryParameter

from cycles_api.pages.cycle.contexts import HistoryPage
from cycles_api.pages.cycle.history_told import history
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.visiting import Signing, Visiting
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.rest.doing import Serving
from cycles_api.rest.ids import CycleId

__all__ = ["HISTORY_ROUTES"]

Before = Annotated[int, QueryParameter(name="before", required=False, ge=1, le=2**31)]
#: Entries on a page.
_AT_ONCE: Final = 30


@get("/cycles/{cycle_id:str}/history", sync_to_thread=True)
def history_page(
    cycle_id: CycleId, visit: Visiting, signed: Signing, service: Serving, before: Before = 2**31
) -> Response[Any]:
    """The entries before one, the newest first; from the newest on, where none is named."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, f"/cycles/{cycle_id}")
    count = told.line.revision
    first = min(before, count + 1)
    to, oldest = f"{told.to}/history", first - _AT_ONCE
    page = HistoryPage(
        title=told.title,
        where=told.where,
        to=told.to,
        count=count,
        steps=history(told, before=first, limit=_AT_ONCE),
        newer="" if first > count else f"{to}?before={min(first + _AT_ONCE, count + 1)}",
        older=f"{to}?before={oldest}" if oldest > 1 else "",
    )
    return rendered(visit.language, page, visit.around)


HISTORY_ROUTES = (history_page,)
