"""Servers as processes of their own, as they run in a school."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CYCLES", "Running", "serving"]

ROOT = Path(__file__).parents[2]
CYCLES = [sys.executable, "-c", "from cycles_api.cli import main; main()", "--lang", "en"]
_PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers.

    Attributes:
        pid: Its process.
        port: Where it listens on 127.0.0.1.
        start_s: From the start of its process to its first answer of 200.
    """

    pid: int
    port: int
    start_s: float

    def cpu_s(self) -> float | None:
        """Seconds of CPU used up to now; `None` where the system does not tell."""
        try:
            told = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii")
        except OSError:
            return None
        used = told.rpartition(")")[2].split()
        return (int(used[11]) + int(used[12])) / 100  # user and system, in ticks of 1/100 s

    def resident_mb(self) -> float | None:
        """Its resident memory in megabytes; `None` where the system does not tell."""
        try:
            told = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        except OSError:
            return None
        return int(told.partition("VmRSS:")[2].split()[0]) / 1024


@contextmanager
def serving(words: Sequence[str], log: Path, *, health: str = "/healthz") -> Iterator[Running]:
    """A server that says its address on standard error (to `log`), until the block ends."""
    began = time.perf_counter()
    with log.open("w", encoding="utf-8") as told:
        process = subprocess.Popen(
            words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=told
        )
    try:
        until = began + _PATIENCE_S
        while not (port := _answering_at(log, health)):
            if process.poll() is not None or time.perf_counter() > until:
                raise RuntimeError(f"no server: {log.read_text(encoding='utf-8')[-2000:]}")
            time.sleep(0.005)
        yield Running(process.pid, port, time.perf_counter() - began)
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answering_at(log: Path, health: str) -> int:
    """The port, once the server answers there with 200; 0 before."""
    found = re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text(encoding="utf-8"))
    if found is None:
        return 0
    try:
        url = f"http://127.0.0.1:{found[1]}{health}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(found[1]) if answer.status == 200 else 0
    except (urllib.error.URLError, OSError):
        return 0
