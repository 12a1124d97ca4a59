"""The life of every suggestion of a cycle: raised → answered → in which version → seen or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final

from litestar import Response, get
from litestar.params import QueryParameter

from cycles.service.lives import Life
from cycles_api.pages.feedback.answering import answered_by_others
from cycles_api.pages.feedback.contexts import LifeTold, SuggestionsPage
from cycles_api.pages.feedback.lives import SIEVES, is_meant, life_told, lives
from cycles_api.pages.frame.going import said
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.visiting import Done, Signing, Visiting
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.rest.doing import Serving
from cycles_api.rest.ids import CycleId
from cycles_api.wording.language import Both

__all__ = ["SUGGESTION_ROUTES"]

Show = Annotated[str, QueryParameter(name="show", required=False)]

_LABELS: Final[dict[str, Both]] = {
    "all": Both("全部", "All"),
    "open": Both("待答复", "To be answered"),
    "answered": Both("已答复", "Answered"),
    "worked": Both("已见效", "Seen to work"),
    "mine": Both("我提的", "Mine"),
}


@get("/cycles/{cycle_id:str}/suggestions", sync_to_thread=True)
def suggestions(
    cycle_id: CycleId,
    visit: Visiting,
    signed: Signing,
    service: Serving,
    show: Show = "all",
    done: Done = "",
) -> Response[Any]:
    """What became of each suggestion; all of them, or those that are asked for."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, f"/cycles/{cycle_id}")
    every = lives(told)
    chosen = show if show in SIEVES else "all"
    meant = {name: [x for x in every if is_meant(told, x, name)] for name in SIEVES}
    page = SuggestionsPage(
        lesson=told.title,
        where=told.where,
        cycle=told.to,
        sieves=tuple(
            (
                f"{told.to}/suggestions" + ("" if name == "all" else f"?show={name}"),
                _LABELS[name].in_language(told.language),
                len(meant[name]),
                name == chosen,
            )
            for name in SIEVES
            # Who raises none, as the teacher, is not asked to look for theirs.
            if name != "mine" or meant[name]
        ),
        rounds=tuple(_rounds(told, meant[chosen])),
        nothing=not every,
        to_answer=tuple(_to_answer(told)),
        said=said(done, visit.language),
    )
    return rendered(visit.language, page, visit.around)


def _rounds(told: CycleTold, meant: Sequence[Life]) -> Iterator[tuple[str, tuple[LifeTold, ...]]]:
    for number in sorted({life.point.round for life in meant}, reverse=True):
        here = (life_told(told, life) for life in meant if life.point.round == number)
        yield told.tell("round", round=number), tuple(here)


def _to_answer(told: CycleTold) -> Iterator[tuple[str, str]]:
    """Whose answers this person can give now: an address and a name, empty for themselves."""
    mine = (t for t in told.found.tasks if t.person == told.actor.person)
    if any(task.do.startswith("answer:") for task in mine):
        yield f"{told.to}/answers", ""
    for person, name in answered_by_others(told):
        yield f"{told.to}/answers?for={person}", name


SUGGESTION_ROUTES = (suggestions,)
