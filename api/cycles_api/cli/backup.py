"""`cycles backup`: all schools of a database and their attachments, in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from cycles_api.cli.teaching import database_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

_WORKING: Final = Both("备份", "Backing up")
_DONE: Final = Both(
    "备份在 {folder}。恢复：cycles restore {folder} --database sqlite:///新的.db",
    "The backup is in {folder}. Bring it back: cycles restore {folder} --database sqlite:///new.db",
)
_FILES_DONE: Final = Both(
    "附件在 {folder}；数据库请用 pg_dump 备份。",
    "The attachments are in {folder}; copy the database itself with pg_dump.",
)


@taught(
    "backup",
    ("cycles backup backup-2026-11-25", "While the server runs. 服务不用停。"),
    ("cycles backup files --files-only", "Beside pg_dump: attachments alone. 只备份附件。"),
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--files-only", is_flag=True, help="只备份附件 · Attachments alone (PostgreSQL).")
@database_option
@click.pass_obj
def command(terminal: Terminal, folder: Path, files_only: bool, database: str | None) -> None:
    """备份 · Back up the database and the attachments into a new folder.

    PostgreSQL is copied with its own pg_dump. The folder holds names and everything that was
    written: keep it as safe as the database.
    """
    from cycles.service.backups import backup
    from cycles_api.assembly import assembled

    settings = settings_of(database)
    with (
        assembled(settings, read_only=True) as service,
        terminal.progress(terminal.pick(_WORKING)) as bar,
    ):
        url = settings.database
        backup(service.core, url, folder, progress=bar.reached, files_only=files_only)
    terminal.tell(terminal.pick(_FILES_DONE if files_only else _DONE, folder=folder))
