"""A stage for tests of the engine: one small school, one cycle, commands sent as people would.

Everything that is sent is judged again as an auditor would, and what is refused is shown to have
changed nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from textwrap import dedent, indent
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from cycles.engine.auditing import audited
from cycles.engine.commands import (
    Advance,
    Answer,
    Command,
    File,
    Open,
    Staff,
    Turn,
    Verify,
    Waive,
)
from cycles.engine.commands import Excuse as ExcuseCommand
from cycles.engine.cycle import Cycle, Filing, Point
from cycles.engine.decide import Decision, decide
from cycles.engine.evolve import Event, replay
from cycles.engine.guards import verdicts_of
from cycles.engine.offers import Offer, offers
from cycles.engine.people import People
from cycles.engine.surroundings import Directory, LinkedCycle, Surroundings
from cycles.engine.tasks import tasks_of, waiting
from cycles.engine.verdicts import Task, Verdict
from cycles.errors import RefusedError
from cycles.school.calendar import Calendar, Term
from cycles.workflow.loading import load
from cycles.workflow.version import Version

#: Song heads the group of Liu, Ma and He; Bai heads another; Guo is a guest by link.
LIU, SONG, MA, HE, BAI = "p_liu", "p_song", "p_ma", "p_he", "p_bai"
DEPUTY, HEAD, GUO = "p_deputy", "p_head", "p_guo"
GROUP = (LIU, SONG, MA, HE)
#: A Monday.
TODAY = date(2026, 10, 12)
ZONE = "Asia/Shanghai"
KEY = bytes(32)

E = TypeVar("E", bound=RefusedError)

_WORKFLOWS = Path(__file__).resolve().parents[3] / "workflows"

_PEOPLE = """
workflow: small
title: 小流程
start: work
open: {by: [group.head, group.members]}
see: [{who: [author, chair, member, group.members, school.staff]}]
roles:
  author: {title: 执教, count: 1, among: group.members}
  chair: {title: 主持人, count: 1, default: group.head, files_for: [author, member]}
  member: {title: 组员, count: 0.., default: group.members}
"""


def shipped(name: str) -> Version:
    """One of the workflows that come with the product."""
    return load((_WORKFLOWS / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")


def small(rest: str, roles: str = "") -> Version:
    """A workflow of `author`, `chair`, `member` and more roles; starts in `work`; proven sound."""
    return load(f"{_PEOPLE}{_indented(roles, 2)}\n{dedent(rest)}", "small.yaml")


def one_step(records: str, guards: str, ways: str = "", roles: str = "") -> Version:
    """`small` with two states and the chair's way `finish` between them, under these guards.

    `ways` are more transitions.
    """
    return small(
        f"records:{_indented(records, 2)}\n"
        "states: {work: 进行, done: {title: 完成, final: true}}\n"
        "transitions:\n"
        "  finish:\n"
        "    title: 完成\n"
        "    from: work\n"
        "    to: done\n"
        "    by: chair\n"
        f"    guards:{_indented(guards, 6)}\n"
        f"{_indented(ways, 2)}\n",
        roles,
    )


def _indented(text: str, spaces: int) -> str:
    return "\n" + indent(dedent(text).strip("\n"), " " * spaces)


def directory(**changed: Any) -> Directory:
    """The school's people, with what is to be different."""
    usual: dict[str, Any] = {
        "heads": (HEAD,),
        "deputies": (DEPUTY,),
        "staff": (*GROUP, BAI, DEPUTY, HEAD),
        "group_heads": {"g1": (SONG,), "g2": (BAI,)},
        "group_members": {"g1": GROUP, "g2": (BAI,)},
        "guests": (GUO,),
    }
    return Directory(**{**usual, **changed})


class Stage:
    """One cycle of a workflow, played by commands; time moves only when told to."""

    def __init__(self, version: Version, people: Directory | None = None) -> None:
        self.version = version
        term = Term(id="t", name="学期", first_day=date(2026, 9, 1), last_day=date(2027, 1, 20))
        self.around = Surroundings(
            now=_morning(TODAY),
            today=TODAY,
            directory=people or directory(),
            calendar=Calendar(terms=(term,), zone=ZONE),
        )
        self.cycle: Cycle | None = None
        self.log: list[Event] = []
        self.last: Decision | None = None

    @property
    def now(self) -> Cycle:
        """Where the cycle stands."""
        assert self.cycle is not None
        return self.cycle

    @property
    def people(self) -> People:
        """The cycle's people today."""
        return People(self.version, self.now, self.around)

    def later(self, days: int = 1) -> Stage:
        """So many days pass."""
        day = self.around.today + timedelta(days=days)
        self.around = replace(self.around, today=day, now=_morning(day))
        return self

    def meet(self, **changed: Any) -> Stage:
        """The directory is another from now on."""
        self.around = replace(self.around, directory=directory(**changed))
        return self

    def link(self, *cycles: LinkedCycle) -> Stage:
        """These cycles are linked to this one now."""
        self.around = replace(self.around, linked=cycles)
        return self

    def open(
        self,
        by: str = SONG,
        roles: Mapping[str, tuple[str, ...]] | None = None,
        subject: Mapping[str, Any] | None = None,
    ) -> Stage:
        """Open the cycle, by default with Liu as the author."""
        given = {"author": (LIU,)} if roles is None else roles
        command = Open(cycle="c1", group="g1", zone=ZONE, subject=subject or {}, roles=given)
        self.send(by, command)
        return self

    def send(self, by: str, command: Command) -> Decision:
        """Decide a command and keep what comes of it."""
        decision = decide(
            self.version, self.cycle, command, by=by, around=self.around, content_key=KEY
        )
        assert audited(self.version, self.cycle, decision.entry) == decision.after
        self.cycle, self.last = decision.after, decision
        self.log.append(decision.entry)
        state = self.version.workflow.states.get(decision.after.state)
        if state is not None and not state.final and not state.rests:
            waits = waiting(self.people)
            assert self.tasks() or waits.until or waits.cycles, "nobody has a next step"
        return decision

    def refuse(self, kind: type[E], by: str, command: Command) -> E:
        """The refusal of a command that must be refused so; nothing has changed."""
        before = self.cycle
        with pytest.raises(kind) as refused:
            self.send(by, command)
        assert self.cycle is before
        return refused.value

    def file(self, by: str, record: str, for_: str | None = None, **fields: Any) -> Filing:
        """File a record; the filing that it became."""
        self.send(by, File(record=record, fields=fields, for_=for_))
        return self.now.filings[-1]

    def go(self, by: str, transition: str, reason: str | None = None) -> Stage:
        """Fire a transition."""
        self.send(by, Advance(transition=transition, reason=reason))
        return self

    def answer(self, point: str, disposition: str = "adopted", by: str = LIU) -> Point:
        """Answer a point, with a reason where one is asked."""
        reason = None if disposition == "adopted" else "学生还没学"
        self.send(by, Answer(point=point, disposition=disposition, reason=reason))
        return self.now.points[point]

    def verify(self, by: str, point: str, outcome: str = "worked") -> Point:
        """Say whether a point was seen to work."""
        self.send(by, Verify(point=point, outcome=outcome))
        return self.now.points[point]

    def waive(self, by: str, guard: str) -> Stage:
        """Waive a guard."""
        self.send(by, Waive(guard=guard, reason="特殊情况"))
        return self

    def turn(self, by: str, verb: str) -> Stage:
        """Suspend, resume, cancel, withdraw or reopen."""
        self.send(by, Turn(verb=verb, reason="有原因"))
        return self

    def excuse(self, person: str, days: int = 1, by: str = DEPUTY) -> Stage:
        """Excuse somebody from today on, for so many days."""
        until = self.around.today + timedelta(days=days - 1)
        since = self.around.today
        self.send(by, ExcuseCommand(person=person, since=since, until=until, reason="培训"))
        return self

    def add(self, role: str, to: str, by: str = DEPUTY) -> Stage:
        """Add somebody to a role."""
        self.send(by, Staff(verb="add", role=role, to=to, reason="加入"))
        return self

    def reassign(self, role: str, person: str, to: str, by: str = DEPUTY) -> Stage:
        """Hand somebody's part over for good."""
        self.send(by, Staff(verb="reassign", role=role, person=person, to=to, reason="换人"))
        return self

    def substitute(self, role: str, person: str, to: str, days: int = 1, by: str = DEPUTY) -> Stage:
        """Have somebody stand in from today on, for so many days."""
        since, until = self.around.today, self.around.today + timedelta(days=days - 1)
        self.send(
            by,
            Staff(
                verb="substitute", role=role, person=person, to=to,
                since=since, until=until, reason="代上",
            ),
        )  # fmt: skip
        return self

    def verdict(self, guard: str, way: str = "finish", actor: str | None = None) -> Verdict:
        """What a guard of a transition says now, to nobody or to somebody who would act."""
        found = verdicts_of(self.people, self.version.workflow.transitions[way], actor)
        return next(v for v in found if v.guard == guard)

    def offer(self, way: str, to: str = SONG) -> Offer:
        """A transition as a person sees it now."""
        return next(o for o in offers(self.people, to) if o.transition == way)

    def tasks(self) -> tuple[Task, ...]:
        """Everybody's tasks today."""
        return tasks_of(self.people)

    def task(self, person: str, do: str) -> Task:
        """The one task of a person to do this."""
        return next(t for t in self.tasks() if (t.person, t.do) == (person, do))

    def todo(self) -> dict[str, set[str]]:
        """Person → what they have to do today."""
        found: dict[str, set[str]] = {}
        for task in self.tasks():
            found.setdefault(task.person, set()).add(task.do)
        return found

    def points(self) -> list[str]:
        """The ids of the points that count, in the order in which they were raised."""
        return [p.id for p in self.now.points.values() if p.counting]

    def replayed(self) -> Cycle:
        """The cycle as its log alone gives it."""
        return replay(self.version, self.log)


def _morning(day: date) -> datetime:
    """Ten in the morning at school, in UTC."""
    return datetime.combine(day, time(10), ZoneInfo(ZONE)).astimezone(UTC)
