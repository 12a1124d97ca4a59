"""Attachments: what was taken is on the disk, its name as well."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from cycles.store.files import FileFolder


@pytest.mark.skipif(sys.platform != "linux", reason="what is open is told by /proc")
def test_a_file_and_its_name_are_on_the_disk_before_it_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First the bytes, then, once it is renamed, every folder that may be new."""
    synced: list[Path] = []
    sync = os.fsync

    def noted(opened: int) -> None:
        synced.append(Path(os.readlink(f"/proc/self/fd/{opened}")))
        sync(opened)

    monkeypatch.setattr(os, "fsync", noted)

    digest, _ = FileFolder(tmp_path).put("school", io.BytesIO(b"plan"), limit=10)

    part, *folders = synced
    assert part.name.startswith(".partial-")
    assert folders == [tmp_path / "school" / digest[:2], tmp_path / "school", tmp_path]
