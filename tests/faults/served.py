"""`cycles serve` as a process of its own, as a user starts it, to be killed and started again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

__all__ = ["CYCLES", "PATIENCE_S", "ServerProcess", "asking"]

#: The command line, run by this Python.
CYCLES = [sys.executable, "-c", "from cycles_api.cli import main; main()", "--lang", "en"]
#: How long anything may take that a test waits for; it is long, as no test is about time.
PATIENCE_S = 120


class ServerProcess:
    """A server on loopback; each start takes a free port, so ask `url` anew after one.

    Args:
        database: Its URL.
        files: The folder of attachments.
        under: Words of a command that runs another one, as `nice` does.
        log_to: A file for its log, which is then not read.
    """

    def __init__(
        self, database: str, files: Path, *, under: Sequence[str] = (), log_to: Path | None = None
    ) -> None:
        self._under, self._log_to = under, log_to
        self._words = ["--database", database, "--port", "0", "--log-format", "json"]
        self._environment = _environment(files)
        #: Where it listens; still the old address while it is down.
        self.url = "http://127.0.0.1:9"
        #: What it wrote to its log, over all its lives; one JSON object a line.
        self.log: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> ServerProcess:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it is healthy."""
        # A pipe and no file: a limit on the size of files must not be one on the log.
        log = None if self._log_to is None else self._log_to.open("w")
        self._process = subprocess.Popen(
            [*self._under, *CYCLES, "serve", *self._words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log or subprocess.PIPE,
            text=True,
            env=self._environment,
        )
        if log is not None:
            log.close()
        self.url = self._address(self._process)
        self.wait_until_healthy()

    def wait_until_healthy(self) -> None:
        """Until it answers that it and its database work."""
        until = time.monotonic() + PATIENCE_S
        with asking(self.url) as client:
            while not _is_healthy(client):
                assert time.monotonic() < until, f"not healthy again: {self.log[-3:]}"
                time.sleep(0.01)

    def kill(self) -> None:
        """End it with SIGKILL: it can do nothing about it and finishes nothing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def lines(self) -> list[dict[str, Any]]:
        """What it wrote to its log, over all its lives."""
        return [json.loads(line) for line in self.log if line.startswith("{")]

    def _address(self, process: subprocess.Popen[str]) -> str:
        """What its first line says; the others are kept as they come."""
        if self._log_to is None:
            assert process.stderr is not None
            told = process.stderr.readline()
            threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        else:
            while not (told := self._log_to.read_text()) and process.poll() is None:
                time.sleep(0.01)
        found = re.search(r"http://\S+", told)
        assert found, f"it did not start: {told}"
        return found.group().rstrip("/")

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        with process.stderr as lines:
            self.log.extend(lines)


def asking(url: str, token: str | None = None) -> httpx.Client:
    """A client of the server, without any proxy."""
    headers = {"Accept-Language": "en"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return httpx.Client(base_url=url, trust_env=False, timeout=30, headers=headers)


def _is_healthy(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def cycles(*words: str, files: Path) -> subprocess.CompletedProcess[str]:
    """Run one command of the programme to its end; `files` is the folder of attachments."""
    return subprocess.run(
        [*CYCLES, *words], capture_output=True, check=False, text=True, env=_environment(files)
    )


def _environment(files: Path) -> dict[str, str]:
    return {**os.environ, "CYCLES_FILES": str(files)}
