"""The people of a school: their names, and whether they may act."""

from __future__ import annotations

from pathlib import Path

import pytest

from cycles.errors import (
    InvalidInputError,
)
from cycles.store import Store
from tests.unit.service.town import Town


@pytest.fixture
def town(store: Store, tmp_path: Path) -> Town:
    """The first school, on each store."""
    return Town(store, tmp_path)


def test_a_person_is_added_and_appointed_with_their_name_in_the_payload_alone(town):
    """The log says in clear what replay may need, and a name only where it can be erased."""
    person = town.schools.add_person(town.by, " 林  小", staff_no="0042")
    town.schools.appoint(town.by, person, "teacher", "maths")

    found = town.person(person)
    assert (found.name, found.staff_no, found.groups) == ("林小", "0042", ("maths",))
    entries = town.log(f"person:{found.pseudonym}")
    assert [body.act for body in entries] == ["add_person", "appoint"]
    assert entries[1].data["role"] == "teacher"
    assert "林小" not in repr(entries)
    names = [{"name": "林小"}, {"name": "林小", "group": "数学组"}]
    assert town.names(f"person:{found.pseudonym}") == names


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "\ud800", "长" * 51])
def test_a_name_is_a_name(town, name):
    """What cannot be a name is refused, and nobody is added."""
    before = town.schools.people(town.by)

    with pytest.raises(InvalidInputError):
        town.schools.add_person(town.by, name)

    assert town.schools.people(town.by) == before


def test_a_disabled_person_holds_nothing_until_enabled(town):
    """Disabling takes every role away, enabling gives it back; once more changes nothing."""
    town.schools.disable(town.by, "ma")
    town.schools.disable(town.by, "ma")
    assert (town.person("ma").enabled, town.person("ma").roles) == (False, ())

    town.schools.enable(town.by, "ma")

    assert town.person("ma").groups == ("maths",)
    assert [b.act for b in town.log(f"person:{town.alias('ma')}")] == ["disable", "enable"]


def test_a_person_can_be_renamed(town):
    """The new name stands in the directory; the entry has it in its payload."""
    town.schools.rename_person(town.by, "ma", "马丽")

    assert town.person("ma").name == "马丽"
    assert town.names(f"person:{town.alias('ma')}") == [{"name": "马丽"}]
