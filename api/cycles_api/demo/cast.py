"""Who plays: two groups, those above them, an inspector, an outside expert. All invented."""

from __future__ import annotations

from typing import Final

__all__ = ["EXPERT", "GROUPS", "PEOPLE", "SCHOOL"]

SCHOOL: Final = ("demo", "育新小学（演示）", "demo.cycles.example")
GROUPS: Final = {"maths": "数学教研组", "chinese": "语文教研组"}
#: Key → name, role, group.
PEOPLE: Final[dict[str, tuple[str, str, str | None]]] = {
    "wu": ("吴若兰", "head", None),
    "zheng": ("郑立群", "deputy", None),
    "song": ("宋明远", "group_head", "maths"),
    "liu": ("刘思雨", "teacher", "maths"),
    "ma": ("马晓东", "teacher", "maths"),
    "he": ("何静怡", "teacher", "maths"),
    "qian": ("钱慧", "group_head", "chinese"),
    "zhou": ("周子墨", "teacher", "chinese"),
    "chen": ("陈可", "teacher", "chinese"),
    "du": ("杜衡", "auditor", None),
}
EXPERT: Final = ("shen", "沈教授（外请）")
