"""What is begun is not lost: by a dead spot, a closed page, a second device, a stopped server."""

import io
import json
import re
import zipfile
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import expect

from cycles_api.wording.tasks import day_text
from tests.pages.serving import ServedSchool, answering, built

KEPT = "已存到学校"


@pytest.fixture
def client(school):
    """A browser without scripts of its own, with somebody signed in by `_sign_in`."""
    with httpx.Client(base_url=school.url, timeout=60) as opened:
        yield opened


def _sign_in(client, school, who):
    client.cookies.clear()
    client.post("/sign-in/demo", data=school.demo_sign_in(who))
    return client.get("/drafts").json()["csrf"]


def _minutes(page):
    return page.get_by_label("商定的事")


def _lose_connection(page):
    """Once the page and its scripts are there."""
    expect(page.locator("p.kept").first).to_be_attached()
    page.context.set_offline(True)


def _file(page):
    page.get_by_role("button", name="交“活动记录”").click()


def test_a_draft_is_its_authors_alone(school, client):
    """The next one on the same phone is given nothing, whatever form is asked for."""
    csrf = _sign_in(client, school, "song")
    sent = {"csrf": csrf, "form": "c/1/minutes", "after": "", "content": "[]"}
    assert client.post("/drafts", data=sent).status_code == 200
    assert "c/1/minutes" in client.get("/drafts?form=c/1/minutes").json()["drafts"]

    _sign_in(client, school, "ma")

    assert client.get("/drafts?form=c/1/minutes").json()["drafts"] == {}


def test_filing_throws_away_the_draft_it_was_written_from(school, client):
    """That version and no other: what another device wrote meanwhile is still there."""
    csrf = _sign_in(client, school, "song")
    to = f"/cycles/{school.school.cycles['blocked']}/records/minutes"
    name = re.search(r'name="draft" value="([^"]+)"', client.get(to).text).group(1)
    draft = {"csrf": csrf, "form": name, "after": "", "content": "[]"}
    version = client.post("/drafts", data=draft).json()["draft"]["version"]
    sent = {"csrf": csrf, "draft": name, "f.agreed": "交了", "back": "/"}
    seen = {"revision": re.search(r'name="revision" value="(\d+)"', client.get(to).text).group(1)}

    client.post(to, data={**sent, **seen, "key": "k", "draft_version": "another"})
    assert name in client.get(f"/drafts?form={name}").json()["drafts"]
    client.post(to, data={**sent, **seen, "key": "k", "draft_version": version})

    assert client.get(f"/drafts?form={name}").json()["drafts"] == {}


def test_a_script_is_told_where_to_go(school, client):
    """It is answered, not led on; a browser is led on as ever."""
    csrf = _sign_in(client, school, "song")
    sent = {"csrf": csrf, "language": "zh", "back": "/cycles"}

    by_script = client.post("/language", data=sent, headers={"X-Cycles": "script"})

    assert (by_script.status_code, by_script.headers["location"]) == (200, "/cycles")
    assert client.post("/language", data=sent).status_code == 303


def test_what_is_sent_late_keeps_the_day_of_the_first_press(school, client):
    """The same key on another day is the same filing; heard late, it says which day it is about."""
    csrf = _sign_in(client, school, "song")
    to = f"/cycles/{school.school.cycles['blocked']}/records/minutes"
    sent = {"csrf": csrf, "key": "k", "f.agreed": "先写的", "back": "/"}

    two_days = timedelta(days=2)
    pressed = (datetime.now(ZoneInfo("Asia/Shanghai")) - two_days).date()
    agos = (round(two_days.total_seconds()), "")
    answers = [client.post(to, data=sent | {"pressed_ago": ago}) for ago in agos]

    assert [a.status_code for a in answers] == [303, 303]
    page = client.get(to.removesuffix("/records/minutes")).text
    assert f"{day_text(pressed, 'zh', today=pressed)}的事" in page
    assert page.count("先写的") == 1


def test_a_draft_goes_on_another_device(school, visit):
    """Begun on the phone, there on the laptop with the same words, filed once."""
    phone = visit(school, "song", has_touch=True, is_mobile=True)
    _minutes(phone).fill("手机上起头")
    expect(phone.locator(".kept").first).to_have_text(f"已存在手机里 · {KEPT}")

    laptop = visit(school, "song", viewport={"width": 1280, "height": 800})

    expect(laptop.locator(".kept").first).to_contain_text("接着写")
    expect(_minutes(laptop)).to_have_value("手机上起头")
    _minutes(laptop).fill("手机上起头，电脑上写完")
    _file(laptop)
    expect(laptop.get_by_role("status")).to_have_text("交好了。")
    phone.reload()
    expect(phone.locator("article.card").first.get_by_role("heading")).to_contain_text("备课意见")
    expect(phone.locator(".kept").first).to_be_empty()


def test_two_devices_at_once_lose_nothing(school, visit):
    """Whoever comes second is shown both, and chooses; both may be kept."""
    phone, laptop = visit(school, "song"), visit(school, "song")
    _lose_connection(phone)
    _minutes(phone).fill("手机上写的")
    _minutes(laptop).fill("电脑上写的")
    expect(laptop.locator(".kept").first).to_contain_text(KEPT)

    phone.context.set_offline(False)

    expect(phone.locator(".two")).to_contain_text("电脑上写的")
    phone.get_by_role("button", name="两份都留").click()
    expect(_minutes(phone)).to_have_value("手机上写的\n电脑上写的")
    expect(phone.locator(".kept").first).to_contain_text(KEPT)


def test_what_waits_on_the_laptop_outlives_what_the_phone_sends(school, visit):
    """Pressed in a dead spot and sent later, the phone's words do not take the laptop's away."""
    phone, laptop = visit(school, "song"), visit(school, "song")
    _lose_connection(phone)
    _minutes(phone).fill("手机上写的")
    _file(phone)
    expect(phone.get_by_role("alert")).to_contain_text("还没有交出去")
    _minutes(laptop).fill("电脑上写的")
    expect(laptop.locator(".kept").first).to_contain_text(KEPT)

    phone.context.set_offline(False)
    expect(phone.get_by_role("status")).to_have_text("交好了。")

    laptop.goto(f"/cycles/{school.school.cycles['blocked']}/records/minutes")
    expect(_minutes(laptop)).to_have_value("电脑上写的")


def test_a_page_killed_in_the_middle_loses_nothing(school, visit):
    """Without a word to anybody the page is gone; the next one has all of it."""
    page = visit(school, "song")
    _lose_connection(page)
    _minutes(page).press_sequentially("写到这里就")
    page.close(run_before_unload=False)
    page.context.set_offline(False)

    again = page.context.new_page()
    again.goto("/")

    expect(_minutes(again)).to_have_value("写到这里就")


def test_pressed_in_a_dead_spot_it_is_sent_once_when_the_connection_is_back(school, visit):
    """It says that it is not sent yet, stays so over a reload, and then goes by itself."""
    page = visit(school, "song")
    page.route("**/records/minutes", lambda route: route.abort())
    _minutes(page).fill("信号没了")
    _file(page)
    expect(page.get_by_role("alert")).to_contain_text("还没有交出去")
    with page.expect_event("requestfailed", lambda asked: asked.url.endswith("/records/minutes")):
        page.goto("/cycles")  # another page tries, too
    page.unroute("**/records/minutes")

    page.reload()

    expect(page.get_by_role("status")).to_contain_text("现在交好了：交“活动记录”")
    cycle = school.school.cycles["blocked"]
    page.goto(f"/cycles/{cycle}")
    assert page.content().count("信号没了") == 1
    assert page.evaluate("Object.keys(localStorage)") == []


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_is_filed_twice(school, visit):
    """The school had heard it, the phone had not: the same key gives the same filing."""
    page = visit(school, "song")

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/records/minutes", lose, times=1)
    _minutes(page).fill("只交一次")
    _file(page)
    expect(page.get_by_role("alert")).to_contain_text("还没有交出去")

    _file(page)

    expect(page.get_by_role("status")).to_have_text("交好了。")
    page.goto(f"/cycles/{school.school.cycles['blocked']}")
    assert page.content().count("只交一次") == 1


def test_whoever_was_signed_out_meanwhile_signs_in_and_it_is_sent(school, visit):
    """The session ended while the phone slept: what was pressed waits for its owner."""
    page = visit(school, "song")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    _minutes(page).fill("登录过期了")
    _file(page)
    expect(page.get_by_role("alert")).to_contain_text("登录过期")

    page.context.add_cookies(cookies)
    page.goto("/")

    expect(page.get_by_role("status")).to_have_text("交好了。")


def test_the_next_one_on_a_shared_phone_finds_nothing(school, visit):
    """Signing out takes the drafts to the school and off the phone; their owner has them again."""
    page = visit(school, "song")
    _minutes(page).fill("写到一半就退出")
    page.locator(".me summary").click()
    page.get_by_role("button", name="退出").click()
    expect(page.locator(".me")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage)") == []

    page.locator(f'button[value="{school.school.people["ma"]}"]').click()
    expect(_minutes(page)).to_have_value("")

    expect(_minutes(visit(school, "song"))).to_have_value("写到一半就退出")


def test_signing_out_in_a_dead_spot_warns_first(school, visit):
    """What the school has not got would be lost: it is said, and needs a second press."""
    page = visit(school, "song")
    page.route("**/drafts", lambda route: route.abort())
    _minutes(page).fill("还没存到学校")
    page.locator(".me summary").click()
    page.get_by_role("button", name="退出").click()

    expect(page.locator(".me [role=alert]")).to_contain_text("再按一次就退出")
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "还没存到学校" in json.dumps(kept, ensure_ascii=False)
    page.get_by_role("button", name="退出").click()

    expect(page.locator(".me")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage)") == []


def _docx():
    """The smallest file that Word would know as its own."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        parts.writestr("word/document.xml", "<w:document/>")
    return {"name": "第二版.docx", "mimeType": "application/x", "buffer": made.getvalue()}


def test_a_word_file_is_chosen_once(school, visit):
    """Shown with name and size, there after a reload and on another device, filed by its name."""
    to = f"/cycles/{school.school.cycles['late']}/records/lesson_plan"
    page = visit(school, "ma", to)
    page.get_by_label("教案文件").set_input_files(_docx())
    expect(page.locator(".chosen")).to_contain_text("已传到学校：第二版.docx (1 KB)")
    page.get_by_label("改了什么").fill("加了鱼缸题")
    expect(page.locator(".kept")).to_contain_text(KEPT)

    page.reload()
    expect(page.locator(".chosen")).to_contain_text("第二版.docx (1 KB)")
    other = visit(school, "ma", to)
    expect(other.locator(".chosen")).to_contain_text("第二版.docx (1 KB)")
    other.get_by_role("button", name="交“教案”").click()

    expect(other.get_by_role("status")).to_have_text("交好了。")
    expect(other.get_by_role("link", name="第二版.docx")).to_be_visible()


def test_a_file_of_another_kind_is_refused_at_once_and_the_words_stay(school, visit):
    """Beside the field, before anything is sent; what is left out can be chosen anew."""
    page = visit(school, "ma", f"/cycles/{school.school.cycles['late']}/records/lesson_plan")
    page.get_by_label("改了什么").fill("加了鱼缸题")

    page.get_by_label("教案文件").set_input_files({**_docx(), "buffer": b"no such thing"})

    expect(page.locator(".chosen.fault")).not_to_be_empty()
    expect(page.get_by_label("改了什么")).to_have_value("加了鱼缸题")
    page.get_by_label("教案文件").set_input_files(_docx())
    page.get_by_role("button", name="去掉").click()
    expect(page.locator(".chosen")).to_have_count(0)


def test_without_scripts_a_file_is_kept_through_a_fault(school, visit):
    """The same form comes back with what is wrong; the file need not be chosen again."""
    to = f"/cycles/{school.school.cycles['late']}/records/lesson_plan"
    page = visit(school, "ma", to, java_script_enabled=False)
    page.get_by_label("教案文件").set_input_files(_docx())
    page.get_by_text("不是今天的事").click()
    page.get_by_label("哪一天的事").evaluate("field => field.removeAttribute('max')")
    page.get_by_label("哪一天的事").fill("2199-01-01")
    page.get_by_role("button", name="交“教案”").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_text("已有：第二版.docx")).to_be_visible()

    page.get_by_label("哪一天的事").fill("2026-01-05")
    page.get_by_role("button", name="交“教案”").click()

    expect(page.get_by_role("status")).to_have_text("交好了。")
    expect(page.locator("body")).to_contain_text("1月5日（周一）的事")


def test_a_stopped_server_takes_it_once_it_is_back(visit):
    """Nobody need press again: as soon as the school answers, it is filed, once."""
    with built() as (school, service, settings):
        with answering(service, settings) as url:
            port = int(url.rsplit(":", 1)[1])
            page = visit(ServedSchool(url, school, service), "song")
            _minutes(page).fill("学校的电脑停了一会儿")
        _file(page)
        expect(page.get_by_role("alert")).to_contain_text("还没有交出去")

        with answering(service, settings, port) as url:
            expect(page.get_by_role("status")).to_have_text("交好了。")
            page.goto(f"/cycles/{school.cycles['blocked']}")
            assert page.content().count("学校的电脑停了一会儿") == 1
            page.context.close()
