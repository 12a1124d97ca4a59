"""Forms of workflows on pages: whatever a field holds, it is shown, and read back as it was."""

from datetime import date
from typing import get_args

import pytest
from litestar.datastructures import UploadFile

from cycles.workflow.definition import FieldType, FormField
from cycles_api.pages.frame.sending import Sent
from cycles_api.pages.told.fields import Asked, read, shown

TYPES = get_args(FieldType)
MORE = {
    "choice": {"options": {"good": "好", "fair": "中"}},
    "attendance": {"of": ["member"]},
    "items": {"item": {"form": {"what": {"type": "text", "title": "事"}}}},
}
#: A value of each type, as the engine takes it.
VALUES = {
    "text": "两行\n字",
    "choice": "fair",
    "yes_no": True,
    "number": 12,
    "date": "2026-05-11",
    "time": "08:05",
    "person": "a",
    "people": ["a", "b"],
    "group": "g",
    "class": "六(2)班",
    "seat": "三排四座",
    "points": ["一", {"id": "7.1", "text": "二"}],
    "items": [{"what": "改板书"}, {"id": "9.1", "what": "加例题"}],
    "timed_notes": [{"at": "08:05", "text": "开始\n讨论"}, {"at": "08:20", "text": "展示"}],
    "attendance": {"a": "present", "b": "sick"},
    "file": {"digest": "0" * 64, "name": "教案.docx"},
    "link": "https://example.org/a",
    "cycle": "c",
    "verify": {"3.1": "worked"},
}


class _Known:
    def people(self, of):
        return [("a", "安"), ("b", "白")]

    def groups(self):
        return [("g", "数学组")]

    def cycles(self, workflows):
        return [("c", "圆")]

    def points(self):
        return [("3.1", "多举例")]


ASKED = Asked(language="zh", known=_Known(), today=date(2026, 5, 20), words={})


def _field(kind):
    return FormField(type=kind, title="项", **MORE.get(kind, {}))


def _as_sent(widgets):
    """What a browser sends of fields as they are shown."""
    for w in widgets:
        for line in (*w.lines, *w.spare):
            yield f"{line.name}.id", line.id
            yield from _as_sent(line.columns)
            yield from ((line.name, c.value) for c in line.choices if c.chosen)
            if not line.choices and not line.columns:
                yield line.name, line.text
        yield from ((w.name, c.value) for c in w.choices if c.chosen)
        if w.digest:
            yield from ((f"{w.name}.digest", w.digest), (f"{w.name}.name", w.text))
        elif not w.choices and not w.lines:
            yield w.name, w.text.replace("\n", "\r\n")


def _no_file(name: str, file: UploadFile) -> None:
    raise AssertionError("no file was chosen")


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_shown_is_read_back(kind):
    """A form that is sent as it was shown says what stood there."""
    form = {"it": _field(kind)}

    found = read(form, Sent(list(_as_sent(shown(form, {"it": VALUES[kind]}, ASKED)))), _no_file)

    assert found == {"it": VALUES[kind]}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("junk", [None, "", "x", 7, -1.5, [], ["x", 3], [{}], {}, {"a": {"b": 1}}])
def test_whatever_stands_there_is_shown(kind, junk):
    """A value that no form of today makes never breaks a page."""
    assert len(shown({"it": _field(kind)}, {"it": junk}, ASKED)) == 1


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("text", ["", "x", "99:99", "１２", "\x00", "2026-13-45"])
def test_whatever_is_sent_is_read(kind, text):
    """What makes no sense goes on as it is, for the engine to refuse."""
    names = ["f.it", "f.it.0", "f.it.0.id", "f.it.0.what", "f.it.x", "f.it.9999", "f.it.digest"]

    read({"it": _field(kind)}, Sent([(name, text) for name in names]), _no_file)


@pytest.mark.parametrize("who", ["wu", "song", "qian", "zhou", "du", "shen"])
def test_every_page_of_every_cycle_opens(shown, who):
    """All shipped workflows, all records, all states: a page or a plain 404, never a failure."""
    import httpx

    with httpx.Client(base_url=shown.url, timeout=60) as client:
        client.post("/sign-in/demo", data=shown.demo_sign_in(who))
        assert client.get("/").status_code == 200
        for cycle in shown.school.cycles.values():
            answer = client.get(f"/cycles/{cycle}")
            assert answer.status_code in (200, 404)
            if answer.status_code == 404:
                continue
            version = shown.service.looking.cycle(_operator(shown), cycle).line.told.version
            for kind in version.workflow.records:
                assert client.get(f"/cycles/{cycle}/records/{kind}").status_code == 200
            assert client.get(f"/cycles/{cycle}/picture").status_code == 200


def _operator(shown):
    from cycles.service import operator_of

    return operator_of(shown.school.school_id)
