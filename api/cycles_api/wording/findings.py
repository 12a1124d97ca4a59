"""What a check of the log can find wrong, each in one sentence."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["FINDINGS"]

#: By the codes of `cycles.ledger.FINDING_CODES`.
FINDINGS: Final[dict[str, Both]] = {
    "unreadable": Both(
        "这一部分读不出来，或者中途断了。", "This part cannot be read, or breaks off."
    ),
    "not_canonical": Both(
        "这一行不是日志的写法，有人动过。", "This line is not written as the log writes: altered."
    ),
    "bad_body": Both("这一行不是一条日志。", "This line is no entry of a log."),
    "wrong_log": Both("这一条属于另一份日志。", "This entry belongs to another log."),
    "gap": Both("编号不连续，中间少了。", "Numbers are missing: entries were taken out."),
    "duplicate_subject": Both("同一个研讨开了两次头。", "The same thing is opened a second time."),
    "chain_broken": Both(
        "与前一条接不上：前一条或这一条被改过。",
        "It does not follow the entry before it: one of the two was altered.",
    ),
    "state_break": Both(
        "起点不是前一条到达的状态。", "It does not start in the state where the last one ended."
    ),
    "time_backwards": Both("时间比前一条还早。", "It claims to be older than the entry before it."),
    "opening_outside_start": Both(
        "研讨不是从流程的第一步开始的。", "The cycle was not opened in its first state."
    ),
    "unknown_definition": Both(
        "所依据的流程版本不在里面。", "The workflow version it was made under is not there."
    ),
    "definition_altered": Both("流程的这一版被改过。", "This workflow version was altered."),
    "definition_without_entry": Both(
        "多出一版流程：没有哪条日志存入过它。", "A workflow version that no entry ever defined."
    ),
    "current_unclear": Both(
        "流程的哪一版从什么时候起用，日志前后说不通。",
        "Which version of a workflow was current when: the entries contradict each other.",
    ),
    "replay_failed": Both(
        "按当时的流程，这一步走不通。", "Under the workflow of its day this step cannot be made."
    ),
    "replay_differs": Both(
        "存着的样子和日志推出来的不一样。", "What is stored is not what the entries give."
    ),
    "bad_payload": Both("一份内容读不出来。", "A content row cannot be read."),
    "payload_mismatch": Both(
        "内容被改过：与日志里的指纹不符。",
        "The content was altered: not what the entry commits to.",
    ),
    "payload_missing": Both("日志有指纹，内容却不见了。", "The content of this entry is missing."),
    "payload_without_entry": Both("多出一份没有日志的内容。", "Content that no entry speaks of."),
    "erased_without_entry": Both(
        "内容被删掉，却没有删除的记录。", "Content was erased, and no entry says so."
    ),
    "withheld_without_cause": Both(
        "说是还不能看而没有给，其实早该能看：有人藏起了它。",
        "It is said to be withheld, and nothing hides it any more: somebody keeps it back.",
    ),
    "erasure_undone": Both(
        "记录说已删除，内容却还在。", "An entry says it is erased, and it is still there."
    ),
    "file_altered": Both("附件被改过。", "An attachment was altered."),
    "file_missing": Both("附件不见了。", "An attachment is missing."),
    "file_without_entry": Both(
        "多出一个附件：没有哪份内容提到它。", "An attachment that no content names."
    ),
    "entry_without_cycle": Both(
        "有日志，却没有这个研讨。", "Entries of a cycle that is not there."
    ),
    "cycle_without_entry": Both("有研讨，却一条日志也没有。", "A cycle without any entry."),
    "head_missing": Both(
        "以前抄下的那一条不见了：结尾被截掉了。",
        "An entry noted earlier is not there: the end was cut off.",
    ),
    "head_differs": Both(
        "与以前抄下的那一条不同：历史被重写过。",
        "Another entry stands where one was noted earlier: history was rewritten.",
    ),
    "truncated": Both("清单里还有后面的，这里没有。", "The manifest knows later entries."),
    "manifest_mismatch": Both("清单与内容不符。", "The manifest does not fit what is there."),
}
