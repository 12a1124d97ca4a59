"""Commands whose `--help` teaches: what it does, what comes out, and lines to copy."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from cycles_api.cli.terminal import Terminal
from cycles_api.settings import Settings

__all__ = [
    "Taught",
    "database_option",
    "json_option",
    "language_option",
    "output_option",
    "settings_of",
    "taught",
]

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class Taught(click.Command):
    """A command with examples, each a line that works and what it is good for."""

    def __init__(self, *args: Any, examples: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        self.examples = tuple(examples)
        super().__init__(*args, **kwargs)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, below the options."""
        with formatter.section("Examples"):
            for line, use in self.examples:
                formatter.write(f"  {line}\n      {use}\n")


def taught(name: str, *examples: tuple[str, str]) -> Callable[[Callable[..., Any]], Taught]:
    """Make a function a command of this name with these examples (line, use)."""

    def made(function: Callable[..., Any]) -> Taught:
        command = click.command(name, cls=Taught, examples=examples)
        return command(language_option(function))

    return made


def _spoken(ctx: click.Context, _: click.Parameter, chosen: str | None) -> None:
    if chosen is not None and isinstance(ctx.obj, Terminal):
        ctx.obj.language = "zh" if chosen == "zh" else "en"


def language_option(function: FunctionT) -> FunctionT:
    """`--lang`, before or after the command's name."""
    return click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        callback=_spoken,
        expose_value=False,
        is_eager=True,
        help="用中文或英文 · Speak Chinese or English.",
    )(function)


def database_option(function: FunctionT) -> FunctionT:
    """`--database`: which one."""
    said = "数据库 · The database's URL; default sqlite:///cycles.db (CYCLES_DATABASE)."
    return click.option("--database", metavar="URL", help=said)(function)


def settings_of(database: str | None) -> Settings:
    """The settings of the environment, with the database that was named.

    Raises:
        SettingsError: a setting that cannot be meant.
    """
    named = {} if database is None else {"CYCLES_DATABASE": database}
    return Settings.from_environment({**os.environ, **named})


def json_option(function: FunctionT) -> FunctionT:
    """`--json`: the answer for a programme."""
    said = "给程序读的 JSON · Answer as JSON, for a programme."
    return click.option("--json", "as_json", is_flag=True, help=said)(function)


def output_option(function: FunctionT) -> FunctionT:
    """`--output`: a file instead of the screen."""
    said = "写到文件 · Write to this file instead of the screen."
    return click.option(
        "-o", "--output", type=click.Path(dir_okay=False), metavar="FILE", help=said
    )(function)
