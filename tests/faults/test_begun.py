"""What a killed server had begun is finished, or cleared away, when the next one starts."""

from __future__ import annotations

import os
import time
from pathlib import Path

from cycles.store.files import FileFolder
from cycles_api.assembly import assembled
from cycles_api.settings import Settings

DAY_S = 24 * 3600


def test_what_was_half_stored_is_cleared_away(sqlite_url: str, tmp_path: Path) -> None:
    """The half of a file that a killed server left goes; what another one writes now stays."""
    folder = tmp_path / "files"
    with (tmp_path / "sent").open("wb+") as source:
        digest, _ = FileFolder(folder).put("school", source, limit=10)
    left, writing = folder / "school" / ".partial-left", folder / "school" / ".partial-now"
    for half, age in ((left, 2 * DAY_S), (writing, 60)):
        half.write_bytes(b"half")
        os.utime(half, (time.time() - age,) * 2)

    with assembled(Settings(database=sqlite_url, files=folder), alone=True) as service:
        kept = list(service.core.files.digests("school"))

    assert not left.exists()
    assert writing.exists()
    assert kept == [digest]
