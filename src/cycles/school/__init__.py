"""The people, groups, appointments, terms and school days of one school; all pure values."""

from cycles.school.calendar import Calendar, Holiday, MakeUpDay, Term
from cycles.school.directory import (
    ADMIN,
    AUDITOR,
    DEPUTY,
    GROUP_HEAD,
    HEAD,
    ROLE_TITLES,
    ROLES,
    TEACHER,
    Appointment,
    Directory,
    Group,
    HeldRole,
    Person,
)
from cycles.school.staff_codes import STAFF_LIST_CODES
from cycles.school.staff_file import read_rows
from cycles.school.staff_import import (
    EndedAppointment,
    ImportPlan,
    ImportReceipt,
    RowReport,
    UndoPlan,
    UndoRefusal,
    plan_import,
    plan_undo,
)
from cycles.school.staff_list import StaffList, parse_staff_list
from cycles.school.staff_sheet import StaffSheet, from_paste

__all__ = [
    "ADMIN",
    "AUDITOR",
    "DEPUTY",
    "GROUP_HEAD",
    "HEAD",
    "ROLES",
    "ROLE_TITLES",
    "STAFF_LIST_CODES",
    "TEACHER",
    "Appointment",
    "Calendar",
    "Directory",
    "EndedAppointment",
    "Group",
    "HeldRole",
    "Holiday",
    "ImportPlan",
    "ImportReceipt",
    "MakeUpDay",
    "Person",
    "RowReport",
    "StaffList",
    "StaffSheet",
    "Term",
    "UndoPlan",
    "UndoRefusal",
    "from_paste",
    "parse_staff_list",
    "plan_import",
    "plan_undo",
    "read_rows",
]
