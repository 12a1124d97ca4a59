"""A small school to play in: two groups, the heads, guests, an auditor; and its calendar."""

from __future__ import annotations

from datetime import date

from cycles.engine.surroundings import Directory
from cycles.school.calendar import Calendar, Holiday, Term

__all__ = ["FIRST_DAY", "GROUP", "ZONE", "school_days", "small_school"]

#: The group whose cycles are played, and where.
GROUP = "group1"
ZONE = "Asia/Shanghai"
#: A Monday.
FIRST_DAY = date(2026, 10, 12)


def small_school(*away: str) -> Directory:
    """Everybody's appointments; the accounts of those who are `away` are disabled."""

    def here(*people: str) -> tuple[str, ...]:
        return tuple(p for p in people if p not in away)

    group1 = ("p_lead", "p_ann", "p_bo", "p_cai", "p_deng")
    group2 = ("p_fang", "p_gao")
    return Directory(
        heads=here("p_head"),
        deputies=here("p_deputy"),
        auditors=here("p_auditor"),
        staff=here(*group1, *group2, "p_deputy", "p_head"),
        group_heads={GROUP: here("p_lead"), "group2": here("p_fang")},
        group_members={GROUP: here(*group1), "group2": here(*group2)},
        guests=here("p_guest", "p_guest2"),
    )


def school_days() -> Calendar:
    """A term with a holiday in it."""
    term = Term(id="t1", name="上学期", first_day=date(2026, 9, 1), last_day=date(2027, 1, 20))
    rest = Holiday(first=date(2026, 10, 22), last=date(2026, 10, 23), name="运动会")
    return Calendar(zone=ZONE, terms=(term,), holidays=(rest,))
