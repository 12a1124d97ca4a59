"""The group board: what runs, for whom it waits and since when, and a text for the chat."""

import re

from playwright.sync_api import expect

from cycles.service import boards, operator_of


def _chat(page):
    """The text for the group."""
    return re.search(r'<textarea id="chat".*?>(.*?)</textarea>', page.text, re.DOTALL).group(1)


def test_a_head_sees_what_waits_for_whom_and_what_is_due_first(shown, visit):
    """What is due stands on top with names and since when; the others by step, in their order."""
    page = visit(shown, "song", "/board")

    first = page.locator(".cells article")
    expect(first).to_have_count(1)
    expect(first).to_contain_text("《百分数的意义》")
    expect(first.locator("li", has_text="三个一")).to_contain_text("马晓东、何静怡：")
    expect(first.locator("li", has_text="三个一")).to_contain_text("该做了")
    expect(first).to_contain_text(re.compile(r"起，已 \d+ 天"))
    steps = page.locator(".columns h3").all_inner_texts()
    names = [step.split()[0] for step in steps]
    assert [n for n in names if n != "确定主题"] == ["备课", "上课·听课", "修改", "总结"]


def test_from_the_board_to_where_it_is_done(shown, visit):
    """Deciding, waiving and moving a day are on the cycle's page, one tap from the board."""
    page = visit(shown, "qian", "/board")
    expect(page.locator(".cells")).to_contain_text("等你决定")

    page.locator(".cells").get_by_role("link", name="去决定").click()

    expect(page.get_by_role("heading", name="《搭石》")).to_be_visible()
    expect(page.get_by_role("button", name="同意开课")).to_be_visible()


def test_one_tap_copies_a_text_for_the_chat(shown, visit):
    """Also where the browser lends pages no clipboard; what was changed in the text goes along."""
    page = visit(shown, "song", "/board")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    text, said = page.locator("#chat"), page.locator("details").get_by_role("status")

    page.get_by_text("复制到微信群").click()

    expect(said).to_have_text("已复制，到微信群里粘贴吧。")
    sent = text.input_value()
    text.fill("")
    text.press("ControlOrMeta+v")
    expect(text).to_have_value(sent)
    text.fill("改过的话")
    page.get_by_role("button", name="改好了，再复制").click()
    text.fill("")
    text.press("ControlOrMeta+v")
    expect(text).to_have_value("改过的话")


def test_without_scripts_the_text_is_there_to_be_copied(shown, visit):
    """It opens by itself, can be selected, and its short link leads to the cycle."""
    page = visit(shown, "song", "/board", java_script_enabled=False)

    page.get_by_text("复制到微信群").click()

    text = page.locator("#chat")
    expect(text).to_be_visible()
    page.goto(re.search(r"http\S+/c/\S+", text.input_value()).group(0))
    expect(page.get_by_role("heading", name="《百分数的意义》")).to_be_visible()


def test_the_text_asks_politely(ask):
    """Each person's step, until when, a link; no day that has passed, nobody above the group."""
    maths, chinese = _chat(ask("song", "/board")), _chat(ask("qian", "/board"))

    assert maths.startswith("各位老师好！数学教研组接下来要做的事：")
    assert "· 马晓东、何静怡：请交“三个一”。" in maths
    assert re.search(r"何静怡：请在\d+月\d+日（周.）前交“教案”。", maths)
    assert "该做了" not in maths
    assert "· 钱慧：请决定下一步：同意开课。" in chinese
    assert "郑立群" not in chinese
    assert len(re.findall(r"^http://\S+/c/[\w-]{22}$", maths, re.MULTILINE)) >= 4


def test_the_text_speaks_english(ask):
    """Who reads English sends English."""
    page = ask("song", "/board", language="en")

    assert "马晓东, 何静怡: please file “One strength" in _chat(page)
    assert "Look at these first" in page.text


def test_a_short_link_that_means_nothing_is_no_page(ask):
    """Neither a mistyped one nor one of another kind."""
    to = ask("song", "/c/AAAAAAAAAAAAAAAAAAAAAA").headers["location"]

    assert ask("song", to).status_code == 404
    assert ask("song", "/c/short").status_code in (400, 404)


def test_a_deputy_chooses_a_group(shown, visit):
    """All groups are there, the one that is shown is marked."""
    page = visit(shown, "zheng", "/board")
    expect(page.get_by_role("heading", level=1)).to_contain_text("数学教研组")

    page.get_by_role("navigation", name="选教研组").get_by_role("link", name="语文教研组").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("语文教研组")
    chosen = page.get_by_role("navigation", name="选教研组").locator("[aria-current]")
    expect(chosen).to_have_text("语文教研组")


def test_nobody_else_has_a_board(shown, ask):
    """A head has their own groups', others have none: neither shown nor found by its address."""
    other = shown.group("语文教研组")

    assert ask("song", f"/board?group={other}").status_code == 404
    for who in ("ma", "du", "shen"):
        assert ask(who, "/board").status_code == 403
        assert 'href="/board"' not in ask(who, "/cycles").text
    assert 'href="/board"' in ask("song", "/cycles").text


def test_an_empty_board_says_what_to_do_first(school, ask):
    """Where nothing runs, the next thing is to open a cycle, for those who may."""
    group = school.service.schools.add_group(operator_of(school.school.school_id), "英语教研组")

    page = ask("zheng", f"/board?group={group}", at=school)

    assert "这个组现在没有进行中的研讨。" in page.text
    assert 'href="/open"' in page.text
    assert 'id="chat"' not in page.text


def test_what_nobody_can_do_is_said_to_be_stuck(school, ask):
    """Whose step it is has left the school: the cycle is on top, with what can be done."""
    operator = operator_of(school.school.school_id)
    school.service.schools.disable(operator, school.school.people["liu"])
    school.service.schools.disable(operator, school.school.people["ma"])
    school.service.schools.disable(operator, school.school.people["he"])

    page = ask("song", "/board", at=school).text

    first = page.split('class="columns"')[0]
    assert "卡住了" in first
    assert "现在没有人能做下一步" in first


def test_a_board_that_is_too_long_says_so(shown, ask, monkeypatch):
    """Nothing is left out in silence."""
    monkeypatch.setattr(boards, "_MOST", 2)

    page = ask("song", "/board").text

    assert page.count("<article") == 2
    assert "这里只列出等得最久的" in page
