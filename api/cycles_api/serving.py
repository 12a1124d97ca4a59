"""How the application is put on the network: one uvicorn in one process."""

from __future__ import annotations

import sys
from typing import Final

import uvicorn
from litestar.types import ASGIApp

from cycles_api.settings import Settings

__all__ = ["server_of"]

#: How long requests under way may take to end once the server is told to stop.
_GRACE_S: Final = 20
#: How long a thread computes while another one waits. The loop that listens should not wait
#: long: at 32 connections this halves what the slowest wait, and costs nothing.
_TURN_S: Final = 0.0005


def server_of(app: ASGIApp, settings: Settings) -> uvicorn.Server:
    """A server that listens where the settings say; `run()` starts it, a signal ends it."""
    sys.setswitchinterval(_TURN_S)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            access_log=False,  # our own line says more, and only what may be said
            log_config=None,
            server_header=False,
            # Nobody is believed about where they come from but the proxies that are named.
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=list(settings.proxies),
            ws="none",
            timeout_graceful_shutdown=_GRACE_S,
        )
    )
