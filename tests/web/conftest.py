"""What the tests of the web share: the application behind a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.stand_in import Served, serve

#: Runs in a process of Schemathesis, not in that of the tests.
collect_ignore = ["schemathesis_checks.py"]


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """One server for all tests; each looks at its own request only."""
    with serve() as running:
        yield running
