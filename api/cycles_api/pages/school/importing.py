"""Importing the staff list of a school that is there already."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get, post

from cycles.errors import ConflictError, StaffListError
from cycles.service import Actor, require
from cycles_api.assembly import Service
from cycles_api.pages.frame import times
from cycles_api.pages.frame.going import go, said
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending
from cycles_api.pages.frame.visiting import Done, Signing, Visit, Visiting
from cycles_api.pages.school.staff_lists import (
    Sheet,
    first_page,
    imported,
    list_page,
    read_sheet,
    sent_sheet,
)
from cycles_api.pages.school.words import SAYS
from cycles_api.rest.doing import Serving
from cycles_api.wording import Speaker

__all__ = ["SCHOOL_IMPORT"]

_HERE: Final = "/school/import"


@get("/school/import", sync_to_thread=True)
def start(visit: Visiting, signed: Signing, service: Serving, done: Done = "") -> Response[Any]:
    """Choose a list."""
    require("directory", signed.actor)
    return _start(visit, service, signed.actor, told=said(done, visit.language))


@post("/school/import", sync_to_thread=True, status_code=200)
def look(visit: Visiting, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """What would become of it."""
    require("directory", signed.actor)
    try:
        sheet = read_sheet(sent)
        return _list(visit, service, signed.actor, sheet)
    except StaffListError as error:
        return _start(visit, service, signed.actor, pasted=sent.text("pasted"), fault=error)


@post("/school/import/list", sync_to_thread=True, status_code=200)
def go_on(visit: Visiting, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """Look again at what was mended, or import it."""
    actor = signed.actor
    require("directory", actor)
    try:
        sheet, do = sent_sheet(sent), sent.text("do")
        if do in ("all", "good"):
            report = imported(service, actor, sheet, sent, only_good=do == "good")
            if report.import_id is not None:
                return go(_HERE, done="imported")
        return _list(visit, service, actor, sheet)
    except StaffListError as error:
        return _start(visit, service, actor, fault=error)


@post("/school/import/undone", sync_to_thread=True, status_code=303)
def undo(visit: Visiting, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """Take the last import back, if nothing of it is in use."""
    try:
        service.staff_lists.undo_last(signed.actor)
    except ConflictError as error:
        refused = Speaker(visit.language).error(error)
        return _start(visit, service, signed.actor, kept=refused)
    return go(_HERE, done="undone")


def _start(
    visit: Visit,
    service: Service,
    actor: Actor,
    *,
    told: str = "",
    pasted: str = "",
    fault: StaffListError | None = None,
    kept: str = "",
) -> Response[Any]:
    language, view = visit.language, service.core.view(actor.school_id)
    before, last = service.staff_lists.last(actor), ""
    if before is not None:
        today = view.today(service.core.now())
        last = (
            SAYS["last_import"]
            .in_language(language)
            .format(
                moment=times.moment(before.at, language, view.row.zone, today),
                persons=before.persons,
                groups=before.groups,
                appointments=before.appointments,
            )
        )
    page = first_page(
        language,
        to=_HERE,
        csrf=visit.around.csrf,
        told=told,
        last=last,
        pasted=pasted,
        fault=fault,
        kept=kept,
    )
    return rendered(language, page, visit.around, status=422 if fault or kept else 200)


def _list(visit: Visit, service: Service, actor: Actor, sheet: Sheet) -> Response[Any]:
    page = list_page(service, actor, sheet, visit.language, to=_HERE, csrf=visit.around.csrf)
    return rendered(visit.language, page, visit.around, status=200 if page.ok else 422)


SCHOOL_IMPORT = (start, look, go_on, undo)
