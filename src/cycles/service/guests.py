"""A cycle's guests: asked in by a link that ends, listed, shut out again.

A guest is a person of the school's directory who is appointed to nothing, takes part in the
cycles they are added to, and sees that one alone whose link they came in by.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from cycles.engine.commands import Staff
from cycles.engine.rights import lifecycle_people
from cycles.errors import (
    ConflictError,
    FieldFault,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    StaleRevisionError,
)
from cycles.ledger import parse_instant
from cycles.school import Person
from cycles.school.staff_columns import key
from cycles.service.accesses import lock_person
from cycles.service.acting import Acting
from cycles.service.actors import Actor, require
from cycles.service.core import Core
from cycles.service.looking import Looking, Seen
from cycles.service.once import Given
from cycles.service.school import Change, Schools
from cycles.service.signing_in import Invitation, SigningIn
from cycles.service.signing_in.inviting import GUEST, GUESTS_DAYS, runs
from cycles.store import InvitationRow, SessionRow, Work

__all__ = ["Asked", "Guest", "Guests"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A guest who takes part in a cycle.

    Attributes:
        person: The person's id.
        name: What people call them.
        role: The role that they hold.
        until: When their link to this cycle ends, in UTC; `None`: they have none that is good.
        seen_at: When they were last here by that link, in UTC; `None`: not since it was made.
    """

    person: str
    name: str = field(repr=False)
    role: str
    until: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom to ask in: a guest who is known already (`person`), or a new one by `name`.

    Attributes:
        role: A role of the workflow that is for people from outside.
        until: The last day on which the link is good.
        reason: Why they are asked; for the log.
    """

    role: str
    until: date
    reason: str
    person: str = ""
    name: str = ""


class Guests:
    """Asks guests into a cycle, tells who they are, shuts them out."""

    def __init__(
        self, core: Core, looking: Looking, acting: Acting, schools: Schools, door: SigningIn
    ) -> None:
        self._core, self._looking, self._acting = core, looking, acting
        self._schools, self._door = schools, door

    def may_ask(self, actor: Actor, cycle_id: str) -> bool:
        """Whether they may ask guests into the cycle."""
        try:
            self._core.store.read(actor.school_id, lambda w: self._run_by(w, actor, cycle_id))
        except NotAllowedError:
            return False
        return True

    def of(self, actor: Actor, cycle_id: str) -> tuple[Guest, ...]:
        """The guests of a cycle, in the order of its roles.

        Raises:
            NotAllowedError: the actor does not run the cycle's group.
            NotFoundError: no cycle that the actor may see.
        """

        def found(work: Work) -> tuple[Guest, ...]:
            seen = self._run_by(work, actor, cycle_id)
            held = [
                (seen.view.id_of[alias], role)
                for role, holders in seen.cycle.roles.items()
                for alias in holders
                if seen.view.directory.is_guest(alias)
            ]
            return tuple(self._guest(work, seen, person, role) for person, role in held)

        return self._core.store.read(actor.school_id, found)

    def known(self, actor: Actor, cycle_id: str) -> tuple[tuple[str, str], ...]:
        """(id, name) of the school's guests who do not take part in the cycle yet; as `of`."""

        def found(work: Work) -> tuple[tuple[str, str], ...]:
            seen = self._run_by(work, actor, cycle_id)
            inside = {p for holders in seen.cycle.roles.values() for p in holders}
            there = (p for p in seen.view.directory.persons if p.guest and p.enabled)
            return tuple((p.id, p.name) for p in there if p.pseudonym not in inside)

        return self._core.store.read(actor.school_id, found)

    def ask(self, actor: Actor, cycle_id: str, asked: Asked, *, revision: int | None) -> Invitation:
        """A guest takes part from now on, and this is the link by which they come in.

        Asked twice, the guest has one part and the newer link. Three kinds of entries may come
        of it: a person, a part in the cycle, a link. `revision` is that of the cycle that the asker
        has seen; `None`: not said.

        Raises:
            NotAllowedError: the actor does not run the cycle's group, or may not add people.
            NotFoundError: no such cycle or person.
            ConflictError: somebody else goes by this name; the person is no guest, or disabled.
            InvalidInputError: no name, a role that is not for guests, a day that will not do.
            StaleRevisionError: the cycle has moved on since it was looked at.
        """
        person = self._core.store.read(
            actor.school_id, lambda work: self._meant(work, actor, cycle_id, asked, revision)
        )
        if not person:
            person = self._schools.add_person(actor, asked.name, guest=True)
        taking_part = {guest.person for guest in self.of(actor, cycle_id)}
        if person not in taking_part:
            add = Staff(verb="add", role=asked.role, to=person, reason=asked.reason)
            self._acting.act(actor, cycle_id, [add], Given(revision=revision))
        return self._door.invite_guest(actor, person, cycle_id, until=asked.until)

    def shut_out(self, actor: Actor, person_id: str, cycle_id: str) -> None:
        """The guest's link to the cycle and all that came in by it end at once; an entry.

        What they filed stays, and so does their part. Nothing happens where they have no link.
        Errors as of `of`.
        """

        def ended(work: Work) -> None:
            self._run_by(work, actor, cycle_id)
            change = Change(self._core, work, actor)
            person = change.person(person_id)
            lock_person(work, person.id)
            codes = work.remove(InvitationRow, person=person.id, cycle=cycle_id)
            sessions = work.remove(SessionRow, person=person.id, cycle=cycle_id)
            if codes or sessions:
                data = {"sessions": sessions, "codes": codes, "cycle": cycle_id}
                change.enter(f"person:{person.pseudonym}", "take_back", data)

        self._core.store.write(actor.school_id, ended)

    # --- parts -----------------------------------------------------------------------------

    def _run_by(self, work: Work, actor: Actor, cycle_id: str) -> Seen:
        """The cycle, if the actor runs its group."""
        require("invite_guest", actor)
        seen = self._looking.seen(work, actor, cycle_id)
        if not runs(actor, seen.row.group):
            raise NotAllowedError("only those who run the cycle's group look after its guests")
        return seen

    def _guest(self, work: Work, seen: Seen, person: str, role: str) -> Guest:
        now = self._core.now_text()
        links = work.find(InvitationRow, person=person, cycle=seen.row.id, purpose=GUEST)
        good = [row.expires_at for row in links if row.expires_at > now]
        visits = [r.seen_at for r in work.find(SessionRow, person=person, cycle=seen.row.id)]
        return Guest(
            person=person,
            name=seen.view.name(person),
            role=role,
            until=parse_instant(max(good)) if good else None,
            seen_at=parse_instant(max(visits)) if visits else None,
        )

    def _meant(
        self, work: Work, actor: Actor, cycle_id: str, asked: Asked, revision: int | None
    ) -> str:
        """Whom they mean, where that person is there already; empty for somebody new.

        What can be refused is refused here, before anybody is added to the directory.
        """
        seen = self._run_by(work, actor, cycle_id)
        role = seen.version.workflow.roles.get(asked.role)
        if role is None or not role.outside:
            raise _fault("role", "unknown")
        if not asked.reason.strip():
            raise _fault("reason", "required")
        if not 0 <= (asked.until - seen.people.around.today).days <= GUESTS_DAYS:
            raise _fault("until", "guest_until", most=GUESTS_DAYS)
        if asked.person:
            return _guest_of(seen, asked.person).id
        if not asked.name.strip():
            raise _fault("name", "required")
        inside = {p for holders in seen.cycle.roles.values() for p in holders}
        for person in seen.view.directory.persons:
            if key(person.name) != key(asked.name) or not person.enabled:
                continue
            if person.guest and person.pseudonym in inside:
                return person.id
            raise ConflictError("somebody goes by this name", data={"reason": "guest_name"})
        if revision not in (None, seen.cycle.revision):
            data = {"expected": revision, "revision": seen.cycle.revision}
            raise StaleRevisionError("the cycle has moved on", data=data)
        if asked.role in _full(seen):
            raise _fault("role", "full", most=role.most)
        if actor.pseudonym not in lifecycle_people(seen.people, "add"):
            raise NotAllowedError("others add people to this cycle")
        return ""


def _guest_of(seen: Seen, person_id: str) -> Person:
    """A guest of the school who may come in."""
    person = seen.view.person_of.get(person_id)
    if person is None:
        raise NotFoundError("person", person_id)
    if not (person.guest and person.enabled):
        reason = "is_disabled" if person.guest else "not_a_guest"
        raise ConflictError("not somebody who comes by a link", data={"reason": reason})
    return person


def _full(seen: Seen) -> frozenset[str]:
    """Roles that nobody else can be given."""
    roles = seen.version.workflow.roles.items()
    held = seen.cycle.roles
    return frozenset(
        name for name, r in roles if r.most is not None and len(held.get(name, ())) >= r.most
    )


def _fault(at: str, code: str, **data: object) -> InvalidInputError:
    return InvalidInputError([FieldFault(field=at, code=code, data=data)])
