"""My next steps: everybody's first page, with the form right there."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response, get

from cycles.school import AUDITOR
from cycles.service import Actor, may
from cycles.store import CycleFilter
from cycles_api.assembly import Service
from cycles_api.pages.board.opening import openings
from cycles_api.pages.cycle.contexts import CyclesPage
from cycles_api.pages.frame.going import go, said
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.visiting import Done, Signing, Visiting
from cycles_api.pages.home.contexts import NextStepsPage
from cycles_api.pages.meeting.told import meetings_on
from cycles_api.pages.told.contexts import Card
from cycles_api.pages.told.cycle import CycleTold, line_told
from cycles_api.pages.told.steps import card
from cycles_api.rest.doing import Serving
from cycles_api.rest.paging import Cursor, cursor_of, place_of

__all__ = ["NEXT_STEPS_ROUTES"]

_LISTED: Final = 10
_PAGE: Final = 50


@get("/", sync_to_thread=True)
def next_steps(visit: Visiting, service: Serving, done: Done = "") -> Response[Any]:
    """What I have to do next, soonest first; whoever is not signed in is asked who they are."""
    signed = visit.signed
    if signed is None:
        return go("/sign-in")
    actor, language = signed.actor, visit.language
    tasks = service.looking.tasks(actor)
    told: dict[str, CycleTold] = {}
    cards: list[Card] = []
    for answer in tasks:
        cycle = answer.cycle.id
        if cycle not in told:
            told[cycle] = CycleTold(service, actor, cycle, language, "/")
        cards.append(card(told[cycle], answer.task))
    asked = CycleFilter(person=actor.person, ended=False)
    lines, _ = service.looking.cycles(actor, asked, limit=_LISTED)
    page = NextStepsPage(
        cards=tuple(sorted(cards, key=_order)),
        meetings=tuple(meetings_on(lines)),
        start="" if cards or lines else _start(service, actor),
        said=said(done, language),
        lines=tuple(line_told(service, actor, line, language) for line in lines),
    )
    return rendered(language, page, visit.around)


def _order(card: Card) -> tuple[bool, bool, bool]:
    """A lesson that is being taught waits for nobody; then what is due, and one's own first."""
    return card.action.kind != "observe", not card.due, card.shared


def _start(service: Service, actor: Actor) -> str:
    """Where somebody begins for whom nothing is under way; empty: their turn will come."""
    if may("directory", actor) and not service.looking.cycles(actor, CycleFilter(), limit=1)[0]:
        return "/school"
    return "/desk" if actor.holds(AUDITOR) else ""


@get("/cycles", sync_to_thread=True)
def cycles(
    visit: Visiting, signed: Signing, service: Serving, cursor: Cursor = None
) -> Response[Any]:
    """The cycles that I may see, newest first."""
    after = place_of(cursor, str) or ""
    lines, last = service.looking.cycles(signed.actor, CycleFilter(), after=after, limit=_PAGE)
    language = visit.language
    page = CyclesPage(
        lines=tuple(line_told(service, signed.actor, line, language) for line in lines),
        more=f"/cycles?cursor={cursor_of(last)}" if last else "",
        may_open=any(openings(service, signed.actor)),
    )
    return rendered(language, page, visit.around)


NEXT_STEPS_ROUTES = (next_steps, cycles)
