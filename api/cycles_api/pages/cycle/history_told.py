"""A cycle's history, as its pages tell it: each entry in a sentence, the newest first."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from cycles.service.answers import EntryAnswer
from cycles_api.pages.frame import times
from cycles_api.pages.told.choosing import text_of
from cycles_api.pages.told.contexts import Step
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.telling import speaker_of
from cycles_api.wording import Speaker
from cycles_api.wording.language import Both
from cycles_api.wording.tasks import in_zone

__all__ = ["deed", "history"]

_WORDS: Final[dict[str, Both]] = {
    "moved": Both("{did}，进入“{state}”", "{did}, on to “{state}”"),
    "fired": Both("{did}；齐了，自动进入“{state}”", "{did}; all was there, so on to “{state}”"),
    "later": Both("{days} 天后才记", "{days} days later"),
    "next_day": Both("第二天记的", "the next day"),
    "withheld": Both("内容现在还不能看", "its content is not to be read yet"),
    "erased": Both("内容已删去", "its content was erased"),
}


def history(told: CycleTold, *, before: int, limit: int) -> tuple[Step, ...]:
    """The entries before the given number, the newest first, at most `limit`."""
    after = max(0, before - 1 - limit)
    if before <= 1:
        return ()
    found = told.service.log.history(
        told.actor, told.line.id, after=after, limit=min(limit, before - 1)
    )
    return tuple(_step(told, entry) for entry in reversed(found.entries))


def deed(speaker: Speaker, entry: EntryAnswer) -> str:
    """What was done and what followed, to be read after the name of who did it."""
    did = speaker.done(entry.act, entry.data)
    if entry.fired:
        said = "fired"
    elif entry.from_ is not None and entry.from_ != entry.to:
        said = "moved"
    else:
        return did
    told = _WORDS[said].in_language(speaker.language)
    return told.format(did=did, state=speaker.state(entry.to))


def _step(told: CycleTold, entry: EntryAnswer) -> Step:
    speaker = speaker_of(entry.told, told.language)
    payload = entry.payload or {}
    claimed = str(payload.get("occurred_on") or "")
    return Step(
        number=entry.seq,
        what=deed(speaker, entry),
        who=speaker.people([entry.actor]),
        when=told.moment(entry.at),
        claimed=times.day(claimed, told.language, told.today) if claimed else "",
        gap=_gap(told, claimed, entry.at),
        note="\n".join(filter(None, [_point(told, entry), str(payload.get("reason") or "")])),
        labels=tuple(_labels(told, entry, speaker)),
    )


def _point(told: CycleTold, entry: EntryAnswer) -> str:
    """What the point says that was answered or looked for, as far as it may be read."""
    meant = entry.data.get("point") if entry.act in ("answer", "verify") else None
    found = (p for p in told.found.points if p.id == meant)
    return next((text_of(point) for point in found), "")


def _labels(told: CycleTold, entry: EntryAnswer, speaker: Speaker) -> list[str]:
    labels = []
    if entry.data.get("late"):
        labels.append(told.tell("late"))
    if entry.for_:
        labels.append(told.tell("typed_for", who=speaker.people([entry.for_])))
    if "waived" in entry.guards.values():
        labels.append(told.tell("waived"))
    if entry.content in ("withheld", "erased"):
        labels.append(_WORDS[entry.content].in_language(told.language))
    return labels


def _gap(told: CycleTold, claimed: str, recorded: str) -> str:
    """How many days lie between the day that people name and the moment of the record."""
    local = in_zone(datetime.fromisoformat(recorded), told.line.zone)
    if local is None or not claimed:
        return ""
    days = (local.date() - date.fromisoformat(claimed)).days
    if days < 1:
        return ""
    said = _WORDS["next_day" if days == 1 else "later"].in_language(told.language)
    return said.format(days=days)
