"""One's own account: password, devices, leaving everywhere."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from cycles.errors import (
    InvalidInputError,
    NotAllowedError,
    RefusedError,
    SignInError,
    ThrottledError,
)
from cycles.ledger import instant_text
from cycles_api.assembly import Service
from cycles_api.pages.frame import times
from cycles_api.pages.frame.going import go, said
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending
from cycles_api.pages.frame.visiting import Done, Setting, Signing, Visit, Visiting, opened_cookie
from cycles_api.pages.signing_in.contexts import AccountPage, Device
from cycles_api.pages.signing_in.devices import device_name
from cycles_api.problems import status_of
from cycles_api.rest.doing import Serving
from cycles_api.wording import Speaker

__all__ = ["ACCOUNT_ROUTES"]


@get("/me", sync_to_thread=True)
def account(visit: Visiting, signed: Signing, service: Serving, done: Done = "") -> Response[Any]:
    """My account."""
    return _page(visit, service, told=said(done, visit.language))


@post("/me/password", sync_to_thread=True, status_code=303)
def set_password(
    visit: Visiting, signed: Signing, sent: Sending, service: Serving, settings: Setting
) -> Response[Any]:
    """A password, or another one; all other devices are signed out."""
    actor, door, old, new = signed.actor, service.signing_in, sent.text("old"), sent.text("new")
    try:
        if old:
            opened = door.set_password(actor, old, new, session=signed.session)
        else:
            opened = door.set_first_password(actor, new, session=signed.session)
    except (InvalidInputError, NotAllowedError, SignInError, ThrottledError) as error:
        return _page(visit, service, error=error)
    return go("/me", done="password", cookies=[opened_cookie(settings, opened)])


@post("/me/devices", sync_to_thread=True, status_code=303)
def end_session(signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """Sign one device out."""
    service.signing_in.end_session(signed.actor, sent.text("session"))
    return go("/me", done="device")


def _page(
    visit: Visit, service: Service, *, told: str = "", error: RefusedError | None = None
) -> Response[Any]:
    signed = visit.signed
    if signed is None:
        return go("/sign-in")
    language, view = visit.language, service.core.view(signed.actor.school_id)
    today = view.today(service.core.now())
    speaker = Speaker(language)
    faults: tuple[str, ...] = ()
    if isinstance(error, InvalidInputError):
        faults = tuple(speaker.fault(fault) for fault in error.faults)
    elif error is not None:
        faults = (speaker.error(error),)
    devices = tuple(
        Device(
            id=session.id,
            name=device_name(session.device, language),
            since=times.moment(instant_text(session.seen_at), language, view.row.zone, today),
            this=session.id == signed.session,
            trusted=session.trusted,
        )
        for session in service.signing_in.sessions(signed.actor)
    )
    page = AccountPage(
        said=told,
        faults=faults,
        guest=signed.actor.guest,
        has_password=service.signing_in.has_password(signed.actor),
        devices=devices,
    )
    status = status_of(error) if error is not None else 200
    return rendered(language, page, visit.around, status=status)


ACCOUNT_ROUTES = (account, set_password, end_session)
