"""The five lamps in words: what each is called, and why it is lit or not."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["LAMP_CODES", "LAMP_NOUNS", "LAMP_STATES", "LAMP_TITLES"]

#: In the order of the plan: 有计划 有总结 有反馈 有整改 有实效.
LAMP_TITLES: Final[dict[str, Both]] = {
    "plan": Both("有计划", "Planned"),
    "summary": Both("有总结", "Summed up"),
    "feedback": Both("有反馈", "Feedback"),
    "rectification": Both("有整改", "Put right"),
    "effect": Both("有实效", "Effect seen"),
}

#: What a lamp is called while it is out.
LAMP_NOUNS: Final[dict[str, Both]] = {
    "plan": Both("计划", "Plan"),
    "summary": Both("总结", "Summary"),
    "feedback": Both("反馈", "Feedback"),
    "rectification": Both("整改", "Changes"),
    "effect": Both("实效", "Effect"),
}

#: A lamp that is out is no reproach: most are, while a cycle runs.
LAMP_STATES: Final[dict[str, Both]] = {
    "lit": Both("有了", "yes"),
    "missing": Both("还没有", "not yet"),
    "none": Both("不用", "not needed"),
}

LAMP_CODES: Final[dict[str, Both]] = {
    "not_asked": Both("这种研讨不用。", "This workflow does not ask for it."),
    "filed": Both("交了{record}。", "Filed: {record}."),
    "not_filed": Both("还没有{record}。", "Not filed yet: {record}."),
    "heard": Both("收到 {count} 份{record}。", "{record}: {count} received."),
    "round_unheard": Both(
        "第 {round} 轮还没有{record}。", "Not filed yet in round {round}: {record}."
    ),
    "feedback_first": Both(
        "等大家的意见公开以后再改。", "It begins once colleagues' words are shown."
    ),
    "points_open": Both("还有 {open} 条意见没有答复。", "Points without an answer: {open}."),
    "nothing_to_put_right": Both("没有提出要改的。", "Nothing was named that needs a change."),
    "not_revised": Both(
        "意见采纳了，还没有改过的{record}。", "Points were adopted; not revised yet: {record}."
    ),
    "answered": Both(
        "{count} 条意见都答复了，采纳 {adopted} 条。",
        "All points are answered: {adopted} of {count} adopted.",
    ),
    "rectification_first": Both("先答复、修改，再看成效。", "Answers and changes come first."),
    "nothing_adopted": Both(
        "没有采纳的意见要看成效。", "No point was adopted, so there is no effect to look for."
    ),
    "not_seen_again": Both("下一轮里才看得到。", "A later round will show it."),
    "not_looked_for": Both(
        "还有 {open} 条没人说看到了没有。", "Points nobody has looked for yet: {open}."
    ),
    "not_yet": Both("看过 {count} 条，还没见效。", "Looked for {count}; no effect was seen yet."),
    "worked": Both("看过 {count} 条，见效 {worked} 条。", "{worked} of {count} were seen to work."),
}
