"""Two versions of a record beside each other, with the suggestions that led to the change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import QueryParameter

from cycles.errors import NotFoundError
from cycles.service.lives import Version, versions_of
from cycles_api.pages.feedback.contexts import VersionsPage
from cycles_api.pages.feedback.versions_told import causes, parts, version_told
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.visiting import Signing, Visiting
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.fields import Choice
from cycles_api.rest.doing import Serving
from cycles_api.rest.ids import CycleId, Kind

__all__ = ["VERSION_ROUTES"]

Old = Annotated[int, QueryParameter(name="old", required=False, ge=0, le=2**31)]
New = Annotated[int, QueryParameter(name="new", required=False, ge=0, le=2**31)]


@get("/cycles/{cycle_id:str}/versions/{kind:str}", sync_to_thread=True)
def versions(
    cycle_id: CycleId,
    kind: Kind,
    visit: Visiting,
    signed: Signing,
    service: Serving,
    old: Old = 0,
    new: New = 0,
) -> Response[Any]:
    """Two versions, by their numbers; if none is named, the last one and the one before."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, f"/cycles/{cycle_id}")
    if kind not in told.workflow.records:
        raise NotFoundError("record", kind)
    every = versions_of(told.found.records, kind)
    after = _of_number(every, new or len(every))
    before = _of_number(every, old or (after.number - 1 if after else 0))
    if before and after and before.number > after.number:
        before, after = after, before
    shape = told.workflow.records[kind]
    compared = tuple(parts(told, shape, before, after)) if after else ()
    page = VersionsPage(
        title=told.speaker.record(kind),
        lesson=told.title,
        where=told.where,
        cycle=told.to,
        here=f"{told.to}/versions/{kind}",
        olds=_choices(told, every, before),
        news=_choices(told, every, after),
        old=version_told(told, before) if before else None,
        new=version_told(told, after) if after else None,
        causes=tuple(causes(told, before, after)) if before and after else (),
        parts=compared,
        changed=any(part.changed for part in compared),
    )
    return rendered(visit.language, page, visit.around)


def _of_number(every: Sequence[Version], number: int) -> Version | None:
    return next((v for v in every if v.number == number), None)


def _choices(
    told: CycleTold, every: Sequence[Version], chosen: Version | None
) -> tuple[Choice, ...]:
    found = []
    for version in every:
        one = version_told(told, version)
        label = " · ".join([one.title, one.who, one.round])
        found.append(Choice(value=str(version.number), label=label, chosen=version == chosen))
    return tuple(found)


VERSION_ROUTES = (versions,)
