"""Every fault of a field or parameter in one sentence, and what fields are called."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["FAULTS", "LABELS"]

#: By `FieldFault.code`.
FAULTS: Final[dict[str, Both]] = {
    "required": Both("这一项必须填。", "This is needed."),
    "needs_any": Both("至少填一项：{any_of}。", "Fill in at least one of: {any_of}."),
    "unknown_field": Both(
        "没有这一项；有：{known}。", "There is no such field; there are: {known}."
    ),
    "unknown": Both("没有这一个；有：{known}。", "There is no such thing; there are: {known}."),
    "wrong_type": Both("填写的格式不对。", "This is not of the kind that is wanted."),
    "too_short": Both("不能空着。", "This must not be empty."),
    "too_long": Both("太长了。", "This is too long."),
    "too_small": Both("数太小了。", "This number is too small."),
    "too_large": Both("数太大了。", "This number is too large."),
    "too_many": Both("太多了。", "These are too many."),
    "too_few": Both("还不够。", "These are too few."),
    "rounds_few": Both(
        "最多至少是 2 轮：这个流程是要再来一轮的。", "Two at least: this workflow goes round again."
    ),
    "rounds_many": Both("最多 {most} 轮。", "At most {most} rounds."),
    "rounds_crossed": Both(
        "最多的轮数不能比最少的还少。", "The most cannot be less than the least."
    ),
    "measure_empty": Both("比例和人数，至少选一个。", "Choose a part or a number."),
    "measure_all": Both(
        "选了“全部”，就不用再写人数。", "Where all are asked, leave the number empty."
    ),
    "measure_number": Both("填 1 到 {most} 之间的人数。", "A number of people from 1 to {most}."),
    "not_sound": Both(
        "这样设，流程里有一步就永远走不到了。",
        "With this, a step of the workflow could never be made.",
    ),
    "control_characters": Both(
        "里面有看不见的控制字符，请去掉。", "There are control characters in it; take them out."
    ),
    "not_an_option": Both("请从给出的选项里选。", "Choose one of what is offered."),
    "not_a_number": Both("请写一个整数，例如 2。", "Write a whole number like 2."),
    "not_a_date": Both("日期写成 2026-05-11 这样。", "Write a date like 2026-05-11."),
    "not_a_time": Both("时间写成 08:05 这样。", "Write a time like 08:05."),
    "not_an_address": Both(
        "网址要以 http:// 或 https:// 开头。", "Begin with http:// or https://."
    ),
    "not_a_digest": Both(
        "请先上传文件，再填它的编号。", "Send the file first, then name its digest."
    ),
    "future": Both("日期还没到，不能写将来的事。", "The day has not come yet."),
    "no_such_round": Both("没有这一轮，现在是第 {now} 轮。", "No such round; this is round {now}."),
    "choose": Both("请选人。", "Choose who."),
    "oneself": Both("不能是自己。", "It cannot be oneself."),
    "holds_two": Both(
        "{person}已经担任“{other}”，一人只担任一项。", "{person} is {other} already; one part each."
    ),
    "holds_a_role": Both(
        "这个人在这次研讨里已有职责。", "This person has a part in this cycle already."
    ),
    "not_a_candidate": Both("{person}不能担任这一项。", "{person} cannot take this part."),
    "not_a_participant": Both("不是这次研讨的参加者。", "Not somebody of this cycle."),
    "not_a_holder": Both("这个人不担任这一项。", "This person does not hold this part."),
    "not_on_duty": Both("这个人现在不在岗。", "This person is not on duty."),
    "full": Both("人已经满了（最多 {most} 人）。", "There are enough already (at most {most})."),
    "before_since": Both("结束的日子在开始之前。", "The last day is before the first."),
    "not_to_verify": Both(
        "只有前几轮采纳的建议才要说看到了没有。",
        "Only points adopted in earlier rounds are looked for.",
    ),
    "not_hidden": Both("这项记录本来就是公开的。", "This record is not hidden."),
    "bad_cursor": Both(
        "翻页标记不对，请从第一页开始。", "Not a cursor of ours; begin with the first page."
    ),
    "password_short": Both("密码至少 {least} 个字符。", "At least {least} characters."),
    "password_long": Both("密码最多 {most} 个字符。", "At most {most} characters."),
    "password_common": Both(
        "这个密码太容易猜到，请换一个，比如几个不相干的词连在一起。",
        "This is among the first to be guessed; take another, a few unrelated words for example.",
    ),
    "not_current": Both("这一份已经有新的了。", "There is a newer one of this."),
    "nobody_could": Both("没有人能担任这一项。", "Nobody could take this part."),
    "not_to_confirm": Both("没有要你确认的代录。", "Nothing here waits to be confirmed."),
    "not_to_sign": Both("这项记录不用签字。", "This record is not signed."),
    "unknown_item": Both("没有这一条意见。", "There is no such item."),
    "item_twice": Both("同一条写了两次。", "The same item is there twice."),
    "item_answered": Both(
        "这一条已经有答复，不能删改。", "This item is answered; it stays as it is."
    ),
    "owner_needed": Both("请写明由谁负责。", "Say whose it is."),
    "guest_until": Both(
        "链接从今天起，最长用 {most} 天。", "A link is good from today on, for at most {most} days."
    ),
    "unknown_person": Both("学校里没有这个人。", "Nobody of this school."),
    "unknown_file": Both(
        "没有这个文件，请先上传。", "There is no such file; send it first, then name it."
    ),
    "unknown_cycle": Both("没有这个研讨，或者不能关联它。", "No such cycle, or none to link to."),
    "not_to_merge": Both("这些意见不能合并。", "These points cannot be merged."),
}

#: What fields are called that belong to no form; by the last part of their path.
LABELS: Final[dict[str, Both]] = {
    "reason": Both("原因", "Reason"),
    "new": Both("新密码", "New password"),
    "transition": Both("步骤", "Step"),
    "path": Both("步骤", "Steps"),
    "record": Both("记录", "Record"),
    "fields": Both("内容", "Fields"),
    "for": Both("替谁填", "For whom"),
    "about": Both("关于谁", "About whom"),
    "round": Both("第几轮", "Round"),
    "occurred_on": Both("哪一天的事", "Happened on"),
    "point": Both("意见", "Point"),
    "points": Both("意见", "Points"),
    "disposition": Both("答复", "Answer"),
    "outcome": Both("见效没有", "Outcome"),
    "verb": Both("做什么", "Verb"),
    "role": Both("职责", "Part"),
    "roles": Both("人员", "People"),
    "person": Both("谁", "Person"),
    "to": Both("由谁", "To whom"),
    "since": Both("从哪天", "From"),
    "until": Both("到哪天", "Until"),
    "guard": Both("条件", "Condition"),
    "group": Both("教研组", "Group"),
    "workflow": Both("流程", "Workflow"),
    "subject": Both("课题", "Subject"),
    "commands": Both("要试的步骤", "Commands"),
    "command": Both("要做的事", "Command"),
    "into": Both("并入哪一条", "Into"),
    "filing": Both("哪一份", "Filing"),
    "body": Both("内容", "Body"),
    "limit": Both("每页几条", "Page size"),
    "cursor": Both("翻页标记", "Cursor"),
    "name": Both("名称", "Name"),
}
