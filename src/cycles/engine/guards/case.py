"""What a guard is given, and the verdicts it may answer with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cycles.engine.people import People
from cycles.engine.verdicts import Remedy, Verdict
from cycles.workflow.definition import Transition

__all__ = ["Case", "met", "needing", "substituting", "unmet"]


@dataclass(frozen=True, slots=True)
class Case:
    """What a guard looks at: the people and the cycle, its transition, and who would act."""

    people: People
    transition: Transition
    actor: str | None = None


def met(name: str, kind: str, data: dict[str, Any] | None = None) -> Verdict:
    """A verdict of a guard that lets pass."""
    return Verdict(guard=name, kind=kind, met=True, data=data or {})


def unmet(name: str, kind: str, code: str, data: dict[str, Any], **rest: Any) -> Verdict:
    """A verdict of a guard that blocks; `rest` says how it ends."""
    return Verdict(guard=name, kind=kind, met=False, code=code, data=data, **rest)


def substituting(people: People) -> Remedy:
    """The deputy, or who decides above, finds somebody where nobody is left to do it."""
    return Remedy(do="substitute", who=people.acting(("school.deputy",)), mode="any_of")


def needing(
    case: Case, name: str, kind: str, do: str, who: tuple[str, ...], needed: int,
    items: tuple[str, ...],
) -> Verdict:  # fmt: skip
    """Unmet until one of `who` does it; the deputy finds somebody where nobody is on duty."""
    people = case.people
    on_duty, absent = people.on_duty(who), people.absent()
    able = tuple(p for p in on_duty if p not in absent) or on_duty
    remedy = substituting(people)
    if able:
        remedy = Remedy(do=do, who=able, mode="any_of", needed=needed, items=items)
    data = {"do": do, "needed": needed}
    return unmet(name, kind, "missing", data, remedies=(remedy,))
