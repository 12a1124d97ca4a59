"""The people of the school: who is there, what they hold, coming and leaving."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from cycles.errors import NotFoundError
from cycles.school import ROLE_TITLES, Appointment
from cycles.school.directory import GROUP_ROLES
from cycles.school.staff_columns import key as spelled
from cycles.service import Actor, Given, may, require
from cycles.service.school import PersonAnswer
from cycles_api.assembly import Service
from cycles_api.pages.frame import times
from cycles_api.pages.frame.going import go, said
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending
from cycles_api.pages.frame.visiting import Done, Signing, Visit, Visiting
from cycles_api.pages.school.contexts import Member, PersonPage, Post, StaffPage
from cycles_api.pages.school.forms import (
    Faults,
    Typed,
    as_date,
    group_choices,
    refused,
    role_choices,
    typed_in,
)
from cycles_api.pages.school.words import SAYS
from cycles_api.rest.doing import Serving
from cycles_api.wording import Language

__all__ = ["SCHOOL_PEOPLE", "held"]

Search = Annotated[str, QueryParameter(name="q", required=False)]


@get("/school/people", sync_to_thread=True)
def staff(
    visit: Visiting, signed: Signing, service: Serving, q: Search = "", done: Done = ""
) -> Response[Any]:
    """Everybody, or those of a name or a group."""
    return _staff(visit, service, signed.actor, search=q[:50], told=said(done, visit.language))


@post("/school/people", sync_to_thread=True, status_code=303)
def take_on(visit: Visiting, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """A new colleague; with faults, the same form again."""
    actor = signed.actor
    require("directory", actor)
    typed = typed_in(sent, "name", "staff_no", "role", "group")
    group = typed["group"] or None if typed["role"] in GROUP_ROLES else None
    given = Given(
        key=sent.text("key")[:100], request=hashlib.sha256(repr(typed).encode()).hexdigest()
    )
    faults = refused(
        lambda: service.schools.take_on(
            actor, typed["name"], typed["role"], group, staff_no=typed["staff_no"], given=given
        ),
        visit.language,
    )
    if faults:
        return _staff(visit, service, actor, typed=typed, faults=faults)
    return go("/school/people", done="added")


@get("/school/people/{person_id:str}", sync_to_thread=True)
def person(
    person_id: FromPath[str], visit: Visiting, signed: Signing, service: Serving, done: Done = ""
) -> Response[Any]:
    """One person."""
    return _person(visit, service, signed.actor, person_id, told=said(done, visit.language))


@post("/school/people/{person_id:str}", sync_to_thread=True, status_code=303)
def rename(
    person_id: FromPath[str], visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """Another name or staff number."""
    typed = typed_in(sent, "name", "staff_no")
    faults = refused(
        lambda: service.schools.rename_person(
            signed.actor, person_id, typed["name"], staff_no=typed["staff_no"]
        ),
        visit.language,
    )
    return _after(visit, service, signed.actor, person_id, "rename", typed, faults)


@post("/school/people/{person_id:str}/appointments", sync_to_thread=True, status_code=303)
def appoint(
    person_id: FromPath[str], visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """One more appointment."""
    typed = typed_in(sent, "role", "group", "from", "until")
    group = typed["group"] or None if typed["role"] in GROUP_ROLES else None

    def appointed() -> None:
        first, last = as_date(sent, "from"), as_date(sent, "until")
        service.schools.appoint(signed.actor, person_id, typed["role"], group, first, last)

    faults = refused(appointed, visit.language)
    return _after(visit, service, signed.actor, person_id, "appoint", typed, faults)


@post("/school/people/{person_id:str}/ended", sync_to_thread=True, status_code=303)
def end(
    person_id: FromPath[str], visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """An appointment ends."""
    typed, actor = typed_in(sent, "appointment", "last"), signed.actor

    def ended() -> None:
        last = as_date(sent, "last") or _today(service, actor)
        service.schools.end_appointment(actor, typed["appointment"], last)

    faults = refused(ended, visit.language)
    form = f"end-{typed['appointment']}"
    return _after(visit, service, actor, person_id, form, typed, faults)


@post("/school/people/{person_id:str}/left", sync_to_thread=True, status_code=303)
def leave(
    person_id: FromPath[str], visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """They leave the school."""
    typed, actor = typed_in(sent, "last"), signed.actor

    def left() -> None:
        last = as_date(sent, "last") or _today(service, actor)
        service.schools.leave(actor, person_id, last)

    return _after(
        visit, service, actor, person_id, "leave", typed, refused(left, visit.language), "left"
    )


@post("/school/people/{person_id:str}/back", sync_to_thread=True, status_code=303)
def come_back(
    person_id: FromPath[str], visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """They may act again."""
    service.schools.enable(signed.actor, person_id)
    return go(f"/school/people/{person_id}", done="kept")


def held(service: Service, person: PersonAnswer, school_id: str, language: Language) -> str:
    """What somebody is today, in a few words."""
    groups = service.core.view(school_id).groups
    between = "、" if language == "zh" else ", "
    return between.join(
        SAYS["in"]
        .in_language(language)
        .format(role=ROLE_TITLES[role.role][language], group=groups[role.group].name)
        if role.group
        else ROLE_TITLES[role.role][language]
        for role in person.roles
    )


def _staff(
    visit: Visit,
    service: Service,
    actor: Actor,
    *,
    search: str = "",
    told: str = "",
    typed: Typed | None = None,
    faults: Faults | None = None,
) -> Response[Any]:
    language, typed = visit.language, typed or {}
    everybody = service.schools.people(actor)
    found = tuple(_members(service, actor, everybody, search, language))
    page = StaffPage(
        said=told,
        may_change=may("directory", actor),
        search=search,
        found=found,
        count=len(everybody),
        roles=role_choices(language, typed.get("role", "")),
        groups=group_choices(service, actor.school_id, typed.get("group", "")),
        key=secrets.token_urlsafe(16),
        typed=typed,
        faults=faults or {},
    )
    return rendered(language, page, visit.around, status=422 if faults else 200)


def _members(
    service: Service,
    actor: Actor,
    everybody: tuple[PersonAnswer, ...],
    search: str,
    language: Language,
) -> Iterator[Member]:
    """Those whom a search finds by name, number or what they are; who is gone comes last."""
    wanted = spelled(search)
    for one in sorted(everybody, key=lambda one: (not one.enabled, one.guest)):
        roles = held(service, one, actor.school_id, language)
        if wanted and wanted not in spelled(f"{one.name} {roles} {one.staff_no or ''}"):
            continue
        mark = "guest" if one.guest else ""
        if not one.enabled:
            mark = "disabled"
        elif not mark and not one.roles:
            mark = "nothing"
        yield Member(
            to=f"/school/people/{one.id}",
            name=one.name,
            roles=roles,
            mark=SAYS[mark].in_language(language) if mark else "",
        )


def _after(
    visit: Visit,
    service: Service,
    actor: Actor,
    person_id: str,
    form: str,
    typed: Typed,
    faults: Faults,
    done: str = "kept",
) -> Response[Any]:
    """On to the person's page, or with faults the form again."""
    if not faults:
        return go(f"/school/people/{person_id}", done=done)
    return _person(visit, service, actor, person_id, form=form, typed=typed, faults=faults)


def _person(
    visit: Visit,
    service: Service,
    actor: Actor,
    person_id: str,
    *,
    told: str = "",
    form: str = "",
    typed: Typed | None = None,
    faults: Faults | None = None,
) -> Response[Any]:
    require("people", actor)
    language, typed = visit.language, typed or {}
    found = [one for one in service.schools.people(actor) if one.id == person_id]
    if not found:
        raise NotFoundError("person", person_id)
    one, today = found[0], _today(service, actor)
    page = PersonPage(
        said=told,
        may_change=may("directory", actor),
        may_invite=may("let_in_again", actor) and one.id != actor.person,
        id=one.id,
        name=one.name,
        staff_no=one.staff_no or "",
        enabled=one.enabled,
        guest=one.guest,
        posts=tuple(
            _post(service, actor, each, language)
            for each in service.schools.appointments(actor, one.id)
        ),
        roles=role_choices(language, typed.get("role", "")),
        groups=group_choices(service, actor.school_id, typed.get("group", "")),
        today=today.isoformat(),
        form=form,
        typed=typed,
        faults=faults or {},
    )
    return rendered(language, page, visit.around, status=422 if faults else 200)


def _post(service: Service, actor: Actor, appointment: Appointment, language: Language) -> Post:
    view, today = service.core.view(actor.school_id), _today(service, actor)
    title = ROLE_TITLES[appointment.role][language]
    if appointment.group:
        group = view.groups[appointment.group].name
        title = SAYS["in"].in_language(language).format(role=title, group=group)
    first = times.day(appointment.from_date.isoformat(), language, today)
    when, span = "now", "from"
    if appointment.from_date > today:
        when, span = "ahead", "to_begin"
    last = ""
    if appointment.until_date is not None:
        span, last = "span", times.day(appointment.until_date.isoformat(), language, today)
        when = "past" if appointment.until_date < today else when
    return Post(
        id=appointment.id,
        title=title,
        span=SAYS[span].in_language(language).format(first=first, last=last),
        when=when,
    )


def _today(service: Service, actor: Actor) -> date:
    return service.core.view(actor.school_id).today(service.core.now())


SCHOOL_PEOPLE = (staff, take_on, person, rename, appoint, end, leave, come_back)
