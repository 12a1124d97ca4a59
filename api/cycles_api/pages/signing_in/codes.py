"""Letting people in: codes with QR for a group, and one for whoever forgot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from litestar import Request, Response, get, post

from cycles.ledger import instant_text
from cycles.school import ADMIN, DEPUTY, GROUP_HEAD, HEAD
from cycles.service import Actor, require
from cycles.service.signing_in import Invitation
from cycles_api.assembly import Service
from cycles_api.pages.frame import times
from cycles_api.pages.frame.going import go
from cycles_api.pages.frame.qr import base_of, is_only_here, qr_of
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending
from cycles_api.pages.frame.visiting import Setting, Signing, Visit, Visiting
from cycles_api.pages.signing_in.contexts import Code, CodesPage, PeoplePage
from cycles_api.rest.doing import Serving

__all__ = ["PEOPLE_ROUTES", "code_told"]


@get("/people", sync_to_thread=True)
def people(visit: Visiting, signed: Signing, service: Serving) -> Response[Any]:
    """Those whom I may let in."""
    require("invite", signed.actor)
    found = tuple(_people(service, signed.actor))
    return rendered(visit.language, PeoplePage(people=found), visit.around)


@post("/people/invitations", sync_to_thread=True, status_code=200)
def invite(
    request: Request[Any, Any, Any],
    visit: Visiting,
    signed: Signing,
    sent: Sending,
    service: Serving,
    settings: Setting,
) -> Response[Any]:
    """Codes for all who cannot come in yet; or, with `again`, one for somebody who forgot."""
    again = sent.text("again")
    if again:
        made: tuple[Invitation, ...] = (service.signing_in.let_in_again(signed.actor, again),)
    else:
        asked = sent.texts("person")
        if not asked:
            return go("/people")
        made = service.signing_in.invite(signed.actor, asked)
    base = base_of(request, settings)
    codes = tuple(code_told(visit, service, signed.actor, each, base) for each in made)
    page = CodesPage(codes=codes, short=bool(again), local=is_only_here(base))
    return rendered(visit.language, page, visit.around)


def _people(service: Service, actor: Actor) -> Iterator[tuple[str, str, str]]:
    """Id, name and group of everybody whom the actor may let in, but themselves."""
    view = service.core.view(actor.school_id)
    everybody = actor.holds(HEAD, DEPUTY, ADMIN)
    duty, own = view.on_duty(view.today(service.core.now())), actor.groups(GROUP_HEAD)
    seen = {actor.person}
    for group in view.groups.values():
        if not everybody and group.id not in own:
            continue
        members = (*duty.group_heads.get(group.id, ()), *duty.group_members.get(group.id, ()))
        for pseudonym in members:
            person = view.id_of[pseudonym]
            if person not in seen:
                seen.add(person)
                yield person, view.name(person), group.name
    if everybody:
        for pseudonym in duty.staff:
            person = view.id_of[pseudonym]
            if person not in seen:
                yield person, view.name(person), ""


def code_told(
    visit: Visit, service: Service, actor: Actor, invitation: Invitation, base: str
) -> Code:
    """A code with its link and its QR; `base` is the address of this server."""
    view = service.core.view(actor.school_id)
    today, link = view.today(service.core.now()), f"{base}{invitation.link_path}"
    until = instant_text(invitation.expires_at)
    return Code(
        name=invitation.name,
        code=invitation.code,
        link=link,
        picture=qr_of(link),
        until=times.moment(until, visit.language, view.row.zone, today),
    )


PEOPLE_ROUTES = (people, invite)
