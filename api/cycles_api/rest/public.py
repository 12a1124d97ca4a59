"""What everybody may ask without a token."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, SkipValidation

from cycles.errors import NotFoundError
from cycles_api.auth import PUBLIC
from cycles_api.gate import Gate
from cycles_api.problems import explain
from cycles_api.rest.shapes import Health, ProblemText

__all__ = ["PUBLIC_ROUTES"]


@get("/healthz", sync_to_thread=True, opt=PUBLIC)
def healthz(service: NamedDependency[SkipValidation[Gate]]) -> Health:
    """Whether the programme and its database can work; 503 if not."""
    service.health()
    return Health(status="ok")


@get("/problems/{code:str}", sync_to_thread=False, opt=PUBLIC)
def explain_problem(
    code: Annotated[str, PathParameter(description="A problem's `code`.", max_length=64)],
) -> ProblemText:
    """What an error code means and what to do, in Chinese and English."""
    found = explain(code)
    if found is None:
        raise NotFoundError("problem", code)
    return msgspec.convert(found, ProblemText)


@get("/api/v1/openapi.json", sync_to_thread=True, opt=PUBLIC, include_in_schema=False)
def openapi_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """This API, as OpenAPI 3.1."""
    return Response(
        request.app.state.openapi(),
        media_type=MediaType.JSON,
        headers={"Cache-Control": "max-age=60"},
    )


PUBLIC_ROUTES = (healthz, explain_problem, openapi_document)
