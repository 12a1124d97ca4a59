"""A browser without scripts: signed in as somebody, it reads pages and sends their forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx

from tests.pages.serving import ServedSchool

__all__ = ["Reader", "Readers"]


class Reader:
    """Somebody of the demo school, or nobody, at its pages."""

    def __init__(self, at: ServedSchool, who: str = "", language: str = "zh") -> None:
        self.at = at
        self.client = httpx.Client(
            base_url=at.url,
            headers={"Accept": "text/html", "Accept-Language": language},
            timeout=120,
        )
        if who:
            sent = {"school": at.school.school_id, "person": at.school.people[who], "next": "/"}
            self.client.post("/sign-in/demo", data=sent)

    def get(self, path: str) -> httpx.Response:
        """A page."""
        return self.client.get(path)

    def post(self, path: str, files: Any = None, **sent: Any) -> httpx.Response:
        """A form, with the session's token."""
        return self.client.post(path, data={"csrf": self.csrf(), **sent}, files=files)

    def csrf(self) -> str:
        """What every form of the session carries."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/cycles").text)
        return found[1] if found else ""


Readers = Callable[..., Reader]
