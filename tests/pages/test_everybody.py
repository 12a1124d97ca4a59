"""What holds on every page: readable for everybody, small and large, light and dark."""

from pathlib import Path

import pytest

AXE = (Path(__file__).parent / "vendored" / "axe-core-4.14.1.min.js").read_text(encoding="utf-8")
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
SIZES = ({"width": 320, "height": 700}, {"width": 1280, "height": 900})

#: Name → who looks, where; `{blocked}` is a cycle of the demo school.
PAGES = {
    "sign-in": ("", "/sign-in"),
    "invitation": ("", "/in/7GQ4-M0ZK-X2WB"),
    "next-steps": ("ma", "/"),
    "nothing-to-do": ("du", "/"),
    "cycles": ("wu", "/cycles"),
    "board": ("song", "/board"),
    "boards": ("zheng", "/board"),
    "open": ("song", "/open"),
    "people": ("wu", "/people"),
    "account": ("ma", "/me"),
    "blocked": ("song", "/cycles/{blocked}"),
    "waivable": ("zheng", "/cycles/{blocked}"),
    "finished": ("du", "/cycles/{finished}"),
    "suspended": ("song", "/cycles/{suspended}"),
    "three-ones": ("ma", "/cycles/{blocked}/records/three_ones"),
    "attendance": ("song", "/cycles/{blocked}/records/attendance"),
    "lesson-plan": ("ma", "/cycles/{late}/records/lesson_plan"),
    "observation": ("song", "/cycles/{tomorrow}/records/observation"),
    "session": ("song", "/cycles/{preparing}/records/session"),
    "desk": ("du", "/desk"),
    "desk-sifted": ("zheng", "/desk?mark=late&person="),
    "desk-entry": ("du", "/desk/entries/cycle/{blocked}/4"),
    "desk-check": ("wu", "/desk/verification"),
    "nowhere": ("ma", "/nowhere"),
}


@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_read_and_use_it(shown, visit, name):
    """In both languages nothing is cut off at 320 px; axe finds nothing, small or large.

    Half of the pages are asked in Chinese, light when small and dark when large, half in English
    the other way round.
    """
    turn = list(PAGES).index(name) % 2
    who, path = PAGES[name]
    for language in ("zh-CN", "en") if turn else ("en", "zh-CN"):
        page = visit(shown, who, path.format(**shown.school.cycles), locale=language)
        page.set_viewport_size(SIZES[0])
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[0]["width"]

    page.evaluate(AXE)
    if name != "finished":  # a whole year of records, of the same few shapes
        page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true })")
    for size, scheme in zip(SIZES, ("dark", "light") if turn else ("light", "dark"), strict=True):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        found = page.evaluate(f"axe.run({RULES})")
        told = [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]]
        assert told == [], (name, size, scheme)
