"""Pages and what they load go out small, and their length tells nobody a secret."""

import re

import httpx
import pytest


@pytest.fixture
def client(shown):
    """A browser of the group head, which reads gzip."""
    headers = {"Accept-Encoding": "gzip", "Accept": "text/html"}
    with httpx.Client(base_url=shown.url, headers=headers) as opened:
        opened.post("/sign-in/demo", data=shown.demo_sign_in("song"))
        yield opened


@pytest.mark.parametrize("path", ["/", "/cycles/{blocked}/picture", "/cycles/nowhere"])
def test_pages_and_pictures_are_compressed(client, shown, path):
    """What is shown is sent as gzip, and says for whom."""
    answer = client.get(path.format(**shown.school.cycles))

    assert answer.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert int(answer.headers["content-length"]) == answer.num_bytes_downloaded


def test_who_reads_no_gzip_gets_the_same_page(client):
    """The page is the same with and without, but for what is another on each page."""
    plain = client.get("/cycles", headers={"Accept-Encoding": "identity"})
    small = client.get("/cycles")

    assert "content-encoding" not in plain.headers
    assert _without_tokens(small.text) == _without_tokens(plain.text)


def test_style_and_script_are_sent_compressed_or_as_they_are(client):
    """One address, two forms; caches between are told so."""
    address = re.search(r'href="(/static/cycles\.css[^"]*)"', client.get("/").text).group(1)

    small = client.get(address)
    plain = client.get(address, headers={"Accept-Encoding": "br"})

    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert small.content == plain.content
    assert small.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_asks_for_is_not_compressed(client, site):
    """A page's length under a guess that another site chose says nothing of what is in it."""
    answer = client.get("/desk?person=x", headers={"Sec-Fetch-Site": site})

    assert "content-encoding" not in answer.headers


def test_no_page_shows_a_forms_token_twice(client):
    """Each page has it under another mask, and each of them is good."""
    tokens = {_token(client.get("/cycles").text) for _ in range(3)}

    assert len(tokens) == 3
    for token in tokens:
        sent = {"csrf": token, "language": "zh", "back": "/"}
        assert client.post("/language", data=sent).status_code == 303


def _token(page):
    return re.search(r'name="csrf" value="([^"]+)"', page).group(1)


def _without_tokens(page):
    return re.sub(r'name="(csrf|key)" value="[^"]+"', "", page)
