"""Feedback points to be answered or looked for: what is asked, and what was said before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cycles.service.answers import PointAnswer
from cycles.workflow.definition import DISPOSITIONS
from cycles_api.pages.told.choosing import text_of
from cycles_api.pages.told.contexts import Action, PointRow
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.fields import Choice
from cycles_api.pages.told.points_words import SAY
from cycles_api.wording.acts import DISPOSITIONS as ANSWERS

__all__ = ["Chosen", "answer_text", "asking", "raisers", "same_texts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was chosen for points, by their ids: an answer or outcome, its reason, its fault."""

    words: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


def asking(
    told: CycleTold,
    kind: str,
    items: Sequence[str],
    chosen: Chosen | None = None,
    *,
    for_: str = "",
) -> Action:
    """The form that asks to `answer` or `verify` these points, as far as something was chosen.

    `for_`: whose answers they are, where they are typed for another.
    """
    there = {p.id: p for p in told.found.points}
    rows = tuple(_row(told, kind, there[i], chosen or Chosen()) for i in items if i in there)
    return told.action(
        kind,
        "answers" if kind == "answer" else "verifications",
        label=told.action_label(kind),
        hidden=(("for", for_),) if for_ else (),
        points=rows,
        draft=told.draft(kind, for_),
    )


def _row(told: CycleTold, kind: str, point: PointAnswer, chosen: Chosen) -> PointRow:
    words = _answers(told, point) if kind == "answer" else _outcomes(told)
    word = chosen.words.get(point.id)
    return PointRow(
        id=point.id,
        kind=told.speaker.field(f"{point.record}.{point.field}"),
        text=text_of(point) or told.tell("erased"),
        raised=told.speaker.people(raisers(told, point)),
        same=tuple(same_texts(told, point)),
        before=tuple(_before(told, kind, point)),
        choices=tuple(Choice(value=v, label=t, chosen=word == v) for v, t in words),
        reason=chosen.reasons.get(point.id, ""),
        fault=chosen.faults.get(point.id, ""),
    )


def _answers(told: CycleTold, point: PointAnswer) -> Iterator[tuple[str, str]]:
    """What the point may be answered with."""
    rule = told.workflow.records[point.record].form[point.field].answer
    for word in rule.with_ if rule else DISPOSITIONS:
        yield word, _first_up(ANSWERS[word].in_language(told.language))


def _outcomes(told: CycleTold) -> Iterator[tuple[str, str]]:
    return ((v, told.asked.words[v]) for v in ("worked", "not_yet"))


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def raisers(told: CycleTold, point: PointAnswer) -> list[str]:
    """Who raised it, or one of the points that were made one with it; person ids."""
    sources = {p.id: p for p in told.found.points if p.id in point.sources}
    return list(dict.fromkeys([point.raised_by, *(p.raised_by for p in sources.values())]))


def same_texts(told: CycleTold, point: PointAnswer) -> Iterator[str]:
    """What the points said that were made one with it, where they said it otherwise."""
    said = {text_of(p): None for p in told.found.points if p.id in point.sources}
    return (text for text in said if text and text != text_of(point))


def _before(told: CycleTold, kind: str, point: PointAnswer) -> Iterator[str]:
    """What was answered before, where it is asked again or looked for."""
    if point.disposition is None:
        if not point.counting:
            yield SAY["late"].in_language(told.language)
        return
    said = SAY["before"].in_language(told.language)
    yield said.format(round=point.answered_round, answer=answer_text(told, point))
    if kind == "answer" and point.open and point.outcome == "not_yet":
        yield SAY["not_seen"].in_language(told.language)


def answer_text(told: CycleTold, point: PointAnswer) -> str:
    """Its answer with the reason; empty without one."""
    if point.disposition is None:
        return ""
    answer = ANSWERS[point.disposition].in_language(told.language)
    colon = "：" if told.language == "zh" else ": "
    return f"{answer}{colon}{point.reason}" if point.reason else answer
