"""Whatever goes wrong while a request is handled becomes a problem document."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    LitestarException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE

from cycles.errors import CyclesError, FieldFault, StoreUnavailableError, TooLargeError
from cycles.service import told_of
from cycles.store.files import is_of_disk, of_disk
from cycles_api.errors import (
    BadParameterError,
    BadRequestError,
    MalformedError,
    MethodNotAllowedError,
    NoSuchPathError,
    RequestError,
    UnauthenticatedError,
    UnsupportedMediaTypeError,
)
from cycles_api.frame import header_of, request_id_of
from cycles_api.logs import note, where
from cycles_api.problems import MEDIA_TYPE, internal, problem_of, status_of
from cycles_api.rest.reading import fault_code
from cycles_api.telling import speaker_of
from cycles_api.wording import Language, language_of

__all__ = ["answer_failure", "foreseen", "language_of_request"]

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: What ends by itself may be tried again soon; where somebody has to mend something, later.
_RETRY_SOON_S, _RETRY_LATER_S = 2, 30
_TO_BE_MENDED = frozenset({"disk-full", "disk-error", "read-only"})


def answer_failure(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The problem document for an error; one that nobody foresaw shows nothing of itself."""
    language, request_id = language_of_request(request), request_id_of(request.scope)
    known = foreseen(request, error)
    if known is None:
        note(code="internal", error=type(error).__name__, where=where(error))
        return _response(internal(language, request_id), {})
    status = status_of(known)
    note(code=known.code)
    if status >= 500:
        note(error=type(known).__name__, where=where(known))
    told = told_of(known)
    plain = problem_of(known, speaker_of(told, language), record=told.record)
    headers = dict(known.headers) if isinstance(known, RequestError) else {}
    if isinstance(known, StoreUnavailableError):
        later = known.reason in _TO_BE_MENDED
        headers["Retry-After"] = str(_RETRY_LATER_S if later else _RETRY_SOON_S)
        note(reason=known.reason, cause=known.cause)
    if isinstance(known, MethodNotAllowedError):
        headers["Allow"] = ", ".join(known.allowed)
    return _response({**plain, "request_id": request_id}, headers)


def language_of_request(request: Request[Any, Any, Any]) -> Language:
    """The language that whoever asks reads."""
    return language_of(header_of(request.scope, b"accept-language"))


def _response(plain: dict[str, Any], headers: dict[str, str]) -> Response[bytes]:
    return Response(
        msgspec.json.encode(plain),
        status_code=plain["status"],
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def foreseen(request: Request[Any, Any, Any], error: Exception) -> CyclesError | None:
    """The error of ours that it is, or that it comes to; `None` for what nobody foresaw."""
    if isinstance(error, CyclesError):
        return error
    if isinstance(error, OSError) and is_of_disk(error):
        return of_disk(error)  # of an upload or an export under way: a full folder for such
    if isinstance(error, ValidationException):
        return _invalid(error)
    if isinstance(error, MethodNotAllowedException):
        return MethodNotAllowedError(_allowed(request))
    if isinstance(error, NotFoundException):
        return NoSuchPathError()
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _refused(request, error)
    if isinstance(error, LitestarException) and "disconnected" in str(error):
        return BadRequestError("the client went away")
    return None


def _refused(request: Request[Any, Any, Any], error: HTTPException) -> CyclesError:
    match error.status_code:
        case 401:
            return UnauthenticatedError()
        case 415:
            return UnsupportedMediaTypeError("application/json")
        case status if status == HTTP_413_REQUEST_ENTITY_TOO_LARGE:
            limit = request.route_handler.resolve_request_max_body_size()
            return TooLargeError(f"at most {limit} bytes", data={"limit": limit})
    return BadRequestError(error.detail)


def _invalid(error: ValidationException) -> CyclesError:
    """Faults of parameters; a body is read by `read_shape`, so only its absence comes here."""
    extra = [e for e in error.extra if isinstance(e, dict)] if error.extra else []
    keys = [str(e.get("key", "")) for e in extra]
    if any(key == "data" or key.startswith("data.") for key in keys):
        return MalformedError("there is no body")
    faults = [
        FieldFault(
            field=str(told.get("key", "")).removesuffix("_header") or "address",
            code=fault_code(str(told.get("message", ""))),
            data={},
        )
        for told in extra
    ]
    return BadParameterError(faults) if faults else BadRequestError(error.detail)


def _allowed(request: Request[Any, Any, Any]) -> list[str]:
    """The methods that the request's address does take."""
    found = []
    for method in _METHODS:
        try:
            request.app.asgi_router.handle_routing(path=request.scope["path"], method=method)
        except HTTPException:
            continue
        found.append(method)
    return [*found, "HEAD"] if "GET" in found else found
