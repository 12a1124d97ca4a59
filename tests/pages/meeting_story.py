"""A cycle of the demo school on the day of its lesson: everything is ready for the meeting."""

from __future__ import annotations

from cycles.service import operator_of
from cycles_api.demo.clock import StoryClock
from cycles_api.demo.stage import Stage
from tests.pages.serving import ServedSchool

__all__ = ["on_the_day", "stage_of"]


def stage_of(school: ServedSchool) -> Stage:
    """The school as a stage, on this very day."""
    service, known = school.service, school.school
    groups = {g.name: g.id for g in service.schools.groups(operator_of(known.school_id))}
    core, acting = service.core, service.acting
    return Stage(core, acting, known.school_id, StoryClock(), known.people, groups)


def on_the_day(school: ServedSchool) -> str:
    """A lesson observed by three colleagues and an expert; attendance is still to be taken."""
    stage, everybody = stage_of(school), ("song", "ma", "he", "shen")
    roles = {"teacher": ["liu"], "expert": ["shen"]}
    subject = {"lesson": "圆的周长", "grade": "六年级", "discipline": "数学"}
    cycle = stage.open("song", "lesson-study", "数学教研组", roles, **subject)
    stage.file("liu", cycle, "proposal", theme="化曲为直", why="学生只会背公式")
    stage.do("song", cycle, "approve")
    stage.file("liu", cycle, "explanation", points="课标、学情、教法")
    for name in everybody:
        stage.file(name, cycle, "preparation_note", note="多给时间动手")
    stage.file("liu", cycle, "lesson_plan", text="第一版")
    stage.do("song", cycle, "finish_preparing")
    session = {"date": stage.day(0), "period": 3, "class": "六(3)班", "place": "录播教室"}
    stage.file("song", cycle, "session", **session)
    for name in everybody:
        stage.file(name, cycle, "observation", on_paper=True)
    return cycle
