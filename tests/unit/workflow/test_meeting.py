"""Where a workflow has a meeting is read from its records and guards alone."""

from cycles.service import shipped
from cycles.workflow.meeting import meeting_of

VERSIONS = {version.key: version for version in shipped()}


def test_lesson_study_meets_over_its_three_ones():
    """Attendance, the teacher's reflection, three ones, minutes; then the evaluation is closed."""
    found = meeting_of(VERSIONS["lesson-study"])

    assert found is not None
    assert found.attendance == ("attendance", "people")
    assert (found.first, found.words, found.agreed) == ("reflection", "three_ones", "minutes")
    assert found.close == "finish_evaluating"
    assert found.talks == {"evaluate"}
    assert found.states == {"observe", "reflect", "evaluate"}


def test_another_workflow_meets_in_its_own_words():
    """Collaborative lesson research has other records and states, and the same meeting."""
    found = meeting_of(VERSIONS["collaborative-lesson-research"])

    assert found is not None
    assert (found.first, found.words) == ("teacher_comment", "discussion_point")
    assert found.talks == {"discuss"}


def test_what_two_people_say_to_each_other_is_no_meeting():
    """A classroom visit has points, and nobody who shows or merges them."""
    assert meeting_of(VERSIONS["classroom-visit"]) is None
