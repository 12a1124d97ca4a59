"""Pages believe a session's cookie and its own forms, and nobody else."""

import re

import httpx
import pytest

from cycles_api.errors import NoSuchPathError
from cycles_api.pages import PAGES
from cycles_api.pages.frame.visiting import session_cookie
from cycles_api.pages.specimen.page import parts
from cycles_api.reaching import url_for_phones
from cycles_api.settings import Settings


@pytest.fixture
def client(shown):
    """A browser without scripts, not signed in."""
    with httpx.Client(base_url=shown.url) as opened:
        yield opened


def _sign_in(client, shown, who):
    return client.post("/sign-in/demo", data=shown.demo_sign_in(who))


def _csrf(client):
    return re.search(r'name="csrf" value="([^"]+)"', client.get("/cycles").text).group(1)


@pytest.mark.parametrize("host", ["[", "[::1", "school:x", "school:99999", "a@b", ""])
def test_a_server_asked_for_by_an_impossible_name_answers(client, host):
    """Whatever a programme writes as the host, it sees a page, and a link that leads somewhere."""
    assert client.get("/sign-in", headers={"Host": host}).status_code == 200

    assert url_for_phones(Settings(), host).startswith("http://")


@pytest.mark.parametrize("origin", ["null", "http://[", "http://elsewhere.example", "http://"])
def test_a_form_of_elsewhere_is_refused_however_it_says_so(client, origin):
    """What says that it was sent from no page of ours is read no further."""
    answer = client.post("/language", data={"language": "en"}, headers={"Origin": origin})

    assert answer.status_code == 403


def test_nobody_signed_in_is_asked_who_they_are(client, shown):
    """A page that is for somebody leads to signing in, and back afterwards."""
    cycle = shown.school.cycles["blocked"]

    answer = client.get(f"/cycles/{cycle}")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next=/cycles/{cycle}"


@pytest.mark.parametrize(
    ("path", "whose"),
    [
        ("/desk", "督学"),
        ("/board", "教研组长"),
        ("/people", "登录码"),
        ("/school/backup", "管理员"),
    ],
)
def test_a_page_of_others_says_whose_it_is(ask, path, whose):
    """A teacher who opens it is not sent to look in a cycle that there is none of."""
    answer = ask("ma", path)

    assert answer.status_code == 403
    assert whose in answer.text
    assert "往下走" not in answer.text


def test_an_auditor_begins_at_the_desk_and_a_teacher_finds_the_school(ask):
    """Who takes part in nothing is led to what they came for; people and days are for all."""
    assert 'class="button" href="/desk"' in ask("du", "/").text
    assert 'href="/school"' in ask("ma", "/").text


def test_a_bearer_token_opens_no_page_and_a_cookie_no_api(client, shown):
    """Each way in has its own key: nothing that a browser sends by itself reaches the API."""
    token = shown.school.tokens["song"]
    assert client.get("/cycles", headers={"Authorization": f"Bearer {token}"}).status_code == 303

    _sign_in(client, shown, "song")

    assert client.get("/cycles").status_code == 200
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("csrf", ["", "x" * 43])
def test_a_form_without_the_sessions_token_changes_nothing(client, shown, csrf):
    """What another site makes a browser send is refused, even with a token of its own."""
    _sign_in(client, shown, "song")
    cycle = shown.school.cycles["blocked"]
    sent = {"csrf": csrf, "key": "k", "f.agreed": "x", "back": "/"}

    answer = client.post(f"/cycles/{cycle}/records/minutes", data=sent)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
def test_a_form_from_another_site_is_refused_before_it_is_read(client, shown, headers):
    """Browsers say where a form comes from; with the right token, too, it is refused."""
    _sign_in(client, shown, "song")
    sent = {"csrf": _csrf(client), "language": "en", "back": "/"}

    assert client.post("/language", data=sent).status_code == 303
    assert client.post("/language", data=sent, headers=headers).status_code == 403


def test_every_address_that_changes_something_wants_the_sessions_token(client, shown):
    """Whatever route takes a form: without the token it is 403, whoever asks."""
    _sign_in(client, shown, "song")
    posts = [route.path for route in PAGES.routes if "POST" in route.methods]
    assert len(posts) >= 10

    for path in posts:
        filled = path.replace("{cycle_id:str}", shown.school.cycles["blocked"])
        answer = client.post(filled.replace("{kind:str}", "minutes"), data={"back": "/"})
        assert answer.status_code == 403, path


def test_an_old_cookie_is_worth_nothing(client, shown):
    """Signed out is signed out: the cookie tried again opens nothing."""
    _sign_in(client, shown, "ma")
    kept = client.cookies["cycles"]
    client.post("/sign-out", data={"csrf": _csrf(client)})

    again = httpx.get(f"{shown.url}/cycles", cookies={"cycles": kept})

    assert again.status_code == 303


def test_the_cookie_is_for_the_server_alone(client, shown):
    """No script reads it, no other site sends it."""
    cookie = _sign_in(client, shown, "ma").headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_the_page_of_all_parts_is_there_in_the_demo_alone():
    """A school's own server shows nothing made up."""
    with pytest.raises(NoSuchPathError):
        parts.fn(visit=None, settings=Settings())


def test_with_https_no_other_host_can_set_the_cookie():
    """The scheme that is configured decides the cookie's name and that it needs https."""
    cookie = session_cookie(Settings(url="https://cycles.school.example"), "t")

    assert cookie.key == "__Host-cycles"
    assert cookie.secure
    assert cookie.path == "/"
    assert cookie.domain is None


def test_a_guest_sees_their_cycle_and_no_other(client, shown):
    """An address of another cycle is answered as one that is not there."""
    _sign_in(client, shown, "shen")
    mine, other = shown.school.cycles["research"], shown.school.cycles["blocked"]

    assert client.get(f"/cycles/{mine}").status_code == 200
    answer = client.get(f"/cycles/{other}")
    assert answer.status_code == 404
    assert "百分数" not in answer.text
    assert client.get("/cycles").text.count('href="/cycles/') == 1


@pytest.mark.parametrize("to", ["//elsewhere.example", "https://elsewhere.example", "/\\e.example"])
def test_nobody_is_led_elsewhere(client, shown, to):
    """Whatever address is given to go back to: it is one of ours."""
    sent = {"school": shown.school.school_id, "person": shown.school.people["ma"], "next": to}

    assert client.post("/sign-in/demo", data=sent).headers["location"] == "/"


def test_pages_may_load_and_send_here_alone(client):
    """The strict policy is on every page, and nothing personal is kept by the browser."""
    answer = client.get("/sign-in")

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_code_that_is_good_for_nothing_is_told_so(client):
    """A wrong code brings the page again, with the reason; the account's owner learns nothing."""
    answer = client.post("/in", data={"code": "7GQ4-M0ZK-X2WB", "next": "/"})

    assert answer.status_code == 403
    assert 'role="alert"' in answer.text


def test_an_unknown_address_is_a_page_for_people_and_a_problem_for_programmes(client):
    """Browsers get a page that leads on; whoever asks for JSON gets JSON."""
    page = client.get("/nowhere", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "没有这一页" in page.text
    assert client.get("/nowhere").headers["content-type"] == "application/problem+json"
    assert client.get("/api/v1/x", headers={"Accept": "text/html"}).json()["code"] == "no-such-path"


def test_an_address_that_takes_forms_leads_on_when_it_is_opened(client, shown):
    """A page that was loaded again after a form is no dead end."""
    _sign_in(client, shown, "song")
    cycle = shown.school.cycles["blocked"]

    answer = client.get(f"/cycles/{cycle}/presses", headers={"Accept": "text/html"})

    assert answer.status_code == 405
    assert "只收表格" in answer.text
    assert f'href="/cycles/{cycle}"' in answer.text


def test_what_is_not_mine_says_where_mine_is(client, shown):
    """Not found is no dead end: the page says where to look and whom to ask."""
    _sign_in(client, shown, "ma")

    answer = client.get(f"/cycles/{shown.school.cycles['suspended']}/people")

    assert "回到这次研讨" not in answer.text
    assert "请主持人请你参加" in answer.text
    assert 'href="/cycles"' in answer.text
