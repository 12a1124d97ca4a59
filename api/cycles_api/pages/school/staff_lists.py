"""A staff list on a page: read, each fault in its cell, each question in its row, then imported.

Nothing is kept between two looks at it but what the form carries. The wizard of a new school and
the school's own page show the same.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from cycles.errors import StaffListError
from cycles.school import RowReport, StaffSheet, from_paste, read_rows
from cycles.school.staff_codes import FAULTS, QUESTIONS
from cycles.school.staff_columns import find_columns, without_private_cells
from cycles.service import Actor, Given
from cycles.service.staff_lists import StaffListReport
from cycles_api.assembly import Service
from cycles_api.pages.frame.sending import Sent
from cycles_api.pages.school.contexts import (
    GoodRow,
    ListCell,
    ListPage,
    ListQuestion,
    ListRow,
    ListStartPage,
)
from cycles_api.pages.school.words import IN_ITS_CELL, IN_LIST, POSSIBLE
from cycles_api.pages.told.fields import Choice
from cycles_api.wording import Language, Speaker
from cycles_api.wording.staff import STAFF

__all__ = ["Sheet", "first_page", "imported", "list_page", "read_sheet", "sent_sheet"]

_FILE: Final = "list.csv"
#: What a file may weigh before it is looked at; `read_rows` says the same of what it takes.
_MOST: Final = 5 * 1024 * 1024 + 1
#: Faulty rows that are shown at once; the others follow once these are mended.
_SHOWN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A list under way: its cells, what was answered, and what of the file is not kept.

    Attributes:
        sheet: What is read of the list.
        shift: How many rows stand above the list that its sender has not written.
        ignored: Columns of which nothing is kept, as (title, why).
        answers: By row, what was answered to it.
    """

    sheet: StaffSheet
    shift: int = 0
    ignored: tuple[tuple[str, str], ...] = ()
    answers: Mapping[int, str] = field(default_factory=dict)

    @property
    def raw(self) -> bytes:
        """The list as a file."""
        return self.sheet.text.encode()


def read_sheet(sent: Sent) -> Sheet:
    """The list that was chosen as a file, or pasted; raises `StaffListError`."""
    chosen = sent.file("file")
    if chosen is not None:
        name, raw, shift = chosen.filename, chosen.file.read(_MOST), 0
    else:
        text, shift = from_paste(sent.text("pasted"))
        name, raw = _FILE, text.encode()
        if not sent.text("pasted").strip():
            raise StaffListError("empty", "neither a file nor a text was sent")
    rows = read_rows(raw, name)
    columns = find_columns(rows)
    ignored = columns.ignored if columns is not None else ()
    return Sheet(
        sheet=StaffSheet.of(rows),
        shift=shift,
        ignored=tuple((each.title, each.why) for each in ignored),
    )


def sent_sheet(sent: Sent) -> Sheet:
    """The list as the last page carried it, with the cells mended and the questions answered.

    Raises `StaffListError` for what no page of ours has made.
    """
    sheet = StaffSheet.of(read_rows(sent.text("list").encode(), _FILE))
    cells: dict[tuple[int, str], str] = {}
    for at, text in sent.under("c.").items():
        row, _, name = at.partition(".")
        if row.isdecimal() and len(row) < 7:
            cells[int(row), name] = text
    taken_out = {int(row) for row in sent.texts("out") if row.isdecimal() and len(row) < 7}
    answers: dict[int, str] = {}
    for at, text in sent.under("a.").items():
        row, _, _ = at.partition(".")
        if row.isdecimal() and len(row) < 7 and text:
            before = answers.get(int(row))
            answers[int(row)] = f"{before},{text}" if before else text
    shift = sent.text("shift")
    ignored = (line.partition("\t") for line in sent.texts("ignored"))
    mended = StaffSheet.of(_safe(sheet.mended(cells).without(taken_out)))
    return Sheet(
        sheet=mended,
        shift=1 if shift == "1" else 0,
        ignored=tuple((title[:50], why) for title, _, why in ignored if why in STAFF),
        answers={row: said for row, said in answers.items() if row not in taken_out},
    )


def imported(
    service: Service, actor: Actor, sheet: Sheet, sent: Sent, *, only_good: bool
) -> StaffListReport:
    """Import it; the report says whether that was done."""
    asked = f"{sheet.sheet.text} {sorted(sheet.answers.items())} {only_good}"
    given = Given(
        key=sent.text("key")[:100] or None, request=hashlib.sha256(asked.encode()).hexdigest()
    )
    return service.staff_lists.apply(
        actor, _FILE, sheet.raw, sheet.answers, only_good=only_good, given=given
    )


def first_page(
    language: Language,
    *,
    to: str,
    csrf: str,
    told: str = "",
    last: str = "",
    pasted: str = "",
    fault: StaffListError | None = None,
    kept: str = "",
    skip: str = "",
) -> ListStartPage:
    """Where a list is chosen or pasted."""
    return ListStartPage(
        said=told,
        to=to,
        csrf=csrf,
        last=last,
        pasted=pasted,
        fault=Speaker(language).error(fault) if fault is not None else "",
        kept=kept,
        skip=skip,
    )


def list_page(
    service: Service, actor: Actor, sheet: Sheet, language: Language, *, to: str, csrf: str
) -> ListPage:
    """What would become of each row today, and what has to be mended or answered first."""
    report = service.staff_lists.preview(actor, _FILE, sheet.raw, sheet.answers)
    good_only = service.staff_lists.preview(actor, _FILE, sheet.raw, sheet.answers, only_good=True)
    open_rows = [row for row in report.rows if row.outcome in ("asks", "fault")]
    # What was answered stays to be seen and changed, though it asks no more.
    answered = [r for r in report.rows if r.row in sheet.answers and r not in open_rows]
    rows = tuple(_row(row, sheet, language) for row in open_rows[:_SHOWN])
    good = [r for r in report.rows if r.outcome in ("new", "known", "moved")]
    skipped = [r for r in report.rows if r.outcome == "skipped" and r.codes != ("blank",)]
    changes = good_only.persons + good_only.groups + good_only.appointments + good_only.ended
    return ListPage(
        to=to,
        csrf=csrf,
        key=secrets.token_urlsafe(16),
        text=sheet.sheet.text,
        shift=sheet.shift,
        ignored=tuple(
            (f"{title}\t{why}", title, STAFF[why].in_language(language))
            for title, why in sheet.ignored
        ),
        answers=tuple(
            (f"a.{row.row}.{n}", said)
            for row in answered
            for n, said in enumerate(sheet.answers[row.row].split(","))
        ),
        ok=report.ok,
        changes=changes > 0,
        counts=_counts(good_only, language),
        rows=rows,
        more=len(open_rows) - len(rows),
        good=tuple(
            GoodRow(
                number=row.row - sheet.shift,
                name=row.name,
                group=row.group,
                told=_told(row, language),
            )
            for row in good
        ),
        skipped=tuple(
            GoodRow(number=row.row - sheet.shift, name="", group="", told=_told(row, language))
            for row in skipped
        ),
    )


def _safe(sheet: StaffSheet) -> list[list[str]]:
    """The rows without what must never be stored, also where it was just typed in."""
    rows = read_rows(sheet.text.encode(), _FILE)
    columns = find_columns(rows)
    return without_private_cells(rows, columns) if columns is not None else []


def _counts(report: StaffListReport, language: Language) -> tuple[str, ...]:
    """What would be made, each kind that is not nothing."""
    counts = {
        "persons": report.persons,
        "groups": report.groups,
        "appointments": report.appointments,
        "ended": report.ended,
    }
    return tuple(
        IN_LIST[kind].in_language(language).format(count=count)
        for kind, count in counts.items()
        if count
    )


def _told(row: RowReport, language: Language) -> str:
    between = "，" if language == "zh" else ", "
    return between.join(STAFF[code].in_language(language) for code in (row.outcome, *row.codes))


def _row(row: RowReport, sheet: Sheet, language: Language) -> ListRow:
    """A row that cannot be imported yet: each fault in its cell, each question with its answers."""
    faults = {IN_ITS_CELL.get(code, ""): code for code in row.codes if code in FAULTS}

    def said(code: str) -> str:
        possible = POSSIBLE[code].in_language(language) if code in POSSIBLE else ""
        return STAFF[code].in_language(language) + possible

    return ListRow(
        number=row.row - sheet.shift,
        at=row.row,
        cells=tuple(
            ListCell(
                name=f"c.{row.row}.{name}",
                label=IN_LIST[name].in_language(language),
                text=sheet.sheet.cell(row.row, name),
                fault=said(faults[name]) if name in faults else "",
            )
            for name in sheet.sheet.fields
        ),
        told=said(faults[""]) if "" in faults else "",
        questions=tuple(_questions(row, sheet, language)),
    )


def _questions(row: RowReport, sheet: Sheet, language: Language) -> Iterator[ListQuestion]:
    answered = set(sheet.answers.get(row.row, "").split(","))
    for code in row.codes:
        if code not in QUESTIONS:
            continue
        if code == "same_name":
            choices = list(_candidates(row, sheet, language))
        else:
            choices = [(each, STAFF[each].in_language(language)) for each in _HEADS]
        yield ListQuestion(
            name=f"a.{row.row}.{code}",
            title=STAFF[code].in_language(language),
            choices=tuple(
                Choice(value=value, label=label, chosen=value in answered)
                for value, label in choices
            ),
        )


_HEADS: Final = ("head", "instead", "member")


def _candidates(row: RowReport, sheet: Sheet, language: Language) -> Iterator[tuple[str, str]]:
    between = "、" if language == "zh" else ", "
    for one in row.candidates:
        of, _, number = one.id.partition(":")
        said = "same_row" if of == "row" and number else "same_person"
        yield (
            f"same:{one.id}",
            IN_LIST[said]
            .in_language(language)
            .format(
                name=one.name,
                groups=between.join(one.groups) or "—",
                row=int(number) - sheet.shift if said == "same_row" else "",
            ),
        )
    yield "new", IN_LIST["another"].in_language(language).format(name=row.name)
