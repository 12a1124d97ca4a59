"""A light load: connections that send prepared requests one after the other, in its own process.

`python -m tests.bench.load` reads a `Load` as JSON from standard input and writes an `Outcome`.
It reads of an answer no more than its status and length, so that it takes little from the server
that shares the machine.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Outcome", "request", "send"]

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a load.

    Attributes:
        per_s: Answers a second.
        statuses: How many of each.
        ms: How long each took, sorted.
    """

    per_s: float
    statuses: dict[str, int]
    ms: list[float]

    def percentile(self, share: float) -> float:
        """What so many of all (0 to 1) took at most, in milliseconds."""
        return self.ms[min(len(self.ms) - 1, int(len(self.ms) * share))]


def request(method: str, path: str, body: str = "", **headers: str) -> str:
    """A request as it goes over the wire; `_` in a header's name stands for `-`."""
    raw = body.encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: cycles.test", f"Content-Length: {len(raw)}"]
    lines += ["Content-Type: application/json"] if raw else []
    lines += [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    return "\r\n".join([*lines, "", body])


def send(port: int, connections: Sequence[Sequence[str]]) -> Outcome:
    """Send each connection's requests, all connections at once, from another process."""
    told = json.dumps({"port": port, "connections": connections})
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=told,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return Outcome(**json.loads(done.stdout))


class _Connection(asyncio.Protocol):
    """Sends its requests, each once the one before was answered."""

    def __init__(self, requests: list[bytes], done: asyncio.Future[None]) -> None:
        self._left, self._done = iter(requests), done
        self._known, self._began = bytearray(), 0.0
        self.ms: list[float] = []
        self.statuses: Counter[str] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def _next(self) -> None:
        following = next(self._left, None)
        if following is None:
            self._done.set_result(None)
            self._transport.close()
        else:
            self._began = time.perf_counter()
            self._transport.write(following)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._known += data
        end = self._known.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._known[:end]).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        if len(self._known) < end + 4 + int(length):
            return
        self.ms.append((time.perf_counter() - self._began) * 1000)
        self.statuses[head[9:12].decode()] += 1
        self._known.clear()
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the server hung up"))


async def _sent(port: int, connections: list[list[bytes]]) -> Outcome:
    loop = asyncio.get_running_loop()
    waits = [loop.create_future() for _ in connections]
    senders = [_Connection(each, wait) for each, wait in zip(connections, waits, strict=True)]
    began = time.perf_counter()
    for sender in senders:
        await loop.create_connection(lambda sender=sender: sender, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*waits)
    took = time.perf_counter() - began
    ms = sorted(each for sender in senders for each in sender.ms)
    statuses: Counter[str] = Counter()
    for sender in senders:
        statuses += sender.statuses
    return Outcome(per_s=len(ms) / took, statuses=dict(statuses), ms=ms)


def main() -> None:
    """Do what standard input says."""
    told = json.load(sys.stdin)
    connections = [[one.encode() for one in each] for each in told["connections"]]
    try:
        import uvloop

        found = uvloop.run(_sent(told["port"], connections))
    except ImportError:
        found = asyncio.run(_sent(told["port"], connections))
    json.dump({"per_s": found.per_s, "statuses": found.statuses, "ms": found.ms}, sys.stdout)


if __name__ == "__main__":
    main()
