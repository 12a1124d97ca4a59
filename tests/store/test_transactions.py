"""What a transaction promises: all or nothing, one at a time, one view."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from cycles.errors import ConflictError, StaleRevisionError, StoreError
from cycles.store import GroupRow, IdempotencyRow, Store, Work
from tests.store.school_log import at, everything, move_on, open_cycle, task, write_entry


def group(group_id: str, name: str = "数学组") -> GroupRow:
    """A group of the school `north`."""
    return GroupRow(school_id="north", id=group_id, name=name)


def test_what_work_answers_is_handed_back(store: Store) -> None:
    """Reading and writing return what the function returns."""
    assert store.write("north", lambda work: work.school_id) == "north"
    assert store.read("north", lambda work: (work.school_id, 1)) == ("north", 1)


def test_an_exception_undoes_everything_and_reaches_the_caller(store: Store) -> None:
    """Entry, cycle, people, tasks and rows are as they were before, and the store works on."""
    store.write("north", lambda work: open_cycle(work, "c1"))
    before = everything(store)

    def fail(work: Work) -> None:
        move_on(work, "c1", "observe", text="written in vain")
        work.replace_tasks("c1", [task("c1")])
        work.put(group("maths"))
        open_cycle(work, "c2")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.write("north", fail)

    assert everything(store) == before
    assert store.read("north", lambda work: work.find(GroupRow)) == []
    store.write("north", lambda work: move_on(work, "c1", "observe"))


def test_a_refusal_cannot_be_swallowed(store: Store) -> None:
    """Work that goes on after a refusal is undone all the same, and its caller is told."""
    store.write("north", lambda work: work.add(group("maths")))

    def stubborn(work: Work) -> str:
        work.add(group("english"))
        try:
            work.add(group("maths"))
        except ConflictError:
            return "all is well"
        return "never"

    with pytest.raises(ConflictError):
        store.write("north", stubborn)

    assert [g.id for g in store.read("north", lambda work: work.find(GroupRow))] == ["maths"]


def test_a_read_cannot_write(store: Store) -> None:
    """Every way of writing is refused in a read, and nothing is changed."""
    store.write("north", lambda work: open_cycle(work, "c1"))
    before = everything(store)
    ways: list[Callable[[Work], object]] = [
        lambda work: work.add(group("maths")),
        lambda work: work.put(group("maths")),
        lambda work: work.remove(GroupRow),
        lambda work: write_entry(work, "school"),
        lambda work: work.replace_tasks("c1", []),
        lambda work: work.erase_payload(b"\0" * 32),
        lambda work: work.cycle("c1", lock=True),
        lambda work: work.open_cycle(work.cycle("c1"), ()),  # type: ignore[arg-type]
        lambda work: work.save_cycle(work.cycle("c1"), None, expected=0),  # type: ignore[arg-type]
    ]

    for way in ways:
        with pytest.raises(StoreError):
            store.read("north", way)

    assert everything(store) == before


def test_a_transaction_inside_a_transaction_is_refused(store: Store) -> None:
    """It would wait for itself for ever; so it is told instead."""
    for outer in (store.read, store.write):
        for inner in (store.read, store.write):
            with pytest.raises(StoreError):
                outer("north", lambda _, inner=inner: inner("north", lambda work: work.changes()))

    assert store.write("north", lambda work: work.changes()) == 0


def test_work_sees_what_it_wrote_itself(store: Store) -> None:
    """Inside one transaction reading follows writing."""

    def look(work: Work) -> list[str]:
        work.add(group("maths"))
        work.put(group("maths", "大数学组"))
        return [row.name for row in work.find(GroupRow)]

    assert store.write("north", look) == ["大数学组"]


def test_threads_on_one_cycle_lose_nothing(store: Store) -> None:
    """Sixteen writers of one cycle make sixteen entries in one chain."""
    store.write("north", lambda work: open_cycle(work, "c1"))
    start = threading.Barrier(16)

    def step(number: int) -> int:
        start.wait()
        return store.write("north", lambda work: move_on(work, "c1", f"s{number}").revision)

    with ThreadPoolExecutor(16) as pool:
        revisions = sorted(pool.map(step, range(16)))

    assert revisions == list(range(2, 18))
    row = store.read("north", lambda work: work.cycle("c1"))
    entries = store.read("north", lambda work: work.entries("cycle:c1"))
    assert row.revision == len(entries) == 17
    assert row.head == entries[-1].leaf


def test_threads_on_one_subject_without_a_cycle_lose_nothing(store: Store) -> None:
    """The school's own log has no row to lock, and still no entry is refused."""
    start = threading.Barrier(12)

    def step(_: int) -> None:
        start.wait()
        for _ in range(3):
            store.write("north", lambda work: write_entry(work, "school"))

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(step, range(12)))

    entries = store.read("north", lambda work: work.entries("school"))
    assert [entry.seq for entry in entries] == list(range(1, 37))


def test_one_failing_command_hurts_no_other(store: Store) -> None:
    """Of many at once, those refused are told so, each the right one, and the others are kept."""
    store.write("north", lambda work: work.add(group("taken")))
    start = threading.Barrier(16)

    def act(number: int) -> str:
        def work_of(work: Work) -> str:
            work.add(group(f"g{number}"))
            if number % 4 == 0:
                raise LookupError(number)
            if number % 4 == 1:
                work.add(group("taken"))
            return f"g{number}"

        start.wait()
        try:
            return store.write("north", work_of)
        except LookupError as error:
            return f"failed {error.args[0]}"
        except ConflictError:
            return "refused"

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(act, range(16)))

    expected = [(f"failed {n}", "refused", f"g{n}", f"g{n}")[n % 4] for n in range(16)]
    assert answers == expected
    kept = {row.id for row in store.read("north", lambda work: work.find(GroupRow))}
    assert kept == {"taken", *(f"g{n}" for n in range(16) if n % 4 > 1)}


def test_callers_with_one_idempotency_key_act_once(store: Store) -> None:
    """Eight at once with the same key: one acts, all get the same answer."""
    store.write("north", lambda work: open_cycle(work, "c1"))
    start = threading.Barrier(8)

    def command(work: Work) -> str:
        known = work.get(IdempotencyRow, actor="p", key="k")
        if known is not None:
            return known.answer
        answer = f"revision {work.cycle('c1').revision + 1}"  # type: ignore[union-attr]
        work.add(
            IdempotencyRow(
                school_id="north", actor="p", key="k", request="r", answer=answer, created_at=at(1)
            )
        )
        move_on(work, "c1", "observe")
        return answer

    def send(_: int) -> str:
        start.wait()
        try:
            return store.write("north", command)
        except ConflictError:  # the other was faster; its row is there now
            return store.write("north", command)

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(8)))

    assert answers == {"revision 2"}
    assert store.read("north", lambda work: len(work.entries("cycle:c1"))) == 2


def test_a_read_sees_one_moment(store: Store) -> None:
    """What others commit meanwhile is not seen half."""
    store.write("north", lambda work: open_cycle(work, "c1"))
    looked, moved = threading.Event(), threading.Event()

    def slow_look(work: Work) -> tuple[int, int]:
        revision = work.cycle("c1").revision  # type: ignore[union-attr]
        looked.set()
        # The store in memory lets nobody write meanwhile, so there it waits in vain.
        moved.wait(0.5)
        return revision, len(work.entries("cycle:c1"))

    def move() -> None:
        looked.wait()
        store.write("north", lambda work: move_on(work, "c1", "observe"))
        moved.set()

    with ThreadPoolExecutor(2) as pool:
        seen = pool.submit(store.read, "north", slow_look)
        moving = pool.submit(move)
        moving.result()

        assert seen.result() == (1, 1)


def test_a_stale_writer_among_many_is_the_only_one_refused(store: Store) -> None:
    """Six readers of one revision, then six writers: one wins, five are told."""
    store.write("north", lambda work: open_cycle(work, "c1"))
    start = threading.Barrier(6)

    def step(number: int) -> bool:
        def save(work: Work) -> None:
            row = work.cycle("c1", lock=True)
            assert row is not None
            if row.revision != 1:
                raise StaleRevisionError("moved on", data={"revision": row.revision})
            move_on(work, "c1", f"s{number}")

        start.wait()
        try:
            store.write("north", save)
        except StaleRevisionError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(step, range(6))) == 1


def test_a_store_says_what_it_is(store: Store) -> None:
    """Health names the engine and its version."""
    health = store.health()

    assert health["engine"] in {"memory", "sqlite", "postgresql"}
    assert health["version"]
