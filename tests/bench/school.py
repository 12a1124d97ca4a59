"""A school of today on a store, and lesson studies played in it as fast as they go."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from cycles.engine.commands import Advance, Answer, Command, File, Open, Turn
from cycles.service import Core, Given, Receipt, operator_of, shipped
from cycles.service.tokens import actor_of
from cycles.store import Store
from cycles.store.files import FileFolder
from cycles_api.assembly import Service

__all__ = ["School"]

#: Of each group: key → name, role. The keys of later groups have a number: `song1`, `liu1` …
GROUP = {
    "song": ("宋明远", "group_head"),
    "liu": ("刘思雨", "teacher"),
    "ma": ("马晓东", "teacher"),
    "he": ("何静怡", "teacher"),
}
MEMBERS = ("song", "ma", "he")


class School:
    """Groups of four, a deputy (`zheng`) and a head (`wu`); commands come as the web sends them."""

    def __init__(
        self, store: Store, folder: Path, school_id: str = "bench", *, groups: int = 1
    ) -> None:
        self.id, self.store = school_id, store
        self.service = service = Service(Core(store, FileFolder(folder)))
        operator, schools = operator_of(school_id), service.schools
        made = schools.create(school_id, "第一小学", "Asia/Shanghai", "cycles.test", "吴若兰")
        today = service.core.view(school_id).today(service.core.now())
        schools.set_term(operator, "本学期", today - timedelta(90), today + timedelta(90))
        self.people = {"wu": made.head, "zheng": schools.add_person(operator, "郑立群")}
        schools.appoint(operator, self.people["zheng"], "deputy", None)
        self.groups = [schools.add_group(operator, f"第{n + 1}组") for n in range(groups)]
        for number, group in enumerate(self.groups):
            for key, (name, role) in GROUP.items():
                person = schools.add_person(operator, name)
                schools.appoint(operator, person, role, group)
                self.people[f"{key}{number or ''}"] = person
        service.workflows.define(operator, shipped())
        view = service.core.view(school_id)
        self.actors = {
            key: actor_of(service.core, view, person, "api") for key, person in self.people.items()
        }

    def token(self, key: str) -> str:
        """A bearer token of somebody."""
        return self.service.tokens.make(operator_of(self.id), self.people[key], "bench", 1).text

    # --- playing ---------------------------------------------------------------------------

    def open(self, group: int = 0) -> Play:
        """Open a lesson study in a group."""
        said = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}
        who = {key: f"{key}{group or ''}" for key in GROUP} | {"zheng": "zheng"}
        roles = {"teacher": (self.people[who["liu"]],)}
        command = Open(cycle="", group=self.groups[group], zone="", subject=said, roles=roles)
        given = Given(key=str(uuid.uuid4()), request="r")
        opener = self.actors[who["song"]]
        return Play(self, who, self.service.acting.open(opener, "lesson-study", command, given))

    def prepared(self, group: int = 0) -> Play:
        """A lesson study whose plan can be made final."""
        play = self.open(group)
        play.propose()
        play.prepare()
        return play


class Play:
    """One lesson study; `commands` counts what was done in it."""

    def __init__(self, school: School, who: dict[str, str], opened: Receipt) -> None:
        self.school, self.who = school, who
        self.id, self.revision = opened.cycle, opened.revision
        self.commands, self.points = 1, list[str]()

    def send(self, by: str, command: Command) -> Receipt:
        """One command with its own key, by somebody who has seen the newest revision."""
        given = Given(revision=self.revision, key=str(uuid.uuid4()), request="r")
        acting = self.school.service.acting
        receipt = acting.act(self.school.actors[self.who[by]], self.id, [command], given)
        self.revision = receipt.revision
        self.commands += 1
        return receipt

    def file(self, by: str, record: str, **fields: Any) -> Receipt:
        """File a record."""
        return self.send(by, File(record=record, fields=fields))

    def do(self, by: str, transition: str, reason: str | None = None) -> None:
        """Fire a transition."""
        self.send(by, Advance(transition=transition, reason=reason))

    def whole(self) -> int:
        """From the proposal to the revision after the first lesson; how many commands in all."""
        self.propose()
        self.prepare()
        self.do("song", "finish_preparing")
        self.teach()
        self.evaluate()
        return self.commands

    def propose(self) -> None:
        """Up to the plan."""
        self.file("liu", "proposal", theme="动手操作", why="学生难以理解转化")
        self.do("song", "approve")
        self.file("liu", "explanation", points="课标与学情")

    def prepare(self) -> None:
        """Up to where the plan can be made final."""
        for member in MEMBERS:
            self.file(member, "preparation_note", note="先剪再拼")
        self.file("liu", "lesson_plan", text="教案第一版")

    def there_and_back(self, times: int) -> int:
        """The plan is final, the plan is taken back: two transitions each time."""
        for _ in range(times):
            self.do("song", "finish_preparing")
            self.do("song", "return_to_preparing", "再改一改")
        return times * 2

    def teach(self, class_: str = "六(1)班") -> None:
        """A lesson that everybody watches, up to the reflection."""
        core = self.school.service.core
        today = core.view(self.school.id).today(core.now()).isoformat()
        self.file("song", "session", date=today, period=2, **{"class": class_})
        here = {self.school.people[self.who[m]]: "present" for m in MEMBERS}
        self.file("song", "attendance", people=here)
        for member in MEMBERS[:2]:  # two of three are enough, and the step closes by itself
            self.file(member, "observation", on_paper=True)
        self.file("liu", "reflection", text="板书太快")

    def evaluate(self, **more: Any) -> None:
        """Everybody's three ones, minutes, the evaluation closed."""
        self.points = []
        for member in MEMBERS:
            said = {"strength": "情境好", "weakness": ["提问太多"], "hope": ["留时间"]}
            self.points += self.file(member, "three_ones", **said, **more).points
        self.file("song", "minutes", agreed="减少提问")
        self.do("song", "finish_evaluating")

    def archive(self) -> int:
        """The rest: answers, a second lesson, the end; how many commands in all."""
        self._revise("教案第二版")
        self.do("song", "teach_again")
        adopted = self.points
        self.teach("六(2)班")
        self.evaluate(seen=dict.fromkeys(adopted, "worked"))
        self._revise("教案第三版")
        self.do("song", "finish")
        self.file("liu", "written_reflection", text="两次上课的收获")
        self.do("zheng", "archive")
        return self.commands

    def _revise(self, text: str) -> None:
        for point in self.points:
            self.send("liu", Answer(point=point, disposition="adopted"))
        self.file("liu", "lesson_plan", text=text)

    def withdraw(self) -> int:
        """Take it back before it began."""
        self.send("song", Turn(verb="withdraw", reason="重复了"))
        return self.commands
