"""Where `cycles` begins: finds the command, and turns whatever goes wrong into a sentence."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Final

import click

from cycles.errors import (
    BackupError,
    CyclesError,
    InvalidInputError,
    StoreError,
    WorkflowFileError,
)
from cycles_api.cli.exits import Exit, exit_of
from cycles_api.cli.teaching import language_option
from cycles_api.cli.terminal import Terminal, language_of_environment, speak_utf8
from cycles_api.wording.language import Both

__all__ = ["COMMANDS", "cycles", "main", "run"]

#: Every command and the module that holds it, in the order in which a newcomer meets them.
COMMANDS: Final[dict[str, str]] = {
    "demo": "cycles_api.cli.demo",
    "init": "cycles_api.cli.init",
    "import": "cycles_api.cli.import_",
    "let-in": "cycles_api.cli.let_in",
    "token": "cycles_api.cli.token",
    "serve": "cycles_api.cli.serve",
    "tasks": "cycles_api.cli.tasks",
    "history": "cycles_api.cli.history",
    "what-if": "cycles_api.cli.what_if",
    "export": "cycles_api.cli.export",
    "check": "cycles_api.cli.check",
    "define": "cycles_api.cli.define",
    "diagram": "cycles_api.cli.diagram",
    "schema": "cycles_api.cli.schema",
    "verify": "cycles_api.cli.verify",
    "sample": "cycles_api.cli.sample",
    "backup": "cycles_api.cli.backup",
    "restore": "cycles_api.cli.restore",
    "erase": "cycles_api.cli.erase",
}

_FAILED: Final = Both(
    "程序出了错（{kind}：{where}）。加上 CYCLES_DEBUG=1 再运行一次，把看到的告诉维护的人。",
    "The programme failed ({kind} at {where}). Run it again with CYCLES_DEBUG=1 and "
    "send what it shows to whoever maintains it.",
)
_INTERRUPTED: Final = Both("已中断。", "Interrupted.")


class _Commands(click.Group):
    """Reads a command's module when it is asked for: `cycles --help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name]).command
        return command

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code.value), code.meaning) for code in Exit])
        formatter.write_paragraph()
        formatter.write_text("`cycles COMMAND --help` shows examples. 每个命令的 --help 里有例子。")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cycles", prog_name="cycles", message="cycles %(version)s")
@language_option
def cycles() -> None:
    """课例研讨：有守则、有记录、可核验 · Lesson study as guarded, logged cycles."""


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        speak_utf8(stream)
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has seen enough (`cycles … | head`); Python would complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.DONE
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments say; the exit code."""
    terminal = Terminal(language_of_environment())
    try:
        ended = cycles.main(
            args=list(arguments), prog_name="cycles", standalone_mode=False, obj=terminal
        )
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        terminal.tell(terminal.pick(_INTERRUPTED))
        return Exit.INTERRUPTED
    except BrokenPipeError:
        raise
    except CyclesError as error:
        for line in _told(error, terminal):
            terminal.tell(line)
        return exit_of(error)
    except Exception as error:
        if os.environ.get("CYCLES_DEBUG"):
            raise
        terminal.tell(_unforeseen(error, terminal))
        return Exit.FAILED
    return int(ended or 0)


def _told(error: CyclesError, terminal: Terminal) -> Iterator[str]:
    """What went wrong and what is possible, a line each."""
    from cycles_api.problems import is_inward
    from cycles_api.wording import Speaker

    if isinstance(error, WorkflowFileError):
        yield str(error)
        return
    speaker = Speaker(terminal.language)
    of_store = isinstance(error, StoreError) and not isinstance(error, BackupError)
    if is_inward(error) or of_store:
        # Whoever sits at the command line is the one to mend it.
        yield f"cycles: {speaker.title(error.code)}: {error}"
        return
    yield f"cycles: {speaker.error(error)}"
    if isinstance(error, InvalidInputError):
        yield from (f"  {speaker.fault(fault)}" for fault in error.faults)


def _unforeseen(error: Exception, terminal: Terminal) -> str:
    from cycles_api.logs import where

    place = where(error).rpartition(" > ")[2]
    return "cycles: " + terminal.pick(_FAILED, kind=type(error).__name__, where=place)
