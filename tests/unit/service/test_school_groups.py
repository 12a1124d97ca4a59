"""The groups of a school: their names, and their people of today."""

from __future__ import annotations

from pathlib import Path

import pytest

from cycles.errors import (
    ConflictError,
)
from cycles.store import Store
from tests.unit.service.town import Town


@pytest.fixture
def town(store: Store, tmp_path: Path) -> Town:
    """The first school, on each store."""
    return Town(store, tmp_path)


def test_two_groups_have_two_names(town):
    """A group is known by its name, however it is spelt."""
    science = town.schools.add_group(town.by, "科学组(一)")
    with pytest.raises(ConflictError):
        town.schools.add_group(town.by, "科学组（一）")

    town.schools.rename_group(town.by, science, "科学组（一）")

    assert "科学组（一）" in {group.name for group in town.schools.groups(town.by)}
    assert [body.act for body in town.log("school")] == ["add_group", "rename_group"]


def test_a_group_tells_its_people_of_today(town):
    """Heads and members are those of the day, by person id."""
    maths = next(g for g in town.schools.groups(town.by) if g.id == "maths")

    assert maths.heads == ("song",)
    assert set(maths.members) == {"song", "liu", "ma", "he"}
