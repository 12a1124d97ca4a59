"""A browser without scripts: somebody signed in, and what a page's form would send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import httpx

from tests.pages.serving import ServedSchool

__all__ = ["form_of", "signed_in"]


@contextmanager
def signed_in(at: ServedSchool, who: str, language: str = "zh-CN") -> Iterator[httpx.Client]:
    """Somebody of the demo school, signed in; redirects are followed."""
    headers = {"Accept-Language": language, "Accept": "text/html"}
    with httpx.Client(
        base_url=at.url, follow_redirects=True, timeout=60, headers=headers
    ) as client:
        client.post("/sign-in/demo", data=at.demo_sign_in(who))
        yield client


def form_of(page: str, action: str, **chosen: str) -> dict[str, str]:
    """The hidden fields of the form with this address, and these values in it.

    Raises `LookupError` if there is no such form.
    """
    for form in re.findall(rf'<form[^>]*action="{action}".*?</form>', page, flags=re.DOTALL):
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
        values = {name: unescape(value) for name, value in hidden}
        if all(values.get(name) == value for name, value in chosen.items()):
            return values
    raise LookupError(f"no form for {action} with {chosen}")
