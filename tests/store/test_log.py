"""The log in the store: entries in a chain, payloads beside them, pages for the auditor."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from cycles.errors import LedgerError, NotFoundError
from cycles.ledger import Body, leaf_hash
from cycles.store import MARKS, LogFilter, Mark, Payload, Place, Store, StoredEntry, Work
from tests.store.school_log import (
    LI,
    WANG,
    at,
    body_after,
    everything,
    move_on,
    open_cycle,
    payload,
    school,
    write_entry,
)


def test_an_entry_is_read_as_the_bytes_it_was_written_as(store: Store) -> None:
    """Body, leaf hash and payload come back byte for byte."""
    kept: list[Body] = []

    leaf = store.write(
        "north",
        lambda work: (
            kept.append(write_entry(work, "school", "期初检查")),
            work.link("school").leaf,
        ),
    )[1]

    entry = store.read("north", lambda work: work.entry("school", 1))
    assert entry.body == kept[0].to_bytes()
    assert entry.leaf == leaf == leaf_hash(entry.body)
    assert entry.payload == payload("期初检查")
    assert store.read("north", lambda work: work.entry("school", 2)) is None


def test_the_link_is_the_last_entry(store: Store) -> None:
    """What the next entry must fit, for a cycle and for any other subject."""

    def two(work: Work) -> None:
        open_cycle(work, "c1")
        write_entry(work, "school")

    store.write("north", two)
    store.write("north", lambda work: move_on(work, "c1", "observe"))

    of_cycle = store.read("north", lambda work: work.link("cycle:c1"))
    assert (of_cycle.seq, of_cycle.to, of_cycle.at) == (2, "observe", at(2))
    assert of_cycle.log == "cycles.example/north"
    assert of_cycle.leaf == store.read("north", lambda w: w.entry("cycle:c1", 2)).leaf
    of_school = store.read("north", lambda work: work.link("school"))
    assert (of_school.seq, of_school.to, of_school.log) == (1, "-", "cycles.example/north")
    assert store.read("north", lambda work: work.link("cycle:c2")) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"seq": 3},
        {"seq": 1, "prev": None, "from_": None},
        {"prev": "B" * 43 + "="},
        {"from_": "review"},
        {"at": at(0)},
        {"log": "cycles.example/south"},
        {"pay": "B" * 43 + "="},
    ],
    ids="-".join,
)
def test_an_entry_that_does_not_fit_is_refused(store: Store, wrong: dict[str, object]) -> None:
    """Gap, second opening, foreign chain, other state, earlier time, other log, no payload."""
    store.write("north", lambda work: open_cycle(work, "c1"))
    before = everything(store)

    with pytest.raises(LedgerError):
        store.write("north", lambda work: work.append(body_after(work, "cycle:c1", **wrong), None))

    assert everything(store) == before


def test_a_payload_that_the_entry_does_not_commit_to_is_refused(store: Store) -> None:
    """Nobody can slip another text under an entry."""

    def other(work: Work) -> None:
        body = body_after(work, "school", pay="B" * 43 + "=")
        work.append(body, payload("another text"))

    with pytest.raises(LedgerError):
        store.write("north", other)


def test_a_school_that_is_not_there_has_no_log(store: Store) -> None:
    """An entry needs its school."""
    with pytest.raises(NotFoundError):
        store.write("nowhere", lambda work: write_entry(work, "school"))


def test_several_entries_of_one_work_follow_each_other(store: Store) -> None:
    """A path of several commands is one transaction and one entry each."""

    def path(work: Work) -> None:
        open_cycle(work, "c1")
        move_on(work, "c1", "observe")
        move_on(work, "c1", "evaluate")

    store.write("north", path)

    entries = store.read("north", lambda work: work.entries("cycle:c1"))
    bodies = [Body.parse(entry.body) for entry in entries]
    assert [(b.seq, b.from_, b.to) for b in bodies] == [
        (1, None, "draft"),
        (2, "draft", "observe"),
        (3, "observe", "evaluate"),
    ]


def test_entries_come_in_order_after_a_number_and_up_to_a_limit(store: Store) -> None:
    """History can be read in pages."""
    store.write("north", lambda work: [write_entry(work, "school") for _ in range(5)])

    def numbers(**asked: int) -> list[int]:
        return [e.seq for e in store.read("north", lambda w: w.entries("school", **asked))]

    assert numbers() == [1, 2, 3, 4, 5]
    assert numbers(after=2) == [3, 4, 5]
    assert numbers(after=1, limit=2) == [2, 3]
    assert numbers(after=5) == []


def test_erasing_a_payload_leaves_the_entry(store: Store) -> None:
    """Text and salt are gone for good; every hash stays as it was."""

    def three(work: Work) -> None:
        write_entry(work, "school", "一")
        write_entry(work, "school")
        write_entry(work, "school", "三")

    store.write("north", three)
    before = store.read("north", lambda work: work.entries("school"))
    assert store.read("north", lambda w: w.payloads("school", [1, 2, 3])) == {
        1: payload("一"),
        3: payload("三"),
    }

    erased = store.write("north", lambda work: work.erase_payload(before[0].leaf))

    assert erased is True
    after = store.read("north", lambda work: work.entries("school"))
    assert after == [replace(before[0], payload=None), *before[1:]]
    assert list(store.read("north", lambda w: w.payloads("school", [1, 2, 3]))) == [3]
    assert store.write("north", lambda work: work.erase_payload(before[0].leaf)) is False
    assert store.write("north", lambda work: work.erase_payload(before[1].leaf)) is False


def test_another_school_s_payload_cannot_be_erased(store: Store) -> None:
    """A leaf hash alone opens nothing in another school."""
    store.add_school(school("south"))
    store.write("north", lambda work: write_entry(work, "school", "北"))
    leaf = store.read("north", lambda work: work.link("school")).leaf

    assert store.write("south", lambda work: work.erase_payload(leaf)) is False

    assert store.read("north", lambda w: w.payloads("school", [1])) == {1: payload("北")}


def test_the_log_is_read_newest_first_in_pages(store: Store) -> None:
    """Every entry is met once, by time, then subject, then number."""

    def several(work: Work) -> None:
        for second, subj in ((5, "school"), (5, "person:" + WANG), (7, "school"), (6, "school")):
            link = work.link(subj)
            moment = at(second) if link is None else max(at(second), link.at)
            write_entry(work, subj, at=moment)

    store.write("north", several)

    def page(before: tuple[str, str, int] | None) -> list[tuple[str, str, int]]:
        found = store.read("north", lambda w: w.log_page(LogFilter(), before=before, limit=3))
        return [(Body.parse(entry.body).at, entry.subj, entry.seq) for entry in found]

    met = page(None)
    met += page(met[-1])

    assert page(met[-1]) == []
    assert met == [
        (at(7), "school", 3),
        (at(7), "school", 2),
        (at(5), "school", 1),
        (at(5), "person:" + WANG, 1),
    ]


def test_the_log_is_filtered_by_what_the_body_says(store: Store) -> None:
    """Subject, act, person, and time from (included) to (not included)."""

    def several(work: Work) -> None:
        write_entry(work, "school", act="import", actor=LI, at=at(1))
        write_entry(work, "school", act="erase", at=at(2))
        write_entry(work, "person:" + LI, act="erase", at=at(3))

    store.write("north", several)

    def times(**asked: str) -> list[str]:
        found = store.read("north", lambda w: w.log_page(LogFilter(**asked)))
        return [Body.parse(entry.body).at[17:19] for entry in found]

    assert times() == ["03", "02", "01"]
    assert times(subj="school") == ["02", "01"]
    assert times(act="erase") == ["03", "02"]
    assert times(person=LI) == ["01"]
    assert times(since=at(2)) == ["03", "02"]
    assert times(until=at(2)) == ["01"]
    assert times(act="erase", subj="school", since=at(1), until=at(9)) == ["02"]
    assert times(besides="erase") == ["01"]


def test_a_person_s_entries_are_those_typed_for_them_too(store: Store) -> None:
    """Done by them or for them, once each and newest first, in pages as well."""

    def several(work: Work) -> None:
        write_entry(work, "school", actor=LI, at=at(1))
        write_entry(work, "school", for_=LI, at=at(2))
        write_entry(work, "school", at=at(3))
        write_entry(work, "school", actor=LI, for_=LI, at=at(4))
        write_entry(work, "person:" + LI, actor=LI, at=at(5))

    store.write("north", several)

    def page(before: Place | None, **asked: Any) -> list[StoredEntry]:
        meant = LogFilter(person=LI, **asked)
        return store.read("north", lambda w: w.log_page(meant, before=before, limit=2))

    first = page(None)
    rest = page(first[-1].place)
    assert [entry.place for entry in (*first, *rest)] == [
        (at(5), "person:" + LI, 1),
        (at(4), "school", 4),
        (at(2), "school", 2),
        (at(1), "school", 1),
    ]
    assert [entry.seq for entry in page(None, subj="school")] == [4, 2]
    assert [entry.seq for entry in page(None, marks=("typed",))] == [4, 2]


def test_a_group_s_entries_are_those_of_its_cycles(store: Store) -> None:
    """Nothing of another group, nor of the school itself."""

    def several(work: Work) -> None:
        open_cycle(work, "c1", group="maths")
        open_cycle(work, "c2", group="chinese")
        move_on(work, "c1")
        write_entry(work, "school")

    store.write("north", several)

    def found(group: str) -> list[tuple[str, int]]:
        page = store.read("north", lambda work: work.log_page(LogFilter(group=group)))
        return [(entry.subj, entry.seq) for entry in page]

    assert found("maths") == [("cycle:c1", 2), ("cycle:c1", 1)]
    assert found("chinese") == [("cycle:c2", 1)]
    assert found("art") == []


#: What an entry says, and the marks that it has.
MARKED: list[tuple[dict[str, Any], set[Mark]]] = [
    ({}, set()),
    ({"act": "file", "data": {"late": True}}, {"late"}),
    ({"act": "file", "data": {"late": False}}, set()),
    ({"act": "waive"}, {"waived"}),
    ({"guards": {"go.ready": "waived"}}, {"waived"}),
    ({"guards": {"go.waive": "met"}}, set()),
    ({"for_": LI}, {"typed"}),
    ({"act": "propose_reopen"}, {"reopened"}),
    ({"act": "reopen"}, {"reopened"}),
    ({"act": "file", "data": {"note": '"late":true,"for":"p","x":"waived"'}}, set()),
    ({"act": "file", "data": {"late": True}, "for_": LI}, {"late", "typed"}),
]


def test_entries_are_found_by_their_marks(store: Store) -> None:
    """Each mark finds the entries that have it, several marks those that have them all."""

    def several(work: Work) -> None:
        for said, _ in MARKED:
            write_entry(work, "school", **said)

    store.write("north", several)

    def found(*marks: Mark) -> list[int]:
        page = store.read("north", lambda work: work.log_page(LogFilter(marks=marks)))
        return [entry.seq for entry in page]

    for mark in MARKS:
        having = [seq for seq, (_, has) in enumerate(MARKED, 1) if mark in has]
        assert found(mark) == having[::-1]
    assert found("late", "typed") == [len(MARKED)]


def test_the_log_s_page_carries_payloads(store: Store) -> None:
    """An auditor reads text and entry together."""
    store.write("north", lambda work: write_entry(work, "school", "检查"))

    [entry] = store.read("north", lambda work: work.log_page(LogFilter()))

    assert isinstance(entry.payload, Payload)


def test_subjects_are_listed_with_their_last_number(store: Store) -> None:
    """A verifier walks all subjects in pages, by name."""

    def several(work: Work) -> None:
        for subj, times in (("school", 3), ("cycle:c2", 1), ("cycle:c10", 2)):
            for _ in range(times):
                write_entry(work, subj)

    store.write("north", several)

    first = store.read("north", lambda work: work.subjects(limit=2))
    rest = store.read("north", lambda work: work.subjects(after=first[-1][0], limit=2))

    assert first + rest == [("cycle:c10", 2), ("cycle:c2", 1), ("school", 3)]


def test_the_whole_log_is_read_in_pages_subject_by_subject(store: Store) -> None:
    """Whoever checks everything reads each entry once, with its payload, in its subject's order."""

    def several(work: Work) -> None:
        for subj in ("school", "cycle:c2", "school", "cycle:c10", "cycle:c2"):
            write_entry(work, subj, "检查" if subj == "school" else None)

    store.write("north", several)
    store.add_school(school("south"))
    store.write("south", lambda work: write_entry(work, "school"))

    def pages(work: Work) -> list[list[StoredEntry]]:
        found: list[list[StoredEntry]] = []
        after = ("", 0)
        while page := work.log_in_order(after=after, limit=2):
            found.append(page)
            after = (page[-1].subj, page[-1].seq)
        return found

    read = store.read("north", pages)

    assert [[(e.subj, e.seq) for e in page] for page in read] == [
        [("cycle:c10", 1), ("cycle:c2", 1)],
        [("cycle:c2", 2), ("school", 1)],
        [("school", 2)],
    ]
    one_by_one = store.read("north", lambda work: work.entries("school"))
    assert [read[1][1], read[2][0]] == one_by_one
