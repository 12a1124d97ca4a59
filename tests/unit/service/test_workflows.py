"""Versions of a workflow: stored for good, one of them current, and back again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cycles.errors import ConflictError, NotAllowedError, NotFoundError
from cycles.service import Given, operator_of, shipped
from cycles.store import DefiningRow, Store
from cycles.workflow.choices import choices_of
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


def test_the_head_chooses_rounds_and_goes_back(school: LogSchool) -> None:
    """One entry for each; it is told beforehand what changes and how many cycles keep theirs."""
    head, key = school.appoint("zheng", "head"), OLD.key
    running = school.open()
    wanted = replace(choices_of(OLD), rounds=(2, 2))
    told = school.workflows.with_choices(head, key, wanted, seen=OLD.digest)

    done = school.workflows.choose(head, key, wanted, seen=OLD.digest)
    back = school.workflows.choose(head, key, choices_of(OLD), seen=told.after.digest)

    assert (done, back) == ("new", "again")
    assert [(d.what, d.before, d.after) for d in told.differences] == [("rounds", (2, 3), (2, 2))]
    assert (told.before, told.known, told.under_way) == (OLD, False, 1)
    assert school.looking.cycle(school.actor("song"), running).version == OLD.digest
    assert school.check().findings == ()


def test_all_versions_are_seen_with_who_made_them_current(school: LogSchool) -> None:
    """The current one first; how many cycles run under each, and what is otherwise in it."""
    head, key = school.appoint("zheng", "head"), OLD.key
    school.open()
    school.workflows.choose(head, key, replace(choices_of(OLD), rounds=(2, 2)), seen=OLD.digest)
    school.open()
    school.open()

    new, old = school.workflows.versions(head, key)

    assert (new.current, new.by, new.name, new.times) == (True, "zheng", "Zheng", 1)
    assert (new.under_way, old.under_way, old.current, old.by) == (2, 1, False, None)
    assert [(d.what, d.before, d.after) for d in old.differences] == [("rounds", (2, 2), (2, 3))]
    assert new.differences == ()


def test_what_was_chosen_meanwhile_is_looked_at_first(school: LogSchool) -> None:
    """Two heads change the settings: the second is told, and nothing of theirs is kept."""
    head, key = school.appoint("zheng", "head"), OLD.key
    school.workflows.choose(head, key, replace(choices_of(OLD), rounds=(2, 2)), seen=OLD.digest)

    with pytest.raises(ConflictError) as refused:
        school.workflows.choose(head, key, replace(choices_of(OLD), names=True), seen=OLD.digest)

    assert refused.value.data["reason"] == "version_changed"
    assert len(school.workflows.versions(head, key)) == 2


def test_a_second_press_is_answered_like_the_first(school: LogSchool) -> None:
    """The same key again changes nothing more, though another version is current by then."""
    head, key = school.appoint("zheng", "head"), OLD.key
    wanted, given = replace(choices_of(OLD), rounds=(2, 2)), Given(key="k1", request="r1")

    told = [
        school.workflows.choose(head, key, wanted, seen=OLD.digest, given=given) for _ in range(2)
    ]

    assert told == ["new", "new"]
    assert school.check().findings == ()


def test_others_than_head_and_administrator_choose_nothing(school: LogSchool) -> None:
    """A deputy may look at the versions; a teacher may not."""
    deputy = school.appoint("zheng", "deputy")

    with pytest.raises(NotAllowedError):
        school.workflows.choose(deputy, OLD.key, choices_of(OLD), seen=OLD.digest)
    assert school.workflows.versions(deputy, OLD.key)
    with pytest.raises(NotAllowedError):
        school.workflows.versions(school.actor("liu"), OLD.key)


def test_a_version_of_another_workflow_does_not_become_current(school: LogSchool) -> None:
    """Its digest is not one of this workflow's."""
    head = school.appoint("zheng", "head")
    visit = next(version for version in shipped() if version.key == "classroom-visit")

    with pytest.raises(NotFoundError):
        school.workflows.choose_again(head, OLD.key, visit.digest, seen=OLD.digest)


def test_an_upgrade_keeps_what_the_head_chose(school: LogSchool) -> None:
    """Two upgrades with other words: the rounds stay as chosen, all else is the newest."""
    head, key, operator = school.appoint("zheng", "head"), OLD.key, operator_of(school.id)
    school.workflows.choose(head, key, replace(choices_of(OLD), rounds=(2, 2)), seen=OLD.digest)
    plain = OLD.workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    for title in ("新课例研讨", "更新的课例研讨"):
        newer = Version.of(Workflow.model_validate({**plain, "title": title}))
        assert school.workflows.renew(operator, [newer]) == (newer,)

        now = school.workflows.one(operator, key).version
        assert now.workflow.title.zh == title
        assert choices_of(now) == replace(choices_of(OLD), rounds=(2, 2))
    assert school.workflows.renew(operator, [newer]) == ()
    assert school.check().findings == ()


def test_an_upgrade_where_nothing_was_chosen_is_taken_as_it_is(school: LogSchool) -> None:
    """A new default reaches the school."""
    operator, newer = operator_of(school.id), other(4)

    school.workflows.renew(operator, [newer])

    assert school.workflows.one(operator, OLD.key).version == newer
