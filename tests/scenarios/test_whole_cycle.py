"""A whole lesson study over HTTP, through a real server, on each database."""

import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cycles.service.verifying import verify_file
from cycles.store import open_store
from tests.scenarios.school_on_http import Somebody, school_on_http

LATE = {"strength": "材料好", "weakness": ["收得急"], "hope": ["多留白"]}
SAID = {"strength": "情境好", "weakness": ["小结由老师说完"], "hope": ["材料一人一份"]}
SUBJECT = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}


@pytest.fixture(params=["sqlite", "postgresql"])
def people_and_group(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[dict[str, Somebody], str]]:
    """A school behind a server, on each database."""
    url = request.getfixturevalue(f"{request.param}_url")
    with closing(open_store(url)) as store, school_on_http(store, tmp_path / "files") as there:
        yield there


def test_a_whole_cycle_is_studied_archived_reopened_erased_exported_and_verified(
    people_and_group, tmp_path
):
    """Three rounds with all that a school year brings, and a log that proves every bit of it."""
    people, group = people_and_group
    song, liu, ma, he = (people[k] for k in ("song", "liu", "ma", "he"))
    zheng, wu, du = (people[k] for k in ("zheng", "wu", "du"))
    opening = {"workflow": "lesson-study", "group": group, "subject": SUBJECT}
    opened = song.post("/cycles", {**opening, "roles": {"teacher": [liu.id]}})
    assert opened.status_code == 201, opened.text
    cycle = opened.json()["cycle"]

    # Proposal, explanation, preparation; a step too early is refused with who can clear it.
    assert liu.asked(cycle) == {"file:proposal"}
    early = song.post(f"/cycles/{cycle}/transitions", {"transition": "approve"}, revision=1)
    assert early.status_code == 409
    assert early.json()["verdicts"][0]["remedies"][0]["who"] == [liu.id]
    liu.file(cycle, "proposal", {"theme": "动手操作", "why": "学生只会套公式"})
    assert song.asked(cycle) == {"decide"}
    song.advance(cycle, "approve")
    assert liu.file(cycle, "explanation", {"points": "课标与学情"})["fired"]
    for member in (song, ma, he):
        member.file(cycle, "preparation_note", {"note": "给足动手时间"})
    liu.file(cycle, "lesson_plan", {"text": "教案第一版"})
    song.advance(cycle, "finish_preparing")

    # Round 1 is taught; one of them is ill.
    _teach(people, cycle, "六1班", absent="he")
    assert he.asked(cycle) == set()
    song.file(cycle, "three_ones", SAID)
    typed = song.file(cycle, "three_ones", SAID, **{"for": ma.id})  # 代录
    assert ma.asked(cycle) == {"confirm:three_ones", "file:minutes"}
    ma.do(cycle, f"records/{typed['filings'][0]}/confirm", None)
    song.file(cycle, "minutes", {"agreed": "小结交给学生"})
    song.advance(cycle, "finish_evaluating")
    late = ma.file(cycle, "minutes", {"agreed": "补记"}, occurred_on=_today(ma))
    assert late["state"] == "revise"
    points = [p["id"] for p in liu.get(f"/cycles/{cycle}")["points"]]
    assert len(points) == 4
    bare = liu.post(f"/cycles/{cycle}/feedback/{points[0]}/answer", {"disposition": "declined"})
    assert bare.status_code == 422
    declined = {"disposition": "declined", "reason": "学具只有二十份"}
    liu.do(cycle, f"feedback/{points[0]}/answer", declined)
    for point in points[1:]:
        liu.do(cycle, f"feedback/{point}/answer", {"disposition": "adopted"})
    liu.file(cycle, "lesson_plan", {"text": "教案第二版"})

    # Round 2 is a desk round: nothing is taught.
    song.advance(cycle, "study_again")
    present = dict.fromkeys((song.id, ma.id, he.id), "present")
    song.file(cycle, "attendance", {"people": present})
    _evaluate(people, cycle, ("song", "ma"))
    late = he.file(cycle, "three_ones", LATE)  # 补录
    shown = next(
        r for r in liu.get(f"/cycles/{cycle}/records")["records"] if r["id"] == late["filings"][0]
    )
    assert shown["late"]
    _revise(liu, cycle, "教案第三版")

    # Round 3 is taught to the same class, which the deputy waives.
    song.advance(cycle, "teach_again")
    _teach(people, cycle, "六1班", reflect=False)
    waiver = {"verb": "waive", "guard": "distinct", "reason": "其他班秋游"}
    assert (
        song.post(f"/cycles/{cycle}/lifecycle", waiver, revision=_revision(song, cycle)).status_code
        == 403
    )
    assert zheng.do(cycle, "lifecycle", waiver)["fired"] == ["finish_observing"]
    liu.file(cycle, "reflection", {"text": "停下来等学生"})
    adopted = {
        p["id"]: "worked"
        for p in ma.get(f"/cycles/{cycle}")["points"]
        if p["disposition"] == "adopted" and p["round"] < 3
    }
    ma.file(cycle, "three_ones", {**SAID, "seen": adopted})
    song.file(cycle, "three_ones", SAID)
    song.file(cycle, "minutes", {"agreed": "定稿"})
    song.advance(cycle, "finish_evaluating")
    _revise(liu, cycle, "教案定稿")
    song.advance(cycle, "finish")
    liu.file(cycle, "written_reflection", {"text": "三次下来的收获"})
    assert zheng.advance(cycle, "archive")["state"] == "archived"

    # Reopened by two, and archived again.
    reopening = {"verb": "reopen", "reason": "漏了一份材料"}
    assert zheng.do(cycle, "lifecycle", reopening)["state"] == "archived"
    assert wu.do(cycle, "lifecycle", reopening)["state"] == "conclude"
    assert zheng.advance(cycle, "archive")["state"] == "archived"

    # One person is erased; the log still proves everything.
    before = du.get(f"/cycles/{cycle}")
    erased = wu.post(f"/people/{he.id}/erasure", key="erase-he")
    assert erased.status_code == 200, erased.text
    again = wu.post(f"/people/{he.id}/erasure", key="erase-he")
    assert (again.json(), "Idempotency-Replayed" in again.headers) == (erased.json(), True)
    after = du.get(f"/cycles/{cycle}")
    assert (after["revision"], after["state"]) == (before["revision"], "archived")
    assert any(r["fields"] is None for r in after["records"])
    assert he.post(f"/cycles/{cycle}/records", {}).status_code == 401
    assert du.get("/log/verification")["ok"]

    # The export verifies, and one changed byte in it is found.
    whole = du.download("/log/export")
    assert "何静怡".encode() not in b"".join(_members(whole, tmp_path).values())
    assert verify_file(tmp_path / "export.zip").ok
    members = _members(whole, tmp_path)
    place = members["entries.jsonl"].index(b'"act":"archive"') + len(b'"act":"archiv')
    entries = bytearray(members["entries.jsonl"])
    entries[place] = ord("f")
    with zipfile.ZipFile(tmp_path / "changed.zip", "w") as changed:
        for name, raw in (members | {"entries.jsonl": bytes(entries)}).items():
            changed.writestr(name, raw)
    assert not verify_file(tmp_path / "changed.zip").ok


def _teach(people, cycle, class_, absent=None, reflect=True):
    """A lesson of today that everybody present observes."""
    song = people["song"]
    song.file(cycle, "session", {"date": _today(song), "period": 2, "class": class_})
    codes = {people[k].id: "sick" if k == absent else "present" for k in ("song", "ma", "he")}
    song.file(cycle, "attendance", {"people": codes})
    for key in ("song", "ma"):
        people[key].file(cycle, "observation", {"on_paper": True})
    if reflect:
        people["liu"].file(cycle, "reflection", {"text": "原想让学生自己发现"})


def _evaluate(people, cycle, present):
    """Three ones of those named, minutes, closed."""
    for key in present:
        people[key].file(cycle, "three_ones", SAID)
    people["song"].file(cycle, "minutes", {"agreed": "材料一人一份"})
    people["song"].advance(cycle, "finish_evaluating")


def _revise(liu, cycle, text):
    """Every open point adopted, a new plan."""
    for point in liu.get(f"/cycles/{cycle}")["points"]:
        if point["disposition"] is None:
            liu.do(cycle, f"feedback/{point['id']}/answer", {"disposition": "adopted"})
    liu.file(cycle, "lesson_plan", {"text": text})


def _revision(somebody, cycle):
    return somebody.get(f"/cycles/{cycle}")["revision"]


def _today(somebody):
    """The school's date."""
    return somebody.get("/calendar")["today"]


def _members(whole, folder):
    path = folder / "export.zip"
    path.write_bytes(whole)
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}
