"""An address as a picture that phones read, and where the server is to be found."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import segno
from litestar import Request
from markupsafe import Markup

from cycles_api.reaching import is_here, url_for_phones
from cycles_api.settings import Settings

__all__ = ["base_of", "is_only_here", "qr_of"]


def base_of(request: Request[Any, Any, Any], settings: Settings) -> str:
    """What stands before the paths of links that others open, on their own phones."""
    return url_for_phones(settings, request.headers.get("host", ""))


def is_only_here(address: str) -> bool:
    """Whether no other device can open the address: it names the very computer that asks.

    >>> is_only_here("http://127.0.0.1:8000/c/x"), is_only_here("http://cycles.school/c/x")
    (True, False)
    """
    return is_here(urlsplit(address).hostname or "")


def qr_of(link: str) -> Markup:
    """The link as SVG, dark on white in light and dark alike."""
    drawn = segno.make(link, error="m", micro=False).svg_inline(
        omitsize=True, border=2, svgclass="qr", lineclass=None, light="#fff"
    )
    return Markup(drawn)  # noqa: S704  # made from our own address, by squares
