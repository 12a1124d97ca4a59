"""Where a workflow has a meeting: which of its records are said there, and in which order.

Nothing in a file says "meeting": it is where people's own words, hidden until somebody shows
them or merged by somebody, have to be in before a transition may fire.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cycles.workflow.definition import Filed, Transition, Workflow
from cycles.workflow.version import Version, every_guard

__all__ = ["Meeting", "meeting_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """The meeting of a workflow.

    Attributes:
        words: The record that everybody files, with the points that are talked about.
        close: The transition that ends the meeting.
        talks: The states that it leaves.
        states: All states in which the meeting may be going on, those before the talk included.
        attendance: The record and field that say who is there; `None` if nothing does.
        first: What the person concerned says before the others are heard; `None` if nothing.
        agreed: What is written down at the end; `None` if nothing has to be.
        names: Whether its wall and record of activity say who said what.
    """

    words: str
    close: str
    talks: frozenset[str]
    states: frozenset[str]
    attendance: tuple[str, str] | None = None
    first: str | None = None
    agreed: str | None = None
    names: bool = False


@lru_cache(maxsize=500)
def meeting_of(version: Version) -> Meeting | None:
    """The meeting of a workflow; `None` where its people's words need none."""
    for name, way in version.workflow.transitions.items():
        words = next((r.record for r in _asked(way) if _is_talked_about(version, r)), None)
        if words is not None and not way.side:
            return _meeting(version, name, way, words)
    return None


def _meeting(version: Version, close: str, way: Transition, words: str) -> Meeting:
    talks, concerned = frozenset(way.from_), version.about_role(words)
    before = [w for w in _leading_to(version.workflow, talks) if w.round != "next"]
    first = None
    for each in before:
        asked = (rule.record for rule in _asked(each))
        own = (r for r in asked if concerned in version.workflow.records[r].by)
        first = first or next(own, None)
    attendance = next(((record, field) for record, field, _ in version.attendance_fields), None)
    others = (rule.record for rule in _asked(way) if rule.by is None)
    agreed = next((r for r in others if r != words and r not in version.attendance_of), None)
    states = talks | (version.file_in[attendance[0]] if attendance else frozenset())
    if first is not None:
        states |= version.file_in[first]
    return Meeting(
        words=words,
        close=close,
        talks=talks,
        states=states,
        attendance=attendance,
        first=first,
        agreed=agreed,
        names=version.workflow.records[words].wall_names,
    )


def _is_talked_about(version: Version, rule: Filed) -> bool:
    kind = version.workflow.records[rule.record]
    led = kind.merge is not None or (kind.reveal is not None and kind.reveal.by is not None)
    return led and rule.record in version.point_fields


def _asked(way: Transition) -> Iterator[Filed]:
    return (guard.filed for guard in every_guard(way.guards) if guard.filed is not None)


def _leading_to(workflow: Workflow, states: frozenset[str]) -> Iterator[Transition]:
    return (w for w in workflow.transitions.values() if w.to in states and not w.side)
