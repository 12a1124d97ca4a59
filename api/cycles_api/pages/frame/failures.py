"""Whatever goes wrong while a page is made becomes a page that says what is possible."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Request, Response

from cycles.engine.verdicts import Verdict
from cycles.errors import (
    BlockedError,
    CyclesError,
    IdempotencyError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    PreconditionMissingError,
)
from cycles.service import told_of
from cycles_api.errors import (
    BadParameterError,
    BadRequestError,
    MalformedError,
    MethodNotAllowedError,
    NoSuchPathError,
    UnauthenticatedError,
    UnsupportedMediaTypeError,
)
from cycles_api.failures import answer_failure, foreseen
from cycles_api.frame import header_of, request_id_of
from cycles_api.logs import note, where
from cycles_api.pages.frame.contexts import ErrorPage
from cycles_api.pages.frame.going import go, inside
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import ForeignFormError, OutsideError
from cycles_api.pages.frame.visiting import SignInNeededError, around_of, language_chosen
from cycles_api.pages.frame.words import INSTEAD, NOT_A_PAGE, WHOSE
from cycles_api.problems import internal, status_of
from cycles_api.telling import speaker_of
from cycles_api.wording import Language
from cycles_api.wording.language import Both

__all__ = ["answer_anybody", "answer_with_page"]


def answer_anybody(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A page for whoever reads pages, a problem document for all else."""
    accepts = header_of(request.scope, b"accept") or ""
    if request.scope["path"].startswith("/api/") or "text/html" not in accepts:
        return answer_failure(request, error)
    return answer_with_page(request, error)


def answer_with_page(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The page for an error; one that nobody foresaw shows nothing of itself."""
    language, number = language_chosen(request), request_id_of(request.scope)
    if isinstance(error, SignInNeededError):
        to = inside(request.scope["path"]) if request.method == "GET" else "/"
        note(code=error.code)
        return go_to_sign_in(to)
    known = foreseen(request, error)
    if known is None:
        note(code="internal", error=type(error).__name__, where=where(error))
        plain = internal(language, number)
        page = ErrorPage(
            title=plain["title"], detail=plain["detail"], more=(), back="/", number=number
        )
        return rendered(language, page, around_of(request), status=500)
    if isinstance(known, BadParameterError) and _misspelt(request, known):
        known = NoSuchPathError()
    note(code=known.code)
    status = 403 if isinstance(known, ForeignFormError) else status_of(known)
    if status >= 500:
        note(error=type(known).__name__, where=where(known))
    # Not back to what is not there, or not for them.
    gone = isinstance(known, NotFoundError) and known.kind == "cycle"
    back = "/" if gone else _back(request)
    path = request.scope["path"]
    page = _page(known, language, number if status >= 500 else "", back, path)
    return rendered(language, page, around_of(request), status=status)


def _misspelt(request: Request[Any, Any, Any], error: BadParameterError) -> bool:
    """Whether it is the page's own address that cannot be read, not what was asked of the page."""
    return any(fault.field in request.path_params for fault in error.faults)


def go_to_sign_in(to: str) -> Response[Any]:
    """To the page that asks who it is, and back afterwards."""
    answer = go("/sign-in")
    if to != "/":
        answer.headers["Location"] = f"/sign-in?next={quote(to)}"
    return answer


def _page(error: CyclesError, language: Language, number: str, back: str, path: str) -> ErrorPage:
    ours = _OURS.get(type(error))
    if ours is not None:
        title, detail = (said.in_language(language) for said in NOT_A_PAGE[ours])
        return ErrorPage(title=title, detail=detail, more=(), back=back, number=number)
    told = told_of(error)
    speaker = speaker_of(told, language)
    more: list[str] = []
    if isinstance(error, (InvalidInputError, BadParameterError)):
        more = [speaker.fault(f, told.record) for f in error.faults]
    if isinstance(error, BlockedError):
        for verdict in error.verdicts:
            if isinstance(verdict, Verdict) and not verdict.passes:
                more.append(speaker.verdict(verdict))
                more += [speaker.remedy(r) for r in verdict.remedies if r.who]
    instead = _whose(path) if isinstance(error, NotAllowedError) else None
    instead = instead or INSTEAD.get(error.code)
    if instead is not None:
        more.append(instead.in_language(language))
    return ErrorPage(
        title=speaker.title(error.code),
        detail=speaker.error(error),
        more=tuple(more),
        back=back,
        number=number,
    )


def _whose(path: str) -> Both | None:
    """Whose the page at this address is, where that is not a cycle's to say."""
    return next((said for begin, said in WHOSE.items() if path.startswith(begin)), None)


_OURS: dict[type, str] = {
    ForeignFormError: "foreign",
    OutsideError: "outside",
    NoSuchPathError: "no-page",
    UnauthenticatedError: "no-page",
    MethodNotAllowedError: "takes-forms",
    # What a browser cannot send by a form of ours.
    BadRequestError: "foreign",
    IdempotencyError: "foreign",
    MalformedError: "foreign",
    PreconditionMissingError: "foreign",
    UnsupportedMediaTypeError: "foreign",
}


def _back(request: Request[Any, Any, Any]) -> str:
    """The cycle that it was about, where there is one."""
    parts = request.scope["path"].split("/")
    if len(parts) > 3 and parts[1] == "cycles":
        return inside(f"/cycles/{parts[2]}")
    return "/"
