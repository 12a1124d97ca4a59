"""`cycles import`: the school's own staff list, whole or not at all."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cycles_api.cli.exits import Exit
from cycles_api.cli.files import read
from cycles_api.cli.finding import school_meant, school_option
from cycles_api.cli.teaching import database_option, json_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both
from cycles_api.wording.staff import STAFF

if TYPE_CHECKING:
    from cycles.school import RowReport
    from cycles.service.staff_lists import StaffListReport
    from cycles_api.assembly import Service

_ROW: Final = Both("第 {row} 行 {name} {group}：{said}", "Row {row} {name} {group}: {said}")
_COLUMN: Final = Both("没有保存“{title}”一列：{why}", "Column “{title}” is not kept: {why}")
_CANDIDATE: Final = Both("    same:{id} 是{name}（{groups}）", "    same:{id} is {name} ({groups})")
_IMPORTED: Final = Both(
    "导入了 {persons} 人、{groups} 个组、{appointments} 项任命。撤销：cycles import --undo",
    "Imported {persons} people, {groups} groups, {appointments} appointments. "
    "To take it back: cycles import --undo",
)
_WOULD: Final = Both(
    "可以导入 {persons} 人、{groups} 个组、{appointments} 项任命；还什么都没改。",
    "Would import {persons} people, {groups} groups, {appointments} appointments; "
    "nothing was changed.",
)
_NOTHING: Final = Both("名单上的都已经有了。", "All of the list is there already.")
_REFUSED: Final = Both(
    "什么都没有导入。改好文件，或回答：--answer 行号=回答，或只导入好的行：--only-good",
    "Nothing was imported. Mend the file, or answer with --answer ROW=ANSWER, "
    "or take the good rows with --only-good.",
)
_ANSWERS: Final = Both("    回答：{answers}", "    Answers: {answers}")
_UNDONE: Final = Both(
    "撤销了：{persons} 人、{groups} 个组、{appointments} 项任命。",
    "Taken back: {persons} people, {groups} groups, {appointments} appointments.",
)
_HEADS: Final = ("head", "instead", "member")
_MAX_BYTES: Final = 64 * 1024 * 1024


@taught(
    "import",
    ("cycles import staff.xlsx --dry-run", "Only look. 先看看。"),
    ("cycles import staff.xlsx", "Import it. 导入。"),
    ("cycles import staff.xlsx --answer 5=new", "Row 5 is somebody else. 第 5 行是另一个人。"),
    ("cycles import --undo", "Take the last import back. 撤销上一次。"),
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--answer", "answers", multiple=True, metavar="ROW=ANSWER", help="回答一行的问题。")
@click.option("--only-good", is_flag=True, help="只导入好的行 · Leave out rows that ask or fail.")
@click.option("--dry-run", is_flag=True, help="只看结果 · Only say what would happen.")
@click.option("--undo", is_flag=True, help="撤销上一次导入 · Take back the last import.")
@school_option
@database_option
@json_option
@click.pass_obj
def command(
    terminal: Terminal,
    file: Path | None,
    answers: tuple[str, ...],
    only_good: bool,
    dry_run: bool,
    undo: bool,
    school: str | None,
    database: str | None,
    as_json: bool,
) -> Exit:
    """导入教师名单 · Import the school's staff list as it is: .xlsx, .xls or .csv.

    Only 姓名 and 教研组 are needed; a column 组长 makes heads of groups. Identity and telephone
    numbers are never stored. Exit code 1, and nothing imported, if any row is wrong or asks.
    """
    from cycles_api.assembly import assembled

    if (file is None) != undo:
        raise click.UsageError("name a FILE, or --undo")
    with assembled(settings_of(database)) as service:
        school_id = school_meant(service, school)
        if file is None:
            return _undo(terminal, service, school_id, as_json=as_json)
        raw, given = read(file, limit=_MAX_BYTES), dict(map(_answer, answers))
        report = _done(service, school_id, file.name, raw, given, only_good, dry_run=dry_run)
        while not (report.ok or as_json) and sys.stdin.isatty() and _ask(terminal, report, given):
            report = _done(service, school_id, file.name, raw, given, only_good, dry_run=dry_run)
    if as_json:
        terminal.answer_json(_plain(report))
    else:
        _print(terminal, report, dry_run=dry_run)
    return Exit.DONE if report.ok else Exit.FOUND


def _done(
    service: Service,
    school_id: str,
    name: str,
    raw: bytes,
    answers: dict[int, str],
    only_good: bool,
    *,
    dry_run: bool,
) -> StaffListReport:
    from cycles.service import operator_of
    from cycles.service.staff_lists import StaffLists

    lists = StaffLists(service.core, service.outbox)
    do = lists.preview if dry_run else lists.apply
    return do(operator_of(school_id), name, raw, answers, only_good=only_good)


def _undo(terminal: Terminal, service: Service, school_id: str, *, as_json: bool) -> Exit:
    from cycles.service import operator_of
    from cycles.service.staff_lists import StaffLists

    done = StaffLists(service.core, service.outbox).undo_last(operator_of(school_id))
    counts = {
        "persons": done.persons,
        "groups": done.groups,
        "appointments": done.appointments,
        "reopened": done.reopened,
    }
    if as_json:
        terminal.answer_json({"import_id": done.import_id, **counts})
    else:
        terminal.answer(terminal.pick(_UNDONE, **counts))
    return Exit.DONE


def _answer(text: str) -> tuple[int, str]:
    row, equals, said = text.partition("=")
    if not (equals and said and row.isascii() and row.isdecimal()):
        raise click.UsageError(f"--answer {text!r}: write ROW=ANSWER, like 5=new")
    return int(row), said


def _ask(terminal: Terminal, report: StaffListReport, given: dict[int, str]) -> bool:
    """Ask what the rows ask; whether there was anything that was not asked before."""
    asked = [row for row in report.rows if row.outcome == "asks" and row.row not in given]
    for row in asked:
        terminal.tell(_told(terminal, row))
        given[row.row] = click.prompt("  ?", err=True)
    return bool(asked)


def _print(terminal: Terminal, report: StaffListReport, *, dry_run: bool) -> None:
    for row in report.rows:
        terminal.answer(_told(terminal, row))
    for column in report.ignored_columns:
        why = terminal.pick(STAFF[column.why])
        terminal.answer(terminal.pick(_COLUMN, title=column.title, why=why))
    said = _IMPORTED if report.import_id else _NOTHING
    if not report.ok:
        said = _REFUSED
    elif dry_run:
        said = _WOULD
    counts = {
        "persons": report.persons,
        "groups": report.groups,
        "appointments": report.appointments,
    }
    terminal.tell(terminal.pick(said, **counts))


def _told(terminal: Terminal, row: RowReport) -> str:
    """What becomes of a row, and how it can be answered where it asks."""
    said = " ".join(terminal.pick(STAFF[code]) for code in (row.outcome, *row.codes))
    told = [terminal.pick(_ROW, row=row.row, name=row.name, group=row.group, said=said)]
    for one in row.candidates:
        groups = "、".join(one.groups)
        told.append(terminal.pick(_CANDIDATE, id=one.id, name=one.name, groups=groups))
    if row.outcome == "asks":
        kinds = {"same_name": ("new",), "two_heads": _HEADS}
        ways = [f"{a}" for code in row.codes for a in kinds.get(code, ())]
        told.append(terminal.pick(_ANSWERS, answers=", ".join(ways)))
    return "\n".join(told)


def _plain(report: StaffListReport) -> dict[str, Any]:
    return {
        "ok": report.ok,
        "import_id": report.import_id,
        "persons": report.persons,
        "groups": report.groups,
        "appointments": report.appointments,
        "ended": report.ended,
        "rows": [
            {
                "row": row.row,
                "name": row.name,
                "group": row.group,
                "outcome": row.outcome,
                "codes": list(row.codes),
                "candidates": [
                    {"id": c.id, "name": c.name, "groups": list(c.groups)} for c in row.candidates
                ],
            }
            for row in report.rows
        ],
        "ignored_columns": [
            {"column": c.column, "title": c.title, "why": c.why} for c in report.ignored_columns
        ],
    }
