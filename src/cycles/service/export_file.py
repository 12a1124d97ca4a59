"""Checking an export: a zip from somebody who may have altered it, read with suspicion.

Nothing is unpacked to the disk, no member is read further than the zip says it reaches, and
whatever cannot be read is a finding. No zip ends the check.
"""

from __future__ import annotations

import hashlib
import struct
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Final, TypeVar

from cycles.ledger import (
    Finding,
    Head,
    Manifest,
    Report,
    Verifier,
    digest_of_member,
    numbered_lines,
    read_manifest,
)
from cycles.ledger.export_format import DEFINITIONS, ENTRIES, FILES, MANIFEST, PAYLOADS
from cycles.service.exporting import Progress, files_in
from cycles.service.journal import EngineReplayer

__all__ = ["Lazily", "digest_of", "verify_file"]

V = TypeVar("V")

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
#: A member's own header: packed size, lengths of name and extra field.
_LOCAL: Final = struct.Struct("<18sLxxxxHH")
#: The sizes follow the member, in so many bytes, as whoever wrote it could not go back.
_STREAMED: Final = 0x8
_DESCRIPTORS: Final = (12, 16, 20, 24)
#: The size is too large for the header, or might have become so.
_IN_EXTRA: Final = 0xFFFFFFFF
_ALWAYS: Final = (ENTRIES, PAYLOADS, MANIFEST)


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
            return _ExportFile(packed, source).verify(heads, progress)


class _ExportFile:
    """One zip being checked."""

    def __init__(self, packed: zipfile.ZipFile, source: IO[bytes]) -> None:
        self._packed = packed
        self._findings: list[Finding] = []
        if not _is_all_listed(packed, source):
            self._find("manifest_mismatch", "the zip holds more than it lists")
        self._members = self._sound_members()

    def verify(self, heads: Iterable[Head], progress: Progress | None) -> Report:
        verifier = Verifier(
            definitions=Lazily(self._named(DEFINITIONS), self._definition),
            replayer=EngineReplayer(),
            payloads=self._lines(PAYLOADS),
            files=Lazily(self._named(FILES), self._digest),
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
            return digest_of(opened)

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


def _is_all_listed(packed: zipfile.ZipFile, source: IO[bytes]) -> bool:
    """Whether members follow each other without a gap, from the first byte to the last.

    What stands between them is seen by readers that go from the beginning, and by none that goes
    by the table of contents, as this one does: two would read two different logs.
    """
    infos = sorted(packed.infolist(), key=lambda info: info.header_offset)
    starts = [*(info.header_offset for info in infos), packed.start_dir]
    if starts[0] != 0 or packed.comment:
        return False
    for info, following in zip(infos, starts[1:], strict=True):
        source.seek(info.header_offset)
        header = source.read(_LOCAL.size)
        if len(header) < _LOCAL.size:
            return False
        _, packed_size, name, extra = _LOCAL.unpack(header)
        end = info.header_offset + _LOCAL.size + name + extra + info.compress_size
        if info.flag_bits & _STREAMED:
            if following - end not in _DESCRIPTORS:
                return False
        elif following != end or packed_size not in (info.compress_size, _IN_EXTRA):
            return False
    return True


def _portions(
    opened: IO[bytes], info: zipfile.ZipInfo, progress: Progress | None
) -> Iterator[bytes]:
    done = 0
    while portion := opened.read(_CHUNK):
        yield portion
        done += len(portion)
        if progress is not None:
            progress(done, info.file_size)


class Lazily(Mapping[str, V]):
    """What stands under each name, read when it is asked for and not kept."""

    def __init__(self, names: Mapping[str, str], read: Callable[[str], V]) -> None:
        self._names, self._read = names, read

    def __getitem__(self, key: str) -> V:
        return self._read(self._names[key])

    def __contains__(self, key: object) -> bool:
        return key in self._names  # to look for a name reads nothing

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def digest_of(opened: IO[bytes]) -> str:
    """The SHA-256 in hex of all that can be read from here on."""
    digest = hashlib.sha256()
    while chunk := opened.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _told(what: str, error: Exception) -> str:
    return f"{what}: {type(error).__name__}: {error}"[:300]
