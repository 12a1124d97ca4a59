"""Every page is looked at by the tests of all pages."""

import re

from cycles_api.pages import PAGES as ROUTER
from tests.pages.test_everybody import NO_PAGES, PAGES


def _fits(route, path):
    """Whether an address is one of the route's."""
    steps = ["[^/]+" if step.startswith("{") else re.escape(step) for step in route.split("/")]
    return re.fullmatch("/".join(steps), path)


def test_no_page_is_left_out():
    """Whatever address answers with a page is looked at here, or named as one without a page."""
    routes = [r.path_format for r in ROUTER.routes if "GET" in r.methods]
    listed = [path.partition("?")[0] for _, path in PAGES.values()]

    seen = set()
    for path in listed:
        fitting = [r for r in routes if _fits(r, path)]
        # Of two that fit, the one that names more of it.
        seen |= set(sorted(fitting, key=lambda r: r.count("{"))[:1])

    left = set(routes) - seen - NO_PAGES
    assert left == set(), "PAGES in tests/pages/test_everybody.py wants a row for each"
    assert NO_PAGES - set(routes) == set()
