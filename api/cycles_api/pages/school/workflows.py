"""The workflows of the school in plain words, each with its drawn picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from cycles.service import require
from cycles.workflow.diagram import svg
from cycles.workflow.version import Version, every_guard
from cycles_api.pages.frame.rendering import HEADERS, rendered
from cycles_api.pages.frame.visiting import Signing, Visiting
from cycles_api.pages.school.contexts import WorkflowsPage, WorkflowTold
from cycles_api.pages.school.words import IN_WORKFLOW
from cycles_api.rest.doing import Serving
from cycles_api.wording import Language

__all__ = ["SCHOOL_WORKFLOWS"]


@get("/school/workflows", sync_to_thread=True)
def workflows(visit: Visiting, signed: Signing, service: Serving) -> Response[Any]:
    """All of them, in the version under which new cycles run."""
    require("people", signed.actor)
    language = visit.language
    page = WorkflowsPage(
        workflows=tuple(
            WorkflowTold(
                title=each.version.workflow.title.in_language(language),
                states=tuple(
                    state.title.in_language(language)
                    for state in each.version.workflow.states.values()
                ),
                numbers=tuple(_numbers(each.version, language)),
                picture=f"/school/workflows/{each.version.key}/picture",
            )
            for each in service.workflows.all(signed.actor)
        )
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


def _numbers(version: Version, language: Language) -> Iterator[str]:
    """What a workflow counts: its rounds, and how many have to file what."""
    rounds, workflow = version.workflow.rounds, version.workflow

    def says(said: str, **values: object) -> str:
        return IN_WORKFLOW[said].in_language(language).format(**values)

    if rounds.max > 1:
        yield says("rounds", least=rounds.min, most=rounds.max)
    seen = set[str]()
    for way in workflow.transitions.values():
        for guard in every_guard(way.guards):
            filed = guard.filed
            if filed is None or filed.by is None or filed.record in seen:
                continue
            seen.add(filed.record)
            record = workflow.records[filed.record].title.in_language(language)
            if filed.all:
                yield says("all", record=record)
            elif filed.share is not None:
                yield says("share", record=record, share=filed.quorum or "2/3")
            else:
                yield says("count", record=record, count=filed.at_least)


SCHOOL_WORKFLOWS = (workflows, workflow_picture)
