"""The laws of the engine, over generated workflows and over every one that is shipped.

What each law says stands with it in `cycles.testing.laws`.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cycles.testing import check_laws, check_play, workflows
from cycles.testing.laws import chooser
from cycles.workflow.loading import load

FILES = sorted((Path(__file__).resolve().parents[2] / "workflows").glob("*.yaml"))


@settings(max_examples=2 * settings.default.max_examples)
@given(version=workflows(), data=st.data())
def test_a_generated_workflow_keeps_the_laws(version, data):
    """Whatever the workflow, and whatever people do in it, each law holds at every step."""
    check_play(version, chooser(data))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_workflow_keeps_the_laws(file):
    """Each shipped workflow keeps each law, whatever people do in it."""
    version = load(file.read_bytes(), file.name)

    check_laws(version, plays=max(10, settings.default.max_examples // 4))
