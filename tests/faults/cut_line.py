"""A line to PostgreSQL that breaks at the worst moment: while a command is being committed."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from sqlalchemy import make_url

__all__ = ["CutLine", "cut_line"]

#: What PostgreSQL answers to an `INSERT` of one row, and to a `COMMIT` that was kept.
_INSERTED, _COMMITTED = b"INSERT 0 1\0", b"COMMIT\0"
_WRITES = b"INSERT INTO entry "

Moment = Literal["before", "after"]


class CutLine:
    """Passes everything on, until it is told to break.

    Args:
        behind: Where PostgreSQL listens.
        line: Listens where the server connects to.
    """

    def __init__(self, behind: str, line: socket.socket) -> None:
        self._behind, self._line = behind, line
        self._moment: Moment | None = None
        self._then: Callable[[], None] = lambda: None
        #: Set once the line was cut.
        self.cut = threading.Event()

    def break_once(self, moment: Moment, then: Callable[[], None]) -> None:
        """Break the next connection that writes, and do something else at that moment.

        `before`: the database never hears of the change. `after`: the database has committed it,
        and the server is not told.
        """
        self.cut.clear()
        self._moment, self._then = moment, then

    def run(self) -> None:
        """Pass on, until the line is closed."""
        with suppress(OSError):
            while True:
                near, _ = self._line.accept()
                far = socket.socket(socket.AF_UNIX)
                try:
                    far.connect(self._behind)
                except OSError:  # PostgreSQL is away
                    near.close()
                    far.close()
                    continue
                for passing in (self._to_database, self._to_server):
                    threading.Thread(target=passing, args=(near, far), daemon=True).start()

    def _to_database(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while said := near.recv(1 << 20):
                if self._moment == "before" and _WRITES in said:
                    self._break()
                    break
                far.sendall(said)
        _hang_up(near, far)

    def _to_server(self, near: socket.socket, far: socket.socket) -> None:
        written = False
        with suppress(OSError):
            while said := far.recv(1 << 20):
                written = written or _INSERTED in said
                if self._moment == "after" and written and _COMMITTED in said:
                    self._break()
                    break
                written = written and _COMMITTED not in said
                near.sendall(said)
        _hang_up(near, far)

    def _break(self) -> None:
        self._moment = None
        self._then()
        self.cut.set()


@contextmanager
def cut_line(database: str) -> Iterator[tuple[CutLine, str]]:
    """The line, and the database's URL through it; the database listens on a socket of Unix."""
    url = make_url(database)
    name = f".s.PGSQL.{url.query['port']}"
    with tempfile.TemporaryDirectory(prefix="cut-") as folder, socket.socket(socket.AF_UNIX) as on:
        on.bind(str(Path(folder) / name))
        on.listen()
        line = CutLine(str(Path(str(url.query["host"])) / name), on)
        threading.Thread(target=line.run, daemon=True).start()
        through = url.update_query_dict({"host": folder})
        yield line, through.render_as_string(hide_password=False)
        on.shutdown(socket.SHUT_RDWR)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
