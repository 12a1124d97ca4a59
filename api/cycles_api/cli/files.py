"""Files that people name: read and written, or refused with a sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click

__all__ = ["FileProblem", "read", "shipped_workflows", "workflow_files", "write"]

#: Nobody's workflow is longer; more is read of nothing.
MAX_BYTES = 4 * 1024 * 1024
_STDIN = "-"


class FileProblem(click.ClickException):
    """A file cannot be read or written; the sentence says which and why."""

    exit_code = 2

    def __init__(self, path: object, error: OSError | str) -> None:
        reason = error if isinstance(error, str) else error.strerror or str(error)
        super().__init__(f"{path}: {reason}")


def shipped_workflows() -> dict[str, Path]:
    """The workflows that come with the programme, by key; in a checkout or an installed wheel."""
    packaged = Path(str(files("cycles"))) / "_workflows"
    folder = packaged if packaged.is_dir() else Path(__file__).resolve().parents[3] / "workflows"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def workflow_files(named: str) -> Iterator[Path | str]:
    """What a name means: a file, all of a folder, `-`, or a workflow that is shipped."""
    path = Path(named)
    if named == _STDIN or path.is_file():
        yield named if named == _STDIN else path
    elif path.is_dir():
        found = sorted(p for p in path.iterdir() if p.suffix in (".yaml", ".yml"))
        if not found:
            raise FileProblem(path, "no .yaml file in this folder")
        yield from found
    elif named in shipped_workflows():
        yield shipped_workflows()[named]
    else:
        known = ", ".join(shipped_workflows())
        raise FileProblem(named, f"no such file, folder or workflow; shipped: {known}")


def read(path: Path | str, *, limit: int = MAX_BYTES) -> bytes:
    """What a file, or standard input for `-`, holds; one byte more than the limit at most."""
    try:
        if path == _STDIN:
            return sys.stdin.buffer.read(limit + 1)
        with Path(path).open("rb") as opened:
            return opened.read(limit + 1)
    except OSError as error:
        raise FileProblem(path, error) from None


def write(path: str | Path, content: bytes) -> None:
    """Write a whole file."""
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise FileProblem(path, error) from None
