"""Answers that are kept for as long as what was asked about cannot change."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

__all__ = ["remembered"]

P = ParamSpec("P")
T = TypeVar("T")


class Remembering(Protocol):
    """Something immutable with room for answers."""

    @property
    def memory(self) -> dict[Any, Any]:
        """Question → answer."""
        ...


R = TypeVar("R", bound=Remembering)


def remembered(ask: Callable[Concatenate[R, P], T]) -> Callable[Concatenate[R, P], T]:
    """A question about its first argument, answered once; the others are hashed.

    Guards, tasks and rights ask the same few things of the same people many times over.
    """
    question = ask.__qualname__

    @wraps(ask)
    def asked(of: R, /, *args: P.args, **named: P.kwargs) -> T:
        key = (question, *args, *named.values()) if named else (question, *args)
        memory = of.memory
        found: T = memory.get(key, memory)  # itself, where nothing is known: no answer is that
        if found is memory:
            found = memory[key] = ask(of, *args, **named)
        return found

    return asked
