"""Where cycles, the log and the school's data are kept: in memory, on SQLite, on PostgreSQL."""

from cycles.store.contract import CycleFilter, LogFilter, Payload, Store, StoredEntry, Work
from cycles.store.grants import grant_application_role
from cycles.store.mapping import CycleCache, cycle_from_bytes, cycle_to_bytes
from cycles.store.opening import open_store
from cycles.store.tables import (
    AppointmentRow,
    CycleRow,
    FileRow,
    FileUseRow,
    GroupRow,
    HolidayRow,
    IdempotencyRow,
    LinkRow,
    MakeUpDayRow,
    OutboxRow,
    ParticipantRow,
    PersonRow,
    SchoolRow,
    StaffImportRow,
    TaskRow,
    TermRow,
    TokenRow,
    VersionRow,
)

__all__ = [
    "AppointmentRow",
    "CycleCache",
    "CycleFilter",
    "CycleRow",
    "FileRow",
    "FileUseRow",
    "GroupRow",
    "HolidayRow",
    "IdempotencyRow",
    "LinkRow",
    "LogFilter",
    "MakeUpDayRow",
    "OutboxRow",
    "ParticipantRow",
    "Payload",
    "PersonRow",
    "SchoolRow",
    "StaffImportRow",
    "Store",
    "StoredEntry",
    "TaskRow",
    "TermRow",
    "TokenRow",
    "VersionRow",
    "Work",
    "cycle_from_bytes",
    "cycle_to_bytes",
    "grant_application_role",
    "open_store",
]
