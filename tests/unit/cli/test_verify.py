"""`cycles verify` on a real log: an export, the database, and what was noted earlier."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cycles.store import open_store
from cycles_api.cli.entry import run
from cycles_api.cli.exits import Exit
from tests.unit.service.log_school import LogSchool, members, rezipped

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the school keeps its database and its files."""
    return tmp_path_factory.mktemp("school")


@pytest.fixture(scope="module")
def url(folder: Path) -> str:
    """The database of the school, as `--database` takes it."""
    return f"sqlite:///{folder}/cycles.db"


@pytest.fixture(scope="module")
def school(folder: Path, url: str) -> Iterator[LogSchool]:
    """A school on SQLite that has been through one whole lesson study."""
    with closing(open_store(url, migrate=True)) as store:
        played = LogSchool(store, folder / "cycles-files")
        played.whole()
        yield played


@pytest.fixture(scope="module")
def early(school: LogSchool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its export."""
    path = tmp_path_factory.mktemp("export") / "export.zip"
    school.export(path)
    return path


def test_a_sound_export_is_0(early: Path, capsys: Captured) -> None:
    """Told in one line, with what it cannot know beside it."""
    ended = run(["verify", str(early), "--lang", "en"])

    told = capsys.readouterr()
    assert ended == Exit.DONE
    assert told.out.startswith("Sound: ")
    assert "--heads" in told.err


def test_one_changed_word_is_found(early: Path, tmp_path: Path, capsys: Captured) -> None:
    """Whoever alters one entry of the export is found out, and where."""
    held = members(early)
    held["entries.jsonl"] = held["entries.jsonl"].replace(b'"finish"', b'"finesh"', 1)
    forged = rezipped(tmp_path / "forged.zip", held)

    ended = run(["verify", str(forged), "--lang", "zh"])

    told = capsys.readouterr().out
    assert ended == Exit.FOUND
    assert "[chain_broken]" in told
    assert "被改过" in told


def test_a_cut_end_is_found_by_what_was_noted(
    early: Path, tmp_path: Path, capsys: Captured
) -> None:
    """A forger who also mends the manifest is caught by heads that are kept elsewhere."""
    noted = tmp_path / "heads.json"
    assert run(["verify", str(early), "--note", str(noted)]) == Exit.DONE
    subject = next(s for s in json.loads(noted.read_bytes()) if s.startswith("cycle:"))
    seq, leaf = json.loads(noted.read_bytes())[subject]
    capsys.readouterr()

    same = run(["verify", str(early), "--heads", str(noted)])
    said = capsys.readouterr().err
    later = run(["verify", str(early), "--head", f"{subject}@{seq + 1}={leaf}"])

    assert (same, later) == (Exit.DONE, Exit.FOUND)
    assert said == ""
    assert "[head_missing]" in capsys.readouterr().out


def test_nothing_is_noted_of_a_log_that_is_not_sound(
    early: Path, tmp_path: Path, capsys: Captured
) -> None:
    """What was never checked is no measure for later."""
    held = {n: c for n, c in members(early).items() if n != "payloads.jsonl"}
    forged = rezipped(tmp_path / "forged.zip", held)

    ended = run(["verify", str(forged), "--note", str(tmp_path / "heads.json")])

    assert ended == Exit.FOUND
    assert not (tmp_path / "heads.json").exists()


def test_the_database_itself_is_verified(school: LogSchool, url: str, capsys: Captured) -> None:
    """Beside a server at work; each school of it, and its tables too."""
    ended = run(["verify", "--database", url, "--json"])

    told = json.loads(capsys.readouterr().out)
    assert ended == Exit.DONE
    assert told["sound"]
    assert list(told["logs"]) == [school.id]
    assert told["logs"][school.id]["entries"] > 40


def test_an_export_and_its_database_end_alike(
    school: LogSchool, url: str, early: Path, capsys: Captured
) -> None:
    """The heads of the one are the heads of the other."""
    run(["verify", "--database", url, "--json"])
    live = json.loads(capsys.readouterr().out)["logs"][school.id]["heads"]
    run(["verify", str(early), "--json"])
    sent = json.loads(capsys.readouterr().out)["logs"][early.name]["heads"]

    assert live == sent


@pytest.mark.parametrize(
    "words",
    [
        ["nothere.zip"],
        ["."],
        ["--heads", "nothere.json", "x.zip"],
        ["--head", "nonsense", "x.zip"],
        ["--database", "sqlite:///x.db", "x.zip"],
    ],
)
def test_what_cannot_be_meant_is_2(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    """A file that is not there, heads that are none, two things to verify at once."""
    monkeypatch.chdir(tmp_path)

    ended = run(["verify", *words])

    told = capsys.readouterr()
    assert ended == Exit.USAGE
    assert told.out == ""
    assert told.err


def test_a_school_that_is_not_there_is_told(school: LogSchool, url: str, capsys: Captured) -> None:
    """With those that are."""
    ended = run(["verify", "--database", url, "--school", "nowhere"])

    assert ended == Exit.USAGE
    assert school.id in capsys.readouterr().err


def test_what_is_no_export_is_a_finding(tmp_path: Path, capsys: Captured) -> None:
    """A photo, or a download that broke off: told, not raised."""
    path = tmp_path / "photo.zip"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")

    ended = run(["verify", str(path)])

    assert ended == Exit.FOUND
    assert "[unreadable]" in capsys.readouterr().out


def test_the_verifier_needs_no_database(early: Path, tmp_path: Path) -> None:
    """An export is checked where nothing but the file is."""
    copy = shutil.copy(early, tmp_path / "alone.zip")

    assert run(["verify", str(copy)]) == Exit.DONE
