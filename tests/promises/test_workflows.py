"""The shipped workflows are sound, bilingual and drawn."""

import re
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from cycles.workflow.diagram import mermaid, svg
from cycles.workflow.loading import load
from cycles.workflow.schema import json_schema
from cycles.workflow.strict_yaml import parse
from cycles.workflow.version import Version

FILES = sorted((Path(__file__).resolve().parents[2] / "workflows").glob("*.yaml"))


@pytest.fixture(params=FILES, ids=lambda f: f.stem)
def file(request) -> Path:
    """One shipped workflow file."""
    """Each shipped workflow file in turn."""
    return request.param


def test_each_workflow_loads(file):
    """Every shipped file is sound, and its key is its file name."""
    assert load(file.read_bytes(), file.name).key == file.stem


def test_a_version_survives_its_canonical_form(file):
    """Read back from its canonical bytes, a version is the same one."""
    version = load(file.read_bytes(), file.name)

    again = Version.from_canonical(version.canonical)

    assert Version.of(again.workflow).digest == version.digest
    assert list(again.workflow.states) == list(version.workflow.states)


def test_every_text_is_in_both_languages(file):
    """No Chinese text stands without its English."""
    workflow = load(file.read_bytes(), file.name).workflow.model_dump(mode="json")

    def walk(node):
        if isinstance(node, dict):
            if "zh" in node and "en" in node:
                assert node["en"], node
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(workflow)


def test_the_schema_takes_each_file_and_no_misspelt_key(file):
    """An editor with the schema marks a misspelt key and nothing else."""
    checker = jsonschema.Draft202012Validator(json_schema())
    raw = parse(file.read_bytes()).value

    assert list(checker.iter_errors(raw)) == []
    assert list(checker.iter_errors({**raw, "titel": "题"}))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_workflow_is_drawn(file, language):
    """The pictures name every state, and the SVG is well formed."""
    version = load(file.read_bytes(), file.name)

    drawn = svg(version, language, here=version.workflow.start)

    assert ElementTree.fromstring(drawn).get("role") == "img"  # noqa: S314 - our own text
    text = mermaid(version, language)
    assert all(re.search(rf"\bs_{state} : ", text) for state in version.workflow.states)
