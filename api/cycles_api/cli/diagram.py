"""`cycles diagram`: the picture of a workflow."""

from __future__ import annotations

from pathlib import Path

import click

from cycles_api.cli.files import FileProblem, read, workflow_files, write
from cycles_api.cli.teaching import output_option, taught
from cycles_api.cli.terminal import Terminal

_BY_SUFFIX = {".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid", ".md": "mermaid"}


@taught(
    "diagram",
    ("cycles diagram lesson-study -o lesson-study.svg", "A picture for any browser. 一张图。"),
    ("cycles diagram workflows/lesson-study.yaml", "Mermaid text, for a README. 文字图。"),
    ("cycles diagram lesson-study --here observe -o now.svg", "With a state marked. 标出现在。"),
    ("cycles diagram lesson-study --lang en", "With English titles. 英文标题。"),
)
@click.argument("name", metavar="FILE|WORKFLOW")
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "svg"]),
    help="Else as the output's name says, or mermaid. 图的格式。",
)
@click.option("--here", metavar="STATE", help="Mark this state (svg). 标出这个状态。")
@output_option
@click.pass_obj
def command(
    terminal: Terminal, name: str, form: str | None, here: str | None, output: str | None
) -> None:
    """画出流程图 · Draw a workflow.

    WORKFLOW is the name of one that is shipped (lesson-study, …). The SVG needs no other
    programme, reads well on a phone and follows light and dark.
    """
    from cycles.workflow.diagram import mermaid, svg
    from cycles.workflow.loading import load

    found = list(workflow_files(name))
    if len(found) > 1:
        raise FileProblem(name, "a folder of several workflows; name one file")
    version = load(read(found[0]), str(found[0]))
    if here is not None and here not in version.workflow.states:
        known = ", ".join(version.workflow.states)
        raise click.UsageError(f"no state {here!r} in {version.key}; there are: {known}")
    chosen = form or _BY_SUFFIX.get(Path(output or "").suffix.lower(), "mermaid")
    if chosen == "svg":
        drawn = svg(version, terminal.language, here=here)
    else:
        drawn = mermaid(version, terminal.language)
    if output is None:
        terminal.answer(drawn.rstrip("\n"))
    else:
        write(output, drawn.encode())
