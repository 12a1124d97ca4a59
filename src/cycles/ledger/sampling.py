"""Samples that anybody can draw again by hand: order by a hash, take the first.

Each candidate has its place: the SHA-256, in hex, of `<seed>:<id>`. The sample is the so many
candidates whose places come first. Nobody who does not choose the seed can choose the sample, it
needs no generator of random numbers, and one candidate's place is checked with one command:
`printf '%s' 'SEED:ID' | sha256sum`.
"""

from __future__ import annotations

import heapq
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cycles.errors import FieldFault, InvalidInputError

__all__ = ["MAX_SAMPLE", "SEED", "Drawn", "Sample", "draw", "place_of"]

MAX_SAMPLE: Final = 200
#: What a seed may be: nothing that a keyboard, a shell or a sheet of paper could change.
SEED: Final = r"[A-Za-z0-9._-]{1,64}"
_SEED: Final = re.compile(SEED).fullmatch


@dataclass(frozen=True, slots=True)
class Drawn:
    """A candidate that was drawn, with its place in hex."""

    id: str
    place: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn, in the order of places, out of how many candidates."""

    drawn: tuple[Drawn, ...]
    count: int

    @property
    def digest(self) -> str:
        """Base64 SHA-256 of the ids in their order, each with a line break after it."""
        lines = "".join(f"{one.id}\n" for one in self.drawn)
        return b64encode(sha256(lines.encode()).digest()).decode()


def place_of(seed: str, id: str) -> str:
    """Where a candidate stands, in hex.

    >>> place_of("20261125", "cycle-1")[:16]
    '9c991c1239a1b44a'
    """
    return sha256(f"{seed}:{id}".encode()).hexdigest()


def draw(seed: str, size: int, ids: Iterable[str]) -> Sample:
    """The candidates that come first; memory holds no more than these.

    Raises `InvalidInputError` for a seed or size that cannot be.

    >>> [one.id for one in draw("20261125", 2, ["a", "b", "c", "d"]).drawn]
    ['c', 'd']
    """
    faults = [
        FieldFault(field=field, code=code, data={})
        for field, code, wrong in (
            ("seed", "wrong_type", _SEED(seed) is None),
            ("size", "too_small", size < 1),
            ("size", "too_large", size > MAX_SAMPLE),
        )
        if wrong
    ]
    if faults:
        raise InvalidInputError(faults)
    count, begun = 0, sha256(f"{seed}:".encode())

    def placed() -> Iterator[tuple[bytes, str]]:
        nonlocal count
        for id in ids:
            count += 1
            place = begun.copy()
            place.update(id.encode())
            yield place.digest(), id

    first = heapq.nsmallest(size, placed())
    return Sample(tuple(Drawn(id, place.hex()) for place, id in first), count)
