"""A school where a lesson has been talked over: five points wait for the teacher's answer."""

from __future__ import annotations

from cycles.engine.commands import Advance, Answer, Command, File, Merge, Verify
from cycles.service import Actor, Given, Receipt
from cycles.service.answers import CycleAnswer
from tests.pages.serving import ServedSchool

__all__ = ["Story"]


class Story:
    """The demo school's evaluation that waits, and how its people go on with it."""

    def __init__(self, school: ServedSchool) -> None:
        self.school, self.service = school, school.service
        self.cycle: str = school.school.cycles["blocked"]
        self.to = f"/cycles/{self.cycle}"

    def actor(self, name: str) -> Actor:
        """Somebody of the school."""
        view = self.service.core.view(self.school.school.school_id)
        person = view.person_of[self.school.school.people[name]]
        today = view.today(self.service.core.now())
        return Actor(
            school_id=self.school.school.school_id,
            person=person.id,
            pseudonym=person.pseudonym,
            via="api",
            guest=person.guest,
            roles=view.directory.roles_of(person.pseudonym, today),
        )

    def looked_at(self, by: str) -> CycleAnswer:
        """The cycle as somebody sees it."""
        return self.service.looking.cycle(self.actor(by), self.cycle)

    def do(self, by: str, *commands: Command) -> Receipt:
        """Do commands as somebody who has just looked."""
        revision = self.looked_at(by).line.revision
        return self.service.acting.act(
            self.actor(by), self.cycle, commands, Given(revision=revision)
        )

    def file(self, by: str, record: str, **fields: object) -> None:
        """File a record."""
        self.do(by, File(record=record, fields=fields))

    def points(self, by: str = "liu") -> dict[str, str]:
        """The points that are not part of another: their texts and ids."""
        found = self.looked_at(by).points
        return {str((p.content or {}).get("text")): p.id for p in found if not p.merged_into}

    def talked_over(self) -> dict[str, str]:
        """Three colleagues were heard, two like points are one, the evaluation is closed.

        Gives the five points, by text.
        """
        said = {"ma": ("举例偏少", "让学生自己举例"), "he": ("百分号写得快", "留时间质疑")}
        for who, (weakness, hope) in said.items():
            self.file(who, "three_ones", strength="素材贴近", weakness=[weakness], hope=[hope])
        first, second = self._saying("让学生自己举例")
        self.close((second, first))
        points = self.points()
        assert len(points) == 5
        return points

    def close(self, *like: tuple[str, str]) -> None:
        """Like points become one (which, with which), and the evaluation is closed."""
        self.file("song", "minutes", agreed="小结交给学生")
        for point, into in like:
            self.do("song", Merge(points=(point,), into=into))
        self.do("song", Advance(transition="finish_evaluating"))

    def _saying(self, text: str) -> list[str]:
        return [
            p.id for p in self.looked_at("song").points if (p.content or {}).get("text") == text
        ]

    def next_round(self) -> None:
        """The plan is revised, discussed at the desk by two, and talked over."""
        self.file("liu", "lesson_plan", text="教案第二版：猜想、举例、归纳", changes="学生自己举例")
        self.do("song", Advance(transition="study_again"))
        people = self.school.school.people
        here = {people[p]: "present" for p in ("song", "ma", "he")}
        self.file("song", "attendance", people=here)
        for who in ("song", "ma", "he"):
            self.file(who, "three_ones", strength="清楚", weakness=[f"{who}一"], hope=[f"{who}二"])
        self.close()

    def answered(self, **others: tuple[str, str]) -> dict[str, str]:
        """All points are answered: adopted, but for those in `others` (text → answer, reason)."""
        points = self.points()
        for text, point in points.items():
            word, reason = others.get(text, ("adopted", ""))
            self.answer(point, word, reason)
        return points

    def answer(self, point: str, word: str, reason: str = "") -> None:
        """The teacher answers one point."""
        self.do("liu", Answer(point=point, disposition=word, reason=reason or None))

    def seen(self, by: str, point: str, outcome: str = "worked") -> None:
        """Somebody says whether it was seen."""
        self.do(by, Verify(point=point, outcome=outcome))
