"""Zips from outside: how long the list of what they hold may be before it is read."""

from __future__ import annotations

import struct
import zipfile
from typing import IO, Final

__all__ = ["open_zip"]

#: What the list of parts may take, in bytes: some ten thousand parts, more than any document has.
_MAX_LIST: Final = 1024 * 1024
_END: Final = 22
_COMMENT: Final = 0xFFFF
#: What stands before the end in the larger kind of zip, and says where its sizes are.
_LOCATOR: Final = 20


def open_zip(source: IO[bytes]) -> zipfile.ZipFile:
    """The zip, if its list of parts is no longer than that of any document.

    Python reads the list as a whole, an object for each part, before one part can be asked for.

    Raises:
        zipfile.BadZipFile: it is longer, or this is no zip.
    """
    size = source.seek(0, 2)
    source.seek(max(0, size - _LOCATOR - _END - _COMMENT))
    tail = source.read()
    at = tail.rfind(b"PK\x05\x06")
    # The larger kind of zip keeps its sizes elsewhere; no document needs it.
    if at < 0 or len(tail) < at + _END or tail.rfind(b"PK\x06\x07", 0, at) >= 0:
        raise zipfile.BadZipFile
    (list_size,) = struct.unpack_from("<I", tail, at + 12)
    if list_size > _MAX_LIST:
        raise zipfile.BadZipFile
    source.seek(0)
    return zipfile.ZipFile(source)
