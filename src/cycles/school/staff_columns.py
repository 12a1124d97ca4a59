"""Which columns of a staff list are read, and how a cell becomes a name, a group, a number.

Identity and telephone numbers are cut away here, before anything else sees them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = [
    "HEADER_WITHIN",
    "Columns",
    "IgnoredColumn",
    "clean",
    "find_columns",
    "is_footnote",
    "is_group",
    "is_header",
    "is_name",
    "is_total",
    "key",
    "leads",
    "names_several",
    "without_private_cells",
]

#: The header stands in one of so many first rows, under whatever title is printed above it.
HEADER_WITHIN: Final = 20
#: Longest name of a person or group that is taken, in characters.
MAX_NAME: Final = 50

_TITLES: Final = {
    "name": {"姓名", "教师姓名", "name"},
    "group": {"教研组", "组别", "所在教研组", "所属教研组", "学科组", "group"},
    "head": {"组长", "是否组长", "教研组长", "是否教研组长", "grouphead"},
    "staff_no": {"工号", "职工号", "教职工号", "编号", "employeenumber", "staffno"},
    "duty": {"职务", "行政职务", "校内职务", "担任职务", "任职", "现任职务", "duty", "duties"},
}
#: Duties that say by themselves who heads the group of the row; 年级组长, 备课组长 do not.
_LEADS: Final = frozenset(
    {"组长", "教研组长", "学科组长", "教研组组长", "group head", "head of group"}
)
_BETWEEN_DUTIES: Final = re.compile(r"[、,，;；/|+&\s]|兼任?")
_ID_CARD: Final = ("身份证", "证件号", "idcard", "idnumber", "identity")
_PHONE: Final = ("手机", "电话", "联系方式", "phone", "mobile", "tel", "微信", "wechat", "qq")

_TOTAL: Final = re.compile(r"(合计|总计|小计|共计|总人数|人数合计|total)([:\s\d#共为人]|$)", re.I)
_FOOTNOTE: Final = re.compile(
    r"(注|备注|说明|填表|填报|制表|审核|联系|负责人|校长签|日期|单位|学校|note)\S{0,8}?([:\s]|$)",
    re.I,
)
#: Within a list a line of text with these is no name.
_SENTENCE: Final = re.compile(r"[:。;；,，]")
# Seven digits and more are a telephone or identity number, however they are grouped.
_LONG_NUMBER: Final = re.compile(r"\d(?:[\s\-]?\d){6,}[Xx]?")
# A staff number may be long; what is kept must not look like one of these.
_PRIVATE_NUMBER: Final = re.compile(
    r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx]|\d{15})(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)"
)
_CJK: Final = r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_GAP_BETWEEN_CJK: Final = re.compile(rf"(?<={_CJK})\s+(?={_CJK})")
_DOTS: Final = str.maketrans(dict.fromkeys("•‧∙・･．", "·"))
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_IN_NAMES: Final = frozenset(" ·-'’.()（）")


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredColumn:
    """A column of which nothing is kept; `column` counts from 1, `why` is a code."""

    column: int
    title: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where the header stands and what is read below it; all counted from 0."""

    header: int
    name: int
    group: int
    head: int | None
    duty: int | None
    staff_no: int | None
    ignored: tuple[IgnoredColumn, ...]

    @property
    def used(self) -> frozenset[int]:
        """The columns that are read."""
        every = (self.name, self.group, self.head, self.duty, self.staff_no)
        return frozenset(column for column in every if column is not None)


def clean(cell: str) -> str:
    """The cell as people mean it: NFC, no invisible signs, no gap between Chinese characters.

    >>> clean(" 张　三 "), clean("Ann  Lee"), clean("阿依•古丽")
    ('张三', 'Ann Lee', '阿依·古丽')
    """
    text = unicodedata.normalize("NFC", cell).translate(_INVISIBLE).translate(_DOTS)
    text = " ".join(text.split())
    return _GAP_BETWEEN_CJK.sub("", text)


def key(text: str) -> str:
    """What two spellings of one name or group have in common.

    >>> key("语文组（一）") == key("语文组(一)")
    True
    """
    return unicodedata.normalize("NFKC", clean(text)).casefold()


def is_name(text: str) -> bool:
    """Whether a cleaned cell can be the name of a person."""
    return (
        0 < len(text) <= MAX_NAME
        and any(_is_letter(c) for c in text)
        and all(_is_letter(c) or c in _IN_NAMES for c in text)
    )


def is_group(text: str) -> bool:
    """Whether a cleaned cell can be the name of a group."""
    return (
        0 < len(text) <= MAX_NAME
        and "#" not in text
        and any(_is_letter(c) for c in text)
        and not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in text)
    )


def names_several(group: str) -> bool:
    """Whether a cell names several groups, each as a group; 音乐、美术组 is the name of one.

    >>> names_several("数学组、科学组"), names_several("音乐、美术组"), names_several("语文组")
    (True, False, False)
    """
    parts = [part for part in re.split(r"[、,，;；/+&和]", clean(group)) if part]
    return len(parts) > 1 and all(part.strip().endswith(("组", "教研室")) for part in parts)


def leads(duties: str, group: str) -> bool:
    """Whether somebody's duties say that they head the group; all others say nothing of it.

    >>> (
    ...     leads("教研组长兼班主任", "语文组"),
    ...     leads("数学组长", "数学组"),
    ...     leads("年级组长", "语文组"),
    ... )
    (True, True, False)
    """
    wanted = _LEADS | {f"{key(group)}长"}
    return key(duties) in wanted or not wanted.isdisjoint(_BETWEEN_DUTIES.split(key(duties)))


def is_total(text: str) -> bool:
    """Whether a cell starts a line of totals."""
    return _TOTAL.match(key(text)) is not None


def is_footnote(text: str) -> bool:
    """Whether a cell starts a remark, or is a sentence, where a name should stand."""
    text = key(text)
    return (
        _FOOTNOTE.match(text) is not None
        or _SENTENCE.search(text) is not None
        or len(text) > MAX_NAME
    )


def is_header(name: str, group: str) -> bool:
    """Whether these two cells are the header, printed once more on a new page."""
    return _title(name) in _TITLES["name"] and _title(group) in _TITLES["group"]


def find_columns(rows: Sequence[Sequence[str]]) -> Columns | None:
    """The columns under the first row that has both a name and a group; None without one."""
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        titles = [_title(cell) for cell in row]
        found: dict[str, int] = {}
        for column, title in enumerate(titles):
            meaning = _meaning(title)
            if meaning is not None:
                found.setdefault(meaning, column)
        if "name" not in found or "group" not in found:
            continue
        if "head" in found:
            # It says plainly what duties say among other things.
            found.pop("duty", None)
        ignored = [
            IgnoredColumn(column=column + 1, title=_public(row[column]), why=_why(title))
            for column, title in enumerate(titles)
            if title and column not in found.values()
        ]
        staff_no = found.get("staff_no")
        if staff_no is not None and _only_counts(rows[number + 1 :], staff_no):
            title = _public(row[staff_no])
            ignored.append(IgnoredColumn(column=staff_no + 1, title=title, why="running-number"))
            staff_no = None
        return Columns(
            header=number,
            name=found["name"],
            group=found["group"],
            head=found.get("head"),
            duty=found.get("duty"),
            staff_no=staff_no,
            ignored=tuple(sorted(ignored, key=lambda each: each.column)),
        )
    return None


def without_private_cells(rows: Sequence[Sequence[str]], columns: Columns) -> list[list[str]]:
    """The same rows without what stands above the header or in columns that are not read.

    Of an unread cell only the mark of a total or a remark is kept, so that such lines can be
    told; numbers in the columns that are read turn into `#` where they look private.
    """
    return [
        [
            _kept(cell, column, columns, below=number - columns.header)
            for column, cell in enumerate(row)
        ]
        for number, row in enumerate(rows)
    ]


def _kept(cell: str, column: int, columns: Columns, *, below: int) -> str:
    if below < 0:
        return ""
    if below == 0:
        return _public(cell)
    if column == columns.staff_no:
        return "" if _PRIVATE_NUMBER.search(key(cell)) else cell
    if column in columns.used:
        return _LONG_NUMBER.sub("#", cell)
    if is_total(cell):
        return "合计"
    return "备注：" if _FOOTNOTE.match(key(cell)) else ""


def _title(cell: str) -> str:
    """A header cell without spaces, stars, colons and remarks in brackets."""
    text = re.sub(r"\(.*?\)", "", key(cell))
    return re.sub(r"[\s*:_.]+", "", text)


def _meaning(title: str) -> str | None:
    return next((meaning for meaning, titles in _TITLES.items() if title in titles), None)


def _why(title: str) -> str:
    if any(part in title for part in _ID_CARD):
        return "id-card"
    if any(part in title for part in _PHONE):
        return "phone"
    return "second-column" if _meaning(title) not in (None, "duty") else "not-needed"


def _public(cell: str) -> str:
    return _LONG_NUMBER.sub("#", clean(cell))[:MAX_NAME]


def _only_counts(rows: Sequence[Sequence[str]], column: int) -> bool:
    """Whether the column numbers the rows 1, 2, 3 …: such numbers are nobody's own."""
    cells = [clean(row[column]) for row in rows if column < len(row)]
    numbers = [cell for cell in cells if cell.isdecimal()]
    return bool(numbers) and [int(n) for n in numbers if len(n) < MAX_NAME] == list(
        range(1, len(numbers) + 1)
    )


def _is_letter(character: str) -> bool:
    # Rare characters of names live in the private use area of old systems (Co), or are newer
    # than this Python's tables (Cn).
    category = unicodedata.category(character)
    return category[0] in "LM" or category in {"Co", "Cn"}
