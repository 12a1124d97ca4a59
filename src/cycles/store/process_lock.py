"""A lock that one process holds until it ends, however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cycles.errors import StoreError, StoreUnavailableError

__all__ = ["ProcessLock"]


class ProcessLock:
    """Held from the moment it is made; the operating system lets go of it with the process.

    Raises `StoreError` if another process holds it. The file says who did last, and stays.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise StoreUnavailableError(f"{path} cannot be locked: {error}") from error
        try:
            _lock(self._file)
        except OSError:
            holder = os.read(self._file, 20).decode("ascii", "replace").strip()
            os.close(self._file)
            told = f"process {holder}" if holder else "another process"
            raise StoreError(
                f"{told} serves this database already; SQLite has one server at a time,"
                " PostgreSQL as many as you like"
            ) from None
        os.truncate(self._file, 0)
        os.write(self._file, b"%d" % os.getpid())

    def release(self) -> None:
        """Let the next one have it."""
        os.close(self._file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        # Far behind the number in the file, which stays readable for the others.
        os.lseek(file, 1 << 20, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
