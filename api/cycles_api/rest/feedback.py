"""The life of feedback points: answer, verify, merge."""

from __future__ import annotations

from litestar import Response, post
from litestar.params import JSONBody

from cycles.engine.commands import Answer, Verify
from cycles_api.rest.asked import AnswerRequest, MergeRequest, VerifyRequest
from cycles_api.rest.doing import Asking, Sent, Serving, do
from cycles_api.rest.headers import CHANGED
from cycles_api.rest.ids import CycleId, PointId
from cycles_api.rest.sent import Done

__all__ = ["FEEDBACK_ROUTES"]


@post(
    "/api/v1/cycles/{cycle_id:str}/feedback/{point:str}/answer",
    sync_to_thread=True,
    status_code=200,
    opt=CHANGED,
)
def answer_point(
    cycle_id: CycleId,
    point: PointId,
    data: JSONBody[AnswerRequest],
    service: Serving,
    actor: Asking,
    given: Sent,
) -> Response[Done]:
    """Answer a feedback point.

    Adopted, partly, declined or deferred; a reason unless adopted.
    """
    command = Answer(point=point, disposition=data.disposition, reason=data.reason, for_=data.for_)
    return do(service, actor, cycle_id, given, command)


@post(
    "/api/v1/cycles/{cycle_id:str}/feedback/{point:str}/verify",
    sync_to_thread=True,
    status_code=200,
    opt=CHANGED,
)
def verify_point(
    cycle_id: CycleId,
    point: PointId,
    data: JSONBody[VerifyRequest],
    service: Serving,
    actor: Asking,
    given: Sent,
) -> Response[Done]:
    """Verify a feedback point.

    Whether what was adopted was seen to work.
    """
    command = Verify(point=point, outcome=data.outcome, for_=data.for_)
    return do(service, actor, cycle_id, given, command)


@post(
    "/api/v1/cycles/{cycle_id:str}/feedback/merge",
    sync_to_thread=True,
    status_code=200,
    opt=CHANGED,
)
def merge_points(
    cycle_id: CycleId, data: JSONBody[MergeRequest], service: Serving, actor: Asking, given: Sent
) -> Response[Done]:
    """Merge like points.

    One answer serves all; the sources stay visible.
    """
    return do(service, actor, cycle_id, given, data.command())


FEEDBACK_ROUTES = (answer_point, verify_point, merge_points)
