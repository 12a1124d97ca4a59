"""`cycles sample`: what the desk drew, drawn again from an export without the school."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cycles.service.samples import SampleAnswer, SampleQuestion, Samples
from cycles.store import open_store
from cycles_api.cli.entry import run
from cycles_api.cli.exits import Exit
from tests.unit.service.log_school import LogSchool, members, rezipped

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SampleAnswer, Path]]:
    """Four entries that an auditor drew from a whole lesson study on SQLite, and an export."""
    folder = tmp_path_factory.mktemp("school")
    with closing(open_store(f"sqlite:///{folder}/cycles.db", migrate=True)) as store:
        school = LogSchool(store, folder / "files")
        school.whole()
        asked = SampleQuestion(of="entries", seed="4711", size=4, group="maths")
        answer = Samples(school.core).draw(school.actor("du"), asked)
        school.export(folder / "export.zip", by="du")
        yield answer, folder / "export.zip"


def _asked(answer: SampleAnswer) -> list[str]:
    asked = answer.asked
    return [
        *("--of", asked.of, "--seed", asked.seed, "--size", str(asked.size)),
        *("--group", str(asked.group), "--before", str(asked.before)),
    ]


def test_an_export_gives_the_sample_of_the_desk(drawn, capsys: Captured) -> None:
    """The same, in the same order, with the same fingerprint; a line each."""
    answer, path = drawn

    ended = run(["sample", str(path), *_asked(answer), "--lang", "en"])

    told = capsys.readouterr()
    assert ended == Exit.DONE
    assert [line.split()[-1] for line in told.out.splitlines()] == [o.id for o in answer.drawn]
    assert f"4 of {answer.count} candidates" in told.err
    assert answer.digest in told.err


def test_a_programme_reads_it_as_json(drawn, capsys: Captured) -> None:
    """Ids with their places, how many there were, the digest."""
    answer, path = drawn

    assert run(["sample", str(path), *_asked(answer), "--json"]) == Exit.DONE

    plain = json.loads(capsys.readouterr().out)
    assert plain == {
        "count": answer.count,
        "digest": answer.digest,
        "drawn": [{"id": one.id, "place": one.place} for one in answer.drawn],
    }


def test_what_is_no_export_is_said(drawn, tmp_path: Path, capsys: Captured) -> None:
    """No zip, a zip of something else, a broken one, nothing there: each a sentence and a code."""
    _, path = drawn
    (tmp_path / "text.zip").write_text("no zip")
    rezipped(tmp_path / "other.zip", {"a.txt": b"a"})
    held = members(path)
    rezipped(tmp_path / "odd.zip", {**held, "entries.jsonl": b"{}\n"})
    raw = bytearray(path.read_bytes())
    raw[200:260] = bytes(60)
    (tmp_path / "broken.zip").write_bytes(raw)

    for name in ("text.zip", "other.zip", "odd.zip", "broken.zip", "none.zip"):
        ended = run(["sample", str(tmp_path / name), "--seed", "1", "--size", "2"])
        assert ended not in (Exit.DONE, Exit.FAILED), name
        assert name in capsys.readouterr().err or name == "odd.zip"


@pytest.mark.parametrize(
    "given",
    [["--seed", "一", "--size", "2"], ["--seed", "1", "--size", "0"], ["--seed", "1"]],
)
def test_what_cannot_be_drawn_is_said(drawn, given, capsys: Captured) -> None:
    """A seed of other signs, no size, a size that cannot be."""
    assert run(["sample", str(drawn[1]), *given]) not in (Exit.DONE, Exit.FAILED)
    assert capsys.readouterr().err


def test_an_instant_is_an_instant(drawn, capsys: Captured) -> None:
    """`--before` is written as the log writes it."""
    ended = run(["sample", str(drawn[1]), "--seed", "1", "--size", "2", "--before", "today"])

    assert ended == Exit.USAGE
    assert "2026-11-25T08:00:00.000000Z" in capsys.readouterr().err
