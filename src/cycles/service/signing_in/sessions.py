"""Sessions: somebody signed in on one device, in a table of our own.

The cookie's text is 256 bits by chance, made anew at each signing in and whenever the person's
rights change; only its hash is kept. On a shared computer a session ends after half an hour
without a request and after twelve hours in any case, on a trusted phone with the term.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final

from cycles.errors import NotFoundError
from cycles.ledger import instant_text, parse_instant
from cycles.service.accesses import digest_of, lock_person
from cycles.service.actors import Actor
from cycles.service.core import Core, SchoolView
from cycles.service.signing_in.codes import csrf_of, new_token
from cycles.service.tokens import actor_of
from cycles.store import SessionRow, Work

__all__ = ["Opened", "SessionAnswer", "Sessions", "Signed"]

#: On a device that is not trusted.
_IDLE: Final = timedelta(minutes=30)
_ABSOLUTE: Final = timedelta(hours=12)
#: On a trusted one, however long the term is, or where no term is known.
_LONGEST: Final = timedelta(days=200)
#: A request within so short a time is not noted once more.
_NOTED: Final = timedelta(minutes=1)
#: How long the text before serves what was on its way when it was made anew.
_GRACE: Final = timedelta(minutes=1)
_MAX_DEVICE: Final = 200
#: Sessions of long ago that each signing in clears away.
_CLEARED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Somebody signed in.

    Attributes:
        actor: Who, with what they hold today; `via` is `web`.
        session: The session's id; no secret.
        csrf: What every form and every changing request of this session carries.
        trusted: Whether the device is the person's own.
        guest_cycle: The one cycle that they came for by a link; `None`: not so bound.
        expires_at: When the session ends in any case, in UTC.
        fresh: The cookie's new text, to be set with this answer; `None`: it stays as it is. The
            one before it is good for a minute more.
    """

    actor: Actor
    session: str
    csrf: str = field(repr=False)
    trusted: bool
    guest_cycle: str | None
    expires_at: datetime
    fresh: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session just opened; `token` is the cookie's text, shown this once and kept nowhere."""

    token: str = field(repr=False)
    signed: Signed

    @property
    def expires_at(self) -> datetime:
        """When the session ends in any case, in UTC."""
        return self.signed.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAnswer:
    """One of a person's sessions; instants in UTC.

    Attributes:
        id: What `Signed.session` says there.
        device: What the browser called itself.
        by: How they came in: password | code | link | demo.
        trusted: Whether the device is their own.
        opened_at: When they signed in.
        seen_at: When it was used last, to the minute.
        expires_at: When it ends in any case.
    """

    id: str
    device: str
    by: str
    trusted: bool
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime


class Sessions:
    """Opens sessions, tells whose they are, and ends them."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def open(
        self,
        work: Work,
        view: SchoolView,
        person_id: str,
        *,
        by: str,
        device: str,
        trust: bool = False,
        cycle: str | None = None,
        until: datetime | None = None,
    ) -> Opened:
        """A new session, in this transaction; `until`: its end at the latest, in UTC."""
        now = self._core.now()
        ends = self._end_of_term(view, now) if trust else now + _ABSOLUTE
        expires_at = ends if until is None else min(ends, until)
        row = SessionRow(
            school_id=work.school_id,
            id=self._core.new_id(),
            digest="",
            person=person_id,
            device="".join(c for c in device if c.isprintable())[:_MAX_DEVICE],
            by=by,
            trusted=trust,
            cycle=cycle,
            opened_at=instant_text(now),
            seen_at=instant_text(now),
            expires_at=instant_text(expires_at),
        )
        self._clear(work)
        return self._add(work, view, row)

    def of(self, token: str) -> Signed | None:
        """Who is signed in by this text; notes that they were here.

        `None` for a text that is unknown, ended or too long unused, and for a person who is
        disabled or was erased.
        """
        row = self._core.store.of_digest(SessionRow, digest_of(token))
        if row is None or self._is_over(row):
            return None
        view = self._core.view(row.school_id)
        if not view.may_enter(row.person):
            return None
        if not row.replaced and row.rights != _rights(self._actor(view, row)):
            return self._renewed(token, row)
        if self._core.now() - parse_instant(row.seen_at) >= _NOTED:
            self._note(row)
        return self._signed(view, row, token)

    def all_of(self, actor: Actor) -> tuple[SessionAnswer, ...]:
        """The actor's own sessions, the one used last first."""

        def found(work: Work) -> tuple[SessionAnswer, ...]:
            rows = work.find(SessionRow, person=actor.person, replaced=False, order=("-seen_at",))
            return tuple(_answer(row) for row in rows if not self._is_over(row))

        return self._core.store.read(actor.school_id, found)

    def one(self, work: Work, person_id: str, session_id: str) -> SessionRow:
        """A session of this person that goes on; raises `NotFoundError`."""
        row = work.get(SessionRow, id=session_id, person=person_id)
        if row is None or self._is_over(row):
            raise NotFoundError("session", session_id)
        return row

    def end(self, actor: Actor, session_id: str) -> None:
        """End one of the actor's own sessions at once; raises `NotFoundError`."""

        def ended(work: Work) -> None:
            lock_person(work, actor.person)
            if not work.remove(SessionRow, id=session_id, person=actor.person):
                raise NotFoundError("session", session_id)
            work.remove(SessionRow, person=actor.person, replaced=True)

        self._core.store.write(actor.school_id, ended)

    def sign_out(self, token: str) -> None:
        """End the session of this text; one that is over or unknown changes nothing."""
        row = self._core.store.of_digest(SessionRow, digest_of(token))
        if row is None:
            return
        person, session = row.person, row.id

        def ended(work: Work) -> None:
            lock_person(work, person)
            work.remove(SessionRow, id=session)
            work.remove(SessionRow, person=person, replaced=True)

        self._core.store.write(row.school_id, ended)

    # --- what a session is -----------------------------------------------------------------

    def _is_over(self, row: SessionRow) -> bool:
        now = self._core.now()
        idle = not row.trusted and now - parse_instant(row.seen_at) >= _IDLE
        return idle or parse_instant(row.expires_at) <= now

    def _end_of_term(self, view: SchoolView, now: datetime) -> datetime:
        """The midnight after the last day of this term, or of the next one."""
        today, longest = view.today(now), now + _LONGEST
        terms = sorted(t.last_day for t in view.calendar.terms if t.last_day >= today)
        if not terms:
            return longest
        midnight = view.calendar.instant_of(terms[0] + timedelta(days=1), time())
        return min(midnight, longest)

    def _actor(self, view: SchoolView, row: SessionRow) -> Actor:
        return actor_of(self._core, view, row.person, "web", only_cycle=row.cycle)

    def _signed(
        self, view: SchoolView, row: SessionRow, token: str, fresh: str | None = None
    ) -> Signed:
        return Signed(
            actor=self._actor(view, row),
            session=row.id,
            csrf=csrf_of(fresh or token),
            trusted=row.trusted,
            guest_cycle=row.cycle,
            expires_at=parse_instant(row.expires_at),
            fresh=fresh,
        )

    # --- writing ---------------------------------------------------------------------------

    def _add(self, work: Work, view: SchoolView, row: SessionRow) -> Opened:
        """Insert the row with a text and the rights of now."""
        token = new_token(self._core.chance)
        row.digest, row.rights = digest_of(token), _rights(self._actor(view, row))
        work.add(row)
        return Opened(token=token, signed=self._signed(view, row, token))

    def _note(self, seen: SessionRow) -> None:
        """Note that the session was used just now, unless it has ended meanwhile."""

        def noted(work: Work) -> None:
            lock_person(work, seen.person)
            row = work.get(SessionRow, id=seen.id)
            if row is not None:
                row.seen_at = self._core.now_text()
                work.put(row)

        self._core.store.write(seen.school_id, noted)

    def _renewed(self, token: str, seen: SessionRow) -> Signed | None:
        """The session under a new text, as its person has other rights than when it was made."""

        def renewed(work: Work) -> Signed | None:
            lock_person(work, seen.person)
            row, view = work.get(SessionRow, id=seen.id), self._core.view_in(work)
            if row is None or not view.may_enter(row.person):
                return None
            if row.replaced:  # by another request of this moment
                return self._signed(view, row, token)
            now = self._core.now()
            after = SessionRow(**{**row.model_dump(), "id": self._core.new_id()})
            after.seen_at = instant_text(now)
            row.replaced = True
            row.expires_at = min(row.expires_at, instant_text(now + _GRACE))
            work.put(row)
            opened = self._add(work, view, after)
            return self._signed(view, after, token, fresh=opened.token)

        return self._core.store.write(seen.school_id, renewed)

    def _clear(self, work: Work) -> None:
        """Clear a few sessions away that are over."""
        now = self._core.now_text()
        for row in work.find(SessionRow, order=("expires_at",), limit=_CLEARED):
            if row.expires_at <= now:
                work.remove(SessionRow, id=row.id)


def _rights(actor: Actor) -> str:
    """What a person may do, as a text to compare; another one means a new id."""
    held = " ".join(f"{role.role}:{role.group}" for role in actor.roles)
    return f"guest {held}" if actor.guest else held


def _answer(row: SessionRow) -> SessionAnswer:
    return SessionAnswer(
        id=row.id,
        device=row.device,
        by=row.by,
        trusted=row.trusted,
        opened_at=parse_instant(row.opened_at),
        seen_at=parse_instant(row.seen_at),
        expires_at=parse_instant(row.expires_at),
    )
