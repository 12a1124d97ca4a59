"""The life of a suggestion: raised → answered → in which version → seen again or not.

Pure: from what somebody may read of a cycle and its log. Which version an answer went into is
said by nobody; it follows from the order of things: the versions that were filed in the round of
the answer, after the point had been raised, of the records that had to change with the answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cycles.service.answers import CycleAnswer, EntryAnswer, PointAnswer, RecordAnswer
from cycles.workflow.definition import RecordKind, Workflow
from cycles.workflow.version import every_guard

__all__ = [
    "Life",
    "LifeStep",
    "Version",
    "before_and_after",
    "lives_of",
    "revised_with",
    "versions_of",
]

StepKind = Literal["raised", "merged", "answered", "revised", "looked"]
_TAKEN = ("adopted", "partly")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a record; numbers count from 1, in the order of filing."""

    number: int
    record: RecordAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeStep:
    """One thing that happened to a point.

    Attributes:
        kind: What happened.
        seq: The entry that says so.
        at: When that was recorded, in UTC.
        by: Who did it, as a person id.
        word: The answer or the outcome; empty where there is none, or it may not be read.
        reason: Why it was answered so.
        record: The filing that raised it, or the version that it went into.
        number: That version's number.
    """

    kind: StepKind
    seq: int
    at: str
    by: str
    word: str = ""
    reason: str = ""
    record: RecordAnswer | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A point that is part of no other, with what happened to it, oldest first."""

    point: PointAnswer
    steps: tuple[LifeStep, ...]

    def versions_of(self, kind: str) -> tuple[int, ...]:
        """The versions of a kind of record that it went into."""
        revised = (s for s in self.steps if s.kind == "revised" and s.record is not None)
        return tuple(s.number for s in revised if s.record and s.record.record == kind)


def versions_of(records: Iterable[RecordAnswer], kind: str) -> tuple[Version, ...]:
    """All versions of a kind of record that the asker may read, in the order of filing."""
    filed = sorted((r for r in records if r.record == kind), key=lambda r: r.seq)
    return tuple(Version(number=n, record=r) for n, r in enumerate(filed, 1))


def before_and_after(
    kind: RecordKind, records: Iterable[RecordAnswer], record: RecordAnswer
) -> tuple[Version, Version] | None:
    """The version whose place a record took, and itself; `None` where it took nobody's place."""
    if "filing" in kind.one_per or any(f.type == "attendance" for f in kind.form.values()):
        return None
    before: Version | None = None
    for version in versions_of(records, record.record):
        there = version.record
        if there.id == record.id:
            return None if before is None else (before, version)
        same_person = "person" not in kind.one_per or there.person == record.person
        if same_person and ("round" not in kind.one_per or there.round == record.round):
            before = version
    return None


def revised_with(workflow: Workflow, points: str) -> tuple[str, ...]:
    """The records that have to change where the points of a record have to be answered."""
    found: dict[str, None] = {}
    for way in workflow.transitions.values():
        guards = list(every_guard(way.guards))
        if any(g.answered and g.answered.points == points for g in guards):
            found |= {g.changed.record: None for g in guards if g.changed}
    return tuple(found)


def lives_of(
    workflow: Workflow, found: CycleAnswer, entries: Iterable[EntryAnswer]
) -> tuple[Life, ...]:
    """The lives of all points that are part of no other, in the order in which they were raised."""
    log = list(entries)
    filed = {record.id: record for record in found.records}
    points = {point.id: point for point in found.points}
    return tuple(
        Life(point=point, steps=tuple(_steps(workflow, found, point, points, filed, log)))
        for point in sorted(found.points, key=lambda p: p.raised_seq)
        if point.merged_into is None
    )


def _steps(
    workflow: Workflow,
    found: CycleAnswer,
    point: PointAnswer,
    points: Mapping[str, PointAnswer],
    filed: Mapping[str, RecordAnswer],
    log: list[EntryAnswer],
) -> list[LifeStep]:
    by_seq = {entry.seq: entry for entry in log}
    sources = [points[p] for p in point.sources if p in points]
    steps = [_raised(p, by_seq, filed) for p in (point, *sources)]
    steps += _said(point.id, log)
    steps += _revised(workflow, found, point)
    return sorted((s for s in steps if s is not None), key=lambda s: s.seq)


def _raised(
    point: PointAnswer, by_seq: Mapping[int, EntryAnswer], filed: Mapping[str, RecordAnswer]
) -> LifeStep | None:
    entry = by_seq.get(point.raised_seq)
    if entry is None:
        return None
    return LifeStep(
        kind="raised",
        seq=entry.seq,
        at=entry.at,
        by=point.raised_by,
        record=filed.get(point.filing),
    )


def _said(point: str, log: Iterable[EntryAnswer]) -> Iterator[LifeStep]:
    """What entries of their own say of the point: merged, answered, looked for."""
    for entry in log:
        data: Mapping[str, Any] = entry.data
        by = entry.for_ or entry.actor
        if entry.act == "merge" and data.get("into") == point:
            yield LifeStep(kind="merged", seq=entry.seq, at=entry.at, by=by)
        elif entry.act == "answer" and data.get("point") == point:
            reason = str((entry.payload or {}).get("reason") or "")
            word = str(data.get("disposition", ""))
            yield LifeStep(
                kind="answered", seq=entry.seq, at=entry.at, by=by, word=word, reason=reason
            )
        elif entry.act == "verify" and data.get("point") == point:
            word = str(data.get("outcome", ""))
            yield LifeStep(kind="looked", seq=entry.seq, at=entry.at, by=by, word=word)
        elif entry.act == "file" and point in (data.get("voices") or {}):
            word = str(data["voices"][point])
            yield LifeStep(kind="looked", seq=entry.seq, at=entry.at, by=by, word=word)


def _revised(workflow: Workflow, found: CycleAnswer, point: PointAnswer) -> Iterator[LifeStep]:
    """The versions that an adopted point went into."""
    if point.disposition not in _TAKEN:
        return
    for kind in revised_with(workflow, point.record):
        for version in versions_of(found.records, kind):
            record = version.record
            if record.round == point.answered_round and record.seq > point.raised_seq:
                yield LifeStep(
                    kind="revised",
                    seq=record.seq,
                    at=record.filed_at,
                    by=record.person,
                    record=record,
                    number=version.number,
                )
