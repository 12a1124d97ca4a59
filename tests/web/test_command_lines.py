"""The log line of a change: what was done, by whom, in which cycle; none of their words."""

import io
import json
from contextlib import closing

from litestar.testing import TestClient

from cycles.service import operator_of
from cycles.store import open_store
from cycles_api.app import create_app
from cycles_api.assembly import Service
from cycles_api.logs import make_log
from cycles_api.settings import Settings
from tests.unit.service.first_school import FirstSchool


def test_a_change_leaves_one_line_with_its_act_and_no_words(tmp_path):
    """Whoever reads the log learns that Liu filed in a cycle, and nothing of what was written."""
    out = io.StringIO()
    with closing(open_store("memory://")) as store:
        school = FirstSchool(store, tmp_path)
        cycle, service = school.open(), Service(school.core)
        token = service.tokens.make(operator_of(school.id), "liu", "", 1).text
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
        body = {"record": "proposal", "fields": {"theme": "动手操作", "why": "学生难以理解"}}
        with TestClient(create_app(Settings(), service, log=make_log("json", out))) as client:
            answer = client.post(f"/api/v1/cycles/{cycle}/records", json=body, headers=headers)

    assert answer.status_code == 201, answer.text
    (line,) = [json.loads(text) for text in out.getvalue().splitlines()]
    told = (line["act"], line["cycle"], line["revision"], line["person"])
    assert told == ("file", cycle, 2, school.alias("liu"))
    assert not any(word in out.getvalue() for word in ("动手操作", "Liu", token))
