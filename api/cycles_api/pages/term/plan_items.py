"""What a school's plan for teaching research names, and the workflows that stand for each.

After the plan of a primary school for a year (校本教研计划), in its own words and order. A workflow
that is named nowhere here stands on the page all the same, after these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cycles_api.wording.language import Both

__all__ = ["ITEMS", "Item"]


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence of the plan, and the keys of its workflows; those not defined yet stand by."""

    sentence: Both
    workflows: tuple[str, ...]


ITEMS: Final = (
    Item(
        Both(
            "深化“一个课例多次研讨”：每个教师围绕自己确定的主题上一节汇报课，课前说课，课后说反思。",
            "One lesson studied several times: each teacher gives a report lesson on a theme of "
            "their own, explains it before and reflects on it after.",
        ),
        ("lesson-study", "collaborative-lesson-research"),
    ),
    Item(
        Both(
            "加强听课：推门听课、跟踪听课、检查性听课，掌握第一手材料。",
            "Leaders visit lessons: unannounced, in a series, or to inspect.",
        ),
        ("classroom-visit",),
    ),
    Item(
        Both(
            "安排骨干教师上示范课、研讨课。",
            "Experienced teachers give demonstration lessons.",
        ),
        ("demonstration-lesson", "demo-lesson"),
    ),
    Item(
        Both(
            "“走出去”：外出学习的教师写学习汇报，对全员教师进行培训。",
            "Those who went out to study report on it and train all the others.",
        ),
        ("study-trip",),
    ),
    Item(
        Both(
            "“请进来”：专家、名师专题讲座，临床会诊，现场诊断。",
            "Experts come in: lectures, and diagnosis on the spot.",
        ),
        ("expert-visit", "clinic"),
    ),
    Item(
        Both(
            "对常态课堂教学进行检查，做好各项检查记录。",
            "Everyday teaching is checked, and the checks are recorded.",
        ),
        ("routine-check", "rectification"),
    ),
    Item(
        Both(
            "以教研组为单位，案例、经验、论文、教育教学日记交流。",
            "Groups share cases, experience, papers and diaries.",
        ),
        ("exchange",),
    ),
    Item(
        Both(
            "教师基本功、教学设计、课堂教学、论文案例、课后反思、课件评比。",
            "Contests in skills, design, teaching, papers, reflections and courseware.",
        ),
        ("contest",),
    ),
    Item(
        Both(
            "评选优秀教案、反思、案例、心得体会，编辑成册。",
            "The best plans, reflections and cases are chosen and made a book.",
        ),
        ("publication",),
    ),
    Item(
        Both(
            "发挥网络平台作用，与外校教师虚拟教研。",
            "Research with teachers of other schools over the net.",
        ),
        ("net-research",),
    ),
    Item(
        Both(
            "完善各项制度，制定相应的奖惩制度。",
            "Regulations are completed, those on incentives with them.",
        ),
        ("regulation", "incentive"),
    ),
)
