"""The page of all parts, for whoever changes the style and for tests; there in the demo alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from cycles_api.errors import NoSuchPathError
from cycles_api.pages.frame.rendering import HERE, rendered
from cycles_api.pages.frame.visiting import Visiting
from cycles_api.pages.frame.words import CODES
from cycles_api.pages.specimen.contexts import SpecimenPage
from cycles_api.pages.told.contexts import (
    Action,
    Card,
    Check,
    Filed,
    Line,
    Part,
    Place,
    PointRow,
    Way,
)
from cycles_api.pages.told.fields import Choice, Widget
from cycles_api.pages.told.fields import Line as Row
from cycles_api.settings import Settings
from cycles_api.wording import Language
from cycles_api.wording.acts import DISPOSITIONS
from cycles_api.wording.language import Both

__all__ = ["SPECIMEN_ROUTES"]

_SAID: Final[dict[str, Both]] = {
    "lesson": Both("圆的面积", "The area of a circle"),
    "maths": Both("数学教研组", "Mathematics group"),
    "step": Both("请交“教案”。", "Please file “Lesson plan”."),
    "due": Both("该做了：交“三个一”。", "It is time to file “Three ones”."),
    "answer": Both("请答复大家的意见。", "Please answer what colleagues said."),
    "decide": Both("请决定怎样往下走。", "Please decide how it goes on."),
    "where": Both("评课 · 第 1 轮", "Evaluate · Round 1"),
    "then": Both("宋明远在等：做完就可以“结束评课”。", "宋明远 can then close the evaluation."),
    "prompt": Both("一句话就够", "One sentence is enough"),
    "fault": Both("“主题”还没有填。", "“Theme” is not filled in."),
    "send": Both("交上去", "Send"),
    "text": Both("先剪再拼，再看边和高", "Cut first, then look at side and height"),
    "met": Both("交了“签到”", "“Attendance” is in"),
    "unmet": Both("还差：“三个一”已交 1 份，要 2 份。", "1 of the 2 “Three ones” needed are in."),
    "remedy": Both("何静怡、马晓东：交“三个一”。", "何静怡, 马晓东: file “Three ones”."),
    "again": Both("再上一次", "Teach again"),
    "finish": Both("结束", "Finish"),
    "observe": Both("上课·听课", "Teach and observe"),
    "evaluate": Both("评课", "Evaluate"),
    "revise": Both("修改", "Revise"),
    "weakness": Both("一点不足", "One weakness"),
    "when": Both("11月13日（周五）15:43", "Friday 13 November, 15:43"),
    "typed": Both("宋明远代何静怡录入", "typed by 宋明远 for 何静怡"),
}
#: Every kind of field that `parts.html` draws.
_KINDS: Final[dict[str, Both]] = {
    "line": Both("一行字", "One line"),
    "text": Both("一段话", "Some sentences"),
    "timed_notes": Both("实录", "Timed notes"),
    "number": Both("第几节", "Period"),
    "date": Both("日期", "Date"),
    "time": Both("时间", "Time"),
    "person": Both("执教教师", "Teacher"),
    "choice": Both("怎么上", "How"),
    "people": Both("请谁", "Whom"),
    "yes_no": Both("记在我的纸质听课本里", "In my paper notebook"),
    "attendance": Both("到场情况", "Who is present"),
    "points": Both("一点不足", "One weakness"),
    "file": Both("教案文件", "Plan as a file"),
    "link": Both("链接", "Link"),
}
_NAMES: Final = ("何静怡", "马晓东", "宋明远")


@get("/parts", sync_to_thread=True)
def parts(
    visit: Visiting,
    settings: NamedDependency[SkipValidation[Settings]],
) -> Response[str]:
    """All parts on one page."""
    if not settings.demo:
        raise NoSuchPathError
    return rendered(visit.language, specimen(visit.language), visit.around)


def specimen(language: Language) -> SpecimenPage:
    """Every part with something in it."""
    said = {name: both.in_language(language) for name, both in _SAID.items()}
    style = (HERE / "static" / "cycles.css").read_text(encoding="utf-8")
    return SpecimenPage(
        tokens=tuple(dict.fromkeys(re.findall(r"--([a-z-]+): #[0-9a-f]{3,6};", style))),
        cards=tuple(_cards(said, language)),
        faults=(said["fault"],),
        places=tuple(
            Place(title=said[title], at=at)
            for title, at in (("observe", "past"), ("evaluate", "here"), ("revise", "ahead"))
        ),
        ways=(_way(said, allowed=False), _way(said, allowed=True)),
        records=tuple(_filed(said)),
        lines=(_line(said, ended=False), _line(said, ended=True)),
        chips=_NAMES,
    )


def _cards(said: dict[str, str], language: Language) -> list[Card]:
    widgets = tuple(_widget(kind, said, language) for kind in _KINDS)
    faulty = Widget(
        name="f.faulty",
        kind="text",
        label=said["lesson"],
        required=True,
        prompt=said["prompt"],
        fault=said["fault"],
    )
    answers = tuple(
        Choice(value=d, label=both.in_language(language)) for d, both in DISPOSITIONS.items()
    )
    asked = PointRow(
        id="1", text=said["text"], kind=said["weakness"], raised=_NAMES[0], choices=answers
    )
    points = (asked, replace(asked, id="2", same=(said["text"],), fault=said["fault"]))
    deciding = (_way(said, allowed=True), _way(said, allowed=True, name="finish", reason=True))
    to = "/parts"
    return [
        _card("1", said["step"], said, Action(kind="file", to=to, label=said["send"],
              hint=said["prompt"], widgets=(faulty, *widgets), uploads=True)),
        _card("2", said["due"], said, Action(kind="press", to=to, label=said["send"]), due=True),
        _card("3", said["answer"], said, Action(kind="answer", to=to, label=said["send"],
              points=points)),
        _card("4", said["decide"], said, Action(kind="decide", to=to, ways=deciding)),
        _card("5", said["step"], said, Action(kind="look", to=to)),
    ]  # fmt: skip


def _card(
    id_: str, sentence: str, said: dict[str, str], action: Action, *, due: bool = False
) -> Card:
    return Card(
        id=f"card-{id_}",
        sentence=sentence,
        lesson=said["lesson"],
        where=said["where"],
        cycle="/parts",
        then=said["then"],
        due=due,
        action=action,
    )


def _widget(kind: str, said: dict[str, str], language: Language) -> Widget:
    people = tuple(Choice(value=n, label=n, chosen=n == _NAMES[0]) for n in _NAMES)
    codes = ("present", "teaching", "duty", "sick", "personal")
    seats = tuple(
        Choice(value=c, label=CODES[c].in_language(language), chosen=c == "present") for c in codes
    )
    rows = {
        "attendance": tuple(Row(name=f"f.seat.{n}", label=n, choices=seats) for n in _NAMES),
        "points": (Row(name="f.points.0", text=said["text"]),),
    }
    return Widget(
        name=f"f.{kind}",
        kind=kind,
        label=_KINDS[kind].in_language(language),
        text=said["text"] if kind in ("line", "text") else "",
        most="12" if kind == "number" else "",
        least="1" if kind == "number" else "",
        choices=people if kind in ("person", "choice", "people") else (),
        lines=rows.get(kind, ()),
        spare=(Row(name="f.points.1"),) if kind == "points" else (),
    )


def _way(said: dict[str, str], *, allowed: bool, name: str = "again", reason: bool = False) -> Way:
    checks = (
        Check(met=True, said=said["met"]),
        *(() if allowed else (Check(met=False, said=said["unmet"], remedies=(said["remedy"],)),)),
    )
    return Way(
        name=name if allowed else "blocked",
        title=said[name],
        to=said["observe"],
        allowed=allowed,
        may=True,
        reason=reason,
        auto=False,
        side=False,
        checks=checks,
    )


def _filed(said: dict[str, str]) -> list[Filed]:
    content = (Part(label=said["weakness"], lines=(said["text"],)),)
    common = {"title": said["evaluate"], "who": _NAMES[0], "when": said["when"], "parts": content}
    return [
        Filed(id="a", **common),  # type: ignore[arg-type]
        Filed(id="b", late=True, claimed=said["when"], old=True, **common),  # type: ignore[arg-type]
        Filed(id="c", beside="/parts", typed=said["typed"], unconfirmed=True, **common),  # type: ignore[arg-type]
    ]


def _line(said: dict[str, str], *, ended: bool) -> Line:
    return Line(
        to="/parts",
        title=said["lesson"],
        where=said["where"],
        group=said["maths"],
        since=said["when"],
        ended=ended,
    )


SPECIMEN_ROUTES = (parts,)
