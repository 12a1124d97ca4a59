"""What holds for every workflow, and for every text that claims to be one."""

from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cycles.errors import WorkflowFileError
from cycles.testing import workflow_texts, workflows
from cycles.workflow.diagram import mermaid, svg
from cycles.workflow.loading import load
from cycles.workflow.version import Version

SHIPPED = [
    path.read_text("utf-8")
    for path in sorted((Path(__file__).resolve().parents[2] / "workflows").glob("*.yaml"))
]


@given(workflow_texts())
def test_generated_workflows_are_sound(text):
    """Each generated text loads, and twice to the same version."""
    assert load(text, "a.yaml") == load(text.encode(), "b.yaml")


@given(workflows())
def test_a_version_is_its_canonical_bytes(version):
    """Reading the canonical bytes back gives the same digest, facts and pictures."""
    again = Version.from_canonical(version.canonical)

    assert Version.of(again.workflow).digest == version.digest
    assert again.facts == version.facts
    assert again.file_in == version.file_in
    assert svg(again, "en") == svg(version, "en")
    assert mermaid(again) == mermaid(version)


@given(st.sampled_from(SHIPPED), st.data())
def test_a_damaged_file_is_answered(text, data):
    """Whatever is cut out or put in, the answer is a version or faults."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    damaged = text[:start] + data.draw(st.text(max_size=12)) + text[end:]

    with suppress(WorkflowFileError):
        assert load(damaged, "x.yaml").digest


@given(st.sampled_from(SHIPPED), st.data())
def test_a_line_that_is_lost_or_doubled_is_answered(text, data):
    """A line lost, doubled or moved gives a version or faults, each at a place in the file."""
    lines = text.split("\n")
    line = data.draw(st.integers(0, len(lines) - 1))
    taken = lines[line] if data.draw(st.booleans()) else lines.pop(line)
    lines.insert(data.draw(st.integers(0, len(lines))), taken)

    try:
        load("\n".join(lines), "x.yaml")
    except WorkflowFileError as told:
        places = [(f.line, f.column) for f in told.faults]
    else:
        places = []

    assert all(1 <= row <= len(lines) and column >= 1 for row, column in places)
    assert places == sorted(places)
