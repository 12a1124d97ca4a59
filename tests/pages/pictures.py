"""`make screenshots`: the pictures of the guides, from the demo school on a day that stands still.

Beside each picture stands what it shows, as text; a test compares that with the page of today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.pages.browser import browser
from tests.pages.serving import ServedSchool, served
from tests.pages.smaller_png import smaller_png

__all__ = ["FOLDER", "LANGUAGES", "PICTURES", "SHOWN_AT", "Picture", "shown_text", "taken"]

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
LANGUAGES = ("zh", "en")
#: A Wednesday afternoon of term.
SHOWN_AT = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
#: As phones find it; from the computer itself alone, the wall would warn of that.
HOST = "cycles.school.test"
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}")
_PHONE, _LAPTOP, _WALL = (390, 780), (1000, 700), (1280, 720)

#: As it comes out of a school's table: duties, an identity number, a name that is there already.
_LIST = """姓名\t身份证号\t教研组\t职务
李芳\t110101198503071234\t英语教研组\t教研组长
赵敏\t110101199003071234\t英语教研组\t班主任
马晓东\t110101197503071234\t科学教研组\t
陈静\t110101198803071234\t\t"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is shown: who looks, where, at which size in CSS pixels; `{blocked}` is a cycle.

    `pasted` is typed into the page's list and sent, and what comes back is shown.
    """

    who: str
    path: str
    size: tuple[int, int] = _PHONE
    pasted: str = ""


#: File name → what it shows.
PICTURES = {
    "next-steps": Picture(who="ma", path="/"),
    "three-ones": Picture(who="ma", path="/cycles/{blocked}/records/three_ones"),
    "observation": Picture(who="song", path="/cycles/{tomorrow}/records/observation"),
    "answers": Picture(who="ma", path="/cycles/{late}/answers"),
    "board": Picture(who="song", path="/board", size=_LAPTOP),
    "cycle": Picture(who="song", path="/cycles/{blocked}"),
    "meeting": Picture(who="song", path="/cycles/{blocked}/meeting"),
    "wall": Picture(who="song", path="/cycles/{blocked}/meeting/wall", size=_WALL),
    "what-if": Picture(who="song", path="/cycles/{tomorrow}/what-if?day=2026-12-03"),
    "coverage": Picture(who="zheng", path="/coverage", size=_LAPTOP),
    "desk": Picture(who="du", path="/desk", size=_LAPTOP),
    "import": Picture(who="wu", path="/school/import", size=_LAPTOP, pasted=_LIST),
    "people": Picture(who="wu", path="/school/people", size=_LAPTOP),
}


def taken(running: Browser, school: ServedSchool, name: str, language: str) -> Page:
    """The page that a picture shows, as it is shown."""
    picture = PICTURES[name]
    width, height = picture.size
    url = school.url.replace("127.0.0.1", HOST)
    context = running.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        locale="zh-CN" if language == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
        color_scheme="light",
        reduced_motion="reduce",
        device_scale_factor=1.5,
    )
    context.add_cookies([{"name": "cycles_lang", "value": language, "url": url}])
    page = context.new_page()
    page.goto("/sign-in")
    with page.expect_event("load"):
        page.locator(f'button[name=person][value="{school.school.people[picture.who]}"]').click()
    page.goto(picture.path.format(**school.school.cycles), wait_until="load")
    if picture.pasted:
        page.locator("main textarea").fill(picture.pasted)
        with page.expect_event("load"):
            page.locator("main form button.button").click()
    return page


def shown_text(page: Page) -> str:
    """What a page says and how it is built, without what is another each time."""
    said = _ID.sub("ID", page.locator("body").aria_snapshot())
    return re.sub(rf"{HOST}:\d+", HOST, said) + "\n"


def main() -> None:
    """Take them all."""
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        path.unlink()
    with served(still=SHOWN_AT) as school, browser() as running:
        for name, language in _all():
            page = taken(running, school, name, language)
            path = FOLDER / f"{name}.{language}.png"
            path.write_bytes(smaller_png(page.screenshot()))
            path.with_suffix(".txt").write_text(shown_text(page), encoding="utf-8")
            page.context.close()
            print(f"{path.stat().st_size / 1024:6.0f} KB  {path.name}")


def _all() -> Iterator[tuple[str, str]]:
    for name in PICTURES:
        for language in LANGUAGES:
            yield name, language


if __name__ == "__main__":
    main()
