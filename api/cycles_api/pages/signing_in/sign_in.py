"""Signing in and out, and choosing the language."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, QueryParameter

from cycles.errors import InvitationError, SignInError, ThrottledError
from cycles.school import ROLE_TITLES
from cycles.service.signing_in import Opened
from cycles_api.assembly import Service
from cycles_api.logs import note
from cycles_api.pages.frame.going import go, inside, said
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import OutsideError, Sending, Sent
from cycles_api.pages.frame.visiting import (
    LANGUAGE_COOKIE,
    Done,
    Setting,
    Visit,
    Visiting,
    opened_cookie,
    session_cookie,
    session_name,
)
from cycles_api.pages.signing_in.contexts import InvitationPage, SignInPage
from cycles_api.problems import status_of
from cycles_api.rest.doing import Serving
from cycles_api.settings import Settings
from cycles_api.wording import Speaker

__all__ = ["SIGN_IN_ROUTES"]

Asking = Request[Any, Any, Any]
Next = Annotated[str, QueryParameter(name="next", required=False)]
_YEAR_S = 365 * 24 * 3600


@get("/sign-in", sync_to_thread=True)
def sign_in_page(
    visit: Visiting, service: Serving, settings: Setting, to: Next = "/", done: Done = ""
) -> Response[Any]:
    """Who are you?"""
    if visit.signed is not None:
        return go(to)
    if not settings.demo and service.starting.open:
        return go("/setup")
    return _page(visit, service, settings, to=inside(to), told=said(done, visit.language))


@post("/sign-in", sync_to_thread=True, status_code=303)
def sign_in(
    request: Asking, visit: Visiting, sent: Sending, service: Serving, settings: Setting
) -> Response[Any]:
    """Come in by password."""

    def opened(address: str, device: str, trust: bool) -> Opened:
        school, account = sent.text("school"), sent.text("account")
        return service.signing_in.sign_in(
            school, account, sent.text("password"), address=address, device=device, trust=trust
        )

    return _come_in(request, visit, sent, service, settings, opened, by="password")


@get("/in/{code:str}", sync_to_thread=True)
def invitation(code: FromPath[str], visit: Visiting) -> Response[Any]:
    """An invitation's link: it is redeemed by the button, for messengers look at every link."""
    return rendered(visit.language, InvitationPage(code=code[:100]), visit.around)


@post("/in", sync_to_thread=True, status_code=303)
def redeem(
    request: Asking, visit: Visiting, sent: Sending, service: Serving, settings: Setting
) -> Response[Any]:
    """Come in by a code or a link."""

    def opened(address: str, device: str, trust: bool) -> Opened:
        return service.signing_in.redeem(
            sent.text("code"), address=address, device=device, trust=trust
        )

    return _come_in(request, visit, sent, service, settings, opened, by="code")


@post("/sign-in/demo", sync_to_thread=True, status_code=303)
def demo_sign_in(
    request: Asking, visit: Visiting, sent: Sending, service: Serving, settings: Setting
) -> Response[Any]:
    """Be one of the people of the demo school."""

    def opened(_: str, device: str, __: bool) -> Opened:
        school, person = sent.text("school"), sent.text("person")
        return service.signing_in.demo_sign_in(school, person, device=device)

    return _come_in(request, visit, sent, service, settings, opened, by="demo")


@post("/sign-out", sync_to_thread=True, status_code=303)
def sign_out(
    request: Asking, visit: Visiting, sent: Sending, service: Serving, settings: Setting
) -> Response[Any]:
    """Leave; with `everywhere`, on all devices."""
    token = request.cookies.get(session_name(settings))
    if visit.signed is not None and token:
        if sent.text("everywhere"):
            service.signing_in.sign_out_everywhere(visit.signed.actor)
        else:
            service.signing_in.sign_out(token)
    return go("/sign-in", done="signed_out", cookies=[session_cookie(settings, "")])


@post("/language", sync_to_thread=False, status_code=303)
def choose_language(sent: Sending) -> Response[Any]:
    """Read on in the other language."""
    chosen = "en" if sent.text("language") == "en" else "zh"
    cookie = Cookie(
        key=LANGUAGE_COOKIE, value=chosen, path="/", max_age=_YEAR_S, httponly=True, samesite="lax"
    )
    return go(sent.text("back"), cookies=[cookie])


def _come_in(
    request: Asking,
    visit: Visit,
    sent: Sent,
    service: Service,
    settings: Settings,
    opened: Callable[[str, str, bool], Opened],
    *,
    by: str,
) -> Response[Any]:
    """Into a session of one's own, or back to the page with the reason; both are in the log."""
    _refuse_outside(request, settings)
    address = request.client.host if request.client else ""
    device = request.headers.get("user-agent", "")
    note(address=address, by=by)
    try:
        session = opened(address, device, bool(sent.text("trust")))
    except (SignInError, InvitationError, ThrottledError) as error:
        note(code=error.code)
        fault = Speaker(visit.language).error(error)
        to = inside(sent.text("next"))
        return _page(visit, service, settings, to=to, fault=fault, status=status_of(error))
    token = request.cookies.get(session_name(settings))
    if visit.signed is not None and token:
        service.signing_in.sign_out(token)
    actor = session.signed.actor
    note(school=actor.school_id, person=actor.pseudonym)
    guest_of = session.signed.guest_cycle
    to = f"/cycles/{guest_of}" if guest_of else sent.text("next")
    return go(to, cookies=[opened_cookie(settings, session)])


def _refuse_outside(request: Asking, settings: Settings) -> None:
    """Nobody signs in over an open line from outside; raises `OutsideError`."""
    if settings.is_https:
        return
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return  # a socket of this machine
    if not (address.is_private or address.is_loopback or address.is_link_local):
        raise OutsideError


def _page(
    visit: Visit,
    service: Service,
    settings: Settings,
    *,
    to: str,
    told: str = "",
    fault: str = "",
    status: int = 200,
) -> Response[Any]:
    schools = [(s.id, s.name) for s in service.core.store.schools()]
    people = _demo_people(visit, service, schools[0][0]) if settings.demo and schools else []
    page = SignInPage(people=tuple(people), schools=tuple(schools), next=to, said=told, fault=fault)
    return rendered(visit.language, page, visit.around, status=status)


def _demo_people(visit: Visit, service: Service, school_id: str) -> list[tuple[str, str, str]]:
    """Everybody with what they are: id, name, role."""
    view = service.core.view(school_id)
    today = view.today(service.core.now())
    found = []
    for person in view.directory.persons:
        roles = view.directory.roles_of(person.pseudonym, today)
        titles = [ROLE_TITLES[held.role][visit.language] for held in roles]
        groups = [view.groups[held.group].name for held in roles if held.group]
        found.append((person.id, person.name, " · ".join(dict.fromkeys([*titles[:1], *groups]))))
    return found


SIGN_IN_ROUTES = (
    sign_in_page,
    sign_in,
    invitation,
    redeem,
    demo_sign_in,
    sign_out,
    choose_language,
)
