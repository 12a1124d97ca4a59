"""Versions of a workflow: stored for good, one of them current, and back again."""

from __future__ import annotations

from pathlib import Path

import pytest

from cycles.errors import NotFoundError
from cycles.service import operator_of, shipped
from cycles.store import DefiningRow, Store
from cycles.workflow.definition import Workflow
from cycles.workflow.version import Version
from tests.unit.service.log_school import LogSchool

OLD = next(version for version in shipped() if version.key == "lesson-study")


def other(most: int = 2) -> Version:
    """Lesson study with another number of rounds."""
    plain = OLD.workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return Version.of(Workflow.model_validate({**plain, "rounds": {"min": 1, "max": most}}))


@pytest.fixture
def school(store: Store, tmp_path: Path) -> LogSchool:
    """A school with the shipped workflows."""
    return LogSchool(store, tmp_path)


def test_a_version_that_was_used_before_becomes_current_again(school: LogSchool) -> None:
    """New, unchanged, and back: each says what it was, and the log proves the order."""
    operator, new = operator_of(school.id), other()

    told = [school.workflows.define(operator, [v])[0].outcome for v in (new, new, OLD, OLD, new)]

    assert told == ["new", "unchanged", "again", "unchanged", "again"]
    assert school.workflows.one(operator, "lesson-study").version == new
    assert school.check().findings == ()
    rows = school.store.read(
        school.id, lambda work: work.find(DefiningRow, workflow=OLD.key, order=("number",))
    )
    assert [row.digest for row in rows] == [v.digest for v in (OLD, new, OLD, new)]


def test_cycles_keep_their_version_and_new_ones_take_the_current(school: LogSchool) -> None:
    """Whatever becomes current later, also when a version comes back."""
    operator = operator_of(school.id)
    before = school.open()
    school.workflows.define(operator, [other()])
    between = school.open()
    school.workflows.define(operator, [OLD])
    after = school.open()

    looked = [school.looking.cycle(school.actor("song"), c) for c in (before, between, after)]

    assert [c.version for c in looked] == [OLD.digest, other().digest, OLD.digest]
    assert school.check().findings == ()


def test_an_old_version_is_found_by_its_digest(school: LogSchool) -> None:
    """It says that it is not the current one; an unknown one is refused."""
    operator = operator_of(school.id)
    school.workflows.define(operator, [other()])

    assert not school.workflows.one(operator, OLD.digest).current
    assert school.workflows.one(operator, other().digest).current
    with pytest.raises(NotFoundError):
        school.workflows.one(operator, "0" * 64)


def test_an_upgrade_leaves_alone_what_the_school_chose(school: LogSchool) -> None:
    """The shipped version that the school had before does not come back by itself."""
    operator = operator_of(school.id)
    school.workflows.define(operator, [other()])

    assert school.workflows.renew(operator, shipped()) == ()

    assert school.workflows.one(operator, "lesson-study").version == other()
