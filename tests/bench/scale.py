"""Whether what people do every day costs the same in a database of a million cycles."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from cycles.engine.commands import Advance
from cycles.service import Core, Given
from cycles.service.actors import Actor
from cycles.service.tokens import actor_of
from cycles.store import open_store
from cycles.store.files import FileFolder
from cycles_api.assembly import Service
from tests.bench.district import District, made
from tests.bench.figures import LESS, Figure
from tests.bench.measuring import Took, turns

__all__ = ["measured"]

SMALL = 10_000
#: Schools that are asked in turn, and how often everything is asked.
SCHOOLS, TURNS = 10, 100


def measured(folder: Path, cycles: int) -> Iterator[Figure]:
    """The same questions of a small and a large database, in turns."""
    began = time.perf_counter()
    small, large = made(folder, SMALL), made(folder, cycles)
    making_s = time.perf_counter() - began
    with ExitStack() as left:
        cases: dict[str, Callable[[int], Any]] = {}
        for size, district in (("small", small), ("large", large)):
            store = left.enter_context(closing(open_store(f"sqlite:///{district.path}")))
            asked = _Asked(Service(Core(store, FileFolder(folder))), district)
            cases |= {
                f"{size} tasks": asked.tasks,
                f"{size} history": asked.history,
                f"{size} command": asked.command,
                f"{size} dashboard": asked.dashboard,
            }
        took = turns(cases, times=TURNS, warm=SCHOOLS)
    megabytes = large.path.stat().st_size / 1e6
    yield Figure(
        name="cycles in the large database",
        measured=cycles,
        unit="",
        beside=f"{large.schools:,} schools, {large.entries:,} entries, {megabytes:,.0f} MB; "
        f"made in {making_s:.0f} s",
    )
    yield _ratio("a person's tasks", took, "tasks")
    yield _ms("a person's tasks, inside the service", took["large tasks"], 0.5, 0.1)
    yield _ratio("one cycle's history", took, "history")
    yield _ratio("one command", took, "command")
    yield _ms("dashboard of a school", took["large dashboard"], 5, 1)


def _ratio(name: str, took: dict[str, Took], case: str) -> Figure:
    small, large = took[f"small {case}"], took[f"large {case}"]
    return Figure(
        name=f"{name}, beside {SMALL:,} cycles",
        measured=large.ms / small.ms,
        unit="x",
        must=1.5,
        aim=1.2,
        better=LESS,
        beside=f"{small.ms:.2f} → {large.ms:.2f} ms; {large.beside}",
    )


def _ms(name: str, took: Took, must: float, aim: float) -> Figure:
    return Figure(
        name=name, measured=took.ms, unit="ms", must=must, aim=aim, better=LESS, beside=took.beside
    )


class _Asked:
    """Some schools of a district, spread over all of it, asked one after the other."""

    def __init__(self, service: Service, district: District) -> None:
        self._service, self._district = service, district
        step = max(1, district.schools // SCHOOLS)
        self._schools = list(range(0, district.schools, step))[:SCHOOLS]
        self._actors: dict[tuple[int, str], Actor] = {}
        self._revision: dict[str, int] = {}

    def _school(self, turn: int) -> int:
        return self._schools[turn % len(self._schools)]

    def _actor(self, school: int, key: str) -> Actor:
        known = self._actors.get((school, key))
        if known is None:
            core = self._service.core
            person = self._district.sample.people[key]
            known = actor_of(core, core.view(f"s{school}"), person, "api")
            self._actors[school, key] = known
        return known

    def tasks(self, turn: int) -> None:
        """What a teacher sees first."""
        actor = self._actor(self._school(turn), "he")
        assert self._service.looking.tasks(actor)

    def history(self, turn: int) -> None:
        """All 47 entries of a cycle that has ended."""
        school = self._school(turn)
        cycle = self._district.cycle(self._district.sample.ended, school)
        found = self._service.log.history(self._actor(school, "zheng"), cycle)
        assert len(found.entries) == 47

    def command(self, turn: int) -> None:
        """A plan is final, or is taken back."""
        school = self._school(turn)
        cycle = self._district.cycle(self._district.sample.prepared[0], school)
        revision = self._revision.get(cycle, 8)
        back = revision % 2
        name = "return_to_preparing" if back else "finish_preparing"
        command = Advance(transition=name, reason="再改一改" if back else None)
        given = Given(revision=revision, key=str(uuid.uuid4()), request="r")
        receipt = self._service.acting.act(self._actor(school, "song"), cycle, [command], given)
        self._revision[cycle] = receipt.revision

    def dashboard(self, turn: int) -> None:
        """What the head of a school sees."""
        found = self._service.dashboards.dashboard(self._actor(self._school(turn), "wu"))
        assert found.counts
