"""The workflows of the school and their pictures."""

from __future__ import annotations

from typing import Literal

from litestar import Response, get
from litestar.params import FromQuery

from cycles.service import WorkflowAnswer
from cycles.workflow.diagram import mermaid, svg
from cycles_api.rest.doing import Asking, Serving, Speaking
from cycles_api.rest.headers import sends
from cycles_api.rest.ids import Text
from cycles_api.rest.sent import WorkflowLine, WorkflowShape, WorkflowsShape
from cycles_api.wording import Language

__all__ = ["WORKFLOW_ROUTES"]


@get("/api/v1/workflows", sync_to_thread=True)
def workflows(service: Serving, actor: Asking, language: Speaking) -> WorkflowsShape:
    """The workflows.

    Each in the version under which new cycles run.
    """
    return WorkflowsShape(workflows=[_line(w, language) for w in service.workflows.all(actor)])


@get("/api/v1/workflows/{key:str}", sync_to_thread=True)
def workflow(key: Text, service: Serving, actor: Asking, language: Speaking) -> WorkflowShape:
    """One workflow.

    The newest version of a key, or the version of a digest; `definition` says all that its file
    says, titles in both languages.
    """
    found = service.workflows.one(actor, key)
    line = _line(found, language)
    plain = found.version.workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return WorkflowShape(
        key=line.key,
        title=line.title,
        version=line.version,
        added_at=line.added_at,
        definition=plain,
    )


@get(
    "/api/v1/workflows/{key:str}/diagram",
    sync_to_thread=True,
    opt=sends(media=("image/svg+xml", "text/plain")),
)
def diagram(
    key: Text,
    service: Serving,
    actor: Asking,
    language: Speaking,
    form: FromQuery[Literal["svg", "mermaid"]] = "svg",
) -> Response[str]:
    """A workflow's picture.

    As SVG, or as a Mermaid state diagram with `form=mermaid`.
    """
    version = service.workflows.one(actor, key).version
    if form == "mermaid":
        return Response(mermaid(version, language), media_type="text/plain")
    # Its one style sheet stands inside the picture.
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    headers = {"Content-Security-Policy": policy}
    return Response(svg(version, language), media_type="image/svg+xml", headers=headers)


def _line(found: WorkflowAnswer, language: Language) -> WorkflowLine:
    version = found.version
    return WorkflowLine(
        key=version.key,
        title=version.workflow.title.in_language(language),
        version=version.digest,
        added_at=found.added_at,
    )


WORKFLOW_ROUTES = (workflows, workflow, diagram)
