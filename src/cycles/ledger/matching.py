"""Payload rows against the entries that commit to them, both read once and side by side.

Rows stand in an export in the order of their entries, so what waits for its other half is a few
hashes; any other order is right too and only costs the memory of its disorder.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from cycles.canonical import parse_canonical
from cycles.errors import CanonicalFormError
from cycles.ledger.entry import Body
from cycles.ledger.export_format import PayloadRow, read_payload_line
from cycles.ledger.findings import Finding
from cycles.ledger.payload import commitment

__all__ = ["PayloadMatching"]

_HEX: Final = re.compile(r"[0-9a-f]{64}").fullmatch


class PayloadMatching:
    """Takes rows and entries as they come; `finish` says what found no other half.

    Args:
        rows: Line number and row, or its line as bytes.
        add: Takes each finding.
        files_in: The digests in hex of the files that a payload names.
    """

    def __init__(
        self,
        rows: Iterable[tuple[int, bytes | PayloadRow]],
        add: Callable[[Finding], None],
        files_in: Callable[[Any], Iterable[str]] | None,
    ) -> None:
        self._rows: Iterator[tuple[int, bytes | PayloadRow]] | None = iter(rows)
        self._add = add
        self._files_in = files_in
        self._entries: dict[bytes, tuple[str, str, int]] = {}  # leaf → pay, subj, seq
        self._early: dict[bytes, tuple[str | None, int]] = {}  # leaf → commitment, line
        self._erased: dict[bytes, tuple[str, int]] = {}  # leaf → subj, seq
        self._named: dict[bytes, tuple[str, int]] = {}  # leaf → subj, seq of the erase entry
        self.files_erased: set[str] = set()
        self.files_named: set[str] = set()
        self.read = 0
        self.erased = 0

    def entry(self, body: Body, leaf: bytes) -> None:
        """Match an entry's commitment, and note what it says is erased."""
        if body.act == "erase":
            self._note_erasure(body)
        if body.pay is None:
            return
        self._pull()
        row = self._early.pop(leaf, None)
        if row is None:
            self._entries[leaf] = (body.pay, body.subj, body.seq)
        else:
            self._compare(leaf, (body.pay, body.subj, body.seq), *row)

    def finish(self) -> None:
        """Read the rest of the rows, then say what is left over."""
        while self._rows is not None:
            self._pull()
        for _, subj, seq in self._entries.values():
            self._add(Finding(code="payload_missing", subj=subj, seq=seq))
        for leaf, (_, line) in self._early.items():
            self._add(Finding(code="payload_without_entry", line=line, detail=_b64(leaf)))
        for leaf, (subj, seq) in self._erased.items():
            if leaf not in self._named:
                self._add(Finding(code="erased_without_entry", subj=subj, seq=seq))
        for leaf, (subj, seq) in self._named.items():
            if leaf not in self._erased:
                told = f"says that {_b64(leaf)} is erased"
                self._add(Finding(code="erasure_undone", subj=subj, seq=seq, detail=told))

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
        self.read += 1
        try:
            row = source if isinstance(source, PayloadRow) else read_payload_line(source)
            pay = self._commitment(row)
        except CanonicalFormError as wrong:
            self._add(Finding(code="not_canonical", line=line, detail=f"payload row: {wrong}"))
            return
        except Exception as wrong:
            told = f"{type(wrong).__name__}: {wrong}"[:300]
            self._add(Finding(code="bad_payload", line=line, detail=told))
            return
        entry = self._entries.pop(row.leaf, None)
        if entry is not None:
            self._compare(row.leaf, entry, pay, line)
        elif row.leaf in self._early:
            self._add(Finding(code="payload_without_entry", line=line, detail="a second row"))
        else:
            self._early[row.leaf] = (pay, line)

    def _commitment(self, row: PayloadRow) -> str | None:
        if row.salt is None or row.payload is None:
            if row.salt is not row.payload:
                raise ValueError("salt and payload are erased together")
            return None
        payload = parse_canonical(row.payload)
        if self._files_in is not None:
            self.files_named.update(self._files_in(payload))
        return commitment(row.salt, row.payload)

    def _compare(
        self, leaf: bytes, entry: tuple[str, str, int], pay: str | None, line: int
    ) -> None:
        expected, subj, seq = entry
        if pay is None:
            self.erased += 1
            self._erased[leaf] = (subj, seq)
        elif pay != expected:
            self._add(Finding(code="payload_mismatch", subj=subj, seq=seq, line=line))

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
                self.files_erased.add(digest)
        except Exception as wrong:
            told = f"erase: {type(wrong).__name__}: {wrong}"[:300]
            self._add(Finding(code="bad_body", subj=body.subj, seq=body.seq, detail=told))


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
