"""Who I am, and my next required steps."""

from __future__ import annotations

from litestar import get

from cycles_api.rest.doing import Asking, Serving, Speaking
from cycles_api.rest.sent import Me, MyTasks, RoleShape
from cycles_api.rest.told import my_task

__all__ = ["ME_ROUTES"]


@get("/api/v1/me", sync_to_thread=True)
def me(service: Serving, actor: Asking) -> Me:
    """Who I am.

    The person that the token stands for, with what they hold today.
    """
    view = service.core.view(actor.school_id)
    return Me(
        id=actor.person,
        name=view.name(actor.person),
        school=actor.school_id,
        school_name=view.row.name,
        guest=actor.guest,
        roles=[RoleShape(role=held.role, group=held.group or None) for held in actor.roles],
    )


@get("/api/v1/me/tasks", sync_to_thread=True)
def my_tasks(service: Serving, actor: Asking, language: Speaking) -> MyTasks:
    """My next required steps.

    Soonest due first; each with its sentence, its cycle and the address where it is done.
    """
    return MyTasks(tasks=[my_task(task, language) for task in service.looking.tasks(actor)])


ME_ROUTES = (me, my_tasks)
