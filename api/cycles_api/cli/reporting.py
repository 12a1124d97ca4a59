"""What a check of the log came to, told to people or to a programme."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cycles.ledger import Finding, Head, Report
from cycles_api.cli.exits import Exit
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.findings import FINDINGS
from cycles_api.wording.language import Both

__all__ = ["heads_plain", "tell_report"]

_SOUND = Both(
    "没有发现问题:核对了 {entries} 条记录({subjects} 个研讨和其他事项)、{payloads} 份内容"
    "(其中 {erased} 份已按规定删除)。",
    "Sound: {entries} entries of {subjects} subjects and {payloads} contents checked "
    "({erased} of them erased by the rules).",
)
_UNSOUND = Both(
    "发现 {findings} 处问题,核对了 {entries} 条记录。",
    "{findings} findings in {entries} entries.",
)
_MORE = Both("…… 还有 {more} 处没有列出。", "… and {more} more.")
_WHERE_SUBJECT = Both("{subj} 第 {seq} 条", "{subj} entry {seq}")
_WHERE_LINE = Both("第 {line} 行", "line {line}")
_CUT = Both(
    "注意:结尾有没有被整条截掉,只有和以前抄下的记录对照才知道(--note 抄下,下次用 --heads)。",
    "Mind: whether entries were cut off at the very end shows only against heads noted "
    "earlier (note them with --note, give them next time with --heads).",
)


def tell_report(terminal: Terminal, report: Report, *, as_json: bool, against: int) -> Exit:
    """Tell what was found; `against` is how many noted heads it was compared with."""
    if as_json:
        terminal.answer_json(_plain(report, terminal))
    else:
        _tell(terminal, report, against)
    return Exit.DONE if report.ok else Exit.FOUND


def heads_plain(heads: Iterable[Head]) -> dict[str, list[int | str]]:
    """Heads as a manifest writes them: subject to number and leaf."""
    return {head.subj: [head.seq, head.leaf] for head in heads}


def _tell(terminal: Terminal, report: Report, against: int) -> None:
    counts = {
        "entries": report.entries,
        "subjects": report.subjects,
        "payloads": report.payloads,
        "erased": report.erased,
    }
    for finding in report.findings:
        terminal.answer(_line(terminal, finding))
    if report.more:
        terminal.answer(terminal.pick(_MORE, more=report.more))
    if not report.ok:
        found = len(report.findings) + report.more
        terminal.answer(terminal.pick(_UNSOUND, findings=found, **counts))
        return
    terminal.answer(terminal.pick(_SOUND, **counts))
    if not against:
        terminal.tell(terminal.pick(_CUT))


def _line(terminal: Terminal, finding: Finding) -> str:
    """`line 7, cycle:… entry 3: sentence [code] detail`."""
    places = []
    if finding.line is not None:
        places.append(terminal.pick(_WHERE_LINE, line=finding.line))
    if finding.subj is not None and finding.seq is not None:
        places.append(terminal.pick(_WHERE_SUBJECT, subj=finding.subj, seq=finding.seq))
    elif finding.subj is not None:
        places.append(finding.subj)
    said = terminal.pick(FINDINGS[finding.code])
    detail = f" {_one_line(finding.detail)}" if finding.detail else ""
    return f"{', '.join(places)}: {said} [{finding.code}]{detail}".removeprefix(": ")


def _one_line(text: str) -> str:
    """A detail may quote what a forger wrote: nothing in it moves the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _plain(report: Report, terminal: Terminal) -> dict[str, Any]:
    return {
        "sound": report.ok,
        "entries": report.entries,
        "subjects": report.subjects,
        "payloads": report.payloads,
        "erased": report.erased,
        "findings": [
            {
                "code": finding.code,
                "subject": finding.subj,
                "seq": finding.seq,
                "line": finding.line,
                "detail": finding.detail,
                "sentence": terminal.pick(FINDINGS[finding.code]),
            }
            for finding in report.findings
        ],
        "more": report.more,
        "heads": heads_plain(report.heads.values()),
    }
