"""What would be, as the page of suppositions tells it: in plain sentences, beside what is."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any, Final

from cycles.engine.commands import Advance, Command, Excuse, File, Staff, Turn, Waive
from cycles.engine.offers import Offer
from cycles.engine.verdicts import Task, Verdict
from cycles.errors import BlockedError, FieldFault, InvalidInputError, RefusedError
from cycles.service import told_of
from cycles.service.arranging import Staffing, Supposed
from cycles_api.pages.cycle.contexts import Answer, WayTold
from cycles_api.pages.cycle.moving_told import moved_fields
from cycles_api.pages.frame import times
from cycles_api.pages.told.asked import one_is_enough
from cycles_api.pages.told.contexts import Action
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.fields import Choice, Widget
from cycles_api.telling import speaker_of
from cycles_api.wording import Speaker
from cycles_api.wording.acts import VERBS
from cycles_api.wording.language import Both
from cycles_api.wording.tasks import day_text

__all__ = ["Meant", "SupposedTold", "Wish", "meant", "widgets"]

_MORNING: Final = time()
_AWAY: Final = frozenset({"person", "since", "until", "by"})

_WORDS: Final[dict[str, Both]] = {
    "person": Both("谁不在", "Who is away"),
    "nobody": Both("没有人", "Nobody"),
    "since": Both("从哪天", "From"),
    "until": Both("到哪天（含）", "Until (and on)"),
    "by": Both("请谁代", "Who stands in"),
    "no_stand_in": Both("不请人代", "Nobody stands in"),
    "day": Both("改到哪天", "Moved to"),
    "day_hint": Both("“{record}”的日期", "The day of “{record}”"),
    "guard": Both("特批哪一项", "What is waived"),
    "none": Both("不特批", "Nothing is waived"),
    "turn": Both("整个研讨", "The whole cycle"),
    "goes_on": Both("照常", "As it is"),
    "way": Both("走哪一步", "Which step is taken"),
    "stays": Both("不走", "None"),
    "on": Both("看哪一天的情况", "Looked at on"),
    "on_hint": Both("空着就看今天", "Today, if left empty"),
    "away": Both("{who} {since}到{until}不在", "{who} is away from {since} to {until}"),
    "stand_in": Both(
        "{who} {since}到{until}不在，“{role}”由{by}来做",
        "{who} is away from {since} to {until}, and {by} is “{role}”",
    ),
    "moved": Both("“{record}”改到{day}", "“{record}” is moved to {day}"),
    "waived": Both("特批：{guard}", "Waived: {guard}"),
    "turned": Both("{verb}研讨", "To {verb} the cycle"),
    "stepped": Both("走“{way}”", "The step “{way}” is taken"),
    "one": Both("{who}中的一位", "One of {who}"),
    "keep": Both("就这样定", "Settle it so"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody supposes, as a form sends it; empty texts suppose nothing.

    Attributes:
        person: Who is away, from `since` to `until`.
        since: The first day of it.
        until: The last day of it.
        by: Who stands in.
        guard: What is waived.
        day: To which day a day ahead is moved.
        turn: A turn of the cycle's life.
        way: A transition that is taken.
        on: The day that is looked at.
    """

    person: str = ""
    since: str = ""
    until: str = ""
    by: str = ""
    guard: str = ""
    day: str = ""
    turn: str = ""
    way: str = ""
    on: str = ""

    @property
    def asks_more(self) -> bool:
        """Whether anything is supposed but that somebody is away."""
        return any((self.guard, self.day, self.turn, self.way, self.on))

    @property
    def asks(self) -> bool:
        """Whether anything is supposed."""
        return bool(self.person) or self.asks_more

    def sent(self) -> tuple[tuple[str, str], ...]:
        """Its fields and values, those that say something."""
        every = ((name, getattr(self, name)) for name in self.__slots__)
        return tuple((name, value) for name, value in every if value)


@dataclass(frozen=True, slots=True)
class Meant:
    """A command that a wish comes to, and the wish in words."""

    said: str
    command: Command


def meant(told: CycleTold, wish: Wish, *, reason: str = "-") -> list[Meant]:
    """What the wish comes to, in order; raises `InvalidInputError` for days that are none."""
    return [*_away(told, wish, reason), *_others(told, wish, reason)]


def _say(told: CycleTold, name: str, **values: object) -> str:
    return _WORDS[name].in_language(told.language).format(**values)


def _day(text: str, at: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1900 <= day.year < 2200:
        raise InvalidInputError([FieldFault(field=at, code="not_a_date", data={})])
    return day


def _away(told: CycleTold, wish: Wish, reason: str) -> Iterator[Meant]:
    """Somebody is away; for each of their parts that somebody else takes, that person."""
    if not wish.person:
        return
    since = _day(wish.since, "since") if wish.since else told.today
    until = _day(wish.until, "until") if wish.until else since + timedelta(days=6)
    values = {
        "who": told.view.name(wish.person),
        "since": day_text(since, told.language, today=told.today),
        "until": day_text(until, told.language, today=told.today),
    }
    if not wish.by:
        excuse = Excuse(person=wish.person, since=since, until=until, reason=reason)
        yield Meant(_say(told, "away", **values), excuse)
        return
    for role, held in told.found.participants.items():
        if wish.person in held and told.workflow.roles[role].from_ is None:
            stand_in = Staff(
                verb="substitute",
                role=role,
                person=wish.person,
                to=wish.by,
                since=since,
                until=until,
                reason=reason,
            )
            names = {"role": told.speaker.role(role), "by": told.view.name(wish.by)}
            yield Meant(_say(told, "stand_in", **values, **names), stand_in)


def _others(told: CycleTold, wish: Wish, reason: str) -> Iterator[Meant]:
    if wish.day:
        day = _day(wish.day, "day")
        for way, record in told.service.arranging.moves(told.actor, told.line.id)[:1]:
            said = _say(
                told,
                "moved",
                record=told.speaker.record(record),
                day=day_text(day, told.language, today=told.today),
            )
            yield Meant(said, Advance(transition=way, reason=reason))
            yield Meant("", File(record=record, fields=moved_fields(told, record, day)))
    if wish.guard:
        said = _say(told, "waived", guard=told.speaker.guard(wish.guard))
        yield Meant(said, Waive(guard=wish.guard, reason=reason))
    if wish.turn in VERBS:
        verb = VERBS[wish.turn].in_language(told.language)
        yield Meant(_say(told, "turned", verb=verb), Turn(verb=wish.turn, reason=reason))
    if wish.way:
        said = _say(told, "stepped", way=told.speaker.transition(wish.way))
        yield Meant(said, Advance(transition=wish.way, reason=reason))


# --- what can be supposed ------------------------------------------------------------------


def widgets(
    told: CycleTold, wish: Wish, faults: Mapping[str, str]
) -> tuple[tuple[Widget, ...], tuple[Widget, ...]]:
    """What the person can suppose: who is away; and what else, with the day that is looked at."""
    every = tuple(_widgets(told, wish, faults))
    first = tuple(w for w in every if w.name in _AWAY)
    return first, tuple(w for w in every if w.name not in _AWAY)


def _widgets(told: CycleTold, wish: Wish, faults: Mapping[str, str]) -> Iterator[Widget]:
    arranging, cycle = told.service.arranging, told.line.id
    staffing = arranging.staffing(told.actor, cycle)

    def choose(name: str, first: str, pairs: Iterable[tuple[str, str]]) -> Widget:
        chosen = getattr(wish, name)
        every = [("", _say(told, first)), *pairs]
        choices = tuple(Choice(value=v, label=t, chosen=v == chosen) for v, t in every)
        return Widget(name=name, kind="person", label=_say(told, name), choices=choices)

    def day(name: str, text: str, hint: str = "") -> Widget:
        label, fault = _say(told, name), faults.get(name, "")
        return Widget(name=name, kind="date", label=label, text=text, prompt=hint, fault=fault)

    people = _replaceable(staffing)
    if people:
        yield choose("person", "nobody", [(p, told.view.name(p)) for p in people])
        yield day("since", wish.since or told.today.isoformat())
        yield day("until", wish.until or (told.today + timedelta(days=6)).isoformat())
        able = dict.fromkeys(to for p in staffing.parts if p.verb == "substitute" for to in p.to)
        if able:
            yield choose("by", "no_stand_in", [(p, told.view.name(p)) for p in able])
    for _, record in arranging.moves(told.actor, cycle)[:1]:
        title = told.speaker.record(record)
        yield day("day", wish.day, _say(told, "day_hint", record=title))
    if waivable := dict.fromkeys(_waivable(told)):
        yield choose("guard", "none", [(g, told.speaker.guard(g)) for g in waivable])
    if turns := arranging.turns(told.actor, cycle):
        verbs = [(v, VERBS[v].in_language(told.language)) for v in turns]
        yield choose("turn", "goes_on", verbs)
    if ways := [o for o in told.offered.offers if o.may and not o.side]:
        named = [(o.transition, told.speaker.transition(o.transition)) for o in ways]
        yield choose("way", "stays", named)
    yield day("on", wish.on, _say(told, "on_hint"))


def _replaceable(staffing: Staffing) -> list[str]:
    named = [p.person for p in staffing.parts if p.verb == "substitute"]
    return list(dict.fromkeys([*named, *staffing.excusable]))


def _waivable(told: CycleTold) -> Iterator[str]:
    for offer in told.offered.offers:
        for verdict in offer.verdicts:
            if not verdict.passes and told.actor.person in verdict.waivable_by:
                yield verdict.guard


# --- what would be -------------------------------------------------------------------------


class SupposedTold:
    """What would be, told to one person."""

    def __init__(self, told: CycleTold, found: Supposed, asked: list[Meant]) -> None:
        self.told, self.found, self.asked = told, found, asked
        self.speaker: Speaker = speaker_of(found.told, told.language)

    @cached_property
    def accepted(self) -> bool:
        """Whether all of it could be sent."""
        return bool(self.asked) and not any(self.found.refused)

    def answers(self) -> Iterator[Answer]:
        """What was supposed, and whether it could be; of what belongs together the first fault."""
        found = [
            [m.said, refused] for m, refused in zip(self.asked, self.found.refused, strict=True)
        ]
        for number, (said, refused) in enumerate(found):
            if said:
                after = found[number + 1] if number + 1 < len(found) else ["-", None]
                wrong = refused or (after[1] if not after[0] else None)
                yield Answer(
                    said=str(said),
                    done=wrong is None,
                    why=self._why(wrong) if isinstance(wrong, RefusedError) else "",
                )

    def _why(self, error: RefusedError) -> str:
        speaker = speaker_of(told_of(error), self.told.language)
        parts = [speaker.error(error)]
        if isinstance(error, InvalidInputError):
            parts += [speaker.fault(f) for f in error.faults]
        if isinstance(error, BlockedError):
            lacking = (v for v in error.verdicts if isinstance(v, Verdict) and not v.passes)
            parts += [speaker.verdict(v) for v in lacking]
        return ("" if self.told.language == "zh" else " ").join(parts)

    @property
    def day(self) -> str:
        """The day that is looked at."""
        return times.day(self.found.then.day.isoformat(), self.told.language, self.told.today)

    @property
    def state(self) -> str:
        """Where it would stand, in which round."""
        then = self.found.then
        state = self.speaker.state(then.state)
        several = self.told.workflow.rounds.max > 1
        return f"{state} · {self.told.tell('round', round=then.round)}" if several else state

    @property
    def moved(self) -> bool:
        """Whether that is elsewhere than without."""
        now, then = self.found.now, self.found.then
        return (now.state, now.round) != (then.state, then.round)

    def steps(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Who would have what to do: `new`, `same` and `gone`, each (who, what)."""
        now = {(t.person, t.do, t.transitions): t for t in self.found.now.tasks}
        then = {(t.person, t.do, t.transitions): t for t in self.found.then.tasks}
        return {
            "new": self._told([t for key, t in then.items() if key not in now]),
            "same": self._told([t for key, t in then.items() if key in now]),
            "gone": self._told([t for key, t in now.items() if key not in then], dated=False),
        }

    def _told(self, tasks: list[Task], *, dated: bool = True) -> tuple[tuple[str, str], ...]:
        people: dict[tuple[str, bool], list[str]] = {}
        moment = self.told.view.calendar.instant_of(self.found.then.day, _MORNING)
        now = max(moment, self.told.now)
        for task in tasks:
            said = self.speaker.task(task, now=now if dated else None, zone=self.told.line.zone)
            one = one_is_enough(self.told.workflow, task)
            people.setdefault((said, one), []).append(task.person)
        return tuple((self._who(who, one=one), said) for (said, one), who in people.items())

    def _who(self, people: list[str], *, one: bool) -> str:
        names = self.speaker.people(people)
        return _say(self.told, "one", who=names) if one and len(people) > 1 else names

    def ways(self) -> Iterator[WayTold]:
        """The ways on from there and what each would lack."""
        for offer in self.found.then.offers:
            if not offer.side:
                yield self._way(offer)

    def _way(self, offer: Offer) -> WayTold:
        missing = [v for v in offer.verdicts if not v.passes]
        return WayTold(
            title=self.speaker.transition(offer.transition),
            open=not missing,
            missing=tuple(self.speaker.verdict(v) for v in missing),
        )

    def waits(self) -> Iterator[str]:
        """Days it would wait for."""
        for until in self.found.then.waiting.until:
            ahead: dict[str, Any] = {"date": until}
            code = Verdict(guard="", kind="not_before", met=False, code="date_ahead", data=ahead)
            yield self.speaker.verdict(code)

    def keep(self, wish: Wish) -> Action | None:
        """To do it so; `None` where some of it could not be sent, or nothing is to be done."""
        if not self.accepted:
            return None
        told = self.told
        return Action(
            kind="turn",
            to=f"{told.to}/arrangements",
            key=secrets.token_urlsafe(16),
            revision=told.line.revision,
            back=told.to,
            label=_say(told, "keep"),
            hidden=wish.sent(),
        )
