"""`cycles restore`: a backup brought back where nothing is, and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from cycles_api.cli.exits import Exit
from cycles_api.cli.teaching import database_option, json_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

_NEXT: Final = Both(
    "恢复到了 {database}。启动：cycles serve --host 0.0.0.0 --database {database}",
    "It is in {database}. Serve it: cycles serve --host 0.0.0.0 --database {database}",
)


@taught(
    "restore",
    (
        "cycles restore cycles-backup-2026-11-25.zip",
        "Into the present folder, as the page gave it. 网页上下载的，恢复到当前文件夹。",
    ),
    (
        "cycles restore backup-2026-11-25 --database sqlite:///restored.db",
        "A folder of `cycles backup`, into a new file. 恢复到新文件。",
    ),
)
@click.argument("backup", metavar="ZIP|FOLDER", type=click.Path(path_type=Path))
@database_option
@json_option
@click.pass_obj
def command(terminal: Terminal, backup: Path, database: str | None, as_json: bool) -> Exit:
    """恢复备份 · Bring a backup back, and verify what came back.

    Nothing is overwritten: the database must not be there yet. Exit code 1 where the log that
    came back is not sound.
    """
    from cycles.service.backups import restore
    from cycles_api.cli.reporting import tell_reports

    settings = settings_of(database)
    reports = restore(backup, settings.database, settings.files)
    ended = tell_reports(terminal, reports, as_json=as_json, against=0)
    terminal.tell(terminal.pick(_NEXT, database=settings.database))
    return ended
