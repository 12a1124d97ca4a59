"""Plain rows: added, put, found, removed; one school's never seen by another."""

from __future__ import annotations

from datetime import date

import pytest

from cycles.errors import ConflictError, StoreError
from cycles.store import (
    Between,
    CycleRow,
    GroupRow,
    HolidayRow,
    IdempotencyRow,
    LinkRow,
    OutboxRow,
    PersonRow,
    Store,
    TokenRow,
    VersionRow,
    Work,
)
from tests.store.school_log import at, school


def person(name: str, number: int, **said: object) -> PersonRow:
    """A person of the school `north`."""
    plain = {
        "school_id": "north",
        "id": f"0198-{number}",
        "pseudonym": f"p_{number:026}",
        "name": name,
        "created_at": at(0),
    }
    return PersonRow(**{**plain, **said})


def version(number: int = 1) -> VersionRow:
    """A workflow version."""
    return VersionRow(
        school_id="north",
        digest=f"{number:064}",
        workflow="lesson-study",
        canonical=b"{}",
        added_at=at(number),
    )


def add(store: Store, *rows: object) -> None:
    """Add rows of one school."""
    store.write(rows[0].school_id, lambda work: work.add(*rows))  # type: ignore[attr-defined,arg-type]


def test_a_row_comes_back_as_it_was_added(store: Store) -> None:
    """Text, dates, truth values and nulls read the same on every store."""
    added = person("王老师", 1, staff_no=None, enabled=False, guest=True)
    free = HolidayRow(
        school_id="north", first=date(2026, 10, 1), last=date(2026, 10, 7), name="国庆"
    )

    add(store, added, free)

    found = store.read("north", lambda work: work.get(PersonRow, id="0198-1"))
    assert found == added
    assert found.enabled is False
    assert found.guest is True
    assert store.read("north", lambda w: w.get(HolidayRow, first=date(2026, 10, 1))) == free


def test_a_row_that_is_not_there_is_none(store: Store) -> None:
    """Asking for what does not exist is no error."""
    assert store.read("north", lambda work: work.get(PersonRow, id="nobody")) is None
    assert store.read("north", lambda work: work.find(PersonRow, id=[])) == []


def test_the_same_key_twice_is_a_conflict(store: Store) -> None:
    """A row of a key that is taken is refused, and the first one stays."""
    add(store, person("王老师", 1))

    with pytest.raises(ConflictError):
        add(store, person("李老师", 1, pseudonym="p_other"))

    assert store.read("north", lambda w: w.get(PersonRow, id="0198-1")).name == "王老师"


def test_a_pseudonym_belongs_to_one_person(store: Store) -> None:
    """What must be unique beside the key is so, for `add` and for `put`."""
    add(store, person("王老师", 1))
    other = person("李老师", 2, pseudonym=f"p_{1:026}")

    with pytest.raises(ConflictError):
        add(store, other)
    with pytest.raises(ConflictError):
        store.write("north", lambda work: work.put(other))


def test_what_must_be_there_cannot_be_left_out(store: Store) -> None:
    """A null where none may be is a conflict, not a row."""
    with pytest.raises(ConflictError):
        add(store, person("王老师", 1, created_at=None))


def test_put_replaces_the_row_of_the_same_key(store: Store) -> None:
    """`put` inserts what is new and replaces what is there."""
    add(store, person("王老师", 1))

    store.write("north", lambda w: w.put(person("王小明", 1), person("李老师", 2)))

    names = store.read("north", lambda w: [p.name for p in w.find(PersonRow, order=["id"])])
    assert names == ["王小明", "李老师"]


def test_put_of_a_row_that_is_all_key_changes_nothing(store: Store) -> None:
    """A link put twice is one link."""
    link = LinkRow(school_id="north", from_cycle="a", name="source", to_cycle="b")

    store.write("north", lambda work: work.put(link))
    store.write("north", lambda work: work.put(link))

    assert store.read("north", lambda work: work.find(LinkRow)) == [link]


def test_rows_are_found_by_any_values_in_any_order(store: Store) -> None:
    """Equal values, one of several values, null; upwards, downwards; the first so many."""
    add(
        store,
        person("丁", 4, staff_no="7"),
        person("甲", 1, staff_no="9"),
        person("丙", 3),
        person("乙", 2, guest=True, staff_no="8"),
    )

    def numbers(order: list[str], limit: int | None = None, **equal: object) -> list[str]:
        found = store.read("north", lambda w: w.find(PersonRow, order=order, limit=limit, **equal))
        return [row.id[-1] for row in found]

    assert numbers(["id"]) == ["1", "2", "3", "4"]
    assert numbers(["-id"], 2) == ["4", "3"]
    assert numbers(["staff_no"]) == ["3", "4", "2", "1"]
    assert numbers(["-staff_no"]) == ["1", "2", "4", "3"]
    assert numbers(["guest", "-id"]) == ["4", "3", "1", "2"]
    assert numbers(["id"], id=["0198-4", "0198-1", "0198-9"]) == ["1", "4"]
    assert numbers(["id"], id=("0198-2",), guest=True) == ["2"]
    assert numbers(["id"], staff_no=None) == ["3"]


def test_a_range_is_asked_for(store: Store) -> None:
    """From a value on, and before another; an open side is open, and what is null lies nowhere."""
    add(store, *(person(f"老师{n}", n, staff_no=None if n == 3 else str(n)) for n in range(1, 6)))

    def numbers(**ends: str) -> list[str]:
        between = Between(**ends)
        return [
            n
            for (n,) in store.read(
                "north", lambda w: w.pick(PersonRow, ("staff_no",), staff_no=between)
            )
        ]

    assert numbers(since="2", until="5") == ["2", "4"]
    assert numbers(since="4") == ["4", "5"]
    assert numbers(until="2") == ["1"]
    assert numbers() == ["1", "2", "4", "5"]


def test_many_values_can_be_asked_for_at_once(store: Store) -> None:
    """A district's worth of ids is one question."""
    add(store, *(person(f"老师{n}", n) for n in range(700)))

    found = store.read(
        "north", lambda work: work.find(PersonRow, id=[f"0198-{n}" for n in range(699)])
    )

    assert len(found) == 699


def test_some_values_of_many_rows_are_picked_by_key(store: Store) -> None:
    """Whoever compares a million rows asks for the few values that count, in the key's order."""
    add(store, person("乙", 2, staff_no="8"), person("丙", 3), person("甲", 1, staff_no="9"))

    picked = store.read("north", lambda work: work.pick(PersonRow, ("staff_no", "name")))
    some = store.read("north", lambda work: work.pick(PersonRow, ("id", "name"), id=["0198-3"]))

    assert picked == [("9", "甲"), ("8", "乙"), (None, "丙")]
    assert some == [("0198-3", "丙")]


def test_rows_are_removed_by_their_values(store: Store) -> None:
    """`remove` says how many rows it deleted, and deletes no other."""
    add(store, person("甲", 1), person("乙", 2), person("丙", 3))

    gone = store.write("north", lambda work: work.remove(PersonRow, id=["0198-1", "0198-3"]))

    assert gone == 2
    assert [p.name for p in store.read("north", lambda w: w.find(PersonRow))] == ["乙"]
    assert store.write("north", lambda work: work.remove(PersonRow, id="0198-1")) == 0


def test_a_name_that_is_no_column_is_told(store: Store) -> None:
    """A wrong name is refused with those that are possible."""
    with pytest.raises(StoreError, match="pseudonym"):
        store.read("north", lambda work: work.find(PersonRow, nickname="小王"))
    with pytest.raises(StoreError, match="pseudonym"):
        store.read("north", lambda work: work.find(PersonRow, order=["nickname"]))


def test_get_refuses_to_choose_among_several(store: Store) -> None:
    """`get` answers with the one row, or says that there are more."""
    add(store, person("王老师", 1), person("王老师", 2))

    with pytest.raises(StoreError):
        store.read("north", lambda work: work.get(PersonRow, name="王老师"))


def test_rows_given_out_are_copies(store: Store) -> None:
    """Changing a row, before or after, changes nothing that is kept."""
    mine = person("王老师", 1)
    add(store, mine)
    mine.name = "changed after adding"

    given = store.read("north", lambda work: work.get(PersonRow, id="0198-1"))
    given.name = "changed after reading"

    again = store.read("north", lambda work: work.get(PersonRow, id="0198-1"))
    assert again.name == "王老师"


def test_one_school_never_meets_another_s_rows(store: Store) -> None:
    """The same ids in two schools are two rows, for reading, replacing and removing."""
    store.add_school(school("south"))
    add(store, person("北", 1))
    add(store, person("南", 1, school_id="south"))

    store.write("south", lambda work: work.put(person("南二", 1, school_id="south")))
    assert store.write("south", lambda work: work.remove(PersonRow)) == 1

    assert [p.name for p in store.read("north", lambda w: w.find(PersonRow))] == ["北"]
    assert store.read("south", lambda work: work.find(PersonRow)) == []
    assert store.read("south", lambda work: work.get(PersonRow, id="0198-1")) is None
    assert store.read("south", lambda w: w.find(PersonRow, school_id="north")) == []


def test_a_row_of_another_school_is_not_taken(store: Store) -> None:
    """Work in one school cannot write into another."""
    store.add_school(school("south"))

    with pytest.raises(StoreError):
        store.write("south", lambda work: work.add(person("北", 1)))

    assert store.read("north", lambda work: work.find(PersonRow)) == []


def test_a_stored_version_stays_as_it_is(store: Store) -> None:
    """A workflow version can be added once, then neither replaced nor removed."""
    add(store, version())

    with pytest.raises(ConflictError):
        store.write("north", lambda work: work.put(version()))
    with pytest.raises(ConflictError):
        store.write("north", lambda work: work.remove(VersionRow))

    assert store.read("north", lambda work: work.find(VersionRow)) == [version()]


def test_cycles_and_entries_are_no_plain_rows(store: Store) -> None:
    """What belongs to the log is refused by `add`, `put` and `remove`."""
    row = CycleRow(school_id="north", id="c1")

    for act in (
        lambda work: work.add(row),
        lambda work: work.put(row),
        lambda work: work.remove(CycleRow, id="c1"),
    ):
        with pytest.raises(StoreError):
            store.write("north", act)


def test_rows_without_a_number_get_one_each(store: Store) -> None:
    """The outbox counts by itself, in the order of writing."""
    first, second = (
        OutboxRow(school_id="north", topic="tasks", key=key, created_at=at(1)) for key in "ab"
    )

    add(store, first, second)

    found = store.read("north", lambda work: work.find(OutboxRow, order=["id"]))
    assert [row.key for row in found] == ["a", "b"]
    assert all(row.id is not None for row in found)


def test_a_numbered_row_of_another_school_is_not_replaced(store: Store) -> None:
    """A number is one row's in the whole database; its key names no school."""
    store.add_school(school("south"))
    add(store, OutboxRow(school_id="north", topic="tasks", key="a", created_at=at(1)))
    [row] = store.read("north", lambda work: work.find(OutboxRow))
    other = OutboxRow(id=row.id, school_id="south", topic="tasks", key="b", created_at=at(1))

    with pytest.raises(ConflictError):
        store.write("south", lambda work: work.put(other))

    assert store.read("north", lambda work: work.find(OutboxRow)) == [row]


def test_a_token_is_found_by_its_digest_in_whatever_school(store: Store) -> None:
    """Signing in does not know the school yet."""
    row = TokenRow(
        school_id="north",
        id="t1",
        digest="f" * 64,
        person="0198-1",
        created_at=at(0),
        expires_at=at(9),
    )
    add(store, row)

    found = store.token("f" * 64)

    assert found == row
    assert store.token("0" * 64) is None


def test_schools_are_listed_and_not_added_twice(store: Store) -> None:
    """A school's id is taken once."""
    store.add_school(school("east"))

    with pytest.raises(ConflictError):
        store.add_school(school("north"))

    assert [row.id for row in store.schools()] == ["east", "north"]
    assert store.school("north") == school("north")
    assert store.school("west") is None


def test_the_directory_s_number_moves_with_each_change(store: Store) -> None:
    """Whoever keeps a parsed directory sees cheaply that it is of yesterday."""
    before = store.changes_of("north")

    add(store, person("王老师", 1), GroupRow(school_id="north", id="maths", name="数学组"))
    after_adding = store.changes_of("north")
    store.write("north", lambda work: work.remove(GroupRow, id="maths"))
    after_removing = store.changes_of("north")

    assert before < after_adding < after_removing
    assert store.read("north", lambda work: work.changes()) == after_removing
    assert store.changes_of("south") == 0


def test_other_rows_leave_the_directory_s_number_alone(store: Store) -> None:
    """Neither other tables nor a change that was undone move it."""
    add(store, person("王老师", 1))
    before = store.changes_of("north")

    add(store, version())
    with pytest.raises(ConflictError):
        add(store, person("李老师", 1))

    assert store.changes_of("north") == before


def test_an_idempotency_key_is_taken_once(store: Store) -> None:
    """The second writer of a key is told, also inside one transaction."""
    key = IdempotencyRow(
        school_id="north", actor="p", key="k", request="r", answer="{}", created_at=at(1)
    )

    def twice(work: Work) -> None:
        work.add(key)
        work.add(key)

    with pytest.raises(ConflictError):
        store.write("north", twice)
    assert store.read("north", lambda work: work.find(IdempotencyRow)) == []


def test_old_idempotency_keys_are_forgotten(store: Store) -> None:
    """Those from before an instant, of this school alone."""
    store.add_school(school("south"))
    for school_id in ("north", "south"):
        keys = [
            IdempotencyRow(
                school_id=school_id,
                actor="p",
                key=f"k{n}",
                request="r",
                answer="{}",
                created_at=at(n),
            )
            for n in (1, 2, 3)
        ]
        store.write(school_id, lambda work, keys=keys: work.add(*keys))

    assert store.write("north", lambda work: work.forget_keys(at(3))) == 2

    assert [k.key for k in store.read("north", lambda work: work.find(IdempotencyRow))] == ["k3"]
    assert len(store.read("south", lambda work: work.find(IdempotencyRow))) == 3
