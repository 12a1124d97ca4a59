"""The laws of the engine, over generated workflows and over every one that is shipped.

What each law says stands with it in `cycles.testing.laws`.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cycles.testing import LAWS, check_laws, check_play, workflows
from cycles.testing.laws import chooser
from cycles.workflow.loading import load

FILES = sorted((Path(__file__).resolve().parents[2] / "workflows").glob("*.yaml"))


@pytest.mark.parametrize("law", LAWS)
@given(version=workflows(), data=st.data())
def test_a_generated_workflow_keeps_the_law(law, version, data):
    """Whatever the workflow, and whatever people do in it, the law holds at every step."""
    check_play(version, chooser(data), laws=[law])


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_workflow_keeps_the_law(file, law):
    """Each shipped workflow keeps each law, whatever people do in it."""
    version = load(file.read_bytes(), file.name)

    check_laws(version, laws=[law], plays=max(10, settings.default.max_examples // 4))
