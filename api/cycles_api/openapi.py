"""The OpenAPI document: what Litestar derives, made to say all that holds."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final, get_args, get_origin

import msgspec
from litestar import Litestar, Response
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from cycles_api.problems import MEDIA_TYPE, STATUS, explain
from cycles_api.rest.headers import ANSWER_HEADERS, HEADER_PATTERNS
from cycles_api.rest.ids import FLAG_PATTERN
from cycles_api.rest.paging import CURSOR_PATTERN
from cycles_api.rest.schemas import components_of, schema_of

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
_JSON: Final = "application/json"
_FORM: Final = "multipart/form-data"
_ONE_FILE: Final = {
    "type": "object",
    "required": ["file"],
    "additionalProperties": False,
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
}
_READING: Final = (400, 401, 403, 404, 503)
_WRITING: Final = (*_READING, 409, 412, 413, 415, 422, 428)
#: Which problems come with a header of their own.
_PROBLEM_HEADERS: Final = {401: ("WWW-Authenticate",), 503: ("Retry-After",)}
#: Where an answer says what the address of something else takes.
_LEADS: Final = {
    "one_cycle": {
        "cycle_id": "$response.body#/id",
        "filing": "$response.body#/records/0/id",
        "kind": "$response.body#/records/0/record",
        "point": "$response.body#/points/0/id",
        "header.If-Match": "$response.header.ETag",
    },
    "open_cycle": {
        "cycle_id": "$response.body#/cycle",
        "header.If-Match": "$response.header.ETag",
    },
    "workflows": {"key": "$response.body#/workflows/0/key"},
    "people": {"person_id": "$response.body#/people/0/id"},
    "send_file": {"digest": "$response.body#/digest"},
}
_PARAMETER_PATTERNS: Final = {**HEADER_PATTERNS, "cursor": CURSOR_PATTERN}
_BYTES: Final = {"type": "string", "contentMediaType": "application/octet-stream"}


def operations(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """(path, method, handler) of everything the document tells of; the path as OpenAPI has it."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for method, (handler, _) in route.route_handler_map.items():
            if handler.resolve_include_in_schema():
                yield route.path_format, method.lower(), handler


def document(app: Litestar) -> dict[str, Any]:
    """The application's routes as OpenAPI 3.1, with tokens, problems, headers and exact shapes.

    Litestar knows the routes and their parameters; of shapes it loses what holds inside lists and
    unions, it lists only its own 400, and it says nothing of security.
    """
    whole = copy.deepcopy(app.openapi_schema.to_schema())
    found = list(operations(app))
    sent = [_answer_kind(handler) for _, _, handler in found]
    taken = [_request_kind(handler) for _, _, handler in found]
    whole["components"] = {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Problem": _PROBLEM,
            **components_of(filter(_is_shape, sent), filter(_is_shape, taken)),
        },
        "headers": ANSWER_HEADERS,
        "responses": {f"Problem{s}": _problem(s, code) for s, code in _SHOWN.items()},
    }
    for path, method, handler in found:
        _complete(method, whole["paths"][path][method], handler)
    _lead(whole["paths"])
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


def _complete(method: str, operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    function = _function_of(handler)
    said = inspect.cleandoc(function.__doc__ or "").partition("\n\n")
    operation |= {"operationId": function.__name__, "summary": said[0].replace("\n", " ")}
    operation.pop("description", None)
    if said[2]:
        operation["description"] = said[2]
    public = handler.opt.get("public") is True
    operation["security"] = [] if public else [{"token": []}]
    for parameter in operation.get("parameters", ()):
        _complete_parameter(parameter)
    if handler.opt.get("multipart") is True:
        operation["requestBody"] = {"required": True, "content": {_FORM: {"schema": _ONE_FILE}}}
    elif _request_kind(handler) is not None:
        content = _content(_request_kind(handler))
        operation["requestBody"] = {"required": True, "content": {_JSON: content}}
    status = str(handler.status_code)
    operation["responses"] = {status: _answer(handler, operation["responses"][status])}
    for code in _READING if method == "get" else _WRITING:
        if not (public and code in (401, 403)):
            operation["responses"][str(code)] = {"$ref": f"#/components/responses/Problem{code}"}


def _lead(paths: dict[str, Any]) -> None:
    """Link each answer that names something to all that can be asked of it, or done to it."""
    every = [operation for methods in paths.values() for operation in methods.values()]
    for answer in every:
        known = _LEADS.get(answer["operationId"], {})
        links = {}
        for other in every if known else ():
            wanted = [p["name"] for p in other.get("parameters", ()) if p["in"] == "path"]
            if wanted and other is not answer and all(name in known for name in wanted):
                taken = {f"{p['in']}.{p['name']}" for p in other["parameters"]}
                parameters = {
                    name: told for name, told in known.items() if name in wanted or name in taken
                }
                name = other["operationId"]
                links[name] = {"operationId": name, "parameters": parameters}
        if links:
            good = next(s for s in answer["responses"] if s.startswith("2"))
            answer["responses"][good]["links"] = links


def _function_of(handler: HTTPRouteHandler) -> Any:
    """What somebody wrote; Litestar wraps what runs in a thread, and may describe the wrapper."""
    function: Any = handler.fn
    while hasattr(function, "func"):
        function = function.func
    return function


def _request_kind(handler: HTTPRouteHandler) -> Any:
    """The shape of a handler's body; `None` without one."""
    taken = handler.parsed_fn_signature.parameters.get("data")
    return taken.annotation if taken else None


def _answer_kind(handler: HTTPRouteHandler) -> Any:
    """The shape of a handler's answer, out of its `Response` if it stands in one."""
    kind = handler.parsed_fn_signature.return_type.annotation
    return get_args(kind)[0] if get_origin(kind) is Response else kind


def _is_shape(kind: Any) -> bool:
    options = get_args(kind) or (kind,)
    return all(isinstance(o, type) and issubclass(o, msgspec.Struct) for o in options)


def _answer(handler: HTTPRouteHandler, derived: dict[str, Any]) -> dict[str, Any]:
    """The good answer of a handler: its content and its headers."""
    kind, media = _answer_kind(handler), handler.opt.get("media", ())
    if media:
        schema = {"type": "string"} if kind is str else _BYTES
        content = {each: {"schema": schema} for each in media}
    elif _is_shape(kind):
        content = {_JSON: _content(kind)}
    else:
        content = derived.get("content", {})
    headers = _headers(*handler.opt.get("headers", ()))
    return {"description": derived["description"], "headers": headers, "content": content}


def _headers(*names: str) -> dict[str, Any]:
    """What an answer carries; the number of the request always."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, "X-Request-Id")}


def _content(kind: Any) -> dict[str, Any]:
    """A shape's schema with its own example beside it."""
    content: dict[str, Any] = {"schema": schema_of(kind)}
    for option in (kind, *get_args(kind)):
        example = getattr(option, "example", None)
        if isinstance(example, dict):
            content["example"] = example
    return content


def _complete_parameter(parameter: dict[str, Any]) -> None:
    """A parameter that may be left out is not null; and no change goes without its key."""
    parameter.pop("allowEmptyValue", None)
    options = parameter["schema"].pop("oneOf", None)
    if options is not None:
        real = [option for option in options if option != {"type": "null"}]
        parameter["schema"] |= real[0] if len(real) == 1 else {"oneOf": real}
    if parameter["name"] in _PARAMETER_PATTERNS:
        parameter["schema"]["pattern"] = _PARAMETER_PATTERNS[parameter["name"]]
    if parameter["schema"].get("pattern") == FLAG_PATTERN:
        parameter["schema"] = {"type": "boolean"}
    if parameter["name"] == "Idempotency-Key":
        parameter["required"] = True


def _problem(status: int, code: str) -> dict[str, Any]:
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
        "headers": _headers(*_PROBLEM_HEADERS.get(status, ())),
        "content": {
            MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
        },
    }
