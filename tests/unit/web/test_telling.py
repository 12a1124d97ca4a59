"""A whole lesson study put into words: every verdict, remedy, task and refusal on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from cycles.engine.offers import offers, possible
from cycles.engine.people import People
from cycles.engine.tasks import tasks_of
from cycles.engine.verdicts import Task
from cycles.errors import RefusedError
from cycles_api.problems import problem_of, task_plain
from cycles_api.wording import Language, Speaker
from cycles_api.wording.tasks import day_text
from tests.unit.engine.lesson import SUBJECT, Lesson
from tests.unit.engine.stage import BAI, DEPUTY, HE, HEAD, LIU, MA, SONG, shipped

NAMES = {
    LIU: "刘芳",
    SONG: "宋敏",
    MA: "马丽",
    HE: "何平",
    DEPUTY: "杜鹃",
    HEAD: "郝静",
    BAI: "白雪",
}
NOW = datetime(2026, 5, 11, 2, 0, tzinfo=UTC)  # 10:00 at school
#: An identifier of a workflow or of the engine, which nobody should have to read.
RAW = re.compile(r"[a-z]+_[a-z_]+|…|\{|\}|p_|_p")


def moments() -> Iterator[Lesson]:
    """A lesson study with a round taught twice, stopped at each point where something waits."""
    opened = Lesson()
    opened.open(roles={"teacher": (LIU,)}, subject=SUBJECT)
    yield opened
    lesson = Lesson().prepare()
    yield lesson
    yield lesson.teach("六(1)班", absent=HE)
    yield lesson.evaluate()
    yield lesson.revise("教案第二版")
    lesson.go(SONG, "teach_again")
    yield lesson


def sentences(school: Lesson, language: Language) -> Iterator[str]:
    """Everything that anybody could be told at this moment."""
    speaker = Speaker(language, school.version, lambda p: NAMES.get(p, p))
    people = People(school.version, school.now, school.around)
    for task in tasks_of(people):
        yield speaker.task(task, now=NOW, zone="Asia/Shanghai")
    for actor in NAMES:
        yield from (speaker.do(p) for p in possible(people, actor))
        for offer in offers(people, actor):
            yield speaker.transition(offer.transition)
            for verdict in offer.verdicts:
                yield speaker.verdict(verdict)
                yield from (speaker.remedy(r) for r in verdict.remedies)
    for transition in school.version.workflow.transitions:
        for actor in (SONG, LIU):
            try:
                copy(school).go(actor, transition)
            except RefusedError as error:
                plain = problem_of(error, speaker)
                yield plain["title"]
                yield plain["detail"]


@pytest.mark.parametrize("language", get_args(Language))
def test_a_whole_lesson_study_is_told_in_full_sentences(language: Language) -> None:
    """No identifier, pseudonym or gap is left in what people read, wherever the cycle stands."""
    told = {s for school in moments() for s in sentences(school, language)}

    assert len(told) > 40
    assert [s for s in sorted(told) if RAW.search(s)] == []
    if language == "zh":
        assert [s for s in sorted(told) if not re.search("[一-鿿]", s)] == []
    else:
        chinese = "|".join([*NAMES.values()])
        assert [s for s in sorted(told) if re.search("[一-鿿]", re.sub(chinese, "", s))] == []


def due(text: str | None) -> Task:
    """A task that is due at this moment of the school's clock."""
    at = datetime.fromisoformat(f"{text}+08:00").astimezone(UTC) if text else None
    return Task(person=LIU, do="file:observation", due=at)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (None, "请交“听课记录”。", "Please file “Observation”."),
        (
            "2026-05-12T23:59:59",
            "请在5月12日（周二）前交“听课记录”。",
            "Please file “Observation” by Tuesday 12 May.",
        ),
        ("2026-05-11T23:59:59", "请今天交“听课记录”。", "Please file “Observation” today."),
        (
            "2026-05-13T16:00:00",
            "请在5月13日（周三）16:00前交“听课记录”。",
            "Please file “Observation” by Wednesday 13 May, 16:00.",
        ),
        ("2026-05-10T23:59:59", "该做了：交“听课记录”。", "It is time to file “Observation”."),
        (
            "2027-01-05T23:59:59",
            "请在2027年1月5日（周二）前交“听课记录”。",
            "Please file “Observation” by Tuesday 5 January 2027.",
        ),
    ],
)
def test_a_task_says_until_when(text: str | None, zh: str, en: str) -> None:
    """One sentence, on the school's clock; what is past its day is 该做了, never 逾期."""
    version = shipped("lesson-study")
    task = due(text)

    told = [
        Speaker(language, version).task(task, now=NOW, zone="Asia/Shanghai")
        for language in get_args(Language)
    ]

    assert told == [zh, en]


def test_a_task_for_programmes_has_its_dates_as_the_log_writes_them() -> None:
    """Instants in UTC, days as dates, the sentence beside them."""
    task = Task(person=LIU, do="decide", transitions=("finish",), since=date(2026, 5, 12))
    speaker = Speaker("zh", shipped("lesson-study"))

    plain: dict[str, Any] = task_plain(task, speaker, now=NOW)
    dated = task_plain(due("2026-05-12T23:59:59"), speaker)

    assert (plain["due"], plain["since"], plain["until"]) == (None, "2026-05-12", None)
    assert dated["due"] == "2026-05-12T15:59:59.000000Z"


def test_days_are_named_in_the_reader_s_language() -> None:
    """Whatever language the computer itself speaks."""
    day = date(2026, 5, 12)

    assert day_text(day, "zh", today=day) == "5月12日（周二）"
    assert day_text(day, "en", today=day) == "Tuesday 12 May"
