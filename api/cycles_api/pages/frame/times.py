"""Days and moments as people read them, on the school's clock."""

from __future__ import annotations

from datetime import date, datetime

from cycles_api.wording import Language
from cycles_api.wording.tasks import day_text, in_zone

__all__ = ["date_of", "day", "moment"]


def moment(instant: str, language: Language, zone: str, today: date) -> str:
    """An instant of the log.

    >>> moment("2026-05-12T08:05:09.000001Z", "zh", "Asia/Shanghai", date(2026, 5, 20))
    '5月12日（周二）16:05'
    """
    local = in_zone(datetime.fromisoformat(instant), zone)
    if local is None:
        return ""
    return day_text(local.date(), language, today=today) + local.strftime(
        "%H:%M" if language == "zh" else ", %H:%M"
    )


def day(text: str, language: Language, today: date) -> str:
    """A date as forms have it; what is none stays as it is.

    >>> day("2026-05-12", "en", date(2026, 5, 20)), day("soon", "en", date(2026, 5, 20))
    ('Tuesday 12 May', 'soon')
    """
    try:
        return day_text(date.fromisoformat(text), language, today=today)
    except ValueError:
        return text


def date_of(instant: str, language: Language, zone: str) -> str:
    """The day of an instant of the log, with its year.

    >>> date_of("2026-05-12T20:05:09.000001Z", "zh", "Asia/Shanghai")
    '2026年5月13日'
    """
    local = in_zone(datetime.fromisoformat(instant), zone)
    if local is None:
        return ""
    if language == "zh":
        return f"{local.year}年{local.month}月{local.day}日"
    return day_text(local.date(), language, today=date(local.year - 1, 1, 1)).partition(" ")[2]
