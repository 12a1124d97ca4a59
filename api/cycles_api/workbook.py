"""Tables as an .xlsx that Excel, WPS and LibreOffice open alike."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

import xlsxwriter  # type: ignore[import-untyped]  # it has no annotations

__all__ = ["XLSX", "Cell", "Sheet", "workbook"]

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | date | None

#: Narrowest and widest column, in digits of the sheet's font.
_NARROW: Final = 8
_WIDE: Final = 48
_A4: Final = 9
#: Doubled, and with what stands around it, it keeps within the 255 signs of the format.
_LONGEST_HEADING: Final = 120
#: Longest text that a cell may hold, by the format.
_MOST: Final = 32_767
#: Signs that no XML may hold; control characters are escaped by the format itself.
_NO_XML: Final = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
#: What a spreadsheet takes for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table: its name, its columns, its rows from top to bottom."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def workbook(sheets: Sequence[Sheet], heading: str = "") -> bytes:
    """The sheets as one file; headers stay in view, columns are as wide as what is in them.

    Printed, a sheet lies across A4, as wide as the page, with its columns' titles and the heading
    on each: whose it is, and of which day.

    A text is always a text, whatever it begins with, also after somebody edits its cell; a date
    is a date that can be sorted and filtered.
    """
    file = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, {"in_memory": True, **plain}) as book:
        # Whoever saves the sheet as .csv, or edits a cell, must not make a formula of it.
        forms = {
            "head": book.add_format({"bold": True, "bottom": 1, "valign": "top"}),
            "text": book.add_format({"valign": "top", "text_wrap": True}),
            "quoted": book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True}),
            "date": book.add_format({"valign": "top", "align": "left", "num_format": "yyyy-mm-dd"}),
        }
        for sheet in sheets:
            _write(book, forms, sheet, heading)
    return file.getvalue()


def _write(book: xlsxwriter.Workbook, forms: dict[str, object], sheet: Sheet, heading: str) -> None:
    made = book.add_worksheet(_name(sheet.title))
    for column, title in enumerate(sheet.columns):
        made.write_string(0, column, title, forms["head"])
        shown = [title, *(_shown(row[column]) for row in sheet.rows)]
        made.set_column(column, column, min(_WIDE, max(_NARROW, *map(_width, shown)) + 2))
    for number, row in enumerate(sheet.rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                form = forms["quoted" if value.startswith(_FORMULA) else "text"]
                made.write_string(number, column, _NO_XML.sub("\ufffd", value)[:_MOST], form)
            elif isinstance(value, date):
                made.write_datetime(
                    number, column, datetime.combine(value, time.min), forms["date"]
                )
            elif value is not None:
                made.write_number(number, column, value, forms["text"])
    made.freeze_panes(1, 1)
    made.set_landscape()
    made.set_paper(_A4)
    made.fit_to_pages(1, 0)
    made.repeat_rows(0)
    made.set_header("&L" + _NO_XML.sub("", heading)[:_LONGEST_HEADING].replace("&", "&&"))
    made.set_footer("&R&P / &N")
    if sheet.rows:
        made.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)


def _name(title: str) -> str:
    """A sheet's name as Excel takes it: without some signs, and not too long.

    >>> _name("汇报课 [1/2]")
    '汇报课 12'
    """
    return "".join(sign for sign in title if sign not in "[]:*?/\\'")[:31]


def _shown(value: Cell) -> str:
    return "" if value is None else str(value)


def _width(text: str) -> int:
    """How wide a text is, by its longest line: Chinese signs take twice as much as Latin ones.

    >>> _width("课例"), _width("study")
    (4, 5)
    """
    lines = text.split("\n")
    return max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in x) for x in lines)
