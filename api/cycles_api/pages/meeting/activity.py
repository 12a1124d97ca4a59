"""The record of activity (活动记录) of a round: what a school prints, signs and files.

`activity_of` gives its values and `activity_parts.html` draws them (macro `activity`), for the
page of its own and for whatever else wants one inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from cycles.service import Actor
from cycles.service.answers import RecordAnswer
from cycles.workflow.meeting import Meeting, meeting_of
from cycles_api.assembly import Service
from cycles_api.pages.frame import times
from cycles_api.pages.meeting.contexts import Activity, FormCard, Topic
from cycles_api.pages.meeting.told import (
    attendance_told,
    said_in,
    standing,
    who_does_what,
)
from cycles_api.pages.meeting.words import SAY
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.records import filed
from cycles_api.pages.told.standing import about
from cycles_api.wording.tasks import day_text, in_zone

__all__ = ["activity_of"]


def activity_of(service: Service, actor: Actor, told: CycleTold, round_no: int) -> Activity | None:
    """The record of a round; `None` where there is no such round, or no meeting in it."""
    meeting = meeting_of(told.version)
    if meeting is None or not 1 <= round_no <= told.line.round:
        return None
    answer = service.meetings.of(actor, told.line.id)
    is_now = round_no == told.line.round
    shown = not is_now or answer.shown
    said = said_in(told, meeting.words, round_no, names=meeting.names) if shown else ()
    topics = (Topic(title=t, said=tuple(g)) for t, g in groupby(said, key=lambda each: each.kind))
    seq, leaf = _last_entry(service, actor, told, meeting, round_no)
    return Activity(
        school=told.view.row.name,
        title=told.workflow.title.in_language(told.language),
        lesson=told.title,
        facts=tuple(_facts(told, meeting, round_no)),
        attendance=tuple(_attendance(told, meeting, round_no)),
        first=_record(told, meeting.first, round_no),
        topics=tuple(topics),
        hidden=is_now and not answer.shown and answer.have > 0,
        agreed=_record(told, meeting.agreed, round_no),
        steps=who_does_what(told) if is_now and answer.stage == "closed" else (),
        number=SAY["entry"].in_language(told.language).format(seq=seq, code=leaf) if seq else "",
    )


def _facts(told: CycleTold, meeting: Meeting, round_no: int) -> Iterator[tuple[str, str]]:
    """The head of the record: who, which subject and round, the lesson's day, the meeting's day."""
    group = told.view.groups.get(told.line.group)
    if group is not None:
        yield SAY["group"].in_language(told.language), group.name
    yield from ((label, value) for label, value in about(told) if value)
    if told.workflow.rounds.max > 1:
        yield SAY["round"].in_language(told.language), told.tell("round", round=round_no)
    and_ = SAY["and"].in_language(told.language)
    for role, held in told.found.participants.items():
        if held and told.workflow.roles[role].most == 1:
            yield told.speaker.role(role), and_.join(told.view.name(p) for p in held)
    for record in _lesson(told, meeting, round_no):
        yield from ((part.label, " ".join(part.lines)) for part in filed(told, record).parts)
    day = _day(told, meeting, round_no)
    if day:
        yield SAY["held"].in_language(told.language), day


def _lesson(told: CycleTold, meeting: Meeting, round_no: int) -> list[RecordAnswer]:
    """When and where the lesson was: the record whose day the attendance waits for."""
    record = meeting.attendance[0] if meeting.attendance else None
    day = told.workflow.records[record].not_before if record else None
    return standing(told, day.split(".")[0], round_no)[-1:] if day else []


def _day(told: CycleTold, meeting: Meeting, round_no: int) -> str:
    """The day that is claimed for the meeting, else that on which its last record was made."""
    named = [r for r in (meeting.agreed, meeting.words) if r]
    found = next((f for r in named if (f := standing(told, r, round_no))), [])
    if not found:
        return ""
    if found[-1].occurred_on:
        return times.day(found[-1].occurred_on, told.language, told.today)
    local = in_zone(datetime.fromisoformat(found[-1].filed_at), told.line.zone)
    return day_text(local.date(), told.language, today=told.today) if local else ""


def _attendance(told: CycleTold, meeting: Meeting, round_no: int) -> Iterator[str]:
    """Who was there and who was not: a line a code, from all that was ticked in the round."""
    if meeting.attendance is None:
        return
    record, field = meeting.attendance
    codes: dict[str, str] = {}
    for filing in told.found.records:
        if filing.record == record and filing.round == round_no and not filing.voided:
            codes |= (filing.fields or {}).get(field) or {}
    yield from attendance_told(told, codes)


def _record(told: CycleTold, record: str | None, round_no: int) -> FormCard | None:
    """What stands of a record in the round; `None` where nothing does."""
    there = standing(told, record, round_no) if record else []
    if not there or record is None:
        return None
    found = filed(told, there[-1])
    title = SAY["colon"].in_language(told.language).format(label=found.title, value=found.who)
    return FormCard(title=title, action=None, parts=found.parts)


def _last_entry(
    service: Service, actor: Actor, told: CycleTold, meeting: Meeting, round_no: int
) -> tuple[int, str]:
    """Number and hash of the entry that holds the round's last record of the meeting."""
    named = (meeting.agreed, meeting.words, meeting.first)
    seqs = [r.seq for r in told.found.records if r.record in named and r.round == round_no]
    if not seqs:
        return 0, ""
    found = service.log.history(actor, told.line.id, after=max(seqs) - 1, limit=1)
    return max(seqs), found.entries[0].leaf[:12] if found.entries else ""
