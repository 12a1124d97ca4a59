"""改期: another day at one press, with the reason."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from cycles.engine.commands import Advance, Command, File
from cycles.errors import InvalidInputError, NotFoundError
from cycles.service import told_of
from cycles_api.pages.cycle.contexts import MovePage
from cycles_api.pages.cycle.moving_told import moving
from cycles_api.pages.frame.acting import act
from cycles_api.pages.frame.going import go
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending
from cycles_api.pages.frame.visiting import Signing, Visit, Visiting
from cycles_api.pages.told.contexts import Action
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.fields import read
from cycles_api.rest.doing import Serving
from cycles_api.rest.ids import CycleId
from cycles_api.telling import speaker_of

__all__ = ["MOVING_ROUTES"]


@get("/cycles/{cycle_id:str}/move", sync_to_thread=True)
def move_page(
    cycle_id: CycleId, visit: Visiting, signed: Signing, service: Serving
) -> Response[Any]:
    """The day as it stands, to be changed; raises `NotFoundError` where none can be moved."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, f"/cycles/{cycle_id}")
    for way, record in service.arranging.moves(signed.actor, cycle_id):
        return _page(visit, told, moving(told, way, record))
    raise NotFoundError("day to be moved", cycle_id)


@post("/cycles/{cycle_id:str}/move", sync_to_thread=True, status_code=303)
def move(
    cycle_id: CycleId, visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """Move it: both steps or none; with faults, the same form again."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, f"/cycles/{cycle_id}")
    way, record = sent.text("transition"), sent.text("record")
    if record not in told.workflow.records:
        raise NotFoundError("record", record)
    fields = read(told.workflow.records[record].form, sent, lambda *_: None)
    steps: list[Command] = [
        Advance(transition=way, reason=sent.text("reason") or None),
        File(record=record, fields=fields),
    ]
    try:
        act(service, signed.actor, cycle_id, sent, steps, seen=True)
    except InvalidInputError as error:
        speaker, faults = speaker_of(told_of(error), visit.language), dict[str, str]()
        wrong = tuple(speaker.fault(fault, record) for fault in error.faults)
        for fault in error.faults:
            name = fault.field.removeprefix("fields.").split(".")[0]
            faults.setdefault(name, speaker.of_fault(fault, record))
        again = moving(told, way, record, fields, faults, sent.text("reason"))
        return _page(visit, told, again, wrong)
    return go(sent.text("back"), done="moved")


def _page(
    visit: Visit, told: CycleTold, action: Action, faults: tuple[str, ...] = ()
) -> Response[Any]:
    page = MovePage(
        title=action.label,
        lesson=told.title,
        where=told.where,
        to=told.to,
        action=action,
        faults=faults,
    )
    return rendered(visit.language, page, visit.around, status=422 if faults else 200)


MOVING_ROUTES = (move_page, move)
