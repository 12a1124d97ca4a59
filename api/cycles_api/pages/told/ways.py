"""The ways on from where a cycle stands, with what each still lacks; the turns of its life."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from cycles.engine.offers import Offer
from cycles.engine.verdicts import Verdict
from cycles_api.pages.told.contexts import Check, Turning, Way
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.telling import speaker_of
from cycles_api.wording import Speaker
from cycles_api.wording.acts import VERBS
from cycles_api.wording.language import Both

__all__ = ["turns", "ways"]

#: What comes of each.
_HINTS: Final[dict[str, Both]] = {
    "suspend": Both(
        "停在这里，暂时谁也不用做什么；随时可以恢复，什么都不会丢。",
        "It stops here and nobody is asked for anything; it can be resumed, and nothing is lost.",
    ),
    "resume": Both("从停下的地方接着走。", "It goes on from where it stopped."),
    "cancel": Both(
        "不再继续。交过的都留着，可以看，不能再改；以后要两个人同意才能重新打开。",
        "It does not go on. All that was filed stays to be read; reopening it takes two people.",
    ),
    "withdraw": Both(
        "收回来，不再继续。交过的都留着，可以看。",
        "It is taken back. All that was filed stays to be read.",
    ),
    "reopen": Both(
        "要两个人：一位提议，另一位确认。打开后回到结束前的那一步。",
        "It takes two: one proposes, another confirms. It then goes back to where it ended.",
    ),
}


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


def turns(told: CycleTold, verbs: Iterable[str]) -> Iterator[Turning]:
    """What of its life the person may change now, by these verbs."""
    for verb in verbs:
        yield Turning(
            verb=verb,
            title=VERBS[verb].in_language(told.language),
            hint=_HINTS[verb].in_language(told.language),
        )
