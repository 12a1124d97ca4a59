"""What was filed and said in a cycle, as its pages tell it."""

from __future__ import annotations

from collections.abc import Iterator

from cycles.service.answers import PointAnswer, RecordAnswer
from cycles.service.lives import before_and_after
from cycles_api.pages.frame import times
from cycles_api.pages.told.choosing import text_of
from cycles_api.pages.told.contexts import Filed, Part, PointTold, Round
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.values import parts
from cycles_api.wording.acts import DISPOSITIONS as ANSWERS

__all__ = ["filed", "filed_now", "rounds"]


def rounds(told: CycleTold) -> Iterator[Round]:
    """Records and points, the newest round first."""
    for number in range(told.line.round, 0, -1):
        records = [filed(told, r) for r in told.found.records if r.round == number]
        points = [
            _point(told, p)
            for p in told.found.points
            if p.round == number and p.merged_into is None
        ]
        if records or points:
            title = told.tell("round", round=number)
            yield Round(title=title, filed=tuple(reversed(records)), points=tuple(points))


def filed_now(told: CycleTold, record: str) -> tuple[Filed, ...]:
    """The versions of a record that stand."""
    there = [r for r in told.found.records if r.record == record]
    return tuple(filed(told, r) for r in there if not r.superseded and not r.voided)


def filed(told: CycleTold, record: RecordAnswer) -> Filed:
    """One version of a record."""
    kind = told.workflow.records[record.record]
    typed = ""
    if record.typed_by != record.person:
        by, who = told.name(record.typed_by), told.name(record.person)
        typed = told.tell("for", typed_by=by, person=who)
    claimed = record.occurred_on
    if record.fields is None:
        inside: tuple[Part, ...] = (Part(label="", lines=(told.tell("erased"),)),)
    else:
        inside = tuple(parts(told, kind.form, record.fields))
    return Filed(
        id=record.id,
        title=told.speaker.record(record.record),
        who=told.name(record.person),
        when=told.moment(record.filed_at),
        claimed=times.day(claimed, told.language, told.today) if claimed else "",
        typed=typed,
        late=record.late,
        old=record.superseded or record.voided,
        unconfirmed=not record.confirmed,
        parts=inside,
        beside=_beside(told, record),
    )


def _beside(told: CycleTold, record: RecordAnswer) -> str:
    """The page with this version and the one whose place it took; empty where there was none."""
    kind = told.workflow.records[record.record]
    both = before_and_after(kind, told.found.records, record)
    if both is None:
        return ""
    old, new = (version.number for version in both)
    return f"{told.to}/versions/{record.record}?old={old}&new={new}"


def _point(told: CycleTold, point: PointAnswer) -> PointTold:
    answer = ANSWERS[point.disposition].in_language(told.language) if point.disposition else ""
    seen = tuple(
        f"{told.name(who)}:{told.asked.words.get(outcome, outcome)}"
        for who, outcome, _ in point.voices
    )
    return PointTold(
        text=text_of(point) or told.tell("erased"),
        kind=told.speaker.field(f"{point.record}.{point.field}"),
        raised=told.name(point.raised_by),
        answer=answer,
        reason=point.reason or "",
        seen=seen,
        open=point.open,
    )
