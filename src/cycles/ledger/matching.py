"""Payload rows against the entries that commit to them, both read once and side by side.

Rows stand in an export in the order of their entries, so what waits for its other half is a few
hashes; any other order is right too and only costs the memory of its disorder.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from msgspec import Struct

from cycles.canonical import b64, parse_canonical
from cycles.errors import CanonicalFormError
from cycles.ledger.entry import Body
from cycles.ledger.export_format import PayloadRow, read_payload_line
from cycles.ledger.findings import Finding
from cycles.ledger.looks import mark_in, marked_in
from cycles.ledger.payload import commitment

__all__ = ["PayloadMatching"]

_HEX: Final = re.compile(r"[0-9a-f]{64}").fullmatch


class _Entry(Struct, frozen=True, gc=False):
    """What an entry asks of its row."""

    pay: str
    subj: str
    seq: int
    at: str
    mark: str | None


class _Row(Struct, frozen=True):
    """What a row came to; `pay` is `None` where it is null."""

    pay: str | None
    line: int | None
    files: tuple[str, ...]
    mark: str | None = None


class PayloadMatching:
    """Takes rows and entries as they come; `finish` says what found no other half.

    Args:
        rows: Line number and row, or its line as bytes.
        add: Takes each finding.
        files_in: The digests in hex of the files that a payload names.
        withheld: Leaves of the entries whose rows are said to be null without being erased.
    """

    def __init__(
        self,
        rows: Iterable[tuple[int | None, bytes | PayloadRow]],
        add: Callable[[Finding], None],
        files_in: Callable[[Any], Iterable[str]] | None,
        withheld: Iterable[bytes] = (),
    ) -> None:
        self._rows: Iterator[tuple[int | None, bytes | PayloadRow]] | None = iter(rows)
        self._add = add
        self._files_in = files_in
        self._entries: dict[bytes, _Entry] = {}
        self._early: dict[bytes, _Row] = {}
        self._erased: dict[bytes, tuple[str, int]] = {}  # leaf → subj, seq
        self._named: dict[bytes, tuple[str, int]] = {}  # leaf → subj, seq of the erase entry
        self._withheld = set(withheld)  # those not met yet
        #: Digest in hex → when an entry last said so.
        self.files_erased: dict[str, str] = {}
        self.files_named: dict[str, str] = {}
        self.read = 0
        self.erased = 0
        self.withheld = 0

    def entry(self, body: Body, leaf: bytes) -> None:
        """Match an entry's commitment, and note what it says is erased."""
        if body.act == "erase":
            self._note_erasure(body)
        if body.pay is None:
            return
        self._pull()
        entry = _Entry(body.pay, body.subj, body.seq, body.at, mark_in(body))
        row = self._early.pop(leaf, None)
        if row is None:
            self._entries[leaf] = entry
        else:
            self._compare(leaf, entry, row)

    def name_file(self, digest: str, at: str) -> None:
        """Note that a file was named, by whatever is in force, at an instant."""
        self.files_named[digest] = max(at, self.files_named.get(digest, ""))

    def finish(self) -> None:
        """Read the rest of the rows, then say what is left over."""
        while self._rows is not None:
            self._pull()
        for entry in self._entries.values():
            self._add(Finding(code="payload_missing", subj=entry.subj, seq=entry.seq))
        for leaf, row in self._early.items():
            self._add(Finding(code="payload_without_entry", line=row.line, detail=b64(leaf)))
        for leaf, (subj, seq) in self._erased.items():
            if leaf not in self._named:
                self._add(Finding(code="erased_without_entry", subj=subj, seq=seq))
        for leaf, (subj, seq) in self._named.items():
            if leaf not in self._erased:
                told = f"says that {b64(leaf)} is erased"
                self._add(Finding(code="erasure_undone", subj=subj, seq=seq, detail=told))
        for leaf in sorted(self._withheld):
            told = f"{b64(leaf)} is withheld, and no entry commits to it"
            self._add(Finding(code="manifest_mismatch", detail=told))

    def _pull(self) -> None:
        """Read one row, if there is one."""
        if self._rows is None:
            return
        try:
            line, source = next(self._rows)
        except StopIteration:
            self._rows = None
            return
        except Exception as broken:
            self._rows = None
            told = f"payloads: {type(broken).__name__}: {broken}"[:300]
            self._add(Finding(code="unreadable", detail=told))
            return
        self.row(line, source)

    def row(self, line: int | None, source: bytes | PayloadRow) -> None:
        """Take one row, from whoever does not give them as `rows`."""
        self.read += 1
        try:
            row = source if isinstance(source, PayloadRow) else read_payload_line(source)
            read = self._read(line, row)
        except CanonicalFormError as wrong:
            self._add(Finding(code="not_canonical", line=line, detail=f"payload row: {wrong}"))
            return
        except Exception as wrong:
            told = f"{type(wrong).__name__}: {wrong}"[:300]
            self._add(Finding(code="bad_payload", line=line, detail=told))
            return
        entry = self._entries.pop(row.leaf, None)
        if entry is not None:
            self._compare(row.leaf, entry, read)
        elif row.leaf in self._early:
            self._add(Finding(code="payload_without_entry", line=line, detail="a second row"))
        else:
            self._early[row.leaf] = read

    def _read(self, line: int | None, row: PayloadRow) -> _Row:
        if row.salt is None or row.payload is None:
            if row.salt is not row.payload:
                raise ValueError("salt and payload are erased together")
            return _Row(None, line, ())
        payload = parse_canonical(row.payload)
        files = () if self._files_in is None else tuple(self._files_in(payload))
        return _Row(commitment(row.salt, row.payload), line, files, marked_in(payload))

    def _compare(self, leaf: bytes, entry: _Entry, row: _Row) -> None:
        subj, seq, pay = entry.subj, entry.seq, row.pay
        for digest in row.files:
            self.name_file(digest, entry.at)
        if leaf in self._withheld:
            self._withheld.discard(leaf)
            self.withheld += 1
            if pay is not None:
                told = "its payload is said to be withheld, and is there"
                self._add(Finding(code="manifest_mismatch", subj=subj, seq=seq, detail=told))
        elif pay is None:
            self.erased += 1
            self._erased[leaf] = (subj, seq)
        if pay not in (None, entry.pay):
            self._add(Finding(code="payload_mismatch", subj=subj, seq=seq, line=row.line))
        elif pay is not None and entry.mark not in (None, row.mark):
            told = "it names another subject than the one whose mark the look bears"
            self._add(
                Finding(code="payload_mismatch", subj=subj, seq=seq, line=row.line, detail=told)
            )

    def _note_erasure(self, body: Body) -> None:
        try:
            for text in body.data.get("leaves", ()):
                leaf = base64.b64decode(text, validate=True)
                if len(leaf) != 32:
                    raise ValueError("a leaf has 32 bytes")
                self._named.setdefault(leaf, (body.subj, body.seq))
            for digest in body.data.get("files", ()):
                if _HEX(digest) is None:
                    raise ValueError("a file is named by its SHA-256 in hex")
                self.files_erased[digest] = max(body.at, self.files_erased.get(digest, ""))
        except Exception as wrong:
            told = f"erase: {type(wrong).__name__}: {wrong}"[:300]
            self._add(Finding(code="bad_body", subj=body.subj, seq=body.seq, detail=told))
