"""One cycle: where it stands, what is missing and who can clear it, and all that was filed."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, Final

from litestar import Response, get
from litestar.params import QueryParameter

from cycles.errors import NotFoundError
from cycles.workflow.diagram import svg
from cycles_api.pages.cycle.contexts import CyclePage
from cycles_api.pages.cycle.history_told import history
from cycles_api.pages.feedback.answering import answers_for_others
from cycles_api.pages.filing.writing import record_page
from cycles_api.pages.frame.going import said
from cycles_api.pages.frame.rendering import HEADERS, rendered
from cycles_api.pages.frame.visiting import Done, Signing, Visiting
from cycles_api.pages.meeting.told import meeting_address
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.forms import can_file, filing, typed_for
from cycles_api.pages.told.lamps import lamps_told
from cycles_api.pages.told.records import rounds
from cycles_api.pages.told.standing import about, others, people, places, waits
from cycles_api.pages.told.steps import cards
from cycles_api.pages.told.ways import told_once, turns, ways
from cycles_api.rest.doing import Serving
from cycles_api.rest.ids import CycleId, Digest, Kind
from cycles_api.rest.open_file import OpenFile

__all__ = ["CYCLE_PAGES", "file_page"]

For = Annotated[str, QueryParameter(name="for", required=False)]
#: Of the history, on the cycle's own page.
_LATEST: Final = 5


@get("/cycles/{cycle_id:str}", sync_to_thread=True)
def cycle(
    cycle_id: CycleId, visit: Visiting, signed: Signing, service: Serving, done: Done = ""
) -> Response[Any]:
    """One cycle."""
    to = f"/cycles/{cycle_id}"
    told = CycleTold(service, signed.actor, cycle_id, visit.language, to)
    onward = ways(told)
    steps = tuple(c for c in cards(told) if c.action.kind != "decide")
    asked_for = {c.action.to for c in steps}
    at_hand = service.arranging.at_hand(signed.actor, cycle_id)
    moves = [way for way, _ in at_hand.moves]
    told_by_ways = {check.said for way in onward for check in way.checks}
    page = CyclePage(
        title=told.title,
        about=tuple(about(told)),
        state=told.speaker.state(told.line.state),
        round=told.round,
        places=places(told),
        picture=f"{to}/picture",
        meeting=meeting_address(told),
        ended=told.line.ended,
        cards=steps,
        ways=tuple(told_once(w for w in onward if not w.side)),
        sides=tuple(w for w in onward if w.side and w.allowed and w.name not in moves),
        lifecycle=tuple(turns(told, at_hand.turns)),
        waits=tuple(w for w in waits(told) if w not in told_by_ways),
        others=tuple(others(told)),
        people=tuple(people(told)),
        can_file=(
            *(
                (f"{to}/records/{name}", told.speaker.record(name))
                for name in can_file(told)
                if f"{to}/records/{name}" not in asked_for
            ),
            *answers_for_others(told),
        ),
        rounds=tuple(rounds(told)),
        lamps=lamps_told(service.boards.lamps(signed.actor, cycle_id), told.speaker),
        steps=history(told, before=told.line.revision + 1, limit=_LATEST),
        key=secrets.token_urlsafe(16),
        revision=told.line.revision,
        to=to,
        moves=told.speaker.transition(moves[0]) if moves else "",
        paths=tuple(
            (path, " → ".join(told.speaker.transition(name) for name in path))
            for path in at_hand.paths
        ),
        runs=service.guests.may_ask(signed.actor, cycle_id),
        said=said(done, visit.language),
    )
    return rendered(visit.language, page, visit.around)


@get("/cycles/{cycle_id:str}/records/{kind:str}", sync_to_thread=True)
def file_page(
    cycle_id: CycleId,
    kind: Kind,
    visit: Visiting,
    signed: Signing,
    service: Serving,
    for_: For = "",
) -> Response[Any]:
    """The form of one record."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, f"/cycles/{cycle_id}")
    if kind not in told.workflow.records:
        raise NotFoundError("record", kind)
    if for_ and for_ not in dict(typed_for(told, kind)):
        raise NotFoundError("person", for_)
    page = record_page(told, kind, filing(told, kind, for_=for_), for_=for_)
    return rendered(visit.language, page, visit.around)


@get("/cycles/{cycle_id:str}/picture", sync_to_thread=True)
def picture(cycle_id: CycleId, visit: Visiting, signed: Signing, service: Serving) -> Response[str]:
    """The drawn workflow with the place where the cycle stands."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, "/")
    drawn = svg(told.version, visit.language, here=told.line.state)
    # A picture brings its own colours; alone in a window it may use them, and nothing else.
    headers = {
        **HEADERS,
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(drawn, media_type="image/svg+xml", headers=headers)


@get("/files/{digest:str}", sync_to_thread=True)
def file(digest: Digest, signed: Signing, service: Serving) -> OpenFile:
    """An attachment, to be saved under the name that its link has."""
    known, source = service.attachments.fetch(signed.actor, digest)
    headers = {
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Disposition": "attachment",
    }
    return OpenFile(source, size=known.size, media_type=known.kind, headers=headers)


CYCLE_PAGES = (cycle, file_page, picture, file)
