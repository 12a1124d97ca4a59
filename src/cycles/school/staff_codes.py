"""Every code that the import of a staff list can answer with, and what it means.

The sentences people read are made from code and data elsewhere, in their language.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "ANSWERS",
    "FAULTS",
    "IGNORED_BECAUSE",
    "NOTES",
    "OUTCOMES",
    "QUESTIONS",
    "REFUSALS",
    "SKIPPED_BECAUSE",
    "STAFF_LIST_CODES",
    "UNDO_OBSTACLES",
]

#: `StaffListError.reason`: nothing of the file can be read.
REFUSALS: Final = {
    "empty": "the file has no content",
    "too-large": "the file is larger than is taken",
    "too-many-rows": "the list has more rows than are taken",
    "too-many-cells": "filled cells lie too far apart, or hold too much text",
    "unknown-kind": "the name does not end in .xlsx, .xls or .csv",
    "not-what-it-says": "the content is of another kind than the name says",
    "encrypted": "the file is locked with a password",
    "zip-bomb": "the file unpacks to far more than a staff list",
    "nul": "the text holds NUL bytes",
    "encoding": "the text is neither UTF-8 nor GB18030",
    "broken": "the file is damaged",
    "no-header": "no row within the first 20 has both 姓名 and 教研组",
    "no-rows": "there is nobody below the header",
}
#: `RowReport.outcome`: what becomes of a row.
OUTCOMES: Final = {
    "new": "a person who is not in the directory yet",
    "known": "a person who is in the directory",
    "moved": "a known person who leaves other groups for this one",
    "asks": "somebody has to answer first; see the codes",
    "fault": "the row cannot be taken; see the codes",
    "skipped": "the row holds nobody; see the codes",
}
#: `RowReport.codes` of a row that asks.
QUESTIONS: Final = {
    "same_name": "somebody of that name is in the list above or in the directory: who is it?",
    "two_heads": "the group would have more than one head: is that meant?",
}
#: What can be answered, and to which question.
ANSWERS: Final = {
    "same:<id>": "same_name: it is this candidate (a person's id, or row:<number>)",
    "new": "same_name: it is somebody else, make a new person",
    "head": "two_heads: appoint, beside the others",
    "instead": "two_heads: appoint, and end the appointment of the present heads",
    "member": "two_heads: do not appoint as head",
}
#: `RowReport.codes` of a faulty row.
FAULTS: Final = {
    "name_missing": "a group but no name",
    "name_unreadable": "the name holds digits or signs that no name has, or is too long",
    "group_missing": "a name but no group",
    "group_unreadable": "the group holds a private number or control signs, or is too long",
    "several_groups": "the cell names several groups; one row stands for one of them",
    "staff_no_twice": "another person of the list, or of the directory, has this staff number",
    "head_unclear": "the head column holds neither yes nor no nor one name of this group",
    "bad_answer": "the answer given for this row is not one of those possible",
    "depends_on_row": "said to be the same as a row that is not imported",
}
#: `RowReport.codes` of a skipped row.
SKIPPED_BECAUSE: Final = {
    "blank": "nothing in it that is read",
    "total": "a total",
    "footnote": "a remark below the list",
    "repeated_header": "the header once more",
}
#: `RowReport.codes` of a row that is taken.
NOTES: Final = {
    "made_head": "is appointed head of the group",
    "group_added": "gets this group beside those held already",
    "duplicate_row": "the same person in the same group as a row above",
    "disabled": "the account is disabled and stays so",
}
#: `IgnoredColumn.why`: nothing of such a column is kept, anywhere.
IGNORED_BECAUSE: Final = {
    "id-card": "identity numbers are never stored",
    "phone": "telephone numbers and other ways to reach people are never stored",
    "not-needed": "not needed",
    "second-column": "another column of the same meaning stands further left",
    "running-number": "it only counts the rows",
}
#: `UndoObstacle.code`: why an import cannot be undone.
UNDO_OBSTACLES: Final = {
    "in_use": "used in a cycle, or changed since the import",
}

#: All of them; no code means two things.
STAFF_LIST_CODES: Final = {
    **REFUSALS,
    **OUTCOMES,
    **QUESTIONS,
    **FAULTS,
    **SKIPPED_BECAUSE,
    **NOTES,
    **IGNORED_BECAUSE,
    **UNDO_OBSTACLES,
}
