"""Files that people send: what they may be, who may send them, who may fetch them again."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import IO, Final

from cycles.engine.access import may_read
from cycles.errors import KindNotTakenError, NotFoundError, NotWhatItSaysError
from cycles.service.actors import Actor, require
from cycles.service.core import Core, people_for
from cycles.service.looks import Looks
from cycles.service.zips import open_zip
from cycles.store import CycleRow, FileRow, FileUseRow, Work

__all__ = ["KINDS", "Attachment", "Attachments"]

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
#: Ending → media type: what schools send. A file must be what its name says.
KINDS: Final[dict[str, str]] = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "mp4": "video/mp4",
}
#: The folder in the zip that makes it a file of Word, Excel or PowerPoint.
_PARTS: Final = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: Final[dict[str, bytes]] = {
    "pdf": b"%PDF-",
    "doc": _OLE,
    "xls": _OLE,
    "ppt": _OLE,
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A stored file: SHA-256 in hex, bytes, media type."""

    digest: str
    size: int
    kind: str


class Attachments:
    """Takes files and gives them out."""

    def __init__(self, core: Core) -> None:
        self._core, self._looks = core, Looks(core)

    def send(self, actor: Actor, name: str, source: IO[bytes], *, limit: int) -> Attachment:
        """Store a file, so that records may name it; sending it again gives the same.

        The name only tells what it claims to be and is not kept. `source` can be read twice.

        Raises:
            KindNotTakenError: a kind that is not taken.
            NotWhatItSaysError: content of another kind than the name says.
            TooLargeError: more than `limit` bytes.
        """
        require("files", actor)
        ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
        if ending not in KINDS:
            raise KindNotTakenError(ending, KINDS)
        if not _is(ending, source):
            raise NotWhatItSaysError(ending, KINDS)
        source.seek(0)
        digest, size = self._core.files.put(actor.school_id, source, limit=limit)
        row = FileRow(
            school_id=actor.school_id,
            digest=digest,
            uploaded_by=actor.pseudonym,
            size=size,
            kind=KINDS[ending],
            uploaded_at=self._core.now_text(),
        )

        def kept(work: Work) -> Attachment:
            there = work.get(FileRow, digest=digest, uploaded_by=actor.pseudonym)
            if there is None:
                work.add(row)
            return Attachment(digest=digest, size=size, kind=there.kind if there else row.kind)

        return self._core.store.write(actor.school_id, kept)

    def fetch(self, actor: Actor, digest: str) -> tuple[Attachment, IO[bytes]]:
        """A file that the actor sent, or that a record names which they may read.

        Raises `NotFoundError` for all others.
        """
        require("files", actor)

        def found(work: Work) -> tuple[Attachment, CycleRow | None]:
            rows = work.find(FileRow, digest=digest)
            mine = [row for row in rows if row.uploaded_by == actor.pseudonym]
            theirs = bool(mine) or actor.is_operator
            of = None if theirs else self._where_read(work, actor, digest)
            if not rows or not (theirs or of):
                raise NotFoundError("file", digest)
            # As what they themselves sent it: as what others did is not for them to know.
            row = (mine or rows)[0]
            return Attachment(digest=digest, size=row.size, kind=row.kind), of

        known, of = self._core.store.read(actor.school_id, found)
        if of is not None:
            self._looks.note(actor, "cycle", subj=of.subj, seq=of.revision)
        return known, self._core.files.open(actor.school_id, digest)

    def _where_read(self, work: Work, actor: Actor, digest: str) -> CycleRow | None:
        """A cycle in which a record names the file that the actor may read."""
        view = self._core.view_in(work)
        for use in work.find(FileUseRow, digest=digest):
            row = work.cycle(use.cycle)
            if row is None or not actor.may_reach(use.cycle):
                continue
            people = people_for(self._core, work, view, row)
            named = (f for f in people.cycle.filings if f.id == use.filing)
            if any(may_read(people, actor.pseudonym, filing) for filing in named):
                return row
        return None


def _is(ending: str, source: IO[bytes]) -> bool:
    """Whether the content is what the ending says, by its first bytes or its parts."""
    source.seek(0)
    head = source.read(12)
    if ending == "mp4":
        return head[4:8] == b"ftyp"
    if ending in _MAGIC:
        return head.startswith(_MAGIC[ending])
    if not head.startswith(b"PK"):
        return False
    try:
        with open_zip(source) as parts:
            return any(name.startswith(_PARTS[ending]) for name in parts.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
