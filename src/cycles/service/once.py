"""Acting once: the answer to a request is kept under its key, in the transaction of its doing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from cycles.errors import CyclesError, IdempotencyError, StoreUnavailableError
from cycles.service.actors import Actor
from cycles.service.core import Core
from cycles.store import IdempotencyRow, Work

__all__ = ["Given", "once"]

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What comes with a command besides itself.

    Attributes:
        revision: The revision of the cycle that the sender has seen; `None`: not said.
        key: The idempotency key; `None` where nobody can send twice (command line, demo).
        request: SHA-256 in hex of what was sent, so that a key is used for one thing only.
    """

    revision: int | None = None
    key: str | None = None
    request: str = ""


def once(
    core: Core, actor: Actor, given: Given, kind: type[A], work_of: Callable[[Work], tuple[A, B]]
) -> tuple[A, B | None]:
    """Run it in one transaction, and only the first time that its key is seen.

    Args:
        core: The store.
        actor: Keys are each person's own.
        given: The key, and what it stands for.
        kind: The type of the answer, which is kept as JSON.
        work_of: What is to be done; its answer, and what only the first time is of use.

    Returns:
        The answer, and the rest; `None` for the rest where this was done before.

    Raises:
        IdempotencyError: the key was used for another request.
    """
    if given.key is None:
        return core.store.write(actor.school_id, work_of)
    key = hashlib.sha256(given.key.encode()).hexdigest()

    def run(work: Work) -> tuple[A, B]:
        answer, rest = work_of(work)
        row = IdempotencyRow(
            school_id=work.school_id,
            actor=actor.pseudonym,
            key=key,
            request=given.request,
            answer=msgspec.json.encode(answer).decode(),
            created_at=core.now_text(),
        )
        work.add(row)
        return answer, rest

    # A key is new nearly always, so it is not looked up first: the same key twice is refused
    # when it is written, and whatever a second sending is refused for, the first one answers.
    try:
        return core.store.write(actor.school_id, run)
    except CyclesError as error:
        try:
            known = core.store.read(actor.school_id, lambda work: _known(work, actor, key))
        except StoreUnavailableError:
            raise error from None  # it says more: the outcome may be unknown
        if known is None:
            raise
    if known.request != given.request:
        raise IdempotencyError("this key was used for another request", data={"reason": "reused"})
    return msgspec.json.decode(known.answer, type=kind), None


def _known(work: Work, actor: Actor, key: str) -> IdempotencyRow | None:
    return work.get(IdempotencyRow, actor=actor.pseudonym, key=key)
