"""What the web needs to know before it knows anything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

__all__ = ["Actor", "Gate"]


class Actor(Protocol):
    """Who asks; the ids go into the log line of the request."""

    @property
    def school_id(self) -> str:
        """The school that the token belongs to."""
        ...

    @property
    def pseudonym(self) -> str:
        """What the log calls whoever asks."""
        ...


class Gate(Protocol):
    """Knows tokens, and whether the programme can work."""

    def authenticate(self, token: str) -> Actor | None:
        """Who the token stands for today; `None` if nobody."""
        ...

    def health(self) -> Mapping[str, str]:
        """What the store says of itself; raises `StoreUnavailableError` if it cannot work."""
        ...
