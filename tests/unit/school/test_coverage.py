"""Whose lesson it is, told from the workflow alone."""

import pytest

from cycles.school.coverage import teaching_role
from tests.unit.engine.stage import shipped


@pytest.mark.parametrize(
    ("workflow", "role"),
    [
        ("lesson-study", "teacher"),
        ("collaborative-lesson-research", "teacher"),
        ("classroom-visit", None),
    ],
)
def test_a_report_lesson_is_proposed_by_whom_it_is_about(workflow, role):
    """Whoever proposes a lesson and hears points on it gives one; who is visited does not."""
    assert teaching_role(shipped(workflow)) == role
