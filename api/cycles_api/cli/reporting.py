"""What a check of the log came to, told to people or to a programme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cycles.ledger import Finding, Head, Report
from cycles_api.cli.exits import Exit
from cycles_api.cli.terminal import Terminal
from cycles_api.wording.findings import FINDINGS
from cycles_api.wording.language import Both

__all__ = ["heads_plain", "tell_reports"]

_SOUND = Both(
    "没有发现问题：核对了 {entries} 条记录（{subjects} 个研讨和其他事项）、{payloads} 份内容"
    "（其中 {erased} 份已按规定删除，{withheld} 份导出的人还不能看）。",
    "Sound: {entries} entries of {subjects} subjects and {payloads} contents checked "
    "({erased} of them erased by the rules, {withheld} not yet for whoever made the export).",
)
_UNSOUND = Both(
    "发现 {findings} 处问题，核对了 {entries} 条记录。",
    "Findings: {findings}, in {entries} entries.",
)
_FOLLOWING = Both(
    "…… 还有 {following} 处由此而来（--json 逐条列出）。",
    "… and {following} that follow from these (--json lists them).",
)
_MORE = Both("…… 还有 {more} 处没有列出。", "… and {more} more.")
_WHERE_SUBJECT = Both("{subj} 第 {seq} 条", "{subj} entry {seq}")
_WHERE_LINE = Both("第 {line} 行", "line {line}")
_CUT = Both(
    "注意：结尾有没有被整条截掉，只有和以前抄下的记录对照才知道（--note 抄下，下次用 --heads）。",
    "Mind: whether entries were cut off at the very end shows only against heads noted "
    "earlier (note them with --note, give them next time with --heads).",
)


def tell_reports(
    terminal: Terminal, reports: Mapping[str, Report], *, as_json: bool, against: int
) -> Exit:
    """Tell what was found in each log, by its file or school.

    `against` is how many heads, noted earlier, they were compared with.
    """
    sound = all(report.ok for report in reports.values())
    if as_json:
        logs = {name: _plain(report, terminal) for name, report in reports.items()}
        terminal.answer_json({"sound": sound, "logs": logs})
        return Exit.DONE if sound else Exit.FOUND
    for name, report in reports.items():
        _tell(terminal, f"{name}: " if len(reports) > 1 else "", report)
    if sound and not against:
        terminal.tell(terminal.pick(_CUT))
    return Exit.DONE if sound else Exit.FOUND


def heads_plain(heads: Iterable[Head]) -> dict[str, list[int | str]]:
    """Heads as a manifest writes them: subject to number and leaf."""
    return {head.subj: [head.seq, head.leaf] for head in heads}


def _tell(terminal: Terminal, name: str, report: Report) -> None:
    counts = {
        "entries": report.entries,
        "subjects": report.subjects,
        "payloads": report.payloads,
        "erased": report.erased,
        "withheld": report.withheld,
        "findings": sum(not finding.follows for finding in report.findings) + report.more,
    }
    for finding in report.findings:
        if not finding.follows:
            terminal.answer(name + _line(terminal, finding))
    following = sum(finding.follows for finding in report.findings)
    if following:
        terminal.answer(name + terminal.pick(_FOLLOWING, following=following))
    if report.more:
        terminal.answer(name + terminal.pick(_MORE, more=report.more))
    terminal.answer(name + terminal.pick(_SOUND if report.ok else _UNSOUND, **counts))


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
        "withheld": report.withheld,
        "findings": [
            {
                "code": finding.code,
                "subject": finding.subj,
                "seq": finding.seq,
                "line": finding.line,
                "detail": finding.detail,
                "follows": finding.follows,
                "sentence": terminal.pick(FINDINGS[finding.code]),
            }
            for finding in report.findings
        ],
        "more": report.more,
        "heads": heads_plain(report.heads.values()),
    }
