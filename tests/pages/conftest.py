"""What the tests of the pages share: a browser, a school to look at, a school a story."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.asking import Reader, Readers
from tests.pages.browser import NoBrowserError, browser, found
from tests.pages.revising import Story
from tests.pages.serving import ServedSchool, served

Visitor = Callable[..., Page]

#: No test is about time; a slow computer is waited for.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)

PHONE = {"width": 390, "height": 800}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a file.

    Not for longer: while Playwright runs, no test of this thread can have an event loop.
    """
    try:
        found()
    except NoBrowserError as error:
        pytest.fail(str(error), pytrace=False)
    with browser() as running:
        yield running


@pytest.fixture(scope="session")
def shown() -> Iterator[ServedSchool]:
    """The demo school, to be looked at and not changed."""
    with served() as running:
        yield running


@pytest.fixture
def school() -> Iterator[ServedSchool]:
    """A demo school of one's own."""
    with served() as running:
        yield running


@pytest.fixture
def story(school: ServedSchool) -> Story:
    """A lesson was talked over: five points wait for the teacher's answer."""
    told = Story(school)
    told.talked_over()
    return told


@pytest.fixture
def reads() -> Iterator[Readers]:
    """Browsers without scripts, closed at the end."""
    opened = list[Reader]()

    def reader(at: ServedSchool, who: str = "", language: str = "zh") -> Reader:
        opened.append(Reader(at, who, language))
        return opened[-1]

    yield reader
    for each in opened:
        each.client.close()


@pytest.fixture
def ask(shown: ServedSchool, reads: Readers) -> Callable[..., httpx.Response]:
    """Gets a page as one of the demo school's people, without a browser."""

    def asking(
        who: str, path: str, at: ServedSchool = shown, language: str = "zh"
    ) -> httpx.Response:
        return reads(at, who, language).get(path)  # type: ignore[no-any-return]

    return asking


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visitor]:
    """Opens a page of a school as one of its people (`who`), at phone size and in Chinese.

    What the browser complains of while the test runs makes it fail.
    """
    with _listening(chromium) as new_page:

        def visitor(at: ServedSchool, who: str = "", path: str = "/", **more: object) -> Page:
            page = new_page(at, **more)
            page.goto("/sign-in")
            if who:
                with page.expect_event("load"):  # a key pressed before it would be lost
                    page.locator(f'button[name=person][value="{at.school.people[who]}"]').click()
            if path != "/":
                page.goto(path)
            return page

        yield visitor


@pytest.fixture
def look(chromium: Browser) -> Iterator[Visitor]:
    """An empty page of a browser in which somebody is signed in already."""
    with _listening(chromium) as new_page:

        def looker(at: ServedSchool, who: str = "", **more: object) -> Page:
            page = new_page(at, **more)
            if who:
                page.context.request.post("/sign-in/demo", form=at.demo_sign_in(who))  # type: ignore[arg-type]
            return page

        yield looker


@pytest.fixture(scope="module")
def look_again(chromium: Browser) -> Iterator[Visitor]:
    """As `look`, but whoever has looked in this file before is given the same page: that is quick.

    What the browser complains of is told after the last test, with the page it was on.
    """
    pages = dict[tuple[str, str], Page]()
    with _listening(chromium) as new_page:

        def looker(at: ServedSchool, who: str = "") -> Page:
            if (at.url, who) not in pages:
                pages[at.url, who] = new_page(at)
                if who:
                    asked = pages[at.url, who].context.request
                    asked.post("/sign-in/demo", form=at.demo_sign_in(who))  # type: ignore[arg-type]
            return pages[at.url, who]

        yield looker


@contextmanager
def _listening(chromium: Browser) -> Iterator[Visitor]:
    """Makes pages at phone size and in Chinese; the browser's complaints are faults at the end."""
    opened, complaints = [], list[str]()

    def new_page(at: ServedSchool, **more: object) -> Page:
        options = {"viewport": PHONE, "locale": "zh-CN", **more}
        context = chromium.new_context(**{"base_url": at.url, **options})  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{page.url}: {said.text}")
                if _matters(said.type, said.text)
                else None
            ),
        )
        return page

    yield new_page
    for context in opened:
        context.close()
    assert complaints == []


def _matters(kind: str, text: str) -> bool:
    # The browser itself reports each answer of 4xx; tests ask for some on purpose. Over plain http
    # it says of one header that it is of no use there.
    known = ("Failed to load resource", "Cross-Origin-Opener-Policy header has been ignored")
    return kind in ("error", "warning") and not any(said in text for said in known)
