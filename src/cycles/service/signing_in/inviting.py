"""Letting people in: codes that a head prints for the group, a QR for whoever forgot, guests.

Each code that somebody gets for somebody else is an entry of the log, without the code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from cycles.errors import ConflictError, FieldFault, InvalidInputError, NotAllowedError
from cycles.ledger import instant_text
from cycles.school import ADMIN, DEPUTY, GROUP_HEAD, HEAD, Person
from cycles.service.accesses import digest_of, end_sessions, lock_person
from cycles.service.actors import Actor, require
from cycles.service.core import Core
from cycles.service.looking import Looking
from cycles.service.school import Change
from cycles.service.signing_in.codes import LINK, SPOKEN, new_code, readable
from cycles.store import CredentialRow, InvitationRow, SessionRow, Work

__all__ = ["GUEST", "GUESTS_DAYS", "INVITE", "LET_IN_AGAIN", "Invitation", "Inviting", "runs"]

#: What codes are for, as it stands in their rows.
INVITE: Final = "invite"
LET_IN_AGAIN: Final = "let_in_again"
GUEST: Final = "guest"

#: How long an invitation may be good for, in days.
MIN_DAYS: Final = 1
MAX_DAYS: Final = 60
#: How long a guest's link may be good for.
GUESTS_DAYS: Final = 200
_SHORT: Final = timedelta(minutes=10)
#: More are no group.
_AT_ONCE: Final = 300
#: Codes of long ago that each new one clears away.
_CLEARED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A code just made for a person; its text is shown this once and kept nowhere.

    Attributes:
        person: The person's id.
        name: What people call them.
        code: To be read aloud or typed: `7GQ4-M0ZK-X2WB`.
        link_path: The same as a path of this server, for a QR. A look at it must not redeem it:
            messengers look at every link before anybody has clicked it.
        expires_at: Until when it is good, in UTC.
    """

    person: str
    name: str = field(repr=False)
    code: str = field(repr=False)
    link_path: str = field(repr=False)
    expires_at: datetime


class Inviting:
    """Makes codes for people, and takes them back."""

    def __init__(self, core: Core, looking: Looking) -> None:
        self._core, self._looking = core, looking

    def invite(
        self, actor: Actor, person_ids: Sequence[str], *, days: int = 14
    ) -> tuple[Invitation, ...]:
        """See `SigningIn`."""
        require("invite", actor)
        _check_count("days", days, MIN_DAYS, MAX_DAYS)
        _check_count("people", len(person_ids), 0, _AT_ONCE)

        def invited(work: Work) -> tuple[Invitation, ...]:
            change, until = Change(self._core, work, actor), self._core.now() + timedelta(days=days)
            people = [self._meant(change, actor, each) for each in dict.fromkeys(person_ids)]
            return tuple(
                self._make(change, actor, person, INVITE, until)
                for person in people
                if not self._comes_in(work, person)
            )

        return self._core.store.write(actor.school_id, invited)

    def let_in_again(self, actor: Actor, person_id: str) -> Invitation:
        """See `SigningIn`."""
        require("let_in_again", actor)

        def made(work: Work) -> Invitation:
            change = Change(self._core, work, actor)
            person = self._meant(change, actor, person_id)
            return self._make(change, actor, person, LET_IN_AGAIN, self._core.now() + _SHORT)

        return self._core.store.write(actor.school_id, made)

    def invite_guest(
        self, actor: Actor, person_id: str, cycle_id: str, *, until: date
    ) -> Invitation:
        """See `SigningIn`."""
        require("invite_guest", actor)

        def made(work: Work) -> Invitation:
            change = Change(self._core, work, actor)
            group = self._looking.seen(work, actor, cycle_id).row.group
            if not runs(actor, group):
                raise NotAllowedError("only those who run the cycle's group invite guests to it")
            person = change.person(person_id)
            if not person.guest:
                raise ConflictError("no guest", data={"reason": "not_a_guest"})
            _refuse_disabled(person)
            _check_count("until", (until - change.today).days, 0, GUESTS_DAYS)
            last = change.view.calendar.instant_of(until + timedelta(days=1), time())
            return self._make(change, actor, person, GUEST, last, cycle=cycle_id)

        return self._core.store.write(actor.school_id, made)

    def take_back(self, actor: Actor, person_id: str) -> None:
        """See `SigningIn`."""
        require("take_back", actor)

        def taken(work: Work) -> None:
            change = Change(self._core, work, actor)
            person = change.person(person_id)
            if not person.guest:
                _refuse_above(change, actor, person)
            ended = end_sessions(work, person.id)
            codes = work.remove(InvitationRow, person=person.id)
            if ended or codes:
                data = {"sessions": ended, "codes": codes}
                change.enter(f"person:{person.pseudonym}", "take_back", data)

        self._core.store.write(actor.school_id, taken)

    # --- one code --------------------------------------------------------------------------

    def _meant(self, change: Change, actor: Actor, person_id: str) -> Person:
        """One of the school's own people whom the actor may let in."""
        person = change.person(person_id)
        if person.guest:
            raise ConflictError("a guest", data={"reason": "comes_by_link"})
        _refuse_disabled(person)
        _refuse_above(change, actor, person)
        return person

    def _comes_in(self, work: Work, person: Person) -> bool:
        """Whether the person has a password, or is signed in on a device of their own."""
        if work.get(CredentialRow, person=person.id) is not None:
            return True
        now = self._core.now_text()
        trusted = work.find(SessionRow, person=person.id, trusted=True)
        return any(row.expires_at > now for row in trusted)

    def _make(
        self,
        change: Change,
        actor: Actor,
        person: Person,
        purpose: str,
        until: datetime,
        cycle: str | None = None,
    ) -> Invitation:
        """A code instead of the one before it; the entry says for whom, by whom, until when."""
        work = change.work
        lock_person(work, person.id)
        if cycle is None:
            work.remove(InvitationRow, person=person.id)
        else:
            work.remove(InvitationRow, person=person.id, cycle=cycle)
            work.remove(SessionRow, person=person.id, cycle=cycle)
        self._clear(work)
        code = new_code(self._core.chance, LINK if purpose == GUEST else SPOKEN)
        expires_at, bound = instant_text(until), {"cycle": cycle} if cycle else {}
        subj, data = f"person:{person.pseudonym}", {"until": expires_at, **bound}
        if purpose == INVITE:
            at = change.enter(subj, "invite", data)
        elif purpose == LET_IN_AGAIN:
            at = change.enter(subj, "let_in_again", data)
        else:
            at = change.enter(subj, "invite_guest", data)
        row = InvitationRow(
            school_id=work.school_id,
            id=self._core.new_id(),
            digest=digest_of(code),
            person=person.id,
            purpose=purpose,
            cycle=cycle,
            made_by=actor.pseudonym,
            created_at=at,
            expires_at=expires_at,
        )
        work.add(row)
        return Invitation(
            person=person.id,
            name=person.name,
            code=readable(code),
            link_path=f"/in/{code}",
            expires_at=until,
        )

    def _clear(self, work: Work) -> None:
        """Clear a few codes away that are good for nothing any more."""
        now = self._core.now_text()
        for row in work.find(InvitationRow, order=("expires_at",), limit=_CLEARED):
            if row.expires_at <= now:
                work.remove(InvitationRow, id=row.id)


def runs(actor: Actor, group: str) -> bool:
    """Whether they run the group, and so ask guests into its cycles."""
    return actor.is_operator or actor.holds(HEAD, DEPUTY) or group in actor.groups(GROUP_HEAD)


def _refuse_above(change: Change, actor: Actor, person: Person) -> None:
    """Refuse a code for oneself, and for whoever may do more than the actor.

    Whoever holds a code can come in with it: nobody gets more rights that way. A group head lets
    in the members of the own group, a deputy all but head and administrators, these everybody.
    """
    if person.id == actor.person:
        raise NotAllowedError("a code is made by somebody else", data={"reason": "oneself"})
    if actor.is_operator or actor.holds(HEAD, ADMIN):
        return
    held = change.directory.roles_of(person.pseudonym, change.today)
    if actor.holds(DEPUTY):
        allowed = not any(h.role in (HEAD, ADMIN) for h in held)
    else:
        own = actor.groups(GROUP_HEAD)
        member = any(h.group in own for h in held)
        allowed = member and all(h.role == "teacher" or h.group in own for h in held)
    if not allowed:
        raise NotAllowedError("only somebody who may do as much lets this person in")


def _refuse_disabled(person: Person) -> None:
    if not person.enabled:
        raise ConflictError("the account is disabled", data={"reason": "is_disabled"})


def _check_count(field: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        code = "too_small" if number < least else "too_large"
        data = {"least": least, "most": most}
        raise InvalidInputError([FieldFault(field=field, code=code, data=data)])
