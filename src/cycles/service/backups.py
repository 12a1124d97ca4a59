"""Backups: a folder with a consistent copy of the database and the files that it names.

`cycles.db`, `files/<school>/<ab>/<sha256>` as in the folder of files, and `backup.json` with the
SHA-256 of the copy; or that folder as a zip. A backup is written under another name first and is
there whole or not at all; neither it nor restoring overwrites anything.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Final

from sqlalchemy import make_url

from cycles.errors import BackupError, NotFoundError
from cycles.ledger import Report
from cycles.service.core import Core
from cycles.service.export_file import digest_of
from cycles.service.exporting import Progress
from cycles.service.verifying import verify_database
from cycles.store import FileRow, Store, open_store
from cycles.store.files import FileFolder

__all__ = ["backup", "pack", "restore"]

_DATABASE: Final = "cycles.db"
_FILES: Final = "files"
_ABOUT: Final = "backup.json"
_FORMAT: Final = 1
#: What SQLite keeps beside a database while it is open, or after it died; and a copy under way.
_BESIDE: Final = ("-wal", "-shm", "-journal", ".part")
#: What reading a zip that was damaged on its way may raise.
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
#: No attachment is larger; a backup holds nothing that was not taken once.
_MAX_FILE: Final = 1024 * 1024 * 1024


def backup(
    core: Core,
    url: str,
    to: Path,
    *,
    progress: Progress | None = None,
    files_only: bool = False,
) -> None:
    """Write a backup to the new folder `to`, while others work.

    Args:
        core: The store and the folder of files.
        url: Where the store is: only SQLite is copied here.
        to: A folder that does not exist yet.
        progress: Told how many files are copied, and how many there are.
        files_only: Copy the files alone, beside a dump that PostgreSQL's own tool makes.

    Raises:
        BackupError: it exists already, or the database has its own tool.
        StoreUnavailableError: the database or the disk does not let us.
    """
    part = to.with_name(to.name + ".part")
    if to.exists() or part.exists():
        raise BackupError("there", to if to.exists() else part)
    if not files_only:
        _sqlite_path(url)
    try:
        part.mkdir(parents=True, mode=0o700)
        about: dict[str, object] = {"format": _FORMAT}
        if files_only:
            _copy_files(core.store, core.files, FileFolder(part / _FILES), progress)
        else:
            core.store.backup(part / _DATABASE)
            with (part / _DATABASE).open("rb") as copy:
                about["database"] = digest_of(copy)
            # The files that the copy names, not those that came or went since.
            with closing(open_store(f"sqlite:///{part / _DATABASE}", read_only=True)) as copied:
                _copy_files(copied, core.files, FileFolder(part / _FILES), progress)
        (part / _ABOUT).write_text(json.dumps(about) + "\n", encoding="utf-8")
        part.rename(to)
    except OSError as error:
        raise BackupError("not-written", to, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def pack(folder: Path, into: IO[bytes]) -> None:
    """Write the folder of a backup as a zip, which `restore` takes as it is.

    Raises `BackupError` if the disk does not take it.
    """
    try:
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(folder.rglob("*")):
                packed.write(path, Path(folder.name) / path.relative_to(folder))
    except OSError as error:
        raise BackupError("not-written", folder.name, error) from error


def restore(from_: Path, to_url: str, files: Path) -> dict[str, Report]:
    """Bring a backup back to where nothing is, and check it: school → what was found.

    `from_` is the folder that `backup` wrote, or a zip of it.

    Raises:
        BackupError: it is no backup, it is damaged, or something is there already.
    """
    target = _sqlite_path(to_url)
    # SQLite would play what stands beside a database that was moved away into the one restored.
    beside = [target.with_name(target.name + end) for end in _BESIDE]
    there = [path for path in (target, *beside) if path.exists()]
    there += [files] if files.exists() and any(files.iterdir()) else []
    if there:
        raise BackupError("there", ", ".join(map(str, there)))
    target.parent.mkdir(parents=True, exist_ok=True)
    with _unpacked(from_, beside=target) as folder:
        _put_back(folder / _DATABASE, _about(folder, from_), target)
        # Of an older version, it is brought up to date on the way.
        with closing(open_store(to_url, migrate=True)) as store:
            _copy_files(store, FileFolder(folder / _FILES), FileFolder(files), None)
            core = Core(store, FileFolder(files))
            return {school.id: verify_database(core, school.id) for school in store.schools()}


@contextmanager
def _unpacked(from_: Path, *, beside: Path) -> Iterator[Path]:
    """The backup as a folder; a zip is unpacked where there must be room for it anyway."""
    if not from_.is_file():
        yield from_
        return
    with tempfile.TemporaryDirectory(dir=beside.parent, prefix="restoring-") as place:
        try:
            with zipfile.ZipFile(from_) as packed:
                packed.extractall(place)
        except _BROKEN as error:
            raise BackupError("no-backup", from_, error) from error
        except OSError as error:
            raise BackupError("not-written", place, error) from error
        # With the folder's name in it, as the page packs it, or without.
        yield next((path.parent for path in Path(place).glob(f"*/{_ABOUT}")), Path(place))


def _about(folder: Path, from_: Path) -> str:
    """The digest of the copy in a backup."""
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        if about["format"] == _FORMAT:
            return str(about["database"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError("no-backup", from_, error) from error
    raise BackupError("no-backup", from_)


def _put_back(source: Path, digest: str, target: Path) -> None:
    """Copy the database, if it is what the backup wrote."""
    part = target.with_name(target.name + ".part")
    try:
        with source.open("rb") as opened:
            if digest_of(opened) != digest:
                raise BackupError("damaged", source.name)
        part.touch(mode=0o600, exist_ok=False)
        shutil.copyfile(source, part)
        part.rename(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BackupError("not-written", target, error) from error


def _copy_files(
    named_in: Store, source: FileFolder, to: FileFolder, progress: Progress | None
) -> None:
    """Copy the files that a database names; one that is lost is for the verifier to miss."""
    wanted = list(_named(named_in))
    for done, (school_id, digest) in enumerate(wanted, 1):
        try:
            opened = source.open(school_id, digest)
        except NotFoundError:
            continue
        with opened:
            to.put(school_id, opened, limit=_MAX_FILE)
        if progress is not None:
            progress(done, len(wanted))


def _named(store: Store) -> Iterator[tuple[str, str]]:
    for school in store.schools():
        rows = store.read(school.id, lambda work: work.find(FileRow))
        for digest in sorted({row.digest for row in rows}):
            yield school.id, digest


def _sqlite_path(url: str) -> Path:
    parsed = make_url(url)
    if parsed.drivername.startswith("postgresql"):
        raise BackupError("other-tool", "PostgreSQL")
    if parsed.drivername != "sqlite" or parsed.database in (None, ":memory:"):
        raise BackupError("other-tool", parsed.render_as_string())
    return Path(str(parsed.database))
