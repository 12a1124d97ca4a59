"""The life of each suggestion, as its page tells it: short steps with a way to each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from cycles.service.answers import EntryAnswer
from cycles.service.lives import Life, LifeStep, lives_of, revised_with
from cycles_api.pages.feedback.contexts import LifeLine, LifeTold
from cycles_api.pages.told.choosing import text_of
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.points import raisers, same_texts
from cycles_api.pages.told.points_words import SAY
from cycles_api.wording.acts import DISPOSITIONS as ANSWERS

__all__ = ["SIEVES", "is_meant", "life_told", "lives"]

_TAKEN: Final = ("adopted", "partly")
#: Entries that are read at once.
_PAGE: Final = 500

#: What can be asked for: without an answer, with one, seen to work, raised by oneself.
SIEVES: Final = ("all", "open", "answered", "worked", "mine")


def lives(told: CycleTold) -> tuple[Life, ...]:
    """The lives of all points that are part of no other and were not taken back unanswered."""
    standing = {r.id for r in told.found.records if not r.superseded and not r.voided}
    every = lives_of(told.workflow, told.found, _entries(told))
    return tuple(x for x in every if x.point.filing in standing or x.point.disposition)


def _entries(told: CycleTold) -> Iterator[EntryAnswer]:
    after: int | None = 0
    while after is not None:
        found = told.service.log.history(told.actor, told.line.id, after=after, limit=_PAGE)
        yield from found.entries
        after = found.next


def is_meant(told: CycleTold, life: Life, sieve: str) -> bool:
    """Whether a life is one of those that are asked for."""
    point = life.point
    match sieve:
        case "open":
            return point.open
        case "answered":
            return point.disposition is not None and not point.open
        case "worked":
            return _worked(life)
        case "mine":
            return told.actor.person in raisers(told, point)
    return True


def _worked(life: Life) -> bool:
    return life.point.outcome == "worked"


def life_told(told: CycleTold, life: Life) -> LifeTold:
    """A point with its steps so far, and the one that comes next."""
    standing, tone = _standing(told, life)
    like = groupby(life.steps, key=lambda step: (step.kind == "looked" and step.word) or step)
    steps = tuple(_line(told, list(same)) for _, same in like)
    return LifeTold(
        id=life.point.id,
        kind=told.speaker.field(f"{life.point.record}.{life.point.field}"),
        text=text_of(life.point) or told.tell("erased"),
        same=tuple(same_texts(told, life.point)),
        standing=standing,
        tone=tone,
        lines=(*steps, *_ahead(told, life)),
    )


def _say(told: CycleTold, name: str, **values: object) -> str:
    return SAY[name].in_language(told.language).format(**values)


def _standing(told: CycleTold, life: Life) -> tuple[str, str]:
    """Where it stands, in a word, and whether that is good, open or neither."""
    point = life.point
    if point.open:
        return _say(told, "open" if point.disposition is None else "again"), "open"
    if point.disposition is None:
        return _say(told, "left"), ""
    if point.outcome in ("worked", "not_yet"):
        return ANSWERS[point.outcome].in_language(told.language), "good" if _worked(life) else ""
    return ANSWERS[point.disposition].in_language(told.language), ""


def _line(told: CycleTold, same: list[LifeStep]) -> LifeLine:
    """One step; what several say alike one after the other is one line, of the last of them."""
    step = same[-1]
    return LifeLine(
        said=_said(told, step, told.speaker.people([each.by for each in same])),
        reason=step.reason,
        when=told.moment(step.at),
        # The history shows what came before a number, the newest first.
        to=f"{told.to}/history?before={step.seq + 1}",
        also=tuple(_also(told, step)),
    )


def _said(told: CycleTold, step: LifeStep, who: str) -> str:
    match step.kind:
        case "answered" if step.word:
            return _say(
                told, "answered", who=who, answer=ANSWERS[step.word].in_language(told.language)
            )
        case "answered":
            return _say(told, "answered_hidden", who=who)
        case "revised" if step.record:
            record = told.speaker.record(step.record.record)
            return _say(told, "revised", number=step.number, record=record)
        case "looked":
            return _say(told, step.word or "looked", who=who)
    return _say(told, step.kind, who=who)


def _also(told: CycleTold, step: LifeStep) -> Iterator[tuple[str, str]]:
    """What there is to read about a step: the record, or the version beside the one before."""
    if step.record is None:
        return
    if step.kind == "revised" and step.number > 1:
        to = f"{told.to}/versions/{step.record.record}?new={step.number}"
        yield to, _say(told, "compare")
    else:
        yield f"{told.to}#r-{step.record.id}", _say(told, "its_record")


def _ahead(told: CycleTold, life: Life) -> Iterator[LifeLine]:
    """What comes next for it; what never came, in a cycle that has ended."""
    point, ended = life.point, told.line.ended
    if point.open and not ended:
        name = "waits_answer" if point.disposition is None else "waits_again"
        yield LifeLine(said=_say(told, name, who=told.name(point.owner)))
        return
    if point.disposition not in _TAKEN or point.outcome is not None or point.open:
        return
    records = revised_with(told.workflow, point.record)
    if records and not any(life.versions_of(r) for r in records):
        if not ended:
            titles = _list(told, (told.speaker.record(r) for r in records))
            yield LifeLine(said=_say(told, "waits_version", record=titles))
    elif point.record in told.version.verified_guards:
        yield LifeLine(said=_say(told, "never_looked" if ended else "waits_look"))


def _list(told: CycleTold, names: Iterable[str]) -> str:
    return ("、" if told.language == "zh" else ", ").join(names)
