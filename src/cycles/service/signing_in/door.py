"""The door: all ways by which people come in and go out, each asked for in one call."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from cycles.errors import (
    InvitationError,
    NotAllowedError,
    NotFoundError,
    SignInError,
    ThrottledError,
)
from cycles.ledger import parse_instant
from cycles.school import Person
from cycles.school.staff_columns import clean
from cycles.service.accesses import digest_of, end_sessions, lock_person
from cycles.service.actors import Actor
from cycles.service.core import Core, SchoolView
from cycles.service.looking import Looking
from cycles.service.signing_in.codes import typed
from cycles.service.signing_in.inviting import GUEST, Invitation, Inviting
from cycles.service.signing_in.passwords import Passwords, check_new
from cycles.service.signing_in.sessions import Opened, SessionAnswer, Sessions, Signed
from cycles.service.signing_in.throttle import ACCOUNT, ADDRESS, SERVER, Throttle, place_of
from cycles.store import CredentialRow, InvitationRow, SessionRow, Work

__all__ = ["SigningIn"]

#: How long after coming in by a code a password may be set without the one before.
_BY_CODE: Final = timedelta(hours=1)
_MAX_ACCOUNT: Final = 100


class SigningIn:
    """Lets people in by password, code or link, tells who is signed in, and lets them out.

    Args:
        core: The store, the clock, chance.
        demo: Whether the people are made up, so that anybody may be any of them.
        passwords: How passwords are kept.
    """

    def __init__(
        self, core: Core, *, demo: bool = False, passwords: Passwords | None = None
    ) -> None:
        self._core, self.demo = core, demo
        self._passwords = passwords or Passwords()
        self._sessions, self._throttle = Sessions(core), Throttle(core)
        self._inviting = Inviting(core, Looking(core))

    def others_invited(self, actor: Actor) -> bool:
        """Whether anybody else of the school has come in, or was given a code to do so."""

        def found(work: Work) -> bool:
            known = {row.person for row in work.find(CredentialRow)}
            known |= {row.person for row in work.find(SessionRow)}
            known |= {row.person for row in work.find(InvitationRow)}
            return bool(known - {actor.person})

        return self._core.store.read(actor.school_id, found)

    # --- coming in -------------------------------------------------------------------------

    def sign_in(
        self,
        school_id: str,
        account: str,
        password: str,
        *,
        address: str,
        device: str,
        trust: bool = False,
    ) -> Opened:
        """Open a session by password.

        Args:
            school_id: The school.
            account: A staff number, or a name that nobody else has.
            password: As typed.
            address: From where, as the server sees it; failures are counted by it.
            device: What the browser calls itself, for the person's own list.
            trust: Stay signed in until the end of the term; for a device of one's own.

        Raises:
            NotFoundError: no such school.
            ThrottledError: too many attempts failed; says how long to wait.
            SignInError: they do not go together; for unknown accounts as for wrong passwords.
        """
        view = self._core.view(school_id)
        person = _whose(view, account)
        key = person.id if person is not None else _plain(account)
        self._throttle.count(school_id, ACCOUNT, key)
        try:
            self._count_address(address)
        except ThrottledError:
            self._throttle.forgive(school_id, ACCOUNT, key)  # it was not tried
            raise
        kept = self._kept(school_id, key)
        right, newer = self._passwords.check(password, kept)
        if person is None or not right:
            raise SignInError

        def opened(work: Work) -> Opened:
            lock_person(work, person.id)
            now = self._core.view_in(work)
            row = work.get(CredentialRow, person=person.id)
            # Disabled, or given another password, while this one was being checked.
            if row is None or row.hash != kept or not now.may_enter(person.id):
                raise SignInError
            if newer is not None:
                row.hash = newer
                work.put(row)
            return self._sessions.open(
                work, now, person.id, by="password", device=device, trust=trust
            )

        session = self._core.store.write(school_id, opened)
        self._throttle.forgive(school_id, ACCOUNT, key, all_=True)
        self._forgive_address(address)
        return session

    def redeem(self, code: str, *, address: str, device: str, trust: bool = False) -> Opened:
        """Open a session by a code or a link; a guest's is good again, all others once.

        Coming in by a code ends the sessions that the person had.

        Args:
            code: As typed, or what follows `/in/` in the link.
            address: See `sign_in`.
            device: See `sign_in`.
            trust: See `sign_in`; a guest stays for as long as the link is good.

        Raises:
            ThrottledError: too many attempts failed; says how long to wait.
            InvitationError: unknown, used, taken back or too old; which is not told.
        """
        self._count_address(address)
        known = self._core.store.of_digest(InvitationRow, digest_of(typed(code)))
        if known is None or known.school_id == SERVER:  # the code of a first start is no person's
            raise InvitationError
        session = self._core.store.write(
            known.school_id, lambda work: self._redeem(work, known, device, trust)
        )
        self._forgive_address(address)
        return session

    def _redeem(self, work: Work, known: InvitationRow, device: str, trust: bool) -> Opened:
        lock_person(work, known.person)
        row, view = work.get(InvitationRow, id=known.id), self._core.view_in(work)
        if row is None or not view.may_enter(row.person):
            raise InvitationError
        until = parse_instant(row.expires_at)
        if until <= self._core.now():
            raise InvitationError
        if row.purpose == GUEST:
            return self._sessions.open(
                work,
                view,
                row.person,
                by="link",
                device=device,
                trust=trust,
                cycle=row.cycle,
                until=until,
            )
        work.remove(InvitationRow, id=row.id)
        end_sessions(work, row.person)
        return self._sessions.open(work, view, row.person, by="code", device=device, trust=trust)

    def demo_sign_in(self, school_id: str, person_id: str, *, device: str) -> Opened:
        """Open a session as anybody of a made-up school.

        Raises:
            NotAllowedError: this is no demo.
            NotFoundError: no such school or person.
        """
        if not self.demo:
            raise NotAllowedError("these people are real", data={"reason": "no_demo"})

        def opened(work: Work) -> Opened:
            view = self._core.view_in(work)
            if not view.may_enter(person_id):
                raise NotFoundError("person", person_id)
            return self._sessions.open(work, view, person_id, by="demo", device=device)

        return self._core.store.write(school_id, opened)

    # --- being in --------------------------------------------------------------------------

    def session(self, token: str) -> Signed | None:
        """Who is signed in by this cookie; `None` if nobody, or not any more.

        Where `Signed.fresh` is given, the answer sets the cookie anew: their rights have changed.
        """
        return self._sessions.of(token)

    def sessions(self, actor: Actor) -> tuple[SessionAnswer, ...]:
        """The actor's own sessions, the one used last first."""
        return self._sessions.all_of(actor)

    # --- going out -------------------------------------------------------------------------

    def sign_out(self, token: str) -> None:
        """End the session of this cookie at once; one that is over or unknown changes nothing."""
        self._sessions.sign_out(token)

    def sign_out_everywhere(self, actor: Actor) -> None:
        """End all sessions of the actor at once, this one too."""
        self._core.store.write(actor.school_id, lambda work: end_sessions(work, actor.person))

    def end_session(self, actor: Actor, session_id: str) -> None:
        """End one of the actor's own sessions at once; raises `NotFoundError`."""
        self._sessions.end(actor, session_id)

    # --- passwords -------------------------------------------------------------------------

    def has_password(self, actor: Actor) -> bool:
        """Whether the actor has set a password."""
        return self._kept(actor.school_id, actor.person) is not None

    def set_password(self, actor: Actor, old: str, new: str, *, session: str) -> Opened:
        """Another password; ends all sessions of the actor and opens this one anew.

        Args:
            actor: Whose password.
            old: The one before.
            new: 8 to 128 characters, and not among the first to be guessed.
            session: The id of the session from which it is asked for.

        Raises:
            ThrottledError: the one before was given wrongly too often.
            SignInError: it is not the one before.
            InvalidInputError: `password_short`, `password_long`, `password_common`.
            NotFoundError: no such session of theirs.
        """
        self._check_new(actor, new)
        self._throttle.count(actor.school_id, ACCOUNT, actor.person)
        kept = self._kept(actor.school_id, actor.person)
        right, _ = self._passwords.check(old, kept)
        if not right:
            raise SignInError
        return self._set(actor, new, session, proven=True)

    def set_first_password(self, actor: Actor, new: str, *, session: str) -> Opened:
        """A password for whoever has none, or came in by a code within the last hour.

        Ends all sessions of the actor and opens this one anew. Arguments and errors as of
        `set_password`, and:

        Raises:
            NotAllowedError: they have a password; it is asked for.
        """
        self._check_new(actor, new)
        return self._set(actor, new, session, proven=False)

    # --- letting others in -----------------------------------------------------------------

    def invite(
        self, actor: Actor, person_ids: Sequence[str], *, days: int = 14
    ) -> tuple[Invitation, ...]:
        """A code for each of these people who cannot come in yet, good once within the days.

        Whoever has a password or is signed in on a device of their own is left out: for them
        there is `let_in_again`. A new code takes the place of the one before. Each is an entry.

        Args:
            actor: Head, deputy or administrator; or the head of the group of all these people.
            person_ids: The people, 300 at most.
            days: How long the codes are good for, 1 to 60.

        Raises:
            NotAllowedError: the actor may not, or one of them may do more than the actor.
            NotFoundError: one of them is not there.
            ConflictError: one of them is a guest, or disabled.
            InvalidInputError: too many people or days.
        """
        return self._inviting.invite(actor, person_ids, days=days)

    def let_in_again(self, actor: Actor, person_id: str) -> Invitation:
        """A code for somebody who forgot how to come in: good once, for ten minutes.

        An entry says so. Used, it ends all sessions of the person, who may then set a password.
        Errors as of `invite`; nobody makes one for themselves.
        """
        return self._inviting.let_in_again(actor, person_id)

    def invite_guest(
        self, actor: Actor, person_id: str, cycle_id: str, *, until: date
    ) -> Invitation:
        """A link by which a guest comes in, as often as they like, to this one cycle.

        An entry says so. It takes the place of the guest's link to this cycle before it.

        Args:
            actor: Head, deputy, or the head of the cycle's group.
            person_id: A person who is a guest (`Schools.add_person`).
            cycle_id: The cycle; what they see there, the workflow says by the role they fill.
            until: The last day on which the link is good; at most 200 days from today.

        Raises:
            NotAllowedError: the actor may not.
            NotFoundError: no such person, or no such cycle that the actor may see.
            ConflictError: the person is no guest, or disabled.
            InvalidInputError: a day in the past, or too far away.
        """
        return self._inviting.invite_guest(actor, person_id, cycle_id, until=until)

    def take_back(self, actor: Actor, person_id: str) -> None:
        """Take back a person's codes and links and end all their sessions at once; an entry.

        A password stays good. Errors as of `let_in_again`, but a guest's access can be taken
        back, too.
        """
        self._inviting.take_back(actor, person_id)

    # --- looking things up -----------------------------------------------------------------

    def _kept(self, school_id: str, person_id: str) -> str | None:
        """What is kept of a person's password."""

        def found(work: Work) -> str | None:
            row = work.get(CredentialRow, person=person_id)
            return None if row is None else row.hash

        return self._core.store.read(school_id, found)

    def _count_address(self, address: str) -> None:
        place = place_of(address)
        if place is not None:
            self._throttle.count(SERVER, ADDRESS, place)

    def _forgive_address(self, address: str) -> None:
        place = place_of(address)
        if place is not None:
            self._throttle.forgive(SERVER, ADDRESS, place)

    def _check_new(self, actor: Actor, new: str) -> None:
        view = self._core.view(actor.school_id)
        person = view.person_of.get(actor.person)
        if person is None or person.guest:
            raise NotAllowedError("a guest comes in by a link", data={"reason": "guest"})
        known = (person.name, person.staff_no or "", view.row.name, view.row.id)
        check_new(new, "new", [word for word in known if word])

    def _set(self, actor: Actor, new: str, session: str, *, proven: bool) -> Opened:
        """Keep a password; `proven`: the one before was given.

        Was it changed meanwhile, then the session has ended with it.
        """
        hashed = self._passwords.hash(new)

        def kept(work: Work) -> Opened:
            lock_person(work, actor.person)
            asked_from = self._sessions.one(work, actor.person, session)
            if not (proven or self._came_by_code(asked_from)):
                before = work.get(CredentialRow, person=actor.person)
                if before is not None:
                    raise NotAllowedError("they have a password", data={"reason": "old"})
            row = CredentialRow(
                school_id=work.school_id,
                person=actor.person,
                hash=hashed,
                changed_at=self._core.now_text(),
            )
            work.put(row)
            end_sessions(work, actor.person)
            return self._sessions.open(
                work,
                self._core.view_in(work),
                actor.person,
                by="password",
                device=asked_from.device,
                trust=asked_from.trusted,
            )

        opened = self._core.store.write(actor.school_id, kept)
        self._throttle.forgive(actor.school_id, ACCOUNT, actor.person, all_=True)
        return opened

    def _came_by_code(self, row: SessionRow) -> bool:
        since = self._core.now() - parse_instant(row.opened_at)
        return row.by == "code" and since < _BY_CODE


def _whose(view: SchoolView, account: str) -> Person | None:
    """Whose account it is: a staff number, or a name that nobody else has."""
    plain = _plain(account)
    people = [p for p in view.directory.persons if p.enabled and not p.guest]
    found = [p for p in people if p.staff_no and _plain(p.staff_no) == plain]
    found = found or [p for p in people if _plain(p.name) == plain]
    return found[0] if len(found) == 1 else None


def _plain(account: str) -> str:
    """An account as it is compared, however it was typed."""
    return clean(unicodedata.normalize("NFKC", account[:_MAX_ACCOUNT])).casefold()
