"""The people of a cycle: who takes part, who stands in for whom, and its guests."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import QueryParameter

from cycles.engine.commands import Command, Excuse, Staff
from cycles.errors import FieldFault, InvalidInputError
from cycles.service import told_of
from cycles_api.pages.cycle.contexts import StaffPage
from cycles_api.pages.cycle.guests_told import asking, guests
from cycles_api.pages.cycle.staffing_told import StaffTold
from cycles_api.pages.frame.acting import act
from cycles_api.pages.frame.going import go, said
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending, Sent
from cycles_api.pages.frame.visiting import Done, Signing, Visit, Visiting
from cycles_api.pages.told.contexts import Action
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.rest.doing import Serving
from cycles_api.rest.ids import CycleId
from cycles_api.telling import speaker_of

__all__ = ["STAFFING_ROUTES", "day_of", "staff_page"]

Role = Annotated[str, QueryParameter(name="role", required=False)]
Person = Annotated[str, QueryParameter(name="person", required=False)]
_FIELDS: Final = ("verb", "role", "person", "to", "since", "until", "reason")


@get("/cycles/{cycle_id:str}/people", sync_to_thread=True)
def people_page(
    cycle_id: CycleId,
    visit: Visiting,
    signed: Signing,
    service: Serving,
    role: Role = "",
    person: Person = "",
    done: Done = "",
) -> Response[Any]:
    """Who takes part; with `role` and `person`, what can be changed about their part."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, f"/cycles/{cycle_id}/people")
    return staff_page(visit, told, StaffTold(told), (role, person), done=done)


@post("/cycles/{cycle_id:str}/staffing", sync_to_thread=True, status_code=303)
def arrange(
    cycle_id: CycleId, visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """Add, reassign, substitute or excuse; with faults, the same form again."""
    try:
        act(service, signed.actor, cycle_id, sent, [_command(sent)], seen=True)
    except InvalidInputError as error:
        told = CycleTold(
            service, signed.actor, cycle_id, visit.language, f"/cycles/{cycle_id}/people"
        )
        speaker = speaker_of(told_of(error), visit.language)
        faults = {f.field: speaker.fault(f) for f in error.faults}
        values = {name: sent.text(name) for name in _FIELDS}
        chosen = sent.text("role"), sent.text("person")
        return staff_page(visit, told, StaffTold(told, values, faults), chosen, faults)
    return go(f"/cycles/{cycle_id}/people", done="staff")


def _command(sent: Sent) -> Command:
    verb, reason = sent.text("verb"), sent.text("reason")
    if verb == "excuse":
        since, until = day_of(sent, "since"), day_of(sent, "until")
        return Excuse(person=sent.text("person"), since=since, until=until, reason=reason)
    with_days = verb == "substitute"
    return Staff(
        verb=verb,
        role=sent.text("role"),
        person=sent.text("person") or None,
        to=sent.text("to"),
        reason=reason,
        since=day_of(sent, "since") if with_days else None,
        until=day_of(sent, "until") if with_days else None,
    )


def day_of(sent: Sent, name: str) -> date:
    """A day that was sent; raises `InvalidInputError` if it is none that a school could mean."""
    try:
        day = date.fromisoformat(sent.text(name))
    except ValueError:
        day = date.min
    if not 1900 <= day.year < 2200:
        raise InvalidInputError([FieldFault(field=name, code="not_a_date", data={})])
    return day


def staff_page(
    visit: Visit,
    told: CycleTold,
    staff: StaffTold,
    chosen: tuple[str, str],
    faults: dict[str, str] | None = None,
    *,
    asked: Action | None = None,
    done: str = "",
) -> Response[Any]:
    """The page of people; with the form for a guest as it was sent, if it was."""
    runs = told.service.guests.may_ask(told.actor, told.line.id)
    page = StaffPage(
        title=told.title,
        where=told.where,
        to=told.to,
        said=said(done, visit.language),
        roles=tuple(staff.roles(chosen)),
        about=staff.about(*chosen),
        forms=tuple(staff.forms(*chosen)),
        runs=runs,
        guests=guests(told) if runs else (),
        ask=(asked or asking(told)) if runs else None,
        faults=tuple((faults or {}).values()),
        key=staff.key,
    )
    return rendered(visit.language, page, visit.around, status=422 if faults else 200)


STAFFING_ROUTES = (people_page, arrange)
