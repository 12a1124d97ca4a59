"""A staff list on its way from a file to its import: what is read of it, to be mended cell by cell.

Rows keep their numbers of the file; nothing is carried on that `staff_file` has cut away.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cycles.errors import StaffListError
from cycles.school.staff_columns import find_columns, is_footnote, is_total

__all__ = ["FIELDS", "StaffSheet", "from_paste"]

#: What is read of a list → the title of its column.
FIELDS: Final = {
    "name": "姓名",
    "group": "教研组",
    "staff_no": "工号",
    "head": "组长",
    "duty": "职务",
}
#: Marks of totals and remarks stand here.
_NOTE: Final = "说明"
#: Longest cell that is carried on; a name or a group is far shorter.
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSheet:
    """The cells of a list that are read; `header` counts from 1, as rows do in the file."""

    header: int
    fields: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]]) -> StaffSheet:
        """The sheet in rows as `read_rows` gives them; raises `StaffListError` (`no-header`)."""
        columns = find_columns(rows)
        if columns is None:
            raise StaffListError("no-header", "no row has both 姓名 and 教研组", needed=[])
        places = {
            "name": columns.name,
            "group": columns.group,
            "staff_no": columns.staff_no,
            "head": columns.head,
            "duty": columns.duty,
        }
        used = {name: at for name, at in places.items() if at is not None}

        def cells(row: Sequence[str]) -> tuple[str, ...]:
            taken = [row[at][:_LONGEST] if at < len(row) else "" for at in used.values()]
            rest = [c for at, c in enumerate(row) if at not in used.values()]
            return (*taken, next((c for c in rest if is_total(c) or is_footnote(c)), ""))

        below = tuple(cells(row) for row in rows[columns.header + 1 :])
        return cls(header=columns.header + 1, fields=tuple(used), rows=below)

    def cell(self, row: int, name: str) -> str:
        """What stands in a row of the file under a field; empty where there is nothing."""
        at = row - self.header - 1
        if name not in self.fields or not 0 <= at < len(self.rows):
            return ""
        return self.rows[at][self.fields.index(name)]

    def mended(self, cells: Mapping[tuple[int, str], str]) -> StaffSheet:
        """The sheet with other cells by row and field; what is no cell of it is left out."""
        rows = [list(row) for row in self.rows]
        for (row, name), text in cells.items():
            at = row - self.header - 1
            if name in self.fields and 0 <= at < len(rows):
                rows[at][self.fields.index(name)] = text[:_LONGEST]
        return StaffSheet(
            header=self.header, fields=self.fields, rows=tuple(tuple(row) for row in rows)
        )

    def without(self, taken_out: Collection[int]) -> StaffSheet:
        """The sheet with these rows left blank."""
        blank = ("",) * (len(self.fields) + 1)
        rows = tuple(
            blank if at + self.header + 1 in taken_out else row for at, row in enumerate(self.rows)
        )
        return StaffSheet(header=self.header, fields=self.fields, rows=rows)

    @property
    def text(self) -> str:
        """The sheet as CSV that `read_rows` reads back, each row at its number."""
        titles = [FIELDS[name] for name in self.fields]
        above = [[""] * (len(titles) + 1)] * (self.header - 1)
        return _csv([*above, [*titles, _NOTE], *self.rows])


def from_paste(text: str) -> tuple[str, int]:
    r"""A list as it was pasted, made to CSV; and how many rows now stand above it.

    Without a header the columns are name, group, and whether they head it, as the page asks for.

    >>> from_paste("李芳 语文组 是\n王强 语文组")
    ('姓名,教研组,组长\n李芳,语文组,是\n王强,语文组,\n', 1)
    >>> from_paste("工号\t姓名\t教研组\n7\t李芳\t语文组")
    ('工号,姓名,教研组\n7,李芳,语文组\n', 0)
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    rows = [_split(line) for line in lines]
    added = 0
    if find_columns(rows) is None:
        rows = [["姓名", "教研组", "组长"], *([*row, "", "", ""][:3] for row in rows)]
        added = 1
    return _csv(rows), added


def _split(line: str) -> list[str]:
    """The cells of a line: as Excel copies them, with commas, or with spaces between."""
    for mark in ("\t", ",", "，", "、", ";", "；"):
        if mark in line:
            return [cell.strip() for cell in line.split(mark)]
    return line.split()


def _csv(rows: Sequence[Sequence[str]]) -> str:
    return "".join(",".join(map(_quoted, row)) + "\n" for row in rows)


def _quoted(cell: str) -> str:
    plain = not any(mark in cell for mark in ',"\r\n;\t')
    return cell if plain else '"' + cell.replace('"', '""') + '"'
