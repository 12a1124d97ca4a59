"""Bearer tokens: 256 bits by which a programme, or a guest with a link, acts as one person.

Only the SHA-256 of a token's text is kept: whoever reads the database cannot act with it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from cycles.errors import FieldFault, InvalidInputError, NotFoundError
from cycles.ledger import instant_text
from cycles.service.accesses import digest_of
from cycles.service.actors import Actor, require
from cycles.service.core import Core, SchoolView
from cycles.service.school import cleaned
from cycles.store import TokenRow, Work

__all__ = ["NewToken", "TokenAnswer", "Tokens", "actor_of"]

#: How long a token may be good for, in days.
MIN_DAYS: Final = 1
MAX_DAYS: Final = 400
_PREFIX: Final = "cyc_"
_BYTES: Final = 32
_MAX_LABEL: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token just made; its text is shown this once and kept nowhere."""

    text: str = field(repr=False)
    id: str
    expires_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """A token as it is kept; `person` is an id, instants are those of the log."""

    id: str
    person: str
    label: str
    created_at: str
    expires_at: str
    revoked_at: str | None


class Tokens:
    """Makes tokens, tells whose they are, and takes them back."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def make(self, actor: Actor, person_id: str, label: str, days: int) -> NewToken:
        """A token by which a person can be acted for so many days, 1 to 400.

        Raises:
            NotFoundError: no such person.
            InvalidInputError: a label that cannot be, too few or too many days.
        """
        require("tokens", actor)
        if not MIN_DAYS <= days <= MAX_DAYS:
            code = "too_small" if days < MIN_DAYS else "too_large"
            data = {"least": MIN_DAYS, "most": MAX_DAYS}
            raise InvalidInputError([FieldFault(field="days", code=code, data=data)])
        named = cleaned(label, "label", most=_MAX_LABEL) if label else ""

        def made(work: Work) -> NewToken:
            if person_id not in self._core.view_in(work).person_of:
                raise NotFoundError("person", person_id)
            secret = base64.urlsafe_b64encode(self._core.chance(_BYTES)).decode().rstrip("=")
            text, now = _PREFIX + secret, self._core.now()
            row = TokenRow(
                school_id=work.school_id,
                id=self._core.new_id(),
                digest=digest_of(text),
                person=person_id,
                label=named,
                created_at=instant_text(now),
                expires_at=instant_text(now + timedelta(days=days)),
            )
            work.add(row)
            return NewToken(text=text, id=row.id, expires_at=row.expires_at)

        return self._core.store.write(actor.school_id, made)

    def list(self, actor: Actor, person_id: str | None = None) -> tuple[TokenAnswer, ...]:
        """All tokens of the school, or those of one person, the oldest first."""
        require("tokens", actor)

        def found(work: Work) -> tuple[TokenAnswer, ...]:
            rows = work.find(TokenRow, order=("created_at", "id"))
            return tuple(_answer(row) for row in rows if person_id in (None, row.person))

        return self._core.store.read(actor.school_id, found)

    def revoke(self, actor: Actor, token_id: str) -> None:
        """Take a token back for good; once more changes nothing. Raises `NotFoundError`."""
        require("tokens", actor)

        def revoked(work: Work) -> None:
            row = work.get(TokenRow, id=token_id)
            if row is None:
                raise NotFoundError("token", token_id)
            if row.revoked_at is None:
                row.revoked_at = self._core.now_text()
                work.put(row)

        self._core.store.write(actor.school_id, revoked)

    def authenticate(self, token_text: str) -> Actor | None:
        """Whoever the token stands for, with what they hold today.

        `None` for a token that is unknown, expired or revoked, and for a person who is disabled
        or was erased. Costs the same however many tokens there are; what is looked up is a hash,
        so that the time it takes tells nothing of other tokens.
        """
        row = self._core.store.token(digest_of(token_text))
        if row is None or row.revoked_at is not None or row.expires_at <= self._core.now_text():
            return None
        view = self._core.view(row.school_id)
        person = view.person_of.get(row.person)
        if person is None or not person.enabled:
            return None
        return actor_of(self._core, view, row.person, "api")


def actor_of(
    core: Core, view: SchoolView, person_id: str, via: str, *, only_cycle: str | None = None
) -> Actor:
    """A person as somebody who asks now, perhaps of one cycle only; raises `NotFoundError`."""
    person = view.person_of.get(person_id)
    if person is None:
        raise NotFoundError("person", person_id)
    return Actor(
        school_id=view.school_id,
        person=person.id,
        pseudonym=person.pseudonym,
        via=via,
        guest=person.guest,
        roles=view.directory.roles_of(person.pseudonym, view.today(core.now())),
        only_cycle=only_cycle,
    )


def _answer(row: TokenRow) -> TokenAnswer:
    return TokenAnswer(
        id=row.id,
        person=row.person,
        label=row.label,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
