"""The examples of the OpenAPI document are answers that the programme gives."""

import json

import jsonschema
import pytest

from cycles_api.app import create_app
from cycles_api.settings import Settings
from tests.web.examples import EXAMPLES, answers
from tests.web.stand_in import StandInGate


@pytest.fixture(scope="module")
def document():
    """The document of all that is served."""
    return json.loads(create_app(Settings(), StandInGate()).state.openapi())


def test_the_examples_are_what_the_demo_school_answers():
    """Each is a real answer, cut to the first of its long lists."""
    assert json.loads(EXAMPLES.read_text("utf-8")) == answers()


def test_every_example_keeps_its_own_schema(document):
    """Of requests and of answers: whoever copies one sends or reads what the schema says."""
    checked = 0
    for operations in document["paths"].values():
        for operation in operations.values():
            told = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (c for part in told for c in part.get("content", {}).values()):
                if "example" in content:
                    schema = {**content["schema"], "components": document["components"]}
                    jsonschema.validate(content["example"], schema)
                    checked += 1
    assert checked > 30
