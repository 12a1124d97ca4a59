"""What pages say from Python: templates have their own words, with gettext."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["ACTIONS", "CODES", "DONE", "INSTEAD", "NOT_A_PAGE", "TELL", "WHOSE"]

#: Attendance codes, and whether something was seen to work.
CODES: Final[dict[str, Both]] = {
    "present": Both("到场", "Present"),
    "teaching": Both("有课", "Teaching"),
    "duty": Both("公出", "On duty elsewhere"),
    "sick": Both("病假", "Ill"),
    "personal": Both("事假", "On leave"),
    "worked": Both("看到了，见效", "Seen, it worked"),
    "not_yet": Both("还没看到", "Not yet"),
}

#: What a button says, by the first part of what there is to do.
ACTIONS: Final[dict[str, Both]] = {
    "file": Both("交“{what}”", "File “{what}”"),
    "answer": Both("交答复", "Send the answers"),
    "verify": Both("交", "Send"),
    "confirm": Both("没问题，确认", "It is right: confirm"),
    "sign": Both("签字", "Sign"),
    "reveal": Both("公开“{what}”", "Show “{what}” to everybody"),
    "resume": Both("恢复研讨", "Resume"),
    "open": Both("开始这次研讨", "Open it"),
    "reopen": Both("确认重新打开", "Confirm: reopen it"),
}

#: What is said after something was done.
DONE: Final[dict[str, Both]] = {
    "file": Both("交好了。", "Filed."),
    "open": Both("开好了。", "It is open."),
    "answer": Both("答复好了。", "Answered."),
    "verify": Both("记下了。", "Noted."),
    "confirm": Both("已确认。", "Confirmed."),
    "sign": Both("已签字。", "Signed."),
    "reveal": Both("已公开。", "Everybody can read it now."),
    "advance": Both("好了，往下走了一步。", "Done: it has moved on."),
    "turn": Both("好了。", "Done."),
    "waive": Both("已特批。", "Waived."),
    "staff": Both("改好了。", "Settled."),
    "shut_out": Both("链接已停用。", "The link is no longer good."),
    "together": Both("好了，都往下走了一步。", "Done: they have moved on."),
    "moved": Both("改期了。", "It has another day."),
    "password": Both("密码设好了。", "The password is set."),
    "device": Both("那台设备已退出。", "That device is signed out."),
    "signed_out": Both("已退出。", "You are signed out."),
    "kept": Both("已保存。", "Saved."),
    "added": Both("已加上。", "Added."),
    "left": Both("已办好。任职到那天为止。", "Done: what they hold ends on that day."),
    "removed": Both("已删去。", "Removed."),
    "imported": Both("名单导入好了。", "The staff list is imported."),
    "undone": Both("已撤销上一次导入。", "The last import is undone."),
}

TELL: Final[dict[str, Both]] = {
    "round": Both("第 {round} 轮", "Round {round}"),
    "then_auto": Both("交齐后自动进入“{state}”。", "Once all is in, it moves on to “{state}”."),
    "later": Both("然后还要满足：{what}。", "After that: {what}."),
    "or_others": Both("{who}做也可以，有一位做了就行。", "{who} may do it as well; one is enough."),
    "then": Both("做完就可以“{ways}”。", "Then this is possible: {ways}."),
    "then_waits": Both("{who}在等：做完就可以“{ways}”。", "{who} can then go on: {ways}."),
    "erased": Both("（内容已删去）", "(its content was erased)"),
    "untitled": Both("（没有题目）", "(without a title)"),
    "for": Both("{typed_by}代{person}录入", "typed by {typed_by} for {person}"),
    "typed_for": Both("代{who}录入", "typed for {who}"),
    "late": Both("补录", "filed late"),
    "waived": Both("有特批", "with a waiver"),
    "one_is_enough": Both("填一项就可以：{titles}。", "One of these is enough: {titles}."),
    "yes": Both("是", "Yes"),
}

#: What is possible instead, where the refusal itself does not say it; by the error's code.
INSTEAD: Final[dict[str, Both]] = {
    "not-found": Both(
        "你参加的都在“全部研讨”里。想看别人的，请主持人请你参加。",
        "Those that you take part in are under “All cycles”. To see another, ask its chair to "
        "have you in.",
    ),
    "not-allowed": Both(
        "由谁来做，写在这次研讨的“往下走”和“参加的人”里。",
        "Whose it is stands on the cycle's page, under “Going on” and “Who takes part”.",
    ),
    "wrong-state": Both(
        "它可能刚往下走了一步。现在能做什么，写在这次研讨里。",
        "It may just have moved on. What can be done now stands on the cycle's page.",
    ),
}

#: Whose a page is, by how its address begins, for whoever opens somebody else's.
WHOSE: Final[dict[str, Both]] = {
    "/desk": Both(
        "督查台给督学·教研员、副组长和组长（校长）看。",
        "The desk is for auditors, deputies and the head of the school.",
    ),
    "/board": Both(
        "看板给教研组长、副组长和组长（校长）用。",
        "The board is for heads of groups, deputies and the head of the school.",
    ),
    "/plan": Both(
        "计划对照给教研组长、副组长、组长（校长）和督学看。",
        "The plan is for heads of groups, deputies, the head of the school and auditors.",
    ),
    "/people": Both(
        "登录码找你的教研组长、副组长、组长（校长）或管理员要。",
        "Codes to sign in by are given by your group head, the deputy, the head of the school or "
        "the administrator.",
    ),
    "/school": Both(
        "这一页由组长（校长）或管理员来管。",
        "This page is for the head of the school or the administrator.",
    ),
}

#: Refusals that belong to pages alone: title, and what to do.
NOT_A_PAGE: Final[dict[str, tuple[Both, Both]]] = {
    "foreign": (
        Both("请再交一次", "Please send it again"),
        Both(
            "这一页放得太久，或者是从别处打开的。什么都没有改变。请返回上一页，刷新后再交。",
            "This page is too old, or was opened from elsewhere. Nothing was changed. Go back, "
            "load the page again and send it once more.",
        ),
    ),
    "outside": (
        Both("请在校内网络使用", "Use it inside the school"),
        Both(
            "这个地址没有加密，只在学校内网里用。请连上学校的网络，或请信息老师开通 https。",
            "This address is not encrypted and is for the school's own network. Join that "
            "network, or ask whoever runs this for https.",
        ),
    ),
    "takes-forms": (
        Both("这个网址只收表格", "This address takes forms"),
        Both(
            "刷新或收藏的是一个交表的网址。交了的已经交了；要做的事，从下面进去。",
            "What was loaded again, or kept, is where a form is sent to. What was sent is sent; "
            "what there is to do, you find below.",
        ),
    ),
    "no-page": (
        Both("没有这一页", "There is no such page"),
        Both(
            "网址可能打错了，或者这一页不是给你看的。从“我的下一步”可以找到你要做的事。",
            "The address may be mistyped, or the page is not for you. What you have to do is "
            "under “My next steps”.",
        ),
    ),
}
