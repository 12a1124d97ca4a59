"""`check`, `schema` and `diagram`: what people who write workflows ask for."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from cycles_api.cli.entry import run
from cycles_api.cli.exits import Exit
from cycles_api.cli.files import shipped_workflows

SHIPPED = shipped_workflows()
SOUND = SHIPPED["lesson-study"]
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A workflow file with two faults in different lines."""
    text = SOUND.read_text(encoding="utf-8").replace("start: draft", "start: daft\ntitel: x")
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_workflows_are_found() -> None:
    """By their keys, wherever the programme is installed."""
    assert {"lesson-study", "collaborative-lesson-research", "classroom-visit"} == set(SHIPPED)


def test_sound_files_are_0(capsys: Captured) -> None:
    """A whole folder at once; each file is named with its version."""
    ended = run(["--lang", "en", "check", str(SOUND.parent)])

    told = capsys.readouterr()
    assert ended == Exit.DONE
    assert len(told.out.splitlines()) == len(SHIPPED)
    assert all(": sound (" in line for line in told.out.splitlines())
    assert told.err == f"{len(SHIPPED)} files, 0 faults\n"


def test_every_fault_has_its_place(broken: Path, capsys: Captured) -> None:
    """FILE:LINE:COLUMN, as compilers say it and editors jump to it."""
    ended = run(["--lang", "en", "check", str(broken), "lesson-study"])

    told = capsys.readouterr()
    lines = broken.read_text(encoding="utf-8").splitlines()
    number = lines.index("titel: x") + 1
    assert ended == Exit.FOUND
    assert f"{broken}:{number}:1: titel: " in told.out
    assert f"{broken}:{number - 1}:" in told.out
    assert "sound" in told.out.splitlines()[-1]


def test_a_programme_gets_the_faults_as_json(broken: Path, capsys: Captured) -> None:
    """The same, closed and countable."""
    ended = run(["check", "--json", str(broken), str(SOUND)])

    bad, good = json.loads(capsys.readouterr().out)["files"]
    assert ended == Exit.FOUND
    assert not bad["sound"]
    assert {"line", "column", "path", "code", "message"} == set(bad["faults"][0])
    assert good["sound"]
    assert (good["workflow"], good["faults"]) == ("lesson-study", [])


def test_an_editor_may_send_the_text(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """`-` reads standard input."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"workflow: [")))

    ended = run(["check", "-"])

    assert ended == Exit.FOUND
    assert capsys.readouterr().out.startswith("<stdin>:1:")


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xff\xfe", b"a: &a [*a]", b"[" * 10_000])
def test_hostile_files_have_faults(content: bytes, tmp_path: Path, capsys: Captured) -> None:
    """Whatever a file holds, the answer is a list of faults."""
    path = tmp_path / "hostile.yaml"
    path.write_bytes(content)

    ended = run(["check", str(path)])

    told = capsys.readouterr()
    assert ended == Exit.FOUND
    assert told.out.startswith(f"{path}:1:")


@pytest.mark.parametrize("command", ["check", "diagram"])
def test_a_file_that_is_not_there_is_named(command: str, tmp_path: Path, capsys: Captured) -> None:
    """Exit 2, the name and what there is instead."""
    ended = run([command, str(tmp_path / "nothere.yaml")])

    told = capsys.readouterr().err
    assert ended == Exit.USAGE
    assert "nothere.yaml" in told
    assert "lesson-study" in told


def test_a_folder_without_workflows_is_told(tmp_path: Path, capsys: Captured) -> None:
    """Nothing checked is not the same as nothing wrong."""
    assert run(["check", str(tmp_path)]) == Exit.USAGE
    assert "no .yaml file" in capsys.readouterr().err


def test_the_schema_is_json_schema(tmp_path: Path, capsys: Captured) -> None:
    """On the screen or in a file, the same; the file's hint is for the first line of a workflow."""
    path = tmp_path / "workflow.schema.json"

    shown, kept = run(["schema"]), run(["schema", "-o", str(path)])

    told = capsys.readouterr()
    assert (shown, kept) == (Exit.DONE, Exit.DONE)
    assert json.loads(told.out)["$schema"].endswith("2020-12/schema")
    assert json.loads(path.read_bytes()) == json.loads(told.out)
    assert f"$schema={path}" in told.err


def test_the_suffix_chooses_the_kind_of_picture(tmp_path: Path) -> None:
    """`.svg` is an SVG; anything else is Mermaid text."""
    svg, text = tmp_path / "a.svg", tmp_path / "a.mmd"

    run(["diagram", "lesson-study", "-o", str(svg)])
    run(["diagram", str(SOUND), "-o", str(text)])

    assert ElementTree.fromstring(svg.read_text(encoding="utf-8")).tag.endswith("svg")  # noqa: S314 - ours
    assert text.read_text(encoding="utf-8").startswith("stateDiagram-v2")


@pytest.mark.parametrize(("language", "title"), [("zh", "说课"), ("en", "Explain the lesson")])
def test_titles_are_in_the_language_asked_for(language: str, title: str, capsys: Captured) -> None:
    """The picture speaks as its reader does."""
    run(["diagram", "lesson-study", "--lang", language])

    assert title in capsys.readouterr().out


def test_the_present_state_is_marked(capsys: Captured) -> None:
    """`--here` marks one state; one that is not there is told with those that are."""
    marked = run(["diagram", "lesson-study", "--format", "svg", "--here", "observe"])
    drawn = capsys.readouterr().out
    unknown = run(["diagram", "lesson-study", "--format", "svg", "--here", "nowhere"])
    told = capsys.readouterr().err

    assert (marked, unknown) == (Exit.DONE, Exit.USAGE)
    assert 'class="box here"' in drawn or "here" in drawn
    assert "observe" in told


def test_a_faulty_file_is_not_drawn(broken: Path, capsys: Captured) -> None:
    """Its faults are told instead, each at its place."""
    ended = run(["diagram", str(broken)])

    told = capsys.readouterr()
    assert ended == Exit.FOUND
    assert told.out == ""
    assert f"{broken}:" in told.err


def test_what_cannot_be_written_is_told(tmp_path: Path, capsys: Captured) -> None:
    """A folder that is not there is named; nothing is half written."""
    ended = run(["schema", "-o", str(tmp_path / "no" / "x.json")])

    assert ended == Exit.USAGE
    assert "x.json" in capsys.readouterr().err
