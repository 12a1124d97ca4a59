"""Every error code: a short title, and what it means and what to do, in both languages."""

from __future__ import annotations

from typing import Final, NamedTuple

from cycles_api.wording.language import Both

__all__ = ["CALENDAR", "CONFLICTS", "ERRORS", "IDEMPOTENCY", "Explained"]


class Explained(NamedTuple):
    """An error's title, and its meaning with the way out."""

    title: Both
    meaning: Both


def _said(zh: str, en: str, zh_meaning: str, en_meaning: str) -> Explained:
    return Explained(Both(zh, en), Both(zh_meaning, en_meaning))


#: By the stable `code` of the errors in `cycles.errors` and `cycles_api.errors`.
ERRORS: Final[dict[str, Explained]] = {
    "error": _said("没有做成", "Not done", "没有做成，什么都没有改变。", "Nothing was changed."),
    "refused": _said(
        "没有做成", "Refused", "没有做成，什么都没有改变。", "Refused; nothing was changed."
    ),
    "workflow-file": _said(
        "流程文件有问题",
        "The workflow file has faults",
        "流程文件里有问题，每一处都写明了行和列；改好后再试。",
        "The workflow file is not sound; each fault is told with its line and column. "
        "Mend them and try again.",
    ),
    "not-canonical": _said(
        "内容无法记录",
        "Cannot be recorded",
        "发来的内容里有日志不能记录的字符或数字，请去掉后再发。",
        "What was sent holds characters or numbers that the log cannot record; take them out.",
    ),
    "ledger": _said(
        "日志读写出错",
        "The log cannot be used so",
        "日志不能这样读或写，什么都没有改变。请告诉管理员。",
        "The log cannot be read or written so; nothing was changed. Please tell the administrator.",
    ),
    "replay": _said(
        "日志前后不一致",
        "The log does not replay",
        "日志里有一条记录与它前面的对不上。请告诉管理员，并运行 cycles verify。",
        "An entry does not follow from those before it. Tell the administrator; run cycles verify.",
    ),
    "staff-list": _said(
        "名单读不了",
        "The staff list cannot be read",
        "这份教师名单读不了，什么都没有导入。",
        "The staff list cannot be read; nothing was imported.",
    ),
    "calendar": _said(
        "日期有矛盾",
        "The dates contradict each other",
        "学期、节假日或任职的日期互相矛盾，改好后再试。",
        "Dates of terms, holidays or appointments contradict each other; mend them and try again.",
    ),
    "settings": _said(
        "设置有误",
        "The settings cannot work",
        "程序的设置不能用，请告诉管理员。",
        "The settings cannot work; tell the administrator.",
    ),
    "store": _said(
        "数据库出错",
        "The database failed",
        "数据库没能完成，什么都没有改变，请稍后再试。",
        "The database could not do it; nothing was changed. Try again later.",
    ),
    "store-unavailable": _said(
        "暂时存不了",
        "Cannot be stored now",
        "现在存不了，什么都没有改变。请过一会儿再试一次。",
        "It cannot be stored now; nothing was changed. Please try again in a moment.",
    ),
    "backup": _said(
        "备份没有做成",
        "The backup was not made",
        "备份没有写成，或者没有恢复，什么都没有改变。",
        "The backup was not written or not brought back; nothing was changed.",
    ),
    "schema-mismatch": _said(
        "数据库现在用不了",
        "The database cannot be used so",
        "数据库和程序的版本不一样，请管理员先升级。",
        "The database is of another version of the programme; the administrator has to upgrade it.",
    ),
    "not-found": _said(
        "没有找到",
        "Not found",
        "没有这一项，或者你看不到它。",
        "There is no such thing, or none that you may see.",
    ),
    "not-allowed": _said(
        "要由别人来做", "Others do this", "这件事不由你来做。", "This is not yours to do."
    ),
    "wrong-state": _said(
        "现在还不能做",
        "Not in this step",
        "现在这一步不能做这件事。",
        "This cannot be done in this step.",
    ),
    "blocked": _said(
        "还差一些",
        "Something is still missing",
        "还差一些，暂时不能往下走。",
        "Something is still missing before this can go on.",
    ),
    "invalid": _said(
        "填写有误",
        "Some fields are wrong",
        "有些内容填得不对，改好后再交。什么都没有改变。",
        "Some fields are wrong; mend them and send again. Nothing was changed.",
    ),
    "stale-revision": _said(
        "刚才有人改过",
        "It has moved on",
        "你打开之后，别人已经改过。请刷新，看过新的内容再做。",
        "Somebody changed it since you read it. Read it again, then decide.",
    ),
    "precondition-missing": _said(
        "要先说明看到的版本",
        "If-Match is needed",
        "这一步要带上 If-Match,写明你看到的是第几版（GET 的 ETag）。",
        "This change needs If-Match with the revision that you saw (the ETag of the GET).",
    ),
    "idempotency": _said(
        "重复提交的标记有误",
        "The Idempotency-Key does not fit",
        "每次修改都要带一个新的 Idempotency-Key。",
        "Each change needs an Idempotency-Key of its own.",
    ),
    "conflict": _said(
        "与已有的矛盾",
        "It contradicts what is there",
        "与已有的内容矛盾，什么都没有改变。",
        "It contradicts what is there; nothing was changed.",
    ),
    "sign-in": _said(
        "登录没有成功",
        "Not signed in",
        "工号（或姓名）和密码对不上。忘了密码，请教研组长在手机上给你看一个二维码。",
        "Account and password do not go together. If you forgot yours, ask your group head for "
        "a code.",
    ),
    "invitation": _said(
        "这个码不能用",
        "This code is good for nothing",
        "这个码或链接不对、已经用过、停用或者过期了。请找教研组长，或者请你来的人，要一个新的。",
        "This code or link is wrong, used, ended or too old. Ask your group head, or whoever asked "
        "you to come, for a new one.",
    ),
    "throttled": _said(
        "请稍等再试",
        "Try again in a while",
        "试错的次数太多，请过 {wait_s} 秒再试。也可以请教研组长给你看一个二维码。",
        "Too many attempts failed: try again in {wait_s} seconds, or ask your group head for a "
        "code.",
    ),
    "too-large": _said(
        "太大了",
        "Too large",
        "内容太大，最多 {limit}。请分开交，或压缩后再交。",
        "Too large: at most {limit} are taken. Send it in parts, or make it smaller.",
    ),
    "unauthenticated": _said(
        "请先登录",
        "Who are you?",
        "需要有效的访问令牌：Authorization: Bearer …。令牌可能已过期或已收回。",
        "A valid token is needed: Authorization: Bearer …. Yours may have expired or been revoked.",
    ),
    "malformed": _said(
        "读不懂发来的内容",
        "What was sent cannot be read",
        "发来的内容不是正确的 JSON(UTF-8)。",
        "The body is not JSON in UTF-8.",
    ),
    "bad-header": _said(
        "请求头有误",
        "A header cannot be read",
        "请求头 {header} 的写法不对，应当像 {like}。",
        "The header {header} cannot be read; it looks like {like}.",
    ),
    "bad-parameter": _said(
        "网址里的参数有误",
        "A parameter is wrong",
        "网址里的参数不对：{parameters}。",
        "Wrong in the address: {parameters}.",
    ),
    "bad-request": _said(
        "请求有误", "The request cannot be read", "这个请求读不懂。", "The request cannot be read."
    ),
    "kind-not-taken": _said(
        "这种文件收不了",
        "This kind of file is not taken",
        "收 Word、PDF、Excel、PPT 文件，jpg、png 图片和 mp4 视频。请另存为其中一种再交；"
        "苹果手机的照片（heic）截一张图就是 png。",
        "Word, PDF, Excel and PowerPoint files, jpg and png pictures and mp4 videos are taken. "
        "Save it as one of these; of an iPhone's photo (heic), a screenshot is a png.",
    ),
    "not-what-it-says": _said(
        "文件内容与名称不符",
        "The file is not what it says",
        "文件的名称是 {says}，内容却不是。请打开文件，另存为正确的格式再交。",
        "The name says {says}, the content is something else. Save it in the right format.",
    ),
    "no-such-path": _said(
        "没有这个网址",
        "No such address",
        "没有这个网址；全部网址见 /api/v1/openapi.json。",
        "There is nothing at this address; /api/v1/openapi.json lists all.",
    ),
    "method-not-allowed": _said(
        "这个网址不能这样用",
        "Not with this method",
        "这个网址不接受这种方法；可以用：{allowed}。",
        "This address does not take that method; possible: {allowed}.",
    ),
    "unsupported-media-type": _said(
        "格式不支持",
        "This kind of content is not taken",
        "请用 {wanted} 格式发送。",
        "Send it as {wanted}.",
    ),
    "internal": _said(
        "程序出错了",
        "Something went wrong here",
        "程序出了错，什么都没有改变。请把编号 {request_id} 告诉管理员。",
        "The programme failed; nothing was changed. Please tell the administrator {request_id}.",
    ),
}

#: `IdempotencyError.data["reason"]`.
IDEMPOTENCY: Final = {
    "missing": Both(
        "每次修改都要带请求头 Idempotency-Key(自己定，每次不同，例如 UUID)。",
        "Each change needs the header Idempotency-Key: your own, new each time, a UUID say.",
    ),
    "malformed": Both(
        "Idempotency-Key 要是 1 到 128 个可见的英文字符。",
        "An Idempotency-Key is 1 to 128 visible ASCII characters.",
    ),
    "reused": Both(
        "这个 Idempotency-Key 已经用在别的内容上，请换一个。",
        "This Idempotency-Key was used with another request; take a new one.",
    ),
}

#: `CalendarError.reason`.
CALENDAR: Final = {
    "out-of-range": Both(
        "日期太远了，请填近一些的。", "No calendar reaches that far; take a nearer date."
    ),
    "no-zone": Both("时间要带时区。", "An instant needs its time zone."),
    "ends-before-it-starts": Both(
        "“{name}”结束的日子在开始之前。", "{name} ends before it starts."
    ),
    "too-long": Both("“{name}”太长了，请核对年份。", "{name} is too long; check the years."),
    "duplicate-term": Both("有两个相同的学期，留一个。", "Two terms have one id; keep one."),
    "make-up-day-in-holiday": Both(
        "{day} 既是放假又是调休上课，去掉一个。",
        "{day} is both a holiday and a make-up day; take one of them out.",
    ),
    "one-unit": Both("期限只能用一种单位。", "A due date counts in one unit."),
    "terms-overlap": Both("两个学期的日期重叠了。", "Two terms overlap; move one of the days."),
    "unknown-zone": Both("没有时区“{zone}”，例如 Asia/Shanghai。", "No time zone {zone}."),
    "duplicate": Both("同一项出现了两次，留一个。", "The same thing is there twice; keep one."),
    "unknown-role": Both("没有这种职务。", "There is no such appointment."),
    "appointment-ends-before-it-starts": Both(
        "任职结束的日子在开始之前。", "The appointment ends before it starts."
    ),
    "group-missing": Both("教师和教研组长要写明教研组。", "Name the group of this appointment."),
    "group-not-allowed": Both("这个职务不属于教研组。", "This appointment belongs to no group."),
    "unknown-person": Both("任职写的人不在名册里。", "The person is not in the directory."),
    "unknown-group": Both("任职写的教研组不存在。", "The group is not in the directory."),
}

#: What a conflict is about and the way out, by its `reason`.
CONFLICTS: Final[dict[str, Both]] = {
    "is_head": Both(
        "这是校长的账号，请先任命另一位校长。", "They head the school; appoint another first."
    ),
    "no_head": Both(
        "从 {from} 起学校就没有校长了，请先任命另一位。",
        "From {from} on the school would have no head; appoint another first.",
    ),
    "is_guest": Both(
        "来宾不担任职务；请先把他加为本校人员。",
        "A guest is appointed to nothing; add the person as one of the school.",
    ),
    "is_disabled": Both("账号已停用，请先启用。", "The account is disabled; enable it first."),
    "is_appointed": Both(
        "这段时间里已经担任这一职务，请先结束那一次任命。",
        "They hold this role within these days already; end that appointment first.",
    ),
    "comes_by_link": Both(
        "来宾用链接进来，请在研讨里邀请。", "A guest comes by a link; invite them to a cycle."
    ),
    "not_a_guest": Both(
        "这是本校的人，请给一个登录码。", "One of the school; give them a code instead."
    ),
    "guest_name": Both(
        "已经有人叫这个名字。请过的来宾请从名单里选；是另一位，就在名字后面写上单位。",
        "Somebody goes by this name. A guest who was here before is in the list; for somebody "
        "else, add where they come from.",
    ),
    "same_name": Both("已经有同名的了，请换一个。", "There is one of this name; choose another."),
    "same_person": Both(
        "已经有同名的人了。就是同一个人的话，不用再加；真是两个人，请给两个人都写上不同的工号。",
        "There is somebody of this name. If it is the same person, there is nothing to add; if "
        "there are two, give each a staff number of their own.",
    ),
    "version_changed": Both(
        "刚才已经有人改过这个流程的设置，请看看现在的再改。",
        "Somebody has changed the settings of this workflow since; look at them first.",
    ),
    "none": Both("没有可以撤销的导入。", "There is no import to undo."),
    "several_schools": Both(
        "这里不止一所学校，一份备份会带走别校的数据；请信息老师在服务器上运行 cycles backup。",
        "Other schools are kept here, too, and a backup would hold theirs; `cycles backup` on the "
        "server makes one.",
    ),
    "in_use": Both(
        "导入的内容里有 {count} 项已经用上或改过；请改为结束任命或停用账号。",
        "{count} of the things imported are in use or were changed; end the appointments or "
        "disable the people instead.",
    ),
}
