"""What a check came to, told to people in their language and to programmes as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cycles.ledger import Finding, Report
from cycles_api.cli.exits import Exit
from cycles_api.cli.reporting import tell_reports
from cycles_api.cli.terminal import Terminal
from tests.unit.ledger.toy_log import check, toy_log

LOG = toy_log()
SOUND = check(LOG.entries, list(LOG.rows))
CUT = check(LOG.entries[1:], list(LOG.rows))
Captured = pytest.CaptureFixture[str]


def told(
    report: Report, capsys: Captured, language: Any = "zh", **how: Any
) -> tuple[Exit, str, str]:
    """The exit code and both streams."""
    ended = tell_reports(
        Terminal(language), {"one": report}, **{"as_json": False, "against": 0, **how}
    )
    out, err = capsys.readouterr()
    return ended, out, err


def test_a_sound_log_is_0_and_counts_what_was_read(capsys: Captured) -> None:
    """One line with the figures; and what the check cannot know is said as well."""
    ended, out, err = told(SOUND, capsys)

    assert SOUND.ok
    assert ended == Exit.DONE
    assert out.startswith(f"没有发现问题：核对了 {SOUND.entries} 条记录")
    assert "结尾" in err


def test_compared_with_noted_heads_nothing_is_left_to_say(capsys: Captured) -> None:
    """Whoever gave heads has asked the question already."""
    assert told(SOUND, capsys, against=3)[2] == ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_cause_is_told_with_its_place(language: str, capsys: Captured) -> None:
    """Line, subject and number, a sentence, the code; what follows from it is one line."""
    ended, out, _ = told(CUT, capsys, language)

    lines = out.splitlines()
    following = sum(f.follows for f in CUT.findings)
    assert ended == Exit.FOUND
    assert (len(CUT.findings), following) == (3, 2)
    assert len(lines) == 3
    assert "[gap]" in lines[0]
    assert " 2 " in lines[1]
    assert lines[2].startswith("发现 1 处" if language == "zh" else "Findings: 1,")
    assert ("第 1 行" if language == "zh" else "line 1") in lines[0]
    assert "cycle:c0" in lines[0]


def test_a_programme_gets_everything_as_json(capsys: Captured) -> None:
    """Closed keys; heads as a manifest writes them, to be noted."""
    ended, out, _ = told(CUT, capsys, "en", as_json=True)

    whole = json.loads(out)
    plain = whole["logs"]["one"]
    assert ended == Exit.FOUND
    assert (whole["sound"], plain["sound"]) == (False, False)
    assert plain["entries"] == len(LOG.entries) - 1
    assert {f["code"] for f in plain["findings"]} == {f.code for f in CUT.findings}
    assert all(f["sentence"] for f in plain["findings"])
    assert [f["follows"] for f in plain["findings"]] == [False, True, True]
    assert plain["heads"]["school"] == [1, LOG.heads["school"].leaf]


def test_what_a_forger_wrote_moves_no_terminal(capsys: Captured) -> None:
    """Control characters in a detail are shown, not obeyed."""
    forged = Finding(code="manifest_mismatch", detail="a\x1b[2J\nb\u202e")
    report = Report(
        entries=0, subjects=0, payloads=0, erased=0, findings=(forged,), more=2, heads={}
    )

    _, out, _ = told(report, capsys)

    assert not {"\x1b", "\u202e"} & set(out)
    assert len(out.splitlines()) == 3
    assert "还有 2 处" in out
