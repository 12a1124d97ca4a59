"""Errors as problem documents (RFC 9457): one table from code to status, and one shape."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from cycles.engine.verdicts import Remedy, Task, Verdict
from cycles.errors import (
    BlockedError,
    CyclesError,
    FieldFault,
    IdempotencyError,
    InvalidInputError,
)
from cycles.ledger import instant_text
from cycles_api.errors import BadParameterError
from cycles_api.wording import ERRORS, Language, Speaker

__all__ = [
    "INTERNAL",
    "MEDIA_TYPE",
    "STATUS",
    "explain",
    "internal",
    "is_inward",
    "problem_of",
    "remedy_plain",
    "status_of",
    "task_plain",
    "verdict_plain",
]

MEDIA_TYPE: Final = "application/problem+json"
INTERNAL: Final = "internal"

#: Error code to HTTP status; the one place where the two meet.
STATUS: Final[dict[str, int]] = {
    "bad-request": 400,
    "malformed": 400,
    "bad-header": 400,
    "bad-parameter": 400,
    "unauthenticated": 401,
    "not-allowed": 403,
    "sign-in": 403,
    "invitation": 403,
    "no-such-path": 404,
    "not-found": 404,
    "method-not-allowed": 405,
    "refused": 409,
    "wrong-state": 409,
    "blocked": 409,
    "conflict": 409,
    "stale-revision": 412,
    "too-large": 413,
    "unsupported-media-type": 415,
    "invalid": 422,
    "idempotency": 422,
    "workflow-file": 422,
    "staff-list": 422,
    "calendar": 422,
    "not-canonical": 422,
    "kind-not-taken": 422,
    "not-what-it-says": 422,
    "precondition-missing": 428,
    "throttled": 429,
    "error": 500,
    "ledger": 500,
    "replay": 500,
    "settings": 500,
    INTERNAL: 500,
    "store": 503,
    "store-unavailable": 503,
    "backup": 503,
    "schema-mismatch": 503,
}

_IDEMPOTENCY: Final = {"missing": 400, "malformed": 400, "reused": 422}

#: Errors of which people outside learn nothing but the code: what they carry is ours to mend.
_INWARD: Final = frozenset({"error", "ledger", "replay", "settings", "store", "schema-mismatch"})


def status_of(error: CyclesError) -> int:
    """The HTTP status of an error."""
    if isinstance(error, IdempotencyError):
        return _IDEMPOTENCY.get(str(error.data.get("reason")), 422)
    return STATUS.get(error.code, 500)


def is_inward(error: CyclesError) -> bool:
    """Whether what the error says is for whoever runs the programme, and for nobody outside."""
    return error.code in _INWARD


def problem_of(
    error: CyclesError, speaker: Speaker, *, record: str | None = None
) -> dict[str, Any]:
    """The document for an error; `record` names the form whose fields the faults are about."""
    details = {} if is_inward(error) else error.details()
    if isinstance(error, (InvalidInputError, BadParameterError)):
        details["fields"] = [_fault_plain(f, speaker, record) for f in error.faults]
    if isinstance(error, BlockedError):
        details["verdicts"] = [
            verdict_plain(v, speaker) if isinstance(v, Verdict) else v for v in error.verdicts
        ]
    return {
        **details,
        "type": f"/problems/{error.code}",
        "title": speaker.title(error.code),
        "status": status_of(error),
        "code": error.code,
        "detail": _detail(error, speaker, record),
    }


def _detail(error: CyclesError, speaker: Speaker, record: str | None) -> str:
    """The sentence, followed by what is wrong in particular."""
    told = [speaker.error(error)]
    if isinstance(error, InvalidInputError):
        told += [speaker.fault(f, record) for f in error.faults[:5]]
    if isinstance(error, BlockedError):
        told += [speaker.verdict(v) for v in error.verdicts[:5] if isinstance(v, Verdict)]
    return (" " if speaker.language == "en" else "").join(told)


def internal(language: Language, request_id: str) -> dict[str, Any]:
    """The document for what nobody foresaw: nothing of the inside, and a number to ask about."""
    speaker, said = Speaker(language), ERRORS[INTERNAL]
    return {
        "type": f"/problems/{INTERNAL}",
        "title": speaker.title(INTERNAL),
        "status": 500,
        "code": INTERNAL,
        "detail": said.meaning.in_language(language).format(request_id=request_id),
        "request_id": request_id,
    }


def explain(code: str) -> dict[str, Any] | None:
    """What `GET /problems/{code}` answers; `None` for a code that nothing ever has."""
    said = ERRORS.get(code)
    if said is None:
        return None
    return {
        "code": code,
        "status": STATUS[code],
        "zh": {"title": said.title.zh, "meaning": said.meaning.zh},
        "en": {"title": said.title.en, "meaning": said.meaning.en},
    }


def verdict_plain(verdict: Verdict, speaker: Speaker) -> dict[str, Any]:
    """A verdict as JSON values, with its sentence."""
    return {
        "guard": verdict.guard,
        "kind": verdict.kind,
        "met": verdict.met,
        "waived": verdict.waived,
        "code": verdict.code,
        "sentence": speaker.verdict(verdict),
        "data": _plain(verdict.data),
        "remedies": [remedy_plain(r, speaker) for r in verdict.remedies],
        "waits_until": verdict.waits_until.isoformat() if verdict.waits_until else None,
        "waits_for": list(verdict.waits_for),
        "after": verdict.after,
        "never": verdict.never,
        "waivable_by": list(verdict.waivable_by),
    }


def remedy_plain(remedy: Remedy, speaker: Speaker) -> dict[str, Any]:
    """A remedy as JSON values, with its sentence."""
    return {
        "do": remedy.do,
        "who": list(remedy.who),
        "mode": remedy.mode,
        "needed": remedy.needed,
        "items": list(remedy.items),
        "sentence": speaker.remedy(remedy),
    }


def task_plain(
    task: Task, speaker: Speaker, *, now: datetime | None = None, zone: str = "UTC"
) -> dict[str, Any]:
    """A task as JSON values, with its sentence; whose it is is left to the caller.

    With `now`, the sentence says until when, on the school's clock.
    """
    return {
        "do": task.do,
        "transitions": list(task.transitions),
        "guards": list(task.guards),
        "items": list(task.items),
        "one_of": list(task.one_of),
        "due": instant_text(task.due) if task.due else None,
        "since": task.since.isoformat() if task.since else None,
        "until": task.until.isoformat() if task.until else None,
        "sentence": speaker.task(task, now=now, zone=zone),
    }


def _fault_plain(fault: FieldFault, speaker: Speaker, record: str | None) -> dict[str, Any]:
    return {
        "field": fault.field,
        "code": fault.code,
        "data": _plain(fault.data),
        "sentence": speaker.fault(fault, record),
    }


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data of the engine with tuples as lists, so that it equals what JSON gives back."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in data.items()}
