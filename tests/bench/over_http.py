"""`POST …/transitions` through the whole stack, beside a FastAPI handler, under the same load."""

from __future__ import annotations

import importlib.util
import statistics
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from cycles.store import open_store
from tests.bench.figures import LESS, Figure, times
from tests.bench.load import Outcome, request, send
from tests.bench.school import School
from tests.bench.served import CYCLES, Running, serving

__all__ = ["measured"]

CONNECTIONS = 32
#: Each connection takes three cycles there and back so often in a round.
CYCLES_EACH, TIMES = 3 * CONNECTIONS, 5
_BODIES = (
    '{"transition":"finish_preparing"}',
    '{"transition":"return_to_preparing","reason":"再改一改"}',
)
_NO_FASTAPI = "FastAPI is not installed; `make bench` does"


@dataclass(frozen=True, slots=True)
class _Round:
    outcome: Outcome
    #: Of the server, for each request; `None` where the system does not tell.
    cpu_us: float | None


def measured(folder: Path, rounds: int) -> Iterator[Figure]:
    """Rounds in turns against both servers, both up all the time."""
    ours, found, reads, others = _Ours(folder, rounds + 1), [], [], []
    with ExitStack() as left:
        server = left.enter_context(serving(ours.words, folder / "ours.log"))
        peer = None
        if importlib.util.find_spec("fastapi") is not None:
            words = [sys.executable, "-m", "tests.bench.fastapi_peer", str(folder / "peer.db")]
            peer = left.enter_context(serving([*words, str(CYCLES_EACH)], folder / "peer.log"))
        for number in range(rounds + 1):
            found.append(_loaded(server, ours.changes(number)))
            reads.append(_loaded(server, ours.reads()))
            if peer is not None:
                others.append(_loaded(peer, _changes_of_peer()))
    yield from _figures(found[1:], reads[1:], others[1:])  # the first warms up


def _figures(found: list[_Round], reads: list[_Round], others: list[_Round]) -> Iterator[Figure]:
    name, beside = "POST …/transitions, beside FastAPI + SQLAlchemy", _said(found)
    if others:
        pairs = zip(found, others, strict=True)
        ratio = statistics.median(a.outcome.per_s / b.outcome.per_s for a, b in pairs)
        yield Figure(
            name="FastAPI + SQLAlchemy, a row and an audit row",
            measured=_median(others, lambda one: one.outcome.per_s),
            unit="/s",
            beside=_said(others),
        )
        yield times(name, ratio, 3, 6, beside)
    else:
        yield Figure(name=name, measured=None, unit="x", must=3, aim=6, beside=_NO_FASTAPI)
    yield Figure(
        name=f"POST …/transitions, p99 at {CONNECTIONS} connections",
        measured=_median(found, lambda one: one.outcome.percentile(0.99)),
        unit="ms",
        must=60,
        aim=25,
        better=LESS,
        beside=f"p50 {_median(found, lambda one: one.outcome.percentile(0.5)):.1f} ms",
    )
    yield Figure(
        name="GET /me, the same load",
        measured=_median(reads, lambda one: one.outcome.per_s),
        unit="/s",
        beside=_said(reads),
    )


def _said(found: list[_Round]) -> str:
    rate, p99 = (
        _median(found, lambda one: one.outcome.per_s),
        _median(found, lambda one: one.outcome.percentile(0.99)),
    )
    known = [one.cpu_us for one in found if one.cpu_us is not None]
    cpu = f", {statistics.median(known):,.0f} µs CPU each" if known else ""
    return f"{rate:,.0f} /s, p99 {p99:.1f} ms{cpu}"


def _median(found: list[_Round], of: Callable[[_Round], float]) -> float:
    return statistics.median(map(of, found))


def _loaded(server: Running, connections: list[list[str]]) -> _Round:
    before = server.cpu_s()
    outcome = send(server.port, connections)
    after = server.cpu_s()
    if set(outcome.statuses) != {"200"}:
        raise RuntimeError(f"answers that were not 200: {outcome.statuses}")
    used = None if before is None or after is None else (after - before) / len(outcome.ms) * 1e6
    return _Round(outcome, used)


def _changes_of_peer() -> list[list[str]]:
    """As many requests as ours, each connection in cycles of its own."""
    return [
        [
            request("POST", f"/cycles/c{number}/transitions", _BODIES[step % 2])
            for number in range(connection, CYCLES_EACH, CONNECTIONS)
            for step in range(TIMES * 2)
        ]
        for connection in range(CONNECTIONS)
    ]


class _Ours:
    """A school behind `cycles serve`; every round has cycles that nobody has touched yet."""

    def __init__(self, folder: Path, rounds: int) -> None:
        database = f"sqlite:///{folder / 'ours.db'}"
        self.words = [*CYCLES, "serve", "--database", database, "--port", "0"]
        self.words += ["--log-format", "json"]
        with closing(open_store(database, migrate=True)) as store:
            school = School(store, folder / "served-files")
            self._token = school.token("song")
            self._plays = [school.prepared() for _ in range(rounds * CYCLES_EACH)]

    def changes(self, number: int) -> list[list[str]]:
        """The requests of a round."""
        plays = self._plays[number * CYCLES_EACH : (number + 1) * CYCLES_EACH]
        return [
            [
                self._change(play.id, play.revision + step, _BODIES[step % 2])
                for play in plays[connection::CONNECTIONS]
                for step in range(TIMES * 2)
            ]
            for connection in range(CONNECTIONS)
        ]

    def reads(self) -> list[list[str]]:
        """As many requests that change nothing."""
        one = request("GET", "/api/v1/me", Authorization=f"Bearer {self._token}")
        return [[one] * 20] * CONNECTIONS

    def _change(self, cycle: str, revision: int, body: str) -> str:
        return request(
            "POST",
            f"/api/v1/cycles/{cycle}/transitions",
            body,
            Authorization=f"Bearer {self._token}",
            If_Match=f'"{revision}"',
            Idempotency_Key=str(uuid.uuid4()),
        )
