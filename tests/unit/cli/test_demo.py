"""`cycles demo`: a school from nothing, served, with lines that work as they are printed."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cycles_api.cli.entry import run
from cycles_api.cli.exits import Exit

Captured = pytest.CaptureFixture[str]
START = [sys.executable, "-c", "from cycles_api.cli import main; main()", "--lang", "en", "demo"]


@contextmanager
def demo(*words: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """The process, its address and what it printed; killed at the end if it still runs."""
    process = subprocess.Popen(
        [*START, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        making, serving = process.stderr.readline(), process.stderr.readline()
        found = re.search(r"http://[\w.:]+", serving)
        assert found, making + serving + process.stderr.read()
        # The answer is written before the server starts; a JSON value ends with its brace.
        printed = "".join(iter(process.stdout.readline, "}\n")) if "--json" in words else ""
        yield process, found.group(), printed
    finally:
        process.kill()
        process.communicate()


def lines(folder: Path) -> Iterator[dict[str, Any]]:
    """The lines to try, while the server of the folder runs."""
    with demo("--folder", str(folder), "--port", "0", "--json") as (_, _, printed):
        yield from json.loads(printed + "}")["try"]


def test_each_line_works_as_it_is_printed(tmp_path: Path) -> None:
    """Pasted one after the other, as three and more persons."""
    plain = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{plain['PATH']}"

    done = [
        (
            step["line"],
            subprocess.run(
                ["sh", "-c", step["line"]],
                capture_output=True,
                check=False,
                text=True,
                env={**plain, "PATH": path},
            ),
        )
        for step in lines(tmp_path / "demo")
    ]

    assert len(done) >= 10
    assert [(line, each.stderr) for line, each in done if each.returncode] == []


def test_it_takes_another_port_and_leaves_nothing(tmp_path: Path) -> None:
    """Port 8000 may be in use; the address that is printed is the one that answers."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        except OSError:
            pass  # somebody else has it: just as well
        with demo() as (process, url, _):
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)

    assert not url.endswith(":8000")
    assert process.returncode == 0


def test_a_school_that_is_kept_can_be_used(tmp_path: Path, capsys: Captured) -> None:
    """Cycles in every state, all of it verifies, and no line goes to the answer but JSON."""
    made = run(["demo", "--folder", str(tmp_path / "demo"), "--no-serve", "--json"])

    told = json.loads(capsys.readouterr().out)
    assert made == Exit.DONE
    assert len({one["state"] for one in told["cycles"]}) >= 10
    assert run(["verify", "--database", f"sqlite:///{tmp_path}/demo/cycles.db"]) == Exit.DONE


def test_a_folder_that_has_one_is_left_alone(tmp_path: Path, capsys: Captured) -> None:
    """The second time says so."""
    words = ["--lang", "en", "demo", "--folder", str(tmp_path / "demo"), "--no-serve"]

    first, second = run(words), run(words)

    assert (first, second) == (Exit.DONE, Exit.FOUND)
    assert "Traceback" not in capsys.readouterr().err


def test_a_school_that_would_be_gone_at_once_is_not_made() -> None:
    """`--no-serve` needs a folder."""
    assert run(["demo", "--no-serve"]) == Exit.USAGE
