"""A person's next steps in a cycle: cards with all that it takes to do them."""

from __future__ import annotations

from typing import Final

from cycles.engine.verdicts import Task
from cycles_api.pages.told.asked import one_is_enough
from cycles_api.pages.told.contexts import Action, Card
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.forms import filing, observing
from cycles_api.pages.told.points import asking
from cycles_api.pages.told.records import filed, filed_now
from cycles_api.pages.told.ways import ways

__all__ = ["card", "cards"]


#: Where on the cycle's pages it is done, by the first part of what there is to do.
_LOOKS: Final = {"substitute": "/people", "waive": "#on"}


def cards(told: CycleTold) -> tuple[Card, ...]:
    """The person's next steps in this cycle."""
    mine = (t for t in told.found.tasks if t.person == told.actor.person)
    return tuple(card(told, task) for task in mine)


def card(told: CycleTold, task: Task) -> Card:
    """One next step with all that it takes to do it."""
    others = _others(told, task)
    return Card(
        id=f"{told.line.id}-{task.do.replace(':', '-')}",
        sentence=told.speaker.task(task, now=told.now, zone=told.line.zone),
        lesson=told.title,
        where=told.where,
        cycle=told.to,
        then=_after_each_other(told, _or_others(told, others), _then(told, task)),
        due=task.due is not None and task.due < told.now,
        shared=bool(others),
        action=_action(told, task),
    )


def _others(told: CycleTold, task: Task) -> list[str]:
    """Who else is asked for the same record, where one of all is enough; person ids."""
    if not task.do.startswith("file:") or not one_is_enough(told.workflow, task):
        return []
    same = (t for t in told.found.tasks if t.do == task.do and t.transitions == task.transitions)
    return [t.person for t in same if t.person != told.actor.person]


def _or_others(told: CycleTold, others: list[str]) -> str:
    return told.tell("or_others", who=told.speaker.people(others)) if others else ""


def _after_each_other(told: CycleTold, *sentences: str) -> str:
    """Sentences in a row; Chinese puts no space between them."""
    return ("" if told.language == "zh" else " ").join(filter(None, sentences))


def _then(told: CycleTold, task: Task) -> str:
    """Who waits for it, and what comes after."""
    ways = [told.workflow.transitions[t] for t in task.transitions]
    if task.do == "decide" or not ways:
        return ""
    if all(way.auto for way in ways):
        return told.tell("then_auto", state=told.speaker.state(ways[0].to))
    titles = ("”“" if told.language == "zh" else " / ").join(
        way.title.in_language(told.language) for way in ways
    )
    by = [p for way in ways for p in told.known.of(way.by)]
    others = [p for p in dict.fromkeys(by) if p != told.actor.person]
    if len(others) == len(set(by)) and others:
        names = [told.view.name(p) for p in others[:2]]
        who = ("、" if told.language == "zh" else " or ").join(names)
        return told.tell("then_waits", who=who, ways=titles)
    return told.tell("then", ways=titles)


def _action(told: CycleTold, task: Task) -> Action:
    first, _, what = task.do.partition(":")
    match first:
        case "file" if what in told.workflow.records:
            return observing(told, what, filing(told, what))
        case "answer":
            return asking(told, "answer", task.items)
        case "verify":
            return asking(told, "verify", task.items)
        case "confirm":
            return _confirming(told, task, what)
        case "sign" | "reveal":
            return _press(told, first, f"{first}:{what}", told.speaker.record(what), what)
        case "resume" | "reopen":
            hidden = (("verb", first),)
            return told.action("turn", "turns", label=told.action_label(first), hidden=hidden)
        case "decide":
            open_ = [w for w in ways(told) if w.allowed and w.name in task.transitions]
            return told.action("decide", "transitions", ways=tuple(open_))
    return Action(kind="look", to=told.to + _LOOKS.get(first, ""))


def _press(told: CycleTold, label: str, do: str, title: str, record: str) -> Action:
    reads = filed_now(told, record) if label == "sign" else ()
    return told.action(
        "press",
        "presses",
        label=told.action_label(label, title),
        hidden=(("do", do),),
        reads=reads,
    )


def _confirming(told: CycleTold, task: Task, record: str) -> Action:
    meant = [r for r in told.found.records if r.id in task.items]
    return told.action(
        "press",
        "presses",
        label=told.action_label("confirm"),
        hidden=tuple(("do", f"confirm:{r.id}") for r in meant),
        reads=tuple(filed(told, r) for r in meant),
    )
