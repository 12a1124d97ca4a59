"""Where all parts are joined: settings, the service, the log and the routes make one app."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from typing import Any, Final

import msgspec
from litestar import Litestar, Request, Router
from litestar.concurrency import set_asyncio_executor
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import License
from litestar.types import ControllerRouterHandler
from structlog.typing import FilteringBoundLogger

from cycles_api.auth import BearerAuth
from cycles_api.direct import Direct
from cycles_api.errors import NoSuchPathError
from cycles_api.failures import language_of_request
from cycles_api.frame import Frame
from cycles_api.gate import Actor, Gate
from cycles_api.head import HeadAsGet
from cycles_api.logs import make_log
from cycles_api.openapi import document
from cycles_api.pages import PAGES
from cycles_api.pages.frame.failures import answer_anybody
from cycles_api.rest.cycles import CYCLE_ROUTES
from cycles_api.rest.feedback import FEEDBACK_ROUTES
from cycles_api.rest.files import FILE_ROUTES
from cycles_api.rest.headers import given
from cycles_api.rest.lifecycle import LIFECYCLE_ROUTES
from cycles_api.rest.log import LOG_ROUTES
from cycles_api.rest.me import ME_ROUTES
from cycles_api.rest.public import PUBLIC_ROUTES
from cycles_api.rest.reading import JsonRequest
from cycles_api.rest.records import RECORD_ROUTES
from cycles_api.rest.samples import SAMPLE_ROUTES
from cycles_api.rest.school import SCHOOL_ROUTES
from cycles_api.rest.workflows import WORKFLOW_ROUTES
from cycles_api.settings import Settings
from cycles_api.wording import Language

__all__ = ["ROUTES", "create_app"]

#: Everything that is served.
ROUTES: Final[tuple[ControllerRouterHandler, ...]] = (
    *PUBLIC_ROUTES,
    *ME_ROUTES,
    *WORKFLOW_ROUTES,
    *CYCLE_ROUTES,
    *RECORD_ROUTES,
    *FEEDBACK_ROUTES,
    *LIFECYCLE_ROUTES,
    *FILE_ROUTES,
    *LOG_ROUTES,
    *SAMPLE_ROUTES,
    *SCHOOL_ROUTES,
    PAGES,
)


def create_app(
    settings: Settings,
    service: Gate,
    *,
    log: FilteringBoundLogger | None = None,
    routes: Sequence[ControllerRouterHandler] = ROUTES,
) -> Litestar:
    """The web application; call it before an event loop runs.

    Args:
        settings: The choices of this installation.
        service: What people's requests are handed to.
        log: Where lines go; standard error in the form that the settings ask for, if left out.
        routes: What is served; closed to everybody without a token unless a route is public.
    """
    # One pool for all handlers of the process: Litestar keeps it in one place for all apps.
    pool = ThreadPoolExecutor(settings.threads, thread_name_prefix="cycles")
    set_asyncio_executor(pool)
    app = Litestar(
        # In one router: registered one by one, handlers that share an address would be put into
        # a thread within a thread (litestar#4738).
        route_handlers=[Router("/", route_handlers=list(routes))],
        middleware=[BearerAuth(service)],
        dependencies={
            "service": Provide(lambda: service, sync_to_thread=False),
            "settings": Provide(lambda: settings, sync_to_thread=False),
            "actor": Provide(_actor, sync_to_thread=False),
            "language": Provide(_language, sync_to_thread=False),
            "given": Provide(given),
        },
        exception_handlers={Exception: answer_anybody},
        request_class=JsonRequest,
        request_max_body_size=settings.json_limit,
        logging_config=None,
        openapi_config=_openapi_config(),
        state=State({}),
    )
    # Made when somebody asks for it: a start is sooner without.
    app.state.openapi = cache(lambda: msgspec.json.encode(document(app)))
    chosen = log or make_log(settings.log_format, sys.stderr)
    app.asgi_handler = Frame(HeadAsGet(Direct(app, service, settings, pool)), chosen)
    return app


def _actor(request: Request[Any, Any, Any]) -> Actor:
    found: Actor = request.user
    return found


def _language(request: Request[Any, Any, Any]) -> Language:
    return language_of_request(request)


def _nothing_here(_: ASGIConnection[Any, Any, Any, Any], __: BaseRouteHandler) -> None:
    raise NoSuchPathError


def _openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Cycles",
        version=version("cycles"),
        summary="Lesson study and its siblings as guarded, logged cycles.",
        description=(
            "Each change needs an `Idempotency-Key`; transitions, lifecycle verbs and superseding "
            "need `If-Match` with the cycle's revision. Whatever is refused is answered with a "
            "problem document that says why and what is possible instead, in the language of "
            "`Accept-Language` (zh, en). What belongs to others is 404."
        ),
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        # Litestar always serves pages of its own; /api/v1/openapi.json is the one that holds.
        openapi_router=Router(
            "/schema", route_handlers=[], guards=[_nothing_here], include_in_schema=False
        ),
        render_plugins=[JsonRenderPlugin()],
    )
