"""Drafts from and to a page's script: what is begun, and files chosen before the form is sent."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import QueryParameter

from cycles.errors import NotWhatItSaysError, TooLargeError
from cycles.service import Actor
from cycles.service.drafts import Draft
from cycles_api.assembly import Service
from cycles_api.pages.filing.doing import Uploads
from cycles_api.pages.frame import times
from cycles_api.pages.frame.rendering import HEADERS
from cycles_api.pages.frame.sending import Sending
from cycles_api.pages.frame.visiting import Setting, Signing, Visiting
from cycles_api.pages.signing_in.devices import device_name
from cycles_api.rest.doing import Serving
from cycles_api.wording import Language, Speaker

__all__ = ["DRAFTING_ROUTES"]

Forms = Annotated[list[str] | None, QueryParameter(name="form", required=False)]
#: Forms on one page.
_MOST: Final = 50


@get("/drafts", sync_to_thread=True)
def drafts(
    visit: Visiting, signed: Signing, service: Serving, forms: Forms = None
) -> Response[Any]:
    """My drafts of these forms; whose they are, and what a form of now must send back."""
    found = service.drafts.of(signed.actor, (forms or [])[:_MOST])
    language = visit.language
    told = {draft.form: _told(service, signed.actor, language, draft) for draft in found}
    return _json({"person": signed.actor.person, "csrf": visit.around.csrf, "drafts": told})


@post("/drafts", sync_to_thread=True, status_code=200)
def keep_draft(
    request: Request[Any, Any, Any],
    visit: Visiting,
    signed: Signing,
    sent: Sending,
    service: Serving,
) -> Response[Any]:
    """Keep what is begun; 409 with what is there where another device was there in between."""
    form, content = sent.text("form"), sent.text("content")
    try:
        kept = service.drafts.keep(
            signed.actor,
            form,
            content,
            after=sent.text("after"),
            device=request.headers.get("user-agent", ""),
        )
    except TooLargeError as error:
        return _json({"said": Speaker(visit.language).error(error)}, status=413)
    there = None
    if kept.draft is not None:
        there = _told(service, signed.actor, visit.language, kept.draft)
    return _json({"draft": there}, status=200 if kept.taken else 409)


@post("/drafts/files", sync_to_thread=True, status_code=200)
def keep_file(
    visit: Visiting, signed: Signing, sent: Sending, service: Serving, settings: Setting
) -> Response[Any]:
    """Take a file for a form that is sent later; what the record will call it."""
    uploads, chosen = Uploads(service, signed.actor, settings.file_limit), sent.file("file")
    found = uploads.keep("file", chosen) if chosen is not None else None
    if found is None:
        error = uploads.refused.get("file") or NotWhatItSaysError("", ())
        return _json({"said": Speaker(visit.language).error(error)}, status=422)
    return _json(found)


def _told(service: Service, actor: Actor, language: Language, draft: Draft) -> dict[str, str]:
    """A draft as a page shows it: its content, when it was saved and on what."""
    view = service.core.view(actor.school_id)
    today = view.today(service.core.now())
    return {
        "version": draft.version,
        "content": draft.content,
        "at": times.moment(draft.changed_at, language, view.row.zone, today),
        "device": device_name(draft.device, language),
    }


def _json(content: Any, *, status: int = 200) -> Response[Any]:
    return Response(
        json.dumps(content, ensure_ascii=False),
        status_code=status,
        media_type="application/json",
        headers=HEADERS,
    )


DRAFTING_ROUTES = (drafts, keep_draft, keep_file)
