"""What an auditor looked at, in a sentence made of what the look's entry says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cycles_api.wording import Language
from cycles_api.wording.acts import DONE, STATES
from cycles_api.wording.language import Both

__all__ = ["LookTold"]

_SAID: Final[dict[str, Both]] = {
    "search": Both("查了日志", "searched the log"),
    "looks": Both("查了“谁看过什么”", "read who looked at what"),
    "entry": Both("看了一条日志的全部", "read one entry's whole story"),
    "cycle": Both("看了一个研讨", "read a cycle"),
    "cycles": Both("看了研讨的名单", "read a list of cycles"),
    "dashboard": Both("看了全校的统计", "read the school's counts"),
    "coverage": Both("看了一学期的汇报课", "read a term's report lessons"),
    "plan": Both("对照了计划", "compared the plan with what happened"),
    "export": Both("下载了导出", "downloaded the export"),
    "verification": Both("核对了全部日志", "checked the whole log"),
    "verifications": Both("看了核对的结果", "read what checks found"),
    "sample": Both("抽了样", "drew a sample"),
}
_ASKED: Final[dict[str, Both]] = {
    "late": Both("补录", "filed late"),
    "typed": Both("代录", "typed for another"),
    "waived": Both("特批", "waived"),
    "reopened": Both("重新打开", "reopened"),
    "since": Both("{day}起", "from {day}"),
    "until": Both("到{day}", "until {day}"),
    "before": Both("往前翻", "older ones"),
    "older": Both("往前翻", "older ones"),
    "seq": Both("第 {number} 条", "entry {number}"),
    "upto": Both("到第 {number} 条为止", "up to entry {number}"),
    "running": Both("还没有结束的", "not ended"),
    "ended": Both("已结束的", "ended"),
    "drawn_cycles": Both(
        "种子 {seed}，{count} 个研讨里抽 {size} 个",
        "seed {seed}, {size} of {count} cycles",
    ),
    "drawn_entries": Both(
        "种子 {seed}，{count} 条日志里抽 {size} 条",
        "seed {seed}, {size} of {count} entries",
    ),
    "done": Both("已完成的", "those done"),
    "under_way": Both("进行中的", "those under way"),
    "not_arranged": Both("还没安排的", "those not arranged yet"),
    "whole": Both("下载了表格", "as a workbook"),
    "waiting": Both("等{who}的", "waiting for {who}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LookTold:
    """Tells looks in one language; `person`, `group` and `moment` word what the data has."""

    language: Language
    person: Callable[[str], str]
    group: Callable[[str], str]
    moment: Callable[[str], str]

    def what(self, data: Mapping[str, Any]) -> str:
        """What kind of look it was."""
        kind = "looks" if data.get("looks") else str(data.get("look"))
        said = _SAID.get(kind)
        return DONE["look"].in_language(self.language) if said is None else self._in(said)

    def asked(self, data: Mapping[str, Any]) -> str:
        """What was asked for, in a row; empty where nothing was."""
        return (" · ").join(self._asked(data))

    def _asked(self, data: Mapping[str, Any]) -> Iterator[str]:
        kind = data.get("look")
        if kind == "sample":
            words = _ASKED[f"drawn_{data['from']}"]
            size = min(data["size"], data["count"])
            yield self._in(words, seed=data["seed"], count=data["count"], size=size)
        if "person" in data:
            yield self.person(data["person"])
        if "waiting" in data:
            yield self._in(_ASKED["waiting"], who=self.person(data["waiting"]))
        if "group" in data:
            yield self.group(data["group"])
        if data.get("act") in DONE:
            yield self._in(DONE[data["act"]]).format(record="…")
        elif "act" in data:
            yield str(data["act"])
        for name in ("state", "workflow", "month"):
            if name in data:
                yield self._in(STATES[data[name]]) if data[name] in STATES else str(data[name])
        if "ended" in data:
            yield self._in(_ASKED["ended" if data["ended"] else "running"])
        if data.get("standing") in _ASKED:
            yield self._in(_ASKED[data["standing"]])
        if "month" in data:
            yield str(data["month"])
        if data.get("whole"):
            yield self._in(_ASKED["whole"])
        for name in ("since", "until"):
            if name in data:
                yield self._in(_ASKED[name], day=self.moment(data[name]))
        for name in ("late", "typed", "waived", "reopened", "before", "older"):
            if data.get(name) and not (name == "before" and kind == "sample"):
                yield self._in(_ASKED[name])
        if "seq" in data:
            yield self._in(_ASKED["seq" if kind == "entry" else "upto"], number=data["seq"])

    def _in(self, said: Both, **values: object) -> str:
        plain = said.in_language(self.language)
        return plain.format(**values) if values else plain
