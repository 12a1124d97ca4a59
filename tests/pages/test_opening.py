"""Opening a cycle: few words, people filled in, and any of them changed."""

import re

import pytest
from playwright.sync_api import expect

from cycles.service import operator_of
from tests.pages.forms import form_of, signed_in


@pytest.fixture
def maths(school):
    """The address of the form that opens a lesson study in the group of mathematics."""
    groups = school.service.core.view(school.school.school_id).groups.values()
    group = next(g.id for g in groups if g.name == "数学教研组")
    return f"/open?workflow=lesson-study&group={group}"


def _opened(school, answer):
    cycle = re.search(r"/cycles/([0-9a-f-]{36})", str(answer.url)).group(1)
    return school.service.looking.cycle(operator_of(school.school.school_id), cycle).participants


ABOUT = {"f.lesson": "圆的认识", "f.grade": "六年级", "f.discipline": "数学"}


def test_three_words_and_a_name_open_a_cycle(school, visit, maths):
    """From the board: lesson, grade, subject, who teaches; all others are filled in."""
    song = visit(school, "song", "/board")
    song.get_by_role("link", name="开一次研讨").click()
    song.get_by_role("link", name="课例研讨 · 数学教研组").click()
    for label, text in (("课题", "圆的认识"), ("年级", "六年级"), ("学科", "数学")):
        song.get_by_label(label, exact=False).first.fill(text)
    song.get_by_label("执教教师").select_option(label="刘思雨")
    song.get_by_role("button", name="开始这次研讨").click()

    expect(song.get_by_role("heading", name="《圆的认识》")).to_be_visible()
    facts = song.locator(".facts", has_text="主持人")
    expect(facts).to_contain_text("宋明远")
    expect(facts).to_contain_text("马晓东")


def test_any_part_can_be_given_to_somebody_else(school, maths):
    """Another chair, fewer members: whoever has another part is no member."""
    people = school.school.people
    with signed_in(school, "song") as song:
        sent = form_of(song.get(maths).text, "/open") | ABOUT
        sent |= {"role.teacher": people["liu"], "role.chair": people["ma"]}
        members = [people[p] for p in ("ma", "he", "song")]

        held = _opened(school, song.post("/open", data=sent | {"role.member": members}))

    assert held["teacher"] == (people["liu"],)
    assert held["chair"] == (people["ma"],)
    assert set(held["member"]) == {people["he"], people["song"]}


def test_what_is_left_as_it_was_shown_is_left_to_the_workflow(school, maths):
    """Sent back as it stood, the teacher and the chair are no members, and everybody else is."""
    people = school.school.people
    with signed_in(school, "song") as song:
        page = song.get(maths).text
        chosen = {
            "role.chair": re.search(r'value="([^"]+)" selected>宋明远', page).group(1),
            "role.member": re.findall(r'name="role.member" value="([^"]+)" checked', page),
            "role.teacher": people["he"],
        }
        assert len(chosen["role.member"]) >= 3

        held = _opened(school, song.post("/open", data=form_of(page, "/open") | ABOUT | chosen))

    assert held["chair"] == (people["song"],)
    assert set(held["member"]) == {people["liu"], people["ma"]}


def test_a_guest_who_was_here_before_is_offered_where_guests_may_be(school, maths):
    """An expert from outside takes part from the beginning."""
    people = school.school.people
    with signed_in(school, "song") as song:
        page = song.get(maths).text
        assert "沈教授（外请）" in page
        sent = form_of(page, "/open") | ABOUT | {"role.teacher": people["liu"]}

        held = _opened(school, song.post("/open", data=sent | {"role.expert": [people["shen"]]}))

    assert held["expert"] == (people["shen"],)


def test_a_fault_of_a_folded_part_is_seen(school, maths):
    """Somebody with two parts: the fold is open, the fault beside the field."""
    people = school.school.people
    with signed_in(school, "song") as song:
        sent = form_of(song.get(maths).text, "/open") | ABOUT
        sent |= {"role.teacher": people["liu"], "role.chair": people["liu"]}

        answer = song.post("/open", data=sent)

    assert answer.status_code == 422
    assert 'class="fault"' in answer.text
    assert '<details class="more" open>' in answer.text
    assert 'value="圆的认识"' in answer.text


def test_each_kind_says_what_is_done_in_it_and_the_usual_one_comes_first(shown, reads):
    """Whoever opens a cycle for the first time chooses by the steps, not by a name."""
    page = reads(shown, "song").get("/open").text

    assert page.index("课例研讨 · 数学教研组") < page.index("协作式课例研究 · 数学教研组")
    assert "报课 → 说课 → 备课 → 上课·听课" in page


def test_ones_own_group_is_offered_before_the_others(shown, reads):
    """In a large school nobody looks for their own colleagues among sixty names."""
    group = next(
        g.id
        for g in shown.service.schools.groups(operator_of(shown.school.school_id))
        if g.name == "数学教研组"
    )

    page = reads(shown, "song").get(f"/open?workflow=lesson-study&group={group}").text

    chairs = page[page.index('name="role.chair"') :]
    assert chairs.index("宋明远") < chairs.index("郑立群")
    assert chairs.index("何静怡") < chairs.index("周子墨")
