"""What people send from pages: forms become commands, and the browser is led on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from litestar import Response, post
from litestar.datastructures import UploadFile

from cycles.engine.commands import (
    Advance,
    Confirm,
    File,
    Reveal,
    Sign,
    Turn,
    Waive,
)
from cycles.errors import (
    InvalidInputError,
    NotFoundError,
    NotWhatItSaysError,
    RefusedError,
    TooLargeError,
)
from cycles.service import Actor, told_of
from cycles_api.assembly import Service
from cycles_api.pages.filing.writing import record_page
from cycles_api.pages.frame.acting import act
from cycles_api.pages.frame.going import go
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending, Sent
from cycles_api.pages.frame.visiting import Setting, Signing, Visiting
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.fields import day_of, read
from cycles_api.pages.told.forms import filing
from cycles_api.rest.doing import Serving
from cycles_api.rest.ids import CycleId, Kind
from cycles_api.telling import speaker_of

__all__ = ["DOING_ROUTES", "Uploads"]


@post("/cycles/{cycle_id:str}/records/{kind:str}", sync_to_thread=True, status_code=303)
def file_record(
    cycle_id: CycleId,
    kind: Kind,
    visit: Visiting,
    signed: Signing,
    sent: Sending,
    service: Serving,
    settings: Setting,
) -> Response[Any]:
    """File a record; with faults, the same form again."""
    actor = signed.actor
    told = CycleTold(service, actor, cycle_id, visit.language, sent.text("back") or "/")
    if kind not in told.workflow.records:
        raise NotFoundError("record", kind)
    uploads = Uploads(service, actor, settings.file_limit)
    values = read(told.workflow.records[kind].form, sent, uploads.keep)
    for_ = sent.text("for") or None
    for_ = None if for_ == actor.person else for_
    command = File(
        record=kind,
        fields=values,
        for_=for_,
        about=sent.text("about") or None,
        occurred_on=day_of(sent.text("occurred_on")),
    )
    faults = {name: told.speaker.error(error) for name, error in uploads.refused.items()}
    others = list(faults.values())
    if not faults:
        try:
            told_late = replace(command, occurred_on=_claimed(command, sent, told))
            act(service, actor, cycle_id, sent, [told_late], asked=[command])
            return go(sent.text("back"), done="file")
        except InvalidInputError as error:
            speaker = speaker_of(told_of(error), visit.language)
            for fault in error.faults:
                owner, _, name = fault.field.partition(".")
                if owner == "fields":
                    faults.setdefault(name.split(".")[0], speaker.of_fault(fault, kind))
                others.append(speaker.fault(fault, kind))
    form = filing(
        told,
        kind,
        values=values,
        faults=faults,
        for_=for_ or "",
        claimed=sent.text("occurred_on"),
    )
    page = record_page(told, kind, form, for_=for_ or "", faults=tuple(dict.fromkeys(others)))
    return rendered(visit.language, page, visit.around, status=422)


#: Transitions of a path; more would be several transactions.
_PATH: Final = 10


@post("/cycles/{cycle_id:str}/transitions", sync_to_thread=True, status_code=303)
def advance(cycle_id: CycleId, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """Fire a transition, or several one after the other: all of them or none."""
    reason = sent.text("reason") or None
    path = [Advance(transition=name, reason=reason) for name in sent.texts("transition")[:_PATH]]
    act(service, signed.actor, cycle_id, sent, path, seen=True)
    return go(sent.text("back"), done="advance")


@post("/cycles/{cycle_id:str}/presses", sync_to_thread=True, status_code=303)
def press(cycle_id: CycleId, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """Confirm, sign or show something: all that needs no more than a press."""
    asked = [do.partition(":")[::2] for do in sent.texts("do")]
    commands = [_PRESSES[do](what) for do, what in asked if do in _PRESSES]
    act(service, signed.actor, cycle_id, sent, commands)
    return go(sent.text("back"), done=asked[0][0])


@post("/cycles/{cycle_id:str}/turns", sync_to_thread=True, status_code=303)
def turn(cycle_id: CycleId, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """Suspend, resume, cancel, withdraw or reopen."""
    command = Turn(verb=sent.text("verb"), reason=sent.text("reason"))
    act(service, signed.actor, cycle_id, sent, [command], seen=True)
    return go(sent.text("back"), done="turn")


@post("/cycles/{cycle_id:str}/waivers", sync_to_thread=True, status_code=303)
def waive(cycle_id: CycleId, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """Waive a condition."""
    command = Waive(guard=sent.text("guard"), reason=sent.text("reason"))
    act(service, signed.actor, cycle_id, sent, [command], seen=True)
    return go(sent.text("back"), done="waive")


_PRESSES: Final[dict[str, Any]] = {
    "confirm": lambda what: Confirm(filing=what),
    "sign": lambda what: Sign(record=what),
    "reveal": lambda what: Reveal(record=what),
}


#: What waited longer than this on a phone, in seconds, is no longer believed.
_WAITED_MOST: Final = 100 * 24 * 3600


def _claimed(command: File, sent: Sent, told: CycleTold) -> date | None:
    """The day that it is said to be about; else that of the first press, if that is past.

    A phone without a connection sends again until it is heard, which may be another day. It says
    so outside of what its key stands for: the first sending may have been heard after all. It says
    how long ago, in seconds: its clock and its time zone may be wrong.
    """
    ago = sent.text("pressed_ago")
    if command.occurred_on is not None or not re.fullmatch("[0-9]{1,8}", ago):
        return command.occurred_on
    waited = min(int(ago), _WAITED_MOST)
    pressed = told.view.today(told.now - timedelta(seconds=waited))
    return pressed if pressed < told.today else None


class Uploads:
    """Files that come with a form: stored at once, named by the record."""

    def __init__(self, service: Service, actor: Actor, limit: int) -> None:
        self._service, self._actor, self._limit = service, actor, limit
        #: Field → why its file was not taken.
        self.refused: dict[str, RefusedError] = {}

    def keep(self, name: str, file: UploadFile) -> dict[str, str] | None:
        """What the record calls the file; `None` with a fault where it is not taken."""
        try:
            sent = self._service.attachments.send(
                self._actor, file.filename, file.file, limit=self._limit
            )
        except (NotWhatItSaysError, TooLargeError) as error:
            self.refused[name] = error
            return None
        return {"digest": sent.digest, "name": file.filename[-255:]}


DOING_ROUTES = (file_record, advance, press, turn, waive)
