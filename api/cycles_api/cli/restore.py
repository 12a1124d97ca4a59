"""`cycles restore`: a backup brought back where nothing is, and checked."""

from __future__ import annotations

from pathlib import Path

import click

from cycles_api.cli.exits import Exit
from cycles_api.cli.teaching import database_option, json_option, settings_of, taught
from cycles_api.cli.terminal import Terminal


@taught(
    "restore",
    (
        "cycles restore backup-2026-11-25 --database sqlite:///restored.db",
        "Into a new file. 恢复到新文件。",
    ),
)
@click.argument("folder", type=click.Path(path_type=Path))
@database_option
@json_option
@click.pass_obj
def command(terminal: Terminal, folder: Path, database: str | None, as_json: bool) -> Exit:
    """恢复备份 · Bring a backup back, and verify what came back.

    Nothing is overwritten: the database must not be there yet. Exit code 1 where the log that
    came back is not sound.
    """
    from cycles.service.backups import restore
    from cycles_api.cli.reporting import tell_reports

    settings = settings_of(database)
    reports = restore(folder, settings.database, settings.files)
    return tell_reports(terminal, reports, as_json=as_json, against=0)
