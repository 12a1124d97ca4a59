"""`cycles erase`: a person's name, words and files go for good; the log stays provable."""

from __future__ import annotations

from typing import Final

import click

from cycles_api.cli.exits import Exit
from cycles_api.cli.finding import person_named, school_meant, school_option
from cycles_api.cli.teaching import database_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

_SURE: Final = Both(
    "{name} 的姓名、所写和附件都将永远删去，确定吗？",
    "The name, words and files of {name} go for good. Are you sure?",
)
_KEPT: Final = Both(
    "没有删（不在终端上时要加 --yes）。", "Nothing was erased (no terminal: say --yes)."
)
_DONE: Final = Both(
    "删去了 {payloads} 处内容、{files} 个附件；日志里只剩 {pseudonym}。",
    "{payloads} contents and {files} files are erased; the log keeps only {pseudonym}.",
)


@taught(
    "erase",
    ("cycles erase 马晓东", "Asks first. 先问一次。"),
    ("cycles erase 马晓东 --yes", "In a script. 在脚本里。"),
)
@click.argument("person")
@click.option("--yes", is_flag=True, help="不再问 · Do not ask.")
@school_option
@database_option
@click.pass_obj
def command(
    terminal: Terminal, person: str, yes: bool, school: str | None, database: str | None
) -> Exit:
    """删去一个人 · Erase a person: name, words, files, tokens. Cannot be undone.

    The log goes on to verify. Where others mention the person in a free text, no programme
    finds it; such a record is filed anew without the name.
    """
    from cycles.service import operator_of
    from cycles_api.assembly import assembled

    with assembled(settings_of(database)) as service:
        school_id = school_meant(service, school)
        whose = person_named(service, school_id, person)
        if not (yes or terminal.sure(terminal.pick(_SURE, name=whose.name))):
            terminal.tell(terminal.pick(_KEPT))
            return Exit.FOUND
        gone = service.erasing.erase(operator_of(school_id), whose.id)
    told = terminal.pick(_DONE, payloads=gone.payloads, files=gone.files, pseudonym=gone.pseudonym)
    terminal.answer(told)
    return Exit.DONE
