"""Appointments: who holds which role in a school or a group, from which day to which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from cycles.errors import ConflictError, NotFoundError
from cycles.school import HEAD, Appointment, Directory, Person
from cycles.service.actors import Actor, require
from cycles.service.school.changing import Change, Changing, turns
from cycles.store import AppointmentRow, Work

__all__ = ["Appointments", "appointment_row", "lasts", "refuse_headless"]


class Appointments(Changing):
    """Appoints people and ends appointments; a school that has a head is never without one."""

    def appoint(
        self,
        actor: Actor,
        person_id: str,
        role: str,
        group: str | None = None,
        from_date: date | None = None,
        until_date: date | None = None,
    ) -> str:
        """Give somebody a role, from today or a day on, to a day or until further notice; its id.

        Raises:
            NotFoundError: no such person or group.
            CalendarError: a role that is not there, lacks its group, or ends before it starts.
            ConflictError: a guest, a disabled head, or a role that they hold already.
        """

        def appointed(change: Change) -> str:
            person = change.person(person_id)
            if group is not None:
                change.group(group)
            post = Appointment(
                id=self._core.new_id(),
                person=person_id,
                role=role,
                group=group,
                from_date=from_date or change.today,
                until_date=until_date,
            )
            _refuse_appointment(change, person, post)
            self._appoint(change, person, post)
            return post.id

        return self._change(actor, appointed)

    def end_appointment(self, actor: Actor, appointment_id: str, last_day: date) -> None:
        """Say on which day an appointment ends; that day is still included.

        Raises:
            NotFoundError: no such appointment.
            CalendarError: it has not begun by then.
            ConflictError: the school would be without a head.
        """

        def ended(change: Change) -> None:
            found = [a for a in change.directory.appointments if a.id == appointment_id]
            if not found:
                raise NotFoundError("appointment", appointment_id)
            self._end(change, [replace(found[0], until_date=last_day)])

        self._change(actor, ended)

    def _end(
        self, change: Change, ended: Iterable[Appointment], *, gone: Person | None = None
    ) -> None:
        """Put these in the place of those of their ids; `gone` is disabled in the same change."""
        now = {post.id: post for post in ended}
        before = change.directory
        after = replace(
            before,
            appointments=tuple(now.get(post.id, post) for post in before.appointments),
            persons=tuple(replace(p, enabled=False) if p is gone else p for p in before.persons),
        )
        refuse_headless(change, after)
        for post in before.appointments:
            if post != now.get(post.id, post):
                self._put_end(change, now[post.id])

    def _put_end(self, change: Change, post: Appointment) -> None:
        change.work.put(appointment_row(change.work, post))
        person = change.person(post.person)
        change.enter(
            f"person:{person.pseudonym}",
            "end_appointment",
            _plain(post),
            _names(change, person, post),
        )
        change.renew(post)

    def _appoint(self, change: Change, person: Person, post: Appointment) -> None:
        change.work.add(appointment_row(change.work, post))
        names = _names(change, person, post)
        change.enter(f"person:{person.pseudonym}", "appoint", _plain(post), names)
        change.renew(post)

    def appointments(self, actor: Actor, person_id: str | None = None) -> tuple[Appointment, ...]:
        """All appointments, past and coming ones too, or those of one person; by first day."""
        require("people", actor)
        found = self._core.view(actor.school_id).directory.appointments
        mine = (a for a in found if person_id in (None, a.person))
        return tuple(sorted(mine, key=lambda a: (a.from_date, a.id)))


def refuse_headless(change: Change, after: Directory) -> None:
    """Refuse a directory in which the school is without a head on a day on which it had one."""
    posts = (*change.directory.appointments, *after.appointments)
    days = turns(a for a in posts if a.role == HEAD)
    for day in sorted({change.today, *(day for day in days if day > change.today)}):
        if change.directory.heads(day) and not after.heads(day):
            raise ConflictError(
                f"from {day} on the school would be without a head; appoint another one first",
                data={"reason": "no_head", "from": day.isoformat()},
            )


def lasts(post: Appointment, day: date) -> bool:
    """Whether it has not ended before the day."""
    return post.until_date is None or post.until_date >= day


def appointment_row(work: Work, post: Appointment) -> AppointmentRow:
    """The row that keeps an appointment."""
    return AppointmentRow(
        school_id=work.school_id,
        id=post.id,
        person=post.person,
        role=post.role,
        group=post.group,
        from_date=post.from_date,
        until_date=post.until_date,
    )


def _refuse_appointment(change: Change, person: Person, post: Appointment) -> None:
    if person.guest:
        raise ConflictError(
            "a guest is appointed to nothing; add the person as one of the school",
            data={"reason": "is_guest", "person": person.id},
        )
    if post.role == HEAD and not person.enabled:
        raise ConflictError(
            "a disabled account cannot head the school; enable it first",
            data={"reason": "is_disabled", "person": person.id},
        )
    for other in change.directory.appointments:
        if (other.person, other.role, other.group) == (post.person, post.role, post.group) and (
            lasts(other, post.from_date) and lasts(post, other.from_date)
        ):
            raise ConflictError(
                "they hold this role within these days already; end that appointment first",
                data={"reason": "is_appointed", "appointment": other.id},
            )


def _plain(post: Appointment) -> dict[str, Any]:
    """What the log says of an appointment in clear; whose it is, is the entry's subject."""
    return {
        "appointment": post.id,
        "role": post.role,
        "group": post.group,
        "from": post.from_date.isoformat(),
        "until": post.until_date.isoformat() if post.until_date else None,
    }


def _names(change: Change, person: Person, post: Appointment) -> dict[str, str]:
    group = change.view.groups.get(post.group or "")
    return {"name": person.name} | ({"group": group.name} if group else {})
