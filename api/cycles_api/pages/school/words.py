"""What the pages of the school say from Python."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["IN_ITS_CELL", "IN_LIST", "PLACES", "POSSIBLE", "SAYS", "TODOS"]

SAYS: Final[dict[str, Both]] = {
    "from": Both("{first} 起", "since {first}"),
    "to_begin": Both("{first} 起，还没开始", "from {first} on, still ahead"),
    "span": Both("{first} 到 {last}", "{first} to {last}"),
    "disabled": Both("已停用", "disabled"),
    "guest": Both("来宾", "guest"),
    "nothing": Both("没有任职", "no appointment"),
    "in": Both("{role}（{group}）", "{role} ({group})"),
    "holiday": Both("{name}：{first} 到 {last} 放假", "{name}: free from {first} to {last}"),
    "holiday_day": Both("{name}：{first} 放假", "{name}: free on {first}"),
    "make_up_day": Both("{name}：{day} 上课", "{name}: school on {day}"),
    "count_people": Both("{count} 人", "People: {count}"),
    "count_groups": Both("{count} 个组", "Groups: {count}"),
    "count_terms": Both("{count} 个学期", "Terms: {count}"),
    "wrong_code": Both(
        "启动码不对，或者已经用过了。重新启动服务，会给一个新的。",
        "This is not the code, or it was used. Start the server again: it gives a new one.",
    ),
    "on_wall": Both("会上投影的话{told}", "On the wall of a meeting: {told}"),
    "share_of": Both("{share} 的人", "{share} of them"),
    "no_share": Both("不按比例", "no part of them"),
    "no_number": Both("不另外限定", "no number"),
    "on_server": Both("在服务器上存入", "stored on the server"),
    "or": Both("或", " or "),
    "last_import": Both(
        "上一次导入：{moment}，新增 {persons} 人、{groups} 个教研组、{appointments} 项任职。",
        "Last import: {moment}; new: {persons} people, {groups} groups, {appointments} "
        "appointments.",
    ),
}

#: What a school needs before its first cycle, in this order: what it is, and what it is good for.
TODOS: Final[dict[str, tuple[Both, Both]]] = {
    "people": (
        Both("导入教师名单", "Import the staff list"),
        Both(
            "谁在哪个教研组、谁是组长。手头的 Excel 就行，粘贴也行。",
            "Who is in which group, and who heads it. The Excel file that you have will do.",
        ),
    ),
    "heads": (
        Both("每个教研组有组长", "Every group has its head"),
        Both("没有组长的组，没有人主持研讨。", "Without one nobody chairs a group's cycles."),
    ),
    "calendar": (
        Both("定好这学期的起止", "Set this term"),
        Both(
            "“几个上学日之内”要按校历来算。",
            "“Within so many school days” is counted by the calendar.",
        ),
    ),
    "password": (
        Both("给自己设一个密码", "Set a password of your own"),
        Both(
            "手机不在身边，也能在电脑上登录。",
            "You come in on any computer, also without your phone.",
        ),
    ),
    "invited": (
        Both("请老师们进来", "Let the teachers in"),
        Both(
            "给每人一张登录码，扫一扫就能用手机登录。",
            "A code for each: scanned with a phone, it signs them in.",
        ),
    ),
    "opened": (
        Both("开第一次研讨", "Open the first cycle"),
        Both("选一节课，请一位执教教师。", "Choose a lesson, and who will teach it."),
    ),
}

#: The pages of the school: title, and what is there.
PLACES: Final[dict[str, tuple[Both, Both]]] = {
    "/school/people": (
        Both("教师", "People"),
        Both("名册、任职、调入和离校", "Who is who, appointments, coming and leaving"),
    ),
    "/school/groups": (
        Both("教研组", "Groups"),
        Both("有哪些组，谁是组长", "Which there are, and who heads them"),
    ),
    "/school/calendar": (
        Both("校历", "Calendar"),
        Both("学期、放假、调休", "Terms, holidays, make-up days"),
    ),
    "/school/workflows": (
        Both("流程", "Workflows"),
        Both("每种研讨怎样走，有图", "How each kind of cycle goes, with its picture"),
    ),
    "/people": (
        Both("请人进来", "Let people in"),
        Both("登录码，可以打印", "Codes to sign in, to be printed"),
    ),
    "/school/check": (
        Both("自检", "Self-check"),
        Both("手机连得上吗，磁盘够不够", "Do phones reach it, is the disk large enough"),
    ),
    "/school/backup": (
        Both("备份", "Backup"),
        Both("一按就下载", "Downloaded at one press"),
    ),
}

#: What a staff list would make, its cells, and the answers to its questions.
IN_LIST: Final[dict[str, Both]] = {
    "persons": Both("新增 {count} 人", "{count} new people"),
    "groups": Both("新建 {count} 个教研组", "{count} new groups"),
    "appointments": Both("{count} 项任职", "{count} appointments"),
    "ended": Both("结束 {count} 项任职", "{count} appointments end"),
    "name": Both("姓名", "Name"),
    "group": Both("教研组", "Group"),
    "staff_no": Both("工号", "Staff number"),
    "head": Both("组长", "Head"),
    "duty": Both("职务", "Duties"),
    "same_person": Both("就是名册里的{name}（{groups}）", "{name} of the directory ({groups})"),
    "same_row": Both("就是第 {row} 行的{name}（{groups}）", "{name} of row {row} ({groups})"),
    "another": Both("是另一位{name}，新增", "another {name}: add"),
}

#: Fault of a row → the cell that it is in.
IN_ITS_CELL: Final = {
    "name_missing": "name",
    "name_unreadable": "name",
    "group_missing": "group",
    "several_groups": "group",
    "group_unreadable": "group",
    "staff_no_twice": "staff_no",
    "head_unclear": "head",
}

#: Fault of a row → what to do about it.
POSSIBLE: Final[dict[str, Both]] = {
    "name_missing": Both("补上姓名。", " Write the name."),
    "name_unreadable": Both(
        "只写姓名本身，不要数字和符号。", " Write the name alone, without digits and signs."
    ),
    "group_missing": Both("补上教研组。", " Write the group."),
    "several_groups": Both(
        "先写一个；另一个组以后在他自己的页上加。",
        " Write one of them; the other is added on the person's own page later.",
    ),
    "group_unreadable": Both("写教研组的名称。", " Write the name of the group."),
    "staff_no_twice": Both("核对工号，或先空着。", " Check it, or leave it empty for now."),
    "head_unclear": Both(
        "写“是”，或空着，或写本组一位组长的姓名。",
        " Write 是 (yes), nothing, or the name of one head of this group.",
    ),
    "bad_answer": Both("请再选一次。", " Choose once more."),
    "depends_on_row": Both("先处理那一行。", " Mend that row first."),
}
