"""The OpenAPI document: what Litestar derives, made to say all that holds."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final, get_args

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from cycles_api.problems import MEDIA_TYPE, STATUS, explain
from cycles_api.rest.headers import HEADER_PATTERNS

__all__ = ["document", "operations"]

_PROBLEM: Final = {
    "type": "object",
    "description": "Why nothing was done, and what is possible instead (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Where the code is explained."},
        "title": {"type": "string", "description": "A few words, in the reader's language."},
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": sorted(STATUS), "description": "Stable."},
        "detail": {"type": "string", "description": "A sentence, in the reader's language."},
        "request_id": {"type": "string"},
        "possible": {
            "type": "array",
            "items": {"type": "string"},
            "description": "What the same person can do instead, now.",
        },
        "fields": {
            "type": "array",
            "description": "Every fault of what was sent.",
            "items": {
                "type": "object",
                "required": ["field", "code", "sentence"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "data": {"type": "object"},
                    "sentence": {"type": "string"},
                },
            },
        },
        "verdicts": {
            "type": "array",
            "description": "What is still missing and who can clear it.",
            "items": {"type": "object"},
        },
    },
}

#: Status to the code shown as its example.
_SHOWN: Final = {
    400: "malformed",
    401: "unauthenticated",
    403: "not-allowed",
    404: "not-found",
    409: "blocked",
    412: "stale-revision",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    428: "precondition-missing",
    503: "store-unavailable",
}
#: As `rest.reading` has it, in the regular expressions of JSON Schema.
_TEXT: Final = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"
_FORM: Final = "multipart/form-data"
_ONE_FILE: Final = {
    "type": "object",
    "required": ["file"],
    "additionalProperties": False,
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
}
_READING: Final = (400, 401, 403, 404, 503)
_WRITING: Final = (*_READING, 409, 412, 413, 415, 422, 428)


def operations(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """(path, method, handler) of everything the document tells of; the path as OpenAPI has it."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for method, (handler, _) in route.route_handler_map.items():
            if handler.resolve_include_in_schema():
                yield route.path_format, method.lower(), handler


def document(app: Litestar) -> dict[str, Any]:
    """The application's routes as OpenAPI 3.1, with tokens, problems and closed request shapes.

    Litestar leaves `additionalProperties: false` out (litestar#4280), lists only its own 400 and
    says nothing of security.
    """
    whole = copy.deepcopy(app.openapi_schema.to_schema())
    components = whole.setdefault("components", {})
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM
    components["responses"] = {f"Problem{s}": _answer(s, code) for s, code in _SHOWN.items()}
    for path, method, handler in operations(app):
        _complete(method, whole["paths"][path][method], handler, schemas)
    for path, example in _real_answers().items():
        operation = whole["paths"].get(path, {}).get("get", {})
        answer = operation.get("responses", {}).get("200", {})
        for content in answer.get("content", {}).values():
            content.setdefault("example", example)
    return whole


def _real_answers() -> dict[str, Any]:
    """Address → what the demo school answered there, kept beside the routes."""
    raw = (files("cycles_api.rest") / "examples.json").read_bytes()
    found: dict[str, Any] = msgspec.json.decode(raw)
    return found


def _complete(
    method: str, operation: dict[str, Any], handler: HTTPRouteHandler, schemas: dict[str, Any]
) -> None:
    function = _function_of(handler)
    said = inspect.cleandoc(function.__doc__ or "").partition("\n\n")
    operation |= {"operationId": function.__name__, "summary": said[0].replace("\n", " ")}
    operation.pop("description", None)
    if said[2]:
        operation["description"] = said[2]
    public = handler.opt.get("public") is True
    operation["security"] = [] if public else [{"token": []}]
    for status in _READING if method == "get" else _WRITING:
        if not (public and status in (401, 403)):
            operation["responses"][str(status)] = {
                "$ref": f"#/components/responses/Problem{status}"
            }
    for parameter in operation.get("parameters", ()):
        _complete_parameter(parameter)
    if handler.opt.get("multipart") is True:
        operation["requestBody"] = {"required": True, "content": {_FORM: {"schema": _ONE_FILE}}}
    signature = handler.parsed_fn_signature
    if "data" in signature.parameters:
        for content in operation.get("requestBody", {}).get("content", {}).values():
            _close(content.get("schema", {}), schemas)
            _show(content, signature.parameters["data"].annotation)
    for status, answer in operation["responses"].items():
        for content in answer.get("content", {}).values() if status.startswith("2") else ():
            _show(content, signature.return_type.annotation)


def _function_of(handler: HTTPRouteHandler) -> Any:
    """What somebody wrote; Litestar wraps what runs in a thread, and may describe the wrapper."""
    function: Any = handler.fn
    while hasattr(function, "func"):
        function = function.func
    return function


def _complete_parameter(parameter: dict[str, Any]) -> None:
    """A parameter that may be left out is not null; and no change goes without its key."""
    parameter.pop("allowEmptyValue", None)
    options = parameter["schema"].pop("oneOf", None)
    if options is not None:
        real = [option for option in options if option != {"type": "null"}]
        parameter["schema"] |= real[0] if len(real) == 1 else {"oneOf": real}
    if parameter["name"] in HEADER_PATTERNS:
        parameter["schema"]["pattern"] = HEADER_PATTERNS[parameter["name"]]
    if parameter["name"] == "Idempotency-Key":
        parameter["required"] = True


def _show(content: dict[str, Any], kind: Any) -> None:
    """Put the shape's own example beside its schema."""
    for option in (kind, *get_args(kind)):
        if isinstance(option, type) and issubclass(option, msgspec.Struct):
            example = getattr(option, "example", None)
            if isinstance(example, dict):
                content["example"] = example


def _close(schema: Any, schemas: dict[str, Any], seen: frozenset[str] = frozenset()) -> None:
    """Say what holds everywhere: an object takes no other fields, a text no control characters."""
    if isinstance(schema, list):
        for part in schema:
            _close(part, schemas, seen)
        return
    if not isinstance(schema, dict):
        return
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name and name not in seen and name in schemas:
        _close(schemas[name], schemas, seen | {name})
    if "properties" in schema:
        schema["additionalProperties"] = False
    if (
        schema.get("type") == "string"
        and not {"enum", "const", "format", "pattern"} & schema.keys()
    ):
        schema["pattern"] = _TEXT
    for part in schema.values():
        _close(part, schemas, seen)


def _answer(status: int, code: str) -> dict[str, Any]:
    said = explain(code)
    told = said["en"] if said else {"title": code, "meaning": code}
    example = {
        "type": f"/problems/{code}",
        "title": told["title"],
        "status": status,
        "code": code,
        "detail": told["meaning"],
    }
    return {
        "description": told["title"],
        "content": {
            MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
        },
    }
