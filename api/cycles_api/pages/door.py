"""Who comes in: for now only the people of a demo school, in this process's memory."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from typing import Final
from weakref import WeakKeyDictionary

from cycles.errors import NotFoundError
from cycles.service import Actor
from cycles_api.assembly import Service

__all__ = ["Door", "Opened", "Signed", "door_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Somebody who is signed in, as of this request."""

    actor: Actor
    csrf: str
    guest_cycle: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session that was just begun; `token` is told once."""

    token: str = field(repr=False)
    signed: Signed


class Door:
    """Sessions of a demo school."""

    def __init__(self, service: Service) -> None:
        self._core = service.core
        self._open: dict[str, Signed] = {}

    def demo_sign_in(self, school_id: str, person_id: str) -> Opened:
        """Begin a session as one of the people; raises `NotFoundError`."""
        token = secrets.token_urlsafe(32)
        signed = Signed(actor=self._actor(school_id, person_id), csrf=secrets.token_urlsafe(24))
        self._open[_key(token)] = signed
        return Opened(token=token, signed=signed)

    def session(self, token: str) -> Signed | None:
        """Who the cookie stands for; `None` if nobody."""
        known = self._open.get(_key(token))
        if known is None:
            return None
        return replace(known, actor=self._actor(known.actor.school_id, known.actor.person))

    def sign_out(self, token: str) -> None:
        """End the session."""
        self._open.pop(_key(token), None)

    def _actor(self, school_id: str, person_id: str) -> Actor:
        view = self._core.view(school_id)
        person = view.person_of.get(person_id)
        if person is None or not person.enabled:
            raise NotFoundError("person", person_id)
        return Actor(
            school_id=school_id,
            person=person.id,
            pseudonym=person.pseudonym,
            via="web",
            guest=person.guest,
            roles=view.directory.roles_of(person.pseudonym, view.today(self._core.now())),
        )


_DOORS: Final[WeakKeyDictionary[Service, Door]] = WeakKeyDictionary()


def door_of(service: Service) -> Door:
    """The door of the service."""
    return _DOORS.setdefault(service, Door(service))


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
