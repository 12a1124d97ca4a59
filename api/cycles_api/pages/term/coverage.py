"""Report lessons of a term: each teacher once, by name; and the same as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, cast

from litestar import Response, get
from litestar.params import QueryParameter

from cycles.school.coverage import STANDINGS, Standing
from cycles.service.coverage import CoverageAnswer, LessonLine, TeacherLine
from cycles_api.pages.board.opening import openings
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.visiting import Signing, Visiting
from cycles_api.pages.term.contexts import Chip, CoveragePage, LessonTold, TeacherTold
from cycles_api.pages.term.told import (
    GroupChosen,
    TermChosen,
    TermPageTold,
    address,
    as_workbook,
    lamp_cells,
    waits_text,
)
from cycles_api.rest.doing import Serving
from cycles_api.wording.lamps import LAMP_TITLES
from cycles_api.wording.language import Both
from cycles_api.workbook import Cell, Sheet

__all__ = ["COVERAGE_ROUTES"]

StandingChosen = Annotated[
    str, QueryParameter(name="standing", required=False, pattern=rf"^({'|'.join(STANDINGS)})?$")
]

#: Nobody is behind: a lesson is done, under way, or nobody has arranged it yet.
_STATUS: Final[dict[str, Both]] = {
    "": Both("全部", "All"),
    "not_arranged": Both("还没安排", "Not arranged yet"),
    "under_way": Both("进行中", "Under way"),
    "done": Both("已完成", "Done"),
}
_WORDS: Final[dict[str, Both]] = {
    "between": Both("、", ", "),
    "lessons": Both("汇报课", "Report lessons"),
    "due": Both("到期的事", "What is due"),
    "teacher": Both("教师", "Teacher"),
    "groups": Both("教研组", "Group"),
    "standing": Both("情况", "Standing"),
    "title": Both("课题", "Lesson"),
    "workflow": Both("流程", "Workflow"),
    "state": Both("在哪一步", "Where it stands"),
    "round": Both("轮次", "Round"),
    "opened": Both("开始", "Opened"),
    "entered": Both("进入这一步", "In this step since"),
    "ended": Both("完成", "Done on"),
    "waits": Both("在等", "Waits for"),
    "who": Both("谁", "Who"),
    "what": Both("做什么", "What"),
    "until": Both("到期", "Due on"),
    "late": Both("该做了", "Due now"),
    "yes": Both("是", "yes"),
}


@get("/coverage", sync_to_thread=True)
def coverage(
    visit: Visiting,
    signed: Signing,
    service: Serving,
    term: TermChosen = "",
    group: GroupChosen = "",
    standing: StandingChosen = "",
) -> Response[Any]:
    """Whose report lesson is done, under way, or not arranged yet."""
    chosen = cast("Standing | None", standing or None)
    found = service.coverage.of(signed.actor, term=term, group=group, standing=chosen)
    told = TermPageTold(service, signed.actor, visit.language, found.asked, found.names)
    asked = {"term": term, "group": group}
    whole = sum(found.counts.values())
    ways = found.counts["not_arranged"] and any(openings(service, signed.actor))
    page = CoveragePage(
        term=told.term,
        plan=address("/plan", **asked) if visit.around.plans else "",
        filter=told.filter("/coverage", found.groups, group, standing=standing),
        standings=tuple(_standings(found, told, asked, standing)) if whole else (),
        teachers=tuple(_teacher(teacher, told) for teacher in found.teachers),
        more=found.more,
        due=tuple(told.due(found.due, found.names)),
        own=found.own,
        workbook=address("/coverage.xlsx", **asked, standing=standing) if whole else "",
        lacks="" if whole and found.workflows else "teachers" if found.workflows else "workflows",
        to_open="/open" if ways else "",
    )
    return rendered(visit.language, page, visit.around)


@get("/coverage.xlsx", sync_to_thread=True)
def coverage_workbook(
    visit: Visiting,
    signed: Signing,
    service: Serving,
    term: TermChosen = "",
    group: GroupChosen = "",
    standing: StandingChosen = "",
) -> Response[bytes]:
    """The same with all teachers and all their lessons, to be kept or worked on."""
    chosen = cast("Standing | None", standing or None)
    found = service.coverage.of(signed.actor, term=term, group=group, standing=chosen, whole=True)
    told = TermPageTold(service, signed.actor, visit.language, found.asked, found.names)
    name = told.say(_WORDS["lessons"])
    sheets = [_lessons(found, told), _due(found, told)]
    return as_workbook(told, f"{name} {told.term}".strip(), sheets[: 1 if found.own else 2])


# --- the page ------------------------------------------------------------------------------


def _standings(
    found: CoverageAnswer, told: TermPageTold, asked: dict[str, str], chosen: str
) -> Iterator[Chip]:
    """All teachers, and those who stand so; of one's own standing there is no choice."""
    if found.own:
        return
    counts = {str(name): number for name, number in found.counts.items()}
    counts[""] = sum(counts.values())
    for name, said in _STATUS.items():
        to = address("/coverage", **asked, standing=name)
        count = str(counts[name])
        yield Chip(to=to, label=told.say(said), here=name == chosen, count=count)


def _teacher(teacher: TeacherLine, told: TermPageTold) -> TeacherTold:
    return TeacherTold(
        name=teacher.name,
        groups=told.say(_WORDS["between"]).join(teacher.groups),
        standing=teacher.standing,
        status=told.say(_STATUS[teacher.standing]),
        lessons=tuple(_lesson(lesson, told) for lesson in teacher.lessons),
        more=teacher.more,
    )


def _lesson(lesson: LessonLine, told: TermPageTold) -> LessonTold:
    ended = lesson.line.line.entered_at if lesson.line.line.ended else ""
    return LessonTold(
        card=told.card(lesson.line), ended=told.day(told.local_day(ended)) if ended else ""
    )


# --- the workbook --------------------------------------------------------------------------


def _lessons(found: CoverageAnswer, told: TermPageTold) -> Sheet:
    """A row for each lesson; one for a teacher who has none yet."""
    names = ("teacher", "groups", "standing", "title", "workflow", "state", "round")
    days = ("opened", "entered", "ended")
    lamps = [told.say(title) for title in LAMP_TITLES.values()]
    titles = [told.say(_WORDS[name]) for name in (*names, *days)]
    return Sheet(
        title=told.say(_WORDS["lessons"]),
        columns=[*titles, *lamps, told.say(_WORDS["waits"])],
        rows=[row for teacher in found.teachers for row in _rows(teacher, told)],
    )


def _rows(teacher: TeacherLine, told: TermPageTold) -> Iterator[list[Cell]]:
    who: list[Cell] = [teacher.name, told.say(_WORDS["between"]).join(teacher.groups)]
    if not teacher.lessons:
        yield [*who, told.say(_STATUS[teacher.standing]), *[None] * 13]
    for lesson in teacher.lessons:
        line, card = lesson.line.line, told.card(lesson.line)
        version = line.told.version
        title = version.workflow.title.in_language(told.language) if version else line.workflow
        entered = told.local_day(line.entered_at)
        yield [
            *who,
            told.say(_STATUS[lesson.standing]),
            card.title,
            title,
            card.state,
            line.round,
            told.local_day(line.opened_at),
            entered,
            entered if line.ended else None,
            *lamp_cells(card),
            waits_text(card),
        ]


def _due(found: CoverageAnswer, told: TermPageTold) -> Sheet:
    """What is due first, with its day."""
    rows: list[list[Cell]] = [
        [one.title, one.who, one.what, one.day, told.say(_WORDS["yes"]) if one.late else ""]
        for one in told.due(found.due, found.names)
    ]
    titles = ("title", "who", "what", "until", "late")
    return Sheet(
        title=told.say(_WORDS["due"]), columns=[told.say(_WORDS[t]) for t in titles], rows=rows
    )


COVERAGE_ROUTES = (coverage, coverage_workbook)
