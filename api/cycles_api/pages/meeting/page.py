"""Today's meeting 今日教研: on the phones, on the wall, and the record of it on paper."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import PathParameter, QueryParameter

from cycles.engine.commands import Advance, Command, File, Merge, Reveal
from cycles.errors import (
    NotFoundError,
    RefusedError,
    StaleRevisionError,
)
from cycles.service import Actor
from cycles.service.meetings import MeetingAnswer
from cycles_api.assembly import Service
from cycles_api.pages.filing.contexts import FilePage
from cycles_api.pages.frame.acting import act
from cycles_api.pages.frame.going import go, said
from cycles_api.pages.frame.qr import base_of, is_only_here, qr_of
from cycles_api.pages.frame.rendering import HEADERS, rendered
from cycles_api.pages.frame.sending import Sending, Sent
from cycles_api.pages.frame.short import long_of, short_of
from cycles_api.pages.frame.visiting import Done, Setting, Signing, Visiting
from cycles_api.pages.meeting.activity import activity_of
from cycles_api.pages.meeting.contexts import ActivityPage, MeetingPage, WallPage
from cycles_api.pages.meeting.told import MeetingTold, attendance_told
from cycles_api.pages.meeting.words import DONE
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.forms import filing, typed_for
from cycles_api.rest.doing import Serving
from cycles_api.rest.ids import CycleId, Kind
from cycles_api.settings import Settings
from cycles_api.wording import Language

__all__ = ["MEETING_ROUTES"]

For = Annotated[str, QueryParameter(name="for", required=False)]
Like = Annotated[list[str] | None, QueryParameter(name="like", required=False)]
Merging = Annotated[bool, QueryParameter(name="merging", required=False)]
SeenTag = Annotated[str, QueryParameter(name="seen", required=False)]
Short = Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9_-]{22}$")]
RoundNo = Annotated[int, PathParameter(ge=1, le=1000)]


@get("/cycles/{cycle_id:str}/meeting", sync_to_thread=True)
def meeting(
    request: Request[Any, Any, Any],
    cycle_id: CycleId,
    visit: Visiting,
    signed: Signing,
    service: Serving,
    settings: Setting,
    done: Done = "",
    like: Like = None,
    merging: Merging = False,
) -> Response[Any]:
    """The meeting on a phone."""
    here = f"/cycles/{cycle_id}/meeting"
    there = MeetingTold(service, signed.actor, cycle_id, visit.language, here)
    answer, told, alike = there.answer, there.told, there.like(like or ())
    link = _link(request, settings, cycle_id)
    page = MeetingPage(
        title=told.title,
        round=told.round,
        round_no=told.line.round,
        cycle=told.to,
        here=here,
        now=f"{here}/now",
        tag=answer.tag,
        stage=answer.stage,
        said=there.say("pick_two") if merging and not alike else _said(done, visit.language),
        places=there.places(),
        leads=answer.leads,
        names=there.meeting.names,
        resting=there.resting,
        left=there.left_s,
        roll=there.roll(),
        lesson_first=there.lesson_first,
        lesson_form=there.lesson_form,
        speaker=there.speaker,
        prompt=there.prompt,
        words=there.words_title,
        mine=tuple(there.mine()),
        count=there.count,
        may_show=answer.may_show,
        said_there=there.said,
        at=there.at + 1,
        back=there.back,
        onward=there.onward,
        like=alike,
        agreed=there.agreed(),
        closing=there.closing(),
        steps=there.steps(),
        present=tuple(there.present()) if answer.leads else (),
        qr=qr_of(link),
        link=link,
        local=is_only_here(link),
        key=secrets.token_urlsafe(16),
        revision=told.line.revision,
        number=answer.screen.number,
    )
    return rendered(visit.language, page, visit.around)


@get("/cycles/{cycle_id:str}/meeting/wall", sync_to_thread=True)
def wall(
    request: Request[Any, Any, Any],
    cycle_id: CycleId,
    visit: Visiting,
    signed: Signing,
    service: Serving,
    settings: Setting,
    done: Done = "",
) -> Response[Any]:
    """The meeting on the projector."""
    here = f"/cycles/{cycle_id}/meeting/wall"
    there = MeetingTold(service, signed.actor, cycle_id, visit.language, here)
    answer, told = there.answer, there.told
    link = _link(request, settings, cycle_id)
    page = WallPage(
        title=told.title,
        round=told.round,
        here=here,
        phone=there.here,
        now=f"{there.here}/now",
        tag=answer.tag,
        stage=answer.stage,
        said=_said(done, visit.language),
        leads=answer.leads,
        resting=there.resting,
        left=there.left_s,
        told=tuple(attendance_told(told, answer.codes)),
        speaker=there.speaker,
        prompt=there.prompt,
        words=there.words_title,
        fields=there.fields,
        count=there.count,
        may_show=answer.may_show,
        shown=there.said[there.at] if there.at < len(there.said) else None,
        at=there.at + 1,
        many=len(there.said),
        back=there.back,
        onward=there.onward,
        agreed=there.agreed_parts(),
        steps=there.steps(),
        qr=qr_of(link),
        link=link,
        local=is_only_here(link),
        key=secrets.token_urlsafe(16),
        revision=told.line.revision,
        number=answer.screen.number,
    )
    return rendered(visit.language, page, visit.around)


@get("/cycles/{cycle_id:str}/meeting/now", sync_to_thread=True)
def now(cycle_id: CycleId, signed: Signing, service: Serving, seen: SeenTag = "") -> Response[Any]:
    """Whether something has changed since `seen`: nothing (204), or the new tag.

    Asked every few seconds: a short question is answered through any proxy and any browser, and
    whoever lost the line for a while simply asks again.
    """
    tag = service.meetings.tag(signed.actor, cycle_id)
    if tag == seen:
        return Response(None, status_code=204, headers=HEADERS)
    return Response(tag, media_type="text/plain", headers=HEADERS)


@get("/cycles/{cycle_id:str}/meeting/records/{kind:str}", sync_to_thread=True)
def form(
    cycle_id: CycleId,
    kind: Kind,
    visit: Visiting,
    signed: Signing,
    service: Serving,
    for_: For = "",
) -> Response[Any]:
    """One form of the meeting, for oneself again or for somebody else, that leads back to it."""
    back = f"/cycles/{cycle_id}/meeting"
    told = CycleTold(service, signed.actor, cycle_id, visit.language, back)
    if kind not in told.workflow.records:
        raise NotFoundError("record", kind)
    if for_ and for_ not in dict(typed_for(told, kind)):
        raise NotFoundError("person", for_)
    page = FilePage(
        title=told.speaker.record(kind),
        lesson=told.title,
        where=told.where,
        cycle=back,
        action=filing(told, kind, for_=for_),
        faults=(),
        for_name=told.view.name(for_) if for_ else "",
    )
    return rendered(visit.language, page, visit.around)


@post("/cycles/{cycle_id:str}/meeting/attendance", sync_to_thread=True, status_code=303)
def tick(cycle_id: CycleId, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """Who is here: only what was changed is sent on, so that two who tick lose nothing."""
    answer = service.meetings.of(signed.actor, cycle_id)
    if answer.meeting.attendance is None:
        raise NotFoundError("record", "attendance")
    record, field = answer.meeting.attendance
    codes, was = sent.under("code."), sent.under("was.")
    changed = {person: code for person, code in codes.items() if code != was.get(person)}
    if changed:
        command = File(record=record, fields={field: changed})
        act(service, signed.actor, cycle_id, sent, [command])
    return go(sent.text("back"), done="roll")


@post("/cycles/{cycle_id:str}/meeting/wall", sync_to_thread=True, status_code=303)
def turn(cycle_id: CycleId, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """Turn the wall to a point, or begin or end the rest; what was overtaken is left as it is."""
    number, rest = sent.text("number"), sent.text("rest")
    seen = int(number) if number.isdecimal() and len(number) < 16 else 0
    turned = service.meetings.turn(
        signed.actor,
        cycle_id,
        seen,
        place=None if rest else sent.text("place"),
        rests=rest == "begin" if rest else None,
    )
    return go(sent.text("back"), done="" if turned else "overtaken")


@post("/cycles/{cycle_id:str}/meeting/shown", sync_to_thread=True, status_code=303)
def show(cycle_id: CycleId, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """Show everybody's words."""
    words = service.meetings.of(signed.actor, cycle_id).meeting.words
    command = Reveal(record=words)
    return _press(service, signed.actor, cycle_id, sent, command, "shown", lambda a: a.shown)


@post("/cycles/{cycle_id:str}/meeting/merged", sync_to_thread=True, status_code=303)
def merge(cycle_id: CycleId, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """Make like points one."""
    into, points = sent.text("into"), tuple(sent.texts("like"))
    command = Merge(points=tuple(p for p in points if p != into), into=into)

    def is_merged(_: MeetingAnswer) -> bool:
        found = service.looking.cycle(signed.actor, cycle_id).points
        where = {p.id: p.merged_into or p.id for p in found}
        return len(points) > 1 and len({where.get(p, p) for p in points}) == 1

    return _press(service, signed.actor, cycle_id, sent, command, "merged", is_merged)


@post("/cycles/{cycle_id:str}/meeting/closed", sync_to_thread=True, status_code=303)
def close(cycle_id: CycleId, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """End the meeting."""
    transition = service.meetings.of(signed.actor, cycle_id).meeting.close
    command = Advance(transition=transition)

    def is_closed(answer: MeetingAnswer) -> bool:
        return answer.stage in ("closed", "ahead")

    return _press(service, signed.actor, cycle_id, sent, command, "closed", is_closed, as_seen=True)


@get("/m/{short:str}", sync_to_thread=False)
def short_link(short: Short) -> Response[Any]:
    """From the short address on the wall to the meeting, which asks who comes."""
    return go(f"/cycles/{long_of(short)}/meeting")


@get("/cycles/{cycle_id:str}/rounds/{round_no:int}/activity", sync_to_thread=True)
def activity(
    cycle_id: CycleId,
    round_no: RoundNo,
    visit: Visiting,
    signed: Signing,
    service: Serving,
) -> Response[Any]:
    """The record of activity of a round, to print."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, "/").on_paper()
    made = activity_of(service, signed.actor, told, round_no)
    if made is None:
        raise NotFoundError("round", str(round_no))
    page = ActivityPage(record=made, back=told.to)
    return rendered(visit.language, page, visit.around)


def _press(
    service: Service,
    actor: Actor,
    cycle_id: str,
    sent: Sent,
    command: Command,
    done: str,
    is_done: Callable[[MeetingAnswer], bool],
    *,
    as_seen: bool = False,
) -> Response[Any]:
    """Do it and go back; where another has done the same already, say so and go back as well."""
    back = sent.text("back")
    try:
        act(service, actor, cycle_id, sent, [command], seen=as_seen)
    except RefusedError as error:
        if is_done(service.meetings.of(actor, cycle_id)):
            return go(back, done="overtaken")
        if isinstance(error, StaleRevisionError):
            return go(back, done="changed")
        raise
    return go(back, done=done)


def _link(request: Request[Any, Any, Any], settings: Settings, cycle_id: str) -> str:
    """Where the phones find the meeting; short, so that its picture is coarse."""
    return f"{base_of(request, settings)}/m/{short_of(cycle_id)}"


def _said(done: str, language: Language) -> str:
    known = DONE.get(done)
    return known.in_language(language) if known else said(done, language)


MEETING_ROUTES = (
    meeting,
    wall,
    now,
    form,
    tick,
    turn,
    show,
    merge,
    close,
    short_link,
    activity,
)
