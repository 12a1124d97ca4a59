"""Where a cycle stands, on its page: its way, its people, whom and what it waits for."""

from __future__ import annotations

from collections.abc import Iterator

from cycles.engine.verdicts import Verdict
from cycles_api.pages.told.contexts import Place
from cycles_api.pages.told.cycle import CycleTold
from cycles_api.pages.told.values import parts

__all__ = ["about", "others", "people", "places", "waits"]


def about(told: CycleTold) -> Iterator[tuple[str, str]]:
    """What it is about beside its title: the workflow, the group, the subject."""
    yield told.workflow.title.in_language(told.language), ""
    group = told.view.groups.get(told.line.group)
    if group is not None:
        yield group.name, ""
    for part in parts(told, told.workflow.subject, told.found.subject or {}):
        if part.lines != (told.title,):
            yield part.label, " ".join(part.lines)


def people(told: CycleTold) -> Iterator[tuple[str, str]]:
    """Who takes part, by role; those that nobody fills are left out."""
    for role, held in told.found.participants.items():
        if held:
            yield told.speaker.role(role), "、".join(told.view.name(p) for p in held)


def places(told: CycleTold) -> tuple[Place, ...]:
    """The states in the order of the file; those before the present one as past."""
    names = list(told.workflow.states)
    now = told.line.state if told.line.state in names else told.found.held
    at = names.index(now) if now in names else len(names)
    return tuple(
        Place(
            title=told.speaker.state(name),
            at="here" if i == at else "past" if i < at else "ahead",
        )
        for i, name in enumerate(names)
    )


def waits(told: CycleTold) -> Iterator[str]:
    """Days and cycles it waits for."""
    for until in told.found.waiting.until:
        code = Verdict(
            guard="", kind="not_before", met=False, code="date_ahead", data={"date": until}
        )
        yield told.speaker.verdict(code)


def others(told: CycleTold) -> Iterator[tuple[str, str]]:
    """Who else has a next step, and which."""
    by_do: dict[str, list[str]] = {}
    for task in told.found.tasks:
        if task.person != told.actor.person:
            by_do.setdefault(task.do, []).append(task.person)
    for do, people in by_do.items():
        yield told.speaker.people(people), told.speaker.do(do)
