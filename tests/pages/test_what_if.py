"""What if: choose what happens, see what would be, in plain sentences, and do it so."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from tests.pages.forms import form_of, signed_in


def _day(school, days):
    today = school.service.core.view(school.school.school_id).today(school.service.core.now())
    return (today + timedelta(days=days)).isoformat()


def _text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_the_teacher_is_ill_and_somebody_stands_in(school, visit):
    """First it is seen who would have to do what; then a reason and a press make it so."""
    cycle = school.cycle("explaining")
    head = visit(school, "qian", f"{cycle}/what-if")
    teacher = head.get_by_label("谁不在").locator("option").nth(1).inner_text()
    head.get_by_label("谁不在").select_option(index=1)
    head.get_by_role("button", name="看看会怎样").click()
    would = head.locator(".supposed")
    expect(would).to_contain_text(f"{teacher} ")
    expect(would).to_contain_text("安排人来做")

    stand_in = head.get_by_label("请谁代").locator("option").nth(1).inner_text()
    head.get_by_label("请谁代").select_option(index=1)
    head.get_by_role("button", name="看看会怎样").click()
    expect(would).to_contain_text("由")
    expect(would.locator("li", has_text=stand_in).last).to_contain_text("说课")
    head.locator("form", has_text="就这样定").get_by_label("原因").fill("发烧")
    head.get_by_role("button", name="就这样定").click()

    expect(head.get_by_role("status")).to_have_text("改好了。")
    expect(head.locator(".history li").first).to_contain_text(f"请{stand_in}在")


def test_a_day_that_moves_is_looked_at_from_the_day_after(shown):
    """What waits until the day, who is asked then; and nothing has changed by looking."""
    cycle = shown.cycle("tomorrow")
    with signed_in(shown, "song") as song:
        before = song.get(f"{cycle}/history").text
        day = {"day": _day(shown, 8)}

        soon = _text(song.get(f"{cycle}/what-if", params=day).text)
        later = _text(song.get(f"{cycle}/what-if", params=day | {"on": _day(shown, 9)}).text)

        assert "要等到" in soon
        assert "要等到" not in later
        assert "宋明远 请交“签到”" in later
        strip = re.compile(r'value="[^"]*"')
        assert strip.sub("", song.get(f"{cycle}/history").text) == strip.sub("", before)


def test_what_a_waiver_would_open_is_told(shown):
    """A deputy sees which steps fall away, and whose step it is then."""
    cycle = shown.cycle("blocked")
    with signed_in(shown, "zheng") as zheng:
        page = _text(zheng.get(f"{cycle}/what-if", params={"guard": "three_ones"}).text)

    assert re.search("不用再做的 ?(马晓东、何静怡|何静怡、马晓东) 请交“三个一”", page)
    assert "结束评课 还差：交“活动记录”" in page


def test_a_teacher_supposes_with_a_teachers_rights(shown):
    """What they could not send is refused, with who could; nothing can be settled."""
    cycle, he = shown.cycle("blocked"), shown.school.people["he"]
    with signed_in(shown, "ma") as ma:
        page = ma.get(f"{cycle}/what-if", params={"person": he}).text

    assert "做不到" in page
    assert "宋明远" in page
    assert "就这样定" not in page


def test_a_day_that_is_none_is_said(shown):
    """A typed day that no calendar has."""
    cycle = shown.cycle("blocked")
    with signed_in(shown, "song") as song:
        for wrong in ({"on": "soon"}, {"person": shown.school.people["liu"], "since": "x"}):
            answer = song.get(f"{cycle}/what-if", params=wrong)
            assert answer.status_code == 422
            assert 'role="alert"' in answer.text


def test_a_lesson_gets_another_day_at_one_press(school):
    """改期: the old day is void, the new one stands, with its reason; both or neither."""
    cycle = school.cycle("tomorrow")
    with signed_in(school, "song") as song:
        page = song.get(f"{cycle}/move").text
        sent = form_of(page, f"{cycle}/move")
        fields = {"f.date": _day(school, 6), "f.period": "2", "f.class": "五(2)班"}

        without = song.post(f"{cycle}/move", data=sent | fields)
        past = song.post(f"{cycle}/move", data=sent | fields | {"f.class": "", "reason": "停电"})
        assert (without.status_code, past.status_code) == (422, 422)
        assert "停电" in past.text
        assert "五(2)班" in without.text

        done = song.post(f"{cycle}/move", data=sent | fields | {"reason": "停电"})

        assert "改期了。" in done.text
        assert "五(2)班" in done.text
        history = _text(song.get(f"{cycle}/history").text)
        assert history.index("交了“上课安排”") < history.index("点了“改期”")
        assert "停电" in history


def test_where_no_day_can_move_there_is_no_such_page(shown):
    """A cycle that stands elsewhere, and a person who may not."""
    with signed_in(shown, "song") as song, signed_in(shown, "he") as he:
        assert song.get(f"{shown.cycle('blocked')}/move").status_code == 404
        assert he.get(f"{shown.cycle('tomorrow')}/move").status_code == 404
