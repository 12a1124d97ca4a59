"""Asking a guest into a cycle by a link, and shutting them out again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from litestar import Request, Response, post

from cycles.errors import ConflictError, InvalidInputError
from cycles.service import told_of
from cycles.service.guests import Asked
from cycles_api.logs import note
from cycles_api.pages.cycle.contexts import GuestLinkPage
from cycles_api.pages.cycle.guests_told import asking, invitation_text, last_day
from cycles_api.pages.cycle.staffing import day_of, staff_page
from cycles_api.pages.cycle.staffing_told import StaffTold
from cycles_api.pages.frame.acting import shown_revision
from cycles_api.pages.frame.going import go
from cycles_api.pages.frame.qr import base_of, is_only_here
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending
from cycles_api.pages.frame.visiting import Setting, Signing, Visiting
from cycles_api.pages.signing_in.codes import code_told
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.rest.doing import Serving
from cycles_api.rest.ids import CycleId
from cycles_api.telling import speaker_of

__all__ = ["GUEST_ROUTES"]

_FIELDS: Final = ("person", "name", "role", "until", "reason")


@post("/cycles/{cycle_id:str}/guests", sync_to_thread=True, status_code=200)
def ask(
    request: Request[Any, Any, Any],
    cycle_id: CycleId,
    visit: Visiting,
    signed: Signing,
    sent: Sending,
    service: Serving,
    settings: Setting,
) -> Response[Any]:
    """A guest's link, shown this once; with faults, the same form again."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, f"/cycles/{cycle_id}/people")
    try:
        asked = Asked(
            role=sent.text("role"),
            until=day_of(sent, "until"),
            reason=sent.text("reason"),
            person=sent.text("person"),
            name=sent.text("name"),
        )
        seen = shown_revision(sent)
        made = service.guests.ask(signed.actor, cycle_id, asked, revision=seen)
    except (InvalidInputError, ConflictError) as error:
        speaker = speaker_of(told_of(error), visit.language)
        if isinstance(error, InvalidInputError):
            faults = {f.field: speaker.fault(f) for f in error.faults}
        else:
            faults = {"name": speaker.error(error)}
        values = {name: sent.text(name) for name in _FIELDS}
        form = asking(told, values, faults)
        return staff_page(visit, told, StaffTold(told), ("", ""), faults, asked=form)
    note(cycle=cycle_id, act="invite_guest")
    base = base_of(request, settings)
    drawn = code_told(visit, service, signed.actor, made, base)
    code = replace(drawn, until=last_day(told, made.expires_at))
    page = GuestLinkPage(
        title=told.title,
        to=told.to,
        code=code,
        local=is_only_here(base),
        text=invitation_text(told, name=code.name, until=code.until, link=code.link),
    )
    return rendered(visit.language, page, visit.around)


@post("/cycles/{cycle_id:str}/guests/out", sync_to_thread=True, status_code=303)
def shut_out(cycle_id: CycleId, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """A guest's link and whatever came in by it end at once."""
    service.guests.shut_out(signed.actor, sent.text("person"), cycle_id)
    note(cycle=cycle_id, act="take_back")
    return go(f"/cycles/{cycle_id}/people", done="shut_out")


GUEST_ROUTES = (ask, shut_out)
