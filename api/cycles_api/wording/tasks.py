"""A person's next step as one sentence: what to do, and until when."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from cycles_api.wording.language import Both, Language

__all__ = ["CHOICE", "STEPS", "day_text", "in_zone", "sentence_of"]

#: What to do, by the first part of a task's `do`; `{what}` is the title of the second.
STEPS: Final[dict[str, Both]] = {
    "file": Both("交“{what}”", "file “{what}”"),
    "answer": Both("答复“{what}”里的 {count} 条意见", "answer the points of “{what}” ({count})"),
    "verify": Both(
        "说说采纳的 {count} 条建议在这节课上看到没有",
        "say whether you saw the adopted points work ({count})",
    ),
    "sign": Both("在“{what}”上签字", "sign “{what}”"),
    "confirm": Both(
        "看一看别人替你录的“{what}”，没问题就确认", "confirm “{what}”, which somebody typed for you"
    ),
    "merge": Both("把“{what}”里相近的意见合并", "merge like points of “{what}”"),
    "reveal": Both("把“{what}”公开给大家看", "show “{what}” to everybody"),
    "open": Both("开一个“{what}”", "open one: “{what}”"),
    "waive": Both("决定要不要特批", "decide whether to waive"),
    "substitute": Both(
        "安排人来做，现在人手不够", "find somebody for it: there are too few people"
    ),
    "act": Both("做这一步", "do this step"),
    "decide": Both("决定下一步：{ways}", "decide what comes next: {ways}"),
    "resume": Both("恢复研讨，现在暂停着", "resume it when it can go on: it is suspended"),
    "reopen": Both("确认有人提议的重新打开", "confirm that it is reopened, as was proposed"),
}

#: After a step where another way would do as well.
CHOICE: Final = Both("（几条路选一条）", " (one of several ways)")

_OPEN: Final = Both("请{step}。", "Please {step}.")
_BY: Final = Both("请在{until}前{step}。", "Please {step} by {until}.")
_TODAY: Final = Both("请今天{step}。", "Please {step} today.")
#: Never 逾期 to a teacher.
_NOW: Final = Both("该做了：{step}。", "It is time to {step}.")

#: What is due by the day and not by the hour ends with the day.
_END_OF_DAY: Final = time(23, 59, 59)
_WEEKDAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def sentence_of(step: str, language: Language, due: datetime | None, now: datetime | None) -> str:
    """The sentence for a step in words.

    Args:
        step: What to do, without a full stop.
        language: Whose grammar.
        due: Until when, in the school's zone; `None` where nothing is due.
        now: The present moment, in any zone; `None` leaves the date out.
    """
    if due is None or now is None:
        return _OPEN.in_language(language).format(step=step)
    today = now.astimezone(due.tzinfo).date()
    if due < now:
        return _NOW.in_language(language).format(step=step)
    by_day = due.time() == _END_OF_DAY
    if by_day and due.date() == today:
        return _TODAY.in_language(language).format(step=step)
    until = day_text(due.date(), language, today=today)
    if not by_day:
        until += due.strftime("%H:%M" if language == "zh" else ", %H:%M")
    return _BY.in_language(language).format(step=step, until=until)


def day_text(day: date, language: Language, *, today: date) -> str:
    """A day as people say it; the year only where it is another.

    >>> day_text(date(2026, 5, 12), "zh", today=date(2026, 5, 1))
    '5月12日（周二）'
    >>> day_text(date(2027, 1, 5), "en", today=date(2026, 12, 30))
    'Tuesday 5 January 2027'
    """
    other_year = day.year != today.year
    if language == "zh":
        year = f"{day.year}年" if other_year else ""
        return f"{year}{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}" + (
        f" {day.year}" if other_year else ""
    )


def in_zone(instant: datetime | None, zone: str) -> datetime | None:
    """The instant on the school's clock."""
    return None if instant is None else instant.astimezone(ZoneInfo(zone))


# Not by `strftime`: its names follow the computer's language.
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
