"""What a form asks of a cycle, done once under the form's key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from cycles.engine.commands import Command
from cycles.errors import FieldFault, InvalidInputError, PreconditionMissingError
from cycles.service import Actor, Given
from cycles_api.assembly import Service
from cycles_api.logs import note
from cycles_api.pages.frame.sending import Sent

__all__ = ["act", "shown_revision"]

#: What one path takes.
_AT_ONCE: Final = 10


def act(
    service: Service,
    actor: Actor,
    cycle_id: str,
    sent: Sent,
    commands: Sequence[Command],
    *,
    seen: bool = False,
    asked: Sequence[Command] = (),
) -> None:
    """Do it under the form's key; `seen`: only if the cycle is still as it was shown.

    What takes the place of something is done only then, too; what is new needs no such care.
    `asked`: what the form said, where `commands` say more: the key stands for that alone.
    The draft that the form was written from is thrown away.
    """
    if not commands:
        raise InvalidInputError([FieldFault(field="disposition", code="required", data={})])
    revision = shown_revision(sent)
    for number, start in enumerate(range(0, len(commands), _AT_ONCE)):
        part = commands[start : start + _AT_ONCE]
        said = (asked or commands)[start : start + _AT_ONCE]
        given = Given(
            revision=revision if seen else None,
            key=f"{sent.text('key')[:100]}-{number}",
            request=hashlib.sha256(f"{cycle_id} {said!r}".encode()).hexdigest(),
        )
        try:
            receipt = service.acting.act(actor, cycle_id, part, given)
        except PreconditionMissingError:
            known = Given(revision=revision, key=given.key, request=given.request)
            receipt = service.acting.act(actor, cycle_id, part, known)
        note(
            cycle=receipt.cycle,
            act=" ".join(receipt.acts),
            revision=receipt.revision,
            replayed=receipt.replayed,
        )
    service.drafts.forget(actor, sent.text("draft"), sent.text("draft_version"))


def shown_revision(sent: Sent) -> int:
    """The revision that the form's page showed; 0 where it says none."""
    shown = sent.text("revision")
    return int(shown) if shown.isdecimal() and len(shown) < 16 else 0
