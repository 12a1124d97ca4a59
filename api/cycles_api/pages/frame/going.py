"""Where a browser is sent after a form, and nowhere outside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response
from litestar.datastructures import Cookie

from cycles_api.pages.frame.rendering import HEADERS
from cycles_api.pages.frame.words import DONE
from cycles_api.wording import Language

__all__ = ["go", "inside", "said"]

_INSIDE: Final = re.compile(
    r"/(?![/\\])[A-Za-z0-9/_.~-]{0,200}(\?[a-z]{1,20}=[A-Za-z0-9_-]{0,60})?"
)


def go(to: str, *, done: str = "", cookies: Sequence[Cookie] = ()) -> Response[Any]:
    """The answer that sends a browser to a page, which then says what was done."""
    address = inside(to)
    if done:
        address += f"{'&' if '?' in address else '?'}{urlencode({'done': done})}"
    headers = {**HEADERS, "Location": address}
    return Response(None, status_code=303, headers=headers, cookies=list(cookies))


def inside(address: str) -> str:
    """The address if it is one of ours, else the first page.

    >>> inside("/cycles/1"), inside("//elsewhere.example"), inside("https://elsewhere.example")
    ('/cycles/1', '/', '/')
    """
    return address if _INSIDE.fullmatch(address) else "/"


def said(done: str | None, language: Language) -> str:
    """What was done just before; empty for what is not known."""
    known = DONE.get(done or "")
    return known.in_language(language) if known else ""
