"""A backup holds everything, overwrites nothing, and proves itself when it is brought back."""

import errno
import io
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cycles.errors import BackupError, ConflictError
from cycles.service.backups import backup, restore
from cycles.service.upkeep import Upkeep
from cycles.store import open_store
from tests.unit.service.first_school import FirstSchool
from tests.unit.service.log_school import LogSchool

EMPTY_ZIP = b"PK\5\6" + bytes(18)


@pytest.fixture
def school(tmp_path: Path, sqlite_url: str) -> Iterator[LogSchool]:
    """The school, on SQLite."""
    with closing(open_store(sqlite_url)) as store:
        yield LogSchool(store, tmp_path / "kept")


def test_a_backup_comes_back_with_all_files_and_verifies(school, sqlite_url, tmp_path):
    """Cycles, log and attachments are there again, and nothing is found wrong."""
    school.whole()
    backup(school.core, sqlite_url, tmp_path / "backup")

    reports = restore(tmp_path / "backup", f"sqlite:///{tmp_path / 'again.db'}", tmp_path / "again")

    assert reports[school.id].findings == ()
    assert reports[school.id].heads == school.check().heads
    assert len(list((tmp_path / "again").glob("*/*/*"))) == 1


@pytest.mark.parametrize("within", ["cycles-backup-2026-11-25", ""])
def test_a_backup_comes_back_as_the_zip_that_the_page_gives(school, sqlite_url, tmp_path, within):
    """Nobody has to unpack it first; nothing of the unpacking stays behind."""
    school.whole()
    backup(school.core, sqlite_url, tmp_path / "backup")
    packed = tmp_path / "backup.zip"
    with zipfile.ZipFile(packed, "w") as into:
        for path in (tmp_path / "backup").rglob("*"):
            into.write(path, Path(within) / path.relative_to(tmp_path / "backup"))
    place = tmp_path / "other machine"

    reports = restore(packed, f"sqlite:///{place / 'cycles.db'}", place / "cycles-files")

    assert reports[school.id].findings == ()
    assert len(list((place / "cycles-files").glob("*/*/*"))) == 1
    assert {path.name for path in place.iterdir() if "restoring" in path.name} == set()


@pytest.mark.parametrize("content", [b"", b"no zip", EMPTY_ZIP])
def test_what_is_no_backup_is_told_as_such(tmp_path, content):
    """Another file is not taken for a database, and nothing is written."""
    (tmp_path / "some.zip").write_bytes(content)

    with pytest.raises(BackupError, match="no-backup"):
        restore(tmp_path / "some.zip", f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "again")

    assert not (tmp_path / "a.db").exists()


def test_nothing_is_overwritten(school, sqlite_url, tmp_path):
    """Neither a backup nor a database that is there is touched."""
    backup(school.core, sqlite_url, tmp_path / "backup")

    with pytest.raises(BackupError):
        backup(school.core, sqlite_url, tmp_path / "backup")
    with pytest.raises(BackupError):
        restore(tmp_path / "backup", sqlite_url, tmp_path / "again")


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal", ".part"])
def test_what_a_database_left_behind_is_not_played_into_the_restored_one(
    school, sqlite_url, tmp_path, end
):
    """SQLite would take it for its own: it has to be moved away, too."""
    backup(school.core, sqlite_url, tmp_path / "backup")
    left = tmp_path / f"again.db{end}"
    left.write_bytes(b"of the database before")

    with pytest.raises(BackupError, match=left.name):
        restore(tmp_path / "backup", f"sqlite:///{tmp_path / 'again.db'}", tmp_path / "again")

    assert left.read_bytes() == b"of the database before"


def test_nobody_takes_another_school_home(school, sqlite_url, tmp_path):
    """From a page a backup is made where one school is kept; for several, whoever runs them all."""
    upkeep, head = Upkeep(school.core), school.actor("wu")
    alone, both = io.BytesIO(), io.BytesIO()
    upkeep.back_up(head, sqlite_url, alone, name="alone")
    FirstSchool(school.store, tmp_path / "other", "second")

    with pytest.raises(ConflictError) as refused:
        upkeep.back_up(head, sqlite_url, both, name="both")

    assert refused.value.data == {"reason": "several_schools"}
    assert zipfile.ZipFile(alone).namelist()[-1] == "alone/cycles.db"
    assert not both.getvalue()


def test_a_backup_that_the_disk_does_not_take_is_none(school, sqlite_url):
    """It is told, and the log names nobody who took one."""
    upkeep, head = Upkeep(school.core), school.actor("wu")

    class Full(io.BytesIO):
        def write(self, _) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(BackupError) as refused:
        upkeep.back_up(head, sqlite_url, Full(), name="full")

    assert refused.value.reason == "not-written"
    assert upkeep.last_backup(head) is None


def test_a_zip_that_was_damaged_on_its_way_is_no_backup(school, sqlite_url, tmp_path):
    """Wherever a byte is another, it is told; nothing is left where the school was to be."""
    whole = io.BytesIO()
    Upkeep(school.core).back_up(school.actor("wu"), sqlite_url, whole, name="backup")
    damaged = bytearray(whole.getvalue())
    middle = len(damaged) // 2
    damaged[middle : middle + 200] = b"\xff" * 200
    (tmp_path / "damaged.zip").write_bytes(damaged)

    with pytest.raises(BackupError):
        restore(tmp_path / "damaged.zip", f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "again")

    assert not list(tmp_path.glob("a.db*"))


def test_a_damaged_backup_is_not_restored(school, sqlite_url, tmp_path):
    """One byte of the copy that is another is found before anything is written."""
    backup(school.core, sqlite_url, tmp_path / "backup")
    copy = tmp_path / "backup" / "cycles.db"
    copy.write_bytes(copy.read_bytes()[:-1] + b"x")

    with pytest.raises(BackupError, match="damaged"):
        restore(tmp_path / "backup", f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "again")

    assert not (tmp_path / "a.db").exists()


def test_postgresql_has_its_own_tool_and_files_are_copied_alone(school, tmp_path):
    """Whoever asks is told which tool; the attachments can still be had from here."""
    school.whole()
    url = "postgresql+psycopg://localhost/cycles"

    with pytest.raises(BackupError, match="PostgreSQL"):
        backup(school.core, url, tmp_path / "backup")
    backup(school.core, url, tmp_path / "backup", files_only=True)

    assert len(list((tmp_path / "backup" / "files").glob("*/*/*"))) == 1
