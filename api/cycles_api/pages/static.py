"""What pages load: style, script, icon; named by content, so kept for good."""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath
from typing import Final

from litestar import Response, get
from litestar.params import FromPath

from cycles_api.errors import NoSuchPathError
from cycles_api.pages.rendering import HERE

__all__ = ["STATIC_ROUTES"]

_KINDS: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_KEPT: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


@get("/static/{name:str}", sync_to_thread=True)
def static(name: FromPath[str]) -> Response[bytes]:
    """One of our files."""
    content = _files().get(name)
    if content is None:
        raise NoSuchPathError
    kind = _KINDS[PurePosixPath(name).suffix]
    return Response(content, media_type=f"{kind}; charset=utf-8", headers=_KEPT)


@cache
def _files() -> dict[str, bytes]:
    folder = HERE / "static"
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix in _KINDS}


STATIC_ROUTES = (static,)
