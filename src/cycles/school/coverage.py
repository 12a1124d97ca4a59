"""Whether each teacher's report lesson (汇报课) of a term is done, under way, or not yet arranged.

The school's plan: 每个教师围绕自己确定的校本教研主题上一节汇报课. It counts nothing else and ranks
nobody: whoever gave three lessons is no further than whoever gave one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, Literal

from cycles.school.calendar import Calendar, Term
from cycles.workflow.version import Version

__all__ = [
    "STANDINGS",
    "Lesson",
    "Standing",
    "Stretch",
    "by_sound",
    "months_of",
    "standing_in",
    "standing_of",
    "stretch_of",
    "teaching_role",
    "term_shown",
]

Standing = Literal["done", "under_way", "not_arranged"]
STANDINGS: Final[tuple[Standing, ...]] = ("done", "under_way", "not_arranged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """From an instant on and before another, in UTC; `None` leaves that side open."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, instant: datetime) -> bool:
        """Whether the instant lies in it."""
        return not self._before(instant) and not self.is_over(instant)

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended by an instant."""
        return self.until is not None and now >= self.until

    def _before(self, instant: datetime) -> bool:
        return self.since is not None and instant < self.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A cycle in which somebody gives a lesson of theirs; instants in UTC.

    Attributes:
        opened: When it was opened.
        ended: When it came to its end; `None` while it runs.
        completed: It ended as its workflow means it to; false for one withdrawn or cancelled.
    """

    opened: datetime
    ended: datetime | None = None
    completed: bool = False


def standing_in(lesson: Lesson, stretch: Stretch) -> Standing | None:
    """What the lesson is to a stretch of time; `None` if it has no part in it.

    Done where it ended, so that it is done in one term only; in the terms before, it was under
    way. One that was broken off is neither.
    """
    if stretch.until is not None and lesson.opened >= stretch.until:
        return None
    if lesson.ended is None:
        return "under_way"
    if not lesson.completed or (stretch.since is not None and lesson.ended < stretch.since):
        return None
    return "done" if stretch.holds(lesson.ended) else "under_way"


def standing_of(found: Iterable[Standing | None]) -> Standing:
    """What a teacher's lessons come to, taken together: one that is done is enough.

    >>> standing_of(["under_way", None, "done"]), standing_of([None]), standing_of([])
    ('done', 'not_arranged', 'not_arranged')
    """
    there = set(found)
    return next((each for each in STANDINGS if each in there), "not_arranged")


def term_shown(calendar: Calendar, term_id: str, today: date) -> Term | None:
    """The term of that id; else today's, the last one begun, the first to come; or `None`."""
    for term in calendar.terms:
        if term.id == term_id:
            return term
    begun = [term for term in calendar.terms if term.first_day <= today]
    return next(iter(begun[-1:] or calendar.terms[:1]), None)


def stretch_of(calendar: Calendar, term: Term | None) -> Stretch:
    """A term with the holidays after it: whatever happens belongs to one of the terms.

    What came before the first term belongs to it; without terms there is one stretch of all time.
    """
    if term is None:
        return Stretch()
    terms = calendar.terms
    after = next((b for a, b in pairwise(terms) if a.id == term.id), None)
    return Stretch(
        since=None if terms[0].id == term.id else calendar.instant_of(term.first_day, time.min),
        until=calendar.instant_of(after.first_day, time.min) if after else None,
    )


def months_of(
    calendar: Calendar, stretch: Stretch, first: datetime, last: datetime
) -> tuple[tuple[str, Stretch], ...]:
    """The months of a stretch as `2026-09` with their own stretch, those from `first` to `last`.

    They are cut where the stretch is: together they are that part of it, and none overlap.
    """
    begin = calendar.local_date(max(first, stretch.since) if stretch.since else first)
    end = calendar.local_date(min(last, stretch.until) if stretch.until else last)
    found = []
    day = begin.replace(day=1)
    while day <= end:
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        since, until = (calendar.instant_of(d, time.min) for d in (day, following))
        cut = Stretch(
            since=max(since, stretch.since) if stretch.since else since,
            until=min(until, stretch.until) if stretch.until else until,
        )
        if cut.since is None or cut.until is None or cut.since < cut.until:
            found.append((day.strftime("%Y-%m"), cut))
        day = following
    return tuple(found)


def teaching_role(version: Version) -> str | None:
    """The role of whoever gives a lesson of their own in such a cycle; `None` if nobody does.

    It has one holder, who files what the cycle begins with (自己确定的主题) and of whom the
    points speak that colleagues raise. Who is visited unannounced gives no report lesson.
    """
    workflow = version.workflow
    begins = {
        role
        for name, kind in workflow.records.items()
        if workflow.start in version.file_in[name]
        for role in kind.by
    }
    spoken_of = [version.about_role(record) for record in version.point_fields]
    for role in workflow.roles:
        if role in begins and role in spoken_of and workflow.roles[role].most == 1:
            return role
    return None


def by_sound(name: str) -> bytes:
    """Orders Chinese names by sound, as staff lists do.

    GB 2312 has its 3755 common characters in the order of pinyin, and its later forms kept it;
    rare ones come after, by their radicals. Letters come first.

    >>> sorted(["周子墨", "何静怡", "陈可", "Anna", "马晓东"], key=by_sound)
    ['Anna', '陈可', '何静怡', '马晓东', '周子墨']
    """
    return name.encode("gb18030", errors="replace")
