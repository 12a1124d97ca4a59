"""Schools on stores, as most tests of the service want them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cycles.store import Store, open_store
from tests.unit.service.doors import Doors
from tests.unit.service.log_school import LogSchool


@pytest.fixture
def school(tmp_path: Path) -> Iterator[LogSchool]:
    """The first school, in memory."""
    with closing(open_store("memory://")) as store:
        yield LogSchool(store, tmp_path / "files")


@pytest.fixture
def doors(tmp_path: Path) -> Doors:
    """The first school with people who come and go, in memory."""
    return Doors(open_store("memory://"), tmp_path)


@pytest.fixture
def every(store: Store, tmp_path: Path) -> Doors:
    """The first school with people who come and go, on each store."""
    return Doors(store, tmp_path)
