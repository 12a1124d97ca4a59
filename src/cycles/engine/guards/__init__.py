"""Guards: each kind one function from its parameters and the cycle to a verdict."""

from cycles.engine.guards.case import Case
from cycles.engine.guards.judging import content_of, judge, verdicts_of
from cycles.engine.guards.points import (
    answerers,
    outcome_of,
    to_be_looked_for,
    verifiers,
    wants_answer,
)
from cycles.engine.guards.waiting import linked_cycles

__all__ = [
    "Case",
    "answerers",
    "content_of",
    "judge",
    "linked_cycles",
    "outcome_of",
    "to_be_looked_for",
    "verdicts_of",
    "verifiers",
    "wants_answer",
]
