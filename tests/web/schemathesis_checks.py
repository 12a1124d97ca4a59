"""What Schemathesis is told about this API: two checks of our own, and what it may not make up.

Loaded by `schemathesis run` in a process of its own (`hooks` in its configuration).
"""

from __future__ import annotations

import re
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response

#: On every answer whatever it is; the document tells of the rest.
FRAME = {
    *("content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"),
    *("cross-origin-opener-policy", "cross-origin-resource-policy"),
    *("content-type", "content-length", "transfer-encoding", "connection", "date"),
}
#: Faults that a schema can express, so that nobody who keeps to the document ever meets one.
EXPRESSIBLE = {
    *("required", "unknown_field", "wrong_type", "control_characters", "not_an_option"),
    *("too_long", "too_short", "too_many", "too_few", "too_large", "too_small"),
}
#: What stands in a form is the workflow's to judge, which the document does not hold.
FORM = re.compile(r"(commands\.\d+\.)?(fields|subject|roles)(\.|$)")
ETAG = re.compile(r'"(0|[1-9][0-9]{0,14})"')


@schemathesis.check
def declared_headers(ctx: CheckContext, response: Response, case: Case) -> None:
    """An answer carries no header that the document does not know."""
    if response.status_code == 405:
        return  # to methods that the document does not know either
    known = case.operation.responses.find_by_status_code(response.status_code)
    declared = {name.lower() for name, _ in known.headers.items()} if known else set()
    extra = {name.lower() for name in response.headers} - declared - FRAME
    assert not extra, f"undeclared headers: {sorted(extra)}"


@schemathesis.check
def schema_tells(ctx: CheckContext, response: Response, case: Case) -> None:
    """What keeps to the document is refused for no reason that the document could have told."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code != 422:
        return
    for fault in response.json().get("fields", ()):
        told = FORM.match(fault["field"]) is None and fault["code"] in EXPRESSIBLE
        assert not told, f"the schema should say it: {fault}"


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """What is called valid must be: an ETag in its quotes, a cursor that some page gave.

    The coverage phase makes an `If-Match` of its own instead of one of our pattern; and a cursor
    is only told from a wrong one by decoding it. Wrong ones are sent where wrong data is meant.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    sent = case.headers.get("If-Match") if case.headers else None
    if sent is not None and not ETAG.fullmatch(str(sent)):
        case.headers["If-Match"] = '"7"'
    if case.query and "cursor" in case.query:
        case.query.pop("cursor")
