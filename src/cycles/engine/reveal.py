"""When a hidden record is shown: one's own eyes first, then everybody's (LANGUAGE `reveal`)."""

from __future__ import annotations

from itertools import pairwise

from cycles.engine.cycle import Cycle, Filing
from cycles.engine.people import People
from cycles.workflow.version import Version

__all__ = ["is_hidden", "is_revealed"]


def is_hidden(people: People, person: str, filing: Filing) -> bool:
    """Whether the filing is still kept from the person; never from whose it is or who typed it.

    Fellows see it once their own is in; all others once it was revealed, or its round has come to
    the rule's state or has ended. A cycle that is broken off shows nothing more.
    """
    there = people.real
    rule = there.version.workflow.records[filing.record].reveal
    if rule is None or person in (filing.person, filing.typed_by):
        return False
    if is_revealed(there.version, there.cycle, filing):
        return False
    own = (f for f in there.cycle.filings if f.record == filing.record and f.person == person)
    return not (rule.own and any(_beside(there, f, filing) for f in own))


def is_revealed(version: Version, cycle: Cycle, filing: Filing) -> bool:
    """Whether the filing is kept from nobody any more who may read it at all."""
    rule = version.workflow.records[filing.record].reveal
    if rule is None or (filing.record, filing.round) in cycle.revealed:
        return True
    been, states = cycle.entered_in(filing.round), version.workflow.states
    over = filing.round < cycle.round or any(states[s].final for s in been if s in states)
    return over or rule.from_ in been


def _beside(people: People, own: Filing, other: Filing) -> bool:
    """Whether the two stood beside each other; what was made void shows nothing of what is new."""
    if own.round != other.round and "round" in people.version.workflow.records[own.record].one_per:
        return False
    first, last = sorted((own, other), key=lambda f: f.seq)
    return first.current or not any(
        first.seq <= seq < last.seq for seq in _voided_at(people, first.record, first.round)
    )


def _voided_at(people: People, record: str, round_no: int) -> list[int]:
    """The entries whose transition made the round's filings of the record void."""
    visits, ways = people.cycle.visits, people.version.leaving
    return [
        after.seq
        for before, after in pairwise(visits)
        if before.round == round_no
        and any(
            way.to == after.state and record in way.voids for _, way in ways.get(before.state, ())
        )
    ]
