"""The school's own page: what it still lacks before its first cycle, and where everything is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from litestar import Response, get

from cycles.service import Actor, may
from cycles.store import CycleFilter
from cycles_api.assembly import Service
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.visiting import Signing, Visiting
from cycles_api.pages.school.contexts import SchoolPage, Todo
from cycles_api.pages.school.words import PLACES, SAYS, TODOS
from cycles_api.rest.doing import Serving
from cycles_api.wording import Language

__all__ = ["SCHOOL_PAGES"]

#: Page → who has a use for it, as an operation.
_FOR = {"/people": "invite", "/school/check": "upkeep", "/school/backup": "upkeep"}


@get("/school", sync_to_thread=True)
def school(visit: Visiting, signed: Signing, service: Serving) -> Response[Any]:
    """What there is, and what to do first."""
    actor, language = signed.actor, visit.language
    counts = _counts(service, actor, language)
    page = SchoolPage(
        name=service.core.view(actor.school_id).row.name,
        todos=tuple(_todos(service, actor, language)) if may("directory", actor) else (),
        places=tuple(
            (to, title.in_language(language), counts.get(to) or told.in_language(language))
            for to, (title, told) in PLACES.items()
            if may(_FOR.get(to, "people"), actor)
        ),
    )
    return rendered(language, page, visit.around)


def _counts(service: Service, actor: Actor, language: Language) -> dict[str, str]:
    """Page → how much is there; nothing is said of nothing."""
    people = [p for p in service.schools.people(actor) if p.enabled and not p.guest]
    found = {
        "/school/people": ("count_people", len(people)),
        "/school/groups": ("count_groups", len(service.schools.groups(actor))),
        "/school/calendar": ("count_terms", len(service.schools.calendar(actor).terms)),
    }
    return {
        to: SAYS[said].in_language(language).format(count=count)
        for to, (said, count) in found.items()
        if count
    }


def _todos(service: Service, actor: Actor, language: Language) -> Iterator[Todo]:
    """What a school needs before its first cycle; none once all is there."""
    groups, days = service.schools.groups(actor), service.schools.calendar(actor)
    lines, _ = service.looking.cycles(actor, CycleFilter(), limit=1)
    where = {
        "people": ("/school/import", bool(groups)),
        "heads": ("/school/groups", bool(groups) and all(group.heads for group in groups)),
        "calendar": ("/school/calendar", any(t.last_day >= days.today for t in days.terms)),
        "password": ("/me", service.signing_in.has_password(actor)),
        "invited": ("/people", service.signing_in.others_invited(actor)),
        "opened": ("/open", bool(lines)),
    }
    if all(done for _, done in where.values()):
        return
    for name, (to, done) in where.items():
        title, told = (said.in_language(language) for said in TODOS[name])
        yield Todo(to=to, title=title, told=told, done=done)


SCHOOL_PAGES = (school,)
