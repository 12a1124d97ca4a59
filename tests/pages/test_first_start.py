"""An empty server: whoever has the console's code makes the school on a page, and nobody else."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
import pytest
from playwright.sync_api import expect

from cycles.errors import InvitationError, ThrottledError
from cycles.service import Core, operator_of
from cycles.store import open_store
from cycles.store.files import FileFolder
from cycles_api.app import create_app
from cycles_api.assembly import Service
from cycles_api.serving import server_of
from cycles_api.settings import Settings
from tests.pages.test_everybody import AXE, RULES, SMALL, TOO_WIDE, WIDTHS


class Empty:
    """A server without a school, and the code that its console shows."""

    def __init__(self, url: str, service: Service) -> None:
        self.url, self.service = url, service
        self.code = service.starting.new_code() or ""


@contextmanager
def _served(folder) -> Iterator[Empty]:
    with (
        closing(open_store("memory://")) as store,
        socket.create_server(("127.0.0.1", 0)) as line,
    ):
        settings = Settings(threads=4, files=folder)
        service = Service(Core(store, FileFolder(folder)))
        server = server_of(create_app(settings, service), settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [line]})
        thread.start()
        try:
            yield Empty(f"http://127.0.0.1:{line.getsockname()[1]}", service)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def empty(tmp_path):
    """An empty server."""
    with _served(tmp_path) as running:
        yield running


@pytest.fixture
def browse(empty):
    """Browsers without scripts at the empty server."""
    opened = []

    def browser() -> httpx.Client:
        opened.append(httpx.Client(base_url=empty.url, headers={"Accept": "text/html"}))
        return opened[-1]

    yield browser
    for each in opened:
        each.close()


SCHOOL = {"name": "育新小学", "head": "吴若兰", "id": "yuxin", "host": "cycles.local"}
SCHOOL |= {"zone": "Asia/Shanghai"}
TERM = {"name": "上学期", "first": "2026-09-01", "last": "2027-01-25"}


def _send(client, path, **sent):
    page = client.get(path).text
    return client.post(
        path, data={"csrf": re.search(r'name="csrf" value="([^"]+)', page)[1], **sent}
    )


def test_the_code_opens_the_wizard_once_and_in_one_browser(empty, browse):
    """Whoever has no code sees nothing of it; used, it is good for nobody."""
    mine, other = browse(), browse()
    assert mine.get("/").headers["location"] == "/sign-in"
    assert mine.get("/sign-in").headers["location"] == "/setup"
    assert other.get("/setup/school").status_code == 403
    assert other.post("/setup/school", data={**SCHOOL, "csrf": ""}).status_code == 403
    assert mine.post("/setup", data={"code": "7GQ4-M0ZK-X2WB"}).status_code == 403

    assert mine.post("/setup", data={"code": empty.code}).status_code == 303

    again = other.post("/setup", data={"code": empty.code})
    assert again.status_code == 403
    assert 'role="alert"' in again.text
    assert mine.get("/setup").headers["location"] == "/setup/school"
    assert other.get("/setup/head").status_code == 403


def test_the_code_lets_nobody_sign_in(empty, browse):
    """Typed where people sign in, it is good for nothing."""
    answer = browse().post("/in", data={"code": empty.code, "next": "/"})

    assert answer.status_code == 403
    assert empty.service.starting.open


def test_guessing_the_code_is_slowed_down(empty):
    """Thirty wrong ones from one address, and it waits."""
    for _ in range(30):
        with pytest.raises(InvitationError):
            empty.service.starting.enter("7GQ4-M0ZK-X2WB", address="192.168.1.9")

    with pytest.raises(ThrottledError):
        empty.service.starting.enter(empty.code, address="192.168.1.9")


def test_it_is_left_and_continued_and_ends_when_the_head_has_come_in(empty, browse):
    """Each step stands in the database; a new code goes on where the old one stopped."""
    first = browse()
    first.post("/setup", data={"code": empty.code})
    wrong = _send(first, "/setup/school", **{**SCHOOL, "name": "", "id": "Yu Xin"})
    assert wrong.status_code == 422
    assert 'value="吴若兰"' in wrong.text
    assert _send(first, "/setup/school", **SCHOOL).status_code == 303
    assert first.get("/setup").headers["location"] == "/setup/term"

    second = browse()
    second.post("/setup", data={"code": empty.service.starting.new_code()})
    assert first.get("/setup/term").status_code == 403
    assert _send(second, "/setup/term", **TERM).status_code == 303
    assert second.get("/setup").headers["location"] == "/setup/staff"
    shown = _send(second, "/setup/head")
    assert shown.status_code == 200
    link = re.search(r'href="(/in/[^"]+)"', shown.text)[1]
    head = browse()
    assert head.post("/in", data={"code": link[4:], "next": "/"}).status_code == 303

    assert not empty.service.starting.open
    assert empty.service.starting.new_code() is None
    assert second.get("/setup").headers["location"] == "/"
    assert second.get("/setup/head").status_code == 403
    assert "吴若兰" in head.get("/school").text
    people = empty.service.schools.people(operator_of("yuxin"))
    assert [p.name for p in people] == ["吴若兰"]


def test_every_empty_field_of_the_wizard_is_marked(empty, browse):
    """Whoever sends the first form empty is told of the school and of its head at once."""
    mine = browse()
    mine.post("/setup", data={"code": empty.code})

    answer = _send(mine, "/setup/school", **{**SCHOOL, "name": "", "head": ""})

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2


def test_a_form_of_the_wizard_wants_its_token(empty, browse):
    """A form that no page of the wizard has shown makes no school."""
    client = browse()
    client.post("/setup", data={"code": empty.code})

    assert client.post("/setup/school", data={**SCHOOL, "csrf": "x"}).status_code == 403
    assert empty.service.starting.school is None


def test_a_school_made_at_the_console_needs_no_wizard(empty):
    """Where somebody is at home already there is no code and no wizard."""
    empty.service.schools.create("yuxin", "育新小学", "Asia/Shanghai", "cycles.local", "吴若兰")

    assert not empty.service.starting.open
    assert empty.service.starting.new_code() is None


def test_from_an_empty_database_to_the_first_cycle_and_a_teacher_by_qr(empty, chromium):
    """The whole way in a real browser, in fewer than thirty presses."""
    presses = 0

    def open_page():
        context = chromium.new_context(
            base_url=empty.url, viewport={"width": 390, "height": 800}, locale="zh-CN"
        )
        return context, context.new_page()

    def press(page, name, kind="button"):
        nonlocal presses
        presses += 1
        page.get_by_role(kind, name=name).first.click()

    it, page = open_page()
    page.goto("/")
    page.get_by_label("启动码").fill(empty.code)
    press(page, "开始")
    page.get_by_label("学校名称").fill("育新小学")
    page.get_by_label("校长姓名").fill("吴若兰")
    press(page, "下一步")
    press(page, "下一步")
    page.get_by_label("或者粘贴到这里").fill(
        "宋明远 数学教研组 是\n刘思雨 数学教研组\n马晓东 数学教研组"
    )
    press(page, "先看看会怎样")
    press(page, "确认导入")
    press(page, "显示校长的二维码")
    expect(page.get_by_role("img", name="给吴若兰的二维码")).to_be_visible()
    link = page.locator(".codes .when").first.inner_text()
    it.close()

    phone, head = open_page()
    head.goto(link)
    press(head, "进入")
    head.goto("/school")
    expect(head.locator(".todos .met")).to_have_count(3)
    press(head, "请老师们进来", "link")
    press(head, "生成登录码")
    codes = {
        card.locator("h2").inner_text(): card.locator(".when").first.inner_text()
        for card in head.locator(".codes li").all()
    }
    phone.close()

    phone, song = open_page()
    song.goto(codes["宋明远"])
    press(song, "进入")
    song.goto("/open")
    if song.get_by_role("link", name=re.compile("课例研讨 ·")).count():
        press(song, re.compile("课例研讨 ·"), "link")
    song.get_by_label("课题").fill("三角形的内角和")
    song.get_by_label("年级").fill("四年级")
    song.get_by_label("学科").fill("数学")
    song.get_by_label(re.compile("执教教师")).select_option(label="刘思雨")
    press(song, "开始这次研讨")
    expect(song.get_by_role("status").first).to_contain_text("开好了")
    phone.close()

    phone, liu = open_page()
    liu.goto(codes["刘思雨"])
    press(liu, "进入")
    expect(liu.locator("main")).to_contain_text("三角形的内角和")
    phone.close()
    assert presses < 30


def test_everybody_can_read_and_use_the_wizard(empty, chromium):
    """At 320 px and on a wall, light and dark, each step is whole and easy to hit."""
    context = chromium.new_context(base_url=empty.url, locale="zh-CN")
    page = context.new_page()

    def looked_at(scheme):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
            assert page.evaluate(TOO_WIDE) <= 0, (page.url, width)
            assert width == WIDTHS[2] or page.evaluate(SMALL) == [], page.url
        page.evaluate(AXE)
        found = page.evaluate(f"axe.run({RULES})")
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]] == []

    page.goto("/setup")
    looked_at("light")
    page.get_by_label("启动码").fill(empty.code)
    page.get_by_role("button", name="开始").click()
    looked_at("dark")
    page.get_by_label("学校名称").fill("育新小学")
    page.get_by_label("校长姓名").fill("吴若兰")
    page.get_by_role("button", name="下一步").click()
    looked_at("light")
    page.get_by_role("button", name="下一步").click()
    looked_at("dark")
    page.get_by_label("或者粘贴到这里").fill("刘7 数学教研组\n刘思雨 数学教研组\n刘思雨 数学教研组")
    page.get_by_role("button", name="先看看会怎样").click()
    looked_at("light")
    page.goto("/setup/head")
    page.get_by_role("button", name="显示校长的二维码").click()
    looked_at("dark")
    context.close()
