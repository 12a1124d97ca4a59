"""The lifecycle verbs of a cycle."""

from __future__ import annotations

from litestar import Response, post
from litestar.params import JSONBody

from cycles_api.rest.asked import LifecycleRequest
from cycles_api.rest.doing import Asking, Sent, Serving, do
from cycles_api.rest.headers import CHANGED
from cycles_api.rest.ids import CycleId
from cycles_api.rest.sent import Done

__all__ = ["LIFECYCLE_ROUTES"]


@post("/api/v1/cycles/{cycle_id:str}/lifecycle", sync_to_thread=True, status_code=200, opt=CHANGED)
def lifecycle(
    cycle_id: CycleId,
    data: JSONBody[LifecycleRequest],
    service: Serving,
    actor: Asking,
    given: Sent,
) -> Response[Done]:
    """Suspend, resume, cancel, withdraw, reopen, add, reassign, substitute, excuse or waive.

    Each wants a reason and `If-Match`.
    """
    return do(service, actor, cycle_id, given, data.command())


LIFECYCLE_ROUTES = (lifecycle,)
