"""What is said and where: answers to standard output, all else to standard error."""

from __future__ import annotations

import io
import json
import locale
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TextIO

import click

from cycles_api.wording.language import Both, Language

__all__ = ["Progress", "Terminal", "language_of_environment", "speak_utf8"]


class Progress:
    """A bar for long work that is under way."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def reached(self, done: int, total: int) -> None:
        """So many of so many are done."""
        self._bar.length = total
        self._bar.update(done - self._bar.pos)


class Terminal:
    """Where one run of the programme speaks, and in which language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def pick(self, both: Both, **values: Any) -> str:
        """A sentence in the reader's language, filled in."""
        return both.in_language(self.language).format(**values)

    def answer(self, text: str) -> None:
        """A line of the answer."""
        click.echo(text)

    def answer_json(self, value: Any) -> None:
        """The answer for a programme: one JSON value."""
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))

    def tell(self, text: str) -> None:
        """A line about the work, beside the answer."""
        click.echo(text, err=True)

    def sure(self, question: str) -> bool:
        """Whether the person at the keyboard says yes; nobody at a keyboard says no."""
        return sys.stdin.isatty() and click.confirm(question, err=True)

    @contextmanager
    def progress(self, label: str) -> Iterator[Progress]:
        """A bar while the block runs; only where somebody looks at a terminal."""
        hidden = not sys.stderr.isatty()
        with click.progressbar(length=1, label=label, file=sys.stderr, hidden=hidden) as bar:
            yield Progress(bar)


def language_of_environment(environment: Mapping[str, str] = os.environ) -> Language:
    """Chinese where the computer speaks Chinese, else English.

    >>> language_of_environment({"LANG": "zh_CN.UTF-8"}), language_of_environment({"LANG": "en_GB"})
    ('zh', 'en')
    """
    for name in ("CYCLES_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        spoken = environment.get(name, "")
        if spoken and spoken.partition(".")[0] not in ("C", "POSIX"):
            return "zh" if spoken.lower().startswith("zh") else "en"
    if sys.platform == "win32":
        spoken = locale.getlocale()[0] or ""
        return "zh" if "chinese" in spoken.lower() or spoken.startswith("zh") else "en"
    return "en"


def speak_utf8(stream: TextIO) -> None:
    """Let a stream take every character: UTF-8 in files and pipes, gaps at worst elsewhere."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
