"""What holds on every page: readable for everybody, small and large, light and dark, and light."""

import gzip
import re
from pathlib import Path

import httpx
import pytest

AXE = (Path(__file__).parent / "vendored" / "axe-core-4.14.1.min.js").read_text(encoding="utf-8")
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
WIDTHS = (320, 390, 1920)
#: What a first visit may cost, in bytes as they are sent.
MOST = 80 * 1024

#: An instant that comes after all that is recorded.
LATER = "2099-01-01T00:00:00.000000Z"

#: Name → who looks, where; `{blocked}` is a cycle of the demo school.
PAGES = {
    "sign-in": ("", "/sign-in"),
    "invitation": ("", "/in/7GQ4-M0ZK-X2WB"),
    "next-steps": ("ma", "/"),
    "answers": ("ma", "/cycles/{late}/answers"),
    "versions": ("ma", "/cycles/{finished}/versions/lesson_plan"),
    "suggestions": ("liu", "/cycles/{finished}/suggestions"),
    "nothing-to-do": ("du", "/"),
    "cycles": ("wu", "/cycles"),
    "board": ("song", "/board"),
    "boards": ("zheng", "/board"),
    "coverage": ("zheng", "/coverage"),
    "coverage-own": ("ma", "/coverage"),
    "coverage-sifted": ("song", "/coverage?standing=not_arranged"),
    "plan": ("zheng", "/plan"),
    "plan-alone": ("wu", "/plan?workflow=lesson-study"),
    "open": ("song", "/open"),
    "people": ("wu", "/people"),
    "account": ("ma", "/me"),
    "blocked": ("song", "/cycles/{blocked}"),
    "waivable": ("zheng", "/cycles/{blocked}"),
    "finished": ("du", "/cycles/{finished}"),
    "suspended": ("qian", "/cycles/{suspended}"),
    "history": ("song", "/cycles/{finished}/history?before=40"),
    "taking-part": ("song", "/cycles/{blocked}/people?role=member"),
    "booklet": ("song", "/cycles/{blocked}/booklet"),
    "what-if": ("song", "/cycles/{tomorrow}/what-if?day=2026-12-03&turn=suspend"),
    "move": ("song", "/cycles/{tomorrow}/move"),
    "guests": ("song", "/cycles/{research}/people"),
    "three-ones": ("ma", "/cycles/{blocked}/records/three_ones"),
    "attendance": ("song", "/cycles/{blocked}/records/attendance"),
    "lesson-plan": ("ma", "/cycles/{late}/records/lesson_plan"),
    "observation": ("song", "/cycles/{tomorrow}/records/observation"),
    "session": ("song", "/cycles/{preparing}/records/session"),
    "desk": ("du", "/desk"),
    "desk-sifted": ("zheng", "/desk?mark=late&person="),
    "desk-entry": ("du", "/desk/entries/cycle/{blocked}/4"),
    "desk-looks": ("du", "/desk/looks"),
    "desk-draw": ("wu", "/desk/sample?size=x&seed=a b"),
    "desk-sample": ("du", f"/desk/sample?of=entries&size=5&seed=7&before={LATER}"),
    "desk-check": ("wu", "/desk/verification"),
    "parts": ("", "/parts"),
    "meeting": ("song", "/cycles/{blocked}/meeting"),
    "meeting-member": ("ma", "/cycles/{blocked}/meeting"),
    "meeting-wall": ("song", "/cycles/{blocked}/meeting/wall"),
    "meeting-typing": ("song", "/cycles/{blocked}/meeting/records/three_ones"),
    "meeting-closed": ("du", "/cycles/{finished}/meeting"),
    "activity": ("ma", "/cycles/{finished}/rounds/1/activity"),
    "school": ("wu", "/school"),
    "staff": ("wu", "/school/people"),
    "person": ("wu", "/school/people/{song}"),
    "groups": ("wu", "/school/groups"),
    "calendar": ("wu", "/school/calendar"),
    "term": ("wu", "/school/calendar/new"),
    "staff-list": ("wu", "/school/import"),
    "self-check": ("wu", "/school/check"),
    "backup": ("wu", "/school/backup"),
    "workflows": ("zheng", "/school/workflows"),
    "workflow": ("wu", "/school/workflows/lesson-study"),
    "workflow-read": ("zheng", "/school/workflows/classroom-visit"),
    "tried": ("", "/try"),
    "nowhere": ("ma", "/nowhere"),
    "not-mine": ("ma", "/cycles/{suspended}"),
}

NOT_THERE = {"nowhere", "not-mine"}
#: Addresses that answer with no page: what pages load, and what is downloaded.
NO_PAGES = {
    "/drafts",
    "/static/{name}",
    "/cycles/{cycle_id}/picture",
    "/files/{digest}",
    "/c/{short}",  # leads on
    "/m/{short}",  # leads on
    "/cycles/{cycle_id}/meeting/now",  # asked by scripts
    "/desk/export",
    "/desk/verification/{check}",  # `test_desk` looks at one that was made
    "/desk/verification/{check}/heads.json",
    "/coverage.xlsx",
    "/plan.xlsx",
    "/school/workflows/{key}/picture",
    # Of a server without a school: `test_first_start` looks at these.
    "/setup",
    "/setup/school",
    "/setup/term",
    "/setup/staff",
    "/setup/head",
}

#: One page for all; a table that is wider than a phone has a box of its own to scroll in.
TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"
#: What a thumb has to hit, and is less than 44 px high or wide; links within a text are read.
SMALL = """
[...document.querySelectorAll("main, header, footer")].flatMap(part =>
  [...part.querySelectorAll("button, select, input, textarea, summary, a")].filter(one => {
    const seen = one.checkVisibility({ visibilityProperty: true });
    if (!seen || one.type === "hidden" || one.closest(".skip")) return false;
    if (one.matches("a") && getComputedStyle(one).display.startsWith("inline")
        && !getComputedStyle(one).display.includes("-")) return false;
    const hit = (one.matches("[type=checkbox], [type=radio]") && one.closest("label")) || one;
    const box = hit.getBoundingClientRect();
    return box.height < 43.5 || box.width < 43.5;
  }).map(one => one.outerHTML.slice(0, 120)))
"""


def _opened(page, name):
    """Whatever is folded is open; but a whole year of records, of the same few shapes."""
    if name != "finished":
        page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true })")


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_read_and_use_it(shown, look_again, name):
    """Nothing is cut off, from 320 px to a wall; what is pressed is large enough; axe is content.

    Both languages at every width. Axe looks twice: at half of the pages in Chinese and light when
    small, in English and dark when large, at the other half the other way round.
    """
    turn = list(PAGES).index(name) % 2
    who, path = PAGES[name]
    page = look_again(shown, who)
    for language in ("zh", "en"):
        other = (language == "en") != bool(turn)
        page.emulate_media(color_scheme="dark" if other else "light")
        page.context.add_cookies([{"name": "cycles_lang", "value": language, "url": shown.url}])
        widths = sorted(WIDTHS, reverse=not other)  # the last is the one for axe
        page.set_viewport_size({"width": widths[0], "height": 800})
        answer = page.goto(path.format(**shown.school.cycles, **shown.school.people))
        assert answer.status == (404 if name in NOT_THERE else 200)
        assert page.locator("h1").count() == 1
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            _opened(page, name)
            assert page.evaluate(TOO_WIDE) <= 0, (width, language)
            assert width == WIDTHS[2] or page.evaluate(SMALL) == [], (width, language)
        page.evaluate(AXE)
        found = page.evaluate(f"axe.run({RULES})")
        told = [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]]
        assert told == [], language


def test_what_is_printed_is_dark_on_white_and_unfolded(shown, look):
    """Also from a dark screen; nothing to press is on paper, and what was folded is there."""
    page = look(shown, "du", color_scheme="dark")
    page.goto(f"/cycles/{shown.school.cycles['finished']}")

    page.emulate_media(media="print", color_scheme="dark")

    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    assert page.locator(".filed").last.evaluate("one => one.checkVisibility()")
    assert page.locator("nav:visible, button:visible, .foot:visible").count() == 0


def _sent(client, path):
    """How many bytes an answer takes on the way, and what it says."""
    with client.stream("GET", path, headers={"Accept": "text/html"}) as answer:
        raw = b"".join(answer.iter_raw())
        head = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
        coded = answer.headers.get("content-encoding")
    return head + len(raw), (gzip.decompress(raw) if coded == "gzip" else raw).decode()


@pytest.mark.parametrize("name", PAGES)
def test_a_first_visit_costs_little(shown, name):
    """The page and all that it loads, as they are sent: at most 80 KB."""
    who, path = PAGES[name]
    with httpx.Client(base_url=shown.url, headers={"Accept-Encoding": "gzip"}) as client:
        if who:
            client.post("/sign-in/demo", data=shown.demo_sign_in(who))
        cost, page = _sent(client, path.format(**shown.school.cycles, **shown.school.people))
        loaded = re.findall(r'<(?:link|script|img)[^>]* (?:href|src)="(/[^"]+)"', page)
        assert len(loaded) >= 3

        cost += sum(_sent(client, address)[0] for address in set(loaded))

    assert cost <= MOST, f"{cost / 1024:.1f} KB"
