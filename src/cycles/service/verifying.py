"""Proving the log: of an export that anybody may have altered, or of the database itself.

An export is read with suspicion: nothing is unpacked to the disk, no member is read further than
the zip says it reaches, and whatever cannot be read is a finding. No zip ends the check.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Final, TypeVar

from cycles.engine.cycle import Cycle
from cycles.engine.people import People
from cycles.engine.surroundings import Directory, Surroundings
from cycles.errors import StoreUnavailableError
from cycles.ledger import (
    Body,
    Finding,
    Head,
    Manifest,
    PayloadRow,
    Report,
    Verifier,
    digest_of_member,
    instant_text,
    numbered_lines,
    parse_instant,
    read_manifest,
)
from cycles.ledger import CycleRow as StoredCycle
from cycles.ledger.export_format import DEFINITIONS, ENTRIES, FILES, MANIFEST, PAYLOADS
from cycles.service.actors import Actor, require
from cycles.service.core import Core
from cycles.service.exporting import Progress, files_in
from cycles.service.journal import EngineReplayer
from cycles.service.saving import people_of, row_after
from cycles.store import (
    CycleFilter,
    CycleRow,
    FileRow,
    LinkRow,
    ParticipantRow,
    StoredEntry,
    VersionRow,
    Work,
)
from cycles.workflow.version import Version

__all__ = ["Verifying", "verify_database", "verify_file"]

V = TypeVar("V")

_PAGE: Final = 200
_CHUNK: Final = 256 * 1024
#: A workflow version has at most some hundred kilobytes; a manifest, a line a cycle.
_MAX_DEFINITION: Final = 4 * 1024 * 1024
_MAX_MANIFEST: Final = 512 * 1024 * 1024
#: As many attachments no school has; each costs memory before anything is read of it.
_MAX_MEMBERS: Final = 500_000
#: How an entry of a zip's table of contents begins.
_LISTED: Final = b"PK\x01\x02"
#: What unpacks to more than this is read only if it does not swell like a zip bomb.
_SURELY_HARMLESS: Final = 64 * 1024 * 1024
_MAX_RATIO: Final = 200
_ENCRYPTED: Final = 0x1
_ALWAYS: Final = (ENTRIES, PAYLOADS, MANIFEST)


class Verifying:
    """Checks of a school's log that people may ask for."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def live(self, actor: Actor, *, heads: Iterable[Head] = ()) -> Report:
        """What a check of the school's database finds now; raises `NotAllowedError`."""
        require("verification", actor)
        return verify_database(self._core, actor.school_id, heads=heads)


# --- an export -----------------------------------------------------------------------------


def verify_file(
    path: Path, *, heads: Iterable[Head] = (), progress: Progress | None = None
) -> Report:
    """Check the export at `path`: hashes, chains, payloads, attachments, and replay.

    Args:
        path: The zip.
        heads: Entries noted elsewhere earlier; each must still be there.
        progress: Told how many bytes of entries were read, and how many there are.

    Raises:
        OSError: there is no such file, or it cannot be opened.
    """
    with path.open("rb") as source:
        try:
            _check_size(source)
            packed = zipfile.ZipFile(source)
            _check_bomb(packed, path.stat().st_size)
        except Exception as broken:
            nothing = Verifier(definitions={}, heads=heads)
            nothing.add(Finding(code="unreadable", detail=_told(path.name, broken)))
            return nothing.verify(())
        with packed:
            return _ExportFile(packed).verify(heads, progress)


class _ExportFile:
    """One zip being checked."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self._findings: list[Finding] = []
        self._members = self._sound_members()

    def verify(self, heads: Iterable[Head], progress: Progress | None) -> Report:
        verifier = Verifier(
            definitions=_Lazily(self._named(DEFINITIONS), self._definition),
            replayer=EngineReplayer(),
            payloads=self._lines(PAYLOADS),
            files=_Lazily(self._named(FILES), self._digest),
            files_in=files_in,
            manifest=self._manifest(),
            heads=heads,
        )
        for finding in self._findings:
            verifier.add(finding)
        return verifier.verify(self._lines(ENTRIES, progress))

    def _sound_members(self) -> dict[str, zipfile.ZipInfo]:
        """The members that can be read: each one that an export has, there once, in clear."""
        infos = self._packed.infolist()
        for name, times in Counter(info.filename for info in infos).items():
            if times > 1:
                self._find("manifest_mismatch", f"{name!r:.100} is there {times} times")
        sound: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            name = info.filename
            if name not in _ALWAYS and digest_of_member(name) is None:
                self._find("manifest_mismatch", f"{name!r:.100} belongs to no export")
            elif info.flag_bits & _ENCRYPTED:
                self._find("unreadable", f"{name} is encrypted")
            elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                self._find("unreadable", f"{name} is packed in a way that exports do not use")
            else:
                sound[name] = info
        for name in _ALWAYS:
            if name not in sound:
                self._find("unreadable", f"{name} is missing")
        return sound

    def _manifest(self) -> Manifest | None:
        if MANIFEST not in self._members:
            return None
        try:
            return read_manifest(self._whole(MANIFEST, _MAX_MANIFEST))
        except Exception as broken:
            self._find("unreadable", _told(MANIFEST, broken))
            return None

    def _named(self, folder: str) -> dict[str, str]:
        """Digest in hex → the member that is named by it."""
        return {
            digest: name
            for name in self._members
            if name.startswith(folder) and (digest := digest_of_member(name)) is not None
        }

    def _definition(self, name: str) -> bytes:
        return self._whole(name, _MAX_DEFINITION)

    def _digest(self, name: str) -> str:
        with self._packed.open(self._members[name]) as opened:
            return _digest_of(opened)

    def _whole(self, name: str, limit: int) -> bytes:
        with self._packed.open(self._members[name]) as opened:
            content = opened.read(limit + 1)
        if len(content) > limit:
            raise ValueError(f"more than {limit} bytes")
        return content

    def _lines(self, name: str, progress: Progress | None = None) -> Iterator[tuple[int, bytes]]:
        if name in self._members:
            with self._packed.open(self._members[name]) as opened:
                yield from numbered_lines(_portions(opened, self._members[name], progress))

    def _find(self, code: str, detail: str) -> None:
        self._findings.append(Finding(code=code, detail=detail))


def _check_size(source: IO[bytes]) -> None:
    """Raise `ValueError` for a zip whose table of contents alone would fill the memory."""
    found, before = 0, b""
    while chunk := source.read(_CHUNK):
        found += (before + chunk).count(_LISTED)
        before = chunk[1 - len(_LISTED) :]
        if found > _MAX_MEMBERS:
            raise ValueError(f"more than {_MAX_MEMBERS} members")
    source.seek(0)


def _check_bomb(packed: zipfile.ZipFile, size: int) -> None:
    """Raise `ValueError` for a zip that unpacks to far more than any export does."""
    unpacked = sum(info.file_size for info in packed.infolist())
    if unpacked > max(_SURELY_HARMLESS, _MAX_RATIO * size):
        raise ValueError(f"{size} bytes would unpack to {unpacked}")


def _portions(
    opened: IO[bytes], info: zipfile.ZipInfo, progress: Progress | None
) -> Iterator[bytes]:
    done = 0
    while portion := opened.read(_CHUNK):
        yield portion
        done += len(portion)
        if progress is not None:
            progress(done, info.file_size)


# --- a database ----------------------------------------------------------------------------


def verify_database(
    core: Core,
    school_id: str,
    *,
    heads: Iterable[Head] = (),
    progress: Progress | None = None,
) -> Report:
    """Check a school's log as it stands in the database, and that the tables are what it gives.

    Args:
        core: The store and the folder of files.
        school_id: The school.
        heads: Entries noted elsewhere earlier; each must still be there.
        progress: Told how many entries were checked, and how many there are.

    Raises:
        NotFoundError: no such school.
        StoreUnavailableError: the database cannot be read now; that is no finding.
    """
    return core.store.read(school_id, lambda work: _Database(core, work, progress).verify(heads))


class _Database:
    """One school's rows being checked, on one consistent view."""

    def __init__(self, core: Core, work: Work, progress: Progress | None) -> None:
        self._core, self._work, self._progress = core, work, progress
        self._log = core.view_in(work).row.log
        self._verifier = Verifier(definitions={})
        self._entry: StoredEntry | None = None
        self._at = ""
        self._lost: StoreUnavailableError | None = None

    def verify(self, heads: Iterable[Head]) -> Report:
        self._verifier = Verifier(
            definitions={row.digest: row.canonical for row in self._work.find(VersionRow)},
            replayer=EngineReplayer(),
            files=_Lazily(
                {d: d for d in self._core.files.digests(self._work.school_id)}, self._digest
            ),
            files_in=files_in,
            heads=heads,
            cycles=self._cycles(),
            log=self._log,
            compare=self._compare,
            beside=self._beside,
        )
        for sent in self._work.find(FileRow):
            self._verifier.file(sent.digest, sent.uploaded_at)
        report = self._verifier.verify(self._entries())
        if self._lost is not None:
            raise self._lost
        return report

    def _entries(self) -> Iterator[tuple[None, bytes]]:
        try:
            subjects = [one for page in self._subjects() for one in page]
            total, done = sum(last for _, last in subjects), 0
            for subj, last in subjects:
                for entry in self._entries_of(subj):
                    self._entry = entry
                    yield None, entry.body
                done += last
                if self._progress is not None:
                    self._progress(done, total)
        except StoreUnavailableError as lost:
            self._lost = lost

    def _subjects(self) -> Iterator[list[tuple[str, int]]]:
        after = ""
        while page := self._work.subjects(after=after):
            yield page
            after = page[-1][0]

    def _entries_of(self, subj: str) -> Iterator[StoredEntry]:
        after = 0
        while page := self._work.entries(subj, after=after, limit=_PAGE):
            yield from page
            after = page[-1].seq

    def _beside(self, body: Body, leaf: bytes) -> None:
        """The row must say what the body says; its payload stands beside it."""
        entry = self._entry
        if entry is None:
            return
        self._at = body.at
        if (entry.subj, entry.seq) != (body.subj, body.seq):
            told = f"stored as {entry.subj} seq {entry.seq}"
            self._verifier.add(Finding(code="gap", subj=body.subj, seq=body.seq, detail=told))
        if entry.leaf != leaf:
            told = "the leaf stored with the entry is not the entry's"
            self._verifier.add(
                Finding(code="chain_broken", subj=body.subj, seq=body.seq, detail=told)
            )
        if entry.payload is not None:
            row = PayloadRow(entry.leaf, entry.payload.salt, entry.payload.content)
            self._verifier.payload(row)
        elif body.pay is not None:
            self._verifier.payload(PayloadRow(entry.leaf, None, None))

    # --- stored cycles ---------------------------------------------------------------------

    def _cycles(self) -> Iterator[StoredCycle]:
        after = ""
        while page := self._work.find_cycles(CycleFilter(), today="", after=after, limit=_PAGE):
            for row in page:
                yield StoredCycle(row.subj, row.revision, row.state, row.head)
            after = page[-1].id

    def _compare(self, subj: str, state: object) -> str | None:
        """Which columns and rows of a cycle are not what its entries give."""
        row = self._work.cycle(subj.removeprefix("cycle:"))
        if row is None or not isinstance(state, Cycle):
            return None  # told as an entry without its cycle
        version = self._core.version(self._work, row.version)
        differs = [
            *self._columns(row, version, state),
            *(["participants"] if self._participants(row) != people_of(state) else ()),
            *(["links"] if self._links(row) != _links_of(version, state) else ()),
        ]
        return f"stored otherwise: {', '.join(differs)}" if differs else None

    def _columns(self, row: CycleRow, version: Version, cycle: Cycle) -> list[str]:
        now = parse_instant(self._at)
        around = Surroundings(now=now, today=now.date(), directory=Directory())
        opened_at = instant_text(cycle.visits[0].at)
        people = People(version, cycle, around)
        wanted = row_after(row.school_id, people, row.head, opened_at)
        differs = [n for n in CycleRow.model_fields if getattr(row, n) != getattr(wanted, n)]
        return differs if version.definition_id == cycle.definition_id else ["version", *differs]

    def _participants(self, row: CycleRow) -> list[tuple[str, str]]:
        return sorted((p.role, p.person) for p in self._work.find(ParticipantRow, cycle=row.id))

    def _links(self, row: CycleRow) -> set[tuple[str, str]]:
        return {(r.name, r.to_cycle) for r in self._work.find(LinkRow, from_cycle=row.id)}

    # --- files -----------------------------------------------------------------------------

    def _digest(self, name: str) -> str:
        with self._core.files.open(self._work.school_id, name) as opened:
            return _digest_of(opened)


def _links_of(version: Version, cycle: Cycle) -> set[tuple[str, str]]:
    """(link, cycle) as the cycle's subject and standing filings name them."""
    workflow = version.workflow
    filled = [(workflow.subject, cycle.subject)]
    filled += [(workflow.records[f.record].form, f.facts) for f in cycle.filings if f.current]
    return {
        (name, str(value))
        for form, facts in filled
        for name, value in facts.items()
        if name in form and form[name].type == "cycle"
    }


# --- both ----------------------------------------------------------------------------------


class _Lazily(Mapping[str, V]):
    """What stands under each name, read when it is asked for and not kept."""

    def __init__(self, names: Mapping[str, str], read: Callable[[str], V]) -> None:
        self._names, self._read = names, read

    def __getitem__(self, key: str) -> V:
        return self._read(self._names[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _digest_of(opened: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := opened.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _told(what: str, error: Exception) -> str:
    return f"{what}: {type(error).__name__}: {error}"[:300]
