"""`cycles define`: a school's own workflow, for new cycles to run under."""

from __future__ import annotations

from typing import Final

import click

from cycles_api.cli.files import read, workflow_files
from cycles_api.cli.finding import school_meant, school_option
from cycles_api.cli.teaching import database_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

_SAYS: Final = {
    "new": Both(
        "{key}：存入新的一版 {digest}，以后新开的研讨用它",
        "{key}: a new version is stored, {digest}; new cycles run under it",
    ),
    "again": Both(
        "{key}：这一版以前用过，又改回来用它 {digest}",
        "{key}: this version was stored before and is current again, {digest}",
    ),
    "unchanged": Both(
        "{key}：现在用的就是这一版，什么也没有改 {digest}",
        "{key}: this version is the current one, nothing changed, {digest}",
    ),
}


@taught(
    "define",
    ("cycles define our-lesson-study.yaml", "After `cycles check`. 先查再存。"),
    ("cycles define workflows", "All files of a folder. 整个文件夹。"),
)
@click.argument("names", metavar="FILE|FOLDER|-...", nargs=-1, required=True)
@school_option
@database_option
@click.pass_obj
def command(
    terminal: Terminal, names: tuple[str, ...], school: str | None, database: str | None
) -> None:
    """存入流程 · Store workflow files as the versions under which new cycles are opened.

    All files are checked first; with one fault nothing is stored. Cycles that run keep theirs.
    A version that was used before becomes the current one again.
    """
    from cycles.service import operator_of
    from cycles.workflow.loading import load
    from cycles_api.assembly import assembled

    versions = [load(read(path), str(path)) for name in names for path in workflow_files(name)]
    with assembled(settings_of(database)) as service:
        school_id = school_meant(service, school)
        done = service.workflows.define(operator_of(school_id), versions)
    for each in done:
        said = terminal.pick(_SAYS[each.outcome], key=each.version.key, digest=each.version.digest)
        terminal.answer(said)
