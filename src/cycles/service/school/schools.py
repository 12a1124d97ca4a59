"""A school as a whole: made once; its people, groups, appointments and days by one door."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from cycles.errors import ConflictError, FieldFault, InvalidInputError
from cycles.school import HEAD, Appointment, Calendar
from cycles.school.staff_columns import key
from cycles.service.actors import Actor, operator_of
from cycles.service.once import Given
from cycles.service.school.appointments import Appointments
from cycles.service.school.changing import Change, cleaned
from cycles.service.school.days import Days
from cycles.service.school.groups import Groups
from cycles.service.school.people import MAX_STAFF_NO, People
from cycles.store import SchoolRow, Work

__all__ = ["NewSchool", "Schools"]

#: A school's id is part of addresses, of the log's name, and a folder.
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}").fullmatch
_NOTHING_GIVEN: Final = Given()
_HOST: Final = re.compile(r"[a-z0-9][a-z0-9.:-]{0,199}").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSchool:
    """A school that was made, and its first person, who heads it from today on."""

    id: str
    log: str
    head: str
    pseudonym: str


class Schools(People, Groups, Appointments, Days):
    """Makes schools, changes them, and tells who and what there is."""

    def create(
        self, school_id: str, name: str, zone: str, host: str, head_name: str, *, via: str = "cli"
    ) -> NewSchool:
        """A new school with its first person, who heads it from today on.

        Asking again for a school that was left without anybody goes on where it broke off.

        Args:
            school_id: Small letters, digits, `-`; at most 40.
            name: What people call the school.
            zone: Of its clocks, like `Asia/Shanghai`.
            host: First part of its log's name: who keeps it.
            head_name: Name of the first person.
            via: One of the ledger's `VIAS`.

        Raises:
            InvalidInputError: an id, host or name that cannot be.
            CalendarError: `unknown-zone`.
            ConflictError: there is such a school already.
        """
        faults = [
            FieldFault(field=at, code="wrong_type", data={})
            for at, given, form in (("id", school_id, _SLUG), ("host", host, _HOST))
            if form(given) is None
        ]
        names: dict[str, str] = {}
        for at, given in (("name", name), ("head_name", head_name)):
            try:
                names[at] = cleaned(given, at)
            except InvalidInputError as error:
                faults += error.faults
        if faults:
            raise InvalidInputError(faults)
        Calendar(zone=zone)
        row = SchoolRow(
            id=school_id,
            name=names["name"],
            log=f"{host}/{school_id}",
            zone=zone,
            created_at=self._core.now_text(),
        )
        there = self._core.store.school(school_id)
        if there is None:
            self._core.store.add_school(row)
        elif (there.log, there.zone, there.name) != (row.log, row.zone, row.name):
            raise _taken(school_id)

        def begun(work: Work) -> NewSchool:
            change = Change(self._core, work, operator_of(school_id, via))
            if change.directory.persons:
                raise _taken(school_id)
            change.enter("school", "create_school", {"zone": zone}, {"name": row.name})
            head = self._add_person(change, names["head_name"], None, guest=False)
            post = Appointment(
                id=self._core.new_id(), person=head.id, role=HEAD, from_date=change.today
            )
            self._appoint(change, head, post)
            return NewSchool(id=school_id, log=row.log, head=head.id, pseudonym=head.pseudonym)

        return self._core.store.write(school_id, begun)

    def take_on(
        self,
        actor: Actor,
        name: str,
        role: str,
        group: str | None = None,
        *,
        staff_no: str | None = None,
        given: Given = _NOTHING_GIVEN,
    ) -> str:
        """A new colleague with a first appointment from today on; their id.

        Raises:
            InvalidInputError: a name or number that cannot be.
            NotFoundError: no such group.
            CalendarError: a role that is not there, or lacks its group.
            ConflictError: `same_person`, somebody of that name whom no staff number tells apart.
        """
        name = cleaned(name, "name")
        number = cleaned(staff_no, "staff_no", most=MAX_STAFF_NO) if staff_no else None

        def taken_on(change: Change) -> str:
            if group is not None:
                change.group(group)
            _refuse_same_person(change, name, number)
            person = self._add_person(change, name, number, guest=False)
            post = Appointment(
                id=self._core.new_id(),
                person=person.id,
                role=role,
                group=group,
                from_date=change.today,
            )
            self._appoint(change, person, post)
            return person.id

        return self._change_once(actor, given, taken_on)

    def leave(self, actor: Actor, person_id: str, last_day: date) -> None:
        """Somebody leaves the school: what they hold ends on that day, included.

        If the day is today or past, the account is disabled at once; what was to begin later
        never holds.

        Raises:
            NotFoundError: no such person.
            ConflictError: the school would be without a head.
        """

        def left(change: Change) -> None:
            person = change.person(person_id)
            goes = last_day <= change.today and person.enabled
            ended = (
                replace(post, until_date=max(last_day, post.from_date))
                for post in change.directory.appointments
                if post.person == person_id and (post.until_date or date.max) > last_day
            )
            self._end(change, ended, gone=person if goes else None)
            if goes:
                self._disable(change, person)

        self._change(actor, left)


def _refuse_same_person(change: Change, name: str, staff_no: str | None) -> None:
    for other in change.directory.persons:
        same = key(other.name) == key(name) and not other.guest
        if same and (not staff_no or not other.staff_no or other.staff_no == staff_no):
            raise ConflictError(
                "somebody has this name; if it is another person, both need a staff number",
                data={"reason": "same_person", "person": other.id},
            )


def _taken(school_id: str) -> ConflictError:
    return ConflictError(
        f"there is a school {school_id!r} already; choose another id",
        data={"reason": "same_name", "school": school_id},
    )
