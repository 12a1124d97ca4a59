"""What filing, confirming, signing and revealing bring, and what a return makes void."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec.structs import replace

from cycles.engine.cycle import Cycle, Filing, Point, Voice
from cycles.engine.evolve.event import Event
from cycles.engine.evolve.feedback import heard

__all__ = ["confirm", "file", "reveal", "sign", "voided"]


def file(cycle: Cycle, event: Event) -> Cycle:
    """A filing, with its points and voices, instead of those that it supersedes."""
    data, filings = event.data, cycle.filings
    facts, gone = dict(data["facts"]), frozenset(data["supersedes"])
    if gone:
        facts = _folded(facts, [f for f in filings if f.id in gone])
        filings = tuple(replace(f, superseded=True) if f.id in gone else f for f in filings)
    filing = Filing(
        id=data["filing"],
        record=data["record"],
        person=event.for_ or event.actor,
        typed_by=event.actor,
        round=data["round"],
        seq=event.seq,
        at=event.at,
        facts=facts,
        digest=data["digest"],
        about=data["about"],
        late=data["late"],
        confirmed=event.for_ is None,
    )
    points = cycle.points
    if gone or data["points"] or data["voices"]:
        points = _points(cycle, filing, gone, data)
    return replace(cycle, filings=(*filings, filing), points=points)


def _folded(facts: dict[str, Any], before: list[Filing]) -> dict[str, Any]:
    """Attendance is sent as changes and folds: the last code of each person holds."""
    for old in before:
        for name, codes in old.facts.items():
            if isinstance(codes, dict):
                facts[name] = {**codes, **facts.get(name, {})}
    return facts


def _points(
    cycle: Cycle, filing: Filing, gone: frozenset[str], data: Mapping[str, Any]
) -> dict[str, Point]:
    """The points once the filing has raised, kept or dropped its own, and said what it saw."""
    sent = {raised["id"] for raised in data["points"]}
    points = {
        key: _without(p, gone, drop=p.filing in gone and key not in sent)
        for key, p in cycle.points.items()
    }
    for raised in data["points"]:
        kept = points.get(raised["id"])
        if kept is not None:
            points[kept.id] = replace(
                kept,
                filing=filing.id,
                digest=raised["digest"],
                counting=kept.counting or not filing.late,
            )
            continue
        points[raised["id"]] = Point(
            id=raised["id"],
            record=filing.record,
            field=raised["field"],
            filing=filing.id,
            round=filing.round,
            raised_by=filing.person,
            owner=raised["owner"],
            digest=raised["digest"],
            counting=not filing.late,
        )
    for key, outcome in data["voices"].items():
        voice = Voice(person=filing.person, outcome=outcome, round=cycle.round, filing=filing.id)
        points[key] = heard(points[key], voice)
    return points


def voided(cycle: Cycle, records: Collection[str]) -> Cycle:
    """What was filed of the records in this round stands no more, nor do its points and voices."""
    gone = {
        f.id for f in cycle.filings if f.record in records and f.round == cycle.round and f.current
    }
    if not gone:
        return cycle
    return replace(
        cycle,
        filings=tuple(replace(f, voided=True) if f.id in gone else f for f in cycle.filings),
        points={key: _without(p, gone, drop=p.filing in gone) for key, p in cycle.points.items()},
    )


def _without(point: Point, filings: Collection[str], *, drop: bool) -> Point:
    """The point without the voices of these filings, which stand no more; `drop`: nor does it."""
    voices = tuple(v for v in point.voices if v.filing not in filings)
    if not drop and len(voices) == len(point.voices):
        return point
    return replace(point, voices=voices, counting=point.counting and not drop)


def confirm(cycle: Cycle, event: Event) -> Cycle:
    """The person for whom it was typed says that it is right."""
    meant = event.data["filing"]
    filings = tuple(replace(f, confirmed=True) if f.id == meant else f for f in cycle.filings)
    return replace(cycle, filings=filings)


def sign(cycle: Cycle, event: Event) -> Cycle:
    """One more signature under each filing meant."""
    meant, by = set(event.data["filings"]), event.actor
    filings = tuple(
        replace(f, signed=(*f.signed, by)) if f.id in meant and by not in f.signed else f
        for f in cycle.filings
    )
    return replace(cycle, filings=filings)


def reveal(cycle: Cycle, event: Event) -> Cycle:
    """The record's filings of this round are shown."""
    return replace(cycle, revealed=cycle.revealed | {(event.data["record"], cycle.round)})
