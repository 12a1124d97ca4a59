"""`cycles schema`: the JSON Schema of workflow files, for editors."""

from __future__ import annotations

import json

import click

from cycles_api.cli.files import write
from cycles_api.cli.teaching import output_option, taught
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.language import Both

_HINT = Both(
    "在流程文件第一行写：# yaml-language-server: $schema={file}",
    "Begin a workflow file with: # yaml-language-server: $schema={file}",
)


@taught(
    "schema",
    ("cycles schema -o workflow.schema.json", "For an editor. 给编辑器用。"),
    ("cycles schema", "On the screen. 显示出来。"),
)
@output_option
@click.pass_obj
def command(terminal: Terminal, output: str | None) -> None:
    """流程文件的 JSON Schema · The JSON Schema of workflow files.

    An editor that knows YAML schemas completes keys and marks mistakes while you type. It does
    not replace `cycles check`, which proves what a schema cannot say.
    """
    from cycles.workflow.schema import json_schema

    if output is None:
        terminal.answer_json(json_schema())
        return
    write(output, json.dumps(json_schema(), ensure_ascii=False, indent=2).encode() + b"\n")
    terminal.tell(terminal.pick(_HINT, file=output))
