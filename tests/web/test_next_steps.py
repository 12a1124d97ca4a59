"""What teachers read: their next step in one sentence, with the day until which it waits."""

from contextlib import closing

from cycles.store import open_store
from tests.scenarios.school_on_http import school_on_http

SUBJECT = {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"}


def test_a_step_that_is_due_says_until_when(tmp_path):
    """What is due within five school days is asked for with its day, on the school's clock."""
    store = open_store("memory://")
    with closing(store), school_on_http(store, tmp_path) as (people, group):
        song, liu, ma = people["song"], people["liu"], people["ma"]
        opening = {"workflow": "lesson-study", "group": group, "subject": SUBJECT}
        cycle = song.post("/cycles", {**opening, "roles": {"teacher": [liu.id]}}).json()["cycle"]
        liu.file(cycle, "proposal", {"theme": "动手", "why": "难"})
        song.advance(cycle, "approve")
        liu.file(cycle, "explanation", {"points": "课标"})

        (step,) = ma.get("/me/tasks")["tasks"]

        month, day = step["due"][5:7].lstrip("0"), step["due"][8:10].lstrip("0")
        assert f"请在{month}月{day}日" in step["sentence"]
        assert "备课意见" in step["sentence"]
