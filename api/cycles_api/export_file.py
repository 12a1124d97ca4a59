"""Checking an export: a zip from somebody who may have altered it, read with suspicion.

Nothing is unpacked to the disk. Whatever cannot be read is a finding; no zip ends the check.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, Final

from cycles.ledger import (
    Finding,
    Head,
    Manifest,
    Replayer,
    Report,
    Verifier,
    digest_of_member,
    numbered_lines,
    read_manifest,
)
from cycles.ledger.export_format import DEFINITIONS, ENTRIES, FILES, MANIFEST, PAYLOADS

__all__ = ["size_of", "verify_export"]

_CHUNK: Final = 64 * 1024
#: A workflow version is at most some hundred kilobytes; a manifest has a line a cycle.
_MAX_DEFINITION: Final = 4 * 1024 * 1024
_MAX_MANIFEST: Final = 1024 * 1024 * 1024


def verify_export(
    path: Path,
    *,
    replayer: Replayer | None,
    heads: Iterable[Head] = (),
    files_in: Callable[[Any], Iterable[str]] | None = None,
    read: Callable[[int], None] = lambda count: None,
) -> Report:
    """Check the export at `path`.

    Args:
        path: The zip.
        replayer: Brings cycles forward; without one the rules are not replayed.
        heads: Entries noted elsewhere earlier; each must still be there.
        files_in: The digests of the files that a payload names.
        read: Told of each portion of the entries read, in bytes; `size_of` says how many come.

    Raises:
        OSError: there is no such file, or it cannot be opened.
    """
    with path.open("rb") as raw:
        try:
            packed = zipfile.ZipFile(raw)
        except Exception as broken:
            return _nothing(Finding(code="unreadable", detail=_told(path.name, broken)))
        with packed:
            return _Export(packed, read).verify(replayer, heads, files_in)


class _Export:
    """One zip being checked."""

    def __init__(self, packed: zipfile.ZipFile, read: Callable[[int], None]) -> None:
        self._packed, self._read = packed, read
        self._findings: list[Finding] = []

    def verify(
        self,
        replayer: Replayer | None,
        heads: Iterable[Head],
        files_in: Callable[[Any], Iterable[str]] | None,
    ) -> Report:
        self._check_members()
        verifier = Verifier(
            definitions=self._definitions(),
            replayer=replayer,
            payloads=self._lines(PAYLOADS),
            files=self._files(),
            files_in=files_in,
            manifest=self._manifest(),
            heads=heads,
        )
        report = verifier.verify(self._lines(ENTRIES, self._read))
        return replace(report, findings=(*self._findings, *report.findings))

    def _check_members(self) -> None:
        """Each member is one that an export has, and there once: all readers see the same."""
        for name, times in Counter(self._packed.namelist()).items():
            if times > 1:
                self._find("manifest_mismatch", f"{name!r:.100} is there {times} times")
            if name not in (ENTRIES, PAYLOADS, MANIFEST) and digest_of_member(name) is None:
                self._find("manifest_mismatch", f"{name!r:.100} belongs to no export")

    def _manifest(self) -> Manifest | None:
        try:
            return read_manifest(self._whole(MANIFEST, _MAX_MANIFEST))
        except Exception as broken:
            self._find("unreadable", _told(MANIFEST, broken))
            return None

    def _definitions(self) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        for name, digest in self._named(DEFINITIONS):
            try:
                found[digest] = self._whole(name, _MAX_DEFINITION)
            except Exception as broken:
                self._find("definition_altered", _told(name, broken))
        return found

    def _files(self) -> Mapping[str, str]:
        """Name in hex to what the file's SHA-256 really is."""
        found: dict[str, str] = {}
        for name, digest in self._named(FILES):
            try:
                with self._packed.open(name) as opened:
                    found[digest] = hashlib.file_digest(opened, "sha256").hexdigest()  # type: ignore[arg-type]  # reads, and that is all it does
            except Exception as broken:
                self._find("file_altered", _told(name, broken))
                found[digest] = digest
        return found

    def _named(self, folder: str) -> Iterator[tuple[str, str]]:
        for name in dict.fromkeys(self._packed.namelist()):
            digest = digest_of_member(name)
            if digest is not None and name.startswith(folder):
                yield name, digest

    def _lines(
        self, name: str, read: Callable[[int], None] = lambda count: None
    ) -> Iterator[tuple[int, bytes]]:
        with self._packed.open(name) as opened:
            yield from numbered_lines(_portions(opened, read))

    def _whole(self, name: str, limit: int) -> bytes:
        with self._packed.open(name) as opened:
            content = opened.read(limit + 1)
        if len(content) > limit:
            raise ValueError(f"more than {limit} bytes")
        return content

    def _find(self, code: str, detail: str) -> None:
        self._findings.append(Finding(code=code, detail=detail))


def size_of(path: Path) -> int:
    """How many bytes of entries an export has; zero for what is none."""
    try:
        with zipfile.ZipFile(path) as packed:
            return packed.getinfo(ENTRIES).file_size
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return 0


def _portions(opened: IO[bytes], read: Callable[[int], None]) -> Iterator[bytes]:
    while portion := opened.read(_CHUNK):
        read(len(portion))
        yield portion


def _told(what: str, error: Exception) -> str:
    return f"{what}: {type(error).__name__}: {error}"[:300]


def _nothing(finding: Finding) -> Report:
    return Report(
        entries=0, subjects=0, payloads=0, erased=0, findings=(finding,), more=0, heads={}
    )
