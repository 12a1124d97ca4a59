"""A cycle's meeting: where it stands, how many have spoken, and what the wall shows.

All of it is read from the cycle. Only which of the points stands on the wall, and until when
there is a rest, is kept beside it: that is no part of what was said, and nothing depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from cycles.engine.commands import Reveal
from cycles.engine.guards import Case, judge
from cycles.engine.people import People
from cycles.engine.reveal import is_hidden
from cycles.engine.rights import may_fire
from cycles.engine.what_if import what_if
from cycles.errors import NotAllowedError, NotFoundError
from cycles.ledger import instant_text, parse_instant
from cycles.service.actors import Actor
from cycles.service.core import Core
from cycles.service.looking import Looking, Seen
from cycles.service.names import outward
from cycles.store import MeetingScreenRow, Work
from cycles.workflow.meeting import Meeting, meeting_of
from cycles.workflow.version import every_guard

__all__ = ["END", "REST", "MeetingAnswer", "Meetings", "Screen", "Stage"]

#: How long a rest is.
REST: Final = timedelta(minutes=10)
#: The place on the wall after the last point.
END: Final = "end"
#: No pseudonym: whom nothing was shown on purpose.
_STRANGER: Final = "-"

#: ahead: not yet; off: suspended or broken off; lesson: the lesson is still being observed.
Stage = Literal["ahead", "attendance", "lesson", "first", "words", "points", "agreed", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What the wall shows beyond what the cycle says.

    Attributes:
        number: Counts its changes; who turns it says which one they saw.
        place: The key of the point that is shown, `END`, or empty at the beginning.
        rest_until: Until when there is a rest, in UTC; `None` where there is none now.
    """

    number: int = 0
    place: str = ""
    rest_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingAnswer:
    """The meeting of a cycle's present round, for one person.

    Attributes:
        meeting: Which records it is made of.
        tag: Another one whenever something may look different.
        revision: That of the cycle.
        stage: What it is about now.
        expected: Whom the attendance asks for, as person ids.
        codes: Person id → attendance code, as far as there is one.
        have: How many of those present have filed their words.
        need: How many of them are enough.
        of: How many they are; 0 while nobody knows who is present.
        done: Person ids of those who have; only for whoever leads.
        shown: Whether their words are open to everybody.
        may_show: Whether the asker can open them now.
        leads: Whether the asker leads the meeting.
        screen: What the wall shows.
    """

    meeting: Meeting
    tag: str
    revision: int
    stage: Stage
    expected: tuple[str, ...]
    codes: Mapping[str, str]
    have: int
    need: int
    of: int
    done: tuple[str, ...]
    shown: bool
    may_show: bool
    leads: bool
    screen: Screen


class Meetings:
    """Answers about meetings, and turns the wall."""

    def __init__(self, core: Core, looking: Looking) -> None:
        self._core, self._looking = core, looking

    def of(self, actor: Actor, cycle_id: str) -> MeetingAnswer:
        """The meeting; raises `NotFoundError` where there is none, or none for the actor."""

        def found(work: Work) -> MeetingAnswer:
            seen = self._looking.seen(work, actor, cycle_id)
            return self._answer(work, seen, _meeting(seen))

        return self._core.store.read(actor.school_id, found)

    def tag(self, actor: Actor, cycle_id: str) -> str:
        """What `of` would have as its tag; raises `NotFoundError` as it does."""

        def found(work: Work) -> str:
            seen = self._looking.seen(work, actor, cycle_id)
            _meeting(seen)
            return _tag(seen, self._screen(work, seen))

        return self._core.store.read(actor.school_id, found)

    def turn(
        self,
        actor: Actor,
        cycle_id: str,
        seen_number: int,
        *,
        place: str | None = None,
        rests: bool | None = None,
    ) -> bool:
        """Turn the wall, or begin (`rests`) or end a rest; whether it was done.

        It is not where somebody else was quicker: `seen_number` is no longer the screen's.

        Raises:
            NotFoundError: no such meeting.
            NotAllowedError: somebody else leads it.
        """

        def turned(work: Work) -> bool:
            work.lock(f"screen:{cycle_id}")
            seen = self._looking.seen(work, actor, cycle_id)
            if not _leads(seen.people, seen.by, _meeting(seen)):
                raise NotAllowedError("somebody else leads this meeting")
            now = self._screen(work, seen)
            if now.number != seen_number:
                return False
            until = now.rest_until
            if rests is not None:
                until = self._core.now() + REST if rests else None
            work.put(
                MeetingScreenRow(
                    school_id=work.school_id,
                    cycle=seen.cycle.id,
                    round=seen.cycle.round,
                    number=now.number + 1,
                    place=now.place if place is None else place[:100],
                    rest_until=instant_text(until) if until else None,
                )
            )
            return True

        return self._core.store.write(actor.school_id, turned)

    def _answer(self, work: Work, seen: Seen, meeting: Meeting) -> MeetingAnswer:
        people, screen = seen.people, self._screen(work, seen)
        have, need, of = _count(people, meeting)
        shown = _is_shown(people, meeting, enough=have >= need)
        leads = _leads(people, seen.by, meeting)
        expected, codes = _attendance(people, meeting)
        filed = {f.person for f in people.binding(meeting.words)}
        answer = MeetingAnswer(
            meeting=meeting,
            tag=_tag(seen, screen),
            revision=seen.cycle.revision,
            stage=_stage(people, meeting, screen, shown=shown, ticked=set(expected) <= set(codes)),
            expected=expected,
            codes=codes,
            have=have,
            need=need,
            of=of,
            done=tuple(sorted(filed)) if leads else (),
            shown=shown,
            may_show=not shown and leads and _may_show(people, seen.by, meeting),
            leads=leads,
            screen=screen,
        )
        return replace(
            answer,
            expected=outward(seen.view, expected),
            codes=outward(seen.view, codes),
            done=outward(seen.view, answer.done),
        )

    def _screen(self, work: Work, seen: Seen) -> Screen:
        cycle = seen.cycle
        row = work.get(MeetingScreenRow, cycle=cycle.id, round=cycle.round)
        if row is None:
            return Screen()
        until = parse_instant(row.rest_until) if row.rest_until else None
        over = until is None or until <= self._core.now()
        return Screen(number=row.number, place=row.place, rest_until=None if over else until)


def _meeting(seen: Seen) -> Meeting:
    meeting = meeting_of(seen.version)
    if meeting is None:
        raise NotFoundError("meeting", seen.cycle.id)
    return meeting


def _tag(seen: Seen, screen: Screen) -> str:
    rests = int(screen.rest_until is not None)
    return f"{seen.cycle.revision}.{screen.number}.{rests}.{seen.view.number}"


def _leads(people: People, person: str, meeting: Meeting) -> bool:
    """Whether the person may show the words, merge them, or end the meeting."""
    kind = people.version.workflow.records[meeting.words]
    able = set(may_fire(people, people.version.workflow.transitions[meeting.close]))
    for who in (kind.merge, kind.reveal.by if kind.reveal else None):
        able |= set(people.acting(who)) if who else set()
    return person in able


def _attendance(people: People, meeting: Meeting) -> tuple[tuple[str, ...], dict[str, str]]:
    if meeting.attendance is None:
        return (), {}
    record, field = meeting.attendance
    of = people.version.workflow.records[record].form[field].of or ()
    return people.of(of), people.attendance(record, field)


def _count(people: People, meeting: Meeting) -> tuple[int, int, int]:
    """How many have filed their words, how many are enough, how many there are."""
    way = people.version.workflow.transitions[meeting.close]
    for guard in every_guard(way.guards):
        if guard.filed is not None and guard.filed.record == meeting.words:
            data = judge(Case(people, way), guard).data
            if "of" in data:
                return data["have"], data["need"], data["of"]
    return len(people.binding(meeting.words)), 0, 0


def _is_shown(people: People, meeting: Meeting, *, enough: bool) -> bool:
    """Whether the words are open to everybody, and not only to whoever has filed their own."""
    words = people.current(meeting.words, people.cycle.round)
    kind = people.version.workflow.records[meeting.words]
    if kind.reveal is None:
        return bool(words) and enough
    return bool(words) and not any(is_hidden(people, _STRANGER, f) for f in words)


def _may_show(people: People, person: str, meeting: Meeting) -> bool:
    command = Reveal(record=meeting.words)
    (trial,) = what_if(
        people.version, people.cycle, [command], by=person, around=people.around,
        content_key=bytes(32),
    )  # fmt: skip
    return trial.refusal is None


def _stage(people: People, meeting: Meeting, screen: Screen, *, shown: bool, ticked: bool) -> Stage:
    cycle = people.cycle
    if cycle.state not in meeting.states:
        return "closed" if cycle.entered_in(cycle.round) & meeting.talks else "ahead"
    if meeting.attendance is not None and not ticked:
        return "attendance"
    if cycle.state not in meeting.talks:
        speaks = meeting.first and cycle.state in people.version.file_in[meeting.first]
        return "first" if speaks else "lesson"
    if not shown:
        return "words"
    return "agreed" if screen.place == END else "points"
