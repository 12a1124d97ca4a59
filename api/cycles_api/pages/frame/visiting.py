"""Who looks at a page, in which language, over which kind of connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from litestar import Request
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.params import QueryParameter, SkipValidation
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from cycles.school import ADMIN, AUDITOR, DEPUTY, GROUP_HEAD, HEAD
from cycles.service.actors import may
from cycles.service.signing_in import Opened, Signed
from cycles_api.assembly import Service
from cycles_api.errors import RequestError
from cycles_api.logs import note
from cycles_api.pages.frame.masking import masked
from cycles_api.reaching import host_of, is_here
from cycles_api.settings import Settings
from cycles_api.wording import LANGUAGES, Language, language_of

__all__ = [
    "LANGUAGE_COOKIE",
    "Around",
    "Done",
    "FreshCookie",
    "Setting",
    "SignInNeededError",
    "Signing",
    "Visit",
    "Visiting",
    "around_of",
    "language_chosen",
    "opened_cookie",
    "session_cookie",
    "session_name",
    "signed_in",
    "visit_of",
]

LANGUAGE_COOKIE: Final = "cycles_lang"
_FRESH: Final = "cycles_fresh_cookie"
_AROUND: Final = "cycles_around"


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
        person: Their id: what they write is kept under it on a phone that several use.
        school: The school's name; empty before signing in.
        csrf: What a form must send back, another text on every page; empty if nobody is signed in.
        demo: Whether nothing here is real.
        open_line: Whether others in the network could read along.
        invites: Whether whoever is signed in may let others in.
        audits: Whether the log is theirs to search and to check.
        leads: Whether there is a group board for them.
        covers: Whether a term's report lessons are theirs to look at: all, or their own.
        plans: Whether the plan is, too.
        runs: Whether the school itself is theirs to look after, or to see looked after.
    """

    language: Language
    here: str = ""
    name: str = ""
    person: str = ""
    school: str = ""
    csrf: str = ""
    demo: bool = False
    open_line: bool = False
    invites: bool = False
    audits: bool = False
    leads: bool = False
    covers: bool = False
    plans: bool = False
    runs: bool = False


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
Setting = NamedDependency[SkipValidation[Settings]]
#: What was just done, to be said on the page that follows.
Done = Annotated[str, QueryParameter(name="done", required=False)]
Signing = NamedDependency[SkipValidation[Signed]]


def visit_of(
    request: Request[Any, Any, Any],
    service: NamedDependency[SkipValidation[Service]],
    settings: NamedDependency[SkipValidation[Settings]],
) -> Visit:
    """Who comes, by the session's cookie."""
    token = request.cookies.get(session_name(settings))
    signed = service.signing_in.session(token) if token else None
    name = school = csrf = ""
    if signed is not None:
        if signed.fresh is not None:
            again = session_cookie(settings, signed.fresh, signed)
            request.scope["state"][_FRESH] = again.to_encoded_header()
        service.outbox.on_a_new_day(signed.actor.school_id)
        view = service.core.view(signed.actor.school_id)
        name, school = view.name(signed.actor.person), view.row.name
        csrf = masked(signed.csrf)
    here = request.scope["path"] if request.method == "GET" else ""
    around = Around(
        language=language_chosen(request),
        here=here,
        name=name,
        person=signed.actor.person if signed is not None else "",
        school=school,
        csrf=csrf,
        demo=settings.demo,
        invites=signed is not None and signed.actor.holds(HEAD, DEPUTY, GROUP_HEAD, ADMIN),
        audits=signed is not None and signed.actor.holds(HEAD, DEPUTY, AUDITOR),
        leads=signed is not None and signed.actor.holds(HEAD, DEPUTY, GROUP_HEAD),
        covers=signed is not None and may("coverage", signed.actor),
        plans=signed is not None and may("plan", signed.actor),
        runs=signed is not None and may("people", signed.actor),
        open_line=not settings.is_https and not _stays_here(request),
    )
    request.scope["state"][_AROUND] = around
    return Visit(signed=signed, around=around)


def around_of(request: Request[Any, Any, Any]) -> Around:
    """What stands around a page that nobody foresaw: as much as was found out before."""
    found: Around | None = request.scope["state"].get(_AROUND)
    return found or Around(language=language_chosen(request))


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


def session_cookie(settings: Settings, token: str, signed: Signed | None = None) -> Cookie:
    """The session's cookie; without a session it is taken away.

    On a device that is not somebody's own it is gone with the browser.
    """
    max_age = 0
    if signed is not None:
        max_age = int((signed.expires_at - datetime.now(UTC)).total_seconds())
    return Cookie(
        key=session_name(settings),
        value=token,
        path="/",
        max_age=max_age if signed is None or signed.trusted else None,
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def opened_cookie(settings: Settings, opened: Opened) -> Cookie:
    """The cookie of a session that was just opened."""
    return session_cookie(settings, opened.token, opened.signed)


class FreshCookie(ASGIMiddleware):
    """Sends a session's new text with whatever is answered."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Handle one request."""

        async def with_cookie(message: Message) -> None:
            fresh = scope["state"].get(_FRESH)
            if fresh is not None and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], fresh]
            await send(message)

        await next_app(scope, receive, with_cookie)


def _stays_here(request: Request[Any, Any, Any]) -> bool:
    """Whether the browser runs on this very computer, by the name that it asked for."""
    name, _ = host_of(request.headers.get("host", ""))
    return is_here(name)
