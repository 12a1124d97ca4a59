"""`cycles verify`: the log proven, without trusting whoever keeps it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cycles_api.cli.exits import Exit
from cycles_api.cli.files import FileProblem, read, write
from cycles_api.cli.teaching import database_option, json_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

if TYPE_CHECKING:
    from cycles.ledger import Head, Report

_HEAD: Final = re.compile(r"(?P<subj>\S+)@(?P<seq>[1-9][0-9]{0,15})=(?P<leaf>[A-Za-z0-9+/]{43}=)")
_MAX_HEADS: Final = 512 * 1024 * 1024
_WORKING: Final = Both("核对", "Checking")


@taught(
    "verify",
    ("cycles verify export.zip", "An export, on any computer. 在任何电脑上核对。"),
    ("cycles verify export.zip --note heads.json", "Note where the log ends today. 抄下结尾。"),
    ("cycles verify later.zip --heads heads.json", "Nothing since then is gone. 与抄下的对照。"),
    ("cycles verify --database sqlite:///cycles.db", "The database itself. 核对数据库。"),
    ("cycles verify export.zip --json", "For a programme. 给程序读。"),
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@database_option
@click.option("--school", metavar="ID", help="只核对这所学校 · Only this school of the database.")
@click.option(
    "--heads",
    "heads_file",
    type=click.Path(),
    metavar="FILE",
    help="以前用 --note 抄下的 · Heads noted earlier with --note; each must still be there.",
)
@click.option(
    "--head",
    "heads_given",
    multiple=True,
    metavar="SUBJECT@N=LEAF",
    help="单独一条 · One noted entry; may be repeated.",
)
@click.option(
    "--note",
    type=click.Path(),
    metavar="FILE",
    help="抄下每一项的最后一条 · Note the last entry of each subject in this file.",
)
@json_option
@click.pass_obj
def command(
    terminal: Terminal,
    file: Path | None,
    database: str | None,
    school: str | None,
    heads_file: str | None,
    heads_given: tuple[str, ...],
    note: str | None,
    as_json: bool,
) -> Exit:
    """核对日志 · Verify an export of the log, or the database itself.

    Recomputes every hash, checks that entries follow each other, that contents and attachments
    are those the entries commit to, and replays each cycle under the workflow version of its day.
    An export needs no server and no network. Exit code 1 where anything is wrong.
    """
    from cycles_api.cli.reporting import heads_plain, tell_reports

    heads = [*_noted(heads_file), *(_head(text) for text in heads_given)]
    if file is not None and (database or school):
        raise click.UsageError("name a FILE, or --database and --school, not both")
    if file is not None:
        reports: Mapping[str, Report] = {file.name: _of_file(terminal, file, heads)}
    else:
        reports = _of_database(terminal, database, school, heads)
    if note is not None and all(report.ok for report in reports.values()):
        noted = [head for report in reports.values() for head in report.heads.values()]
        write(note, json.dumps(heads_plain(noted), indent=1).encode() + b"\n")
    return tell_reports(terminal, reports, as_json=as_json, against=len(heads))


def _of_file(terminal: Terminal, file: Path, heads: list[Head]) -> Report:
    from cycles.service.verifying import verify_file

    try:
        with terminal.progress(terminal.pick(_WORKING)) as bar:
            return verify_file(file, heads=heads, progress=bar.reached)
    except OSError as error:
        raise FileProblem(file, error) from None


def _of_database(
    terminal: Terminal, database: str | None, school: str | None, heads: list[Head]
) -> Mapping[str, Report]:
    """School to what a check of its log found."""
    from cycles.service.verifying import verify_database
    from cycles_api.assembly import assembled

    found: dict[str, Report] = {}
    with assembled(settings_of(database), read_only=True) as service:
        known = [row.id for row in service.core.store.schools()]
        if school is not None and school not in known:
            raise click.UsageError(f"no school {school!r}; there are: {', '.join(known)}")
        for one in [school] if school else known:
            with terminal.progress(f"{terminal.pick(_WORKING)} {one}") as bar:
                found[one] = verify_database(service.core, one, heads=heads, progress=bar.reached)
    return found


def _head(text: str) -> Head:
    from cycles.ledger import Head

    found = _HEAD.fullmatch(text)
    if found is None:
        raise click.UsageError(f"--head {text!r}: write SUBJECT@NUMBER=LEAF, the leaf in base64")
    return Head(subj=found["subj"], seq=int(found["seq"]), leaf=found["leaf"])


def _noted(path: str | None) -> list[Head]:
    """The heads of a file that `--note` wrote."""
    if path is None:
        return []
    try:
        plain: dict[str, Any] = json.loads(read(path, limit=_MAX_HEADS))
        return [_head(f"{subj}@{seq}={leaf}") for subj, (seq, leaf) in plain.items()]
    except (ValueError, TypeError, AttributeError, click.UsageError):
        raise FileProblem(path, "these are no heads that --note wrote") from None
