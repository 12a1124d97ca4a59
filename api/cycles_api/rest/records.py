"""Records of a cycle: file, list, confirm, sign, show."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import JSONBody

from cycles.engine.commands import Confirm, Reveal, Sign
from cycles_api.rest.asked import FileRequest
from cycles_api.rest.doing import Asking, Sent, Serving, Speaking, do
from cycles_api.rest.headers import CHANGED, etag, sends
from cycles_api.rest.ids import CycleId, FilingId, Kind
from cycles_api.rest.sent import Done, RecordsShape
from cycles_api.rest.told import record_shape
from cycles_api.telling import speaker_of

__all__ = ["RECORD_ROUTES"]


@post("/api/v1/cycles/{cycle_id:str}/records", sync_to_thread=True, opt=CHANGED)
def file_record(
    cycle_id: CycleId, data: JSONBody[FileRequest], service: Serving, actor: Asking, given: Sent
) -> Response[Done]:
    """File a record.

    A new record needs no `If-Match`; one that takes the place of another does.
    """
    return do(service, actor, cycle_id, given, data.command(), status=201)


@get("/api/v1/cycles/{cycle_id:str}/records", sync_to_thread=True, opt=sends("ETag"))
def records(
    cycle_id: CycleId, service: Serving, actor: Asking, language: Speaking
) -> Response[RecordsShape]:
    """The records of a cycle.

    Every version that you may read, oldest first.
    """
    found = service.looking.cycle(actor, cycle_id)
    speaker = speaker_of(found.told, language)
    shown = [record_shape(record, speaker) for record in found.records]
    return Response(
        RecordsShape(records=shown, names=dict(found.told.names)),
        headers={"ETag": etag(found.line.revision)},
    )


@post(
    "/api/v1/cycles/{cycle_id:str}/records/{filing:str}/confirm",
    sync_to_thread=True,
    status_code=200,
    opt=CHANGED,
)
def confirm(
    cycle_id: CycleId, filing: FilingId, service: Serving, actor: Asking, given: Sent
) -> Response[Done]:
    """Confirm what another typed for you.

    Says of one filing (代录) that it is right.
    """
    return do(service, actor, cycle_id, given, Confirm(filing=filing))


@post(
    "/api/v1/cycles/{cycle_id:str}/records/{kind:str}/sign",
    sync_to_thread=True,
    status_code=200,
    opt=CHANGED,
)
def sign(
    cycle_id: CycleId, kind: Kind, service: Serving, actor: Asking, given: Sent
) -> Response[Done]:
    """Sign a record.

    Consents to its current version.
    """
    return do(service, actor, cycle_id, given, Sign(record=kind))


@post(
    "/api/v1/cycles/{cycle_id:str}/records/{kind:str}/reveal",
    sync_to_thread=True,
    status_code=200,
    opt=CHANGED,
)
def reveal(
    cycle_id: CycleId, kind: Kind, service: Serving, actor: Asking, given: Sent
) -> Response[Done]:
    """Show hidden records.

    To everybody who may read them; they are never hidden again.
    """
    return do(service, actor, cycle_id, given, Reveal(record=kind))


RECORD_ROUTES = (file_record, records, confirm, sign, reveal)
