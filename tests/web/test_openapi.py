"""The document that tells programmes what there is: true, complete, closed."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest
from litestar import Litestar

from cycles_api.app import create_app
from cycles_api.auth import PUBLIC
from cycles_api.openapi import document as make_document
from cycles_api.openapi import operations
from cycles_api.settings import Settings
from tests.web.stand_in import STAND_IN_ROUTES, Served, StandInGate

#: What nobody needs a token for; every new one is a decision, made here.
OPEN = {"/healthz", "/problems/{code}"}


@pytest.fixture(scope="module")
def document(served: Served) -> dict[str, Any]:
    """The document as anybody gets it."""
    answer = served.client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture(scope="module")
def app() -> Litestar:
    """The application with the routes that are really served."""
    return create_app(Settings(), StandInGate())


def resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """What a `$ref` stands for."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    """The version that knows JSON Schema as it is, and a title and number of our own."""
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] == "Cycles"
    assert document["info"]["version"]


def test_all_that_is_not_open_asks_for_a_token(document: dict[str, Any]) -> None:
    """What the document says of tokens is what the server does."""
    for path, methods in document["paths"].items():
        for operation in methods.values():
            wanted = [] if path in OPEN else [{"token": []}]
            assert operation["security"] == wanted, path
            assert ("401" in operation["responses"]) == (path not in OPEN)


def test_only_what_is_meant_to_be_open_is_open(app: Litestar) -> None:
    """Of the real routes, those in no list of ours need a token."""
    public = {path for path, _, handler in operations(app) if handler.opt.get("public")}

    assert public == OPEN
    assert PUBLIC == {"public": True}


def test_each_operation_is_described_by_its_own_words(document: dict[str, Any]) -> None:
    """A name and a sentence each, as whoever wrote the handler put them."""
    operation = document["paths"]["/api/v1/notes"]["post"]
    names = [o["operationId"] for ms in document["paths"].values() for o in ms.values()]

    assert (operation["operationId"], operation["summary"]) == ("write_note", "Take a note.")
    assert len(set(names)) == len(names) >= len(STAND_IN_ROUTES)


def test_request_shapes_take_nothing_unknown(document: dict[str, Any]) -> None:
    """The document says so, down to the parts of a list; free values stay free."""
    operation = document["paths"]["/api/v1/notes"]["post"]
    note = resolve(document, operation["requestBody"]["content"]["application/json"]["schema"])
    part = resolve(document, note["properties"]["parts"]["items"])

    assert note["additionalProperties"] is False
    assert part["additionalProperties"] is False
    assert note["properties"]["values"]["additionalProperties"] is not False


def test_shapes_say_what_holds_inside_lists_and_forms(document: dict[str, Any]) -> None:
    """A text in a list has its length, and a form of a workflow no fractions."""
    schemas = document["components"]["schemas"]
    note = schemas["Note"]["properties"]

    assert note["tags"]["items"]["maxLength"] == 5
    assert note["values"]["additionalProperties"] == {"$ref": "#/components/schemas/Value"}
    value = jsonschema.Draft202012Validator(
        {**schemas["Value"], "components": {"schemas": schemas}}
    )
    assert value.is_valid({"a": [1, "x\n", None, {"b": True}]})
    assert not any(value.is_valid(wrong) for wrong in (1.5, 2**53, "a\x00b", {"a\x1b": 1}))


def test_answers_say_what_comes_in_their_headers(app: Litestar) -> None:
    """A new cycle its address and revision, a refused stranger what is wanted; all their number."""
    told = make_document(app)
    opened = told["paths"]["/api/v1/cycles"]["post"]["responses"]
    refused = told["components"]["responses"]["Problem401"]

    assert set(opened["201"]["headers"]) == {
        *("ETag", "Location", "Idempotency-Replayed", "X-Request-Id"),
    }
    assert set(refused["headers"]) == {"WWW-Authenticate", "X-Request-Id"}
    assert "Retry-After" in told["components"]["responses"]["Problem503"]["headers"]


def test_an_answer_leads_on(app: Litestar) -> None:
    """Whoever reads a cycle is told what to send where, the revision in its header included."""
    links = make_document(app)["paths"]["/api/v1/cycles/{cycle_id}"]["get"]["responses"]["200"][
        "links"
    ]

    assert links["advance"]["parameters"] == {
        "cycle_id": "$response.body#/id",
        "header.If-Match": "$response.header.ETag",
    }
    assert "header.If-Match" not in links["history"]["parameters"]
    assert {"answer_point", "confirm", "sign"} <= set(links)
    assert "erase_person" not in links


def test_texts_hold_no_control_characters(document: dict[str, Any]) -> None:
    """The document says of each text what the server takes."""
    note = document["components"]["schemas"]["Note"]
    text = re.compile(note["properties"]["title"]["pattern"])

    assert text.fullmatch("说课\n\t“x”")
    assert not any(text.fullmatch(f"a{c}b") for c in "\x00\x1b\x7f\x85")


def test_what_may_be_left_out_is_not_null(document: dict[str, Any]) -> None:
    """No header or parameter can be sent as null; a change is not made without its key."""
    operation = document["paths"]["/api/v1/notes"]["post"]
    named = {p["name"]: p for p in operation["parameters"]}

    assert named["If-Match"]["schema"]["type"] == "string"
    assert not named["If-Match"]["required"]
    assert named["Idempotency-Key"]["required"]
    assert re.fullmatch(named["If-Match"]["schema"]["pattern"], '"12"')
    assert not re.fullmatch(named["Idempotency-Key"]["schema"]["pattern"], "a b")


def test_a_real_problem_is_what_the_document_says(served: Served, document: dict[str, Any]) -> None:
    """The refusal that a client gets fits the schema that it was told."""
    checker = jsonschema.Draft202012Validator(document["components"]["schemas"]["Problem"])

    for path in ("/nowhere", "/api/v1/notes"):
        checker.validate(served.client.get(path).json())
    assert list(checker.iter_errors({"title": "x"}))


def test_nothing_of_the_web_framework_is_served(served: Served) -> None:
    """No page of a library, which would load scripts from elsewhere."""
    for path in ("/schema", "/schema/swagger", "/schema/openapi.json", "/docs", "/openapi.json"):
        assert served.client.get(path).status_code in (401, 404)
