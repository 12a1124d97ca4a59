"""A small school on a store: nine people, a clock that is set by hand, commands by name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cycles.engine.commands import Advance, Answer, Command, File, Open
from cycles.ledger import pseudonym
from cycles.school import HeldRole
from cycles.service import (
    Acting,
    Actor,
    Attachments,
    Core,
    Given,
    Looking,
    Outbox,
    Receipt,
    Workflows,
    operator_of,
    shipped,
)
from cycles.store import AppointmentRow, GroupRow, PersonRow, SchoolRow, Store, TermRow
from cycles.store.files import FileFolder

#: Name → what they are, in which group.
PEOPLE = {
    "wu": ("head", None),
    "zheng": ("deputy", None),
    "song": ("group_head", "maths"),
    "liu": ("teacher", "maths"),
    "ma": ("teacher", "maths"),
    "he": ("teacher", "maths"),
    "qian": ("group_head", "chinese"),
    "zhou": ("teacher", "chinese"),
    "du": ("auditor", None),
}


class FirstSchool:
    """Maths has a head and three teachers, Chinese has two; ids are names."""

    def __init__(self, store: Store, folder: Path, school_id: str = "first") -> None:
        self.time = datetime(2026, 10, 12, 2, 0, tzinfo=UTC)
        self.store, self.id, self._chance = store, school_id, 0
        self.core = Core(store, FileFolder(folder), clock=self._tick, chance=self._bytes)
        self.outbox = Outbox(self.core)
        self.acting, self.looking = Acting(self.core, self.outbox), Looking(self.core)
        self.workflows, self.files = Workflows(self.core), Attachments(self.core)
        store.add_school(
            SchoolRow(
                id=school_id,
                name="第一小学",
                log=f"cycles.example/{school_id}",
                zone="Asia/Shanghai",
                created_at="2026-09-01T00:00:00.000000Z",
            )
        )
        store.write(school_id, lambda work: work.add(*self._rows()))
        self.workflows.define(operator_of(school_id), shipped())

    def _tick(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time

    def _bytes(self, count: int) -> bytes:
        self._chance += 1
        return hashlib.shake_256(f"{self.id} {self._chance}".encode()).digest(count)

    def _rows(self) -> Iterable[Any]:
        at, first = "2026-09-01T00:00:00.000000Z", date(2026, 9, 1)
        key = {"school_id": self.id}
        for group in ("maths", "chinese"):
            yield GroupRow(**key, id=group, name={"maths": "数学组", "chinese": "语文组"}[group])
        for name, (role, group) in PEOPLE.items():
            alias = self.alias(name)
            yield PersonRow(**key, id=name, pseudonym=alias, name=name.title(), created_at=at)
            yield AppointmentRow(
                **key, id=f"a-{name}", person=name, role=role, group=group, from_date=first
            )
        yield TermRow(**key, id="t", name="秋", first_day=first, last_day=date(2027, 1, 22))

    def alias(self, name: str) -> str:
        """A person's pseudonym."""
        return pseudonym(hashlib.sha256(f"{self.id} {name}".encode()).digest()[:16])

    def actor(self, name: str) -> Actor:
        """Somebody who asks."""
        role, group = PEOPLE[name]
        return Actor(
            school_id=self.id,
            person=name,
            pseudonym=self.alias(name),
            via="api",
            roles=(HeldRole(role=role, group=group or ""),),
        )

    # --- commands --------------------------------------------------------------------------

    def open(self, by: str = "song", teacher: str = "liu", **subject: str) -> str:
        """Open a lesson study; the cycle's id."""
        said = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学", **subject}
        group = PEOPLE[teacher][1] or "maths"
        command = Open(cycle="", group=group, zone="", subject=said, roles={"teacher": (teacher,)})
        return self.acting.open(self.actor(by), "lesson-study", command, Given()).cycle

    def send(self, by: str, cycle: str, *commands: Command, **given: Any) -> Receipt:
        """Do commands; the revision is read first unless one is given."""
        if "revision" not in given:
            given["revision"] = self.looking.cycle(self.actor(by), cycle).line.revision
        return self.acting.act(self.actor(by), cycle, commands, Given(**given))

    def file(self, by: str, cycle: str, record: str, for_: str | None = None, **fields: Any) -> str:
        """File a record; the filing's id."""
        command = File(record=record, fields=fields, for_=for_)
        return self.send(by, cycle, command).filings[0]

    def do(self, by: str, cycle: str, transition: str) -> Receipt:
        """Fire a transition."""
        return self.send(by, cycle, Advance(transition=transition))

    # --- a lesson study --------------------------------------------------------------------

    def prepare(self, cycle: str) -> None:
        """From the proposal to the lesson."""
        self.file("liu", cycle, "proposal", theme="动手操作", why="学生难以理解转化")
        self.do("song", cycle, "approve")
        self.file("liu", cycle, "explanation", points="课标与学情")
        for member in ("song", "ma", "he"):
            self.file(member, cycle, "preparation_note", note="先剪再拼")
        self.file("liu", cycle, "lesson_plan", text="教案第一版")
        self.do("song", cycle, "finish_preparing")

    def teach(self, cycle: str, class_: str) -> None:
        """A lesson that everybody observes, up to the reflection."""
        today = self.core.view(self.id).today(self.time).isoformat()
        fields = {"date": today, "period": 2, "class": class_}
        self.file("song", cycle, "session", **fields)
        self.file(
            "song", cycle, "attendance", people=dict.fromkeys(("song", "ma", "he"), "present")
        )
        for member in ("song", "ma", "he"):
            if self.state(cycle) == "observe":
                self.file(member, cycle, "observation", on_paper=True)
        self.file("liu", cycle, "reflection", text="板书太快")

    def evaluate(self, cycle: str) -> None:
        """Everybody's three ones, minutes, the evaluation closed."""
        for member in ("song", "ma", "he"):
            said = {"strength": "情境好", "weakness": ["提问太多"], "hope": ["留时间"]}
            self.file(member, cycle, "three_ones", **said)
        self.file("song", cycle, "minutes", agreed="减少提问")
        self.do("song", cycle, "finish_evaluating")

    def revise(self, cycle: str, text: str) -> None:
        """Every open point adopted, a new lesson plan."""
        for point in self.looking.cycle(self.actor("liu"), cycle).points:
            if point.disposition is None:
                self.send("liu", cycle, Answer(point=point.id, disposition="adopted"))
        self.file("liu", cycle, "lesson_plan", text=text)

    def state(self, cycle: str) -> str:
        """Where the cycle stands."""
        return self.looking.cycle(self.actor("song"), cycle).line.state

    def tasks(self, name: str) -> set[str]:
        """What somebody has to do."""
        return {t.task.do for t in self.looking.tasks(self.actor(name))}
