"""The workflows of the school in plain words, each with its drawn picture."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from cycles.service import may, require
from cycles.workflow.diagram import svg
from cycles_api.pages.frame.rendering import HEADERS, rendered
from cycles_api.pages.frame.visiting import Signing, Visiting
from cycles_api.pages.school.choices import numbers_told
from cycles_api.pages.school.contexts import WorkflowsPage, WorkflowTold
from cycles_api.rest.doing import Serving

__all__ = ["SCHOOL_WORKFLOWS"]


@get("/school/workflows", sync_to_thread=True)
def workflows(visit: Visiting, signed: Signing, service: Serving) -> Response[Any]:
    """All of them, in the version under which new cycles run."""
    require("people", signed.actor)
    language = visit.language
    page = WorkflowsPage(
        may_choose=may("define", signed.actor),
        workflows=tuple(
            WorkflowTold(
                title=each.version.workflow.title.in_language(language),
                states=tuple(
                    state.title.in_language(language)
                    for state in each.version.workflow.states.values()
                ),
                numbers=tuple(numbers_told(each.version, language)),
                to=f"/school/workflows/{each.version.key}",
                picture=f"/school/workflows/{each.version.key}/picture",
            )
            for each in service.workflows.all(signed.actor)
        ),
    )
    return rendered(language, page, visit.around)


@get("/school/workflows/{key:str}/picture", sync_to_thread=True)
def workflow_picture(
    key: FromPath[str], visit: Visiting, signed: Signing, service: Serving
) -> Response[str]:
    """The drawn workflow."""
    require("people", signed.actor)
    drawn = svg(service.workflows.one(signed.actor, key).version, visit.language)
    # A picture brings its own colours; alone in a window it may use them, and nothing else.
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    headers = {**HEADERS, "Content-Security-Policy": policy}
    return Response(drawn, media_type="image/svg+xml", headers=headers)


SCHOOL_WORKFLOWS = (workflows, workflow_picture)
