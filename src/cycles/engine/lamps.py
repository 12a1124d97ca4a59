"""The five lamps of a cycle (五有), worked out from what is linked in it; never typed.

The school's plan asks of all teaching research that it be 有计划 有总结 有反馈 有整改 有实效:
planned, summed up, with feedback, with something put right, with an effect. DESIGN §2.7 says what
the last three are: a weakness or hope said is feedback, it must be answered, and later verified.
So a lamp is lit by records, answers and voices that are there, and says what is missing if not.

A lamp tells everybody the same and nobody more than they may know: feedback that is still hidden
is counted nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, Literal

from msgspec import Struct, structs

from cycles.engine.cycle import Cycle, Filing, Point
from cycles.engine.guards import outcome_of, to_be_looked_for, wants_answer
from cycles.engine.reveal import is_revealed
from cycles.workflow.definition import FormField, Transition
from cycles.workflow.version import Version, every_guard

__all__ = ["LAMPS", "Lamp", "LampState", "lamps_of"]

LampName = Literal["plan", "summary", "feedback", "rectification", "effect"]
#: `none`: this cycle has no such thing to show, by its workflow or by what came up in it.
LampState = Literal["lit", "missing", "none"]

#: In the order in which the plan names them.
LAMPS: Final[tuple[LampName, ...]] = ("plan", "summary", "feedback", "rectification", "effect")

_ADOPTED: Final = ("adopted", "partly")


class Lamp(Struct, frozen=True, kw_only=True):
    """One of the five, and why it is lit or not: a code with its data, as verdicts have them."""

    name: LampName
    state: LampState
    code: str
    data: Mapping[str, Any]


def lamps_of(version: Version, cycle: Cycle) -> tuple[Lamp, ...]:
    """The five lamps of a cycle, in the order of `LAMPS`; the same whoever asks, and whenever."""
    heard = _feedback(version, cycle)
    points = _Points(version, cycle)
    return (
        _records("plan", _asks(version).plan, cycle),
        _records("summary", _asks(version).summary, cycle),
        heard,
        _rectification(version, cycle, points, heard),
        _effect(version, cycle, points, heard),
    )


class _Asks(Struct, frozen=True):
    """What a workflow asks for, by lamp: record kinds in the order of its file.

    Attributes:
        plan: What is asked for before a cycle sets out, what is signed, and what is revised.
        summary: What is asked for at its end.
        feedback: What has points that a guard wants answered.
        revised: What must have changed after feedback.
    """

    plan: tuple[str, ...]
    summary: tuple[str, ...]
    feedback: tuple[str, ...]
    revised: tuple[str, ...]


@lru_cache(maxsize=500)
def _asks(version: Version) -> _Asks:
    workflow = version.workflow
    ways = [way for way in workflow.transitions.values() if not way.side]
    guards = [g for way in ways for g in every_guard(way.guards)]
    first = set(_filed([w for w in ways if workflow.start in w.from_]))
    last = set(_filed([w for w in ways if w.to in version.final_states]))
    signed = {g.consent.to for g in guards if g.consent}
    revised = {g.changed.record for g in guards if g.changed}
    points = {g.answered.points for g in guards if g.answered}
    # What tells of a day that was is no plan: the note of a visit is asked for first, too.
    plans = {r for r in first | signed | revised if not _tells_of_what_was(version, r)}
    return _Asks(
        plan=tuple(r for r in workflow.records if r in plans),
        summary=tuple(r for r in workflow.records if r in last - plans - points),
        feedback=tuple(r for r in workflow.records if r in points),
        revised=tuple(r for r in workflow.records if r in revised),
    )


def _filed(ways: list[Transition]) -> Iterator[str]:
    """The records that these ways on ask for."""
    return (g.filed.record for way in ways for g in every_guard(way.guards) if g.filed)


def _tells_of_what_was(version: Version, record: str) -> bool:
    def past(field: FormField) -> bool:
        return field.type in ("timed_notes", "attendance") or (
            field.type == "date" and not field.future
        )

    return any(past(field) for field in version.workflow.records[record].form.values())


def _records(name: LampName, wanted: tuple[str, ...], cycle: Cycle) -> Lamp:
    """Lit when each of these records is filed and stands."""
    if not wanted:
        return _lamp(name, "none", "not_asked")
    there = {f.record for f in cycle.filings if f.current}
    missing = [record for record in wanted if record not in there]
    if missing:
        return _lamp(name, "missing", "not_filed", record=missing)
    return _lamp(name, "lit", "filed", record=list(wanted))


def _feedback(version: Version, cycle: Cycle) -> Lamp:
    """Lit when colleagues were heard in each round that has come to where they are heard."""
    kinds = _asks(version).feedback
    if not kinds:
        return _lamp("feedback", "none", "not_asked")
    current = [f for f in cycle.filings if f.current and f.record in kinds]
    silent = sorted({r for kind in kinds for r in _silent(version, cycle, kind, current)})
    if silent and current:
        return _lamp("feedback", "missing", "round_unheard", record=list(kinds), round=silent)
    if not current:
        return _lamp("feedback", "missing", "not_filed", record=list(kinds))
    return _lamp("feedback", "lit", "heard", record=list(kinds), count=len(current))


def _silent(version: Version, cycle: Cycle, kind: str, current: list[Filing]) -> Iterator[int]:
    """The rounds that have come to where the record is asked for, and have none of it."""
    asked_in = {
        state
        for way in version.workflow.transitions.values()
        if not way.side and kind in _filed([way])
        for state in way.from_
    }
    by_round = "round" in version.workflow.records[kind].one_per
    heard = {f.round for f in current if f.record == kind}
    if heard and not by_round:
        return
    yield from {v.round for v in cycle.visits if v.state in asked_in} - heard


class _Points:
    """The points that count and that everybody may know of.

    Attributes:
        shown: They.
        hidden: Whether there are more, still kept from somebody.
    """

    def __init__(self, version: Version, cycle: Cycle) -> None:
        kept = {f.id for f in cycle.filings if not is_revealed(version, cycle, f)}
        # Of whatever record: where no guard wants points answered, the workflow is not taken.
        counting = [p for p in cycle.points.values() if p.counting and p.merged_into is None]
        self.hidden = any(p.filing in kept for p in counting)
        # A voice in a filing that is still hidden is as hidden.
        self.shown = [_without_voices(p, kept) for p in counting if p.filing not in kept]
        self.adopted = [p for p in self.shown if p.disposition in _ADOPTED]


def _without_voices(point: Point, kept: set[str]) -> Point:
    if not kept or not any(v.filing in kept for v in point.voices):
        return point
    return structs.replace(point, voices=tuple(v for v in point.voices if v.filing not in kept))


def _rectification(version: Version, cycle: Cycle, points: _Points, heard: Lamp) -> Lamp:
    """Lit when every point has its answer, and the plan has changed where one was adopted."""
    name: LampName = "rectification"
    if heard.state == "none":
        return _lamp(name, "none", "not_asked")
    if points.hidden or not (points.shown or heard.state == "lit"):
        return _lamp(name, "missing", "feedback_first")
    unanswered = [p for p in points.shown if wants_answer(p, p.record, cycle)]
    if unanswered:
        return _lamp(name, "missing", "points_open", open=len(unanswered))
    if not points.shown:
        return _lamp(name, "none", "nothing_to_put_right")
    same = [r for r in _asks(version).revised if not _revised(cycle, r, points.adopted)]
    if same:
        return _lamp(name, "missing", "not_revised", record=same)
    answered, adopted = len(points.shown), len(points.adopted)
    return _lamp(name, "lit", "answered", count=answered, adopted=adopted)


def _revised(cycle: Cycle, record: str, adopted: list[Point]) -> bool:
    """Whether a version with another content came after each point that was adopted."""
    said = {f.id: f.seq for f in cycle.filings}
    versions = [f for f in cycle.filings if f.record == record and not f.voided]
    for point in adopted:
        before = [f.digest for f in versions if f.seq < said[point.filing]][-1:]
        after = [f.digest for f in versions if f.seq > said[point.filing]]
        if not set(after) - set(before):
            return False
    return True


def _effect(version: Version, cycle: Cycle, points: _Points, heard: Lamp) -> Lamp:
    """Lit when all that could be looked for was, and some of it was seen to work."""
    name: LampName = "effect"
    places = _looked_for_in(version)
    if heard.state == "none" or not places:
        return _lamp(name, "none", "not_asked")
    unanswered = points.hidden or any(p.disposition is None for p in points.shown)
    if not points.adopted:
        if unanswered or heard.state == "missing":
            return _lamp(name, "missing", "rectification_first")
        return _lamp(name, "none", "nothing_adopted")
    visible = [p for p in points.adopted if any(to_be_looked_for(cycle, p, at) for at in places)]
    if not visible:
        return _lamp(name, "missing", "not_seen_again")
    unheard = [p for p in visible if not p.heard]
    if unheard:
        return _lamp(name, "missing", "not_looked_for", open=len(unheard))
    worked = sum(outcome_of(p, cycle) == "worked" for p in visible)
    if not worked:
        return _lamp(name, "missing", "not_yet", count=len(visible))
    return _lamp(name, "lit", "worked", worked=worked, count=len(visible))


@lru_cache(maxsize=500)
def _looked_for_in(version: Version) -> tuple[str | None, ...]:
    """The states in which adopted points may be seen again; `None`: any later round."""
    kinds = _asks(version).feedback
    guards = [g for kind in kinds for g in version.verified_guards.get(kind, ())]
    asked = [g.verified.seen_in for g in guards if g.verified]
    if not asked and version.workflow.rounds.max > 1:
        return (None,)
    return tuple(asked)


def _lamp(name: LampName, state: LampState, code: str, **data: Any) -> Lamp:
    return Lamp(name=name, state=state, code=code, data=data)
