"""A cycle's history, as its page tells it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cycles.service.answers import EntryAnswer
from cycles_api.pages import times
from cycles_api.pages.contexts import Step
from cycles_api.pages.told import CycleTold
from cycles_api.telling import speaker_of

__all__ = ["history"]

_STEPS: Final = 200


def history(told: CycleTold) -> Iterator[Step]:
    """The history, newest first."""
    found = told.service.log.history(told.actor, told.line.id, limit=_STEPS)
    for entry in reversed(found.entries):
        yield _step(told, entry)


def _step(told: CycleTold, entry: EntryAnswer) -> Step:
    speaker = speaker_of(entry.told, told.language)
    payload = entry.payload or {}
    claimed = payload.get("occurred_on")
    note = str(payload.get("reason") or "")
    labels = []
    if entry.data.get("late"):
        labels.append(told.tell("late"))
    if entry.for_:
        labels.append(told.tell("typed_for", who=speaker.people([entry.for_])))
    if "waived" in entry.guards.values():
        labels.append(told.tell("waived"))
    what = speaker.done(entry.act, entry.data)
    if entry.fired:
        what += f" → {speaker.state(entry.to)}"
    return Step(
        number=entry.seq,
        what=what,
        who=speaker.people([entry.actor]),
        when=told.moment(entry.at),
        claimed=times.day(claimed, told.language, told.today) if claimed else "",
        note=note,
        labels=tuple(labels),
    )
