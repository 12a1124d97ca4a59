"""A meeting as its pages tell it to one person: from the cycle and its forms, nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from cycles.engine.commands import Command, File
from cycles.engine.forms import ATTENDANCE_CODES
from cycles.engine.verdicts import Task
from cycles.errors import InvalidInputError
from cycles.service import Actor
from cycles.service.answers import CycleLine, PointAnswer, RecordAnswer
from cycles.service.meetings import END, MeetingAnswer
from cycles.workflow.meeting import Meeting, meeting_of
from cycles_api.assembly import Service
from cycles_api.pages.board.contexts import Wait
from cycles_api.pages.frame import times
from cycles_api.pages.frame.words import CODES
from cycles_api.pages.meeting.contexts import (
    Closing,
    Count,
    FormCard,
    Present,
    Roll,
    RollRow,
    Said,
)
from cycles_api.pages.meeting.words import PLACES, SAY, SHORT
from cycles_api.pages.told.choosing import text_of
from cycles_api.pages.told.contexts import Part, Place
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.fields import Choice
from cycles_api.pages.told.forms import can_file, filing, typed_for
from cycles_api.pages.told.records import filed
from cycles_api.pages.told.ways import ways
from cycles_api.wording import Language
from cycles_api.wording.tasks import day_text, in_zone

__all__ = [
    "MeetingTold",
    "attendance_told",
    "meeting_address",
    "meetings_on",
    "said_in",
    "standing",
    "who_does_what",
]

_PRESENT = "present"
#: The steps that the wall goes through; the lesson itself stands before them.
_ORDER = ("attendance", "first", "words", "points", "agreed", "closed")


class MeetingTold:
    """The meeting of a cycle's present round; `told` is the cycle, its forms lead back here."""

    def __init__(
        self,
        service: Service,
        actor: Actor,
        cycle_id: str,
        language: Language,
        back: str,
    ) -> None:
        self.answer: MeetingAnswer = service.meetings.of(actor, cycle_id)
        self.told = CycleTold(service, actor, cycle_id, language, back)
        self.actor, self.language = actor, language
        self.meeting, self.workflow = self.answer.meeting, self.told.workflow
        self.here = f"{self.told.to}/meeting"

    def say(self, name: str, **values: object) -> str:
        """One of the meeting's own sentences."""
        return SAY[name].in_language(self.language).format(**values)

    # --- where it stands ----------------------------------------------------------------------

    def places(self) -> tuple[Place, ...]:
        """The steps of the meeting, without those that this workflow does not have."""
        have = {
            "attendance": self.meeting.attendance is not None,
            "first": self.meeting.first is not None and self._asks_first,
            "agreed": self.meeting.agreed is not None,
        }
        names = [name for name in _ORDER if have.get(name, True)]
        stage = "attendance" if self.answer.stage == "lesson" else self.answer.stage
        at = names.index(stage) if stage in names else -1
        return tuple(
            Place(
                title=PLACES[name].in_language(self.language),
                at="here" if i == at else "past" if i < at else "ahead",
            )
            for i, name in enumerate(names)
        )

    @property
    def _asks_first(self) -> bool:
        """Whether this round asks the person concerned to speak first: a desk round does not."""
        talks = self.told.line.state in self.meeting.talks or self.answer.stage == "closed"
        return not talks or self._now(self.meeting.first) is not None

    @property
    def words_title(self) -> str:
        """What everybody files."""
        return self.told.speaker.record(self.meeting.words)

    @property
    def count(self) -> Count:
        """How many have filed."""
        return Count(have=self.answer.have, need=self.answer.need, of=self.answer.of)

    @property
    def left_s(self) -> int:
        """Seconds of the rest that are left; 0 without."""
        until = self.answer.screen.rest_until
        return 0 if until is None else max(0, round((until - self.told.now).total_seconds()))

    @property
    def resting(self) -> str:
        """Until which time of day there is a rest; empty without."""
        local = in_zone(self.answer.screen.rest_until, self.told.line.zone)
        return local.strftime("%H:%M") if local else ""

    # --- who is there -------------------------------------------------------------------------

    def roll(self) -> Roll | None:
        """The attendance, everybody once; whoever has no code yet is offered as present."""
        if self.meeting.attendance is None:
            return None
        record, field = self.meeting.attendance
        codes = self.answer.codes
        rows = tuple(self._roll_row(p, field, codes.get(p, "")) for p in self.answer.expected)
        return Roll(
            title=self.told.speaker.record(record),
            complete=set(self.answer.expected) <= set(codes),
            may=record in self._may_file,
            rows=rows,
            told=tuple(attendance_told(self.told, codes)),
        )

    @cached_property
    def lesson_first(self) -> str:
        """Why the attendance cannot be taken yet: no day of the lesson, or one that lies ahead."""
        field = self._lesson_day
        if field is None:
            return ""
        record, _, name = field.partition(".")
        there = self._now(record)
        day = (there.fields or {}).get(name) if there else None
        if not day:
            return self.say("no_lesson_day", record=self.told.speaker.record(record))
        if str(day) <= self.told.today.isoformat():
            return ""
        on = times.day(str(day), self.language, self.told.today)
        return self.say("lesson_ahead", day=on)

    @property
    def lesson_form(self) -> str:
        """Where the day of the lesson is written down; empty where it is not for this person."""
        record = (self._lesson_day or "").partition(".")[0]
        may = record in can_file(self.told) if self.lesson_first else False
        return f"{self.told.to}/records/{record}" if may else ""

    @property
    def _lesson_day(self) -> str | None:
        """The field with the day before which nobody is ticked off."""
        record = self.meeting.attendance[0] if self.meeting.attendance else None
        return self.workflow.records[record].not_before if record else None

    def _roll_row(self, person: str, field: str, was: str) -> RollRow:
        words = {c: SHORT[c].in_language(self.language) for c in ATTENDANCE_CODES}
        choices = tuple(
            Choice(value=c, label=words[c], chosen=c == (was or _PRESENT)) for c in ATTENDANCE_CODES
        )
        name = self.told.view.name(person)
        return RollRow(person=person, name=name, was=was, choices=choices)

    def present(self) -> Iterator[Present]:
        """Everybody the attendance asks for, with what the leader may type for them."""
        for person in self.answer.expected:
            code = self.answer.codes.get(person, "")
            done = person in self.answer.done
            yield Present(
                name=self.told.view.name(person),
                code=CODES[code].in_language(self.language) if code else "",
                done=done,
                typing=tuple(self._typing(person)) if code in ("", _PRESENT) and not done else (),
            )
        for person in self._concerned:
            yield Present(
                name=self.told.view.name(person),
                code=self._concerned_as,
                done=False,
                typing=tuple(self._typing(person)),
            )

    def _typing(self, person: str) -> Iterator[tuple[str, str]]:
        """Addresses where something can be typed for somebody now, with what it is."""
        for record in self._asked_now:
            if person in dict(typed_for(self.told, record)):
                yield f"{self.here}/records/{record}?for={person}", self.told.speaker.record(record)

    @cached_property
    def _asked_now(self) -> tuple[str, ...]:
        """What is filed at this moment of the meeting: first the one's words, then everybody's."""
        stage, first = self.answer.stage, self.meeting.first
        if stage == "first" and first is not None:
            return (first,)
        if stage in ("words", "points", "agreed"):
            return (self.meeting.words,)
        return ()

    @property
    def _concerned(self) -> list[str]:
        """Who speaks first."""
        if self.meeting.first is None:
            return []
        return self.told.known.of(self.workflow.records[self.meeting.first].by)

    @property
    def _concerned_as(self) -> str:
        """As what they take part."""
        first = self.meeting.first
        by = self.workflow.records[first].by if first else ()
        return self.say("and").join(map(self.told.speaker.role, by))

    @property
    def speaker(self) -> str:
        """The names of who speaks first."""
        return self.say("and").join(self.told.view.name(p) for p in self._concerned)

    @property
    def prompt(self) -> str:
        """What the workflow says that they may speak about."""
        form = self.workflow.records[self.meeting.first].form if self.meeting.first else {}
        prompts = (f.prompt.in_language(self.language) for f in form.values() if f.prompt)
        return next(prompts, "")

    @property
    def fields(self) -> tuple[str, ...]:
        """The titles of what everybody is asked to say."""
        form = self.workflow.records[self.meeting.words].form
        return tuple(
            f.title.in_language(self.language)
            for f in form.values()
            if f.type in ("text", "points", "items")
        )

    # --- what I file --------------------------------------------------------------------------

    @cached_property
    def _may_file(self) -> frozenset[str]:
        """Of the meeting's records those that I may file now, found by trying."""
        meeting = self.meeting
        attendance = meeting.attendance[0] if meeting.attendance else None
        named = [r for r in (attendance, meeting.first, meeting.words, meeting.agreed) if r]
        tries: list[Command] = [File(record=r, fields={"-": "-"}) for r in named]
        trials = self.told.service.looking.what_if(self.actor, self.told.line.id, tries)
        return frozenset(
            r
            for r, trial in zip(named, trials, strict=True)
            if isinstance(trial.refusal, InvalidInputError)
        )

    def mine(self) -> Iterator[FormCard]:
        """My own forms of this meeting, or what I have filed already."""
        if self.answer.stage in ("ahead", "closed"):
            return
        if self.answer.stage == "attendance" and self.lesson_first:
            return
        for record in (self.meeting.first, self.meeting.words):
            if record is not None and record in self._may_file:
                yield self._form(record, self._now(record, self.actor.person))

    def agreed(self) -> FormCard | None:
        """What was agreed, or the form for it."""
        record = self.meeting.agreed
        if record is None:
            return None
        there = self._now(record)
        if there is None and record not in self._may_file:
            return None
        return self._form(record, there)

    def _form(self, record: str, there: RecordAnswer | None) -> FormCard:
        title = self.told.speaker.record(record)
        if there is None:
            return FormCard(title=title, action=filing(self.told, record))
        change = f"{self.here}/records/{record}" if record in self._may_file else ""
        parts = filed(self.told, there).parts
        return FormCard(title=title, action=None, parts=parts, change=change)

    def _now(self, record: str | None, person: str = "") -> RecordAnswer | None:
        """The record's version of this round that stands; that of a person, if one is named."""
        found = standing(self.told, record, self.told.line.round) if record else []
        mine = (r for r in reversed(found) if not person or r.person == person)
        return next(mine, None)

    # --- what was said ------------------------------------------------------------------------

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """What everybody said, once it is shown: by field, in an order that tells nothing."""
        if not self.shows:
            return ()
        meeting = self.meeting
        return said_in(self.told, meeting.words, self.told.line.round, names=meeting.names)

    @property
    def shows(self) -> bool:
        """Whether the words are open to everybody."""
        return self.answer.shown

    @property
    def at(self) -> int:
        """Which of them stands on the wall, from 0; one past the last at the end."""
        place = self.answer.screen.place
        if place == END:
            return len(self.said)
        return next((i for i, each in enumerate(self.said) if each.key == place), 0)

    @property
    def back(self) -> str:
        """The key of the one before that on the wall; empty at the beginning."""
        return self.said[self.at - 1].key if self.said and self.at > 0 else ""

    @property
    def onward(self) -> str:
        """The key of the one after it; `END` after the last."""
        after = self.at + 1
        return self.said[after].key if after < len(self.said) else END

    def like(self, picked: Sequence[str]) -> tuple[Said, ...]:
        """Of those picked the ones that can become one; none if that is not at least two."""
        found = tuple(s for s in self.said if s.open and s.point in picked)
        return found if len(found) > 1 else ()

    # --- how it ends --------------------------------------------------------------------------

    def closing(self) -> Closing | None:
        """Ending it, for whoever may."""
        if not self.answer.leads or self.told.line.state not in self.meeting.talks:
            return None
        way = next((w for w in ways(self.told) if w.name == self.meeting.close), None)
        if way is None or not way.may:
            return None
        return Closing(
            name=way.name, title=way.title, to=way.to, allowed=way.allowed, checks=way.checks
        )

    def steps(self) -> tuple[Wait, ...]:
        """Who does what until when; only once the meeting is closed: before, nobody is named."""
        return who_does_what(self.told) if self.answer.stage == "closed" else ()

    def agreed_parts(self) -> tuple[Part, ...]:
        """What was agreed, as it was written down."""
        there = self._now(self.meeting.agreed)
        return filed(self.told, there).parts if there else ()


def attendance_told(told: CycleTold, codes: Mapping[str, str]) -> Iterator[str]:
    """Who is present, who is not and why: a line a code."""
    and_, colon = (SAY[name].in_language(told.language) for name in ("and", "colon"))
    for code in ATTENDANCE_CODES:
        names = [told.view.name(p) for p, c in codes.items() if c == code]
        if names:
            label = CODES[code].in_language(told.language)
            yield colon.format(label=label, value=and_.join(names))


def meeting_address(told: CycleTold) -> str:
    """Where the cycle's meeting is, while it goes on or once something was said in this round."""
    meeting = meeting_of(told.version)
    if meeting is None:
        return ""
    here = told.line.state in meeting.states or standing(told, meeting.words, told.line.round)
    return f"{told.to}/meeting" if here else ""


def meetings_on(lines: Iterable[CycleLine]) -> Iterator[tuple[str, str]]:
    """Of some cycles those that are being talked about: the meeting's address, and the lesson."""
    for line in lines:
        meeting = meeting_of(line.told.version) if line.told.version else None
        if meeting is not None and line.state in meeting.talks | _before(line, meeting):
            yield f"/cycles/{line.id}/meeting", line.title


def _before(line: CycleLine, meeting: Meeting) -> frozenset[str]:
    """Where the person concerned speaks first."""
    version = line.told.version
    return version.file_in[meeting.first] if version and meeting.first else frozenset()


def standing(told: CycleTold, record: str, round_no: int) -> list[RecordAnswer]:
    """The record's filings of a round that stand, oldest first."""
    return [
        r
        for r in told.found.records
        if r.record == record and r.round == round_no and not (r.superseded or r.voided)
    ]


def said_in(told: CycleTold, words: str, round_no: int, *, names: bool = False) -> tuple[Said, ...]:
    """What was said in a round, as far as the person may read it: field by field.

    Within a field the order is by chance of the ids, so that it tells nobody's turn; `names` adds
    who said it.
    """
    there = {r.id: r for r in standing(told, words, round_no)}
    points = {p.id: p for p in told.found.points}
    found: list[Said] = []
    for field, shape in told.workflow.records[words].form.items():
        title = shape.title.in_language(told.language)
        if shape.type == "text":
            texts = [
                Said(
                    key=_key(told, f"{field} {r.id}"),
                    point="",
                    kind=title,
                    text=str(said),
                    also=(),
                    voices=1,
                    who=told.name(r.person) if names else "",
                    open=False,
                )
                for r in there.values()
                if (said := (r.fields or {}).get(field))
            ]
        elif shape.type in ("points", "items"):
            texts = [
                _point_said(told, p, points, title, names=names)
                for p in points.values()
                if (p.record, p.field, p.merged_into) == (words, field, None) and p.filing in there
            ]
        else:
            continue
        found += sorted(texts, key=lambda each: each.key)
    return tuple(found)


def _point_said(
    told: CycleTold, point: PointAnswer, points: dict[str, PointAnswer], title: str, *, names: bool
) -> Said:
    sources = [points[key] for key in point.sources if key in points]
    raisers = dict.fromkeys(p.raised_by for p in (point, *sources))
    and_ = SAY["and"].in_language(told.language)
    return Said(
        key=_key(told, point.id),
        point=point.id,
        kind=title,
        text=text_of(point) or told.tell("erased"),
        also=tuple(text_of(p) or told.tell("erased") for p in sources),
        voices=len(raisers),
        who=and_.join(told.name(p) for p in raisers) if names else "",
        open=point.disposition is None,
    )


def _key(told: CycleTold, name: str) -> str:
    return hashlib.sha256(f"{told.line.id} {name}".encode()).hexdigest()[:10]


def who_does_what(told: CycleTold) -> tuple[Wait, ...]:
    """Everybody's next step and until when, as the cycle stands; confirming is none."""
    by_step: dict[tuple[object, ...], list[Task]] = {}
    for task in told.found.tasks:
        if not task.do.startswith("confirm:"):
            by_step.setdefault((task.do, task.transitions, task.due), []).append(task)
    return tuple(_step(told, tasks) for tasks in by_step.values())


def _step(told: CycleTold, tasks: list[Task]) -> Wait:
    task, speaker, language = tasks[0], told.speaker, told.language
    what, until = speaker.do(task.do), ""
    if task.do == "decide":
        ways = SAY["or"].in_language(language).join(map(speaker.transition, task.transitions))
        what = SAY["decide"].in_language(language).format(ways=ways)
    local = in_zone(task.due, told.line.zone)
    if local is not None:
        day = day_text(local.date(), language, today=told.today)
        until = SAY["by"].in_language(language).format(day=day)
    due = task.due is not None and task.due < told.now
    return Wait(who=speaker.people([t.person for t in tasks]), what=what, until=until, due=due)
