"""What a staff list says, row by row: who, in which group, and who heads it.

Nothing is guessed: only named columns are read, and a row that is not clear says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from cycles.errors import StaffListError
from cycles.school.staff_columns import (
    Columns,
    IgnoredColumn,
    clean,
    find_columns,
    is_footnote,
    is_group,
    is_header,
    is_name,
    is_total,
    key,
    leads,
    names_several,
    without_private_cells,
)

__all__ = ["StaffLine", "StaffList", "parse_staff_list"]

_YES: Final = frozenset({"是", "√", "✓", "✔", "组长", "教研组长", "1", "yes", "y", "true"})
_NO: Final = frozenset({"", "否", "不是", "×", "x", "0", "no", "n", "false", "-", "—", "/", "无"})
_MAX_STAFF_NO: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """One row of the list below its header; `row` counts from 1, as in the file.

    `skipped` and `fault` are codes of `staff_codes`; a line with neither has a name and a
    group. A name or group that could not be read is left empty, never repeated.
    """

    row: int
    name: str = ""
    group: str = ""
    staff_no: str | None = field(default=None, repr=False)
    head: bool = False
    skipped: str | None = None
    fault: str | None = None

    @property
    def good(self) -> bool:
        """Whether the line names a person and a group."""
        return self.skipped is None and self.fault is None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffList:
    """A staff list, read; `lines` in the order of the file."""

    lines: tuple[StaffLine, ...]
    ignored_columns: tuple[IgnoredColumn, ...]
    has_heads: bool


def parse_staff_list(rows: Sequence[Sequence[str]]) -> StaffList:
    """The list in these rows; the first of them is row 1 of the file.

    Raises:
        StaffListError: `no-header`, or `no-rows` if nobody stands below it.

    >>> rows = [["育才小学教师名册"], ["姓名", "教研组", "组长"], ["李 芳", "语文组", "是"]]
    >>> parse_staff_list(rows).lines
    (StaffLine(row=3, name='李芳', group='语文组', head=True, skipped=None, fault=None),)
    """
    columns = find_columns(rows)
    if columns is None:
        raise StaffListError(
            "no-header",
            "no row within the first 20 has both 姓名 (name) and 教研组 (group); "
            "name the two columns so",
            needed=["姓名", "教研组"],
        )
    below = without_private_cells(rows, columns)[columns.header + 1 :]
    lines: list[StaffLine] = []
    heads: dict[int, str] = {}
    for number, row in enumerate(below, start=columns.header + 2):
        line, head = _line(number, row, columns)
        lines.append(line)
        if line.good:
            heads[number] = head
    while lines and lines[-1].skipped == "blank":
        lines.pop()
    if all(line.skipped for line in lines):
        raise StaffListError(
            "no-rows", "nobody stands below the header; send the list with its rows"
        )
    return StaffList(
        lines=_with_heads(lines, heads),
        ignored_columns=columns.ignored,
        has_heads=columns.head is not None or columns.duty is not None,
    )


def _line(number: int, row: Sequence[str], columns: Columns) -> tuple[StaffLine, str]:
    """The line without its head column, and what that or the column of duties says."""

    def cell(column: int | None) -> str:
        return clean(row[column]) if column is not None and column < len(row) else ""

    name, group = cell(columns.name), cell(columns.group)
    head, staff_no = cell(columns.head), cell(columns.staff_no)
    if leads(cell(columns.duty), group):
        head = name
    skipped = _skipped(row, name, group)
    if skipped:
        return StaffLine(row=number, skipped=skipped), ""
    fault = None
    if not is_name(name):
        fault = "name_unreadable" if name else "name_missing"
    elif not is_group(group):
        fault = "group_unreadable" if group else "group_missing"
    elif names_several(group):
        fault = "several_groups"
    line = StaffLine(
        row=number,
        name=name if is_name(name) else "",
        group=group if is_group(group) else "",
        staff_no=staff_no if 0 < len(staff_no) <= _MAX_STAFF_NO else None,
        fault=fault,
    )
    return line, head


def _skipped(row: Sequence[str], name: str, group: str) -> str | None:
    if is_header(name, group):
        return "repeated_header"
    if is_total(name):
        return "total"
    if name and group:
        return None
    if any(is_total(text) for text in row):
        return "total"
    if not group and (is_footnote(name) if name else any(is_footnote(text) for text in row)):
        return "footnote"
    return None if name or group else "blank"


def _with_heads(lines: Sequence[StaffLine], heads: dict[int, str]) -> tuple[StaffLine, ...]:
    """The lines, each knowing whether the head column makes its person head of its group.

    The column says yes or no, or repeats the name of the head in every row of the group.
    """
    by_name: dict[tuple[str, str], list[int]] = {}
    for line in lines:
        if line.good:
            by_name.setdefault((key(line.group), key(line.name)), []).append(line.row)
    made: set[int] = set()
    unclear: set[int] = set()
    for line in lines:
        said = key(heads.get(line.row, ""))
        if said in _NO:
            continue
        if said in _YES or said == key(line.name):
            made.add(line.row)
            continue
        named = by_name.get((key(line.group), said), [])
        if len(named) == 1:
            made.add(named[0])
        else:
            unclear.add(line.row)
    return tuple(
        replace(
            line,
            head=line.row in made,
            fault="head_unclear" if line.row in unclear else line.fault,
        )
        for line in lines
    )
