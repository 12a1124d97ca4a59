"""The school itself: its people, groups, appointments and days; every change is one entry.

What names somebody stands in the entry's payload, what replay and auditors need (ids, roles,
dates) in its data. Each change has the tasks of all open cycles worked out anew.
"""

from cycles.service.school.appointments import appointment_row, refuse_headless
from cycles.service.school.changing import Change, cleaned
from cycles.service.school.days import CalendarAnswer
from cycles.service.school.groups import GroupAnswer
from cycles.service.school.people import PersonAnswer
from cycles.service.school.schools import NewSchool, Schools

__all__ = [
    "CalendarAnswer",
    "Change",
    "GroupAnswer",
    "NewSchool",
    "PersonAnswer",
    "Schools",
    "appointment_row",
    "cleaned",
    "refuse_headless",
]
