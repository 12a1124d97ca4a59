"""Who takes part in a cycle: stand-ins, changes, excuses, and guests who come by a link."""

import re
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import expect

from cycles.service import operator_of
from cycles.store import InvitationRow, SessionRow
from tests.pages.forms import form_of, signed_in


def _days(school, days=2):
    today = school.service.core.view(school.school.school_id).today(school.service.core.now())
    return {"since": today.isoformat(), "until": (today + timedelta(days=days)).isoformat()}


def _held(school, cycle):
    found = school.service.looking.cycle(
        operator_of(school.school.school_id), cycle.removeprefix("/cycles/")
    )
    return found.participants


def test_a_head_names_somebody_who_stands_in(school, visit):
    """The teacher is ill: name, who, until when, why; from then on the other one is asked."""
    cycle = school.cycle("blocked")
    song = visit(school, "song", f"{cycle}/people")
    song.get_by_role("link", name="刘思雨").click()
    song.get_by_text("请人代几天").click()
    form = song.locator("details", has_text="请人代几天")
    form.get_by_label("由谁来").select_option(label="马晓东")
    form.get_by_label("原因").fill("发烧")

    form.get_by_role("button", name="就这样定").click()

    expect(song.get_by_role("status")).to_have_text("改好了。")
    expect(song.locator(".roles div", has_text="执教教师")).to_contain_text("马晓东")
    song.goto(f"{cycle}/history")
    expect(song.locator(".history li").first).to_contain_text("请马晓东在")
    expect(song.locator(".history li").first).to_contain_text("发烧")


@pytest.mark.parametrize("verb", ["reassign", "substitute", "excuse"])
def test_every_change_of_people_is_one_entry(school, verb):
    """Each form does what it says, once, and needs a reason; the history tells it in a sentence."""
    cycle = school.cycle("preparing")
    with signed_in(school, "zheng") as zheng:
        person = _held(school, cycle)["teacher"][0]
        page = zheng.get(f"{cycle}/people", params={"role": "teacher", "person": person}).text
        sent = form_of(page, f"{cycle}/staffing", verb=verb) | _days(school)
        offered = re.search(r'name="to".*?</select>', page, flags=re.DOTALL).group(0)
        sent |= {"to": re.findall(r'value="([^"]+)"', offered)[0]}

        without = zheng.post(f"{cycle}/staffing", data=sent)
        twice = [zheng.post(f"{cycle}/staffing", data={**sent, "reason": "调整"}) for _ in "12"]

        assert without.status_code == 422
        assert "原因" in without.text
        assert [a.status_code for a in twice] == [200, 200]
        assert zheng.get(f"{cycle}/history").text.count("调整") == 1


def test_who_is_asked_in_vain_is_said_and_nothing_is_lost(school):
    """Somebody who cannot take the part: the fault names who could, and the reason stays."""
    cycle = school.cycle("preparing")
    with signed_in(school, "zheng") as zheng:
        person = _held(school, cycle)["teacher"][0]
        page = zheng.get(f"{cycle}/people", params={"role": "teacher", "person": person}).text
        sent = form_of(page, f"{cycle}/staffing", verb="reassign")

        answer = zheng.post(
            f"{cycle}/staffing",
            data=sent | {"to": school.school.people["du"], "reason": "工作调整"},
        )

        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "工作调整" in answer.text


def test_a_teacher_is_offered_no_change_and_refused_one(shown):
    """Whoever may not is shown who takes part, and told whom to ask."""
    cycle = shown.cycle("blocked")
    with signed_in(shown, "ma") as ma:
        page = ma.get(f"{cycle}/people").text
        assert "刘思雨" in page
        assert "请找教研组长" in page
        assert f'action="{cycle}' not in page
        csrf = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
        person = shown.school.people["he"]
        sent = {"csrf": csrf, "key": "k", "verb": "excuse", "person": person, "reason": "x"}

        answer = ma.post(f"{cycle}/staffing", data=sent | {"revision": "99"} | _days(shown))

        assert answer.status_code in (403, 412)


def test_a_day_that_is_none_is_said_beside_its_field(school):
    """What was typed stays; the fault stands beside the day."""
    cycle = school.cycle("blocked")
    teacher = school.school.people["liu"]
    with signed_in(school, "song") as song:
        asked = {"role": "teacher", "person": teacher}
        page = song.get(f"{cycle}/people", params=asked).text
        sent = form_of(page, f"{cycle}/staffing", verb="excuse")

        answer = song.post(
            f"{cycle}/staffing", data=sent | {"since": "soon", "until": "", "reason": "发烧"}
        )

        assert answer.status_code == 422
        assert "发烧" in answer.text
        assert (
            'value="soon" aria' in answer.text.replace("aria-describedby", "aria")
            or 'value="soon"' in answer.text
        )


def test_who_has_to_find_somebody_is_led_to_the_people(school):
    """The deputy's card, once nobody else is there to file: it opens the page of people."""
    cycle = school.cycle("explaining")
    with signed_in(school, "qian") as qian, signed_in(school, "zheng") as zheng:
        person = _held(school, cycle)["teacher"][0]
        page = qian.get(f"{cycle}/people", params={"role": "teacher", "person": person}).text
        sent = form_of(page, f"{cycle}/staffing", verb="excuse")
        qian.post(f"{cycle}/staffing", data=sent | _days(school) | {"reason": "发烧"})

        home = zheng.get("/").text

    assert "安排人来做" in home
    assert f'href="{cycle}/people"' in home


def test_the_history_says_which_suggestion_was_answered(shown):
    """What was suggested stands beside the answer, for whoever may read it."""
    with signed_in(shown, "zheng") as zheng:
        page = zheng.get(f"{shown.cycle('finished')}/history").text

    entry = re.search(r"答复了一条意见：采纳.*?</li>", page, flags=re.DOTALL).group(0)
    assert 'class="note"' in entry


# --- guests --------------------------------------------------------------------------------


def _ask(school, client, cycle, **more):
    page = client.get(f"{cycle}/people").text
    sent = form_of(page, f"{cycle}/guests") | {"name": "郭教授（师范学院）", "reason": "请来听课"}
    return client.post(f"{cycle}/guests", data=sent | {"until": _days(school)["until"]} | more)


def _link(answer):
    return re.search(r"/in/[A-Za-z0-9_-]+", answer.text).group(0)


@pytest.fixture
def come_in(school):
    """Comes in by a link, as a browser without scripts."""
    opened = []

    def coming(link):
        headers = {"Accept": "text/html"}
        client = httpx.Client(
            base_url=school.url, follow_redirects=True, timeout=60, headers=headers
        )
        opened.append(client)
        code = re.search(r'name="code" value="([^"]+)"', client.get(link).text).group(1)
        client.post("/in", data={"code": code, "next": "/"})
        return client

    yield coming
    for client in opened:
        client.close()


def test_a_guest_comes_by_a_link_and_is_shut_out_again(school, visit):
    """Asked in with a name, a QR and a line to send; listed; out at once when the link ends."""
    cycle = school.cycle("blocked")
    song = visit(school, "song", f"{cycle}/people")
    song.get_by_text("请一位来宾").click()
    song.get_by_label("怎么称呼").fill("郭教授（师范学院）")
    song.get_by_role("button", name="做一个链接").click()
    expect(song.locator("svg.qr")).to_be_visible()
    text = song.get_by_role("textbox", name="发给本人的话").input_value()
    assert "郭教授（师范学院）您好" in text
    assert "《百分数的意义》" in text

    guest = visit(school, path=re.search(r"/in/\S+", text).group(0))
    guest.get_by_role("button", name="进入").click()
    expect(guest.get_by_role("heading", name="《百分数的意义》")).to_be_visible()

    song.goto(f"{cycle}/people")
    expect(song.locator(".guests")).to_contain_text("来过")
    song.get_by_role("button", name="停用链接").click()
    expect(song.locator(".guests")).to_contain_text("没有可用的链接")
    guest.reload()
    expect(guest.get_by_role("heading", name="登录")).to_be_visible()


def test_a_guest_tries_the_address_of_another_cycle(school, come_in):
    """It is answered as one that is not there, kindly, with the way back to what is theirs."""
    with signed_in(school, "song") as song:
        guest = come_in(_link(_ask(school, song, school.cycle("blocked"))))
    other = school.school.cycles["tomorrow"]

    for path in (f"/cycles/{other}", f"/cycles/{other}/people", f"/cycles/{other}/history"):
        answer = guest.get(path)
        assert answer.status_code == 404
        assert "平行四边形" not in answer.text
        assert 'href="/"' in answer.text
    for path in ("/board", "/desk", "/people"):
        assert guest.get(path).status_code == 403
    assert guest.get(school.cycle("blocked")).status_code == 200


def test_a_link_that_was_taken_back_says_whom_to_ask(school, come_in):
    """Link and session are dead; the page says so and whom to ask for another."""
    cycle = school.cycle("blocked")
    with signed_in(school, "song") as song:
        link = _link(_ask(school, song, cycle))
        guest = come_in(link)
        page = song.get(f"{cycle}/people").text
        song.post(f"{cycle}/guests/out", data=form_of(page, f"{cycle}/guests/out"))

    left = guest.get(cycle)
    assert left.url.path == "/sign-in"
    assert "请找请你来的人再要一个" in left.text
    again = guest.post("/in", data={"code": link.removeprefix("/in/"), "next": "/"})
    assert again.status_code == 403
    assert "请你来的人" in again.text


def test_an_expired_link_says_whom_to_ask(school, come_in):
    """After its last day neither the link nor what came in by it opens anything."""
    cycle = school.cycle("blocked")
    with signed_in(school, "song") as song:
        link = _link(_ask(school, song, cycle))
        guest = come_in(link)

        def a_year_ago(work):
            for kind in (InvitationRow, SessionRow):
                for row in work.find(kind, cycle=cycle.removeprefix("/cycles/")):
                    row.expires_at = "2025-01-01T00:00:00.000000Z"
                    work.put(row)

        school.service.core.store.write(school.school.school_id, a_year_ago)

        assert guest.get(cycle).url.path == "/sign-in"
        again = guest.post("/in", data={"code": link.removeprefix("/in/"), "next": "/"})
        assert again.status_code == 403
        assert "请你来的人" in again.text
        assert "没有可用的链接" in song.get(f"{cycle}/people").text


def test_a_guest_who_signed_out_cannot_go_on_with_the_old_cookie(school, come_in):
    """The cookie tried again opens nothing; the link still does."""
    cycle = school.cycle("blocked")
    with signed_in(school, "song") as song:
        link = _link(_ask(school, song, cycle))
    guest = come_in(link)
    kept = dict(guest.cookies)
    page = guest.get(cycle).text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
    guest.post("/sign-out", data={"csrf": csrf})

    assert httpx.get(f"{school.url}{cycle}", cookies=kept).status_code == 303
    assert come_in(link).get(cycle).status_code == 200


def test_what_is_wrong_with_a_guests_form_is_said_and_nothing_is_lost(school):
    """A day long ago, no name, a name that somebody has: beside the field."""
    cycle = school.cycle("blocked")
    with signed_in(school, "song") as song:
        for more, said in (
            ({"until": "2020-01-01"}, "最长用 200 天"),
            ({"name": ""}, "必须填"),
            ({"name": "马晓东"}, "已经有人叫这个名字"),
        ):
            answer = _ask(school, song, cycle, **{"reason": "请来评课议课", **more})
            assert answer.status_code == 422
            assert said in answer.text
            assert "请来评课议课" in answer.text
