"""The log: one cycle's history, the school's log, its export and its check."""

from __future__ import annotations

import re
import tempfile
from typing import Annotated, Any, Final

from litestar import get
from litestar.params import QueryParameter

from cycles.errors import FieldFault
from cycles.service import Actor
from cycles.service.reading_log import LogQuestion, Place
from cycles_api.assembly import Service
from cycles_api.errors import BadParameterError
from cycles_api.rest.doing import Asking, Serving, Speaking
from cycles_api.rest.headers import sends
from cycles_api.rest.ids import CycleId, Flag, Id, flag_of
from cycles_api.rest.open_file import OpenFile
from cycles_api.rest.paging import Cursor, Limit, cursor_of, place_of
from cycles_api.rest.sent import FindingShape, LogPage, Verification
from cycles_api.rest.told import entry_shape, names_of
from cycles_api.wording.findings import FINDINGS
from cycles_api.wording.tasks import in_zone

__all__ = ["LOG_ROUTES", "export_name", "export_of", "place_in_log"]

_SUBJECT: Final = r"^[A-Za-z0-9_.:-]{1,200}$"
_INSTANT: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z)?$"
Instant = Annotated[
    str | None, QueryParameter(pattern=_INSTANT, description="A date, or an instant in UTC.")
]


@get("/api/v1/cycles/{cycle_id:str}/history", sync_to_thread=True)
def history(
    cycle_id: CycleId,
    service: Serving,
    actor: Asking,
    language: Speaking,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> LogPage:
    """A cycle's history.

    Its entries, oldest first, with the payloads that you may read.
    """
    after = min(max(place_of(cursor, int) or 0, 0), 2**31)
    found = service.log.history(actor, cycle_id, after=after, limit=limit)
    return LogPage(
        entries=[entry_shape(entry, language) for entry in found.entries],
        next=None if found.next is None else cursor_of(found.next),
        names=names_of(found),
    )


@get("/api/v1/log", sync_to_thread=True)
def log(
    service: Serving,
    actor: Asking,
    language: Speaking,
    person: Id = None,
    group: Id = None,
    cycle: Id = None,
    act: Id = None,
    since: Instant = None,
    until: Instant = None,
    late: Flag = None,
    waived: Flag = None,
    typed: Flag = None,
    reopened: Flag = None,
    looks: Flag = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> LogPage:
    """The school's log.

    Newest first, for auditors, deputies and the head; `until` is not included. What auditors
    looked at is in it, too: `looks` asks for nothing else, or for all else.
    """
    asked = LogQuestion(
        person=person,
        group=group,
        cycle=cycle,
        act=act,
        since=since,
        until=until,
        late=flag_of(late),
        waived=flag_of(waived),
        typed=flag_of(typed),
        reopened=flag_of(reopened),
        looks=flag_of(looks),
    )
    found = service.log.log(actor, asked, before=place_in_log(cursor), limit=limit)
    return LogPage(
        entries=[entry_shape(entry, language) for entry in found.entries],
        next=None if found.next is None else cursor_of(found.next),
        names=names_of(found),
    )


@get(
    "/api/v1/log/export",
    sync_to_thread=True,
    opt=sends("Content-Disposition", media=("application/zip",)),
)
def export_log(service: Serving, actor: Asking) -> OpenFile:
    """The log as one zip.

    To be checked by anybody with `cycles verify`; holds what you may read.
    """
    return export_of(service, actor)


@get("/api/v1/log/verification", sync_to_thread=True)
def verification(service: Serving, actor: Asking, language: Speaking) -> Verification:
    """Check the log now.

    Every hash, every step and every stored cycle, with each finding in a sentence.
    """
    report = service.verifying.live(actor)
    return Verification(
        ok=report.ok,
        entries=report.entries,
        subjects=report.subjects,
        payloads=report.payloads,
        erased=report.erased,
        findings=[
            FindingShape(
                code=f.code,
                sentence=FINDINGS[f.code].in_language(language),
                subj=f.subj,
                seq=f.seq,
                follows=f.follows,
            )
            for f in report.findings
        ],
        more=report.more,
    )


def place_in_log(cursor: str | None) -> Place | None:
    """Where the last page ended; raises `BadParameterError` for what no page ever gave."""
    found: Any = place_of(cursor, tuple[str, str, int])
    if found is None:
        return None
    at, subj, seq = found
    if not (re.match(_INSTANT, at) and re.match(_SUBJECT, subj) and 0 < seq < 2**53):
        raise BadParameterError([FieldFault(field="cursor", code="bad_cursor", data={})])
    return at, subj, seq


def export_name(service: Service, actor: Actor) -> str:
    """What an export is called that is downloaded now: by its school and the school's day."""
    row = service.core.view(actor.school_id).row
    return f"cycles-log-{row.id}-{in_zone(service.core.now(), row.zone):%Y-%m-%d}.zip"


def export_of(service: Service, actor: Actor) -> OpenFile:
    """The zip with all that the actor may read, sent while it is read from disk."""
    packed = tempfile.TemporaryFile()  # noqa: SIM115  # closed by OpenFile
    try:
        service.exporting.export(actor, packed)
        size = packed.tell()
        packed.seek(0)
    except BaseException:
        packed.close()
        raise
    headers = {"Content-Disposition": f'attachment; filename="{export_name(service, actor)}"'}
    return OpenFile(packed, size=size, media_type="application/zip", headers=headers)


LOG_ROUTES = (history, log, export_log, verification)
