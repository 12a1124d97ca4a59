"""The log as one zip, to be verified by someone who trusts nobody (DESIGN §8).

Whoever makes an export gets what they may read: of a cycle that they may not know of nothing at
all, and in place of a payload that is still hidden from them a null row, named in the manifest as
withheld. The operator gets everything. Bodies are exported as they are stored, or nothing could
be verified. An attachment is there exactly if a payload that is there names it.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any, BinaryIO, Final

import msgspec

from cycles.canonical import b64
from cycles.engine.access import may_read, may_see
from cycles.errors import NotFoundError
from cycles.ledger import (
    LOOKS_SUBJECT,
    Body,
    Head,
    Manifest,
    PayloadRow,
    definition_member,
    entry_line,
    file_member,
    is_look,
    manifest_bytes,
    payload_line,
)
from cycles.ledger.export_format import ENTRIES, MANIFEST, PAYLOADS
from cycles.service.actors import Actor, require
from cycles.service.core import Core, people_for
from cycles.service.looks import Looks
from cycles.service.reading_log import may_read_payload
from cycles.store import StoredEntry, VersionRow, Work

__all__ = ["Exporting", "Progress", "all_subjects", "files_in"]

#: Told now and then how many entries are done, and how many there are.
Progress = Callable[[int, int], None]

_PAGE: Final = 200
_DIGEST: Final = re.compile(r"[0-9a-f]{64}").fullmatch
#: The same export has the same bytes: the earliest time that a zip can tell.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)


class Exporting:
    """Writes the log out."""

    def __init__(self, core: Core) -> None:
        self._core, self._looks = core, Looks(core)

    def export(self, actor: Actor, out: BinaryIO, *, progress: Progress | None = None) -> Manifest:
        """Write the zip to `out`, which need not be seekable; what it says of itself.

        All of it is one consistent view of the database, which lasts until `out` has taken the
        last byte. Memory holds a few lines and the names of subjects, files and what is withheld.

        Raises `NotAllowedError`.
        """
        require("export", actor)
        self._looks.note(actor, "export")

        def exported(work: Work) -> Manifest:
            with zipfile.ZipFile(out, "w") as packed:
                return _Export(self._core, work, actor, packed, progress).write()

        return self._core.store.read(actor.school_id, exported)


def files_in(payload: Any) -> list[str]:
    """The SHA-256 in hex of each file that the payload of a filing names."""
    found: list[str] = []
    left = [payload.get("fields")] if isinstance(payload, dict) else []
    while left:
        value = left.pop()
        if isinstance(value, dict):
            digest = value.get("digest")
            if value.keys() == {"digest", "name"} and isinstance(digest, str) and _DIGEST(digest):
                found.append(digest)
            value = value.values()
        elif not isinstance(value, list):
            continue
        left += [inner for inner in value if isinstance(inner, (dict, list))]
    return found


class _Export:
    """One zip being written."""

    def __init__(
        self,
        core: Core,
        work: Work,
        actor: Actor,
        packed: zipfile.ZipFile,
        progress: Progress | None,
    ) -> None:
        self._core, self._work, self._actor = core, work, actor
        self._packed, self._progress = packed, progress
        self._view = core.view_in(work)
        self._subjects = [(s, last) for s, last in all_subjects(self._work) if self._may_know(s)]
        self._total = sum(last for _, last in self._subjects)
        self._lines = self._rows = 0
        self._files: set[str] = set()
        self._withheld: list[str] = []

    def write(self) -> Manifest:
        """Write every member; entries are read twice, as a zip takes one member at a time."""
        created_at = self._core.now_text()
        heads = self._write_entries()
        self._write_payloads()
        manifest = Manifest(
            log=self._view.row.log,
            created_at=created_at,
            entries=self._lines,
            payloads=self._rows,
            heads=heads,
            definitions=tuple(self._write_definitions()),
            files=tuple(self._write_files()),
            withheld=tuple(sorted(self._withheld)),
        )
        with self._member(MANIFEST) as member:
            member.write(manifest_bytes(manifest))
        return manifest

    # --- members ---------------------------------------------------------------------------

    def _write_entries(self) -> dict[str, Head]:
        heads: dict[str, Head] = {}
        with self._member(ENTRIES) as member:
            for subj, _ in self._subjects:
                for entry in self._entries(subj):
                    member.write(entry_line(entry.body))
                    self._lines += 1
                    heads[subj] = Head(subj=subj, seq=entry.seq, leaf=b64(entry.leaf))
        return heads

    def _write_payloads(self) -> None:
        done = 0
        with self._member(PAYLOADS) as member:
            for subj, last in self._subjects:
                hides = self._hides(subj)
                for entry in self._entries(subj):
                    body = Body.parse(entry.body)
                    if body.pay is not None:
                        self._rows += 1
                        member.write(payload_line(self._row(entry, body, hides)))
                done += last
                if self._progress is not None:
                    self._progress(done, self._total)

    def _row(
        self, entry: StoredEntry, body: Body, hides: Callable[[Body, Any], bool] | None
    ) -> PayloadRow:
        if entry.payload is None:
            return PayloadRow(entry.leaf, None, None)
        content = msgspec.json.decode(entry.payload.content)
        if hides is not None and hides(body, content):
            self._withheld.append(b64(entry.leaf))
            return PayloadRow(entry.leaf, None, None)
        self._files.update(files_in(content))
        return PayloadRow(entry.leaf, entry.payload.salt, entry.payload.content)

    def _write_definitions(self) -> Iterator[str]:
        for row in self._work.find(VersionRow, order=("digest",)):
            with self._member(definition_member(row.digest)) as member:
                member.write(row.canonical)
            yield row.digest

    def _write_files(self) -> Iterator[str]:
        """A file that is gone from the folder is left out: the verifier misses it then."""
        for digest in sorted(self._files):
            try:
                source = self._core.files.open(self._work.school_id, digest)
            except NotFoundError:
                continue
            with source, self._member(file_member(digest)) as member:
                shutil.copyfileobj(source, member)
            yield digest

    def _member(self, name: str) -> IO[bytes]:
        info = zipfile.ZipInfo(name, date_time=_NO_TIME)
        info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
        info.external_attr = 0o600 << 16
        return self._packed.open(info, "w", force_zip64=True)

    # --- what is there, and for whom ---------------------------------------------------------

    def _entries(self, subj: str) -> Iterator[StoredEntry]:
        after = 0
        while page := self._work.entries(subj, after=after, limit=_PAGE):
            yield from page
            after = page[-1].seq

    def _may_know(self, subj: str) -> bool:
        if self._actor.is_operator or not subj.startswith("cycle:"):
            return True
        row = self._work.cycle(subj.removeprefix("cycle:"))
        if row is None:
            return False
        people = people_for(self._core, self._work, self._view, row)
        return may_see(people, self._actor.pseudonym)

    def _hides(self, subj: str) -> Callable[[Body, Any], bool] | None:
        """Whether a payload of the subject is kept from the actor, by its entry and content."""
        if self._actor.is_operator:
            return None
        if subj == LOOKS_SUBJECT:
            return lambda body, content: (
                is_look(body.act, body.subj) and not self._may_know(content["subj"])
            )
        if not subj.startswith("cycle:"):
            return None
        row = self._core.row_of(self._work, subj.removeprefix("cycle:"))
        people, by = people_for(self._core, self._work, self._view, row), self._actor.pseudonym
        # With the key of the digests, short words that are hidden could be guessed and tested.
        guessable = not all(may_read(people, by, filing) for filing in people.cycle.filings)
        return lambda body, content: (
            (guessable and "key" in content) or not may_read_payload(people, by, body)
        )


def all_subjects(work: Work) -> Iterator[tuple[str, int]]:
    """Every subject of the log with the number of its last entry, by name; read page by page."""
    after = ""
    while page := work.subjects(after=after):
        yield from page
        after = page[-1][0]
