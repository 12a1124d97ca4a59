"""The workbook inside an old Excel file (.xls), measured before a parser may see it.

A few changed bytes in such a file make a parser reserve petabytes and abort the whole process,
or follow a chain of sectors round and round. So its container is read here with every step
bounded, the sizes it claims are replaced by what really is in it, and the parser is given a
fresh container that holds nothing but the measured workbook.

Formats: [MS-CFB] for the container, [MS-XLS] for the records.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cycles.errors import StaffListError

__all__ = ["SIGNATURE", "has_stream", "measured"]

SIGNATURE: Final = bytes.fromhex("d0cf11e0a1b11ae1")

_END: Final = 0xFFFFFFFE
_FREE: Final = 0xFFFFFFFF
_FAT: Final = 0xFFFFFFFD
_SECTOR: Final = 512
#: Streams shorter than this would live in a container within the container.
_SMALL: Final = 4096
_STREAMS: Final = ("Workbook", "Book")

_EOF, _FILEPASS, _BOUNDSHEET, _DIMENSIONS = 0x0A, 0x2F, 0x85, 0x0200
_MULRK: Final = 0xBD
#: Records that fill cells: formula, label, number, boolean, RK, shared and rich strings.
_CELLS: Final = frozenset({0x06, 0x0204, 0x0203, 0x0205, 0x027E, 0xFD, 0xD6, _MULRK})
_MAX_SHEETS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stream:
    name: str
    kind: int
    start: int
    size: int


def has_stream(data: bytes, name: str) -> bool:
    """Whether the container holds a stream of that name (an encrypted .xlsx does)."""
    return any(entry.name == name for entry in _Container(data).entries)


def measured(data: bytes, *, max_rows: int, max_cells: int) -> bytes:
    """An .xls with the same sheets that can be parsed in bounded space.

    Raises:
        StaffListError: `encrypted`, `broken`, `not-what-it-says` (a container without a
            workbook), `too-many-rows`, `too-many-cells`.
    """
    container = _Container(data)
    found = [entry for entry in container.entries if entry.name in _STREAMS and entry.kind == 2]
    if not found:
        raise StaffListError(
            "not-what-it-says",
            "the file is named .xls and holds no workbook; save the list as .xlsx or .csv",
        )
    name = found[0].name
    book = bytearray(container.read(found[0]))
    _measure(book, max_rows, max_cells, mend=True)
    # Sheets may overlap in a hostile file, so that mending one changes another: look again.
    _measure(book, max_rows, max_cells, mend=False)
    return _fresh(name, bytes(book))


class _Container:
    """A compound file, read with every chain bounded by its number of sectors."""

    def __init__(self, data: bytes) -> None:
        if len(data) < _SECTOR or not data.startswith(SIGNATURE):
            raise _broken()
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise _broken()
        self._data, self._size = data, 1 << shift
        fats, first, _, self._cutoff, mini = struct.unpack_from("<IIIII", data, 44)
        sectors = [s for s in struct.unpack_from("<109I", data, 76) if s < _FAT][:fats]
        self._fat = self._table(sectors)
        listed = b"".join(self._sector(s) for s in self._chain(first, self._fat))
        self.entries = [_entry(listed[at : at + 128]) for at in range(0, len(listed) - 127, 128)]
        if not self.entries:
            raise _broken()
        self._mini_fat = self._table(self._chain(mini, self._fat))

    def read(self, stream: _Stream) -> bytes:
        """The bytes of a stream."""
        if stream.size > len(self._data):
            raise _broken()
        if stream.size >= self._cutoff:
            parts = [self._sector(s) for s in self._chain(stream.start, self._fat)]
        else:
            root = self.entries[0]
            small = b"".join(self._sector(s) for s in self._chain(root.start, self._fat))
            chain = self._chain(stream.start, self._mini_fat)
            parts = [small[s * 64 : s * 64 + 64] for s in chain]
        whole = b"".join(parts)
        if len(whole) < stream.size:
            raise _broken()
        return whole[: stream.size]

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        if at >= len(self._data):
            raise _broken()
        # The last sector of a file may be cut short.
        return self._data[at : at + self._size].ljust(self._size, b"\0")

    def _table(self, sectors: list[int]) -> list[int]:
        joined = b"".join(self._sector(s) for s in sectors)
        return list(struct.unpack(f"<{len(joined) // 4}I", joined))

    @staticmethod
    def _chain(start: int, table: list[int]) -> list[int]:
        chain: list[int] = []
        while start not in (_END, _FREE):
            if start >= len(table) or len(chain) > len(table):
                raise _broken()
            chain.append(start)
            start = table[start]
        return chain


def _entry(raw: bytes) -> _Stream:
    length, kind = struct.unpack_from("<HB", raw, 64)
    name = raw[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    start, size = struct.unpack_from("<II", raw, 116)
    return _Stream(name=name, kind=kind, start=start, size=size)


def _records(book: bytearray, at: int) -> Iterator[tuple[int, int, int]]:
    """(type, where its content starts, length) up to the end of the sheet."""
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        at += 4
        if at + length > len(book):
            raise _broken()
        yield kind, at, length
        if kind == _EOF:
            return
        at += length


def _measure(book: bytearray, max_rows: int, max_cells: int, *, mend: bool) -> None:
    sheets: set[int] = set()
    listed = 0
    for kind, at, length in _records(book, 0):
        if kind == _FILEPASS:
            raise StaffListError(
                "encrypted", "the file is locked with a password; save it without one"
            )
        if kind == _BOUNDSHEET and length >= 4:
            listed += 1
            sheets.add(struct.unpack_from("<I", book, at)[0])
    if not 0 < listed <= _MAX_SHEETS:
        raise _broken()
    cells = 0
    for start in sheets:
        rows, columns = _sheet_size(book, start, mend=mend)
        if rows > max_rows:
            raise StaffListError(
                "too-many-rows",
                f"a sheet goes down to row {rows}, at most {max_rows} are taken; "
                "copy the list into a new file",
                limit=max_rows,
            )
        cells += rows * columns
    if cells * max(1, listed // len(sheets)) > max_cells:
        raise StaffListError(
            "too-many-cells",
            "filled cells lie too far apart; copy the list into a new file",
            limit=max_cells,
        )


def _sheet_size(book: bytearray, start: int, *, mend: bool) -> tuple[int, int]:
    rows = columns = 0
    for kind, at, length in _records(book, start):
        if kind == _DIMENSIONS:
            # What it claims is what a parser reserves; nobody needs the claim.
            small = {
                10: struct.pack("<5H", 0, 1, 0, 1, 0),
                14: struct.pack("<IIHHH", 0, 1, 0, 1, 0),
            }
            if length not in small:
                raise _broken()
            if mend:
                book[at : at + length] = small[length]
            elif book[at : at + length] != small[length]:
                raise _broken()
        elif kind in _CELLS:
            if length < 6:
                raise _broken()
            row, column = struct.unpack_from("<HH", book, at)
            if kind == _MULRK:
                column = max(column, struct.unpack_from("<H", book, at + length - 2)[0])
            rows, columns = max(rows, row + 1), max(columns, column + 1)
    return rows, columns


def _fresh(name: str, stream: bytes) -> bytes:
    """A container that holds one stream."""
    stream = stream.ljust(_SMALL, b"\0")
    body = -(-len(stream) // _SECTOR)
    fats = 1
    while fats * (_SECTOR // 4) < fats + 1 + body:
        fats += 1
    if fats > 109:
        raise _broken()
    first = fats + 1
    table = [_FAT] * fats + [_END] + [first + n + 1 for n in range(body - 1)] + [_END]
    table += [_FREE] * (fats * (_SECTOR // 4) - len(table))
    header = SIGNATURE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, fats, fats, 0, _SMALL, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(fats), *[_FREE] * (109 - fats))
    folder = _folder_entry("Root Entry", 5, child=1, start=_END, size=0)
    folder += _folder_entry(name, 2, child=_FREE, start=first, size=len(stream))
    folder += bytes(_SECTOR - len(folder))
    sectors = struct.pack(f"<{len(table)}I", *table) + folder
    return header + sectors + stream.ljust(body * _SECTOR, b"\0")


def _folder_entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    entry = written.ljust(64, b"\0") + struct.pack("<HBB", len(written), kind, 1)
    entry += struct.pack("<III", _FREE, _FREE, child) + bytes(36)
    return entry + struct.pack("<IQ", start, size)


def _broken() -> StaffListError:
    return StaffListError("broken", "the file is damaged; open it and save it again as .xlsx")
