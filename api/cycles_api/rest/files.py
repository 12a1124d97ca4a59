"""Attachments: send one, fetch one."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.params import SkipValidation
from litestar.types import Receive

from cycles.errors import FieldFault, InvalidInputError, TooLargeError
from cycles.service import KINDS
from cycles_api.errors import BadRequestError, UnsupportedMediaTypeError
from cycles_api.rest.doing import Asking, Serving
from cycles_api.rest.headers import sends
from cycles_api.rest.ids import Digest
from cycles_api.rest.open_file import OpenFile
from cycles_api.rest.sent import SentFile
from cycles_api.settings import Settings

__all__ = ["FILE_ROUTES"]

#: What surrounds the file in the body.
_AROUND: Final = 64 * 1024
_MOST: Final = 501 * 1024 * 1024
_ENDINGS: Final = {kind: ending for ending, kind in reversed(KINDS.items())}


@post("/api/v1/files", status_code=200, request_max_body_size=_MOST, opt={"multipart": True})
async def send_file(
    request: Request[Any, Any, Any],
    service: Serving,
    actor: Asking,
    settings: NamedDependency[SkipValidation[Settings]],
) -> SentFile:
    """Send a file.

    One part `file` of `multipart/form-data`; the digest in the answer is what a record names.
    A file is known by its content: sent again, it is the same, so no key is needed.
    """
    kind, options = request.content_type
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise UnsupportedMediaTypeError("multipart/form-data")
    parts = await _parts(request, settings.file_limit)
    try:
        found = parts[0][1] if len(parts) == 1 and parts[0][0] == "file" else None
        if not isinstance(found, UploadFile):
            raise InvalidInputError([FieldFault(field="file", code="required", data={})])
        sent = await sync_to_thread(
            service.attachments.send, actor, found.filename, found.file, limit=settings.file_limit
        )
        return SentFile(digest=sent.digest, size=sent.size, kind=sent.kind)
    finally:
        for _, part in parts:
            if isinstance(part, UploadFile):
                await part.close()


@get(
    "/api/v1/files/{digest:str}",
    sync_to_thread=True,
    opt=sends("ETag", "Content-Disposition", media=tuple(_ENDINGS)),
)
def fetch_file(digest: Digest, service: Serving, actor: Asking) -> OpenFile:
    """Fetch a file.

    One that you sent, or that a record names which you may read.
    """
    known, source = service.attachments.fetch(actor, digest)
    name = f"{digest[:12]}.{_ENDINGS.get(known.kind, 'bin')}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "ETag": f'"{digest}"',
    }
    return OpenFile(source, size=known.size, media_type=known.kind, headers=headers)


async def _parts(request: Request[Any, Any, Any], limit: int) -> list[tuple[str, Any]]:
    """The parts of the body by name; whatever is too large is refused while it is sent."""
    announced = request.headers.get("content-length", "")
    body = _Body(request.receive, limit + _AROUND)
    request.receive = body
    try:
        if not announced.isdecimal() or int(announced) <= limit + _AROUND:
            return list((await request.form()).multi_items())
    except (LookupError, UnicodeError) as error:
        raise BadRequestError("a part cannot be read") from error
    except ClientException:
        if body.is_gone:
            raise BadRequestError("the client went away") from None
        if not body.is_too_large:
            raise
    raise TooLargeError(f"a file has at most {limit} bytes", data={"limit": limit})


class _Body:
    """The body of an upload, which ends where it is longer than one file can be.

    It ends instead of failing, because Litestar closes the parts read so far only if what it is
    given makes no sense; whoever reads it then asks what was wrong.
    """

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._left = receive, most
        self.is_too_large = self.is_gone = False

    async def __call__(self) -> Any:
        """The next message of the server."""
        message: Any = await self._receive()
        self._left -= len(message.get("body", b""))
        self.is_too_large = self._left < 0
        self.is_gone = message["type"] == "http.disconnect"
        if self.is_too_large or self.is_gone:
            return {"type": "http.request", "body": b"", "more_body": False}
        return message


FILE_ROUTES = (send_file, fetch_file)
