"""Random people, commands and days: the stored school does just what the pure engine does."""

from __future__ import annotations

import hashlib
import itertools
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec import structs

from cycles.engine.commands import Open
from cycles.engine.cycle import Cycle
from cycles.engine.evolve import replay
from cycles.engine.tasks import schedule
from cycles.engine.verdicts import Task
from cycles.errors import CyclesError, NotFoundError, RefusedError
from cycles.ledger import Body, pseudonym
from cycles.service import (
    Acting,
    Actor,
    Core,
    Given,
    Outbox,
    Receipt,
    Workflows,
    operator_of,
    shipped,
)
from cycles.service.core import links_matter
from cycles.service.journal import event_of
from cycles.service.names import outward
from cycles.service.outbox import SCHOOL
from cycles.service.saving import task_of_row
from cycles.service.verifying import verify_database
from cycles.store import (
    AppointmentRow,
    FileRow,
    GroupRow,
    HolidayRow,
    OutboxRow,
    PersonRow,
    SchoolRow,
    Store,
    TaskRow,
    TermRow,
    Work,
    open_store,
)
from cycles.store.files import FileFolder
from cycles.testing import Play, Step, small_school, workflows
from cycles.testing.school import school_days
from cycles.workflow.version import Version

AT = "2026-09-01T00:00:00.000000Z"
NUMBERS = itertools.count(1)


class Mirror(RuleBasedStateMachine):
    """The model is a play: one cycle in the pure engine. The system is the service on a store."""

    store: Store
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.school = f"s{next(NUMBERS)}"
        self.draw: Any = None
        self.last: tuple[Actor, Any, Given, Receipt] | None = None

    # --- the world -------------------------------------------------------------------------

    @initialize(data=st.data())
    def begin(self, data: Any) -> None:
        """A school with everybody in it, and a cycle of some workflow."""
        self.draw = data
        self.play = Play(data.draw(_VERSIONS), self._choose)
        self.chance = 0
        self.moment = self.play.around.now
        self.start_server()
        log = f"cycles.example/{self.school}"
        row = SchoolRow(id=self.school, name="n", log=log, zone="Asia/Shanghai", created_at=AT)
        self.store.add_school(row)
        self.store.write(self.school, lambda work: work.add(*self._rows()))
        Workflows(self.core).define(operator_of(self.school), [self.play.version])
        try:
            step = self.play.open()
        except RefusedError:
            self.opened = False
            return
        self.opened = True
        assert isinstance(step.command, Open)
        self.moment = step.around.now
        receipt = self.acting.open(
            self._actor(step.by or ""), self.play.version.key, step.command, Given()
        )
        self.cycle = receipt.cycle
        self.play.watchers.append(self.mirror)

    def start_server(self) -> None:
        """A service that remembers nothing."""
        self.core = Core(self.store, FileFolder(self.folder), clock=self._now, chance=self._bytes)
        self.outbox = Outbox(self.core)
        self.acting = Acting(self.core, self.outbox)

    def _now(self) -> datetime:
        return self.moment

    def _bytes(self, count: int) -> bytes:
        self.chance += 1
        return hashlib.shake_256(f"{self.school} {self.chance}".encode()).digest(count)

    def _choose(self, options: Any) -> Any:
        return self.draw.draw(st.sampled_from(list(options)))

    def _rows(self) -> Any:
        key, there, days = {"school_id": self.school}, _THERE, school_days()
        for person in _EVERYBODY:
            yield PersonRow(
                **key,
                id=person,
                pseudonym=self._alias(person),
                name=person,
                guest=person in there.guests,
                created_at=AT,
            )
            yield FileRow(
                **key,
                digest="0" * 64,
                uploaded_by=self._alias(person),
                size=1,
                kind="application/pdf",
                uploaded_at=AT,
            )
        posts = [(p, "head", None) for p in there.heads]
        posts += [(p, "deputy", None) for p in there.deputies]
        posts += [(p, "auditor", None) for p in there.auditors]
        for group, members in there.group_members.items():
            yield GroupRow(**key, id=group, name=group)
            heads = there.group_heads[group]
            posts += [(p, "group_head" if p in heads else "teacher", group) for p in members]
        for number, (person, role, group) in enumerate(posts):
            yield AppointmentRow(
                **key,
                id=f"a{number}",
                person=person,
                role=role,
                group=group,
                from_date=days.terms[0].first_day,
            )
        for term in days.terms:
            yield TermRow(
                **key, id=term.id, name="t", first_day=term.first_day, last_day=term.last_day
            )
        for rest in days.holidays:
            yield HolidayRow(**key, first=rest.first, last=rest.last, name="h")

    def _alias(self, person: str) -> str:
        # In the order in which the play's directory names them, which the engine keeps.
        place = list(_EVERYBODY).index(person)
        return pseudonym(bytes([place << 3]) + hashlib.sha256(self.school.encode()).digest()[:15])

    def _actor(self, person: str) -> Actor:
        return Actor(school_id=self.school, person=person, pseudonym=self._alias(person), via="api")

    # --- what happens ----------------------------------------------------------------------

    @precondition(lambda self: self.opened)
    @rule(data=st.data(), count=st.integers(1, 6))
    def go_on(self, data: Any, count: int) -> None:
        """A few things happen; each reaches the service as well."""
        self.draw = data
        for _ in range(count):
            self.play.step()

    @precondition(lambda self: self.opened)
    @rule()
    def restart(self) -> None:
        """The server begins anew, with nothing in memory."""
        self.start_server()

    @precondition(lambda self: self.opened and self.last is not None)
    @rule()
    def send_again(self) -> None:
        """The last accepted request comes once more, with its key."""
        assert self.last is not None
        actor, command, given, receipt = self.last
        again = self.acting.act(actor, self.cycle, [command], given)
        assert again == replace(receipt, replayed=True)

    def mirror(self, step: Step) -> None:
        """Do in the store what was just done in the play, and come to the same."""
        self.moment = step.around.now
        self._follow_directory()
        if step.command is None or step.by not in _EVERYBODY:
            return
        assert step.before is not None
        actor = self._actor(step.by)
        given = Given(revision=step.before.revision, key=f"k{len(self.play.steps)}", request="r")
        came = self._sent(actor, step.command, given)
        if isinstance(came, Receipt):
            assert step.refusal is None, (step.command, step.refusal)
            self.last = (actor, step.command, given, came)
        else:
            assert step.refusal is not None, (step.command, came)
            # The service knows of fewer people and cycles than the engine is asked about.
            known = {step.refusal.code, "not-found", "invalid"}
            assert came.code in known, (step.command, came, step.refusal)

    def _sent(self, actor: Actor, command: Any, given: Given) -> Receipt | CyclesError:
        try:
            return self.acting.act(actor, self.cycle, [command], given)
        except (RefusedError, NotFoundError) as refusal:
            return refusal

    def _follow_directory(self) -> None:
        """Accounts that the play has disabled or enabled."""

        def followed(work: Work) -> bool:
            changed = False
            for row in work.find(PersonRow):
                enabled = row.id not in self.play.away
                if row.enabled != enabled:
                    row.enabled, changed = enabled, True
                    work.put(row)
            if changed:
                told = OutboxRow(school_id=self.school, topic=SCHOOL, key="", created_at=AT)
                work.add(told)
            return changed

        if self.store.write(self.school, followed):
            self.outbox.settle(self.school)

    # --- what always holds -----------------------------------------------------------------

    @invariant()
    def stored_is_what_the_engine_says(self) -> None:
        """State, replay and tasks are those of the play, in other names."""
        if not getattr(self, "opened", False):
            return
        view = self.core.view(self.school)

        def read(work: Work) -> tuple[Cycle, Cycle, set[Task]]:
            row = self.core.row_of(work, self.cycle)
            bodies = [Body.parse(e.body) for e in work.entries(row.subj)]
            replayed = replay(self.play.version, map(event_of, bodies))
            tasks = {task_of_row(t) for t in work.find(TaskRow, cycle=self.cycle)}
            return self.core.cycles.cycle_of(row), replayed, tasks

        stored, replayed, tasks = self.store.read(self.school, read)
        assert replayed == stored
        assert _plain(outward(view, stored)) == _plain(self.play.cycle)
        today = {t for t in outward(view, tuple(tasks)) if _is_on(t, self.play)}
        wanted = {t for t in schedule(self.play.people) if t.since is None}
        assert {_key(t) for t in today} == {_key(t) for t in wanted}

    def teardown(self) -> None:
        """The whole log verifies against the tables."""
        if getattr(self, "opened", False):
            report = verify_database(self.core, self.school)
            # The play's files have no bytes.
            assert {f.code for f in report.findings} <= {"file_missing"}


def _key(task: Task) -> Any:
    """What a task asks for; the span of its days depends on when it was worked out."""
    return (task.person, task.do, frozenset(task.transitions), frozenset(task.items), task.due)


def _is_on(task: Task, play: Play) -> bool:
    return (task.since is None or task.since <= play.today) and (
        task.until is None or play.today < task.until
    )


def _plain(cycle: Cycle) -> Cycle:
    """Without what must differ: the cycle's id, and digests under another key."""
    return structs.replace(
        cycle,
        id="",
        filings=tuple(structs.replace(f, digest="", at=cycle.visits[0].at) for f in cycle.filings),
        points={k: structs.replace(p, digest="") for k, p in sorted(cycle.points.items())},
    )


def _without_links(version: Version) -> bool:
    return not links_matter(version)


_THERE = small_school()
_EVERYBODY = dict.fromkeys((*_THERE.staff, *_THERE.auditors, *_THERE.guests))
_VERSIONS = st.one_of(
    st.sampled_from([v for v in shipped() if _without_links(v)]),
    workflows().filter(_without_links),
)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_service_does_what_the_engine_does(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Whatever people do in whatever order, the database holds what the pure engine says."""
    url = request.getfixturevalue(f"{kind}_url")
    with closing(open_store(url)) as store:

        class There(Mirror):
            pass

        There.store, There.folder = store, tmp_path
        many = settings().max_examples >= 1_000
        run_state_machine_as_test(
            There,
            settings=settings(
                max_examples=500 if many else 15,
                stateful_step_count=12,
                deadline=None,
                # To make a play shorter takes longer than to read it.
                phases=[Phase.explicit, Phase.reuse, Phase.generate],
                report_multiple_bugs=False,
            ),
        )
