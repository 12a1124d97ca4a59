"""Each route of the API does what it says, and refuses as it says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from cycles_api.rest.paging import cursor_of
from tests.unit.service.log_school import DOCX
from tests.web.rest_school import RestSchool, rest_school

OPENING = {
    "workflow": "lesson-study",
    "group": "maths",
    "subject": {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"},
    "roles": {"teacher": ["liu"]},
}


@pytest.fixture
def school(tmp_path: Path) -> Iterator[RestSchool]:
    """The first school behind the API."""
    with rest_school(tmp_path) as served:
        yield served


def fine(answer: httpx.Response, status: int = 200) -> Any:
    """What an accepted request is answered with."""
    assert answer.status_code == status, answer.text
    return answer.json()


def refused(answer: httpx.Response, status: int, code: str) -> Any:
    """The problem document of a refused one."""
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code), told
    return told


def test_a_cycle_is_opened_and_found(school: RestSchool) -> None:
    """201 with its address and ETag; it is listed and read, with titles and names."""
    answer = school.post("song", "/cycles", OPENING)

    cycle = fine(answer, 201)["cycle"]
    assert answer.headers["location"] == f"/api/v1/cycles/{cycle}"
    assert answer.headers["etag"] == '"1"'
    seen = fine(school.ask("liu", f"/cycles/{cycle}"))
    assert (seen["title"], seen["names"]["liu"], seen["state"]) == ("圆的面积", "Liu", "draft")
    listed = fine(school.ask("liu", "/cycles?group=maths&in_state=draft&waiting=liu"))
    assert [line["id"] for line in listed["cycles"]] == [cycle]


def test_me_and_my_next_step(school: RestSchool) -> None:
    """Who I am, and one sentence with the address where it is done."""
    cycle = school.open()

    assert fine(school.ask("liu", "/me"))["name"] == "Liu"
    (task,) = fine(school.ask("liu", "/me/tasks"))["tasks"]
    assert (task["do"], task["href"]) == ("file:proposal", f"/api/v1/cycles/{cycle}/records")
    assert "Proposal" in task["sentence"]


def test_a_blocked_step_says_who_can_clear_it(school: RestSchool) -> None:
    """What the transitions show is what the refusal says."""
    cycle = school.open()
    shown = fine(school.ask("song", f"/cycles/{cycle}/transitions"))["transitions"]

    answer = school.post("song", f"/cycles/{cycle}/transitions", {"transition": "approve"}, seen=1)

    told = refused(answer, 409, "blocked")
    verdicts = next(t for t in shown if t["transition"] == "approve")["verdicts"]
    assert told["verdicts"] == [v for v in verdicts if not v["met"]]
    assert told["verdicts"][0]["remedies"][0]["who"] == ["liu"]


def test_a_whole_round_over_the_api(school: RestSchool) -> None:
    """File, advance, answer, merge, and everything is in the history."""
    cycle = school.open()
    school.prepare(cycle)
    school.teach(cycle, "六1班")
    for member in ("song", "ma", "he"):
        said = {"strength": "情境好", "weakness": ["提问太多"], "hope": ["留时间"]}
        body = {"record": "three_ones", "fields": said}
        fine(school.post(member, f"/cycles/{cycle}/records", body), 201)
    points = fine(school.ask("song", f"/cycles/{cycle}"))["points"]
    same = [p["id"] for p in points if p["field"] == "weakness"]
    merged = {"points": same[1:], "into": same[0]}
    fine(school.post("song", f"/cycles/{cycle}/feedback/merge", merged))
    school.file("song", cycle, "minutes", agreed="减少提问")
    seen = fine(school.ask("song", f"/cycles/{cycle}"))["revision"]
    fine(
        school.post(
            "song", f"/cycles/{cycle}/transitions", {"transition": "finish_evaluating"}, seen=seen
        )
    )

    told = {"disposition": "declined", "reason": "这一步需要时间"}
    fine(school.post("liu", f"/cycles/{cycle}/feedback/{same[0]}/answer", told))

    (point,) = [p for p in fine(school.ask("liu", f"/cycles/{cycle}"))["points"] if p["sources"]]
    assert (point["disposition"], point["reason"]) == ("declined", "这一步需要时间")
    history = fine(school.ask("liu", f"/cycles/{cycle}/history?limit=200"))
    assert [e["seq"] for e in history["entries"]][-1] == history["entries"][-1]["seq"]
    assert history["entries"][-1]["act"] == "answer"
    assert history["names"]["liu"] == "Liu"


def test_what_was_not_seen_is_not_changed(school: RestSchool) -> None:
    """Without If-Match 428, with an old one 412 and what changed since."""
    cycle = school.open()
    school.file("liu", cycle, "proposal", theme="动手操作", why="转化难")
    path, body = f"/cycles/{cycle}/transitions", {"transition": "approve"}

    refused(school.post("song", path, body), 428, "precondition-missing")
    stale = refused(school.post("song", path, body, seen=1), 412, "stale-revision")
    again = {"record": "proposal", "fields": {"theme": "另一个", "why": "x"}}
    named = refused(
        school.post("liu", f"/cycles/{cycle}/records", again), 428, "precondition-missing"
    )

    assert [c["act"] for c in stale["changed"]] == ["file"]
    assert named["supersedes"]


def test_several_people_file_at_once(school: RestSchool) -> None:
    """Each of those who file at the same moment gets a 201, without having seen a revision."""
    cycle = school.open()
    school.file("liu", cycle, "proposal", theme="动手操作", why="转化难")
    school.do("song", cycle, "approve")
    school.file("liu", cycle, "explanation", points="课标与学情")
    body = {"record": "preparation_note", "fields": {"note": "先剪再拼"}}

    with ThreadPoolExecutor(3) as pool:
        sent = [
            pool.submit(school.post, who, f"/cycles/{cycle}/records", body)
            for who in ("song", "ma", "he")
        ]
        answers = [one.result() for one in sent]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    seen = fine(school.ask("song", f"/cycles/{cycle}"))
    assert sum(r["record"] == "preparation_note" for r in seen["records"]) == 3


def test_a_key_counts_once(school: RestSchool) -> None:
    """The same again is the same answer, said to be one; another body is refused."""
    first = school.post("song", "/cycles", OPENING, Idempotency_Key="mine")
    again = school.post("song", "/cycles", OPENING, Idempotency_Key="mine")
    other = school.post("song", "/cycles", {**OPENING, "subject": {}}, Idempotency_Key="mine")

    assert fine(first, 201) == fine(again, 201)
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert refused(other, 422, "idempotency")["reason"] == "reused"


def test_what_if_touches_nothing(school: RestSchool) -> None:
    """Trials follow each other, a refusal is a problem document, and nothing is changed."""
    cycle = school.open()
    fields = {"theme": "x", "why": "y"}
    tried = [
        {"command": "advance", "transition": "approve"},
        {"command": "file", "record": "proposal", "fields": fields},
    ]

    trials = fine(school.post("liu", f"/cycles/{cycle}/what-if", {"commands": tried}))["trials"]

    assert [t["accepted"] for t in trials] == [False, True]
    assert trials[0]["refusal"]["code"]
    assert fine(school.ask("liu", f"/cycles/{cycle}"))["revision"] == 1


def test_lifecycle_verbs(school: RestSchool) -> None:
    """Suspended and resumed with a reason; an unknown verb or field is told."""
    cycle = school.open()
    path = f"/cycles/{cycle}/lifecycle"

    held = fine(school.post("song", path, {"verb": "suspend", "reason": "期末"}, seen=1))
    back = fine(school.post("song", path, {"verb": "resume", "reason": "开学"}, seen=2))

    assert (held["state"], back["state"]) == ("suspended", "draft")
    refused(school.post("song", path, {"verb": "explode", "reason": "x"}, seen=3), 422, "invalid")
    refused(school.post("song", path, {"verb": "suspend"}, seen=3), 422, "invalid")


def test_a_day_that_nobody_means_is_refused(school: RestSchool) -> None:
    """The last day of all calendars cannot be counted on from."""
    cycle = school.open()
    days = {"since": "9999-12-31", "until": "9999-12-31"}
    excuse = {"verb": "excuse", "person": "ma", "reason": "x", **days}

    answer = school.post("song", f"/cycles/{cycle}/lifecycle", excuse, seen=1)

    assert refused(answer, 422, "invalid")["fields"][0]["code"] == "not_a_date"


def test_files_are_sent_and_fetched_by_who_may_read(school: RestSchool) -> None:
    """A colleague fetches what a record names; before that, nobody else can."""
    cycle = school.open()
    school.file("liu", cycle, "proposal", theme="动手操作", why="转化难")
    school.do("song", cycle, "approve")
    liu = {"Authorization": f"Bearer {school.tokens['liu']}"}
    raw = DOCX.getvalue()
    sent = fine(
        school.client.post(
            "/api/v1/files", files={"file": ("说课.docx", io.BytesIO(raw))}, headers=liu
        )
    )
    path = f"/files/{sent['digest']}"
    refused(school.ask("ma", path), 404, "not-found")

    document = {"digest": sent["digest"], "name": "说课.docx"}
    body = {"record": "explanation", "fields": {"document": document}}
    fine(school.post("liu", f"/cycles/{cycle}/records", body), 201)

    got = school.ask("ma", path)
    assert got.content == raw
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["etag"] == f'"{sent["digest"]}"'


def test_files_that_are_not_what_they_say_are_refused(school: RestSchool) -> None:
    """Another kind, too large, no file, no form: each with its own code."""
    liu = {"Authorization": f"Bearer {school.tokens['liu']}"}

    def send(**said: Any) -> httpx.Response:
        return school.client.post("/api/v1/files", headers=liu, **said)

    refused(send(files={"file": ("x.pdf", b"MZ")}), 422, "not-what-it-says")
    refused(send(files={"file": ("x.pdf", b"%PDF-" + b"x" * 200_000)}), 413, "too-large")
    refused(send(files={"other": ("x.pdf", b"%PDF-")}), 422, "invalid")
    refused(send(json={}), 415, "unsupported-media-type")


def test_outsiders_find_nothing(school: RestSchool) -> None:
    """A cycle or person that is not there is 404, everywhere alike."""
    for path in ("", "/transitions", "/records", "/history"):
        refused(school.ask("song", f"/cycles/none{path}"), 404, "not-found")
    body = {"transition": "approve"}
    refused(school.post("song", "/cycles/none/transitions", body, seen=1), 404, "not-found")
    refused(school.ask("song", "/cycles/a%00b"), 400, "bad-parameter")


def test_the_school_is_told(school: RestSchool) -> None:
    """People, groups, days, counts; only those who answer for it see the counts and the log."""
    school.open()

    assert len(fine(school.ask("liu", "/people"))["people"]) == 9
    assert {g["id"] for g in fine(school.ask("liu", "/groups"))["groups"]} == {"maths", "chinese"}
    assert fine(school.ask("liu", "/calendar"))["zone"] == "Asia/Shanghai"
    assert fine(school.ask("wu", "/dashboard"))["counts"][0]["cycles"] == 1
    for path in ("/dashboard", "/log", "/log/export", "/log/verification"):
        refused(school.ask("liu", path), 403, "not-allowed")


def test_the_log_is_read_exported_and_checked(school: RestSchool) -> None:
    """Pages follow each other; the zip is a zip; the check finds nothing."""
    school.open()
    first = fine(school.ask("du", "/log?limit=1"))
    second = fine(school.ask("du", f"/log?limit=1&cursor={first['next']}"))

    assert first["entries"][0]["act"] == "open"
    assert second["entries"][0]["leaf"] != first["entries"][0]["leaf"]
    assert school.ask("du", "/log/export").content.startswith(b"PK")
    assert "findings" in fine(school.ask("du", "/log/verification"))


@pytest.mark.parametrize(
    "place", [["x", "school", 1], ["2026-10-12", "a\x00", 1], ["2026-10-12", "school", 2**70]]
)
def test_a_made_up_place_in_the_log_is_refused(school: RestSchool, place: list[Any]) -> None:
    """A cursor that no page gave never reaches the database."""
    answer = school.ask("du", f"/log?cursor={cursor_of(place)}")

    refused(answer, 400, "bad-parameter")


def test_each_operation_says_what_it_answers_and_why_not(school: RestSchool) -> None:
    """A summary, a description and every refusal; request examples fit their schemas."""
    document = school.client.get("/api/v1/openapi.json").json()

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if not path.startswith("/api/v1"):
                continue
            assert operation["summary"], path
            assert operation["description"], path
            wanted = {"400", "401", "403", "404", "503"}
            wanted |= {"409", "412", "413", "415", "422", "428"} if method == "post" else set()
            assert wanted <= operation["responses"].keys(), path
            for content in operation.get("requestBody", {}).get("content", {}).values():
                if "example" in content:
                    schema = {**content["schema"], "components": document["components"]}
                    jsonschema.Draft202012Validator(schema).validate(content["example"])


def test_workflows_and_their_pictures(school: RestSchool) -> None:
    """Listed with titles, shown whole, drawn as SVG and Mermaid."""
    listed = fine(school.ask("liu", "/workflows"))["workflows"]

    assert "lesson-study" in {w["key"] for w in listed}
    assert "states" in fine(school.ask("liu", "/workflows/lesson-study"))["definition"]
    assert school.ask("liu", "/workflows/lesson-study/diagram").text.startswith("<svg")
    drawn = school.ask("liu", "/workflows/lesson-study/diagram?form=mermaid")
    assert drawn.text.startswith("stateDiagram-v2")
    refused(school.ask("liu", "/workflows/none"), 404, "not-found")


def test_a_person_is_erased_by_who_may(school: RestSchool) -> None:
    """The head erases; a teacher may not; sent again there is nobody."""
    refused(school.post("ma", "/people/he/erasure"), 403, "not-allowed")

    fine(school.post("wu", "/people/he/erasure"))

    refused(school.post("wu", "/people/he/erasure"), 404, "not-found")
    assert school.ask("he", "/me").status_code == 401
