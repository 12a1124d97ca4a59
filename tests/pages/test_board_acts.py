"""What is done on the board itself: a step, several at once, a waiver, another day."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cycles.engine.commands import File, Open
from cycles.service import Given
from cycles.service.tokens import actor_of
from tests.pages.forms import form_of, signed_in


def _actor(school, who):
    core, person = school.service.core, school.school.people[who]
    return actor_of(core, core.view(school.school.school_id), person, "web")


@pytest.fixture
def proposed(school):
    """Two lessons of the group of mathematics that wait for the head's yes: their addresses."""
    service, people = school.service, school.school.people
    groups = service.core.view(school.school.school_id).groups.values()
    group = next(g.id for g in groups if g.name == "数学教研组")
    found = []
    for lesson, teacher in (("圆的认识", "liu"), ("负数的认识", "he")):
        command = Open(
            cycle="",
            group=group,
            zone="",
            subject={"lesson": lesson, "grade": "六年级", "discipline": "数学"},
            roles={"teacher": (people[teacher],)},
        )
        cycle = service.acting.open(_actor(school, "song"), "lesson-study", command, Given()).cycle
        filed = File(record="proposal", fields={"theme": "说理", "why": "前测"})
        service.acting.act(_actor(school, teacher), cycle, [filed], Given())
        found.append(f"/cycles/{cycle}")
    return found


def _state(school, cycle):
    found = school.service.looking.cycle(_actor(school, "song"), cycle.removeprefix("/cycles/"))
    return found.line.state


def test_a_step_is_taken_on_the_board(school, visit, proposed):
    """One press on the card; the board is there again and says so."""
    song = visit(school, "song", "/board")
    card = song.locator("article.card", has_text="圆的认识")

    card.get_by_role("button", name="同意开课").click()

    expect(song.get_by_role("status").first).to_have_text("好了，往下走了一步。")
    expect(song.locator("article.card", has_text="圆的认识")).to_contain_text("说课")
    assert _state(school, proposed[0]) == "explain_lesson"
    assert _state(school, proposed[1]) == "draft"


def test_several_cycles_move_on_at_one_press(school, visit, proposed):
    """Those that are ticked, each by its own step."""
    song = visit(school, "song", "/board")
    song.get_by_text("2 项可以一起往下走").click()
    song.get_by_role("button", name="一起往下走").click()

    expect(song.get_by_role("status").first).to_have_text("好了，都往下走了一步。")
    assert [_state(school, c) for c in proposed] == ["explain_lesson", "explain_lesson"]


def test_what_moved_meanwhile_is_told_and_the_others_move(school, proposed):
    """Somebody was first at one of two: that one is named, the other one moves."""
    with signed_in(school, "song") as song, signed_in(school, "wu") as wu:
        page = song.get("/board").text
        steps = re.findall(r'name="step" value="([^"]+)"', page)
        sent = form_of(page, "/board") | {"step": steps}
        other = wu.get(proposed[0]).text
        wu.post(f"{proposed[0]}/transitions", data=form_of(other, f"{proposed[0]}/transitions"))

        answer = song.post("/board", data=sent)

        assert answer.status_code == 409
        assert "《圆的认识》没有动" in answer.text
        assert [_state(school, c) for c in proposed] == ["explain_lesson", "explain_lesson"]


def test_a_deputy_waives_on_the_board(school, visit):
    """What is late and can be waived is, with the reason, without leaving the board."""
    zheng = visit(school, "zheng", "/board")
    card = zheng.locator("article.card", has_text="百分数的意义")
    card.get_by_text("特批：").click()
    card.get_by_label("原因").fill("两位老师外出培训")

    card.get_by_role("button", name="特批").click()

    expect(zheng.get_by_role("status").first).to_have_text("已特批。")
    assert "group=" in zheng.url


def test_a_lesson_is_moved_from_the_board(school, visit):
    """改期: one tap to the day, one press."""
    today = school.service.core.view(school.school.school_id).today(school.service.core.now())
    song = visit(school, "song", "/board")
    song.locator("article.card", has_text="小数乘整数").get_by_role("link", name="改期").click()
    song.get_by_label("日期").fill((today + timedelta(days=5)).isoformat())
    song.get_by_label("原因").fill("停电")

    song.get_by_role("button", name="改期").click()

    expect(song.get_by_role("status").first).to_have_text("改期了。")


def test_what_only_waits_for_its_day_asks_for_no_waiver(shown):
    """A lesson that is tomorrow lacks nothing yet."""
    with signed_in(shown, "zheng") as zheng:
        page = zheng.get("/board").text

    assert "特批：交了“三个一”" in page
    assert "特批：交了“听课记录”" not in page


def test_who_may_not_is_offered_nothing_on_the_board(shown):
    """The head of another group has no card, and no step of this one."""
    with signed_in(shown, "qian") as qian:
        page = qian.get("/board").text

    assert "小数乘整数" not in page
    assert "/move" not in page
