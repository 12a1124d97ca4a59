"""Who looks at a page, in which language, over which kind of connection."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, Final

from litestar import Request
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from cycles_api.assembly import Service
from cycles_api.errors import RequestError
from cycles_api.logs import note
from cycles_api.pages.door import Signed, door_of
from cycles_api.settings import Settings
from cycles_api.wording import LANGUAGES, Language, language_of

__all__ = [
    "LANGUAGE_COOKIE",
    "Around",
    "SignInNeededError",
    "Signing",
    "Visit",
    "Visiting",
    "language_chosen",
    "session_cookie",
    "session_name",
    "signed_in",
    "visit_of",
]

LANGUAGE_COOKIE: Final = "cycles_lang"
_TERM_S: Final = 180 * 24 * 3600


class SignInNeededError(RequestError):
    """The page is for somebody in particular, and nobody is signed in."""

    code = "unauthenticated"

    def __init__(self) -> None:
        super().__init__("sign in first")


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What every page shows around its own content.

    Attributes:
        language: `zh` or `en`.
        here: The page's own address, to come back to; empty where there is no coming back.
        name: Who is signed in; empty if nobody.
        school: The school's name; empty before signing in.
        csrf: What a form must send back; empty if nobody is signed in.
        demo: Whether nothing here is real.
        open_line: Whether others in the network could read along.
    """

    language: Language
    here: str = ""
    name: str = ""
    school: str = ""
    csrf: str = ""
    demo: bool = False
    open_line: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request for a page."""

    signed: Signed | None
    around: Around

    @property
    def language(self) -> Language:
        """The language that is read."""
        return self.around.language


Visiting = NamedDependency[SkipValidation[Visit]]
Signing = NamedDependency[SkipValidation[Signed]]


def visit_of(
    request: Request[Any, Any, Any],
    service: NamedDependency[SkipValidation[Service]],
    settings: NamedDependency[SkipValidation[Settings]],
) -> Visit:
    """Who comes, by the session's cookie."""
    token = request.cookies.get(session_name(settings))
    signed = door_of(service).session(token) if token else None
    name = school = csrf = ""
    if signed is not None:
        view = service.core.view(signed.actor.school_id)
        name, school = view.name(signed.actor.person), view.row.name
        csrf = signed.csrf
    here = request.scope["path"] if request.method == "GET" else ""
    around = Around(
        language=language_chosen(request),
        here=here,
        name=name,
        school=school,
        csrf=csrf,
        demo=settings.demo,
        open_line=not settings.is_https and not _is_loopback(request),
    )
    return Visit(signed=signed, around=around)


def signed_in(visit: Visiting) -> Signed:
    """Who is signed in; raises `SignInNeededError` if nobody is."""
    if visit.signed is None:
        raise SignInNeededError
    actor = visit.signed.actor
    note(school=actor.school_id, person=actor.pseudonym)
    return visit.signed


def language_chosen(request: Request[Any, Any, Any]) -> Language:
    """The language chosen on a page, else the one that the browser prefers."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    for language in LANGUAGES:
        if chosen == language:
            return language
    return language_of(request.headers.get("accept-language"))


def session_name(settings: Settings) -> str:
    """The cookie's name; with https one that no other host can set."""
    return "__Host-cycles" if settings.is_https else "cycles"


def session_cookie(settings: Settings, token: str) -> Cookie:
    """The session's cookie; an empty token takes it away."""
    return Cookie(
        key=session_name(settings),
        value=token,
        path="/",
        max_age=_TERM_S if token else 0,
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def _is_loopback(request: Request[Any, Any, Any]) -> bool:
    client = request.client
    try:
        return client is not None and ipaddress.ip_address(client.host).is_loopback
    except ValueError:
        return False
