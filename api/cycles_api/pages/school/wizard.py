"""The first start of an empty server: school, term, staff list, and the head's way in.

Only the browser in which the console's code was typed goes on. It can be left at each step: what
is done stands in the database, and coming back leads to what is not.
"""

from __future__ import annotations

import hmac
from datetime import date
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie

from cycles.errors import InvitationError, NotAllowedError, StaffListError, ThrottledError
from cycles.service import Actor, operator_of, shipped
from cycles.service.signing_in.codes import csrf_of
from cycles_api.assembly import Service
from cycles_api.pages.frame.going import go
from cycles_api.pages.frame.qr import base_of
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import ForeignFormError, Sending, Sent
from cycles_api.pages.frame.visiting import Setting, Visit, Visiting
from cycles_api.pages.school.forms import Typed, needed_date, refused, typed_in
from cycles_api.pages.school.staff_lists import (
    Sheet,
    first_page,
    imported,
    list_page,
    read_sheet,
    sent_sheet,
)
from cycles_api.pages.school.wizard_contexts import (
    SetupCodePage,
    SetupHeadPage,
    SetupSchoolPage,
    SetupTermPage,
)
from cycles_api.pages.school.words import SAYS
from cycles_api.pages.signing_in.codes import code_told
from cycles_api.pages.signing_in.contexts import Code
from cycles_api.problems import status_of
from cycles_api.reaching import listens_for_others
from cycles_api.rest.doing import Serving
from cycles_api.settings import Settings
from cycles_api.wording import Speaker

__all__ = ["WIZARD_ROUTES"]

Asking = Request[Any, Any, Any]

_COOKIE: Final = "cycles_setup"
_STAFF: Final = "/setup/staff"


@get("/setup", sync_to_thread=True)
def setup(request: Asking, visit: Visiting, service: Serving) -> Response[Any]:
    """The step that is next; the code first."""
    if not service.starting.open:
        return go("/")
    if not service.starting.knows(request.cookies.get(_COOKIE, "")):
        return rendered(visit.language, SetupCodePage(fault=""), visit.around)
    school = service.starting.school
    if school is None:
        return go("/setup/school")
    actor = _operator(school)
    if not service.schools.calendar(actor).terms:
        return go("/setup/term")
    return go(_STAFF if not service.schools.groups(actor) else "/setup/head")


@post("/setup", sync_to_thread=True, status_code=303)
def enter(
    request: Asking, visit: Visiting, sent: Sending, service: Serving, settings: Setting
) -> Response[Any]:
    """The code from the console."""
    address = request.client.host if request.client else ""
    try:
        token = service.starting.enter(sent.text("code"), address=address)
    except (InvitationError, ThrottledError) as error:
        fault = SAYS["wrong_code"].in_language(visit.language)
        if isinstance(error, ThrottledError):
            fault = Speaker(visit.language).error(error)
        page = SetupCodePage(fault=fault)
        return rendered(visit.language, page, visit.around, status=status_of(error))
    cookie = Cookie(
        key=_COOKIE,
        value=token,
        path="/setup",
        httponly=True,
        secure=settings.is_https,
        samesite="strict",
    )
    return go("/setup", cookies=[cookie])


@get("/setup/school", sync_to_thread=True)
def school_page(request: Asking, visit: Visiting, service: Serving) -> Response[Any]:
    """Which school it is."""
    csrf = _key(request, service)
    if service.starting.school is not None:
        return go("/setup")
    typed = {"id": "school", "host": "cycles.local", "zone": "Asia/Shanghai"}
    page = SetupSchoolPage(csrf=csrf, typed=typed, faults={})
    return rendered(visit.language, page, visit.around)


@post("/setup/school", sync_to_thread=True, status_code=303)
def make_school(request: Asking, visit: Visiting, sent: Sending, service: Serving) -> Response[Any]:
    """The school, its head and its workflows."""
    csrf = _key(request, service, sent)
    if service.starting.school is not None:
        return go("/setup")
    typed = typed_in(sent, "name", "head", "id", "host", "zone")

    def made() -> None:
        new = service.schools.create(
            typed["id"], typed["name"], typed["zone"], typed["host"], typed["head"], via="web"
        )
        service.workflows.define(_operator(new.id), shipped())

    faults = refused(made, visit.language)
    if faults:
        faults = {("head" if at == "head_name" else at): said for at, said in faults.items()}
        page = SetupSchoolPage(csrf=csrf, typed=typed, faults=faults)
        return rendered(visit.language, page, visit.around, status=422)
    return go("/setup/term")


@get("/setup/term", sync_to_thread=True)
def term_page(request: Asking, visit: Visiting, service: Serving) -> Response[Any]:
    """The present term, guessed to be corrected."""
    csrf, actor = _key(request, service), _made(service)
    typed = _guessed(service.schools.calendar(actor).today)
    page = SetupTermPage(csrf=csrf, typed=typed, faults={})
    return rendered(visit.language, page, visit.around)


@post("/setup/term", sync_to_thread=True, status_code=303)
def set_term(request: Asking, visit: Visiting, sent: Sending, service: Serving) -> Response[Any]:
    """Keep it; a second pressing keeps the one that is there."""
    csrf, actor = _key(request, service, sent), _made(service)
    typed = typed_in(sent, "name", "first", "last")
    known = service.schools.calendar(actor).terms

    def kept() -> None:
        first, last = needed_date(sent, "first"), needed_date(sent, "last")
        term = known[0].id if known else None
        service.schools.set_term(actor, typed["name"], first, last, term=term)

    faults = refused(kept, visit.language)
    if faults:
        page = SetupTermPage(csrf=csrf, typed=typed, faults=faults)
        return rendered(visit.language, page, visit.around, status=422)
    return go(_STAFF)


@get("/setup/staff", sync_to_thread=True)
def staff_page(request: Asking, visit: Visiting, service: Serving) -> Response[Any]:
    """Choose a staff list, or go on without."""
    return _start(visit, _key(request, service))


@post("/setup/staff", sync_to_thread=True, status_code=200)
def look_at_staff(
    request: Asking, visit: Visiting, sent: Sending, service: Serving
) -> Response[Any]:
    """What would become of the list."""
    csrf, actor = _key(request, service, sent), _made(service)
    try:
        return _list(visit, service, actor, read_sheet(sent), csrf)
    except StaffListError as error:
        return _start(visit, csrf, pasted=sent.text("pasted"), fault=error)


@post("/setup/staff/list", sync_to_thread=True, status_code=200)
def import_staff(
    request: Asking, visit: Visiting, sent: Sending, service: Serving
) -> Response[Any]:
    """Look again, or import it."""
    csrf, actor = _key(request, service, sent), _made(service)
    try:
        sheet, do = sent_sheet(sent), sent.text("do")
        if do in ("all", "good"):
            report = imported(service, actor, sheet, sent, only_good=do == "good")
            if report.import_id is not None:
                return go("/setup/head")
        return _list(visit, service, actor, sheet, csrf)
    except StaffListError as error:
        return _start(visit, csrf, fault=error)


@get("/setup/head", sync_to_thread=True)
def head_page(
    request: Asking, visit: Visiting, service: Serving, settings: Setting
) -> Response[Any]:
    """A button that makes the head's code: looking makes none."""
    csrf, actor = _key(request, service), _made(service)
    return rendered(visit.language, _head(service, actor, settings, csrf), visit.around)


@post("/setup/head", sync_to_thread=True, status_code=200)
def let_head_in(
    request: Asking, visit: Visiting, sent: Sending, service: Serving, settings: Setting
) -> Response[Any]:
    """The head's code with its QR; once it is used, the wizard is over."""
    csrf, actor = _key(request, service, sent), _made(service)
    head = _head_of(service, actor)
    made = service.signing_in.let_in_again(actor, head)
    base = base_of(request, settings)
    code = code_told(visit, service, actor, made, base)
    page = _head(service, actor, settings, csrf, code, made.link_path)
    return rendered(visit.language, page, visit.around)


def _key(request: Asking, service: Service, sent: Sent | None = None) -> str:
    """What the wizard's forms carry.

    Raises:
        NotAllowedError: this browser does not run the wizard, or it is over.
        ForeignFormError: the form is none of the wizard's.
    """
    token = request.cookies.get(_COOKIE, "")
    if not service.starting.knows(token):
        raise NotAllowedError("the first start is for whoever has the console's code")
    csrf = csrf_of(token)
    if sent is not None and not hmac.compare_digest(sent.text("csrf").encode(), csrf.encode()):
        raise ForeignFormError
    return csrf


def _operator(school: str) -> Actor:
    return operator_of(school, "web")


def _made(service: Service) -> Actor:
    """Who acts for the wizard in the school; raises `NotAllowedError` before it is made."""
    school = service.starting.school
    if school is None:
        raise NotAllowedError("the school comes first")
    return _operator(school)


def _guessed(today: date) -> Typed:
    """The term that most schools would have now.

    >>> _guessed(date(2026, 11, 25))["first"], _guessed(date(2027, 1, 8))["name"]
    ('2026-09-01', '2026—2027 学年第一学期')
    >>> _guessed(date(2027, 3, 1))["last"]
    '2027-07-05'
    """
    first = today.year if today.month >= 8 else today.year - 1
    if today.month >= 8 or today.month == 1:
        name, days = "一", (date(first, 9, 1), date(first + 1, 1, 25))
    else:
        name, days = "二", (date(first + 1, 2, 20), date(first + 1, 7, 5))
    return {
        "name": f"{first}—{first + 1} 学年第{name}学期",
        "first": days[0].isoformat(),
        "last": days[1].isoformat(),
    }


def _start(
    visit: Visit, csrf: str, *, pasted: str = "", fault: StaffListError | None = None
) -> Response[Any]:
    page = first_page(
        visit.language, to=_STAFF, csrf=csrf, pasted=pasted, fault=fault, skip="/setup/head"
    )
    return rendered(visit.language, page, visit.around, status=422 if fault else 200)


def _list(visit: Visit, service: Service, actor: Actor, sheet: Sheet, csrf: str) -> Response[Any]:
    page = list_page(service, actor, sheet, visit.language, to=_STAFF, csrf=csrf)
    return rendered(visit.language, page, visit.around, status=200 if page.ok else 422)


def _head_of(service: Service, actor: Actor) -> str:
    view = service.core.view(actor.school_id)
    heads = view.directory.heads(view.today(service.core.now()))
    return view.id_of[heads[0]]


def _head(
    service: Service,
    actor: Actor,
    settings: Settings,
    csrf: str,
    code: Code | None = None,
    here: str = "",
) -> SetupHeadPage:
    return SetupHeadPage(
        csrf=csrf,
        head=service.core.view(actor.school_id).name(_head_of(service, actor)),
        people=len(service.schools.people(actor)),
        code=code,
        here=here,
        alone=not listens_for_others(settings),
    )


WIZARD_ROUTES = (
    setup,
    enter,
    school_page,
    make_school,
    term_page,
    set_term,
    staff_page,
    look_at_staff,
    import_staff,
    head_page,
    let_head_in,
)
