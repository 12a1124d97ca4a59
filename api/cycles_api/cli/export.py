"""`cycles export`: the whole log in one zip, for `cycles verify` on any computer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Final

import click

from cycles_api.cli.files import FileProblem
from cycles_api.cli.finding import school_meant, school_option
from cycles_api.cli.teaching import database_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

_WORKING: Final = Both("导出", "Exporting")
_DONE: Final = Both(
    "{file}：{entries} 条记录。核对：cycles verify {file}",
    "{file}: {entries} entries. Check it: cycles verify {file}",
)


@taught(
    "export",
    ("cycles export -o export.zip", "The whole log. 全部日志。"),
    ("cycles export -o export.zip --school yuxin", "Where there are several. 有几所学校时。"),
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="写到这个文件 · The zip to write.",
)
@school_option
@database_option
@click.pass_obj
def command(terminal: Terminal, output: Path, school: str | None, database: str | None) -> None:
    """导出日志 · Export the whole log of a school with its attachments.

    The file holds names and everything that was written: keep it as safe as the database.
    """
    from cycles.service import operator_of
    from cycles_api.assembly import assembled

    part = output.with_name(f"{output.name}.part")
    with assembled(settings_of(database), read_only=True) as service:
        school_id = school_meant(service, school)
        try:
            with _private(part) as out, terminal.progress(terminal.pick(_WORKING)) as bar:
                made = service.exporting.export(operator_of(school_id), out, progress=bar.reached)
            part.replace(output)
        except OSError as error:
            raise FileProblem(output, error) from None
        finally:
            part.unlink(missing_ok=True)
    terminal.tell(terminal.pick(_DONE, file=output, entries=made.entries))


def _private(path: Path) -> BinaryIO:
    """The file, open to write, which nobody else on the machine may read."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb")
