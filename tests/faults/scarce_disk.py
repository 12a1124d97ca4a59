"""A disk that is full when a test says so, and has space again when it says so.

The real door is a small file system in memory: the system itself says `ENOSPC`. It needs the right
to mount, which root has, also in most containers. Everywhere on Linux a process can be forbidden
to make any file longer, and be allowed it again, from outside and without rights: to SQLite this
is a disk that takes no more. So both are tried where both can be, and the second one always.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from tests.faults.served import ServerProcess

if sys.platform != "win32":
    import resource

__all__ = ["DISKS", "Disk", "Forbidden", "SmallDisk"]

#: In megabytes; an empty PostgreSQL takes about seventy.
_SIZE = 160


class Disk(Protocol):
    """Where the database is."""

    folder: Path

    def fill(self, server: ServerProcess) -> None:
        """From now on nothing more fits on it."""
        ...

    def free(self, server: ServerProcess) -> None:
        """There is space again."""
        ...


class SmallDisk:
    """A file system in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, server: ServerProcess) -> None:
        """Write a file until the system refuses it."""
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while ballast.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def free(self, server: ServerProcess) -> None:
        """Remove that file."""
        self._ballast.unlink()

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"


class Forbidden:
    """A process that may not write into files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, server: ServerProcess) -> None:
        """Set its limit to nothing."""
        _, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, hard))

    def free(self, server: ServerProcess) -> None:
        """Set it to what it was."""
        _, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def _small_disk() -> Iterator[SmallDisk]:
    size = f"size={_SIZE}m"
    with tempfile.TemporaryDirectory(prefix="small-disk-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
        try:
            yield SmallDisk(Path(folder))
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def _forbidden() -> Iterator[Forbidden]:
    with tempfile.TemporaryDirectory(prefix="forbidden-") as folder:
        yield Forbidden(Path(folder))


def _may_mount() -> bool:
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        words = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]
        if subprocess.run(words, capture_output=True, check=False).returncode != 0:
            return False
        subprocess.run(["umount", folder], check=True)
        return True


#: What can be had here.
DISKS: dict[str, Callable[[], AbstractContextManager[Disk]]] = {"forbidden": _forbidden}
if _may_mount():
    DISKS["small disk"] = _small_disk
