"""What people do, in their own words: acts, verbs, states, answers, and what the log calls done."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["DISPOSITIONS", "DO", "DONE", "STATES", "STEP", "TOLD", "VERBS"]

#: What somebody does, within a sentence about others: 还差：交“活动记录”。
DO: Final[dict[str, Both]] = {
    "file": Both("交“{what}”", "“{what}”"),
    "answer": Both("答复“{what}”的意见", "answers to the points of “{what}”"),
    "verify": Both("说采纳的建议看到了没有", "whether adopted points were seen"),
    "sign": Both("在“{what}”上签字", "a signature on “{what}”"),
    "confirm": Both("确认代录的“{what}”", "confirming “{what}”, typed by another"),
    "merge": Both("合并“{what}”的意见", "merging points of “{what}”"),
    "reveal": Both("公开“{what}”", "showing “{what}”"),
    "open": Both("开一个“{what}”", "a new “{what}”"),
    "waive": Both("特批", "a waiver"),
    "substitute": Both("安排别人来做", "somebody who can do it"),
    "act": Both("做这一步", "doing this step"),
    "decide": Both("决定下一步", "deciding what comes next"),
    "resume": Both("恢复", "resuming"),
    "reopen": Both("重新打开", "reopening"),
    "lifecycle": Both("{what}", "{what}"),
}

#: Lifecycle verbs, as people say them.
VERBS: Final[dict[str, Both]] = {
    "suspend": Both("暂停", "suspend"),
    "resume": Both("恢复", "resume"),
    "cancel": Both("终止", "cancel"),
    "withdraw": Both("撤回", "withdraw"),
    "reopen": Both("重新打开", "reopen"),
    "add": Both("加人", "add somebody"),
    "reassign": Both("换人负责", "reassign"),
    "substitute": Both("请人代", "substitute"),
    "excuse": Both("准假", "excuse"),
    "waive": Both("特批", "waive"),
}

#: The engine's own states; all others have a title in their workflow.
STATES: Final[dict[str, Both]] = {
    "suspended": Both("已暂停", "Suspended"),
    "cancelled": Both("已终止", "Cancelled"),
    "withdrawn": Both("已撤回", "Withdrawn"),
}

#: What an entry of the log says was done; transitions have a title in their workflow.
DONE: Final[dict[str, Both]] = {
    "open": Both("开了这次研讨", "opened the cycle"),
    "file": Both("交了“{record}”", "filed “{record}”"),
    "confirm": Both("确认了代录", "confirmed what another typed"),
    "answer": Both("答复了一条意见", "answered a point"),
    "verify": Both("说了建议见效没有", "said whether a point worked"),
    "merge": Both("合并了意见", "merged points"),
    "reveal": Both("公开了“{record}”", "showed “{record}”"),
    "sign": Both("签了字", "signed"),
    "suspend": Both("暂停了", "suspended it"),
    "resume": Both("恢复了", "resumed it"),
    "cancel": Both("终止了", "cancelled it"),
    "withdraw": Both("撤回了", "withdrew it"),
    "propose_reopen": Both("提议重新打开", "proposed to reopen it"),
    "reopen": Both("重新打开了", "reopened it"),
    "add": Both("加了人", "added somebody"),
    "reassign": Both("换人负责", "reassigned a part"),
    "substitute": Both("请人代", "named a substitute"),
    "excuse": Both("准了假", "excused an absence"),
    "waive": Both("特批了一项", "waived a condition"),
    "erase": Both("删去了个人内容", "erased personal content"),
    "define": Both("定了流程用哪一版", "chose the version of the workflow"),
    "import": Both("导入了名单", "imported a staff list"),
    "back_up": Both("做了一份备份", "took a backup"),
    "undo_import": Both("撤销了导入", "undid an import"),
    "appoint": Both("任命", "appointed"),
    "end_appointment": Both("结束了任命", "ended an appointment"),
    "create_school": Both("建立了学校", "made the school"),
    "add_person": Both("加了一个人", "added a person"),
    "rename_person": Both("改了姓名", "changed a name"),
    "enable": Both("启用了账号", "enabled the account"),
    "disable": Both("停用了账号", "disabled the account"),
    "invite": Both("给了一个登录码", "gave a code to sign in"),
    "let_in_again": Both("重新让人登录", "let somebody in again"),
    "invite_guest": Both("给来宾一个链接", "gave a guest a link"),
    "take_back": Both("收回了登录", "took an access back"),
    "add_group": Both("加了一个教研组", "added a group"),
    "rename_group": Both("改了教研组的名称", "renamed a group"),
    "set_term": Both("定了学期", "set a term"),
    "remove_term": Both("删去了学期", "removed a term"),
    "look": Both("看了", "looked"),
    "note": Both("记了一笔", "noted"),
}

#: The same in a whole sentence, after the name of who did it, where the entry says more.
TOLD: Final[dict[str, Both]] = {
    "answer": Both("答复了一条意见{disposition}", "answered a point{disposition}"),
    "verify": Both(
        "说了一条建议在课上看到没有{outcome}", "said whether a point was seen to work{outcome}"
    ),
    "sign": Both("在“{record}”上签了字", "signed “{record}”"),
    "add": Both("请{taker}来参加，做“{role}”", "asked {taker} to take part as “{role}”"),
    "reassign": Both("把“{role}”从{person}换成{taker}", "gave “{role}” from {person} to {taker}"),
    "substitute": Both(
        "请{taker}在{since}到{until}代{person}做“{role}”",
        "asked {taker} to stand in for {person} as “{role}” from {since} to {until}",
    ),
    "excuse": Both(
        "准了{person}的假，{since}到{until}", "excused {person} from {since} to {until}"
    ),
    "waive": Both("特批了一项：{guard}", "waived: {guard}"),
}

#: The same of a transition, which has a title in its workflow.
STEP: Final = Both("点了“{step}”", "took the step “{step}”")

#: How a point was answered.
DISPOSITIONS: Final[dict[str, Both]] = {
    "adopted": Both("采纳", "adopted"),
    "partly": Both("部分采纳", "partly adopted"),
    "declined": Both("暂不采纳", "declined"),
    "deferred": Both("以后再改", "deferred"),
    "worked": Both("已见效", "worked"),
    "not_yet": Both("未见效", "not yet"),
}
