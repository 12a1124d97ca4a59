"""The groups of the school: which there are, who heads them, who is in them."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from cycles.school import GROUP_HEAD
from cycles.service import Actor, may
from cycles_api.assembly import Service
from cycles_api.pages.frame.going import go, said
from cycles_api.pages.frame.rendering import rendered
from cycles_api.pages.frame.sending import Sending
from cycles_api.pages.frame.visiting import Done, Signing, Visit, Visiting
from cycles_api.pages.school.contexts import Group, GroupsPage
from cycles_api.pages.school.forms import Faults, Typed, refused, typed_in
from cycles_api.rest.doing import Serving

__all__ = ["SCHOOL_GROUPS"]


@get("/school/groups", sync_to_thread=True)
def groups(visit: Visiting, signed: Signing, service: Serving, done: Done = "") -> Response[Any]:
    """All groups."""
    return _page(visit, service, signed.actor, told=said(done, visit.language))


@post("/school/groups", sync_to_thread=True, status_code=303)
def add_group(visit: Visiting, signed: Signing, sent: Sending, service: Serving) -> Response[Any]:
    """A new group."""
    typed, actor = typed_in(sent, "name"), signed.actor
    faults = refused(lambda: service.schools.add_group(actor, typed["name"]), visit.language)
    return _after(visit, service, actor, "new", typed, faults, "added")


@post("/school/groups/{group_id:str}", sync_to_thread=True, status_code=303)
def rename_group(
    group_id: FromPath[str], visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """Another name for a group."""
    typed, actor = typed_in(sent, "name"), signed.actor
    faults = refused(
        lambda: service.schools.rename_group(actor, group_id, typed["name"]), visit.language
    )
    return _after(visit, service, actor, group_id, typed, faults, "kept")


@post("/school/groups/{group_id:str}/head", sync_to_thread=True, status_code=303)
def appoint_head(
    group_id: FromPath[str], visit: Visiting, signed: Signing, sent: Sending, service: Serving
) -> Response[Any]:
    """One of its members heads a group from today on."""
    actor, person = signed.actor, sent.text("person")
    faults = refused(
        lambda: service.schools.appoint(actor, person, GROUP_HEAD, group_id), visit.language
    )
    return _after(visit, service, actor, f"{group_id}/head", {"person": person}, faults, "kept")


def _after(
    visit: Visit,
    service: Service,
    actor: Actor,
    form: str,
    typed: Typed,
    faults: Faults,
    done: str,
) -> Response[Any]:
    if not faults:
        return go("/school/groups", done=done)
    return _page(visit, service, actor, form=form, typed=typed, faults=faults)


def _page(
    visit: Visit,
    service: Service,
    actor: Actor,
    *,
    told: str = "",
    form: str = "",
    typed: Typed | None = None,
    faults: Faults | None = None,
) -> Response[Any]:
    view = service.core.view(actor.school_id)

    def named(people: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        return tuple((f"/school/people/{each}", view.name(each)) for each in people)

    page = GroupsPage(
        said=told,
        may_change=may("directory", actor),
        groups=tuple(
            Group(
                id=group.id,
                name=group.name,
                heads=named(group.heads),
                members=named(tuple(p for p in group.members if p not in group.heads)),
            )
            for group in service.schools.groups(actor)
        ),
        form=form,
        typed=typed or {},
        faults=faults or {},
    )
    return rendered(visit.language, page, visit.around, status=422 if faults else 200)


SCHOOL_GROUPS = (groups, add_group, rename_group, appoint_head)
