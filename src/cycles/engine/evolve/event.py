"""The clear part of one entry, as far as the cycle is concerned (DESIGN §8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

__all__ = ["Event"]


class Event(Struct, frozen=True, kw_only=True):
    """What happened to a cycle, without texts and names."""

    cycle: str
    definition_id: str
    seq: int
    act: str
    from_: str | None
    to: str
    fired: str | None
    round: int
    #: Server time in UTC.
    at: datetime
    actor: str
    for_: str | None
    role: str | None
    guards: Mapping[str, str]
    data: Mapping[str, Any]
