"""What the pages about feedback points say from Python."""

from __future__ import annotations

from typing import Final

from cycles_api.wording.language import Both

__all__ = ["SAY"]

SAY: Final[dict[str, Both]] = {
    "reason_needed": Both(
        "还缺原因，写一句就行。", "The reason is missing; one sentence is enough."
    ),
    "none_chosen": Both(
        "一条也没有选。选好一条就可以先交。", "Nothing is chosen. One is enough to send."
    ),
    "before": Both("第 {round} 轮的答复：{answer}", "Answered in round {round}: {answer}"),
    "not_seen": Both(
        "后来的课上还没看到，请再答一次。", "Not seen in the lesson since: once more."
    ),
    "late": Both("补录的意见，可以不答。", "Filed late: answer if you wish."),
    "answers_of": Both("替{who}录入答复", "Answers of {who}, typed by you"),
    # the life of a suggestion
    "raised": Both("{who}提出", "{who} raised it"),
    "merged": Both("{who}和相近的意见并成一条", "{who} made it one with like ones"),
    "answered": Both("{who}答复：{answer}", "{who} answered: {answer}"),
    "answered_hidden": Both("{who}答复了", "{who} answered"),
    "revised": Both("写进第 {number} 版“{record}”", "It went into version {number} of “{record}”"),
    "worked": Both("{who}看到了，见效", "{who} saw it: it worked"),
    "not_yet": Both("{who}还没看到", "{who} has not seen it yet"),
    "looked": Both("{who}说了看到没有", "{who} said whether it was seen"),
    "compare": Both("和上一版对照", "beside the version before"),
    "its_record": Both("原话", "what was filed"),
    "waits_answer": Both("等{who}答复", "{who} is to answer"),
    "waits_again": Both("等{who}再答一次", "{who} is to answer once more"),
    "waits_version": Both("等新的一版“{record}”", "A new version of “{record}” is to come"),
    "waits_look": Both("下次上课时看", "To be looked for in the next lesson"),
    "never_looked": Both("后来没有再看", "It was not looked for later"),
    # versions
    "version": Both("第 {number} 版", "Version {number}"),
    "the_same_file": Both("两版是同一份文件。", "Both versions are the same file."),
    "not_word": Both(
        "这种文件不能在这里对照，请下载看。只有 .docx 可以。",
        "This kind of file cannot be compared here; download it. Only .docx can.",
    ),
    "unreadable": Both(
        "读不出文件里的文字，请下载看。", "The words of the file cannot be read; download it."
    ),
    "long": Both(
        "文件很长，只对照了前面的部分。", "It is very long: only the first part is compared."
    ),
    "erased": Both("这一版的内容已删去。", "The content of this version was erased."),
    # where it stands
    "open": Both("待答复", "to be answered"),
    "again": Both("再答一次", "asked again"),
    "left": Both("没有答复", "not answered"),
}
