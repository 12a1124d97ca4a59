"""Coming in: a head's printed code, a phone of one's own, a password, leaving."""

from playwright.sync_api import expect


def test_a_teacher_comes_in_by_the_heads_code_and_sets_a_password(school, visit):
    """The link alone redeems nothing; the button does, once; then a password serves as well."""
    song = visit(school, "song", "/people")
    song.get_by_role("button", name="生成登录码").click()
    mine = song.locator(".codes li", has_text="刘思雨")
    link = mine.locator(".when").first.inner_text()
    expect(mine.get_by_role("img", name="给刘思雨的二维码")).to_be_visible()

    liu = visit(school)
    for _ in range(2):  # a messenger looks at it first
        liu.goto(link)
    liu.get_by_label("这是我自己的手机").check()
    liu.get_by_role("button", name="进入").click()
    expect(liu.get_by_role("heading", name="我的下一步").first).to_be_visible()
    liu.goto("/me")
    liu.get_by_label("新密码").fill("短")
    liu.get_by_role("button", name="保存").click()
    expect(liu.get_by_role("alert")).to_be_visible()
    liu.get_by_label("新密码").fill("三角形的内角和是平角")
    liu.get_by_role("button", name="保存").click()
    expect(liu.get_by_role("status")).to_have_text("密码设好了。")

    again = visit(school)
    again.goto(link)
    again.get_by_role("button", name="进入").click()
    expect(again.get_by_role("alert")).to_be_visible()


def test_who_leaves_everywhere_is_out_on_every_device(school, visit):
    """One press on one device ends the sessions of all."""
    phone, laptop = visit(school, "ma"), visit(school, "ma")
    phone.goto("/me")
    expect(phone.locator(".devices li")).to_have_count(2)

    phone.get_by_role("button", name="在所有设备上退出").click()

    expect(phone.get_by_role("status")).to_have_text("已退出。")
    laptop.goto("/cycles")
    expect(laptop.get_by_role("heading", name="登录", exact=True)).to_be_visible()


def test_an_invitation_opened_again_leads_whoever_is_in_to_their_next_steps(shown, reads):
    """The link in the chat is tapped the next day too: signed in one goes on, or comes in anew."""
    ma = reads(shown, "ma")

    page = ma.get("/in/6FWY65Y5QMJ7").text

    assert "这台设备上已经登录的是马晓东。" in page
    assert 'class="button" href="/"' in page
    pressed = ma.post("/in", code="6FWY65Y5QMJ7", next="/")
    assert "要一个新的" in pressed.text


def test_an_address_that_cannot_be_read_is_no_page(shown, reads):
    """A link cut off in a chat is told as such, without the names of its parts, and leads home."""
    ma = reads(shown, "ma")

    for cut in ("/m/AaHJq", "/c/x", "/cycles/%F0%A0%AE%B7"):
        found = ma.get(cut)
        assert found.status_code == 404, cut
        assert "没有这一页" in found.text
        assert 'href="/cycles"' in found.text


def test_links_for_phones_say_where_phones_cannot_open_them(shown, reads):
    """Opened on the server itself, the text for the chat warns before it is sent."""
    song = reads(shown, "song")

    assert "这个地址只有这台电脑自己能打开" in song.get("/board").text
