"""A lesson is observed: notes with the time at one tap, through two hours, and on paper."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.pages.acting import Fingers, today

KEPT = "已存到学校"


@pytest.fixture
def to(school):
    """Where the observation of a lesson is written down."""
    return f"/cycles/{school.school.cycles['blocked']}/records/observation"


def _notes(page):
    return page.get_by_label("实录")


def _mark(page, name=re.compile("记时间|上课了")):
    page.get_by_role("button", name=name).click()


def _at(page, to, time):
    """The page with no notes on it, at a time of day by the phone's clock."""
    page.clock.install(time=datetime.fromisoformat(f"2026-05-12T{time}:00"))
    page.goto(to)
    _notes(page).fill("")


def test_one_tap_marks_the_time_and_the_lesson_has_a_clock(school, visit, to):
    """The first mark begins the lesson; the next ones begin a line each, for whom is meant."""
    page = visit(school, "he")
    _at(page, to, "08:00")
    _mark(page)
    expect(_notes(page)).to_have_value("08:00 上课 ")

    page.clock.fast_forward("12:00")
    _mark(page, "记学生")
    _notes(page).press_sequentially("摆小棒")
    page.clock.run_for(6000)

    expect(_notes(page)).to_have_value("08:00 上课 \n08:12 生：摆小棒")
    expect(page.locator("[data-clock]")).to_have_text("上课第 13 分钟")


def test_a_mark_tapped_twice_in_a_minute_is_one(school, visit, to):
    """Nothing was written in between: the empty line is the one that is meant."""
    page = visit(school, "he")
    _at(page, to, "08:00")
    _notes(page).fill("07:59 进教室")

    _mark(page)
    _mark(page)
    _mark(page, "记老师")

    expect(_notes(page)).to_have_value("07:59 进教室\n08:00 师：")


def test_two_hours_of_notes_lose_no_word(school, visit, to):
    """Hundreds of marks; in between the phone sleeps, the signal goes, the page is killed."""
    page = visit(school, "he")
    _at(page, to, "08:00")
    said = []
    for minute in range(120):
        page.clock.fast_forward("00:20")
        for who in ("记老师", "记学生"):
            _mark(page, who)
            text = f"第{minute}分钟{who}说的一句话,一个字也不能少"
            page.keyboard.insert_text(text)
            said.append(text)
        page.clock.fast_forward("00:40")
        if minute == 30:
            page.context.set_offline(True)
        if minute == 60:
            page.context.set_offline(False)
        if minute == 90:
            context = page.context
            page.close(run_before_unload=False)
            page = context.new_page()
            page.clock.install(time=datetime.fromisoformat("2026-05-12T09:31:00"))
            page.goto(to)
    page.clock.run_for(11_000)
    expect(page.locator("[data-state]")).to_contain_text(KEPT)

    page.get_by_role("button", name="交“听课记录”").click()

    expect(page.get_by_role("status")).to_have_text("交好了。")
    filed = page.content()
    assert [text for text in said if filed.count(text) != 1] == []
    assert page.evaluate("Object.keys(localStorage)") == []


@pytest.fixture
def taught_today(school, visit):
    """The cycle of a lesson that is taught today, with everybody present."""
    cycle = f"/cycles/{school.school.cycles['tomorrow']}"
    song = Fingers(visit(school, "song"))
    song.file(cycle, "session", {"日期": today()})
    song.file(cycle, "attendance", {})
    return cycle


@pytest.mark.parametrize("scripts", [True, False])
def test_on_paper_is_one_tap_from_the_next_step(school, visit, taught_today, scripts):
    """Whoever writes in a notebook says so and is done, without scripts, too."""
    page = visit(school, "he", java_script_enabled=scripts)
    card = page.locator("article.card", has_text="小数乘整数")
    expect(card.get_by_role("link", name="现在开始记")).to_be_visible()
    if scripts:
        closed = card.get_by_text("现在就做")
        assert closed.count() == 0

    card.get_by_role("button", name="记在我的纸质听课本里").click()

    expect(page.get_by_role("status")).to_have_text("交好了。")
    page.goto(taught_today)
    assert "记在我的纸质听课本里" in page.content()


def test_without_scripts_notes_are_filed_with_the_times_that_were_typed(
    school, visit, taught_today
):
    """No clock and no draft, and nothing missing: a line that begins with a time begins a note."""
    page = visit(school, "he", java_script_enabled=False)
    page.locator("article.card", has_text="小数乘整数").get_by_role(
        "link", name="现在开始记"
    ).click()
    expect(page.get_by_text("每条前面写时间")).to_be_visible()
    _notes(page).fill("8：05 摆小棒\n2:60 的比\n08:20 汇报")

    page.get_by_role("button", name="交“听课记录”").click()

    expect(page.get_by_role("status")).to_have_text("交好了。")
    page.goto(taught_today)
    expect(page.locator(".filed", has_text="听课记录").first).to_contain_text("08:05 摆小棒")
    expect(page.locator(".filed", has_text="听课记录").first).to_contain_text("2:60 的比")


def test_notes_without_a_time_come_back_with_what_is_missing(school, visit, taught_today):
    """The page stays the page of the lesson; not a word is lost, and the fault is said."""
    page = visit(school, "he", f"{taught_today}/records/observation")
    _notes(page).fill("忘了写时间")

    page.get_by_role("button", name="交“听课记录”").click()

    expect(page.locator(".faults[role=alert]").first).to_be_visible()
    expect(_notes(page)).to_have_value("忘了写时间")
    _mark(page)
    expect(_notes(page)).to_have_value(re.compile(r"忘了写时间\n\d\d:\d\d 上课 "))
