"""What was filed in a cycle, and the points it raised, as answers say them."""

from __future__ import annotations

from typing import Any

import msgspec

from cycles.engine.access import voices_for
from cycles.engine.cycle import Filing, Point
from cycles.engine.guards import outcome_of, wants_answer
from cycles.engine.people import People
from cycles.ledger import instant_text
from cycles.service.answers import PointAnswer, RecordAnswer
from cycles.store import Payload

__all__ = ["content_of", "point_told", "record_told"]


def content_of(payload: Payload) -> dict[str, Any]:
    """What a payload says."""
    plain: dict[str, Any] = msgspec.json.decode(payload.content)
    return plain


def record_told(filing: Filing, content: dict[str, Any] | None) -> RecordAnswer:
    """A filing; `content` is `None` once it is erased."""
    return RecordAnswer(
        id=filing.id,
        record=filing.record,
        person=filing.person,
        typed_by=filing.typed_by,
        round=filing.round,
        seq=filing.seq,
        filed_at=instant_text(filing.at),
        occurred_on=content.get("occurred_on") if content else None,
        about=filing.about,
        late=filing.late,
        superseded=filing.superseded,
        voided=filing.voided,
        confirmed=filing.confirmed,
        signed=filing.signed,
        fields=content.get("fields") if content else None,
    )


def point_told(
    people: People,
    by: str,
    point: Point,
    kept: dict[int, dict[str, Any]],
    raising: dict[str, int],
) -> PointAnswer:
    """A point as somebody hears of it.

    Args:
        people: Those of its cycle.
        by: Pseudonym of who hears of it.
        point: The point.
        kept: What the entries say that may be read, by their numbers.
        raising: The number of the entry of each filing.
    """
    said = kept.get(raising[point.filing], {}).get("fields", {}).get(point.field, ())
    answer = kept.get(point.answered_seq, {}) if point.answered_seq else {}
    others = people.cycle.points.values()
    voices = voices_for(people, by, point)
    as_heard = msgspec.structs.replace(point, voices=voices)
    return PointAnswer(
        id=point.id,
        record=point.record,
        field=point.field,
        filing=point.filing,
        round=point.round,
        raised_by=point.raised_by,
        owner=people.owner_of(point),
        content=next((item for item in said if item.get("id") == point.id), None),
        counting=point.counting,
        merged_into=point.merged_into,
        sources=tuple(p.id for p in others if p.merged_into == point.id),
        disposition=point.disposition,
        reason=answer.get("reason"),
        answered_round=point.answered_round,
        voices=tuple((v.person, v.outcome, v.round) for v in voices),
        open=wants_answer(as_heard, point.record, people.cycle),
        outcome=outcome_of(as_heard, people.cycle),
        raised_seq=raising[point.filing],
        answered_seq=point.answered_seq,
    )
