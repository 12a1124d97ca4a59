"""What if: choose what happens, see what would be, and do it so."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import Request, Response, get, post

from cycles.errors import FieldFault, InvalidInputError
from cycles.service import told_of
from cycles_api.pages.cycle.contexts import WhatIfPage
from cycles_api.pages.cycle.supposing_told import SupposedTold, Wish, meant, widgets
from cycles_api.pages.frame.acting import act
from cycles_api.pages.frame.going import go
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending
from cycles_api.pages.frame.visiting import Signing, Visit, Visiting
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.rest.doing import Serving
from cycles_api.rest.ids import CycleId
from cycles_api.telling import speaker_of

__all__ = ["SUPPOSING_ROUTES"]

_LONGEST = 100


@get("/cycles/{cycle_id:str}/what-if", sync_to_thread=True)
def what_if_page(
    request: Request[Any, Any, Any],
    cycle_id: CycleId,
    visit: Visiting,
    signed: Signing,
    service: Serving,
) -> Response[Any]:
    """What can be supposed, and what would come of what was."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, f"/cycles/{cycle_id}")
    asked = {name: request.query_params.get(name, "")[:_LONGEST] for name in Wish.__slots__}
    return _page(visit, told, Wish(**asked))


@post("/cycles/{cycle_id:str}/arrangements", sync_to_thread=True, status_code=303)
def arrange(
    cycle_id: CycleId, visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """Do what was supposed: all of it or nothing."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, f"/cycles/{cycle_id}")
    wish = Wish(**{name: sent.text(name)[:_LONGEST] for name in Wish.__slots__})
    try:
        commands = [m.command for m in meant(told, wish, reason=sent.text("reason"))]
        act(service, signed.actor, cycle_id, sent, commands, seen=True)
    except InvalidInputError as error:
        return _page(visit, told, wish, error)
    return go(told.to, done="staff")


def _page(
    visit: Visit, told: CycleTold, wish: Wish, wrong: InvalidInputError | None = None
) -> Response[Any]:
    supposed, faults = None, {}
    try:
        if wish.asks:
            on = _day(wish.on)
            asked = meant(told, wish)
            found = told.service.arranging.suppose(
                told.actor, told.line.id, [m.command for m in asked], on=on
            )
            supposed = SupposedTold(told, found, asked)
    except InvalidInputError as error:
        wrong = error
    if wrong is not None:
        speaker = speaker_of(told_of(wrong), visit.language)
        faults = {f.field: speaker.fault(f) for f in wrong.faults}
    steps = supposed.steps() if supposed else {}
    first, more = widgets(told, wish, faults)
    page = WhatIfPage(
        title=told.title,
        where=told.where,
        to=told.to,
        widgets=first,
        more=more,
        more_set=wish.asks_more,
        faults=tuple(faults.values()),
        answers=tuple(supposed.answers()) if supposed else (),
        day=supposed.day if supposed else "",
        state=supposed.state if supposed else "",
        moved=supposed.moved if supposed else False,
        new=steps.get("new", ()),
        same=steps.get("same", ()),
        gone=steps.get("gone", ()),
        ways=tuple(supposed.ways()) if supposed else (),
        waits=tuple(supposed.waits()) if supposed else (),
        keep=supposed.keep(wish) if supposed else None,
    )
    return rendered(visit.language, page, visit.around, status=422 if faults else 200)


def _day(text: str) -> date | None:
    """The day to be looked at; raises `InvalidInputError` if it is none."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1900 <= day.year < 2200:
        raise InvalidInputError([FieldFault(field="on", code="not_a_date", data={})])
    return day


SUPPOSING_ROUTES = (what_if_page, arrange)
