"""Looking after the installation from a page: a backup at one press, and when the last one was.

A backup holds everything, all schools of the database: whoever takes one away is named by an
entry, and where there are several schools nobody of one of them may.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO

from cycles.errors import ConflictError
from cycles.ledger import Body
from cycles.service.actors import Actor, require
from cycles.service.backups import backup, pack
from cycles.service.core import Core
from cycles.service.school import Change
from cycles.store import LogFilter, Work

__all__ = ["Upkeep"]


class Upkeep:
    """Backups that people ask for."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @property
    def is_of_one_school(self) -> bool:
        """Whether all that is kept here is one school's own."""
        return len(self._core.store.schools()) == 1

    def back_up(self, actor: Actor, url: str, into: IO[bytes], *, name: str) -> None:
        """Write a backup into an open file, as a zip of one folder of this name; an entry.

        Raises:
            NotAllowedError: it is for others.
            ConflictError: the database holds other schools, too.
            BackupError: the database has its own tool, or the disk is full; no entry then.
            StoreUnavailableError: the database does not let us.
        """
        require("upkeep", actor)
        if not self.is_of_one_school:
            raise ConflictError(
                "a backup would hold the other schools of this database; `cycles backup` makes one",
                data={"reason": "several_schools"},
            )
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / name
            backup(self._core, url, folder)
            pack(folder, into)
        self._core.store.write(
            actor.school_id,
            lambda work: Change(self._core, work, actor).enter("school", "back_up", {}),
        )

    def last_backup(self, actor: Actor) -> str | None:
        """When a backup was last taken from a page, as the log writes instants; `None`: never."""
        require("upkeep", actor)

        def found(work: Work) -> str | None:
            asked = LogFilter(subj="school", act="back_up")
            entries = work.log_page(asked, before=None, limit=1)
            return Body.parse(entries[0].body).at if entries else None

        return self._core.store.read(actor.school_id, found)
