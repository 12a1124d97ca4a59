"""Races that are forced: nobody writes before everybody has read, or stands before a lock.

What would need luck in a test of threads alone is made to happen here each time. The one who is to
be first reads, and is held; only then the others begin; when each of them has read as well, or is
seen to wait for a lock that the first one holds, the first one goes on. So without locks they
would all decide on the same old state, and a check that is missing is missed every time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from cycles.engine.commands import Advance, Command, File, Open
from cycles.errors import CyclesError, StaleRevisionError
from cycles.ledger import LOOKS_SUBJECT, Body
from cycles.service import Given, Receipt, operator_of
from cycles.service.looks import Looks
from cycles.service.verifying import verify_database
from cycles.store import Store, open_store
from cycles.workflow.loading import load
from tests.unit.service.first_school import FirstSchool

#: A race that is not on after so long never will be.
PATIENCE_S = 30

_WORKFLOW = """
workflow: race-{key}
title: 竞走
start: work
open: {{by: [group.head, group.members]}}
roles:
  author: {{title: 执教, count: 1, among: group.members}}
  chair: {{title: 主持人, count: 1, default: group.head}}
  member: {{title: 组员, count: 0.., default: group.members}}
  present: {{title: 到场者, from: sheet.people}}
records:
  plan:
    title: 教案
    by: author
    one_per: []
    file_in: [work, talk]
    form: {{text: {{type: text, required: true, title: 内容}}}}
  sheet:
    title: 签到
    by: chair
    one_per: [round]
    file_in: [work, talk]
    form: {{people: {{type: attendance, of: [member, chair], title: 到场}}}}
  voice:
    title: 意见
    by: [member, chair]
    form: {{text: {{type: text, required: true, title: 内容}}}}
states: {{work: 进行, talk: 交流, done: {{title: 完成, final: true}}}}
transitions:
  close:
    title: 结束
    from: work
    to: talk
    by: chair
    auto: true
    guards:
      - filed: {{record: sheet}}
        id: sheet
      - filed: {{record: voice, by: present, {measure}}}
        id: voices
  back: {{title: 退回, from: work, to: work, by: chair, side: true, reason: true, voids: [voice]}}
  finish:
    title: 完成
    from: talk
    to: done
    by: chair
    guards:
      - filed: {{record: plan}}
"""
#: Of three people present: all of them, or any two.
WORKFLOWS = tuple(
    load(_WORKFLOW.format(key=key, measure=measure), f"race-{key}.yaml")
    for key, measure in (("all", "all: true"), ("two", "quorum: 2/3"))
)

Call = Callable[[], Any]


@dataclass(slots=True)
class Tally:
    """What came of many races of one kind.

    Attributes:
        races: How many were run.
        lost: Accepted commands whose entry is not there.
        twice: Entries that nobody's accepted command explains.
        odd: Races whose answers or steps are not those of one after the other.
        broken: What a check of the whole log found in the end, guards judged again.
    """

    races: int = 0
    lost: int = 0
    twice: int = 0
    odd: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, nothing done twice and no guard broken."""
        return not (self.lost or self.twice or self.odd or self.broken)

    def __str__(self) -> str:
        return (
            f"{self.races} forced races: {self.lost} updates lost, {self.twice} entries too many, "
            f"{self.odd} answers out of order, {len(self.broken)} findings"
        )


class Gate:
    """Holds whoever has read until all others have, or wait for a lock."""

    def __init__(self, racers: int, waiting: Callable[[Gate], int]) -> None:
        self.racers, self._waiting = racers, waiting
        self.called = self.read = 0
        self.open = False
        self._first_read = threading.Event()
        self._moved = threading.Lock()

    def call(self, number: int) -> None:
        """Come to the store; those who are not to be first come when the first one has read."""
        if number > 0 and not self._first_read.wait(PATIENCE_S):
            raise AssertionError("nobody read first")
        with self._moved:
            self.called += 1

    def have_read(self) -> None:
        """Wait here, between reading and writing, until the race is on."""
        if self.open:
            return
        with self._moved:
            self.read += 1
        self._first_read.set()
        give_up = time.monotonic() + PATIENCE_S
        while not self.open:
            if self.called == self.racers and self.read + self._waiting(self) >= self.racers:
                self.open = True
            elif time.monotonic() > give_up:
                raise AssertionError(f"{self.read} of {self.racers} have read, the race is not on")
            else:
                time.sleep(0.0002)


class _Watched:
    """A transaction that is held at the gate when it has read and decided, before it writes."""

    def __init__(self, work: Any, gate: Gate) -> None:
        self._work, self._gate = work, gate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._work, name)

    def append(self, *given: Any) -> Any:
        """The entry is the first thing that is written."""
        self._gate.have_read()
        return self._work.append(*given)


class Racing:
    """A store whose next transaction in each racer's thread goes through the gate."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._mine = threading.local()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def enter(self, gate: Gate, number: int) -> None:
        """The present thread races."""
        self._mine.gate, self._mine.number = gate, number

    def write(self, school_id: str, work: Callable[[Any], Any]) -> Any:
        """See `Store`."""
        gate = getattr(self._mine, "gate", None)
        if gate is None:
            return self._store.write(school_id, work)
        self._mine.gate = None
        gate.call(self._mine.number)
        return self._store.write(school_id, lambda here: work(_Watched(here, gate)))


class Track(FirstSchool):
    """The school, its workflows for races, and what came of them."""

    def __init__(self, store: Store, folder: Path, waiting: Callable[[Gate], int]) -> None:
        self._one_by_one = threading.Lock()
        self.racing, self.waiting = Racing(store), waiting
        super().__init__(self.racing, folder)  # type: ignore[arg-type]  # it hands all on
        self.workflows.define(operator_of(self.id), WORKFLOWS)
        self.threads = ThreadPoolExecutor(8)

    def _bytes(self, count: int) -> bytes:
        with self._one_by_one:
            return super()._bytes(count)

    def call(self, by: str, cycle: str, command: Command, **given: Any) -> Call:
        """A call that sends one command without looking first."""
        return lambda: self.acting.act(self.actor(by), cycle, [command], Given(**given))

    def open_race(self, workflow: str = "race-all", **given: Any) -> str:
        """Open a cycle; its id."""
        return self.opening(workflow, **given)().cycle

    def opening(self, workflow: str, **given: Any) -> Call:
        """A call that opens a cycle."""
        command = Open(cycle="", group="maths", zone="", subject={}, roles={"author": ("liu",)})
        return lambda: self.acting.open(self.actor("song"), workflow, command, Given(**given))

    def at_gate(self, *calls: Call) -> list[Any]:
        """What each call came to; the first one reads first, and none writes before all have."""
        gate = Gate(len(calls), self.waiting)

        def one(number: int) -> Any:
            self.racing.enter(gate, number)
            try:
                return calls[number]()
            except CyclesError as refused:
                return refused

        found = list(self.threads.map(one, range(len(calls))))
        assert gate.open, "the race was never on"
        return found

    def acts(self, cycle: str) -> list[str]:
        """What the cycle's entries tell, in order, with what they carried."""
        bodies = self.store.read(self.id, lambda work: work.entries(f"cycle:{cycle}"))
        told = [Body.parse(entry.body) for entry in bodies]
        return [b.act + (f"+{b.fired}" if b.fired else "") for b in told]

    def count(self, subj: str) -> int:
        """How many entries a subject has."""
        return len(self.store.read(self.id, lambda work: work.entries(subj)))

    def note(self, tally: Tally, cycle: str, before: int, answers: list[Any], *told: str) -> None:
        """Count what a race came to; `told` is what each of its entries must tell."""
        accepted = [a for a in answers if isinstance(a, Receipt) and not a.replayed]
        found = self.acts(cycle)[before:]
        entries = {seq for receipt in accepted for seq in receipt.seqs}
        tally.races += 1
        tally.lost += max(0, len(accepted) - len(found), len(accepted) - len(entries))
        tally.twice += max(0, len(found) - len(accepted))
        tally.odd += found != list(told)

    def check(self, tally: Tally) -> Tally:
        """Prove the whole log, each guard judged again on what it stood on; then let go."""
        self.threads.shutdown()
        report = verify_database(self.core, self.id)
        tally.broken += [f"{finding.code} {finding.subj}" for finding in report.findings]
        return tally


# --- the races -----------------------------------------------------------------------------


def stale_versions(track: Track, races: int) -> Tally:
    """Two who have seen the same version each put another in its place; the second is told."""
    tally = Tally()
    for number in range(races):
        cycle = track.open_race()
        track.file("liu", cycle, "plan", text="第一版")
        texts = [f"{number} 甲", f"{number} 乙"]
        plans = [File(record="plan", fields={"text": text}) for text in texts]

        answers = track.at_gate(*(track.call("liu", cycle, p, revision=2) for p in plans))

        track.note(tally, cycle, 2, answers, "file")
        first, second = answers
        fair = isinstance(first, Receipt) and isinstance(second, StaleRevisionError)
        shown = track.looking.cycle(track.actor("liu"), cycle).records
        standing = [r.fields["text"] for r in shown if r.fields and not r.superseded]
        tally.odd += not (fair and standing == texts[:1])
    return track.check(tally)


def guard_skew(track: Track, races: int) -> Tally:
    """What the step stands on changes while the last filing closes it; whoever is first is right.

    Either the others' voices are made void, or another person is present whose voice is missing.
    """
    tally = Tally()
    back = Advance(transition="back", reason="重来")
    more = File(record="sheet", fields={"people": {"he": "present"}})
    last = File(record="voice", fields={"text": "好"})
    for number in range(races):
        cycle = _before_the_last_voice(track, "race-all", he="sick")
        closing = track.call("ma", cycle, last)
        withdrawn, later = divmod(number, 2)[0] % 2 == 0, number % 2 == 1
        other = track.call("song", cycle, back, revision=3) if withdrawn else None
        other = other or track.call("song", cycle, more)

        answers = track.at_gate(*((other, closing) if later else (closing, other)))

        if later:  # what changes comes first: the voice is one of several, and closes nothing
            track.note(tally, cycle, 3, answers, "back" if withdrawn else "file", "file")
        else:
            track.note(tally, cycle, 3, answers, "file+close", *([] if withdrawn else ["file"]))
        stale = [isinstance(a, StaleRevisionError) for a in answers]
        tally.odd += stale != [False, withdrawn and not later]
        tally.odd += track.state(cycle) != ("work" if later else "talk")
    return track.check(tally)


def last_votes(track: Track, races: int) -> Tally:
    """Two voices come at once, and either or the later one completes the count: it closes once."""
    tally = Tally()
    for number in range(races):
        every = number % 2 == 0
        cycle = _before_the_last_voice(track, "race-all" if every else "race-two", he="present")
        last = File(record="voice", fields={"text": "好"})
        calls = [track.call(who, cycle, last) for who in ("ma", "he")]

        answers = track.at_gate(*calls)

        told = ["file", "file+close"] if every else ["file+close", "file"]
        if not every and not isinstance(answers[1], Receipt):
            told = told[:1]  # the step is closed: a voice may come too late to be filed at all
        track.note(tally, cycle, 3, answers, *told)
        tally.odd += not isinstance(answers[0], Receipt) or track.state(cycle) != "talk"
    return track.check(tally)


def one_key(track: Track, races: int) -> Tally:
    """One request is sent eight times at once: it has one answer, and has acted once."""
    tally = Tally()
    for number in range(races):
        given = {"key": f"key-{number}", "request": "r"}
        if number % 2:
            call = track.opening("race-all", **given)
        else:
            cycle = track.open_race()
            call = track.call("ma", cycle, File(record="voice", fields={"text": "好"}), **given)

        answers = track.at_gate(*[call] * 8)

        receipts = [a for a in answers if isinstance(a, Receipt)]
        told, before = ("open", 0) if number % 2 else ("file", 1)
        fresh = [r for r in receipts if not r.replayed]
        for one in {r.cycle: r for r in fresh}.values():
            its = [r for r in fresh if r.cycle == one.cycle]
            track.note(tally, one.cycle, before, its, told)
        tally.races -= max(0, len({r.cycle for r in fresh}) - 1)
        tally.twice += len(fresh) - 1
        same = {(r.cycle, r.seqs, r.filings) for r in receipts}
        tally.odd += len(receipts) != 8 or len(same) != 1
    return track.check(tally)


def two_looks(track: Track, races: int) -> Tally:
    """An auditor asks two things at once: both are looks, one after the other."""
    return _looks_at_once(track, races, ("a", "b"))


def one_look(track: Track, races: int) -> Tally:
    """An auditor asks one thing twice at once: it is one look."""
    return _looks_at_once(track, races, ("a", "a"))


RACES = (stale_versions, guard_skew, last_votes, one_key, two_looks, one_look)


def _looks_at_once(track: Track, races: int, kinds: tuple[str, ...]) -> Tally:
    tally, looks = Tally(), Looks(track.core)
    for number in range(races):
        asked = [f"{kind}{number}" for kind in kinds]
        before = track.count(LOOKS_SUBJECT)
        notes = [partial(looks.note, track.actor("du"), "plan", group=group) for group in asked]

        answers = track.at_gate(*notes)

        found, wanted = track.count(LOOKS_SUBJECT) - before, len(set(asked))
        tally.races += 1
        tally.lost += max(0, wanted - found)
        tally.twice += max(0, found - wanted)
        tally.odd += answers != [None] * len(asked)
    return track.check(tally)


def _before_the_last_voice(track: Track, workflow: str, *, he: str) -> str:
    """A cycle in which Song and Ma are present and Ma has not spoken; at revision 3."""
    cycle = track.open_race(workflow)
    people = {"song": "present", "ma": "present", "he": he}
    track.call("song", cycle, File(record="sheet", fields={"people": people}))()
    track.call("song", cycle, File(record="voice", fields={"text": "好"}))()
    return cycle


# --- where they are run --------------------------------------------------------------------


def one_writer(gate: Gate) -> int:
    """In memory and on SQLite one writes at a time: whoever has come and not read waits."""
    return gate.called - gate.read


def no_locks(gate: Gate) -> int:
    """Where the locks were taken away nobody waits: all have read before any writes."""
    return 0


@contextmanager
def seen_by_postgres(url: str) -> Iterator[Callable[[Gate], int]]:
    """Asks the server itself how many of the database's connections wait for a lock."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as watching:

        def waiting(gate: Gate) -> int:
            row = watching.execute(asked).fetchone()
            return 0 if row is None else int(row[0])

        yield waiting


@contextmanager
def track_on(url: str, folder: Path) -> Iterator[Track]:
    """The school on a database with all tables, ready to race."""
    with closing(open_store(url)) as store:
        if not url.startswith("postgresql"):
            yield Track(store, folder, one_writer)
            return
        with seen_by_postgres(url) as waiting:
            yield Track(store, folder, waiting)
