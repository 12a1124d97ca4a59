"""`cycles check`: every fault of a workflow file at its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cycles.errors import WorkflowFileError
from cycles_api.cli.exits import Exit
from cycles_api.cli.files import read, workflow_files
from cycles_api.cli.teaching import database_option, json_option, settings_of, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

_SOUND = Both(
    "没有问题（{states} 个状态，{transitions} 条路，版本 {version}）",
    "sound ({states} states, {transitions} transitions, version {version})",
)
_FIREWALL = Both(
    "手机还是打不开的话，多半是防火墙，按系统运行一行：",
    "If phones still do not reach it, it mostly is the firewall; run the line that fits:",
)
_SUMMARY = Both("{files} 个文件，{faults} 处问题", "{files} files, {faults} faults")


@taught(
    "check",
    ("cycles check workflows/lesson-study.yaml", "One file. 查一个文件。"),
    ("cycles check workflows", "All files of a folder. 查整个文件夹。"),
    ("cycles check", "The installation: do phones reach it? 自检：手机连得上吗。"),
    ("cycles check --json -", "From standard input, for an editor. 给编辑器用。"),
)
@click.argument("names", metavar="FILE|FOLDER|-...", nargs=-1)
@database_option
@json_option
@click.pass_obj
def command(terminal: Terminal, names: tuple[str, ...], database: str | None, as_json: bool) -> int:
    """检查流程文件，或自检 · Check workflow files; without any, the installation itself.

    Tells every fault as FILE:LINE:COLUMN with the way out, and proves what is sound: every state
    is reached and left, no loop is endless, somebody can clear every guard. Exit code 1 where
    there are faults.
    """
    if not names:
        return _installation(terminal, database, as_json=as_json)
    found = [_checked(path) for name in names for path in workflow_files(name)]
    if as_json:
        terminal.answer_json({"files": found})
    else:
        _print(terminal, found)
    return Exit.DONE if all(one["sound"] for one in found) else Exit.FOUND


def _installation(terminal: Terminal, database: str | None, *, as_json: bool) -> int:
    """What the installation says of itself, and the lines to type."""
    from cycles_api.assembly import assembled
    from cycles_api.self_check import checked, firewall_lines
    from cycles_api.wording.upkeep import UPKEEP

    settings = settings_of(database)
    with assembled(settings, read_only=True) as service:
        found = checked(settings, service)
    if as_json:
        told = [
            {"code": f.code, "level": f.level, "data": dict(f.data), "line": f.line} for f in found
        ]
        terminal.answer_json({"found": told})
    else:
        for f in found:
            mark = "✓" if f.level == "good" else "!"
            terminal.answer(f"{mark} {terminal.pick(UPKEEP[f.code], **f.data)}")
            if f.line:
                terminal.answer(f"    {f.line}")
        terminal.answer(terminal.pick(_FIREWALL))
        for name, line in firewall_lines(settings.port):
            terminal.answer(f"  {name}\n    {line}")
    return Exit.FOUND if any(f.level == "bad" for f in found) else Exit.DONE


def _checked(path: Path | str) -> dict[str, Any]:
    """One file's faults, or what it describes."""
    from cycles.workflow.loading import load

    file = "<stdin>" if path == "-" else str(path)
    try:
        version = load(read(path), file)
    except WorkflowFileError as error:
        return {"file": file, "sound": False, "faults": error.details()["faults"]}
    return {
        "file": file,
        "sound": True,
        "faults": [],
        "workflow": version.key,
        "version": version.digest,
        "states": len(version.workflow.states),
        "transitions": len(version.workflow.transitions),
    }


def _print(terminal: Terminal, found: list[dict[str, Any]]) -> None:
    for one in found:
        for fault in one["faults"]:
            at = f"{one['file']}:{fault['line']}:{fault['column']}"
            path = f"{fault['path']}: " if fault["path"] else ""
            terminal.answer(f"{at}: {path}{fault['message']}")
        if one["sound"]:
            short = {**one, "version": one["version"][:12]}
            terminal.answer(f"{one['file']}: {terminal.pick(_SOUND, **short)}")
    faults = sum(len(one["faults"]) for one in found)
    terminal.tell(terminal.pick(_SUMMARY, files=len(found), faults=faults))
