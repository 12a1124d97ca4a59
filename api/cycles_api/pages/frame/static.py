"""What pages load: style, script, icon; named by content, so kept for good."""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath
from typing import Any, Final

from litestar import Request, Response, get
from litestar.params import FromPath

from cycles_api.errors import NoSuchPathError
from cycles_api.pages.frame.compressing import reads_gzip, smaller
from cycles_api.pages.frame.rendering import HERE

__all__ = ["STATIC_ROUTES"]

_KINDS: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_KEPT: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
}


@get("/static/{name:str}", sync_to_thread=True)
def static(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """One of our files, compressed for those who read it so."""
    found = _files().get(name)
    if found is None:
        raise NoSuchPathError
    content, compressed = found
    headers = dict(_KEPT)
    if reads_gzip(request.headers.get("accept-encoding", "")):
        content, headers["Content-Encoding"] = compressed, "gzip"
    kind = _KINDS[PurePosixPath(name).suffix]
    return Response(content, media_type=f"{kind}; charset=utf-8", headers=headers)


@cache
def _files() -> dict[str, tuple[bytes, bytes]]:
    """Name → content, as it is and compressed; once."""
    files = [p for p in (HERE / "static").iterdir() if p.suffix in _KINDS]
    contents = {p.name: p.read_bytes() for p in files}
    return {name: (content, smaller(content)) for name, content in contents.items()}


STATIC_ROUTES = (static,)
