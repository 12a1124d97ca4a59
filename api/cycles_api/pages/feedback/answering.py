"""Answering feedback points, at night on a phone: one tap each, a reason where not adopted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import QueryParameter

from cycles.engine.commands import Answer, Command, Verify
from cycles.errors import FieldFault, InvalidInputError, NotFoundError
from cycles_api.pages.feedback.contexts import AnswersPage
from cycles_api.pages.frame.acting import act
from cycles_api.pages.frame.going import go
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending, Sent
from cycles_api.pages.frame.visiting import Signing, Visiting
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.points import Chosen, asking
from cycles_api.pages.told.points_words import SAY
from cycles_api.rest.doing import Serving
from cycles_api.rest.ids import CycleId

__all__ = ["ANSWERING_ROUTES", "answered_by_others", "answers_for_others"]

For = Annotated[str, QueryParameter(name="for", required=False)]
#: What `what_if` takes at once.
_TRIALS: Final = 20


@get("/cycles/{cycle_id:str}/answers", sync_to_thread=True)
def answers(
    cycle_id: CycleId, visit: Visiting, signed: Signing, service: Serving, for_: For = ""
) -> Response[Any]:
    """The points that wait for one's answer, and those whose answer may still be changed."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, f"/cycles/{cycle_id}")
    others = tuple(answered_by_others(told))
    if for_ and for_ not in dict(others):
        raise NotFoundError("person", for_)
    mine = list(_mine(told, for_))
    given = {p.id: p for p in told.found.points if p.id in mine and not p.open and p.disposition}
    before = Chosen(
        words={p: str(point.disposition) for p, point in given.items()},
        reasons={p: point.reason or "" for p, point in given.items()},
    )
    wanted = [p for p in mine if p not in given]
    page = AnswersPage(
        kind="answer",
        lesson=told.title,
        where=told.where,
        cycle=told.to,
        for_name=told.view.name(for_) if for_ else "",
        action=asking(told, "answer", wanted, for_=for_) if wanted else None,
        again=asking(told, "answer", list(given), before, for_=for_) if given else None,
        faults=(),
        others=tuple((f"{told.to}/answers?for={p}", name) for p, name in others if p != for_),
    )
    return rendered(visit.language, page, visit.around)


@post("/cycles/{cycle_id:str}/answers", sync_to_thread=True, status_code=303)
def answer(
    cycle_id: CycleId, visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """Answer points, those that have one; with a fault, the same points again."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, sent.text("back"))
    reasons, for_ = sent.under("reason."), _for(sent, told)
    commands = [
        Answer(point=point, disposition=word, reason=reasons.get(point) or None, for_=for_)
        for point, word in sent.under("answer.").items()
        if word and not _stands(told, point, word, reasons.get(point, ""))
    ]
    nothing_new = not commands and any(sent.under("answer.").values())
    return _said(visit, told, "answer", sent, commands, nothing_new=nothing_new)


@post("/cycles/{cycle_id:str}/verifications", sync_to_thread=True, status_code=303)
def verify(
    cycle_id: CycleId, visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """Say of points whether they were seen to work."""
    told = CycleTold(service, signed.actor, cycle_id, visit.language, sent.text("back"))
    commands = [
        Verify(point=point, outcome=word, for_=_for(sent, told))
        for point, word in sent.under("answer.").items()
        if word
    ]
    return _said(visit, told, "verify", sent, commands)


def answered_by_others(told: CycleTold) -> Iterator[tuple[str, str]]:
    """For whom this person may type the answers that are wanted: id and name."""
    wanted = {
        t.person: t.items[0] for t in told.found.tasks if t.do.startswith("answer:") and t.items
    }
    wanted.pop(told.actor.person, None)
    commands = [Answer(point=i, disposition="adopted", for_=p) for p, i in wanted.items()]
    for person, refused in zip(wanted, _tried(told, commands), strict=True):
        if refused is None:
            yield person, told.view.name(person)


def answers_for_others(told: CycleTold) -> Iterator[tuple[str, str]]:
    """The pages on which this person may type another's answers: address and title."""
    title = SAY["answers_of"].in_language(told.language)
    for person, name in answered_by_others(told):
        yield f"{told.to}/answers?for={person}", title.format(who=name)


def _for(sent: Sent, told: CycleTold) -> str | None:
    given = sent.text("for")
    return given if given and given != told.actor.person else None


def _mine(told: CycleTold, for_: str) -> Iterator[str]:
    """The points that this person may answer now; found by trying."""
    meant = [p.id for p in told.found.points if p.merged_into is None]
    commands = [Answer(point=p, disposition="adopted", for_=for_ or None) for p in meant]
    for point, refused in zip(meant, _tried(told, commands), strict=True):
        if refused is None:
            yield point


def _stands(told: CycleTold, point: str, word: str, reason: str) -> bool:
    """Whether this is the answer already: sent again, it would say nothing new."""
    return any(
        p.id == point and not p.open and (p.disposition, p.reason or "") == (word, reason)
        for p in told.found.points
    )


def _said(
    visit: Visiting,
    told: CycleTold,
    kind: str,
    sent: Sent,
    commands: Sequence[Command],
    *,
    nothing_new: bool = False,
) -> Response[Any]:
    """Do it and lead on; with a fault do nothing, and show what is wrong beside its point."""
    if nothing_new:
        return go(sent.text("back"), done=kind)
    faults = _faults(told, commands)
    if commands and not faults:
        try:
            act(told.service, told.actor, told.line.id, sent, commands)
            return go(sent.text("back"), done=kind)
        except InvalidInputError as error:
            faults = {"": told.speaker.fault(error.faults[0])}
    chosen = Chosen(words=sent.under("answer."), reasons=sent.under("reason."), faults=faults)
    for_ = _for(sent, told) or ""
    person = for_ or told.actor.person
    tasks = [t for t in told.found.tasks if t.person == person and t.do.startswith(f"{kind}:")]
    shown = dict.fromkeys([*(i for t in tasks for i in t.items), *chosen.words])
    said = [faults[""]] if "" in faults else []
    if not commands:
        said.append(SAY["none_chosen"].in_language(told.language))
    action = asking(told, kind, list(shown), chosen, for_=for_)
    page = AnswersPage(
        kind=kind,
        lesson=told.title,
        where=told.where,
        cycle=told.to,
        for_name=told.view.name(for_) if for_ else "",
        action=action,
        again=None,
        faults=(
            *(("", text) for text in said),
            *((p.id, f"“{p.text}” {p.fault}") for p in action.points if p.fault),
        ),
        others=(),
    )
    return rendered(visit.language, page, visit.around, status=422)


def _faults(told: CycleTold, commands: Sequence[Command]) -> Mapping[str, str]:
    """What is wrong with them, by point: all of it, before anything is done."""
    found: dict[str, str] = {}
    for command, refused in zip(commands, _tried(told, commands), strict=True):
        if isinstance(refused, InvalidInputError) and isinstance(command, Answer | Verify):
            found[command.point] = _fault(told, refused.faults[0])
    return found


def _fault(told: CycleTold, fault: FieldFault) -> str:
    if (fault.field, fault.code) == ("reason", "required"):
        return SAY["reason_needed"].in_language(told.language)
    return told.speaker.fault(fault)


def _tried(told: CycleTold, commands: Sequence[Command]) -> Iterator[Exception | None]:
    """What each would be refused with, `None` where it would be taken; nothing is done."""
    for start in range(0, len(commands), _TRIALS):
        part = commands[start : start + _TRIALS]
        for trial in told.service.looking.what_if(told.actor, told.line.id, part):
            yield trial.refusal


ANSWERING_ROUTES = (answers, answer, verify)
