"""Whole stories: five people and two rounds, the keyboard alone, a school without phones."""

from playwright.sync_api import expect

from tests.pages.acting import Fingers, Keys, today

MEMBERS = ("song", "ma", "he")
NAMES = {"song": "宋明远", "ma": "马晓东", "he": "何静怡", "liu": "刘思雨"}
ONES = {"一点优点": "素材贴近学生", "一点不足 1": "举例偏少", "一点希望 1": "多让学生说"}


def _as_they_come(hands, cycle, record, said):
    """Everybody files the same from their own phone."""
    for who in MEMBERS:
        hands[who].file(cycle, record, said)


def _lesson(hands, cycle, class_):
    """The day is set, the lesson given and watched; the teacher speaks first."""
    day = {"日期": today(), "第几节": "3", "班级": class_}
    hands["song"].file(cycle, "session", day)
    hands["song"].file(cycle, "attendance", {})
    for who in MEMBERS[:2]:  # two of three are enough
        hands[who].file(cycle, "observation", {"记在我的纸质听课本里": "✓"})
    hands["liu"].file(cycle, "reflection", {"反思要点": "学生比预想的慢"})


def _evaluation(hands, cycle):
    """One strength, one weakness, one hope each; what was agreed; closed."""
    _as_they_come(hands, cycle, "three_ones", ONES)
    hands["song"].file(cycle, "minutes", {"商定的事": "少问，多等"})
    hands["song"].go_on(cycle, "结束评课", "修改")
    hands["liu"].adopt_all(cycle)


def test_five_people_play_two_rounds_over_plain_http(school, visit):
    """From opening to the archive, on five phones, under a host name that is no secure context."""
    url = school.url.replace("127.0.0.1", "cycles.school.test")
    people = (*MEMBERS, "liu", "zheng")
    hands = {who: Fingers(visit(school, who, base_url=url)) for who in people}
    assert hands["liu"].page.evaluate("window.isSecureContext") is False

    cycle = hands["song"].open_cycle("圆的认识", NAMES["liu"])
    hands["liu"].file(cycle, "proposal", {"主题": "动手操作", "为什么上这节课": "难在转化"})
    hands["song"].go_on(cycle, "同意开课", "说课")
    hands["liu"].file(cycle, "explanation", {"要点": "先猜后验"})
    _as_they_come(hands, cycle, "preparation_note", {"意见": "先剪再拼"})
    hands["liu"].file(cycle, "lesson_plan", {"教案": "第一版"})
    hands["song"].go_on(cycle, "教案定稿", "上课·听课")
    _lesson(hands, cycle, "六(1)班")
    _evaluation(hands, cycle)
    hands["liu"].file(cycle, "lesson_plan", {"教案": "第二版", "改了什么": "少问"})
    hands["song"].go_on(cycle, "再上一次", "上课·听课")
    _lesson(hands, cycle, "六(2)班")
    _evaluation(hands, cycle)
    hands["liu"].file(cycle, "lesson_plan", {"教案": "第三版"})
    hands["song"].go_on(cycle, "结束研讨", "总结")
    hands["liu"].file(cycle, "written_reflection", {"反思": "敢停下来等了"})
    hands["zheng"].go_on(cycle, "归档", "已归档")

    page = hands["liu"].page
    page.goto(cycle)
    expect(page.locator(".points").last).to_contain_text("采纳")
    assert page.get_by_text("看到了").count() > 0


def test_an_evaluation_by_keyboard_alone(school, visit):
    """Signing in, filing, deciding, answering and moving on: nothing needs a pointer."""
    cycle = f"/cycles/{school.school.cycles['blocked']}"
    hands = {}
    for who in ("song", "ma", "liu"):
        hands[who] = Keys(visit(school))
        hands[who].press(hands[who].page.get_by_role("button", name=NAMES[who]))

    hands["ma"].file(cycle, "three_ones", ONES)
    hands["song"].file(cycle, "minutes", {"商定的事": "少问，多等"})
    hands["song"].go_on(cycle, "结束评课", "修改")
    hands["liu"].adopt_all(cycle)
    hands["liu"].file(cycle, "lesson_plan", {"教案": "第二版"})
    hands["song"].go_on(cycle, "再上一次", "上课·听课")


def test_a_page_can_be_skipped_to_its_content(school, visit):
    """The first stop of the keyboard leads past what stands around every page."""
    page = visit(school, "ma")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_two_heads_press_the_same_button(school, visit):
    """Both saw the same page: one moves it on, the other is told, and nothing is done twice."""
    cycle = f"/cycles/{school.school.cycles['proposed']}"
    pages = [visit(school, who, cycle) for who in ("qian", "zheng")]
    for page in pages:
        expect(page.get_by_role("button", name="同意开课")).to_be_visible()

    for page in pages:
        page.get_by_role("button", name="同意开课").click()

    expect(pages[0].get_by_role("heading", name="现在：说课")).to_be_visible()
    expect(pages[1].locator("main")).to_contain_text("刚才有人改过")
    pages[1].get_by_role("link", name="回到这次研讨").click()
    expect(pages[1].get_by_role("heading", name="现在：说课")).to_be_visible()


def test_an_old_cookie_opens_nothing(school, visit):
    """A phone that was signed out elsewhere is asked who it is, and shows nothing."""
    phone = visit(school, "ma")
    kept = phone.context.cookies()
    phone.locator(".me summary").click()
    phone.get_by_role("button", name="退出", exact=True).click()

    phone.context.add_cookies(kept)
    phone.goto(f"/cycles/{school.school.cycles['blocked']}")

    expect(phone.get_by_role("heading", name="登录", exact=True)).to_be_visible()
    expect(phone.locator("body")).not_to_contain_text("百分数")


def test_a_school_without_phones(school, visit):
    """The head types in what all the others said or wrote on paper; whose it is stays clear."""
    song = Fingers(visit(school, "song"))
    cycle = song.open_cycle("圆的认识", NAMES["liu"])
    liu = NAMES["liu"]

    song.file(cycle, "proposal", {"主题": "动手操作", "为什么上这节课": "难在转化"}, for_=liu)
    song.go_on(cycle, "同意开课", "说课")
    song.file(cycle, "explanation", {"要点": "先猜后验"}, for_=liu)
    song.file(cycle, "preparation_note", {"意见": "先剪再拼"})
    for who in ("ma", "he"):
        song.file(cycle, "preparation_note", {"意见": "先剪再拼"}, for_=NAMES[who])
    song.file(cycle, "lesson_plan", {"教案": "第一版"}, for_=liu)
    song.go_on(cycle, "教案定稿", "上课·听课")
    song.file(cycle, "session", {"日期": today(), "第几节": "3", "班级": "六(1)班"})
    song.file(cycle, "attendance", {})
    for who in ("ma", "he"):
        song.file(cycle, "observation", {"记在我的纸质听课本里": "✓"}, for_=NAMES[who])
    song.file(cycle, "reflection", {"反思要点": "学生比预想的慢"}, for_=liu)
    song.file(cycle, "three_ones", ONES)
    for who in ("ma", "he"):
        song.file(cycle, "three_ones", ONES, for_=NAMES[who])
    song.file(cycle, "minutes", {"商定的事": "少问，多等"})
    song.go_on(cycle, "结束评课", "修改")
    song.adopt_all(cycle, for_=liu)
    song.file(cycle, "lesson_plan", {"教案": "第二版"}, for_=liu)
    song.go_on(cycle, "再上一次", "上课·听课")

    song.page.goto(cycle)
    expect(song.page.locator("main")).to_contain_text("宋明远代刘思雨录入")
