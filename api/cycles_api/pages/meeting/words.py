"""What the pages of a meeting say from Python."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["DONE", "PLACES", "SAY", "SHORT"]

#: Attendance codes in a word that fits beside four others on a phone.
SHORT: Final[dict[str, Both]] = {
    "present": Both("到场", "Here"),
    "teaching": Both("有课", "Class"),
    "duty": Both("公出", "Duty"),
    "sick": Both("病假", "Ill"),
    "personal": Both("事假", "Leave"),
}

#: The steps of a meeting, in order.
PLACES: Final[dict[str, Both]] = {
    "attendance": Both("签到", "Attendance"),
    "first": Both("先听本人说", "Teacher first"),
    "words": Both("各自写", "Everybody writes"),
    "points": Both("一条条看", "One by one"),
    "agreed": Both("商定", "Agree"),
    "closed": Both("结束", "Closed"),
}

DONE: Final[dict[str, Both]] = {
    "roll": Both("签到好了。", "Attendance is taken."),
    "shown": Both("已经公开，墙上一条条看。", "Shown to everybody; the wall goes point by point."),
    "merged": Both("合成一条了。", "They are one now."),
    "closed": Both("评课结束了。", "The meeting is closed."),
    "overtaken": Both(
        "刚才已经有人按过了，现在就是这样，不用再按。",
        "Somebody was a moment quicker: it is done, nothing more to press.",
    ),
    "changed": Both(
        "刚才又有变化，什么都没有丢。请看一眼现在的样子，再按一次。",
        "Something has just changed, nothing was lost. Have a look, then press again.",
    ),
}

SAY: Final[dict[str, Both]] = {
    "no_lesson_day": Both(
        "还不知道哪天上课：先填“{record}”，到了那天再签到。",
        "Nobody has said yet on which day the lesson is: “{record}” comes first.",
    ),
    "lesson_ahead": Both(
        "{day}上课，到了那天再签到。", "The lesson is on {day}; attendance is taken then."
    ),
    "pick_two": Both(
        "先勾上两条以上意思相近的，再点“合成一条”。",
        "Tick two or more that say the same, then make them one.",
    ),
    "colon": Both("{label}：{value}", "{label}: {value}"),
    "and": Both("、", ", "),
    "decide": Both("决定：{ways}", "decide: {ways}"),
    "or": Both(" / ", " / "),
    "by": Both("{day}前", "by {day}"),
    "group": Both("教研组", "Group"),
    "round": Both("轮次", "Round"),
    "held": Both("研讨日期", "Date of the meeting"),
    "entry": Both("第 {seq} 步 · {code}", "entry {seq} · {code}"),
}
