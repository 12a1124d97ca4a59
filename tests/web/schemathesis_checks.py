"""What Schemathesis is told about this API: two checks of our own, and what it may not make up.

Loaded by `schemathesis run` in a process of its own (`hooks` in its configuration).
"""

from __future__ import annotations

import json
import os
import re
import uuid
from pathlib import Path
from typing import Any

import requests
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
#: Where the school is, whose token, which cycles there are, forms that were once filed.
HINTS = json.loads(Path(os.environ["CYCLES_TEST_HINTS"]).read_text("utf-8"))
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
    if case.method == "POST" and "cycle_id" in (case.path_parameters or {}):
        _as_a_person_would(case)


def _as_a_person_would(case: Case) -> None:
    """Half of all changes are ones that may well be accepted; chance would look at refusals only.

    They go to a cycle of the school under a key of their own, know its revision, fire what is
    open and file what somebody once filed.
    """
    chosen = len(str(case.body))
    if chosen % 2 or case.headers is None or not HINTS["cycles"]:
        return
    case.path_parameters["cycle_id"] = HINTS["cycles"][chosen // 2 % len(HINTS["cycles"])]
    cycle = f"{HINTS['url']}/api/v1/cycles/{case.path_parameters['cycle_id']}"
    bearer = {"Authorization": f"Bearer {HINTS['token']}"}
    seen = requests.get(f"{cycle}/transitions", headers=bearer, timeout=30)
    if seen.status_code != 200:
        return
    case.headers["If-Match"] = seen.headers["ETag"]
    case.headers["Idempotency-Key"] = str(uuid.uuid4())
    body = case.body if isinstance(case.body, dict) else {}
    told = seen.json()
    open_now = [way["transition"] for way in told["transitions"] if way["allowed"]]
    kinds = [do[5:] for do in told["possible"] if do[:5] == "file:" and do[5:] in HINTS["forms"]]
    if body.get("transition") and open_now:
        case.body = {"transition": open_now[chosen % len(open_now)], "reason": "因故"}
    elif body.get("record") and kinds:
        kind = kinds[chosen % len(kinds)]
        forms = HINTS["forms"][kind]
        case.body = {"record": kind, "fields": forms[chosen % len(forms)]}
