"""The default lesson study, played by Liu who teaches, Song who chairs, Ma and He who watch."""

from __future__ import annotations

from cycles.engine.surroundings import Directory
from tests.unit.engine.stage import HE, LIU, MA, SONG, Stage, shipped

SUBJECT = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}
OBSERVERS = (SONG, MA, HE)


class Lesson(Stage):
    """One lesson study; each step does what people do there and goes on."""

    def __init__(self, people: Directory | None = None) -> None:
        super().__init__(shipped("lesson-study"), people)

    def propose(self) -> Lesson:
        """Opened by the chair, proposed by the teacher."""
        self.open(roles={"teacher": (LIU,)}, subject=SUBJECT)
        self.file(LIU, "proposal", theme="动手操作", why="学生难以理解转化")
        return self

    def explain(self) -> Lesson:
        """Approved and explained; what follows is preparing together."""
        self.propose().go(SONG, "approve")
        self.file(LIU, "explanation", points="课标与学情")
        return self

    def prepare(self) -> Lesson:
        """From the proposal to the lesson."""
        self.explain()
        for person in OBSERVERS:
            self.file(person, "preparation_note", note="先剪再拼")
        self.file(LIU, "lesson_plan", text="教案第一版")
        self.go(SONG, "finish_preparing")
        return self

    def observe(self, class_: str, *, absent: str | None = None) -> Lesson:
        """The lesson is taught and watched, up to the teacher's reflection."""
        day = self.around.today.isoformat()
        self.file(LIU, "session", date=day, period=2, **{"class": class_})
        codes = dict.fromkeys(OBSERVERS, "present")
        self.file(SONG, "attendance", people={**codes, **({absent: "sick"} if absent else {})})
        for person in OBSERVERS:
            if person != absent and self.now.state == "observe":
                self.file(person, "observation", on_paper=True)
        return self

    def teach(self, class_: str, *, absent: str | None = None) -> Lesson:
        """A lesson, and what the teacher says of it first."""
        self.observe(class_, absent=absent)
        self.file(LIU, "reflection", text="板书太快")
        return self

    def evaluate(self, **seen: str) -> Lesson:
        """Three ones of those present, minutes, and the evaluation is closed.

        `seen` is what Ma says of points that were adopted before.
        """
        for person in self.people.holders("observer"):
            said = {"strength": "情境好", "weakness": ["提问太多"], "hope": ["留时间"]}
            voices = {"seen": seen} if seen and person == MA else {}
            self.file(person, "three_ones", **said, **voices)
        self.file(SONG, "minutes", agreed="减少提问")
        self.go(SONG, "finish_evaluating")
        return self

    def revise(self, text: str) -> Lesson:
        """Every open point is adopted, and the plan is another."""
        for point in [p for p in self.now.points.values() if p.counting and not p.disposition]:
            self.answer(point.id)
        self.file(LIU, "lesson_plan", text=text)
        return self
