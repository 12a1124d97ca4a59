"""A version is one sequence of bytes, named by its digest."""

import hashlib
from pathlib import Path

import pytest
import yaml

from cycles.workflow.definition import Workflow
from cycles.workflow.version import Version

WORKFLOWS = Path(__file__).resolve().parents[3] / "workflows"


@pytest.fixture
def lesson_study() -> Version:
    """The shipped default workflow."""
    text = (WORKFLOWS / "lesson-study.yaml").read_text(encoding="utf-8")
    return Version.of(Workflow.model_validate(yaml.safe_load(text)))


def test_the_digest_is_the_sha_256_of_the_canonical_bytes(lesson_study: Version) -> None:
    """Anyone with the bytes of a version can compute its name."""
    digest = hashlib.sha256(lesson_study.canonical).hexdigest()

    assert lesson_study.digest == digest


def test_a_stored_version_reads_back_the_same_in_the_order_its_author_wrote(
    lesson_study: Version,
) -> None:
    """Canonical bytes sort keys, and yet states come back in the author's order."""
    again = Version.from_canonical(lesson_study.canonical)

    assert again == lesson_study
    assert again.workflow == lesson_study.workflow
    assert list(again.workflow.states) == list(lesson_study.workflow.states)


def test_only_what_rules_name_stands_in_the_log_in_clear(lesson_study: Version) -> None:
    """Facts are exactly the fields that guards and roles look at."""
    facts = lesson_study.facts

    assert facts == {"attendance.people", "session.date", "session.class"}


def test_guards_that_say_the_same_share_a_number(lesson_study: Version) -> None:
    """Ways that compete ask the same, and it is judged once; what differs has its own number."""
    guards = [g for t in lesson_study.workflow.transitions.values() for g in t.guards]
    numbers = [lesson_study.alike[id(guard)] for guard in guards]

    assert len(set(numbers)) < len(guards)
    for one, number in zip(guards, numbers, strict=True):
        same = [n for g, n in zip(guards, numbers, strict=True) if g == one]
        assert numbers.count(number) == len(same)
        assert set(same) == {number}
