"""One cycle as the engine sees it: a value, rebuilt from its log entries alone.

People are pseudonyms (`p_…`) throughout; no free text and no name is here, so that the value is
the same after every erasure. `seq` counts the cycle's entries from 1.

These values are structs of msgspec, which are made and changed (`msgspec.structs.replace`) in a
tenth of the time that dataclasses take: a replay does little else. Those of which a cycle has many
are written as arrays: a snapshot of a whole cycle goes to the disk with every command.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct

__all__ = [
    "Cycle",
    "Excuse",
    "Filing",
    "Point",
    "Substitution",
    "Visit",
    "Voice",
    "Waiver",
]


class Visit(Struct, frozen=True, kw_only=True, array_like=True):
    """One stay in a state."""

    number: int
    state: str
    round: int
    #: The entry that began it, and its server time in UTC.
    seq: int
    at: datetime


class Filing(Struct, frozen=True, kw_only=True, array_like=True):
    """One version of a record, as far as the log has it in clear."""

    id: str
    record: str
    #: For whom it counts, and who typed it (differs in 代录).
    person: str
    typed_by: str
    round: int
    seq: int
    at: datetime
    #: Facts by field name; attendance as {person: code}.
    facts: Mapping[str, Any]
    digest: str
    about: str | None = None
    #: Filed when its round had left the states for it: shown as 迟交, counted in nothing closed.
    late: bool = False
    superseded: bool = False
    voided: bool = False
    #: False while the person for whom another typed has not confirmed it.
    confirmed: bool = True
    #: Who signed this version.
    signed: tuple[str, ...] = ()

    @property
    def current(self) -> bool:
        """Neither superseded nor void."""
        return not (self.superseded or self.voided)


class Voice(Struct, frozen=True, kw_only=True, array_like=True):
    """One verification: whether a point was seen to work, by whom, in which round."""

    person: str
    outcome: str
    round: int
    #: The filing that said so in a `verify` field: it counts no longer than that one.
    filing: str | None = None


class Point(Struct, frozen=True, kw_only=True, array_like=True):
    """A feedback point: raised → answered → verified."""

    id: str
    record: str
    field: str
    filing: str
    round: int
    raised_by: str
    owner: str
    #: Of the item's text or columns: an answered item can be neither dropped nor reworded.
    digest: str
    #: False for points of late, dropped or void filings: answer if you wish.
    counting: bool = True
    merged_into: str | None = None
    disposition: str | None = None
    answered_round: int | None = None
    #: The entry of the answer that stands: its payload has the reason.
    answered_seq: int | None = None
    #: Everybody's last word of each round; those since the last answer count (`heard`).
    voices: tuple[Voice, ...] = ()

    @property
    def heard(self) -> tuple[Voice, ...]:
        """The voices on the answer that stands."""
        if not self.voices:
            return ()
        since = self.answered_round or 0
        return tuple(v for v in self.voices if v.round > since)


class Waiver(Struct, frozen=True, kw_only=True, array_like=True):
    """A guard waived for one visit, wherever its id and content recur."""

    guard: str
    content: str
    visit: int
    by: str


class Excuse(Struct, frozen=True, kw_only=True, array_like=True):
    """A person excused from `since` to `until`, both included."""

    person: str
    since: date
    until: date


class Substitution(Struct, frozen=True, kw_only=True, array_like=True):
    """`person`'s part in `role` is taken by `to` from `since` to `until`, both included."""

    role: str
    person: str
    to: str
    since: date
    until: date


class Cycle(Struct, frozen=True, kw_only=True):
    """Where one cycle stands."""

    id: str
    definition_id: str
    group: str
    opener: str
    zone: str
    revision: int
    state: str
    #: The state to resume or reopen to; `None` while the cycle runs.
    held: str | None = None
    round: int = 1
    #: Oldest first, never empty; the last one is the present stay.
    visits: tuple[Visit, ...]
    roles: Mapping[str, tuple[str, ...]]
    subject: Mapping[str, Any]
    filings: tuple[Filing, ...] = ()
    points: Mapping[str, Point]
    waivers: tuple[Waiver, ...] = ()
    excuses: tuple[Excuse, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    #: (record, round) that `reveal.by` has shown.
    revealed: frozenset[tuple[str, int]] = frozenset()
    #: Who proposed to reopen, while no second has confirmed.
    reopening: str | None = None

    @property
    def visit(self) -> Visit:
        """The present stay."""
        return self.visits[-1]

    @property
    def before_the_end(self) -> str:
        """The state last left: where a cycle that has ended is reopened."""
        return self.held or self.visits[-2].state

    def rounds_entered(self, state: str) -> frozenset[int]:
        """The rounds that have been in the state."""
        return frozenset({v.round for v in self.visits if v.state == state})

    def entered_in(self, round_no: int) -> frozenset[str]:
        """The states that the round has been in."""
        return frozenset({v.state for v in self.visits if v.round == round_no})
