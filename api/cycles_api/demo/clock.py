"""A clock that stories set; it never runs ahead of the real one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from cycles.school import Calendar

__all__ = ["StoryClock"]

_STEP = timedelta(seconds=47)


class StoryClock:
    """Tells the time of the story; each question takes a little while.

    Args:
        real: The present instant in UTC, which no story passes.
    """

    def __init__(self, real: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._real = real
        self._now = real()

    def __call__(self) -> datetime:
        """The instant in the story, in UTC."""
        self._now = min(self._now + _STEP, self._real())
        return self._now

    def school_day(self, calendar: Calendar, days: int) -> date:
        """The school day so many before today (-1: the last one), or after it."""
        return calendar.add_school_days(calendar.local_date(self._real()), days)

    def set(self, calendar: Calendar, days: int, at: str) -> None:
        """Go to a wall-clock time of a school day counted from today; never beyond now."""
        day = self.school_day(calendar, days)
        self._now = min(calendar.instant_of(day, time.fromisoformat(at)), self._real())
