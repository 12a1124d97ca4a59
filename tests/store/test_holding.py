"""Holding a cycle: what a command looks at is read with the lock, and stays as it is."""

from __future__ import annotations

import pytest

from cycles.errors import StoreError
from cycles.store import GroupRow, LinkRow, Store, TaskRow, Work
from tests.store.school_log import move_on, open_cycle, school


def link(start: str, end: str, name: str = "source") -> LinkRow:
    """A link between two cycles of the school `north`."""
    return LinkRow(school_id="north", from_cycle=start, name=name, to_cycle=end)


def test_a_held_cycle_comes_with_its_links_and_the_number_of_changes(store: Store) -> None:
    """One question brings what three would."""
    store.write("north", lambda work: open_cycle(work, "c1"))
    store.write("north", lambda work: work.add(GroupRow(school_id="north", id="g", name="数学组")))
    store.write("north", lambda work: work.add(link("c1", "c2"), link("c0", "c1")))

    held = store.write("north", lambda work: work.hold("c1"))

    assert held is not None
    assert held.row == store.read("north", lambda work: work.cycle("c1"))
    assert held.links == [link("c0", "c1"), link("c1", "c2")]
    assert held.changes == store.changes_of("north") == 1


def test_what_is_not_there_is_not_held(store: Store) -> None:
    """No cycle of this id, or one of another school: nothing."""
    store.add_school(school("south"))
    store.write("north", lambda work: open_cycle(work, "c1"))

    assert store.write("north", lambda work: work.hold("c2")) is None
    assert store.write("south", lambda work: work.hold("c1")) is None


def test_a_read_holds_nothing(store: Store) -> None:
    """Whoever only reads must not keep others from writing."""
    store.write("north", lambda work: open_cycle(work, "c1"))

    with pytest.raises(StoreError):
        store.read("north", lambda work: work.hold("c1"))


def test_a_held_cycle_takes_several_steps(store: Store) -> None:
    """A path of commands goes on from what the one before wrote."""
    store.write("north", lambda work: open_cycle(work, "c1"))

    def path(work: Work) -> None:
        work.hold("c1")
        for state in ("observe", "observe", "evaluate"):
            move_on(work, "c1", state)

    store.write("north", path)

    row = store.read("north", lambda work: work.cycle("c1"))
    assert row is not None
    assert (row.revision, row.state) == (4, "evaluate")


def test_links_are_those_from_a_cycle_and_to_it(store: Store) -> None:
    """Each once, also one to itself; none of other cycles or schools."""
    store.add_school(school("south"))
    elsewhere = LinkRow(school_id="south", from_cycle="c1", name="source", to_cycle="c2")
    store.write("south", lambda work: work.add(elsewhere))
    own = [link("c0", "c1"), link("c1", "c1"), link("c1", "c2", "other"), link("c1", "c2")]
    store.write("north", lambda work: work.add(*own, link("c2", "c3")))

    assert store.read("north", lambda work: work.links("c1")) == sorted(
        own, key=lambda row: (row.from_cycle, row.name, row.to_cycle)
    )


def test_a_row_knows_its_columns() -> None:
    """A slip in a column's name is told where it is made; what is left out has its default."""
    task = {"school_id": "north", "cycle": "c", "person": "p", "do": "d", "from_date": ""}

    assert TaskRow(**task, details="{}").due_at is None
    with pytest.raises(TypeError, match="TaskRow has no colour"):
        TaskRow(**task, details="{}", colour="red")
