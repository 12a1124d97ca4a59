"""The cycles of the demo school: one in every state, each with something worth a look."""

from __future__ import annotations

from typing import Any

from cycles.engine.commands import Turn, Waive
from cycles_api.demo.stage import Stage

__all__ = ["play"]

_LESSON = "lesson-study"
_NOTES = [
    {"at": "09:42", "text": "第三小组先剪后拼，两人说出“拼得越细越像长方形”"},
    {"at": "09:51", "text": "后排四人没有动手，等同桌的结果"},
]


def play(stage: Stage) -> dict[str, str]:
    """Play all stories, oldest first; what each is called → its cycle's id."""
    return {
        "finished": _three_rounds(stage),
        "typed": _from_a_paper_notebook(stage),
        "late": _a_late_entry(stage),
        "waived": _a_waiver(stage),
        "visit": _a_visit(stage),
        "research": _with_an_expert(stage),
        "suspended": _suspended(stage),
        "blocked": _blocked(stage),
        "tomorrow": _tomorrow(stage),
        "preparing": _preparing(stage),
        "explaining": _explaining(stage),
        "proposed": _proposed(stage),
    }


def _maths(stage: Stage, teacher: str, lesson: str, grade: str) -> str:
    subject = {"lesson": lesson, "grade": grade, "discipline": "数学"}
    return stage.open("song", _LESSON, "maths", {"teacher": [teacher]}, **subject)


def _chinese(stage: Stage, teacher: str, lesson: str, grade: str) -> str:
    subject = {"lesson": lesson, "grade": grade, "discipline": "语文"}
    return stage.open("qian", _LESSON, "chinese", {"teacher": [teacher]}, **subject)


def _prepared(
    stage: Stage, day: int, cycle: str, teacher: str, chair: str, others: list[str], theme: str
) -> None:
    """From the proposal to the final plan, over a week of school days."""
    stage.file(
        teacher, cycle, "proposal", theme=theme, why="前测里近一半学生只会套公式，说不出道理"
    )
    stage.at(day + 1, "12:20")
    stage.do(chair, cycle, "approve")
    stage.at(day + 2, "15:40")
    stage.file(
        teacher,
        cycle,
        "explanation",
        points="课标要求经历探究过程；学情：已会数方格；教法：先猜后验",
    )
    for number, member in enumerate([chair, *others]):
        stage.at(day + 3, f"16:{10 + number * 12}")
        notes = ["给足动手时间", "问题再开放一些", "板书只留关键的三步", "练习放一道生活题"]
        stage.file(member, cycle, "preparation_note", note=notes[number % 4])
    stage.at(day + 4, "20:30")
    stage.file(teacher, cycle, "lesson_plan", text=f"《{theme}》教案第一版：猜想、验证、归纳、应用")
    stage.at(day + 5, "08:05")
    stage.do(chair, cycle, "finish_preparing")


def _taught(
    stage: Stage, day: int, cycle: str, teacher: str, chair: str, others: list[str], class_: str
) -> None:
    """A lesson with everybody present, observed and reflected on."""
    stage.at(day, "08:15")
    stage.file(chair, cycle, "session", date=stage.day(day), period=2, **{"class": class_})
    stage.at(day, "10:25")
    stage.present(chair, cycle, chair, *others)
    for member in [chair, *others]:
        stage.at(day, "11:30")
        stage.file(member, cycle, "observation", notes=_NOTES)
    stage.at(day, "13:10")
    stage.file(teacher, cycle, "reflection", text="动手环节比预想多用了八分钟，小结仓促")


def _evaluated(
    stage: Stage, day: int, cycle: str, chair: str, present: list[str], *, looked: bool = False
) -> None:
    """The meeting: three ones of everybody present, minutes, closed.

    `looked` where the lesson was taught again: was it seen what was adopted before?
    """
    said = [
        ("情境来自学生的照片", "小结由老师说完了", "让学生自己说发现"),
        ("追问让学生说理", "动手时有人旁观", "每人手里有一份材料"),
        ("板书清楚", "小结太快，学生没跟上", "留三分钟给质疑"),
    ]
    for number, member in enumerate(present):
        strength, weakness, hope = said[number % 3]
        stage.at(day, f"15:{20 + 2 * number}")
        seen = stage.adopted(member, cycle) if looked else {}
        stage.file(
            member,
            cycle,
            "three_ones",
            strength=strength,
            weakness=[weakness],
            hope=[hope],
            seen=seen,
        )
    stage.at(day, "15:40")
    stage.file(chair, cycle, "minutes", agreed="小结交给学生；材料一人一份；下次看质疑环节")
    stage.do(chair, cycle, "finish_evaluating")


def _three_rounds(stage: Stage) -> str:
    """Finished: taught, studied at the desk, taught again; an absence, a declined suggestion."""
    stage.at(-62, "16:30")
    cycle = _maths(stage, "liu", "圆的面积", "六年级")
    _prepared(stage, -62, cycle, "liu", "song", ["ma", "he"], "在操作中理解转化")
    stage.at(-55, "08:15")
    session: dict[str, Any] = {
        "date": stage.day(-54),
        "period": 2,
        "class": "六(1)班",
        "place": "录播教室",
    }
    stage.file("song", cycle, "session", **session)
    stage.at(-54, "10:30")
    stage.present("song", cycle, "song", "ma", he="sick")
    stage.file("ma", cycle, "observation", notes=_NOTES)
    stage.file("song", cycle, "observation", on_paper=True)
    stage.at(-54, "13:05")
    stage.file("liu", cycle, "reflection", text="原想让学生自己想到“化曲为直”，实际是我说出来的")
    _evaluated(stage, -54, cycle, "song", ["song", "ma"])
    stage.at(-52, "20:10")
    declined = ("declined", "教具室只有二十份学具，分组更稳妥；下学期采购后再试")
    stage.answer("liu", cycle, ("adopted", None), ("adopted", None), declined)
    stage.file(
        "liu",
        cycle,
        "lesson_plan",
        text="《圆的面积》教案第二版：学生先画再剪，小结由学生说",
        changes="依据“小结由老师说完了”，把小结改为学生互说",
    )
    stage.at(-51, "12:15")
    stage.do("song", cycle, "study_again")
    stage.at(-49, "15:00")
    stage.present("song", cycle, "song", "ma", "he")
    _evaluated(stage, -49, cycle, "song", ["song", "ma", "he"])
    stage.at(-47, "21:00")
    later = ("deferred", "先看第二次上课的效果")
    stage.answer("liu", cycle, ("adopted", None), ("partly", "时间只够一半小组"), later)
    stage.file("liu", cycle, "lesson_plan", text="教案第三版：质疑环节固定三分钟，材料一人一份")
    stage.at(-46, "08:00")
    stage.do("song", cycle, "teach_again")
    _taught(stage, -44, cycle, "liu", "song", ["ma", "he"], "六(3)班")
    _evaluated(stage, -44, cycle, "song", ["song", "ma", "he"], looked=True)
    stage.at(-42, "20:40")
    stage.answer("liu", cycle, ("adopted", None))
    stage.file("liu", cycle, "lesson_plan", text="教案定稿：保留质疑三分钟，练习减为两道")
    stage.at(-41, "12:10")
    stage.do("song", cycle, "finish")
    stage.at(-38, "19:30")
    stage.file("liu", cycle, "written_reflection", text="三次下来，最大的变化是我敢停下来等学生")
    stage.at(-36, "09:20")
    stage.do("zheng", cycle, "archive")
    return cycle


def _from_a_paper_notebook(stage: Stage) -> str:
    """Typed from paper by the chair (代录); those it was typed for are asked to confirm."""
    stage.at(-33, "16:20")
    cycle = _maths(stage, "he", "平行四边形的面积", "五年级")
    _prepared(stage, -33, cycle, "he", "song", ["liu", "ma"], "从数方格到割补")
    for number, class_ in enumerate(["五(1)班", "五(2)班"]):
        day = -26 + 6 * number
        _taught(stage, day, cycle, "he", "song", ["liu", "ma"], class_)
        stage.at(day, "16:40")
        for member in ["song", "liu", "ma"]:
            stage.file(
                "song",
                cycle,
                "three_ones",
                for_=None if member == "song" else member,
                occurred_on=None if member == "song" else stage.day(day),
                strength="割补的道理讲得清",
                weakness=["个别学生没有剪开就量"],
                hope=["多留一次独立操作"],
                seen=stage.adopted("song", cycle),
            )
        stage.file("song", cycle, "minutes", agreed="下次每人独立操作一次再交流")
        stage.do("song", cycle, "finish_evaluating")
        stage.at(day + 2, "20:15")
        stage.answer("he", cycle, ("adopted", None))
        stage.file("he", cycle, "lesson_plan", text=f"教案第{'二三'[number]}版：独立操作一次")
        stage.at(day + 3, "08:10")
        stage.do("song", cycle, ["teach_again", "finish"][number])
    return cycle


def _a_late_entry(stage: Stage) -> str:
    """A colleague's words came after the evaluation had closed (补录): taken, labelled, shown."""
    stage.at(-21, "16:00")
    cycle = _maths(stage, "ma", "长方体的表面积", "五年级")
    _prepared(stage, -21, cycle, "ma", "song", ["liu", "he"], "展开与折叠")
    _taught(stage, -15, cycle, "ma", "song", ["liu", "he"], "五(4)班")
    _evaluated(stage, -15, cycle, "song", ["song", "liu"])
    stage.at(-12, "07:50")
    stage.file(
        "he",
        cycle,
        "three_ones",
        occurred_on=stage.day(-15),
        strength="学具盒能反复展开",
        weakness=["缺少一个没有盖的例子"],
        hope=["补一道鱼缸题"],
    )
    stage.at(-10, "20:30")
    stage.answer("ma", cycle, ("adopted", None), ("adopted", None), ("deferred", "先看作业"))
    return cycle


def _a_waiver(stage: Stage) -> str:
    """The same class twice, waived by the deputy (特批) with the reason in the log."""
    stage.at(-24, "16:10")
    cycle = _chinese(stage, "chen", "草船借箭", "五年级")
    _prepared(stage, -24, cycle, "chen", "qian", ["zhou"], "读懂“神机妙算”")
    _taught(stage, -18, cycle, "chen", "qian", ["zhou"], "五(5)班")
    _evaluated(stage, -18, cycle, "qian", ["qian", "zhou"])
    stage.at(-16, "21:00")
    stage.answer("chen", cycle, ("adopted", None))
    stage.file("chen", cycle, "lesson_plan", text="教案第二版：用表格理清人物与计策")
    stage.at(-15, "08:00")
    stage.do("qian", cycle, "teach_again")
    stage.at(-7, "08:20")
    session: dict[str, Any] = {"date": stage.day(-7), "period": 3, "class": "五(5)班"}
    stage.file("qian", cycle, "session", **session)
    stage.present("qian", cycle, "qian", "zhou")
    stage.file("qian", cycle, "observation", on_paper=True)
    stage.file("zhou", cycle, "observation", notes=_NOTES)
    stage.at(-6, "09:00")
    reason = "其他班本周秋游，改期会错过区里的听课安排"
    stage.send("zheng", cycle, Waive(guard="distinct", reason=reason))
    return cycle


def _a_visit(stage: Stage) -> str:
    """An unannounced visit with something to improve, acknowledged within the day."""
    stage.at(-9, "08:00")
    cycle = stage.open(
        "zheng",
        "classroom-visit",
        "chinese",
        {"teacher": ["chen"]},
        kind="unannounced",
        goal="看课堂常规与学生参与",
    )
    stage.at(-9, "09:40")
    visited: dict[str, Any] = {"date": stage.day(-9), "period": 1, "class": "五(5)班"}
    stage.file("zheng", cycle, "visit_note", notes=_NOTES, **visited)
    stage.at(-9, "16:30")
    stage.file(
        "zheng",
        cycle,
        "feedback",
        strengths="课前准备充分，学生读书声响亮",
        issues=[{"issue": "提问集中在前两排", "advice": "用号码条抽问"}],
    )
    stage.at(-8, "07:45")
    stage.file("chen", cycle, "acknowledgement", read=True, remark="这周就用号码条")
    return cycle


def _with_an_expert(stage: Stage) -> str:
    """Collaborative lesson research, waiting for the outside expert to read the proposal."""
    stage.at(-11, "15:00")
    cycle = stage.open(
        "song",
        "collaborative-lesson-research",
        "maths",
        {"teacher": ["ma"], "expert": ["shen"]},
        lesson="分数的初步认识",
        grade="三年级",
        discipline="数学",
    )
    return cycle


def _suspended(stage: Stage) -> str:
    """Paused while the teacher is away."""
    stage.at(-13, "16:00")
    cycle = _chinese(stage, "zhou", "落花生", "五年级")
    stage.file("zhou", cycle, "proposal", theme="借物喻人", why="学生容易只记住结论")
    stage.at(-12, "10:00")
    stage.do("qian", cycle, "approve")
    stage.at(-11, "11:00")
    stage.send("qian", cycle, Turn(verb="suspend", reason="周老师外出培训两周"))
    return cycle


def _blocked(stage: Stage) -> str:
    """The evaluation cannot be closed: words of one colleague and the minutes are missing."""
    stage.at(-10, "16:10")
    cycle = _maths(stage, "liu", "百分数的意义", "六年级")
    _prepared(stage, -10, cycle, "liu", "song", ["ma", "he"], "从生活里的百分数说起")
    _taught(stage, -3, cycle, "liu", "song", ["ma", "he"], "六(2)班")
    stage.at(-3, "15:30")
    stage.file(
        "song",
        cycle,
        "three_ones",
        strength="素材贴近学生",
        weakness=["百分号写法没有强调"],
        hope=["让学生自己举例"],
    )
    return cycle


def _tomorrow(stage: Stage) -> str:
    """The lesson is tomorrow: nobody owes anything today."""
    stage.at(-8, "16:00")
    cycle = _maths(stage, "ma", "小数乘整数", "五年级")
    _prepared(stage, -8, cycle, "ma", "song", ["liu", "he"], "算理与算法")
    stage.at(-1, "12:30")
    session: dict[str, Any] = {"date": stage.day(1), "period": 3, "class": "五(3)班"}
    stage.file("song", cycle, "session", **session)
    return cycle


def _preparing(stage: Stage) -> str:
    """Prepared together: one note is in, others and the plan are due this week."""
    stage.at(-4, "16:00")
    cycle = _maths(stage, "he", "扇形的认识", "六年级")
    stage.file("he", cycle, "proposal", theme="从圆到扇形", why="学生常把扇形当三角形")
    stage.at(-3, "12:00")
    stage.do("song", cycle, "approve")
    stage.at(-2, "15:30")
    stage.file("he", cycle, "explanation", points="学情：已认识圆；教法：折扇引入")
    stage.at(-1, "16:20")
    stage.file("ma", cycle, "preparation_note", note="用三把张角不同的折扇对比")
    return cycle


def _explaining(stage: Stage) -> str:
    """Approved; the teacher explains next."""
    stage.at(-3, "16:40")
    cycle = _chinese(stage, "zhou", "圆明园的毁灭", "五年级")
    stage.file("zhou", cycle, "proposal", theme="对比中的情感", why="资料多，学生读不进文本")
    stage.at(-2, "09:30")
    stage.do("qian", cycle, "approve")
    return cycle


def _proposed(stage: Stage) -> str:
    """Proposed yesterday, not yet approved."""
    stage.at(-1, "16:50")
    cycle = _chinese(stage, "chen", "搭石", "五年级")
    stage.file("chen", cycle, "proposal", theme="平凡中的美", why="学生觉得这篇“没什么可讲”")
    return cycle
