"""The log line of signing in: who, from where and by what; refusals, too, and no secret."""

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


def test_signing_in_and_failing_to_leave_a_line_with_the_address(tmp_path):
    """Whoever answers for the network can say half a year later who came in, and who tried to."""
    out = io.StringIO()
    with closing(open_store("memory://")) as store:
        school = FirstSchool(store, tmp_path)
        service = Service(school.core)
        code = service.signing_in.let_in_again(operator_of(school.id), "liu").code
        with TestClient(create_app(Settings(), service, log=make_log("json", out))) as client:
            wrong = {"school": school.id, "account": "Liu", "password": "geheim-1234"}
            client.post("/sign-in", data=wrong)
            client.post("/in", data={"code": code}, follow_redirects=False)

    refused, opened = (json.loads(text) for text in out.getvalue().splitlines())
    assert (refused["by"], refused["address"], refused["code"]) == (
        "password",
        "testclient",
        "sign-in",
    )
    assert (opened["by"], opened["status"], opened["person"]) == (
        "code",
        303,
        school.alias("liu"),
    )
    assert not any(word in out.getvalue() for word in ("Liu", "geheim", code))
