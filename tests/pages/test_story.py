"""Whole stories in a real browser: several people, several phones, one cycle."""

from playwright.sync_api import expect

from tests.pages.forms import form_of, signed_in
from tests.pages.word_files import docx


def _card(page, text):
    """The card that asks for something, opened."""
    card = page.locator("article.card").filter(has=page.get_by_role("heading", name=text)).first
    closed = card.get_by_text("现在就做")
    if closed.count():
        closed.click()
    return card


def test_an_evaluation_is_closed_answered_and_the_plan_revised(school, visit):
    """Minutes, two phones with three ones, the chair's press, answers at night, a Word file."""
    cycle = school.school.cycles["blocked"]
    song, ma = visit(school, "song"), visit(school, "ma")

    _card(song, "活动记录").get_by_label("商定的事").fill("下次让学生自己举例")
    _card(song, "活动记录").get_by_role("button").last.click()
    ones = _card(ma, "三个一")
    ones.get_by_label("一点优点").fill("素材贴近学生")
    ones.get_by_label("一点不足 1").fill("举例偏少")
    ones.get_by_label("一点希望 1").fill("多让学生说")
    ones.get_by_role("button", name="交“三个一”").click()
    expect(ma.get_by_role("status")).to_have_text("交好了。")

    song.goto(f"/cycles/{cycle}")
    song.get_by_role("button", name="结束评课").click()
    expect(song.get_by_role("heading", name="现在：修改")).to_be_visible()

    liu = visit(school, "liu")
    points = _card(liu, "答复").locator("fieldset.point")
    expect(points).to_have_count(4)
    for number in range(3):
        points.nth(number).get_by_label("采纳", exact=True).check()
    points.nth(3).get_by_label("暂不采纳").check()
    liu.get_by_role("button", name="交答复").click()
    expect(liu.get_by_role("alert")).to_contain_text("原因")
    liu.locator("fieldset.point").nth(3).get_by_label("原因").fill("时间不够，下轮再看")
    liu.get_by_role("button", name="交答复").click()
    expect(liu.get_by_role("status")).to_have_text("答复好了。")

    plan = _card(liu, "教案")
    plan.get_by_label("教案文件").set_input_files(
        {"name": "百分数 第二版.docx", "mimeType": "application/x", "buffer": docx("第二版")}
    )
    plan.get_by_role("button", name="交“教案”").click()
    expect(liu.get_by_role("status")).to_have_text("交好了。")

    song.goto(f"/cycles/{cycle}")
    expect(song.locator(".points")).to_contain_text("时间不够，下轮再看")
    with song.expect_download() as fetched:
        song.get_by_role("link", name="百分数 第二版.docx").click()
    assert fetched.value.suggested_filename == "百分数 第二版.docx"
    song.get_by_role("button", name="再上一次").click()
    expect(song.get_by_role("heading", name="现在：上课·听课")).to_contain_text("第 2 轮")


def test_a_head_opens_a_cycle_and_the_teacher_finds_it(school, visit):
    """Three words and a name: the teacher's first step is there."""
    song = visit(school, "song", "/cycles")
    song.get_by_role("link", name="开一次研讨").click()
    song.get_by_role("link", name="课例研讨 · 数学教研组").click()
    song.get_by_label("课题").fill("圆的认识")
    song.get_by_label("年级").fill("六年级")
    song.get_by_role("button", name="开始这次研讨").click()
    expect(song.get_by_role("alert")).to_contain_text("学科")
    expect(song.get_by_label("课题")).to_have_value("圆的认识")
    song.get_by_label("学科").fill("数学")
    song.get_by_label("执教教师").select_option(label="刘思雨")

    song.get_by_role("button", name="开始这次研讨").click()

    expect(song.get_by_role("heading", name="《圆的认识》")).to_be_visible()
    liu = visit(school, "liu")
    expect(liu.locator("article.card", has_text="圆的认识")).to_contain_text("报课")


def test_sent_twice_is_done_once(school):
    """A phone that sends the same form again after a lost answer files one record."""
    to = f"/cycles/{school.school.cycles['blocked']}/records/minutes"
    with signed_in(school, "song") as song:
        sent = {**form_of(song.get("/").text, to), "f.agreed": "只记一次"}

        answers = [song.post(to, data=sent) for _ in range(2)]

        assert [a.status_code for a in answers] == [200, 200]
        page = song.get(to.removesuffix("/records/minutes")).text
        assert page.count("只记一次") == 1


def test_who_saw_an_older_page_is_told_and_changes_nothing(school):
    """Two people press at the same moment: the second is told that somebody was first."""
    cycle = f"/cycles/{school.school.cycles['proposed']}"
    with signed_in(school, "qian") as head, signed_in(school, "zheng") as deputy:
        forms = [(c, form_of(c.get(cycle).text, f"{cycle}/transitions")) for c in (head, deputy)]

        first, second = (c.post(f"{cycle}/transitions", data=form) for c, form in forms)

        assert first.status_code == 200
        assert second.status_code == 412
        assert "刚才有人改过" in second.text
        assert f'href="{cycle}"' in second.text


def test_a_deputy_waives_what_they_may_and_says_why(school, visit):
    """Next to what is missing stands the waiver, for those who may; the reason stays visible."""
    page = visit(school, "zheng", f"/cycles/{school.school.cycles['blocked']}")
    page.locator(".checks summary", has_text="特批").click()
    page.locator(".checks").get_by_label("原因").fill("两位老师外出培训")

    page.locator(".checks").get_by_role("button", name="特批").click()

    expect(page.get_by_role("status")).to_have_text("已特批。")
    expect(page.locator(".history")).to_contain_text("两位老师外出培训")


def test_on_the_schools_network_over_plain_http_all_works(school, visit):
    """Under a host name without encryption, where browsers allow less, and which is said."""
    url = school.url.replace("127.0.0.1", "cycles.school.test")
    page = visit(school, "song", base_url=url)
    assert page.evaluate("window.isSecureContext") is False
    expect(page.get_by_text("这个连接没有加密")).to_be_visible()

    _card(page, "活动记录").get_by_label("商定的事").fill("先动手")
    page.get_by_role("button", name="交“活动记录”").click()

    expect(page.get_by_role("status")).to_have_text("交好了。")


def test_what_was_written_outlives_a_lost_connection(school, visit):
    """In a dead spot the form cannot be sent; it goes by itself when the connection is back."""
    page = visit(school, "song")
    page.get_by_label("商定的事").fill("写到一半，信号没了")
    page.context.set_offline(True)
    page.get_by_role("button", name="交“活动记录”").click()
    expect(page.get_by_role("alert")).to_contain_text("还没有交出去")

    page.context.set_offline(False)

    expect(page.get_by_role("status")).to_have_text("交好了。")
    page.goto(f"/cycles/{school.school.cycles['blocked']}/records/minutes")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_chair_types_for_somebody_who_then_confirms(school, visit):
    """代录: what was said on paper is typed by the chair, and its owner says that it is right."""
    cycle = school.school.cycles["blocked"]
    song = visit(school, "song", f"/cycles/{cycle}/records/three_ones")
    song.get_by_role("link", name="何静怡").click()
    song.get_by_label("一点优点").fill("板书清楚")
    song.get_by_label("一点不足 1").fill("时间紧")
    song.get_by_label("一点希望 1").fill("留白")
    song.get_by_role("button", name="交“三个一”").click()
    expect(song.get_by_role("status")).to_have_text("交好了。")

    he = visit(school, "he")
    card = he.locator("article.card", has_text="百分数").filter(has_text="确认")
    card.get_by_text("现在就做").click()
    expect(card).to_contain_text("板书清楚")
    card.get_by_role("button", name="没问题，确认").click()

    expect(he.get_by_role("status")).to_have_text("已确认。")
