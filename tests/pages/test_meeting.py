"""Today's meeting: on the wall and on the phones, from attendance to who does what next."""

import re

from playwright.sync_api import expect

from tests.pages.meeting_story import on_the_day

WALL = {"width": 1920, "height": 1080}


def _write(page, strength, weakness, hope):
    """Fill in one's three ones and file them."""
    page.get_by_label("一点优点").fill(strength)
    page.get_by_label("一点不足 1").fill(weakness)
    page.get_by_label("一点希望 1").fill(hope)
    page.get_by_role("button", name="交“三个一”").click()


def test_five_people_hold_a_meeting(school, visit):
    """Attendance, rest, reflection, three ones, shown on the wall, merged, agreed, closed.

    One loses the connection on the way; one has no phone, and the chair types for her.
    """
    cycle = on_the_day(school)
    here = f"/cycles/{cycle}/meeting"
    song, wall = visit(school, "song", here), visit(school, "song", f"{here}/wall", viewport=WALL)
    ma, liu, shen = (visit(school, who, here) for who in ("ma", "liu", "shen"))

    expect(wall.get_by_role("heading", name="签到")).to_be_visible()
    song.get_by_role("button", name="签到好了").click()
    expect(wall.get_by_role("heading", name="先请刘思雨说")).to_be_visible()

    song.get_by_role("button", name="休息十分钟").click()
    expect(wall.get_by_role("timer")).to_have_text(re.compile(r"^(10:00|9:5\d)$"))
    wall.get_by_role("button", name="休息好了,继续").click()
    expect(song.get_by_role("timer")).to_have_count(0)

    liu.get_by_label("反思要点").fill("小结太快")
    liu.get_by_role("button", name="交“说反思”").click()
    expect(wall.locator(".counted")).to_have_text("0/4 已交")

    _write(ma, "情境好", "小结仓促", "让学生说")
    expect(wall.locator(".counted")).to_have_text("1/4 已交")
    ma.context.set_offline(True)
    expect(ma.get_by_text("连接断了,正在重新连")).to_be_visible()

    _write(shen, "板书清楚", "小结太快了", "留时间质疑")
    _write(song, "追问到位", "有人旁观", "人人有材料")
    song.get_by_role("link", name="代录 何静怡 三个一").click()
    _write(song, "过渡自然", "练习偏难", "分层练习")
    expect(wall.locator(".counted")).to_have_text("4/4 已交")
    on_the_wall = wall.locator("main").inner_text()
    assert not [name for name in ("马晓东", "何静怡", "宋明远", "仓促") if name in on_the_wall]

    song.get_by_role("button", name="一起公开“三个一”").click()
    expect(wall.locator(".kind")).to_have_text(re.compile(r"一点优点\s*1/12"))
    song.get_by_role("button", name="下一条").click()
    expect(wall.locator(".kind")).to_contain_text("2/12")
    wall.keyboard.press("PageDown")
    expect(song.get_by_role("heading", name="一条条看:第 3 条")).to_be_visible()
    for number in range(4, 13):
        wall.keyboard.press("ArrowRight")
        expect(wall.locator(".kind")).to_contain_text(f"{number}/12")

    for text in ("小结仓促", "小结太快了"):
        song.get_by_label(f"选这一条来合并:{text}").check()
    song.get_by_role("button", name="合成一条").last.click()
    song.get_by_label("小结太快了", exact=True).check()
    song.get_by_role("button", name="合成一条").first.click()
    expect(song.get_by_role("status").first).to_have_text("合成一条了。")
    expect(song.locator(".there li", has_text="2 位都说到")).to_contain_text("小结仓促")

    ma.context.set_offline(False)
    expect(ma.locator(".there li", has_text="2 位都说到")).to_contain_text("小结太快了")
    expect(ma.get_by_text("连接断了,正在重新连")).to_have_count(0)

    wall.keyboard.press("ArrowRight")
    expect(wall.get_by_role("heading", name="商定的事")).to_be_visible()
    song.get_by_label("商定的事").fill("小结交给学生")
    song.get_by_role("button", name="交“活动记录”").click()
    song.get_by_role("button", name="结束评课").click()
    expect(wall.get_by_role("row", name="刘思雨")).to_have_count(2)
    expect(wall.get_by_role("row", name="刘思雨").first).to_contain_text("答复")

    song.get_by_role("link", name="打印活动记录").click()
    expect(song.get_by_role("article")).to_contain_text("小结交给学生")
    assert len(song.pdf(format="A4")) > 1000
    he = visit(school, "he")
    expect(he.locator("article.card", has_text="圆的周长")).to_contain_text("确认")
