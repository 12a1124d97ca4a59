"""Cycles: open, find, look at, advance, try out."""

from __future__ import annotations

import re
from typing import Final

from litestar import Response, get, post
from litestar.params import JSONBody

from cycles.errors import FieldFault
from cycles.store import CycleFilter
from cycles_api.errors import BadParameterError
from cycles_api.rest.asked import AdvanceRequest, OpenRequest, TrialRequest
from cycles_api.rest.doing import Asking, Sent, Serving, Speaking, do, done
from cycles_api.rest.headers import CHANGED, etag, sends
from cycles_api.rest.ids import ID_PATTERN, CycleId, Flag, Id, flag_of
from cycles_api.rest.paging import Cursor, Limit, cursor_of, place_of
from cycles_api.rest.sent import CyclePage, CycleShape, Done, TransitionsShape, Trials
from cycles_api.rest.told import cycle_shape, line_shape, transitions_shape, trial_shape

__all__ = ["CYCLE_ROUTES"]

_ID: Final = re.compile(ID_PATTERN)


@post("/api/v1/cycles", sync_to_thread=True, opt=sends("ETag", "Location", "Idempotency-Replayed"))
def open_cycle(
    data: JSONBody[OpenRequest], service: Serving, actor: Asking, given: Sent
) -> Response[Done]:
    """Open a cycle.

    Under the newest version of a workflow; roles that are not given take their defaults.
    """
    receipt = service.acting.open(actor, data.workflow, data.command(), given)
    return done(receipt, status=201, location=f"/api/v1/cycles/{receipt.cycle}")


@get("/api/v1/cycles", sync_to_thread=True)
def find_cycles(
    service: Serving,
    actor: Asking,
    language: Speaking,
    group: Id = None,
    in_state: Id = None,
    workflow: Id = None,
    person: Id = None,
    waiting: Id = None,
    ended: Flag = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> CyclePage:
    """Find cycles.

    Those that you may see, newest first; `person` takes part, `waiting` has a task in them.
    """
    after = place_of(cursor, str) or ""
    if after and not _ID.match(after):
        raise BadParameterError([FieldFault(field="cursor", code="bad_cursor", data={})])
    asked = CycleFilter(
        group=group,
        state=in_state,
        workflow=workflow,
        person=person,
        waiting=waiting,
        ended=flag_of(ended),
    )
    lines, last = service.looking.cycles(actor, asked, after=after, limit=limit)
    return CyclePage(
        cycles=[line_shape(line, language) for line in lines],
        next=cursor_of(last) if last else None,
    )


@get("/api/v1/cycles/{cycle_id:str}", sync_to_thread=True, opt=sends("ETag"))
def one_cycle(
    cycle_id: CycleId, service: Serving, actor: Asking, language: Speaking
) -> Response[CycleShape]:
    """One cycle.

    With its people, its round, the records and feedback points that you may see, and its tasks.
    """
    found = service.looking.cycle(actor, cycle_id)
    return Response(cycle_shape(found, language), headers={"ETag": etag(found.line.revision)})


@get("/api/v1/cycles/{cycle_id:str}/transitions", sync_to_thread=True, opt=sends("ETag"))
def transitions(
    cycle_id: CycleId, service: Serving, actor: Asking, language: Speaking
) -> Response[TransitionsShape]:
    """Every transition from here.

    Allowed for you or not, each guard with its verdict and who can clear it by doing what.
    """
    found = service.looking.transitions(actor, cycle_id)
    shown = transitions_shape(found, language)
    return Response(shown, headers={"ETag": etag(found.line.revision)})


@post(
    "/api/v1/cycles/{cycle_id:str}/transitions", sync_to_thread=True, status_code=200, opt=CHANGED
)
def advance(
    cycle_id: CycleId, data: JSONBody[AdvanceRequest], service: Serving, actor: Asking, given: Sent
) -> Response[Done]:
    """Advance a cycle.

    By one transition, or by a path of several: all of them or none. Needs `If-Match`.
    """
    return do(service, actor, cycle_id, given, *data.commands())


@post("/api/v1/cycles/{cycle_id:str}/what-if", sync_to_thread=True, status_code=200)
def what_if(
    cycle_id: CycleId,
    data: JSONBody[TrialRequest],
    service: Serving,
    actor: Asking,
    language: Speaking,
) -> Trials:
    """What would happen.

    Tries commands one after the other with your rights, and changes nothing.
    """
    commands = [tried.command() for tried in data.commands]
    found = service.looking.what_if(actor, cycle_id, commands)
    return Trials(trials=[trial_shape(cycle_id, trial, language) for trial in found])


CYCLE_ROUTES = (open_cycle, find_cycles, one_cycle, transitions, advance, what_if)
