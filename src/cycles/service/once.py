"""Acting once: the answer to a request is kept under its key, in the transaction of its doing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from cycles.errors import ConflictError, IdempotencyError
from cycles.service.actors import Actor
from cycles.service.core import Core
from cycles.store import IdempotencyRow, Work

__all__ = ["Given", "once"]

A = TypeVar("A")
B = TypeVar("B")

#: How often a transaction is tried that lost against another with the same key.
_TRIES: Final = 3


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

    def run(work: Work) -> tuple[A, B | None]:
        known = work.get(IdempotencyRow, actor=actor.pseudonym, key=key)
        if known is not None:
            if known.request != given.request:
                told = "this key was used for another request"
                raise IdempotencyError(told, data={"reason": "reused"})
            return msgspec.json.decode(known.answer, type=kind), None
        row = IdempotencyRow(
            school_id=work.school_id,
            actor=actor.pseudonym,
            key=key,
            request=given.request,
            answer="",
            created_at=core.now_text(),
        )
        work.add(row)
        answer, rest = work_of(work)
        row.answer = msgspec.json.encode(answer).decode()
        work.put(row)
        return answer, rest

    for attempt in range(1, _TRIES + 1):
        try:
            return core.store.write(actor.school_id, run)
        except ConflictError:
            # Another sending of the same key may have been quicker: its answer is ours.
            if attempt == _TRIES or not _is_known(core, actor, key):
                raise
    raise IdempotencyError("still running", data={"reason": "running"})


def _is_known(core: Core, actor: Actor, key: str) -> bool:
    def known(work: Work) -> bool:
        return work.get(IdempotencyRow, actor=actor.pseudonym, key=key) is not None

    return core.store.read(actor.school_id, known)
