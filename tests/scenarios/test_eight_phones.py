"""Eight phones in one second, through a real server, on each database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from cycles.store import open_store
from tests.scenarios.school_on_http import Somebody, school_on_http

SUBJECT = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}
OBSERVERS = ("song", "ma", "he", "t1", "t2", "t3", "t4", "t5")


@pytest.fixture(params=["sqlite", "postgresql"])
def people_in_cycle(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[dict[str, Somebody], str]]:
    """A group of nine whose lesson is being prepared, and the cycle's id."""
    url = request.getfixturevalue(f"{request.param}_url")
    with (
        closing(open_store(url)) as store,
        school_on_http(store, tmp_path / "files", more=5) as (people, group),
    ):
        opening = {"workflow": "lesson-study", "group": group, "subject": SUBJECT}
        liu, song = people["liu"], people["song"]
        cycle = song.post("/cycles", {**opening, "roles": {"teacher": [liu.id]}}).json()["cycle"]
        liu.file(cycle, "proposal", {"theme": "动手", "why": "难"})
        song.advance(cycle, "approve")
        liu.file(cycle, "explanation", {"points": "课标"})
        yield people, cycle


def test_eight_people_who_file_in_one_second_are_all_taken(people_in_cycle):
    """Eight notes sent at once are eight 201s and eight entries, and nobody has to try again."""
    people, cycle = people_in_cycle
    start = Barrier(len(OBSERVERS))

    def file(key):
        start.wait(30)
        body = {"record": "preparation_note", "fields": {"note": f"{key} 的意见"}}
        return people[key].post(f"/cycles/{cycle}/records", body)

    with ThreadPoolExecutor(len(OBSERVERS)) as phones:
        answers = list(phones.map(file, OBSERVERS))

    assert [a.status_code for a in answers] == [201] * 8
    assert sorted(a.json()["entries"][0] for a in answers) == list(range(5, 13))
    assert people["du"].get("/log/verification")["ok"]


def test_one_phone_that_sends_eight_times_has_acted_once(people_in_cycle):
    """The same request under the same key, eight times at once: one entry, one answer for all."""
    people, cycle = people_in_cycle
    start = Barrier(8)

    def send(_):
        start.wait(30)
        body = {"record": "preparation_note", "fields": {"note": "先剪再拼"}}
        return people["ma"].post(f"/cycles/{cycle}/records", body, key="tunnel")

    with ThreadPoolExecutor(8) as tries:
        answers = list(tries.map(send, range(8)))

    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert sum("Idempotency-Replayed" in a.headers for a in answers) == 7
    assert people["ma"].get(f"/cycles/{cycle}")["revision"] == 5
