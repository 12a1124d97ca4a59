"""Cycles in the store: where they stand, who is in them, what waits for whom."""

from __future__ import annotations

from typing import Any

import pytest

from cycles.errors import ConflictError, LedgerError, StaleRevisionError, StoreError
from cycles.store import CycleFilter, ParticipantRow, Store, TaskRow, Work
from tests.store.school_log import (
    LI,
    TODAY,
    WANG,
    everything,
    move_on,
    open_cycle,
    row_of,
    school,
    task,
    write_entry,
)


def test_a_cycle_is_read_as_it_was_opened_and_saved(store: Store) -> None:
    """Every column comes back, after opening and after each step."""
    opened = store.write("north", lambda work: open_cycle(work, "c1", snapshot=b'{"x":1}'))
    assert store.read("north", lambda work: work.cycle("c1")) == opened

    saved = store.write(
        "north", lambda work: move_on(work, "c1", "observe", snapshot=b'{"x":2}', round=2)
    )

    assert store.read("north", lambda work: work.cycle("c1")) == saved
    assert saved.revision == 2
    assert store.read("north", lambda work: work.cycle("c2")) is None


def test_the_second_of_two_writers_is_told(store: Store) -> None:
    """Who read an older revision is refused, and told which one it is now."""
    store.write("north", lambda work: open_cycle(work, "c1"))
    store.write("north", lambda work: move_on(work, "c1"))
    before = everything(store)

    def late(work: Work) -> None:
        write_entry(work, "cycle:c1", to="evaluate")
        row = row_of(work, "c1")
        row.revision = 2
        work.save_cycle(row, None, expected=1)

    with pytest.raises((StaleRevisionError, LedgerError)):
        store.write("north", late)

    assert everything(store) == before


def test_a_stale_revision_names_the_present_one(store: Store) -> None:
    """The refusal carries what is needed to try again."""
    store.write("north", lambda work: open_cycle(work, "c1"))
    store.write("north", lambda work: move_on(work, "c1"))

    def late(work: Work) -> None:
        row = work.cycle("c1")
        assert row is not None
        row.revision = 2
        work.save_cycle(row, None, expected=1)

    with pytest.raises(StaleRevisionError) as refused:
        store.write("north", late)
    assert refused.value.data == {"revision": 2, "expected": 1}


def test_a_cycle_stands_only_where_its_entry_says(store: Store) -> None:
    """State, revision and head without such an entry are refused, in opening and in saving."""

    def open_elsewhere(work: Work) -> None:
        write_entry(work, "cycle:c1")
        work.open_cycle(row_of(work, "c1", state="archived"), ())

    with pytest.raises(LedgerError):
        store.write("north", open_elsewhere)
    store.write("north", lambda work: open_cycle(work, "c1"))

    for wrong in ({"state": "archived"}, {"head": b"\0" * 32}, {"revision": 3}):

        def save_elsewhere(work: Work, wrong: dict[str, object] = wrong) -> None:
            write_entry(work, "cycle:c1", to="observe")
            work.save_cycle(row_of(work, "c1", **wrong), None, expected=1)

        with pytest.raises(LedgerError):
            store.write("north", save_elsewhere)
    assert store.read("north", lambda work: work.cycle("c1")).state == "draft"


def test_a_cycle_without_its_entry_cannot_be_saved(store: Store) -> None:
    """No state changes without an entry, even where the row looks right."""
    store.write("north", lambda work: open_cycle(work, "c1"))

    def quietly(work: Work) -> None:
        row = work.cycle("c1", lock=True)
        assert row is not None
        row.revision, row.state = 2, "archived"
        work.save_cycle(row, None, expected=1)

    with pytest.raises(LedgerError):
        store.write("north", quietly)
    assert store.read("north", lambda work: work.cycle("c1")).revision == 1


def test_a_cycle_keeps_its_workflow_and_group(store: Store) -> None:
    """What a running cycle is of never changes."""
    store.write("north", lambda work: open_cycle(work, "c1"))

    for wrong in ({"workflow": "tbr"}, {"version": "1" * 64}, {"group": "english"}):

        def save(work: Work, wrong: dict[str, str] = wrong) -> None:
            write_entry(work, "cycle:c1", to="observe")
            work.save_cycle(row_of(work, "c1", **wrong), None, expected=1)

        with pytest.raises(ConflictError):
            store.write("north", save)


def test_a_cycle_is_opened_once(store: Store) -> None:
    """An id is one cycle's."""
    opened = store.write("north", lambda work: open_cycle(work, "c1"))

    with pytest.raises(ConflictError):
        store.write("north", lambda work: work.open_cycle(opened, ()))


def test_people_are_replaced_only_where_they_are_named(store: Store) -> None:
    """`None` leaves the people as they are."""
    people = (("opener", WANG), ("teacher", LI))
    store.write("north", lambda work: open_cycle(work, "c1", people=people))

    store.write("north", lambda work: move_on(work, "c1"))
    found = store.read("north", lambda work: work.find(ParticipantRow, order=["role"]))
    assert [(row.role, row.person) for row in found] == list(people)

    def change(work: Work) -> None:
        write_entry(work, "cycle:c1", to="observe")
        work.save_cycle(row_of(work, "c1"), [("opener", WANG)], expected=2)

    store.write("north", change)
    found = store.read("north", lambda work: work.find(ParticipantRow))
    assert [(row.role, row.person) for row in found] == [("opener", WANG)]


def test_a_person_s_tasks_come_soonest_due_first(store: Store) -> None:
    """Those of another person or a later day are left out; undated ones stand last."""

    def several(work: Work) -> None:
        for cycle in ("c1", "c2"):
            open_cycle(work, cycle)
        work.replace_tasks(
            "c1",
            [
                task("c1", "undated"),
                task("c1", "second", due_at="2026-03-09T00:00:00.000000Z"),
                task("c1", "later", from_date="2026-03-03"),
                task("c1", "over", until_date=TODAY),
                task("c1", "other", LI),
            ],
        )
        work.replace_tasks(
            "c2",
            [
                task("c2", "first", due_at="2026-03-08T00:00:00.000000Z"),
                task(
                    "c2", "today", from_date=TODAY, until_date="2026-03-03", details='{"do":"听课"}'
                ),
            ],
        )

    store.write("north", several)

    found = store.read("north", lambda work: work.tasks_of(WANG, TODAY))
    assert [row.do for row in found] == ["first", "second", "undated", "today"]
    assert found[-1] == task(
        "c2", "today", from_date=TODAY, until_date="2026-03-03", details='{"do":"听课"}'
    )


def test_what_is_due_first_in_some_groups(store: Store) -> None:
    """Undated tasks, those of another day and those of cycles that have ended are left out."""
    first, second, third = (f"2026-03-0{n}T00:00:00.000000Z" for n in (7, 8, 9))

    def several(work: Work) -> None:
        open_cycle(work, "c1", group="maths")
        open_cycle(work, "c2", group="english")
        open_cycle(work, "c3", group="maths", ended=True)
        later = task("c1", "later", due_at=first, from_date="2026-03-03")
        work.replace_tasks("c1", [task("c1", "b", due_at=second), task("c1", "undated"), later])
        work.replace_tasks("c2", [task("c2", "a", LI, due_at=first), task("c2", "c", due_at=third)])
        work.replace_tasks("c3", [task("c3", "over", due_at=first)])

    store.write("north", several)

    def found(**asked: Any) -> list[str]:
        return [row.do for row in store.read("north", lambda work: work.tasks_due(TODAY, **asked))]

    assert found() == ["a", "b", "c"]
    assert found(limit=2) == ["a", "b"]
    assert found(groups=["maths"]) == ["b"]
    assert found(groups=["maths", "english"]) == ["a", "b", "c"]
    assert found(groups=[]) == []


def test_a_cycle_s_tasks_are_replaced_as_a_whole(store: Store) -> None:
    """What is gone is gone, what changed is changed, other cycles' tasks stay."""

    def first(work: Work) -> None:
        work.replace_tasks("c1", [task("c1", "a"), task("c1", "b"), task("c1", "c")])
        work.replace_tasks("c2", [task("c2", "a")])

    store.write("north", first)
    after = [
        task("c1", "b"),
        task("c1", "c", due_at="2026-04-01"),
        task("c1", "d"),
        task("c1", "d", from_date="2026-03-09"),
    ]

    store.write("north", lambda work: work.replace_tasks("c1", after))

    order = ["cycle", "do", "from_date"]
    found = store.read("north", lambda work: work.find(TaskRow, order=order))
    assert found == [*after, task("c2", "a")]
    store.write("north", lambda work: work.replace_tasks("c1", []))
    assert store.read("north", lambda work: work.find(TaskRow)) == [task("c2", "a")]


def test_tasks_that_are_none_of_the_cycle_s_are_refused(store: Store) -> None:
    """Another cycle's task, another school's, or the same one twice changes nothing."""
    store.write("north", lambda work: work.replace_tasks("c1", [task("c1")]))

    for wrong in ([task("c2")], [task("c1", school_id="south")], [task("c1"), task("c1")]):
        with pytest.raises((StoreError, ConflictError)):
            store.write("north", lambda work, wrong=wrong: work.replace_tasks("c1", wrong))

    assert store.read("north", lambda work: work.find(TaskRow)) == [task("c1")]


def test_cycles_are_found_by_group_state_person_and_tasks(store: Store) -> None:
    """Each filter alone and together, newest first."""

    def several(work: Work) -> None:
        open_cycle(work, "c1", group="maths", people=[("opener", WANG), ("teacher", LI)])
        open_cycle(work, "c2", group="english", people=[("opener", LI)])
        open_cycle(work, "c3", group="maths", workflow="tbr", people=[("member", LI)])
        move_on(work, "c3", "observe", workflow="tbr")
        work.replace_tasks("c1", [task("c1", person=WANG)])
        work.replace_tasks("c2", [task("c2", person=WANG, from_date="2026-03-03")])

    store.write("north", several)

    def ids(**asked: object) -> list[str]:
        wanted = CycleFilter(**asked)
        found = store.read("north", lambda work: work.find_cycles(wanted, today=TODAY))
        return [row.id for row in found]

    assert ids() == ["c3", "c2", "c1"]
    assert ids(group="maths") == ["c3", "c1"]
    assert ids(state="observe") == ["c3"]
    assert ids(workflow="lesson-study") == ["c2", "c1"]
    assert ids(person=LI) == ["c3", "c2", "c1"]
    assert ids(person=WANG) == ["c1"]
    assert ids(waiting=WANG) == ["c1"]
    assert ids(waiting=LI) == []
    assert ids(has_task=True) == ["c2", "c1"]
    assert ids(has_task=False) == ["c3"]
    assert ids(group="maths", person=LI, has_task=False) == ["c3"]


def test_cycles_are_listed_in_pages(store: Store) -> None:
    """The last id seen is where the next page begins."""
    store.write("north", lambda work: [open_cycle(work, f"c{n}") for n in range(5)])

    def page(after: str) -> list[str]:
        asked = CycleFilter()
        found = store.read(
            "north", lambda w: w.find_cycles(asked, today=TODAY, after=after, limit=2)
        )
        return [row.id for row in found]

    assert [page(""), page("c3"), page("c1"), page("c0")] == [
        ["c4", "c3"],
        ["c2", "c1"],
        ["c0"],
        [],
    ]


def test_cycles_are_counted_by_place(store: Store) -> None:
    """How many stand where, for the group board; only this school's."""
    store.add_school(school("south"))
    store.write("south", lambda work: open_cycle(work, "c1"))

    def several(work: Work) -> None:
        open_cycle(work, "c1")
        open_cycle(work, "c2")
        open_cycle(work, "c3", group="english")
        move_on(work, "c2", "observe")

    store.write("north", several)

    assert store.read("north", lambda work: work.counts()) == [
        ("lesson-study", "english", "draft", 1, 1),
        ("lesson-study", "maths", "draft", 1, 1),
        ("lesson-study", "maths", "observe", 1, 1),
    ]


def test_cycles_of_one_id_in_two_schools_are_two(store: Store) -> None:
    """Neither cycle, log, people nor tasks of one school are seen or moved by another."""
    store.add_school(school("south"))
    store.write("north", lambda work: open_cycle(work, "c1", people=[("opener", LI)]))
    store.write("south", lambda work: open_cycle(work, "c1"))
    store.write("north", lambda work: work.replace_tasks("c1", [task("c1")]))

    store.write("south", lambda work: move_on(work, "c1", "observe"))
    store.write("south", lambda work: work.replace_tasks("c1", []))

    assert store.read("north", lambda work: work.cycle("c1")).state == "draft"
    assert store.read("north", lambda work: len(work.entries("cycle:c1"))) == 1
    assert store.read("north", lambda work: len(work.tasks_of(WANG, TODAY))) == 1
    assert store.read("south", lambda work: work.tasks_of(WANG, TODAY)) == []
    asked = CycleFilter(person=LI)
    assert store.read("south", lambda w: w.find_cycles(asked, today=TODAY)) == []
