"""Which days are school days, and when something that takes school days is due.

A day is a date in the school's zone; an instant is a `datetime` in UTC. Chinese schools make
up for long holidays on weekends (调休): such a make-up day is a school day like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from cycles.errors import CalendarError

__all__ = ["END_OF_DAY", "Calendar", "Holiday", "MakeUpDay", "Term"]

#: What is due on a day may be done until this second of it, school time.
END_OF_DAY: Final = time(23, 59, 59)
#: Longest term or holiday that is not a slip of the pen, in days.
MAX_SPAN_DAYS: Final = 400
#: No due date counts further than this, in its own unit.
MAX_COUNT: Final = 10_000
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term (学期), first and last day included."""

    id: str
    name: str
    first_day: date
    last_day: date

    def __post_init__(self) -> None:
        _check_span("term", self.name, self.first_day, self.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """Days without school inside a term, first and last included."""

    first: date
    last: date
    name: str

    def __post_init__(self) -> None:
        _check_span("holiday", self.name, self.first, self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeUpDay:
    """A school day at the weekend that makes up for a holiday (调休)."""

    day: date
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The school days of one school.

    A school day is Monday to Friday inside a term and no holiday, or a make-up day inside a
    term. A calendar without terms takes every day to be inside one.

    When days are *counted* (`add_school_days`, `next_school_day`, `due_instant`), days before
    the first term and after the last one count as if they lay in a term: next year's terms are
    often not entered yet, and a due date in a plain week beats none. Days between two terms
    never count. So counting always ends.

    Raises:
        CalendarError: `unknown-zone`, `terms-overlap`, `duplicate-term`, `ends-before-it-starts`,
            `too-long`, `make-up-day-in-holiday`; when asked: `out-of-range`, `no-zone`.

    >>> autumn = Term(id="t", name="秋", first_day=date(2026, 9, 1), last_day=date(2027, 1, 22))
    >>> national = Holiday(first=date(2026, 10, 1), last=date(2026, 10, 7), name="国庆节")
    >>> sunday = MakeUpDay(day=date(2026, 9, 20), name="国庆调休")
    >>> c = Calendar(terms=(autumn,), holidays=(national,), make_up_days=(sunday,))
    >>> c.is_school_day(date(2026, 9, 20)), c.is_school_day(date(2026, 10, 1))
    (True, False)
    >>> c.add_school_days(date(2026, 9, 30), 1)
    datetime.date(2026, 10, 8)
    """

    zone: str = "Asia/Shanghai"
    terms: tuple[Term, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    make_up_days: tuple[MakeUpDay, ...] = ()
    _tz: ZoneInfo = field(init=False, repr=False, compare=False)
    _free: frozenset[date] = field(init=False, repr=False, compare=False)
    _made_up: frozenset[date] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        terms = tuple(sorted(self.terms, key=lambda term: term.first_day))
        holidays = tuple(sorted(self.holidays, key=lambda h: (h.first, h.last, h.name)))
        make_up_days = tuple(sorted(self.make_up_days, key=lambda m: (m.day, m.name)))
        _check_terms(terms)
        free = frozenset(day for h in holidays for day in _days(h.first, h.last))
        made_up = frozenset(m.day for m in make_up_days)
        if clash := sorted(free & made_up):
            # Taken together they would make the day both; jmix#1461 shows what follows.
            raise CalendarError(
                "make-up-day-in-holiday",
                f"{clash[0]} is entered as a holiday and as a make-up day; take one of them out",
                day=clash[0].isoformat(),
            )
        object.__setattr__(self, "terms", terms)
        object.__setattr__(self, "holidays", holidays)
        object.__setattr__(self, "make_up_days", make_up_days)
        object.__setattr__(self, "_tz", _zone(self.zone))
        object.__setattr__(self, "_free", free)
        object.__setattr__(self, "_made_up", made_up)

    def term_of(self, day: date) -> Term | None:
        """The term that the day lies in; None between terms and without terms."""
        for term in self.terms:
            if term.first_day <= day <= term.last_day:
                return term
        return None

    def is_school_day(self, day: date) -> bool:
        """Whether there is school on that day."""
        return (not self.terms or self.term_of(day) is not None) and self._has_lessons(day)

    def next_school_day(self, day: date) -> date:
        """That day if it counts, else the next one that does."""
        return self._roll(day, _DAY)

    def add_school_days(self, day: date, n: int) -> date:
        """The n-th school day after `day`, or before it if n is negative; 0 rolls on.

        The day itself is never counted: one school day after a Friday, a Saturday or a Sunday
        is the same Monday.
        """
        _check_count(n, "school_days")
        if n == 0:
            return self.next_school_day(day)
        step = _DAY if n > 0 else -_DAY
        for _ in range(abs(n)):
            day = self._roll(_plus(day, step), step)
        return day

    def local_date(self, instant: datetime) -> date:
        """The school's date at that instant."""
        return _aware(instant).astimezone(self._tz).date()

    def instant_of(self, day: date, at: time) -> datetime:
        """The instant of a wall-clock time of the school, in UTC.

        A time that the clock shows twice means its first showing; one that it skips means the
        instant as far after the jump.
        """
        try:
            return datetime.combine(day, at, tzinfo=self._tz).astimezone(UTC)
        except OverflowError as error:
            raise _out_of_range() from error

    def due_instant(
        self,
        anchor: datetime,
        *,
        hours: int | None = None,
        days: int | None = None,
        school_days: int | None = None,
        weeks: int | None = None,
    ) -> datetime:
        """When something is due, in UTC, counted from an instant by exactly one unit.

        `hours` run through nights and weekends. `days` and `weeks` go by the date and then roll
        on to the next school day; `school_days` count school days. All but hours end with the
        day, at 23:59:59 school time. A negative number counts back, and then rolls back: "a
        week before the lesson" must not fall nearer to it because of a weekend.

        Raises:
            CalendarError: `one-unit` if not exactly one unit is given, `no-zone` for an anchor
                without a zone, `out-of-range` for absurd numbers.
        """
        given = {"hours": hours, "days": days, "school_days": school_days, "weeks": weeks}
        units = [(unit, n) for unit, n in given.items() if n is not None]
        if len(units) != 1:
            raise CalendarError(
                "one-unit",
                f"a due date counts in one unit, {len(units)} are given; "
                "give hours, days, school_days or weeks",
            )
        [(unit, n)] = units
        _check_count(n, unit)
        if unit == "hours":
            try:
                return _aware(anchor).astimezone(UTC) + timedelta(hours=n)
            except OverflowError as error:
                raise _out_of_range() from error
        day = self.local_date(anchor)
        if unit == "school_days":
            day = self.add_school_days(day, n)
        else:
            day = _plus(day, timedelta(days=n if unit == "days" else 7 * n))
            day = self._roll(day, _DAY if n >= 0 else -_DAY)
        return self.instant_of(day, END_OF_DAY)

    def _has_lessons(self, day: date) -> bool:
        return day in self._made_up or (day.weekday() < _SATURDAY and day not in self._free)

    def _counts(self, day: date) -> bool:
        """Whether the day counts; see the class for days outside the first and last term."""
        if self.terms and self.terms[0].first_day <= day <= self.terms[-1].last_day:
            return self.is_school_day(day)
        return self._has_lessons(day)

    def _roll(self, day: date, step: timedelta) -> date:
        # Ends: terms and holidays are finite, and beyond them every weekday counts.
        while not self._counts(day):
            day = _plus(day, step)
        return day


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _plus(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError as error:
        raise _out_of_range() from error


def _out_of_range() -> CalendarError:
    return CalendarError(
        "out-of-range", "no calendar reaches that far; take a date nearer to today"
    )


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise CalendarError("no-zone", "an instant without a zone is ambiguous; give it in UTC")
    return instant


def _check_count(n: int, unit: str) -> None:
    if abs(n) > MAX_COUNT:
        raise CalendarError(
            "out-of-range", f"{unit}: {n} is too far; at most {MAX_COUNT} either way", unit=unit
        )


def _check_span(kind: str, name: str, first: date, last: date) -> None:
    if last < first:
        raise CalendarError(
            "ends-before-it-starts",
            f"{kind} {name!r} from {first} cannot end on {last}; "
            "give a last day that is not before the first",
            kind=kind,
            name=name,
        )
    if (last - first).days >= MAX_SPAN_DAYS:
        raise CalendarError(
            "too-long",
            f"{kind} {name!r} from {first} to {last} has more than {MAX_SPAN_DAYS} days; "
            "check the years",
            kind=kind,
            name=name,
        )


def _check_terms(terms: tuple[Term, ...]) -> None:
    if len({term.id for term in terms}) != len(terms):
        raise CalendarError("duplicate-term", "two terms have one id; keep one of them")
    for earlier, later in pairwise(terms):
        if later.first_day <= earlier.last_day:
            raise CalendarError(
                "terms-overlap",
                f"term {later.name!r} starts on {later.first_day}, before {earlier.name!r} ends "
                f"on {earlier.last_day}; move one of the days",
                terms=[earlier.id, later.id],
            )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        # Not there, not a possible name, or a name of a folder: ZoneInfo tells them apart, we
        # need not.
        raise CalendarError(
            "unknown-zone", f"no time zone {name!r}; for example Asia/Shanghai", zone=name
        ) from error
