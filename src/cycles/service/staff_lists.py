"""Staff lists as schools have them: looked at, imported whole or not at all, undone.

What a list would do is worked out by `cycles.school`; here it is written down, in one transaction
and one entry. Identity and telephone numbers are cut away when the file is read, and the report
says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeVar

import msgspec

from cycles.canonical import canonical_bytes, nfc, sha256_b64
from cycles.errors import ConflictError
from cycles.ledger import Body, pseudonym
from cycles.school import (
    Appointment,
    ImportPlan,
    ImportReceipt,
    RowReport,
    StaffList,
    UndoRefusal,
    parse_staff_list,
    plan_import,
    plan_undo,
    read_rows,
)
from cycles.school.staff_columns import IgnoredColumn
from cycles.school.staff_import import UndoObstacle
from cycles.service.actors import Actor, require
from cycles.service.core import Core
from cycles.service.once import Given, once
from cycles.service.outbox import Outbox
from cycles.service.school import Change, appointment_row
from cycles.store import (
    AppointmentRow,
    CycleFilter,
    FileRow,
    GroupRow,
    LogFilter,
    ParticipantRow,
    PersonRow,
    StaffImportRow,
    StoredEntry,
    TokenRow,
    Work,
)

__all__ = [
    "LastImport",
    "StaffListReport",
    "StaffLists",
    "UndoReport",
    "receipt_bytes",
    "receipt_of",
]

T = TypeVar("T")

#: Obstacles that a refused undo names one by one.
_TOLD: Final = 50
_PAGE: Final = 500
_NOTHING_GIVEN: Final = Given()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffListReport:
    """What an import would do or has done, row by row; codes are those of `STAFF_LIST_CODES`.

    Attributes:
        ok: Whether it can be imported as asked; if not, nothing was.
        import_id: Of the import that was made; `None` for a preview, and where all that the list
            says was so already.
        rows: What becomes of each row below the header.
        ignored_columns: Columns of which nothing is kept, and why.
        persons: How many people are made.
        groups: How many groups are made.
        appointments: How many appointments are made.
        ended: How many appointments end.
    """

    ok: bool
    import_id: str | None
    rows: tuple[RowReport, ...]
    ignored_columns: tuple[IgnoredColumn, ...]
    persons: int
    groups: int
    appointments: int
    ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastImport:
    """An import that was made: when, and how many of each it made."""

    at: str
    persons: int
    groups: int
    appointments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoReport:
    """What undoing an import took back: how many of each; `reopened` appointments go on."""

    import_id: str
    persons: int
    groups: int
    appointments: int
    reopened: int


@dataclass(frozen=True, slots=True)
class _Made:
    """What stands for the keys of a plan, and the rows to write."""

    receipt: ImportReceipt
    persons: tuple[PersonRow, ...]
    groups: tuple[GroupRow, ...]
    appointments: tuple[Appointment, ...]
    ended: tuple[Appointment, ...]


class StaffLists:
    """Imports staff lists, and takes the last import back."""

    def __init__(self, core: Core, outbox: Outbox) -> None:
        self._core, self._outbox = core, outbox

    def preview(
        self,
        actor: Actor,
        name: str,
        raw: bytes,
        answers: Mapping[int, str] | None = None,
        *,
        only_good: bool = False,
    ) -> StaffListReport:
        """What importing this file would do today; changes nothing.

        Args:
            actor: Who asks.
            name: The file's name; its ending says what it is.
            raw: The file.
            answers: By row, what was answered to it: see `cycles.school.plan_import`.
            only_good: Import the good rows though others ask or are faulty.

        Raises:
            StaffListError: the file cannot be read.
        """
        require("directory", actor)
        listed = parse_staff_list(read_rows(raw, name))
        view = self._core.view(actor.school_id)
        day = view.today(self._core.now())
        plan = plan_import(listed, view.directory, answers, day=day, only_good=only_good)
        return _report(plan, None)

    def apply(
        self,
        actor: Actor,
        name: str,
        raw: bytes,
        answers: Mapping[int, str] | None = None,
        *,
        only_good: bool = False,
        given: Given = _NOTHING_GIVEN,
    ) -> StaffListReport:
        """Import the file from today on, whole or not at all; arguments as for `preview`.

        If `ok` is false in the report, or it has no import id, nothing was changed. Sent again
        under the same key it is not done again: the report then tells what is left to do.

        Raises:
            StaffListError: the file cannot be read.
        """
        require("directory", actor)
        listed = parse_staff_list(read_rows(raw, name))

        def applied(work: Work) -> tuple[str, StaffListReport]:
            change = Change(self._core, work, actor)
            report = self._apply(change, actor, listed, answers, only_good)
            return report.import_id or "", report

        import_id, report = once(self._core, actor, given, str, applied)
        self._outbox.settle(actor.school_id)
        if report is None:
            again = self.preview(actor, name, raw, only_good=True)
            report = replace(again, ok=bool(import_id), import_id=import_id or None)
        return report

    def last(self, actor: Actor) -> LastImport | None:
        """The import that `undo_last` would take back; `None` if there is none."""
        require("directory", actor)
        rows = self._core.store.read(
            actor.school_id,
            lambda work: work.find(StaffImportRow, order=("-at", "-id"), limit=1),
        )
        if not rows or rows[0].undone_at is not None:
            return None
        receipt = receipt_of(rows[0])
        return LastImport(
            at=rows[0].at,
            persons=len(receipt.persons),
            groups=len(receipt.groups),
            appointments=len(receipt.appointments),
        )

    def undo_last(self, actor: Actor) -> UndoReport:
        """Take back the last import: what it made goes, what it ended goes on.

        The names go from the log as well: nobody could have them erased later, for people who
        are not in the directory.

        Raises:
            ConflictError: there is none, it was undone already, or something of it is in use or
                was changed since; `data["obstacles"]` says what.
        """
        require("directory", actor)
        return self._write(actor, self._undo)

    # --- importing -------------------------------------------------------------------------

    def _apply(
        self,
        change: Change,
        actor: Actor,
        listed: StaffList,
        answers: Mapping[int, str] | None,
        only_good: bool,
    ) -> StaffListReport:
        plan = plan_import(listed, change.directory, answers, day=change.today, only_good=only_good)
        if not plan.ok or not (plan.persons or plan.groups or plan.appointments or plan.ended):
            return _report(plan, None)
        made, import_id = self._made(change, plan), self._core.new_id()
        lists = _lists(change, made)
        data = {
            "import": import_id,
            "from": change.today.isoformat(),
            "rows": len(plan.rows),
            "persons": len(made.persons),
            "groups": len(made.groups),
            "appointments": len(made.appointments),
            "ended": len(made.ended),
            "digest": sha256_b64(canonical_bytes(lists)),
        }
        names = {
            "names": {row.pseudonym: nfc(row.name) for row in made.persons},
            "group_names": {row.id: nfc(row.name) for row in made.groups},
        }
        at = change.enter("school", "import", data, {**lists, **names}, via="import")
        work = change.work
        for person in made.persons:
            person.created_at = at
        work.add(*made.persons, *made.groups)
        work.add(*(appointment_row(work, post) for post in made.appointments))
        work.put(*(appointment_row(work, post) for post in made.ended))
        work.add(
            StaffImportRow(
                school_id=work.school_id,
                id=import_id,
                at=at,
                by=actor.pseudonym,
                receipt=receipt_bytes(made.receipt),
            )
        )
        change.renew(*made.appointments, *made.ended)
        return _report(plan, import_id)

    def _made(self, change: Change, plan: ImportPlan) -> _Made:
        """The plan with ids for its keys."""
        core, school = self._core, change.work.school_id
        ids = {planned.key: core.new_id() for planned in plan.persons}
        ids |= {planned.key: core.new_id() for planned in plan.groups}
        persons = tuple(
            PersonRow(
                school_id=school,
                id=ids[planned.key],
                pseudonym=pseudonym(core.chance(16)),
                name=planned.name,
                staff_no=planned.staff_no,
                created_at="",
            )
            for planned in plan.persons
        )
        groups = tuple(
            GroupRow(school_id=school, id=ids[planned.key], name=planned.name)
            for planned in plan.groups
        )
        posts = tuple(
            Appointment(
                id=core.new_id(),
                person=ids.get(planned.person, planned.person),
                role=planned.role,
                group=ids.get(planned.group, planned.group),
                from_date=planned.from_date,
            )
            for planned in plan.appointments
        )
        until = {each.id: each.until_date for each in plan.ended}
        ended = tuple(
            replace(post, until_date=until[post.id])
            for post in change.directory.appointments
            if post.id in until
        )
        receipt = ImportReceipt(
            persons=tuple(row.id for row in persons),
            groups=tuple(row.id for row in groups),
            appointments=tuple(post.id for post in posts),
            ended_appointments=plan.ended,
        )
        return _Made(receipt, persons, groups, posts, ended)

    # --- undoing ---------------------------------------------------------------------------

    def _undo(self, change: Change) -> UndoReport:
        work = change.work
        rows = work.find(StaffImportRow, order=("-at", "-id"), limit=1)
        if not rows or rows[0].undone_at is not None:
            told = "the last import was undone already" if rows else "nothing was imported"
            raise ConflictError(f"{told}; there is nothing to undo", data={"reason": "none"})
        last, receipt = rows[0], receipt_of(rows[0])
        since = list(_entries_since(work, last.at))
        plan = plan_undo(receipt, _used(change, last, receipt, [body for _, body in since]))
        if isinstance(plan, UndoRefusal):
            raise _in_use(change, plan.obstacles)
        for post in change.directory.appointments:
            for ended in plan.reopen:
                if post.id == ended.id:
                    work.put(appointment_row(work, replace(post, until_date=ended.was_until)))
        for kind, ids in (
            (AppointmentRow, plan.appointments),
            (GroupRow, plan.groups),
            (PersonRow, plan.persons),
        ):
            for each in ids:
                work.remove(kind, id=each)
        data = {
            "import": last.id,
            "persons": len(plan.persons),
            "groups": len(plan.groups),
            "appointments": len(plan.appointments),
            "reopened": len(plan.reopen),
        }
        last.undone_at = change.enter("school", "undo_import", data)
        work.put(last)
        for entry, body in since:
            mine = body.act == "import" and body.data["import"] == last.id
            if mine and entry.payload is not None:
                change.erase("school", [entry.leaf])
        change.renew()
        return UndoReport(
            import_id=last.id,
            persons=len(plan.persons),
            groups=len(plan.groups),
            appointments=len(plan.appointments),
            reopened=len(plan.reopen),
        )

    def _write(self, actor: Actor, do: Callable[[Change], T]) -> T:
        done = self._core.store.write(
            actor.school_id, lambda work: do(Change(self._core, work, actor))
        )
        self._outbox.settle(actor.school_id)
        return done


def receipt_bytes(receipt: ImportReceipt) -> str:
    """The receipt as its row keeps it."""
    return msgspec.json.encode(receipt).decode()


def receipt_of(row: StaffImportRow) -> ImportReceipt:
    """The receipt of an import."""
    return msgspec.json.decode(row.receipt, type=ImportReceipt)


def _report(plan: ImportPlan, import_id: str | None) -> StaffListReport:
    return StaffListReport(
        ok=plan.ok,
        import_id=import_id,
        rows=plan.rows,
        ignored_columns=plan.ignored_columns,
        persons=len(plan.persons),
        groups=len(plan.groups),
        appointments=len(plan.appointments),
        ended=len(plan.ended),
    )


def _lists(change: Change, made: _Made) -> dict[str, Any]:
    """What was made, in ids and pseudonyms alone: a digest over it tells nobody's name."""
    of = {row.id: row.pseudonym for row in made.persons}
    of |= {person.id: person.pseudonym for person in change.directory.persons}

    def plain(post: Appointment, day: date | None) -> list[str | None]:
        return [of[post.person], post.role, post.group, day.isoformat() if day else None]

    return {
        "persons": [row.pseudonym for row in made.persons],
        "groups": [row.id for row in made.groups],
        "appointments": [plain(post, post.from_date) for post in made.appointments],
        "ended": [plain(post, post.until_date) for post in made.ended],
    }


# --- what stands against an undo ---------------------------------------------------------------


def _used(
    change: Change, last: StaffImportRow, receipt: ImportReceipt, since: Sequence[Body]
) -> set[str]:
    """Of what an import made or ended: the ids of all that is in use or was changed since."""
    return (
        _used_persons(change, receipt, since)
        | _used_groups(change, receipt, since)
        | _used_appointments(change, receipt, last.at)
    )


def _used_persons(change: Change, receipt: ImportReceipt, since: Sequence[Body]) -> set[str]:
    work = change.work
    named = {
        change.view.person_of[each].pseudonym: each
        for each in receipt.persons
        if each in change.view.person_of
    }
    used = set(receipt.persons) - set(named.values())
    # They are in the directory only since the import: nothing before it can be theirs.
    for body in since:
        theirs = {body.actor, body.for_, body.subj.removeprefix("person:")}
        used |= {named[who] for who in theirs if who in named}
    inside = work.find(ParticipantRow, person=list(named)) if named else []
    sent = work.find(FileRow, uploaded_by=list(named)) if named else []
    tokens = work.find(TokenRow, person=list(receipt.persons)) if named else []
    used |= {named[row.person] for row in inside}
    used |= {named[row.uploaded_by] for row in sent}
    return used | {row.person for row in tokens}


def _used_groups(change: Change, receipt: ImportReceipt, since: Sequence[Body]) -> set[str]:
    work, mine = change.work, set(receipt.appointments)
    used = set(receipt.groups) - change.view.groups.keys()
    used |= {
        post.group
        for post in change.directory.appointments
        if post.group is not None and post.id not in mine
    } & set(receipt.groups)
    for group in receipt.groups:
        if work.find_cycles(CycleFilter(group=group), today="", limit=1):
            used.add(group)
    for body in since:
        if body.act == "rename_group" and body.data["group"] in receipt.groups:
            used.add(body.data["group"])
    return used


def _used_appointments(change: Change, receipt: ImportReceipt, since: str) -> set[str]:
    posts = {post.id: post for post in change.directory.appointments}
    used = {each for each in receipt.appointments if each not in posts or posts[each].until_date}
    for ended in receipt.ended_appointments:
        if ended.id not in posts or posts[ended.id].until_date != ended.until_date:
            used.add(ended.id)
    for each in set(receipt.appointments) - used:
        if _acted_on(change, posts[each], since):
            used.add(each)
    return used


def _acted_on(change: Change, post: Appointment, since: str) -> bool:
    """Whether the person takes part in a cycle of the group that has moved since then."""
    who = change.view.person_of[post.person].pseudonym
    for row in change.work.find(ParticipantRow, person=who):
        cycle = change.work.cycle(row.cycle)
        if cycle is not None and cycle.group == post.group and cycle.changed_at >= since:
            return True
    return False


def _entries_since(work: Work, at: str) -> Iterator[tuple[StoredEntry, Body]]:
    """Every entry of the school since an instant, the newest first."""
    before: tuple[str, str, int] | None = None
    while page := work.log_page(LogFilter(since=at), before=before, limit=_PAGE):
        for entry in page:
            body = Body.parse(entry.body)
            before = (body.at, body.subj, body.seq)
            yield entry, body


def _in_use(change: Change, obstacles: tuple[UndoObstacle, ...]) -> ConflictError:
    """The refusal, naming what stands against it; an appointment is told by its person."""
    whose = {post.id: post.person for post in change.directory.appointments}
    told = [
        {
            "kind": each.kind,
            "id": each.id,
            "code": each.code,
            "person": each.id if each.kind == "person" else whose.get(each.id),
        }
        for each in obstacles
    ]
    return ConflictError(
        f"{len(obstacles)} of the things imported are in use or were changed since; "
        "end the appointments or disable the people instead",
        data={"reason": "in_use", "count": len(told), "obstacles": told[:_TOLD]},
    )
