"""The pages of a school's people, groups and days: each change is one entry, nothing is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from cycles.service import operator_of


@pytest.fixture
def head(school, reads):
    """The head of a demo school of one's own."""
    return reads(school, "wu")


def _group(at, name="数学教研组"):
    groups = at.service.schools.groups(operator_of(at.school.school_id))
    return next(group for group in groups if name in group.name or not name)


def _person(at, name):
    people = at.service.schools.people(operator_of(at.school.school_id))
    return next((p for p in people if p.name == name), None)


def _today(at):
    return at.service.schools.calendar(operator_of(at.school.school_id)).today


def test_a_new_colleague_is_there_at_once_and_only_once(school, head):
    """The form sent twice by a nervous finger makes one person, with their appointment."""
    group = _group(school, "").id
    key = re.search(r'name="key" value="([^"]+)"', head.get("/school/people").text)[1]
    sent = {"key": key, "name": "林小", "role": "teacher", "group": group, "staff_no": ""}

    answers = [head.post("/school/people", **sent) for _ in range(2)]

    assert [a.headers["location"] for a in answers] == ["/school/people?done=added"] * 2
    page = head.get("/school/people?q=林小").text
    assert page.count("<strong>林小</strong>") == 1
    assert _person(school, "林小").groups == (group,)


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(head):
    """A name is missing: the form comes back as it was sent."""
    answer = head.post("/school/people", name="", role="deputy", staff_no="0042", key="k")

    assert answer.status_code == 422
    assert 'value="0042"' in answer.text
    assert '<option value="deputy" selected>' in answer.text
    assert 'aria-describedby="add-name-e" aria-invalid="true"' in answer.text


def test_a_name_that_is_there_is_asked_about(school, head):
    """Two people of one name need numbers; the refusal says so, in the form."""
    name = school.service.core.view(school.school.school_id).name(school.school.people["ma"])

    answer = head.post("/school/people", name=name, role="deputy", staff_no="", key="k")

    assert answer.status_code == 422
    assert "工号" in re.search(r'role="alert"><p>(.*?)</p>', answer.text)[1]


def test_two_of_one_name_are_told_apart_where_one_is_chosen(school, reads, head):
    """The list of people to choose from says in which group each of them is."""
    service, by = school.service, operator_of(school.school.school_id)
    twin = service.schools.add_person(by, "马晓东", staff_no="0042")
    service.schools.appoint(by, twin, "teacher", _group(school, "语文").id)

    maths, desk = _group(school).id, reads(school, "du").get("/desk").text
    form = head.get(f"/open?workflow=classroom-visit&group={maths}").text

    for page in (desk, form):
        assert "马晓东 · 数学教研组" in page
        assert "马晓东 · 语文教研组" in page
    assert "何静怡 · " not in desk


def test_a_group_gets_its_head_at_one_press(school, head):
    """Where a group has none, its card asks who; whoever is chosen heads it from today on."""
    group, ma = _group(school), school.school.people["ma"]
    song = next(
        a
        for a in school.service.schools.appointments(operator_of(school.school.school_id))
        if a.role == "group_head" and a.group == group.id
    )
    before = _today(school) - timedelta(days=1)
    school.service.schools.end_appointment(operator_of(school.school.school_id), song.id, before)
    assert "任命为组长" in head.get("/school/groups").text

    answer = head.post(f"/school/groups/{group.id}/head", person=ma)

    assert answer.headers["location"] == "/school/groups?done=kept"
    assert _group(school).heads == (ma,)
    assert "任命为组长" not in head.get("/school/groups").text


def test_somebody_is_appointed_renamed_and_leaves(school, head):
    """The whole life of a colleague, form by form; each is told by the log."""
    ma = school.school.people["ma"]
    at = f"/school/people/{ma}"
    today = _today(school)

    appointed = head.post(f"{at}/appointments", role="deputy", **{"from": "", "until": ""})
    assert appointed.status_code == 303
    assert "副组长" in head.get(at).text
    named = head.post(at, name="马小跃", staff_no="0042")
    assert named.status_code == 303
    left = head.post(f"{at}/left", last=today.isoformat())
    assert left.headers["location"] == f"{at}?done=left"

    gone = _person(school, "马小跃")
    assert (gone.enabled, gone.staff_no) == (False, "0042")
    assert head.post(f"{at}/back").status_code == 303
    assert _person(school, "马小跃").enabled


def test_an_appointment_is_ended_and_a_wrong_day_is_told_beside_it(school, head):
    """A day that is none keeps what was typed; a right one ends it on that day."""
    ma = school.school.people["ma"]
    page = head.get(f"/school/people/{ma}").text
    post = re.search(r'name="appointment" value="([^"]+)"', page)[1]
    today = _today(school)

    wrong = head.post(f"/school/people/{ma}/ended", appointment=post, last="前天")
    assert wrong.status_code == 422
    assert 'value="前天"' in wrong.text
    right = head.post(
        f"/school/people/{ma}/ended", appointment=post, last=(today + timedelta(3)).isoformat()
    )

    assert right.status_code == 303
    held = school.service.schools.appointments(operator_of(school.school.school_id), ma)
    assert [a.until_date for a in held if a.id == post] == [today + timedelta(3)]


def test_the_only_head_is_kept_and_told_why(school, head):
    """Who heads the school alone does not leave: the form says what is to be done first."""
    wu = school.school.people["wu"]

    answer = head.post(f"/school/people/{wu}/left", last="")

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert _person(school, "吴若兰").enabled


def test_groups_are_added_and_renamed_and_two_never_share_a_name(school, head):
    """The second of a name is refused beside its form."""
    assert head.post("/school/groups", name="劳动教研组").status_code == 303
    again = head.post("/school/groups", name="劳动 教研组")
    assert again.status_code == 422
    assert 'value="劳动 教研组"' in again.text

    group = _group(school, "劳动").id
    head.post(f"/school/groups/{group}", name="劳动与技术组")

    assert "劳动与技术组" in head.get("/school/groups").text
    assert "还没有组长" in head.get("/school/groups").text


def test_a_term_is_set_with_its_days_and_changed_as_a_whole(school, head):
    """Empty rows do not count; a single free day needs no last one."""
    first = _today(school) + timedelta(400)
    sent = {
        "name": "后年春季",
        "first": first.isoformat(),
        "last": (first + timedelta(100)).isoformat(),
        "h0.name": "清明节",
        "h0.first": (first + timedelta(10)).isoformat(),
        "m1.name": "补清明",
        "m1.day": (first + timedelta(20)).isoformat(),
    }

    assert head.post("/school/calendar/new", **sent).status_code == 303

    page = head.get("/school/calendar").text
    assert "清明节" in page
    days = school.service.schools.calendar(operator_of(school.school.school_id))
    term = next(t for t in days.terms if t.name == "后年春季")
    form = head.get(f"/school/calendar/{term.id}").text
    assert 'name="h0.name" value="清明节"' in form
    assert 'name="m0.name" value="补清明"' in form
    head.post(f"/school/calendar/{term.id}", **{**sent, "h0.name": "", "h0.first": ""})
    assert "清明节" not in head.get("/school/calendar").text.replace("补清明", "")
    assert head.post(f"/school/calendar/{term.id}/removed").status_code == 303
    assert "后年春季" not in head.get("/school/calendar").text


def test_a_term_with_a_mistake_comes_back_as_it_was_sent(head):
    """A holiday without its day is told in its row; every other row is still there."""
    sent = {
        "name": "后年春季",
        "first": "2031-02-10",
        "last": "2031-07-01",
        "h0.name": "清明节",
        "m0.name": "补清明",
        "m0.day": "2031-04-06",
    }

    answer = head.post("/school/calendar/new", **sent)

    assert answer.status_code == 422
    assert 'id="t-h0.first-e"' in answer.text
    for value in sent.values():
        assert f'value="{value}"' in answer.text


@pytest.mark.parametrize("who", ["zheng", "song", "ma", "du"])
def test_others_see_who_is_there_and_change_nothing(shown, reads, who):
    """Deputies, group heads, teachers and auditors read; no form is shown, none is taken."""
    reader = reads(shown, who)
    ma = shown.school.people["ma"]

    for path in ("/school", "/school/people", f"/school/people/{ma}", "/school/groups"):
        page = reader.get(path)
        assert page.status_code == 200
        assert 'action="/school' not in page.text.replace('action="/school/people" class="se', "")
    assert reader.get("/school/calendar/new").status_code == 403
    for path in ("/school/people", f"/school/people/{ma}/left", "/school/groups"):
        assert reader.post(path, name="林小", role="deputy").status_code == 403


def test_a_guest_sees_nothing_of_the_school(shown, reads):
    """Who is invited to one cycle learns neither names nor groups."""
    guest = reads(shown, "shen")

    for path in ("/school", "/school/people", "/school/groups"):
        assert guest.get(path).status_code == 403


def test_the_workflows_are_told_in_plain_words_with_their_picture(shown, reads):
    """Rounds and quorums as people say them; the drawing is a picture of its own."""
    reader = reads(shown, "zheng")

    page = reader.get("/school/workflows").text

    assert "2 到 3 轮" in page
    assert "“备课意见”要交的人：2/3 的人" in page
    picture = reader.get("/school/workflows/lesson-study/picture")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "<svg" in picture.text
    assert reads(shown, "shen").get("/school/workflows").status_code == 403
