"""Every code of the import of a staff list in one sentence."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["STAFF"]

#: By the codes of `cycles.school.STAFF_LIST_CODES`.
STAFF: Final[dict[str, Both]] = {
    "empty": Both("文件是空的。", "The file is empty."),
    "too-large": Both(
        "文件太大，请去掉图片和别的工作表。", "Too large: take out pictures and other sheets."
    ),
    "too-many-rows": Both("行数太多，请分几次导入。", "Too many rows: send the list in parts."),
    "too-many-cells": Both(
        "表格太散，请把名单复制到新文件。", "Cells lie too far apart: use a new file."
    ),
    "unknown-kind": Both("只读 .xlsx、.xls 和 .csv。", "Only .xlsx, .xls and .csv are read."),
    "not-what-it-says": Both(
        "内容与文件名不符，请另存一次。", "The content is not what the name says."
    ),
    "encrypted": Both(
        "文件有密码，请去掉密码再存。", "The file has a password; save it without one."
    ),
    "zip-bomb": Both(
        "文件展开后太大，请复制到新文件。", "It unpacks to far too much: use a new file."
    ),
    "nul": Both(
        "文件里有空字节，请另存为 .csv。", "The text holds NUL bytes; save it again as .csv."
    ),
    "encoding": Both("文字编码读不了，请另存为“CSV UTF-8”。", "Save it as “CSV UTF-8”."),
    "broken": Both("文件坏了，请打开另存一次。", "The file is damaged; open it and save it again."),
    "no-header": Both("前 20 行没有“姓名”和“教研组”两列。", "No row has both 姓名 and 教研组."),
    "no-rows": Both("表头下面没有人。", "Nobody stands below the header."),
    "new": Both("新增", "new"),
    "known": Both("已有", "known already"),
    "moved": Both("换了教研组", "moves to this group"),
    "asks": Both("要先回答一个问题", "asks something first"),
    "fault": Both("这一行不能导入", "cannot be taken"),
    "skipped": Both("跳过", "skipped"),
    "same_name": Both("有同名的人，是哪一位？", "Somebody has the same name: who is it?"),
    "two_heads": Both(
        "这个组会有不止一位组长，是这样吗？", "The group would have two heads: is that meant?"
    ),
    "same:<id>": Both("就是这一位", "it is this one"),
    "head": Both("一起当组长", "head, beside the others"),
    "instead": Both("接替原来的组长", "head, instead of the present one"),
    "member": Both("不当组长", "not head"),
    "name_missing": Both("有教研组，没有姓名。", "A group but no name."),
    "name_unreadable": Both("姓名读不出来。", "The name cannot be read."),
    "group_missing": Both("有姓名，没有教研组。", "A name but no group."),
    "several_groups": Both("写了不止一个教研组。", "The cell names several groups."),
    "group_unreadable": Both("教研组读不出来。", "The group cannot be read."),
    "staff_no_twice": Both("这个工号别人已经在用。", "Somebody else has this staff number."),
    "head_unclear": Both("“组长”一列看不明白。", "The head column is not clear."),
    "bad_answer": Both("这个回答不在可选的里面。", "This is none of the possible answers."),
    "depends_on_row": Both("所指的那一行没有导入。", "The row it points to is not imported."),
    "blank": Both("空行", "blank"),
    "total": Both("合计行", "a total"),
    "footnote": Both("备注", "a remark"),
    "repeated_header": Both("重复的表头", "the header once more"),
    "made_head": Both("任教研组长", "becomes head of the group"),
    "group_added": Both("增加一个教研组", "gets this group besides"),
    "duplicate_row": Both("与上面的行重复", "the same as a row above"),
    "disabled": Both("账号已停用，不会自动启用", "the account is disabled and stays so"),
    "id-card": Both("身份证号从不保存。", "Identity numbers are never stored."),
    "phone": Both("电话等联系方式从不保存。", "Telephone numbers are never stored."),
    "not-needed": Both("用不着", "not needed"),
    "second-column": Both("左边已有同样的一列", "another such column stands further left"),
    "running-number": Both("只是序号", "it only counts the rows"),
    "in_use": Both(
        "导入后已经用过或改过，不能撤销。", "Used or changed since; it cannot be undone."
    ),
}
