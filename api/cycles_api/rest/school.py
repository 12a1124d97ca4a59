"""The school: its people, groups and days, what stands where, and erasing a person."""

from __future__ import annotations

from litestar import Response, get, post

from cycles_api.rest.doing import REPLAYED, Asking, Sent, Serving, Speaking
from cycles_api.rest.headers import sends
from cycles_api.rest.ids import PersonId
from cycles_api.rest.sent import (
    CalendarShape,
    Count,
    DashboardShape,
    Erased,
    GroupShape,
    GroupsShape,
    HolidayShape,
    MakeUpShape,
    PeopleShape,
    PersonShape,
    RoleShape,
    TermShape,
)
from cycles_api.rest.told import line_shape, my_task

__all__ = ["SCHOOL_ROUTES"]


@get("/api/v1/people", sync_to_thread=True)
def people(service: Serving, actor: Asking) -> PeopleShape:
    """The people of the school.

    By name, with what they hold today.
    """
    return PeopleShape(
        people=[
            PersonShape(
                id=person.id,
                name=person.name,
                enabled=person.enabled,
                guest=person.guest,
                groups=list(person.groups),
                roles=[RoleShape(role=r.role, group=r.group or None) for r in person.roles],
                pseudonym=person.pseudonym,
                staff_no=person.staff_no,
            )
            for person in service.schools.people(actor)
        ]
    )


@get("/api/v1/groups", sync_to_thread=True)
def groups(service: Serving, actor: Asking) -> GroupsShape:
    """The groups of the school.

    By name, with their heads and members of today.
    """
    return GroupsShape(
        groups=[
            GroupShape(id=g.id, name=g.name, heads=list(g.heads), members=list(g.members))
            for g in service.schools.groups(actor)
        ]
    )


@get("/api/v1/calendar", sync_to_thread=True)
def calendar(service: Serving, actor: Asking) -> CalendarShape:
    """The school's days.

    Terms, holidays and make-up days (调休), and the school's date of today.
    """
    found = service.schools.calendar(actor)
    return CalendarShape(
        zone=found.zone,
        today=found.today,
        school_day=found.school_day,
        terms=[
            TermShape(id=t.id, name=t.name, first_day=t.first_day, last_day=t.last_day)
            for t in found.terms
        ],
        holidays=[HolidayShape(first=h.first, last=h.last, name=h.name) for h in found.holidays],
        make_up_days=[MakeUpShape(day=m.day, name=m.name) for m in found.make_up_days],
    )


@get("/api/v1/dashboard", sync_to_thread=True)
def dashboard(service: Serving, actor: Asking, language: Speaking) -> DashboardShape:
    """What stands where.

    Counts by workflow, group, state and round; what waits longest; what is due first.
    """
    found = service.dashboards.dashboard(actor)
    return DashboardShape(
        counts=[
            Count(workflow=w, group=g, state=s, round=r, cycles=n) for w, g, s, r, n in found.counts
        ],
        waiting_longest=[line_shape(line, language) for line in found.waiting_longest],
        due_first=[my_task(task, language) for task in found.due_first],
        names=dict(found.names),
    )


@post(
    "/api/v1/people/{person_id:str}/erasure",
    sync_to_thread=True,
    status_code=200,
    opt=sends("Idempotency-Replayed"),
)
def erase_person(
    person_id: PersonId, service: Serving, actor: Asking, given: Sent
) -> Response[Erased]:
    """Erase a person for good.

    Their words, files and name go; the log proves the same as before.
    """
    receipt = service.erasing.erase(actor, person_id, given)
    erased = Erased(
        pseudonym=receipt.pseudonym,
        payloads=receipt.payloads,
        files=receipt.files,
        entries=receipt.entries,
    )
    return Response(erased, headers=REPLAYED if receipt.replayed else {})


SCHOOL_ROUTES = (people, groups, calendar, dashboard, erase_person)
