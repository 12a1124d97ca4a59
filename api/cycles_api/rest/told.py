"""From the service's answers to what is sent: codes with their sentences, people with names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from cycles.engine.offers import Offer
from cycles.engine.tasks import Waiting as WaitingFor
from cycles.engine.verdicts import Task
from cycles.service.answers import (
    CycleAnswer,
    CycleLine,
    EntryAnswer,
    HistoryAnswer,
    PointAnswer,
    RecordAnswer,
    TaskAnswer,
    TransitionsAnswer,
    TrialAnswer,
)
from cycles.service.names import told_of
from cycles_api.problems import problem_of, task_plain, verdict_plain
from cycles_api.rest.sent import (
    CycleShape,
    Entry,
    Line,
    MyTask,
    Participant,
    Point,
    Record,
    TaskShape,
    TransitionShape,
    TransitionsShape,
    Trial,
    VerdictShape,
    Voice,
    Waiting,
)
from cycles_api.telling import speaker_of
from cycles_api.wording import Language, Speaker

__all__ = [
    "cycle_shape",
    "entry_shape",
    "line_shape",
    "my_task",
    "names_of",
    "record_shape",
    "transitions_shape",
    "trial_shape",
]


def line_shape(line: CycleLine, language: Language) -> Line:
    """A cycle in a list."""
    speaker = speaker_of(line.told, language)
    version = line.told.version
    return Line(
        id=line.id,
        workflow=line.workflow,
        workflow_title=version.workflow.title.in_language(language) if version else line.workflow,
        title=line.title or None,
        group=line.group,
        state=line.state,
        state_title=speaker.state(line.state),
        round=line.round,
        revision=line.revision,
        opened_at=line.opened_at,
        changed_at=line.changed_at,
        entered_at=line.entered_at,
        ended=line.ended,
    )


def href_of(cycle: str, task: Task) -> str:
    """The address where a task is done."""
    first, _, what = task.do.partition(":")
    here, item = f"/api/v1/cycles/{cycle}", task.items[0] if task.items else ""
    match first:
        case "file":
            return f"{here}/records"
        case "answer" | "verify" if item:
            return f"{here}/feedback/{item}/{first}"
        case "confirm" if item:
            return f"{here}/records/{item}/confirm"
        case "sign" | "reveal":
            return f"{here}/records/{what}/{first}"
        case "merge":
            return f"{here}/feedback/merge"
        case "open":
            return "/api/v1/cycles"
        case "waive" | "substitute" | "resume" | "reopen" | "lifecycle":
            return f"{here}/lifecycle"
    return f"{here}/transitions"


def _task(cycle: str, task: Task, speaker: Speaker, zone: str | None = None) -> TaskShape:
    """A task; with the zone of the school's clocks its sentence says until when."""
    plain = task_plain(task, speaker, now=datetime.now(UTC) if zone else None, zone=zone or "UTC")
    return msgspec.convert(
        {**plain, "person": task.person, "href": href_of(cycle, task)}, TaskShape
    )


def my_task(answer: TaskAnswer, language: Language) -> MyTask:
    """A next step, with its cycle."""
    speaker = speaker_of(answer.cycle.told, language)
    task = _task(answer.cycle.id, answer.task, speaker, answer.cycle.zone)
    return MyTask(
        **{name: getattr(task, name) for name in TaskShape.__struct_fields__},
        cycle=line_shape(answer.cycle, language),
    )


def _waiting(found: WaitingFor) -> Waiting:
    return Waiting(until=[d.isoformat() for d in found.until], cycles=list(found.cycles))


def record_shape(record: RecordAnswer, speaker: Speaker) -> Record:
    """One version of a record."""
    return Record(
        id=record.id,
        record=record.record,
        title=speaker.record(record.record),
        person=record.person,
        typed_by=record.typed_by,
        round=record.round,
        seq=record.seq,
        filed_at=record.filed_at,
        occurred_on=record.occurred_on,
        about=record.about,
        late=record.late,
        superseded=record.superseded,
        voided=record.voided,
        confirmed=record.confirmed,
        signed=list(record.signed),
        fields=None if record.fields is None else dict(record.fields),
        erased=record.fields is None,
    )


def _point(point: PointAnswer) -> Point:
    return Point(
        id=point.id,
        record=point.record,
        field=point.field,
        filing=point.filing,
        round=point.round,
        raised_by=point.raised_by,
        owner=point.owner,
        content=None if point.content is None else dict(point.content),
        erased=point.content is None,
        counting=point.counting,
        merged_into=point.merged_into,
        sources=list(point.sources),
        disposition=point.disposition,
        reason=point.reason,
        answered_round=point.answered_round,
        voices=[Voice(person=p, outcome=o, round=r) for p, o, r in point.voices],
    )


def cycle_shape(answer: CycleAnswer, language: Language) -> CycleShape:
    """One cycle as its asker may see it."""
    speaker, line = speaker_of(answer.told, language), line_shape(answer.line, language)
    return CycleShape(
        **{name: getattr(line, name) for name in Line.__struct_fields__},
        version=answer.version,
        opener=answer.opener,
        held=answer.held,
        subject=None if answer.subject is None else dict(answer.subject),
        erased=answer.subject is None,
        participants=[
            Participant(role=role, title=speaker.role(role), people=list(people))
            for role, people in answer.participants.items()
        ],
        records=[record_shape(record, speaker) for record in answer.records],
        points=[_point(point) for point in answer.points],
        waiting=_waiting(answer.waiting),
        tasks=[_task(answer.line.id, task, speaker, answer.line.zone) for task in answer.tasks],
        names=dict(answer.told.names),
    )


def _offer(offer: Offer, speaker: Speaker) -> TransitionShape:
    verdicts = [verdict_plain(verdict, speaker) for verdict in offer.verdicts]
    return TransitionShape(
        transition=offer.transition,
        title=speaker.transition(offer.transition),
        to=offer.to,
        to_title=speaker.state(offer.to),
        side=offer.side,
        auto=offer.auto,
        may=offer.may,
        allowed=offer.allowed,
        reason=offer.reason,
        verdicts=[msgspec.convert(plain, VerdictShape) for plain in verdicts],
    )


def transitions_shape(answer: TransitionsAnswer, language: Language) -> TransitionsShape:
    """Every transition from here, with each guard's verdict."""
    speaker = speaker_of(answer.told, language)
    return TransitionsShape(
        cycle=line_shape(answer.line, language),
        transitions=[_offer(offer, speaker) for offer in answer.offers],
        possible=list(answer.possible),
        waiting=_waiting(answer.waiting),
        names=dict(answer.told.names),
    )


def trial_shape(cycle: str, trial: TrialAnswer, language: Language) -> Trial:
    """What one command would come to."""
    speaker, refusal = speaker_of(trial.told, language), None
    names = dict(trial.told.names)
    if trial.refusal is not None:
        told = told_of(trial.refusal)
        refusal = problem_of(trial.refusal, speaker_of(told, language), record=told.record)
        names |= told.names
    return Trial(
        accepted=trial.refusal is None,
        refusal=refusal,
        fired=trial.fired,
        state=trial.state,
        state_title=speaker.state(trial.state),
        round=trial.round,
        tasks=[_task(cycle, task, speaker) for task in trial.tasks],
        names=names,
    )


def entry_shape(entry: EntryAnswer, language: Language) -> Entry:
    """An entry of the log."""
    payload: Mapping[str, Any] | None = entry.payload
    return Entry(
        subj=entry.subj,
        seq=entry.seq,
        act=entry.act,
        sentence=speaker_of(entry.told, language).done(entry.act, entry.data),
        from_=entry.from_,
        to=entry.to,
        fired=entry.fired,
        round=entry.round,
        at=entry.at,
        actor=entry.actor,
        for_=entry.for_,
        role=entry.role,
        via=entry.via,
        guards=dict(entry.guards),
        data=dict(entry.data),
        payload=None if payload is None else dict(payload),
        erased=entry.content == "erased",
        withheld=entry.content == "withheld",
        leaf=entry.leaf,
    )


def names_of(entries: Iterable[EntryAnswer] | HistoryAnswer) -> dict[str, str]:
    """Person id → name of everybody in some entries."""
    listed = entries.entries if isinstance(entries, HistoryAnswer) else entries
    return {person: name for entry in listed for person, name in entry.told.names.items()}
