"""Signing in and out, and choosing the language."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from cycles.school import ROLE_TITLES
from cycles_api.assembly import Service
from cycles_api.pages.contexts import SignInPage
from cycles_api.pages.door import door_of
from cycles_api.pages.going import go, inside, said
from cycles_api.pages.rendering import rendered
from cycles_api.pages.sending import ForeignFormError, Sending
from cycles_api.pages.visiting import (
    LANGUAGE_COOKIE,
    Visit,
    Visiting,
    session_cookie,
    session_name,
)
from cycles_api.rest.doing import Serving
from cycles_api.settings import Settings

__all__ = ["SIGN_IN_ROUTES", "OutsideError"]

Setting = NamedDependency[SkipValidation[Settings]]
Next = Annotated[str, QueryParameter(name="next", required=False)]
Done = Annotated[str, QueryParameter(name="done", required=False)]
_YEAR_S = 365 * 24 * 3600


class OutsideError(ForeignFormError):
    """Without encryption, signing in is for the school's own network."""


@get("/sign-in", sync_to_thread=True)
def sign_in_page(
    visit: Visiting, service: Serving, settings: Setting, to: Next = "/", done: Done = ""
) -> Response[Any]:
    """Who are you?"""
    if visit.signed is not None:
        return go(to)
    return _page(visit, service, settings, to=inside(to), told=said(done, visit.language))


@post("/sign-in/demo", sync_to_thread=True, status_code=303)
def demo_sign_in(
    request: Request[Any, Any, Any],
    sent: Sending,
    service: Serving,
    settings: Setting,
) -> Response[Any]:
    """Be one of the people of the demo school."""
    if not settings.demo:
        raise ForeignFormError
    refuse_outside(request, settings)
    opened = door_of(service).demo_sign_in(sent.text("school"), sent.text("person"))
    return go(sent.text("next"), cookies=[session_cookie(settings, opened.token)])


@post("/sign-out", sync_to_thread=True, status_code=303)
def sign_out(
    request: Request[Any, Any, Any],
    visit: Visiting,
    sent: Sending,
    service: Serving,
    settings: Setting,
) -> Response[Any]:
    """Leave."""
    token = request.cookies.get(session_name(settings))
    if visit.signed is not None and token:
        door_of(service).sign_out(token)
    return go("/sign-in", done="signed_out", cookies=[session_cookie(settings, "")])


@post("/language", sync_to_thread=False, status_code=303)
def choose_language(sent: Sending) -> Response[Any]:
    """Read on in the other language."""
    chosen = "en" if sent.text("language") == "en" else "zh"
    cookie = Cookie(
        key=LANGUAGE_COOKIE, value=chosen, path="/", max_age=_YEAR_S, httponly=True, samesite="lax"
    )
    return go(sent.text("back"), cookies=[cookie])


def refuse_outside(request: Request[Any, Any, Any], settings: Settings) -> None:
    """Nobody signs in over an open line from outside; raises `OutsideError`."""
    if settings.is_https:
        return
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return  # a socket of this machine, or a test
    if not (address.is_private or address.is_loopback or address.is_link_local):
        raise OutsideError


def _page(
    visit: Visit, service: Service, settings: Settings, *, to: str, told: str
) -> Response[Any]:
    schools = service.core.store.schools()
    school_id = schools[0].id if schools else ""
    page = SignInPage(
        people=tuple(_demo_people(visit, service, school_id)) if settings.demo else (),
        school_id=school_id,
        next=to,
        said=told,
    )
    return rendered(visit.language, page, visit.around)


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


SIGN_IN_ROUTES = (sign_in_page, demo_sign_in, sign_out, choose_language)
