"""Files by the SHA-256 of their bytes, in a folder beside the database.

A file is written under another name first and renamed when it is on the disk: whoever finds one
finds all of it. Equal bytes are stored once a school.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from cycles.errors import NotFoundError, StoreUnavailableError, TooLargeError

__all__ = ["FileFolder", "is_of_disk", "of_disk"]

_CHUNK: Final = 256 * 1024
_DIGEST: Final = re.compile(r"[0-9a-f]{64}").fullmatch
_PARTIAL: Final = ".partial-"
#: See `StoreUnavailableError`.
_REASONS: Final = {
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-full",
    errno.EFBIG: "disk-full",
    errno.EROFS: "read-only",
    errno.EACCES: "read-only",
    errno.EPERM: "read-only",
    errno.EIO: "disk-error",
}


def of_disk(error: OSError) -> StoreUnavailableError:
    """What the system says of a file, in our words; nothing of where the file is."""
    told, code = f"the file cannot be used now: {error.strerror}", error.errno or 0
    reason = _REASONS.get(code, "disk-error")
    return StoreUnavailableError(told, reason=reason, cause=errno.errorcode.get(code, ""))


def is_of_disk(error: Exception) -> bool:
    """Whether the system refused a file for a reason that lies with the disk."""
    return isinstance(error, OSError) and error.errno in _REASONS


def _keep_names(folder: Path) -> None:
    """Have the names in a folder on the disk too; a name can be lost with the power otherwise."""
    if sys.platform == "win32":
        return  # folders cannot be opened there; NTFS keeps a journal of names
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class FileFolder:
    """The attachments of all schools, each school's in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, school_id: str, source: IO[bytes], *, limit: int) -> tuple[str, int]:
        """Store what can be read from `source`; its SHA-256 in hex and its size in bytes.

        Raises:
            TooLargeError: more than `limit` bytes; nothing stays of them.
            StoreUnavailableError: the disk does not take it.
        """
        digest, size = hashlib.sha256(), 0
        folder = self._root / school_id
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix=_PARTIAL, delete=False) as part:
                try:
                    while chunk := source.read(_CHUNK):
                        size += len(chunk)
                        if size > limit:
                            told = f"a file has at most {limit} bytes"
                            raise TooLargeError(told, data={"limit": limit})
                        digest.update(chunk)
                        part.write(chunk)
                    part.flush()
                    os.fsync(part.fileno())
                    part.close()
                    target = self._path(school_id, digest.hexdigest())
                    target.parent.mkdir(exist_ok=True)
                    Path(part.name).replace(target)
                    for made in (target.parent, folder, self._root):
                        _keep_names(made)
                except BaseException:
                    part.close()
                    Path(part.name).unlink(missing_ok=True)
                    raise
        except OSError as error:
            raise of_disk(error) from None
        return digest.hexdigest(), size

    def open(self, school_id: str, digest: str) -> IO[bytes]:
        """The file's bytes, to read; raises `NotFoundError` if there are none."""
        try:
            return self._path(school_id, digest).open("rb")
        except FileNotFoundError:
            raise NotFoundError("file", digest) from None

    def size(self, school_id: str, digest: str) -> int:
        """Its size in bytes; raises `NotFoundError` if it is not there."""
        try:
            return self._path(school_id, digest).stat().st_size
        except FileNotFoundError:
            raise NotFoundError("file", digest) from None

    def remove(self, school_id: str, digest: str) -> None:
        """Let go of a file; one that is not there is no fault."""
        self._path(school_id, digest).unlink(missing_ok=True)

    def digests(self, school_id: str) -> Iterator[str]:
        """The names of all files of a school, sorted."""
        found = (path.name for path in (self._root / school_id).glob("??/*"))
        yield from sorted(name for name in found if _DIGEST(name))

    def clean(self, before: float) -> None:
        """Remove what a killed process left half written, if last written before that time.

        Others may be writing just now; `before` is in seconds since 1970, as `time.time()`.
        """
        for path in self._root.glob(f"*/{_PARTIAL}*"):
            with suppress(OSError):
                if path.stat().st_mtime < before:
                    path.unlink()

    def _path(self, school_id: str, digest: str) -> Path:
        if _DIGEST(digest) is None:
            raise NotFoundError("file", digest)
        return self._root / school_id / digest[:2] / digest
