"""Today's meeting live: five people on five browsers, and what no press and no word may miss."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.pages.forms import form_of, signed_in
from tests.pages.meeting_story import on_the_day

WALL = {"width": 1920, "height": 1080}
ONES = {"f.strength": "情境好", "f.weakness.0": "小结仓促", "f.hope.0": "让学生说"}


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
    expect(wall.get_by_role("timer")).to_have_text(re.compile(r"^(10|\d):\d\d$"))
    wall.get_by_role("button", name="休息好了，继续").click()
    expect(song.get_by_role("timer")).to_have_count(0)

    liu.get_by_label("反思要点").fill("小结太快")
    expect(liu.locator(".kept")).not_to_be_empty()
    liu.get_by_role("button", name="交“说反思”").click()
    expect(wall.locator(".counted")).to_have_text("0/4 已交")

    _write(ma, "情境好", "小结仓促", "让学生说")
    expect(wall.locator(".counted")).to_have_text("1/4 已交")
    ma.context.set_offline(True)
    expect(ma.get_by_text("连接断了，正在重新连")).to_be_visible()

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
    expect(song.get_by_role("heading", name="一条条看：第 3 条")).to_be_visible()
    for number in range(4, 13):
        wall.keyboard.press("ArrowRight")
        expect(wall.locator(".kind")).to_contain_text(f"{number}/12")

    for text in ("小结仓促", "小结太快了"):
        song.get_by_label(f"选这一条来合并：{text}").check()
    song.get_by_role("button", name="合成一条").last.click()
    song.get_by_label("小结太快了", exact=True).check()
    song.get_by_role("button", name="合成一条").first.click()
    expect(song.get_by_role("status").first).to_have_text("合成一条了。")
    expect(song.locator(".there li", has_text="2 位都说到")).to_contain_text("小结仓促")

    ma.context.set_offline(False)
    expect(ma.locator(".there li", has_text="2 位都说到")).to_contain_text("小结太快了")
    expect(ma.get_by_text("连接断了，正在重新连")).to_have_count(0)

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


def _send(school, who, here, to, said):
    """Somebody of the group sends a form of the meeting from another phone."""
    to = f"{here.removesuffix('/meeting')}/{to}"
    with signed_in(school, who) as phone:
        phone.post(to, data={**form_of(phone.get(here).text, to), **said})


def _shown(school):
    """The path of a meeting whose words are open: six of them, the first on the wall."""
    here = f"/cycles/{school.school.cycles['blocked']}/meeting"
    _send(school, "ma", here, "records/three_ones", ONES)
    _send(school, "song", here, "meeting/shown", {})
    return here


def _by_hand(page):
    """The page's time stands still; what is called has it look whether something has changed."""
    begins = datetime.now(UTC)
    page.clock.install(time=begins)
    page.reload()
    with page.expect_response("**/meeting/now*"):
        page.clock.pause_at(begins + timedelta(minutes=1))
    return lambda: page.clock.run_for(2000)


def _hold(page, address, method="GET"):
    """Keep the next such request waiting; what is called answers it, or lets it go on."""
    kept = []

    def keep(route):
        if kept or route.request.method != method:
            route.fallback()
        else:
            kept.append(route)

    def let_go(answer=""):
        while not kept:
            page.wait_for_timeout(20)
        if answer:
            kept[0].fulfill(body=answer, content_type="text/html; charset=utf-8")
        else:
            kept[0].continue_()

    page.route(address, keep)
    return let_go


def test_no_press_is_lost_while_the_last_one_is_on_its_way(school, visit):
    """Whoever turns twice before the first is answered turns the wall by two."""
    wall = visit(school, "song", f"{_shown(school)}/wall", viewport=WALL)
    let_go = _hold(wall, "**/meeting/wall", "POST")
    with wall.expect_request(lambda asked: asked.method == "POST"):
        wall.keyboard.press("PageDown")
    wall.keyboard.press("PageDown")

    let_go()

    expect(wall.locator(".kind")).to_contain_text("3/6")


def test_a_press_in_a_dead_spot_is_done_once_when_the_connection_is_back(school, visit):
    """Meanwhile the page says so, and what is pressed again in between is not one more."""
    wall = visit(school, "song", f"{_shown(school)}/wall", viewport=WALL)
    wall.context.set_offline(True)
    wall.keyboard.press("PageDown")
    expect(wall.get_by_text("连接断了，正在重新连")).to_be_visible()
    wall.keyboard.press("PageDown")

    wall.context.set_offline(False)

    expect(wall.locator(".kind")).to_contain_text("2/6")
    expect(wall.get_by_text("连接断了，正在重新连")).to_have_count(0)
    wall.keyboard.press("PageDown")
    expect(wall.locator(".kind")).to_contain_text("3/6")


def test_an_older_picture_never_takes_the_place_of_a_newer_one(school, visit):
    """What was asked for before a press and comes after its answer is left alone."""
    here = _shown(school)
    wall = visit(school, "song", f"{here}/wall", viewport=WALL)
    look = _by_hand(wall)
    _send(school, "song", here, "records/minutes", {"f.agreed": "小结交给学生"})
    let_go = _hold(wall, f"**{here}/wall")
    with wall.expect_request(f"**{here}/wall"), signed_in(school, "song") as phone:
        older = phone.get(f"{here}/wall").text
        look()
    wall.keyboard.press("PageDown")
    expect(wall.locator(".kind")).to_contain_text("2/6")

    with wall.expect_event("requestfinished"):
        let_go(older)
    with wall.expect_request("**/meeting/now*") as asked:
        look()

    with signed_in(school, "song") as phone:
        tag = re.search(r'data-tag="([^"]+)"', phone.get(f"{here}/wall").text).group(1)
    assert asked.value.url.endswith(f"?seen={tag}")
    expect(wall.locator(".kind")).to_contain_text("2/6")


def test_what_is_under_a_finger_stays_there(school, visit):
    """A colleague's words arrive between a finger's coming and going: the press counts."""
    here = f"/cycles/{school.school.cycles['blocked']}/meeting"
    wall = visit(school, "song", f"{here}/wall", viewport=WALL)
    look = _by_hand(wall)
    _send(school, "ma", here, "records/three_ones", ONES)
    wall.get_by_role("button", name="休息十分钟").hover()
    wall.mouse.down()

    with wall.expect_event("requestfinished", lambda asked: asked.url.endswith("/wall")):
        look()
    wall.mouse.up()

    expect(wall.get_by_role("timer")).to_be_visible()


def test_what_is_filed_in_the_meeting_needs_no_other_page(school, visit):
    """The page that it was written on says so, and goes on."""
    page = visit(school, "ma", f"/cycles/{school.school.cycles['blocked']}/meeting")
    page.evaluate("window.same = true")

    _write(page, "情境好", "小结仓促", "让学生说")

    expect(page.get_by_role("status").filter(has_text="交好了。")).to_be_visible()
    expect(page.get_by_role("button", name="交“三个一”")).to_have_count(0)
    assert page.evaluate("window.same") is True
