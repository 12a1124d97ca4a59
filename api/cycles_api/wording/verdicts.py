"""Every verdict of a guard in one sentence: what is still missing, in a teacher's words."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["ANOTHER_ROUND", "GUARDS", "VERDICTS", "WAIVED"]

WAIVED: Final = Both("已特批。", "Waived.")

#: By `code`, or by `kind.code` where a kind of guard says it in its own way.
VERDICTS: Final[dict[str, Both]] = {
    "met": Both("已满足。", "Met."),
    "missing": Both("还差：{do}。", "Still missing: {do}."),
    "changed.missing": Both(
        "还差：{do}，要和上次不一样。", "Still missing: {do}, with a real change."
    ),
    "distinct.missing": Both(
        "和前面几轮重复了，要换一个：{do}。",
        "The same as in an earlier round; another is needed: {do}.",
    ),
    "field.missing": Both("内容还不合要求：{do}。", "What stands there does not fit yet: {do}."),
    "quorum_missing": Both(
        "还差：“{record}”已交 {have} 份，要 {need} 份。",
        "Still missing: {have} of the {need} that are needed of “{record}” are in.",
    ),
    "too_few": Both(
        "人手不够：“{record}”要 {need} 份，能交的只有 {of} 人。",
        "Too few people: “{record}” needs {need}, only {of} can file it.",
    ),
    "another_first": Both("先要满足：{after}。", "This comes first: {after}."),
    "not_yet_known": Both("先要有“{after}”。", "“{after}” is needed first."),
    "points_open": Both(
        "还差：{open} 条意见没有答复。", "Still missing: answers to {open} points."
    ),
    "not_looked_for": Both(
        "还差：{open} 条采纳的建议，要有人说看到没有。",
        "Still missing: {open} adopted points that nobody has looked for yet.",
    ),
    "round_max": Both(
        "最多 {max} 轮，已经是最后一轮。", "This is the last of at most {max} rounds."
    ),
    "round_min": Both(
        "至少要 {min} 轮，现在是第 {now} 轮。", "At least {min} rounds; this is round {now}."
    ),
    "date_ahead": Both("要等到 {date}。", "Not before {date}."),
    "same_person": Both(
        "这一步由“{role}”以外的人来做。",
        "“{role}” cannot do this step; somebody else does.",
    ),
    "nobody_separate": Both(
        "除了“{role}”，没有人能做这一步；请先安排人。",
        "Nobody but “{role}” could do this step; somebody has to be found first.",
    ),
    "waits_for_cycles": Both(
        "要等关联的研讨先完成（已有 {have} 个）。", "Waits for linked cycles ({have} are there)."
    ),
    "field_differs": Both("“{field}”不合这一步的要求。", "“{field}” does not allow this step."),
    "unsigned": Both("还差：{missing} 人没有签字。", "Still missing: {missing} signatures."),
    "none_met": Both("几个条件里要满足一个：{branches}。", "One of these is needed: {branches}."),
    "none_possible": Both("这一步走不了了。", "This way is closed."),
    "must_not": Both("现在的情况不允许走这一步。", "As things stand, this way is closed."),
    "guard_error": Both(
        "这个条件查不了，先按没满足算；请告诉管理员。",
        "This condition could not be checked and counts as unmet; tell the administrator.",
    ),
}

#: What a guard looks at, by its kind, within a sentence.
GUARDS: Final[dict[str, Both]] = {
    "filed": Both("交了“{record}”", "“{record}”"),
    "answered": Both("“{record}”的意见都有答复", "answers to “{record}”"),
    "verified": Both("采纳的建议有人看过", "adopted points were looked for"),
    "changed": Both("“{record}”有修改", "a change of “{record}”"),
    "rounds": Both("轮数够了", "enough rounds"),
    "distinct": Both("“{field}”和前面几轮不同", "another “{field}” than in earlier rounds"),
    "not_before": Both("到了“{field}”那一天", "the day of “{field}”"),
    "separate": Both("由“{role}”以外的人来做", "somebody other than “{role}”"),
    "linked": Both("关联的研讨", "linked cycles"),
    "field": Both("“{field}”合要求", "“{field}” as it should be"),
    "consent": Both("“{record}”有签字", "signatures on “{record}”"),
    "any": Both("几个条件里的一个", "one of several conditions"),
    "not": Both("另一个条件", "another condition"),
}

#: What `round: next` looks at, met: there may be one more.
ANOTHER_ROUND: Final = Both("还可以再来一轮", "one more round is possible")
