"""Two schools in one database, and in them one of each whom the access rules tell apart.

Every text that is somebody's to read holds a mark of its own, so that a leak shows wherever it is.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cycles.engine.commands import Advance, Answer, Command, Excuse, File, Open
from cycles.service import Actor, Core, Given, operator_of, shipped
from cycles.service.tokens import actor_of
from cycles.store import open_store
from cycles.store.files import FileFolder
from cycles_api.assembly import Service

__all__ = ["CALLERS", "NOBODY", "TEXTS", "AccessSchool", "School", "mark"]

SCHOOL, AWAY = "near", "away"
#: Key → role, group; the comment says which column of the matrix they are.
PEOPLE: dict[str, tuple[str | None, str | None]] = {
    "liu": ("teacher", "maths"),  # subject: whose lesson it is
    "ma": ("teacher", "maths"),  # filed: a colleague who has said their three ones
    "bo": ("teacher", "maths"),  # silent: one who has not yet
    "he": ("teacher", "maths"),
    "song": ("group_head", "maths"),  # chair
    "zhou": ("teacher", "chinese"),  # other: of another group
    "qian": ("group_head", "chinese"),  # ohead: its head
    "zheng": ("deputy", None),
    "lin": ("admin", None),
    "du": ("auditor", None),
    "bai": (None, None),  # idle: appointed to nothing
    "gone": ("teacher", "maths"),  # their account is disabled
}
GUESTS = ("shen", "gao")
#: Column of the matrix → who that is.
CALLERS = {
    **{"subject": "liu", "filed": "ma", "silent": "bo", "chair": "song"},
    **{"other": "zhou", "ohead": "qian", "deputy": "zheng", "head": "wu", "admin": "lin"},
    **{"auditor": "du", "expert": "shen", "guest": "gao", "idle": "bai", "away": "far"},
}
#: Columns in which nobody asks whom the school knows.
NOBODY = ("none", "expired", "revoked", "disabled", "unknown")


def mark(name: str) -> str:
    """What stands in a text so that it is found wherever it gets."""
    return f"QX{name}XQ"


#: Everything that has a mark.
TEXTS = (
    *("draft_title", "draft_proposal", "plan", "plan_file", "ma_file", "three_ones", "point"),
    *("absence", "visit_goal", "visit2_goal", "visit_note", "theme"),
    *("chinese_title", "chinese_proposal", "away_title", "away_proposal", "name_far"),
    *(f"name_{who}" for who in ("liu", "bo", "song", "zhou", "qian", "zheng", "wu", "lin")),
    *("name_du", "name_bai", "name_gone", "name_shen", "name_gao", "number_bo"),
)


class School:
    """The database while it is open."""

    def __init__(self, folder: Path, since: datetime) -> None:
        self.folder, self._ticks = folder, itertools.count()
        self._since, self._numbers = since, itertools.count()
        self.store = open_store(f"sqlite:///{folder / 'cycles.db'}", migrate=True)
        core = Core(self.store, FileFolder(folder / "files"), clock=self.now, chance=self._chance)
        self.core, self.service = core, Service(core)

    def now(self) -> datetime:
        """A second later each time it is asked."""
        return self._since + timedelta(seconds=next(self._ticks))

    def later(self, days: int) -> None:
        """So many days pass."""
        self._since += timedelta(days=days)

    def _chance(self, count: int) -> bytes:
        return hashlib.shake_256(f"{self._since} {next(self._numbers)}".encode()).digest(count)


@dataclass(frozen=True)
class AccessSchool:
    """The schools as they were left, ready to be copied.

    Attributes:
        folder: The database and the files.
        now: When the story ended.
        people: Short name → person id, of both schools.
        tokens: Column of the matrix → bearer token; none for `none`.
        names: What requests speak of → its id: cycles, filings, points, digests, groups.
    """

    folder: Path
    now: datetime
    people: Mapping[str, str]
    tokens: Mapping[str, str]
    names: Mapping[str, str]

    @contextmanager
    def copy(self, folder: Path) -> Iterator[School]:
        """The schools anew, to be changed at will, until the block ends."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        school = School(folder, self.now)
        try:
            yield school
        finally:
            school.store.close()


def build(folder: Path) -> AccessSchool:
    """Both schools, played by real commands."""
    school = School(folder, datetime(2026, 10, 12, 2, 0, tzinfo=UTC))
    try:
        story = _Story(school)
        story.play()
        return AccessSchool(folder, school.now(), story.people, story.tokens, story.names)
    finally:
        school.store.close()


class _Story:
    def __init__(self, school: School) -> None:
        self._school, self._service = school, school.service
        self.people: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.names: dict[str, str] = {}

    def play(self) -> None:
        self._found()
        self._found_away()
        self._give_tokens()
        self._lessons()
        self._research()
        self._visits()
        self._elsewhere()
        service, operator = self._service, operator_of(SCHOOL)
        self._school.later(1)
        gone = service.tokens.make(operator, self.people["song"], "revoked", 30)
        service.tokens.revoke(operator, gone.id)
        self.tokens |= {"revoked": gone.text, "unknown": "cyc_" + "x" * 43}
        service.schools.disable(operator, self.people["gone"])

    # --- people ----------------------------------------------------------------------------

    def _found(self) -> None:
        schools, operator = self._service.schools, operator_of(SCHOOL)
        made = schools.create(SCHOOL, "近校", "Asia/Shanghai", "near.test", mark("name_wu"))
        today = self._school.core.view(SCHOOL).today(self._school.now())
        schools.set_term(operator, "秋", today - timedelta(30), today + timedelta(90))
        self.people["wu"] = made.head
        for key, title in (("maths", "数学组"), ("chinese", "语文组")):
            self.names[f"{key}_group"] = schools.add_group(operator, title)
        for key, (role, group) in PEOPLE.items():
            number = mark(f"number_{key}")
            self.people[key] = schools.add_person(operator, mark(f"name_{key}"), staff_no=number)
            if role is not None:
                where = self.names[f"{group}_group"] if group else None
                schools.appoint(operator, self.people[key], role, where)
        for key in GUESTS:
            self.people[key] = schools.add_person(operator, mark(f"name_{key}"), guest=True)
        self._service.workflows.define(operator, shipped())

    def _found_away(self) -> None:
        schools, operator = self._service.schools, operator_of(AWAY)
        made = schools.create(AWAY, "远校", "Asia/Shanghai", "near.test", mark("name_far"))
        today = self._school.core.view(AWAY).today(self._school.now())
        schools.set_term(operator, "秋", today - timedelta(30), today + timedelta(90))
        self.people["far"] = made.head
        self.names["away_group"] = schools.add_group(operator, "远校数学组")
        schools.appoint(operator, made.head, "group_head", self.names["away_group"])
        self.people["far_teacher"] = schools.add_person(operator, "远校教师")
        schools.appoint(operator, self.people["far_teacher"], "teacher", self.names["away_group"])
        self._service.workflows.define(operator, shipped())

    def _give_tokens(self) -> None:
        for column, who in (*CALLERS.items(), ("disabled", "gone")):
            operator = operator_of(AWAY if who == "far" else SCHOOL)
            made = self._service.tokens.make(operator, self.people[who], column, 30)
            self.tokens[column] = made.text
        operator = operator_of(SCHOOL)
        short = self._service.tokens.make(operator, self.people["song"], "short", 1)
        self.tokens["expired"] = short.text

    # --- cycles ----------------------------------------------------------------------------

    def _lessons(self) -> None:
        """One lesson at each place where something is to be done: drafted to verified."""
        draft = self._lesson("draft", mark("draft_title"))
        self._file("liu", draft, "proposal", theme=mark("draft_proposal"), why="学生难以理解转化")
        evaluate = self._taught("evaluate")
        sent = self._service.attachments.send(
            self._actor("ma"), "b.pdf", io.BytesIO(_pdf("ma_file")), limit=100_000
        )
        self.names["ma_file"] = sent.digest
        self._say("ma", evaluate, "three ones of ma")
        self._say("song", evaluate, "three ones of song")
        said = self._say("he", evaluate, mark("three_ones"))
        self.names["hidden_point"] = said.points[0]
        minutes = File(record="minutes", fields={"agreed": "少问"}, for_=self.people["ma"])
        self.names["typed"] = self._send("song", evaluate, minutes).filings[0]
        revise = self._taught("revise")
        self._evaluated(revise, mark("point"))
        excused = Excuse(
            person=self.people["ma"],
            since=self._today(),
            until=self._today(),
            reason=mark("absence"),
        )
        self._send("song", revise, excused)
        verify = self._taught("verify")
        self._evaluated(verify, "weak")
        for point in self._points("liu", verify):
            self._send("liu", verify, Answer(point=point, disposition="adopted"))
        self._file("liu", verify, "lesson_plan", text="第二版")
        self._send("song", verify, Advance(transition="teach_again"))
        self._teach(verify, "六(2)")

    def _lesson(self, name: str, title: str) -> str:
        subject = {"lesson": title, "grade": "六", "discipline": "数学"}
        cycle = self._open(
            "song", "lesson-study", "maths", subject, teacher=("liu",), expert=("shen",)
        )
        self.names[name] = cycle
        return cycle

    def _taught(self, name: str) -> str:
        """A lesson that was taught, up to the evaluation."""
        cycle = self._lesson(name, f"课 {name}")
        self._file("liu", cycle, "proposal", theme="动手", why="难")
        self._send("song", cycle, Advance(transition="approve"))
        self._file("liu", cycle, "explanation", points="课标")
        for member in ("song", "ma", "he", "bo"):
            self._file(member, cycle, "preparation_note", note="先剪再拼")
        plan: dict[str, Any] = {"text": "教案"}
        if name == "evaluate":
            source = io.BytesIO(_pdf("plan_file"))
            sent = self._service.attachments.send(
                self._actor("liu"), "a.pdf", source, limit=100_000
            )
            self.names["plan_file"] = sent.digest
            plan = {
                "text": mark("plan"),
                "document": {"digest": sent.digest, "name": "教案.pdf"},
            }
        self._file("liu", cycle, "lesson_plan", **plan)
        self._send("song", cycle, Advance(transition="finish_preparing"))
        self._teach(cycle, "六(1)")
        return cycle

    def _teach(self, cycle: str, class_: str) -> None:
        self._file(
            "song", cycle, "session", date=self._today().isoformat(), period=2, **{"class": class_}
        )
        here = dict.fromkeys((self.people[p] for p in ("song", "ma", "he", "bo")), "present")
        absent = dict.fromkeys((self.people[p] for p in ("gone", "shen")), "sick")
        self._file("song", cycle, "attendance", people=here | absent)
        for member in ("song", "ma", "he"):
            self._file(member, cycle, "observation", on_paper=True)
        self._file("liu", cycle, "reflection", text="板书太快")

    def _evaluated(self, cycle: str, weakness: str) -> None:
        for member in ("song", "ma", "he"):
            self._say(member, cycle, weakness)
        self._file("song", cycle, "minutes", agreed="减少提问")
        self._send("song", cycle, Advance(transition="finish_evaluating"))
        points = self._points("liu", cycle)
        at = next(name for name, known in self.names.items() if known == cycle)
        self.names |= {f"{at}_a": points[0], f"{at}_b": points[1]}

    def _say(self, by: str, cycle: str, weakness: str) -> Any:
        said = {"strength": "情境好", "weakness": [weakness], "hope": ["留出时间"]}
        return self._file(by, cycle, "three_ones", **said)

    def _research(self) -> None:
        """A research lesson whose proposal waits for the expert's signature."""
        subject = {"lesson": "圆", "grade": "六", "discipline": "数学"}
        cycle = self._open(
            *("song", "collaborative-lesson-research", "maths", subject),
            teacher=("liu",),
            expert=("shen",),
            guest=("gao",),
        )
        self._file("liu", cycle, "research_theme", theme=mark("theme"), question="为什么")
        self._send("song", cycle, Advance(transition="approve"))
        filled = {"goal": "转化", "rationale": "难", "text": "方案"}
        form = next(v for v in shipped() if v.key == "collaborative-lesson-research")
        asked = form.workflow.records["research_proposal"].form
        self._file(
            *("liu", cycle, "research_proposal"),
            **{n: filled.get(n, "方案") for n, f in asked.items() if f.type == "text"},
        )
        self.names["research"] = cycle

    def _visits(self) -> None:
        """Two visits of the deputy: one that the teacher may not know of yet, one recorded."""
        for name, goal in (("visit", "visit_goal"), ("visit2", "visit2_goal")):
            subject = {"kind": "unannounced", "goal": mark(goal)}
            self.names[name] = self._open(
                "zheng", "classroom-visit", "maths", subject, teacher=("liu",)
            )
        self._file(
            *("zheng", self.names["visit2"], "visit_note"),
            date=self._today().isoformat(),
            period=2,
            notes=[{"at": "09:30", "text": mark("visit_note")}],
            **{"class": "六(1)"},
        )

    def _elsewhere(self) -> None:
        for by, teacher, group, name in (
            ("qian", "zhou", "chinese", "chinese"),
            ("far", "far_teacher", "away", "away"),
        ):
            subject = {"lesson": mark(f"{name}_title"), "grade": "六", "discipline": "语文"}
            cycle = self._open(by, "lesson-study", group, subject, teacher=(teacher,))
            theme = mark(f"{name}_proposal")
            self._file(teacher, cycle, "proposal", theme=theme, why="为什么")
            self.names[name] = cycle

    # --- acting ----------------------------------------------------------------------------

    def _actor(self, who: str) -> Actor:
        core, away = self._school.core, who.startswith("far")
        return actor_of(core, core.view(AWAY if away else SCHOOL), self.people[who], "api")

    def _open(
        self, by: str, workflow: str, group: str, subject: Mapping[str, Any], **roles: Any
    ) -> str:
        held = {role: tuple(self.people[p] for p in who) for role, who in roles.items()}
        command = Open(
            cycle="", group=self.names[f"{group}_group"], zone="", subject=subject, roles=held
        )
        return self._service.acting.open(self._actor(by), workflow, command, Given()).cycle

    def _send(self, by: str, cycle: str, *commands: Command) -> Any:
        actor = self._actor(by)
        seen = self._service.looking.cycle(actor, cycle).line.revision
        return self._service.acting.act(actor, cycle, commands, Given(revision=seen))

    def _file(self, by: str, cycle: str, record: str, **fields: Any) -> Any:
        return self._send(by, cycle, File(record=record, fields=fields))

    def _points(self, by: str, cycle: str) -> list[str]:
        found = self._service.looking.cycle(self._actor(by), cycle).points
        return [point.id for point in found if point.disposition is None]

    def _today(self) -> Any:
        return self._school.core.view(SCHOOL).today(self._school.now())


def _pdf(name: str) -> bytes:
    return b"%PDF-1.4\n" + mark(name).encode()
