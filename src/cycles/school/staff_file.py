"""The rows of a staff list file as it comes from a school: .xlsx, .xls or .csv.

Whoever sends it may be careless or hostile, and the parser of Excel files is not written in
Python: what it is given has been unpacked, measured and packed anew here, so that no claim in
a file decides how much space is reserved. Cells that must never be stored do not leave this
module; see `staff_columns`.
"""

from __future__ import annotations

import csv
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Final

import python_calamine

from cycles.errors import StaffListError
from cycles.school import old_excel
from cycles.school.staff_columns import Columns, find_columns, without_private_cells

__all__ = ["MAX_BYTES", "MAX_ROWS", "read_rows"]

#: Largest file that is taken, in bytes.
MAX_BYTES: Final = 5 * 1024 * 1024
#: Longest list that is taken, title and header included.
MAX_ROWS: Final = 20_000
#: Rows times columns of a sheet, empty cells in between included: they take space as well.
MAX_CELLS: Final = 1_000_000
#: Characters of all cells together, if each held the longest text of the workbook.
MAX_TEXT: Final = 400_000_000
#: What an .xlsx may unpack to, in bytes, and its largest ratio once that is more than a little.
MAX_UNPACKED: Final = 64 * 1024 * 1024
MAX_RATIO: Final = 200
_RATIO_MATTERS_FROM: Final = 1024 * 1024
_MAX_PARTS: Final = 2_000

_KINDS: Final = (".xlsx", ".xls", ".csv")
_CELL: Final = re.compile(rb"<(?:[\w.-]+:)?c((?:\s[^<>]*)?)>")
_ROW: Final = re.compile(rb"<(?:[\w.-]+:)?row(\s[^<>]*)>")
_PLACE: Final = re.compile(rb"""\sr\s*=\s*(["'])(.*?)\1""", re.DOTALL)
_STRING: Final = re.compile(rb"</(?:[\w.-]+:)?si\s*>")
_A1: Final = re.compile(rb"([A-Za-z]{1,3})([0-9]{1,7})")

_Cell = int | float | str | bool | time | date | datetime | timedelta


def read_rows(data: bytes, filename: str) -> list[list[str]]:
    """The rows of the first sheet that has a header, as text; index 0 is row 1 of the file.

    What stands above the header or in columns that are not read is left empty: it may be an
    identity or telephone number, and those are not even carried on. A cell merged over several
    rows of the group column counts for each of them.

    Raises:
        StaffListError: the file cannot be read; `reason` is one of `staff_codes.REFUSALS`.
    """
    kind = next((end for end in _KINDS if filename.lower().endswith(end)), None)
    if kind is None:
        raise StaffListError(
            "unknown-kind", "only .xlsx, .xls and .csv are read; save the list as one of them"
        )
    if len(data) > MAX_BYTES:
        raise StaffListError(
            "too-large",
            f"the file has {len(data)} bytes, at most {MAX_BYTES} are taken; "
            "take out pictures and other sheets",
            limit=MAX_BYTES,
        )
    if not data.strip():
        raise StaffListError("empty", "the file is empty; send the one with the list")
    _refuse_disguise(data, kind)
    if kind == ".csv":
        return _rows_of_csv(data)
    if kind == ".xls":
        return _rows_of_workbook(old_excel.measured(data, max_rows=MAX_ROWS, max_cells=MAX_CELLS))
    return _rows_of_workbook(_repacked(data))


def _refuse_disguise(data: bytes, kind: str) -> None:
    content = _content(data)
    if content == ".xls" and kind == ".xlsx" and old_excel.has_stream(data, "EncryptedPackage"):
        raise StaffListError("encrypted", "the file is locked with a password; save it without one")
    if content != kind:
        raise StaffListError(
            "not-what-it-says",
            f"the name says {kind}, the content is {content}; "
            "open the file and save it as .xlsx or as .csv",
            says=kind,
            is_really=content,
        )


def _content(data: bytes) -> str:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return ".xlsx"
    if data.startswith(old_excel.SIGNATURE):
        return ".xls"
    if data.startswith(b"%PDF"):
        return ".pdf"
    # What office systems on the web call .xls is often a page with a table.
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|table|\?xml|head|meta|style)", data, re.I):
        return ".html"
    return ".csv"


def _rows_of_csv(data: bytes) -> list[list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise StaffListError("encoding", "the text is UTF-16; save it as 'CSV UTF-8'")
    if b"\0" in data:
        raise StaffListError("nul", "the text holds NUL bytes; save the list again as .csv")
    lines = _text(data).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > 2 * MAX_ROWS:
        raise _too_many_rows(len(lines))
    readable = False
    for delimiter in ",;\t":
        try:
            # Split by hand: `splitlines` would also end a row at U+2028 and the like.
            rows = list(
                csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
            )
        except csv.Error:
            continue
        readable = True
        columns = find_columns(rows)
        if columns is not None:
            return _checked(rows, columns)
    if readable:
        raise _no_header()
    raise StaffListError("broken", "a quotation mark is left open; save the list again as .csv")


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError as error:
            raise StaffListError(
                "encoding", "the text is neither UTF-8 nor GB18030; save it as 'CSV UTF-8'"
            ) from error
    # Nearly all bytes are some GB18030; text has no control signs. 0x1A ended files once.
    if re.search(r"[\x01-\x08\x0e-\x1f\x7f]", text.rstrip("\x1a")):
        raise StaffListError(
            "not-what-it-says",
            "the name says .csv, the content is no text; save the list as .csv or .xlsx",
            says=".csv",
            is_really="binary",
        )
    return text.rstrip("\x1a")


def _rows_of_workbook(data: bytes) -> list[list[str]]:
    try:
        with python_calamine.CalamineWorkbook.from_filelike(BytesIO(data)) as book:
            for index in range(len(book.sheet_names)):
                try:
                    sheet = book.get_sheet_by_index(index)
                except python_calamine.WorksheetNotFound:
                    continue  # a sheet that is only a chart
                # Row 1 must stay row 1, so that a report names rows as people see them.
                rows = [
                    [_as_text(cell) for cell in row]
                    for row in sheet.to_python(skip_empty_area=False)
                ]
                columns = find_columns(rows)
                if columns is not None:
                    _fill_merged_groups(rows, columns, sheet.merged_cell_ranges or [])
                    return _checked(rows, columns)
    except python_calamine.PasswordError as error:
        raise StaffListError(
            "encrypted", "the file is locked with a password; save it without one"
        ) from error
    except StaffListError:
        raise
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise _broken() from error
    except BaseException as error:
        # The parser is Rust: where it gives up it panics, and a panic is no `Exception`.
        if type(error).__name__ != "PanicException":
            raise
        raise _broken() from error
    raise _no_header()


def _as_text(cell: _Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # all numbers of a sheet are floats; a staff number is none
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)


def _fill_merged_groups(
    rows: list[list[str]],
    columns: Columns,
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    """Say the group in each named row of a merged cell; a printed list says it once."""
    for (top, left), (bottom, right) in merged:
        if left != columns.group or right != columns.group or not columns.header < top < len(rows):
            continue
        for row in rows[top + 1 : bottom + 1]:
            if row[columns.name].strip():
                row[columns.group] = rows[top][columns.group]


def _checked(rows: list[list[str]], columns: Columns) -> list[list[str]]:
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if len(rows) > MAX_ROWS:
        raise _too_many_rows(len(rows))
    return without_private_cells(rows, columns)


def _repacked(data: bytes) -> bytes:
    """The XML parts of an .xlsx in a fresh zip, unpacked and measured."""
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            infos = packed.infolist()
            if len(infos) > _MAX_PARTS:
                raise _zip_bomb()
            if any(info.flag_bits & 1 for info in infos):
                raise StaffListError(
                    "encrypted", "the file is locked with a password; save it without one"
                )
            left = MAX_UNPACKED
            for info in infos:
                if not info.filename.lower().endswith((".xml", ".rels")):
                    continue  # pictures and the like are not ours to unpack
                parts[info.filename] = _part(packed, info, left)
                left -= len(parts[info.filename])
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, struct.error) as error:
        raise _broken() from error
    except (NotImplementedError, RuntimeError) as error:  # methods and flags nobody uses
        raise _broken() from error
    if "xl/workbook.xml" not in parts:
        raise StaffListError(
            "not-what-it-says",
            "the name says .xlsx, the content is another kind of zip; save the list as .xlsx",
            says=".xlsx",
            is_really=".zip",
        )
    longest = max((len(s) for part in parts.values() for s in _shared(part)), default=0)
    for part in parts.values():
        _refuse_vast(part, longest)
    fresh = BytesIO()
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_STORED) as packed:
        for name, part in parts.items():
            # A fixed date: a zip wants one, and this package reads no clock.
            packed.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), part)
    return fresh.getvalue()


def _part(packed: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _broken()
    if info.file_size > left:
        raise _zip_bomb()
    if info.file_size > max(_RATIO_MATTERS_FROM, MAX_RATIO * info.compress_size):
        raise _zip_bomb()
    with packed.open(info) as part:
        content = part.read(left + 1)  # never more than the size it claims, checked above
    if b"\0" in content:
        raise _broken()  # UTF-16, which would hide cells from the search below
    return content


def _shared(part: bytes) -> list[bytes]:
    pieces = _STRING.split(part)
    return pieces[:-1] if len(pieces) > 1 else []


def _refuse_vast(part: bytes, longest: int) -> None:
    """Refuse a sheet whose filled cells span too much; it is laid out whole in memory."""
    cells = rows = columns = unplaced = 0
    for found in _CELL.finditer(part):
        attributes = found[1]
        if attributes.endswith(b"/"):
            continue  # formatted and empty: takes no space
        cells += 1
        place = _PLACE.search(attributes)
        if place is None:
            unplaced += 1
            continue
        reference = _A1.fullmatch(place[2])
        if reference is None:
            raise _broken()
        rows = max(rows, int(reference[2]))
        columns = max(columns, _column(reference[1]))
    if unplaced:
        # Such a cell stands beside the last one, in the row that its row says.
        columns += unplaced
        rows = max(rows, len(_ROW.findall(part)), *(_row(r) for r in _ROW.findall(part)), 1)
    if rows > MAX_ROWS:
        raise _too_many_rows(rows)
    if rows * columns > MAX_CELLS or cells * longest > MAX_TEXT:
        raise StaffListError(
            "too-many-cells",
            "filled cells lie too far apart or hold too much text; copy the list into a new file",
            limit=MAX_CELLS,
        )


def _row(attributes: bytes) -> int:
    place = _PLACE.search(attributes)
    if place is None:
        return 0
    if not re.fullmatch(rb"[0-9]{1,10}", place[2]):
        raise _broken()
    return int(place[2])


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _broken() -> StaffListError:
    return StaffListError("broken", "the file is damaged; open it and save it again as .xlsx")


def _zip_bomb() -> StaffListError:
    return StaffListError(
        "zip-bomb",
        "the file unpacks to far more than a staff list; copy the list into a new file",
        limit=MAX_UNPACKED,
    )


def _too_many_rows(rows: int) -> StaffListError:
    return StaffListError(
        "too-many-rows",
        f"the list goes down to row {rows}, at most {MAX_ROWS} are taken; "
        "copy the list into a new file, or send it in parts",
        limit=MAX_ROWS,
    )


def _no_header() -> StaffListError:
    return StaffListError(
        "no-header",
        "no row within the first 20 has both 姓名 (name) and 教研组 (group); "
        "name the two columns so",
        needed=["姓名", "教研组"],
    )
