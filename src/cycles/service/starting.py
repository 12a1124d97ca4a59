"""The first start: whoever stands at the console makes the school on a page, and nobody else.

A code is printed there. It is good once and opens the wizard in one browser; the wizard is over as
soon as anybody of the school has come in. A code printed later puts the one before out of use.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from cycles.errors import InvitationError
from cycles.ledger import instant_text
from cycles.service.accesses import digest_of
from cycles.service.core import Core
from cycles.service.signing_in.codes import new_code, new_token, readable, typed
from cycles.service.signing_in.throttle import ADDRESS, SERVER, Throttle, place_of
from cycles.store import CredentialRow, InvitationRow, SessionRow, Work

__all__ = ["SETUP", "Starting"]

#: What the rows are for, in the place of a person's.
SETUP: Final = "setup"
_OPENED: Final = "setup_opened"
_NOBODY: Final = "-"
_GOOD_FOR: Final = timedelta(days=7)


class Starting:
    """Opens the wizard for whoever has the code, and tells whether there still is one."""

    def __init__(self, core: Core) -> None:
        self._core, self._throttle = core, Throttle(core)

    @property
    def open(self) -> bool:
        """Whether the school is still to be made, or made and nobody has come in yet."""
        if self.school is None:
            return True
        begun = self._core.store.read(SERVER, lambda w: w.find(InvitationRow, purpose=_OPENED))
        if not begun:
            return False
        return not any(self._core.store.read(each, _came_in) for each in self._made())

    @property
    def school(self) -> str | None:
        """The school that the wizard has made; `None` before."""
        return next(self._made(), None)

    def _made(self) -> Iterator[str]:
        """The schools with people: asked for one after the other, for a district has many."""
        for school in self._core.store.schools():
            if self._core.view(school.id).directory.persons:
                yield school.id

    def new_code(self) -> str | None:
        """A code for the console; `None` if there is nothing to set up any more."""
        if not self.open:
            return None
        code = new_code(self._core.chance)
        self._core.store.write(SERVER, lambda work: self._keep(work, SETUP, digest_of(code)))
        return readable(code)

    def enter(self, code: str, *, address: str) -> str:
        """The wizard's key for one browser, for the code; whoever had one before is out.

        Raises:
            ThrottledError: too many attempts failed.
            InvitationError: it is not the code, or was used.
        """
        place = place_of(address)
        if place is not None:
            self._throttle.count(SERVER, ADDRESS, place)
        token, digest = new_token(self._core.chance), digest_of(typed(code))

        def entered(work: Work) -> None:
            work.lock(SETUP)
            if not work.remove(InvitationRow, purpose=SETUP, digest=digest):
                raise InvitationError
            self._keep(work, _OPENED, digest_of(token))

        if not self.open:
            raise InvitationError
        self._core.store.write(SERVER, entered)
        if place is not None:
            self._throttle.forgive(SERVER, ADDRESS, place)
        return token

    def knows(self, token: str) -> bool:
        """Whether this browser runs the wizard, and there still is one."""
        row = self._core.store.of_digest(InvitationRow, digest_of(token))
        now = self._core.now_text()
        return row is not None and row.purpose == _OPENED and row.expires_at > now and self.open

    def _keep(self, work: Work, purpose: str, digest: str) -> None:
        now = self._core.now()
        work.remove(InvitationRow, purpose=purpose)
        row = InvitationRow(
            school_id=work.school_id,
            id=self._core.new_id(),
            digest=digest,
            person=_NOBODY,
            purpose=purpose,
            made_by=_NOBODY,
            created_at=instant_text(now),
            expires_at=instant_text(now + _GOOD_FOR),
        )
        work.add(row)


def _came_in(work: Work) -> bool:
    return bool(work.find(CredentialRow, limit=1) or work.find(SessionRow, limit=1))
