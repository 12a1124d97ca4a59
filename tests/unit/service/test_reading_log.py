"""The log as people read it: nothing before its time, nothing of the key, everything findable."""

import base64
from datetime import date

import pytest

from cycles.engine.commands import Excuse, File, Waive
from cycles.errors import NotAllowedError, NotFoundError
from cycles.ledger import Body, leaf_hash
from cycles.service.answers import EntryAnswer
from cycles.service.reading_log import LogQuestion
from tests.unit.service.log_school import LogSchool


def history(school: LogSchool, by: str, cycle: str) -> tuple[EntryAnswer, ...]:
    """The whole history as somebody reads it."""
    return school.reading.history(school.actor(by), cycle, limit=1_000).entries


def log(school: LogSchool, by: str = "du", **asked: object) -> tuple[EntryAnswer, ...]:
    """All of the log that is asked for, as somebody reads it."""
    question = LogQuestion(**asked)  # type: ignore[arg-type]  # each test names fields it has
    return school.reading.log(school.actor(by), question, limit=1_000).entries


def test_a_history_tells_every_entry_by_person_ids(school):
    """Each entry is there in order with its leaf, and no pseudonym is in it."""
    cycle = school.whole()
    stored = school.entries(f"cycle:{cycle}")

    told = history(school, "song", cycle)

    assert [e.seq for e in told] == list(range(1, len(stored) + 1))
    assert [(e.act, e.at) for e in told] == [
        (body.act, body.at) for body in (Body.parse(e.body) for e in stored)
    ]
    assert [base64.b64decode(e.leaf) for e in told] == [leaf_hash(e.body) for e in stored]
    assert "p_" not in repr([(e.actor, e.for_, e.data, e.payload) for e in told])
    assert told[1].actor == "liu"
    assert told[1].payload == {"fields": {"theme": "动手操作", "why": "学生难以理解转化"}}
    assert told[1].told.names == {"liu": "Liu"}


def test_a_history_comes_in_pages(school):
    """The number of the last entry leads on to the next page; the last page has none."""
    cycle = school.whole()
    whole = history(school, "song", cycle)

    pages, after = [], 0
    while after is not None:
        page = school.reading.history(school.actor("song"), cycle, after=after, limit=10)
        pages.append(page.entries)
        after = page.next

    assert [e.seq for page in pages for e in page] == [e.seq for e in whole]
    assert {len(page) for page in pages[:-1]} == {10}


def test_the_key_of_the_digests_is_never_shown(school):
    """The opening tells its subject and not the secret; who only looks could guess with it."""
    cycle = school.open()

    (opening,) = history(school, "liu", cycle)

    assert opening.content == "shown"
    assert opening.payload is not None
    assert set(opening.payload) == {"subject"}


def test_a_hidden_record_tells_nothing_but_that_it_is_there(school):
    """Neither its words nor its facts, points, voices or digest come before its time."""
    cycle = school.evaluating()

    own = history(school, "ma", cycle)[-1]
    others = [history(school, name, cycle)[-1] for name in ("liu", "song", "wu", "du")]

    assert (own.content, own.data["points"][0]["owner"]) == ("shown", "liu")
    for entry in others:
        assert (entry.act, entry.actor, entry.content, entry.payload) == (
            "file",
            "ma",
            "withheld",
            None,
        )
        assert entry.data.keys().isdisjoint({"facts", "points", "voices", "digest"})
        assert entry.data["record"] == "three_ones"


def test_a_hidden_record_is_shown_when_its_time_has_come(school):
    """Once the evaluation is closed everybody who reads the cycle reads what was said."""
    cycle = school.evaluating()
    said = {"strength": "好", "weakness": ["快"], "hope": ["慢"]}
    for member in ("song", "he"):
        school.file(member, cycle, "three_ones", **said)
    school.file("song", cycle, "minutes", agreed="减少提问")
    school.do("song", cycle, "finish_evaluating")

    told = [e for e in history(school, "liu", cycle) if e.data.get("record") == "three_ones"]

    assert [e.content for e in told] == ["shown"] * 3
    assert [e.data["points"][0]["owner"] for e in told] == ["liu"] * 3


def test_an_erased_payload_is_told_as_erased(school):
    """What was filed is gone; that it was filed, when and by whom stays."""
    cycle = school.open()
    school.file("liu", cycle, "proposal", theme="动手", why="难")
    school.erase(cycle, 2)

    entry = history(school, "song", cycle)[1]

    assert (entry.act, entry.actor, entry.content, entry.payload) == ("file", "liu", "erased", None)


def test_why_somebody_is_absent_is_told_to_few(school):
    """The reason reaches them, who excused them, those who answer and those who audit."""
    cycle = school.open()
    today = school.core.view(school.id).today(school.time)
    school.send("zheng", cycle, Excuse(person="he", since=today, until=today, reason="住院"))

    told = {
        name: history(school, name, cycle)[-1]
        for name in ("he", "zheng", "wu", "song", "du", "ma", "liu")
    }

    shown = {name for name, entry in told.items() if entry.content == "shown"}
    assert shown == {"he", "zheng", "wu", "song", "du"}
    assert all("住院" not in repr(told[name]) for name in ("ma", "liu"))
    assert told["ma"].data["person"] == "he"


def test_who_may_not_see_a_cycle_has_no_history_of_it(school):
    """For a teacher of another group there is no such cycle."""
    cycle = school.open()

    with pytest.raises(NotFoundError):
        school.reading.history(school.actor("zhou"), cycle)


@pytest.mark.parametrize("name", ["liu", "song", "zhou"])
def test_the_log_is_for_heads_and_auditors(school, name):
    """Whoever only takes part reads the history of their cycles."""
    with pytest.raises(NotAllowedError):
        school.reading.log(school.actor(name), LogQuestion())


def test_the_log_is_read_newest_first_in_pages(school):
    """All entries of all subjects come once, also those of no cycle."""
    cycle = school.whole()
    total = sum(last for _, last in school.store.read(school.id, lambda w: w.subjects()))

    entries, before = [], None
    while True:
        page = school.reading.log(school.actor("du"), LogQuestion(), before=before, limit=7)
        entries += page.entries
        before = page.next
        if before is None:
            break

    assert len({(e.subj, e.seq) for e in entries}) == len(entries) == total
    assert [e.at for e in entries] == sorted((e.at for e in entries), reverse=True)
    assert {e.act for e in entries if not e.subj.startswith("cycle:")} == {"define"}
    assert entries[0].subj == f"cycle:{cycle}"


def test_the_log_is_searched_by_what_an_auditor_asks(school):
    """Person, group, cycle, act, time, late, waived and typed for another each narrow it."""
    cycle = school.open()
    school.prepare(cycle)
    today = school.core.view(school.id).today(school.time).isoformat()
    school.file("song", cycle, "session", date=today, period=2, **{"class": "六1班"})
    school.file("song", cycle, "attendance", people=dict.fromkeys(("song", "ma", "he"), "present"))
    school.file("song", cycle, "observation", for_="he", on_paper=True)
    school.send("zheng", cycle, Waive(guard="observations", reason="期末"))
    school.file("ma", cycle, "preparation_note", note="补一条")
    school.open(by="qian", teacher="zhou")
    middle = school.entries(f"cycle:{cycle}")[5]

    assert {e.actor for e in log(school, person="zheng")} == {"zheng"}
    assert {(e.actor, e.for_) for e in log(school, person="he")} == {("he", None), ("song", "he")}
    assert log(school, person=school.alias("he")) == log(school, person="he")
    assert log(school, person="nobody") == ()
    assert {e.subj for e in log(school, group="maths")} == {f"cycle:{cycle}"}
    assert {e.subj for e in log(school, cycle=cycle)} == {f"cycle:{cycle}"}
    assert [e.act for e in log(school, act="approve")] == ["approve"]
    at = Body.parse(middle.body).at
    assert [e.seq for e in log(school, cycle=cycle, until=at)] == [5, 4, 3, 2, 1]
    assert log(school, cycle=cycle, since=at)[-1].seq == 6
    assert [e.data["record"] for e in log(school, late=True)] == ["preparation_note"]
    assert [e.act for e in log(school, waived=True)] == ["waive"]
    assert [e.for_ for e in log(school, typed=True)] == ["he"]
    assert len(log(school, cycle=cycle, late=False)) == len(log(school, cycle=cycle)) - 1


def test_the_log_keeps_to_what_may_be_read(school):
    """An auditor finds the hidden record's entry and not its content."""
    cycle = school.evaluating()

    entry = log(school, cycle=cycle)[0]

    assert (entry.content, entry.payload) == ("withheld", None)
    assert "facts" not in entry.data


def test_a_claimed_date_stands_beside_the_recorded_time(school):
    """The day it is said to have happened is read with the payload, the server's with the entry."""
    cycle = school.open()
    claimed = File(
        record="proposal", fields={"theme": "动手", "why": "难"}, occurred_on=date(2026, 10, 9)
    )
    school.send("liu", cycle, claimed)

    entry = history(school, "song", cycle)[-1]

    assert entry.payload is not None
    assert entry.payload["occurred_on"] == "2026-10-09"
    assert entry.at.startswith("2026-10-12")
