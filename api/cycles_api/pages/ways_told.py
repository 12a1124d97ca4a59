"""The ways on from where a cycle stands, with what each still lacks; the turns of its life."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cycles.engine.commands import Turn
from cycles.engine.offers import Offer
from cycles.engine.verdicts import Verdict
from cycles_api.pages.contexts import Check, Turning, Way
from cycles_api.pages.told import CycleTold
from cycles_api.telling import speaker_of
from cycles_api.wording import Speaker
from cycles_api.wording.acts import VERBS

__all__ = ["turns", "ways"]

_TURNS: Final = ("suspend", "resume", "cancel", "withdraw", "reopen")


def ways(told: CycleTold) -> tuple[Way, ...]:
    """Every transition from here, with what it still lacks."""
    speaker = speaker_of(told.offered.told, told.language)
    return tuple(_way(told, offer, speaker) for offer in told.offered.offers)


def _way(told: CycleTold, offer: Offer, speaker: Speaker) -> Way:
    return Way(
        name=offer.transition,
        title=speaker.transition(offer.transition),
        to=speaker.state(offer.to),
        allowed=offer.allowed,
        may=offer.may,
        reason=offer.reason,
        auto=offer.auto,
        side=offer.side,
        checks=tuple(_check(told, v, speaker) for v in offer.verdicts),
    )


def _check(told: CycleTold, verdict: Verdict, speaker: Speaker) -> Check:
    said = speaker.verdict(verdict)
    if verdict.met and not verdict.waived:
        said = speaker.guard(verdict.guard)
    may_waive = not verdict.passes and told.actor.person in verdict.waivable_by
    remedies = () if verdict.passes else verdict.remedies
    return Check(
        met=verdict.passes,
        said=said,
        remedies=tuple(t for r in remedies if (t := speaker.remedy(r))),
        waive=verdict.guard if may_waive else "",
    )


def turns(told: CycleTold) -> Iterator[Turning]:
    """What of its life the person may change now."""
    for verb in _TURNS:
        command = Turn(verb=verb, reason="-")
        (trial,) = told.service.looking.what_if(told.actor, told.line.id, [command])
        if trial.refusal is None:
            yield Turning(verb=verb, title=VERBS[verb].in_language(told.language))
