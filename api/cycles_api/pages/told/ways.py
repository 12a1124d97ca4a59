"""The ways on from where a cycle stands, with what each still lacks; the turns of its life."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from cycles.engine.offers import Offer
from cycles.engine.verdicts import Verdict
from cycles_api.pages.told.contexts import Check, Turning, Way
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.telling import speaker_of
from cycles_api.wording import Speaker
from cycles_api.wording.acts import VERBS
from cycles_api.wording.language import Both

__all__ = ["told_once", "turns", "ways"]

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


def told_once(every: Iterable[Way]) -> Iterator[Way]:
    """Of ways that are closed alike, only the first says why."""
    said = set[Check]()
    for way in every:
        if way.allowed or way.side:
            yield way
            continue
        more = tuple(check for check in way.checks if check not in said)
        said.update(way.checks)
        yield replace(way, checks=more, same=len(more) < len(way.checks))


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
        checks=tuple(_checks(told, offer, speaker)),
    )


def _checks(told: CycleTold, offer: Offer, speaker: Speaker) -> Iterator[Check]:
    """Every condition; what only comes after another that is unmet stands in one line."""
    later = [v for v in offer.verdicts if v.after and not v.passes and not _may_waive(told, v)]
    yield from (_check(told, v, speaker) for v in offer.verdicts if v not in later)
    if later:
        names = dict.fromkeys(speaker.guard(v.guard, offer.transition) for v in later)
        and_ = "、" if told.language == "zh" else ", "
        yield Check(met=False, said=told.tell("later", what=and_.join(names)))


def _check(told: CycleTold, verdict: Verdict, speaker: Speaker) -> Check:
    said = speaker.verdict(verdict)
    if verdict.met and not verdict.waived:
        said = speaker.guard(verdict.guard)
    remedies = () if verdict.passes else verdict.remedies
    return Check(
        met=verdict.passes,
        said=said,
        remedies=tuple(t for r in remedies if (t := speaker.remedy(r))),
        waive=verdict.guard if _may_waive(told, verdict) else "",
    )


def _may_waive(told: CycleTold, verdict: Verdict) -> bool:
    return not verdict.passes and told.actor.person in verdict.waivable_by


def turns(told: CycleTold, verbs: Iterable[str]) -> Iterator[Turning]:
    """What of its life the person may change now, by these verbs."""
    for verb in verbs:
        yield Turning(
            verb=verb,
            title=VERBS[verb].in_language(told.language),
            hint=_HINTS[verb].in_language(told.language),
        )
