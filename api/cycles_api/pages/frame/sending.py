"""What a form sends: read, and believed only if it comes from a page of ours."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from typing import Any, Final

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from cycles.errors import TooLargeError
from cycles_api.errors import BadRequestError, RequestError
from cycles_api.pages.frame.masking import unmasked
from cycles_api.pages.frame.visiting import Visiting
from cycles_api.settings import Settings

__all__ = ["ForeignFormError", "OutsideError", "Sending", "Sent", "sent_by"]

#: What a form may hold beside its file.
_AROUND: Final = 1024 * 1024
_FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")


class ForeignFormError(RequestError):
    """A form that no page of this session has shown."""

    def __init__(self) -> None:
        super().__init__("the form does not come from a page of this session")


class OutsideError(ForeignFormError):
    """Without encryption, signing in is for the school's own network."""


class Sent:
    """A form's values by name, in the order sent."""

    def __init__(self, values: list[tuple[str, str | UploadFile]]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """The first text of this name, its line ends made ours; empty if there is none."""
        found = (v for n, v in self._values if n == name and isinstance(v, str))
        return next(found, "").replace("\r\n", "\n")

    def texts(self, name: str) -> list[str]:
        """All texts of this name that say something."""
        return [v for n, v in self._values if n == name and isinstance(v, str) and v]

    def under(self, prefix: str) -> dict[str, str]:
        """What follows the prefix in a name → its text."""
        at = len(prefix)
        found = [(n[at:], v) for n, v in self._values if n.startswith(prefix)]
        return {n: v.replace("\r\n", "\n") for n, v in found if isinstance(v, str)}

    def file(self, name: str) -> UploadFile | None:
        """The file of this name, if one was chosen."""
        found = (v for n, v in self._values if n == name and isinstance(v, UploadFile))
        return next((f for f in found if f.filename), None)

    async def close(self) -> None:
        """Let go of the files."""
        for _, value in self._values:
            if isinstance(value, UploadFile):
                await value.close()


Sending = NamedDependency[SkipValidation[Sent]]


async def sent_by(
    request: Request[Any, Any, Any],
    visit: Visiting,
    settings: NamedDependency[SkipValidation[Settings]],
) -> AsyncIterator[Sent]:
    """The form; raises `ForeignFormError`, and `TooLargeError` before it is read."""
    _refuse_foreign(request, settings)
    length, limit = request.headers.get("content-length", ""), settings.file_limit + _AROUND
    if not length.isdecimal() or int(length) > limit:
        raise TooLargeError("a form is too large", data={"limit": settings.file_limit})
    if request.content_type[0] not in _FORMS:
        raise BadRequestError("not a form")
    sent = Sent(list((await request.form()).multi_items()))
    try:
        if visit.signed is not None:
            given = unmasked(sent.text("csrf")).encode()
            if not hmac.compare_digest(given, visit.signed.csrf.encode()):
                raise ForeignFormError
        yield sent
    finally:
        await sent.close()


def _refuse_foreign(request: Request[Any, Any, Any], settings: Settings) -> None:
    """Before anything is read: a browser says from which site a form was sent."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise ForeignFormError
    if origin is None:
        return
    ours = {request.headers.get("host", ""), settings.url.partition("://")[2]}
    if origin.partition("://")[2] not in ours - {""}:
        raise ForeignFormError
