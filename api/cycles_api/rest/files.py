"""Attachments: send one, fetch one."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Stream

from cycles.errors import FieldFault, InvalidInputError, TooLargeError
from cycles.service import KINDS
from cycles_api.errors import BadRequestError, UnsupportedMediaTypeError
from cycles_api.rest.doing import Asking, Serving
from cycles_api.rest.ids import Digest
from cycles_api.rest.log import chunks
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
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > settings.file_limit + _AROUND:
        limit = settings.file_limit
        raise TooLargeError(f"a file has at most {limit} bytes", data={"limit": limit})
    try:
        parts = list((await request.form()).multi_items())
    except (LookupError, UnicodeError) as error:
        raise BadRequestError("a part cannot be read") from error
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


@get("/api/v1/files/{digest:str}", sync_to_thread=True)
def fetch_file(digest: Digest, service: Serving, actor: Asking) -> Stream:
    """Fetch a file.

    One that you sent, or that a record names which you may read.
    """
    known, source = service.attachments.fetch(actor, digest)
    name = f"{digest[:12]}.{_ENDINGS.get(known.kind, 'bin')}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(known.size),
        "ETag": f'"{digest}"',
    }
    return Stream(chunks(source), media_type=known.kind, headers=headers)


FILE_ROUTES = (send_file, fetch_file)
