"""What a school chooses in a workflow: seen, changed after a look at what it means, taken back."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath

from cycles.errors import FieldFault, InvalidInputError
from cycles.service import Actor, Change, Given, VersionLine, may, require
from cycles.workflow.choices import (
    MOST_ROUNDS,
    Asked,
    Choices,
    Measure,
    asked_of,
    choices_of,
)
from cycles.workflow.version import Version
from cycles_api.assembly import Service
from cycles_api.pages.frame import times
from cycles_api.pages.frame.going import go, said
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending, Sent
from cycles_api.pages.frame.visiting import Done, Signing, Visit, Visiting
from cycles_api.pages.school.choices_contexts import (
    Changed,
    ChangePage,
    MeasureField,
    VersionTold,
    WorkflowPage,
)
from cycles_api.pages.school.choices_words import (
    asked_told,
    measure_told,
    names_told,
    people_asked,
    rounds_told,
    told_of,
)
from cycles_api.pages.school.forms import Faults, refused
from cycles_api.pages.school.words import SAYS
from cycles_api.pages.told.fields import Choice
from cycles_api.rest.doing import Serving
from cycles_api.wording import Language

__all__ = ["SCHOOL_CHOICES", "numbers_told"]

_SHARES: Final = ("all", "3/4", "2/3", "1/2", "1/3")
_PEOPLE: Final = 12
#: The two buttons of the look at what would change, beside "let me change it".
_DO, _EDIT = "do", "edit"


@get("/school/workflows/{key:str}", sync_to_thread=True)
def workflow(
    key: FromPath[str], visit: Visiting, signed: Signing, service: Serving, done: Done = ""
) -> Response[Any]:
    """One workflow with its settings and versions."""
    return _page(visit, service, signed.actor, key, told=said(done, visit.language))


@post("/school/workflows/{key:str}", sync_to_thread=True, status_code=303)
def choose(
    key: FromPath[str], visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """Look at what other choices would change, or do it."""
    require("define", signed.actor)
    actor, there, seen = signed.actor, service.workflows, sent.text("seen")

    def look() -> Change:
        return there.with_choices(actor, key, _wanted(sent), seen=seen)

    def do() -> str:
        return there.choose(actor, key, _wanted(sent), seen=seen, given=_given(sent, key))

    return _asked(visit, service, actor, key, sent, look, do, f"/school/workflows/{key}")


@post("/school/workflows/{key:str}/back", sync_to_thread=True, status_code=303)
def back(
    key: FromPath[str], visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """Look at what going back to a version would change, or do it."""
    require("define", signed.actor)
    actor, there, seen = signed.actor, service.workflows, sent.text("seen")
    digest = sent.text("version")

    def look() -> Change:
        return there.with_version(actor, key, digest, seen=seen)

    def do() -> str:
        return there.choose_again(actor, key, digest, seen=seen, given=_given(sent, key))

    return _asked(visit, service, actor, key, sent, look, do, f"/school/workflows/{key}/back")


def _asked(
    visit: Visit,
    service: Service,
    actor: Actor,
    key: str,
    sent: Sent,
    look: Callable[[], Change],
    do: Callable[[], str],
    action: str,
) -> Response[Any]:
    """The form again, what it would change, or the page on which it is done."""
    step, language = sent.text("step"), visit.language
    if step == _EDIT:
        return _page(visit, service, actor, key, sent=sent)
    if step == _DO:
        faults = refused(do, language)
        if not faults:
            return go(f"/school/workflows/{key}", done="kept")
        return _page(visit, service, actor, key, sent=sent, faults=faults)
    found: list[Change] = []
    faults = refused(lambda: found.append(look()), language)
    if faults or not found[0].differences:
        return _page(visit, service, actor, key, sent=sent, faults=faults, same=not faults)
    change = found[0]
    told = (told_of(change.before, each, language) for each in change.differences)
    page = ChangePage(
        title=change.before.workflow.title.in_language(language),
        to=f"/school/workflows/{key}",
        action=action,
        changes=tuple(Changed(what=w, before=b, after=a) for w, b, a in told),
        sent=tuple((n, v) for n, v in sent.under("").items() if n not in ("csrf", "step", "key")),
        back=change.known,
        under_way=change.under_way,
        key=secrets.token_urlsafe(12),
    )
    return rendered(language, page, visit.around)


def _given(sent: Sent, key: str) -> Given:
    """The form's key, and what it stands for."""
    asked = sorted((n, v) for n, v in sent.under("").items() if n != "csrf")
    return Given(
        key=sent.text("key")[:100] or None,
        request=hashlib.sha256(f"{key} {asked!r}".encode()).hexdigest(),
    )


def _wanted(sent: Sent) -> Choices:
    """What the form chooses; raises `InvalidInputError` for what is no number."""
    rounds, names = None, sent.text("names")
    if sent.text("rounds.most"):
        rounds = (_number(sent, "rounds.least"), _number(sent, "rounds.most"))
    measures = {}
    for name in sent.under("m."):
        of, _, field = name.rpartition(".")
        if field == "share":
            number = sent.text(f"m.{of}.at_least")
            measures[of] = Measure(
                share=sent.text(f"m.{of}.share") or None,
                at_least=_number(sent, f"m.{of}.at_least") if number else None,
            )
    return Choices(rounds=rounds, measures=measures, names=names == "yes" if names else None)


def _number(sent: Sent, name: str) -> int:
    text = sent.text(name)
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        raise InvalidInputError([FieldFault(field=name, code="wrong_type", data={})])
    return int(text)


def numbers_told(version: Version, language: Language) -> Iterator[str]:
    """What a workflow counts, a sentence each."""
    chosen = choices_of(version)
    if chosen.rounds is not None:
        yield rounds_told(chosen.rounds, language)
    for asked in asked_of(version):
        yield asked_told(version, asked, language)
    if chosen.names is not None:
        told = names_told(chosen.names, language)
        yield SAYS["on_wall"].in_language(language).format(told=told)


def _page(
    visit: Visit,
    service: Service,
    actor: Actor,
    key: str,
    *,
    told: str = "",
    sent: Sent | None = None,
    faults: Faults | None = None,
    same: bool = False,
) -> Response[Any]:
    require("people", actor)
    language, now = visit.language, service.workflows.one(actor, key).version
    chosen, typed = choices_of(now), {} if sent is None else sent.under("")
    lines = service.workflows.versions(actor, key) if may("versions", actor) else ()
    page = WorkflowPage(
        title=now.workflow.title.in_language(language),
        to=f"/school/workflows/{key}",
        picture=f"/school/workflows/{key}/picture",
        said=told,
        numbers=tuple(numbers_told(now, language)),
        may_define=may("define", actor),
        seen=now.digest,
        least=_rounds(chosen, 0, typed),
        most=_rounds(chosen, 1, typed),
        measures=tuple(_measure(now, asked, typed, language) for asked in asked_of(now)),
        names=_names(chosen, typed, language),
        same=same,
        versions=tuple(_version(service, actor, now, line, language) for line in lines),
        faults=_beside(faults or {}),
    )
    return rendered(language, page, visit.around, status=422 if faults else 200)


def _beside(faults: Faults) -> Faults:
    """The faults by the form's own names."""
    return {at if not at or at.startswith("rounds.") else f"m.{at}": f for at, f in faults.items()}


def _rounds(chosen: Choices, which: int, typed: dict[str, str]) -> tuple[Choice, ...]:
    if chosen.rounds is None:
        return ()
    name = ("rounds.least", "rounds.most")[which]
    value = typed.get(name) or str(chosen.rounds[which])
    numbers = map(str, range(1 + which, MOST_ROUNDS + 1))
    return tuple(Choice(value=n, label=n, chosen=n == value) for n in numbers)


def _measure(
    version: Version, asked: Asked, typed: dict[str, str], language: Language
) -> MeasureField:
    name, workflow = f"m.{asked.key}", version.workflow
    share = typed.get(f"{name}.share", asked.measure.share or "")
    number = typed.get(f"{name}.at_least", str(asked.measure.at_least or ""))

    def label(share: str) -> str:
        if share == "all":
            return measure_told(Measure(share="all"), language)
        return SAYS["share_of" if share else "no_share"].in_language(language).format(share=share)

    known = asked.measure.share
    shares = dict.fromkeys((*_SHARES, *([known] if known else []), ""))
    people = (f"{n}" for n in range(1, max(_PEOPLE, asked.measure.at_least or 0) + 1))
    none = SAYS["no_number"].in_language(language)
    ways = (workflow.transitions[way].title.in_language(language) for way in asked.ways)
    return MeasureField(
        name=name,
        record=workflow.records[asked.record].title.in_language(language),
        who=people_asked(version, asked, language),
        ways=SAYS["or"].in_language(language).join(ways),
        shares=tuple(Choice(value=s, label=label(s), chosen=s == share) for s in shares),
        numbers=(
            Choice(value="", label=none, chosen=not number),
            *(Choice(value=n, label=n, chosen=n == number) for n in people),
        ),
    )


def _names(chosen: Choices, typed: dict[str, str], language: Language) -> tuple[Choice, ...]:
    if chosen.names is None:
        return ()
    value = typed.get("names") or ("yes" if chosen.names else "no")
    return tuple(
        Choice(value=v, label=names_told(v == "yes", language), chosen=v == value)
        for v in ("no", "yes")
    )


def _version(
    service: Service, actor: Actor, now: Version, line: VersionLine, language: Language
) -> VersionTold:
    zone = service.core.view(actor.school_id).row.zone
    told = (told_of(now, each, language) for each in line.differences)
    return VersionTold(
        digest=line.version.digest,
        current=line.current,
        since=times.date_of(line.since, language, zone),
        by=line.name or SAYS["on_server"].in_language(language),
        under_way=line.under_way,
        ended=line.ended,
        differences=tuple((what, after) for what, _, after in told),
    )


SCHOOL_CHOICES = (workflow, choose, back)
