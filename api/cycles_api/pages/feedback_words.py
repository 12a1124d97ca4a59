"""What the pages about feedback points say from Python."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["SAY"]

SAY: Final[dict[str, Both]] = {
    "reason_needed": Both(
        "还缺原因,写一句就行。", "The reason is missing; one sentence is enough."
    ),
    "none_chosen": Both(
        "一条也没有选。选好一条就可以先交。", "Nothing is chosen. One is enough to send."
    ),
    "before": Both("第 {round} 轮的答复:{answer}", "Answered in round {round}: {answer}"),
    "not_seen": Both("后来的课上还没看到,请再答一次。", "Not seen in the lesson since: once more."),
    "late": Both("补录的意见,可以不答。", "Filed late: answer if you wish."),
}
