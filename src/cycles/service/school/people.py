"""The people of a school: who they are, and whether they may act."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from cycles.errors import ConflictError, NotFoundError
from cycles.ledger import pseudonym
from cycles.school import HEAD, HeldRole, Person
from cycles.school.coverage import by_sound
from cycles.service.accesses import shut_out
from cycles.service.actors import Actor, may, require
from cycles.service.school.appointments import lasts
from cycles.service.school.changing import Change, Changing, cleaned
from cycles.store import PersonRow

__all__ = ["MAX_STAFF_NO", "People", "PersonAnswer"]

#: Longest staff number, in characters.
MAX_STAFF_NO: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAnswer:
    """Somebody of the school, with what they hold today.

    Attributes:
        id: What the API calls them.
        name: What people call them.
        enabled: Whether the account may act.
        guest: Invited to single cycles only.
        groups: Ids of the groups that they are in today.
        roles: What they hold today.
        pseudonym: What the log calls them; only for those who may read it.
        staff_no: Only for those who look after the directory.
    """

    id: str
    name: str = field(repr=False)
    enabled: bool
    guest: bool
    groups: tuple[str, ...]
    roles: tuple[HeldRole, ...]
    pseudonym: str | None = None
    staff_no: str | None = field(default=None, repr=False)


class People(Changing):
    """Adds people, renames them, lets them act or not; tells who there is."""

    def add_person(
        self, actor: Actor, name: str, *, staff_no: str | None = None, guest: bool = False
    ) -> str:
        """A new person, appointed to nothing yet; their id.

        Guests never are; whoever may invite one may add one.
        """
        name = cleaned(name, "name")
        number = cleaned(staff_no, "staff_no", most=MAX_STAFF_NO) if staff_no else None

        def added(change: Change) -> str:
            person = self._add_person(change, name, number, guest=guest)
            if not guest:  # who takes part in nothing yet has no step
                change.renew()
            return person.id

        return self._change(actor, added, operation="add_guest" if guest else "directory")

    def rename_person(
        self, actor: Actor, person_id: str, name: str, *, staff_no: str | None = None
    ) -> None:
        """Another name for somebody, or another staff number; raises `NotFoundError`.

        Args:
            actor: Who asks.
            person_id: Whose.
            name: The name from now on.
            staff_no: The staff number from now on, empty for none; `None` leaves it as it is.
        """
        name, number = cleaned(name, "name"), staff_no
        if staff_no:
            number = cleaned(staff_no, "staff_no", most=MAX_STAFF_NO)

        def renamed(change: Change) -> None:
            person = change.person(person_id)
            kept = person.staff_no if number is None else number or None
            if (person.name, person.staff_no) != (name, kept):
                self._put_person(change, person.id, name=name, staff_no=kept)
                change.enter(f"person:{person.pseudonym}", "rename_person", {}, {"name": name})
                change.renew()

        self._change(actor, renamed)

    def enable(self, actor: Actor, person_id: str) -> None:
        """Let somebody act again; what they were appointed to holds again."""
        self._change(actor, lambda change: self._switch(change, person_id, True))

    def disable(self, actor: Actor, person_id: str) -> None:
        """Let somebody act no more, and hold nothing.

        Raises `ConflictError` for a head: that appointment is to be ended first.
        """
        self._change(actor, lambda change: self._switch(change, person_id, False))

    def _switch(self, change: Change, person_id: str, enabled: bool) -> None:
        person = change.person(person_id)
        if person.enabled == enabled:
            return
        if not enabled and any(
            a.person == person_id and a.role == HEAD and lasts(a, change.today)
            for a in change.directory.appointments
        ):
            raise ConflictError(
                "a head cannot be disabled; end the appointment as head first",
                data={"reason": "is_head", "person": person_id},
            )
        if not enabled:
            self._disable(change, person)
            return
        self._put_person(change, person_id, enabled=True)
        change.enter(f"person:{person.pseudonym}", "enable", {})
        change.renew()

    def _disable(self, change: Change, person: Person) -> None:
        self._put_person(change, person.id, enabled=False)
        shut_out(change.work, person.id)
        change.enter(f"person:{person.pseudonym}", "disable", {})
        change.renew()

    def _put_person(self, change: Change, person_id: str, **changed: Any) -> None:
        row = change.work.get(PersonRow, id=person_id)
        if row is None:
            raise NotFoundError("person", person_id)
        for name, value in changed.items():
            setattr(row, name, value)
        change.work.put(row)

    def _add_person(
        self, change: Change, name: str, staff_no: str | None, *, guest: bool
    ) -> Person:
        person = Person(
            id=self._core.new_id(),
            pseudonym=pseudonym(self._core.chance(16)),
            name=name,
            guest=guest,
            staff_no=staff_no,
        )
        subj = f"person:{person.pseudonym}"
        at = change.enter(subj, "add_person", {"guest": guest}, {"name": name})
        change.work.add(
            PersonRow(
                school_id=change.work.school_id,
                id=person.id,
                pseudonym=person.pseudonym,
                name=name,
                staff_no=staff_no,
                guest=guest,
                created_at=at,
            )
        )
        return person

    def people(self, actor: Actor) -> tuple[PersonAnswer, ...]:
        """Everybody of the school, by name, with what they hold today."""
        require("people", actor)
        view = self._core.view(actor.school_id)
        today, there = view.today(self._core.now()), view.directory
        reads_log, looks_after = may("log", actor), may("directory", actor)
        found = []
        for person in there.persons:
            roles = there.roles_of(person.pseudonym, today)
            groups = tuple(dict.fromkeys(held.group for held in roles if held.group))
            answer = PersonAnswer(
                id=person.id,
                name=person.name,
                enabled=person.enabled,
                guest=person.guest,
                groups=groups,
                roles=roles,
                pseudonym=person.pseudonym if reads_log else None,
                staff_no=person.staff_no if looks_after else None,
            )
            found.append(answer)
        return tuple(sorted(found, key=lambda person: (by_sound(person.name), person.id)))
