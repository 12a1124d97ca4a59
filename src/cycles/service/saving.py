"""What a decision leaves in the tables: its entry and payload, the cycle, people, links, tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from cycles.engine.cycle import Cycle
from cycles.engine.lifecycle import has_ended
from cycles.engine.people import People
from cycles.engine.verdicts import Task
from cycles.ledger import instant_text
from cycles.service.core import links_matter
from cycles.store import CycleRow, LinkRow, OutboxRow, TaskRow, Work, cycle_to_bytes
from cycles.workflow.version import Version

__all__ = [
    "TASKS",
    "links_of",
    "moved_people",
    "people_of",
    "queue_cycles",
    "row_after",
    "save_links",
    "save_tasks",
    "task_of_row",
    "values_after",
]

#: Outbox topic: work out the tasks of the cycle of this id anew.
TASKS = "tasks"


def row_after(school_id: str, people: People, head: bytes, opened_at: str) -> CycleRow:
    """The cycle's row after its last entry, whose leaf is `head`."""
    changed_at = instant_text(people.around.now)
    values = values_after(people.version, people.cycle, head, opened_at, changed_at)
    return CycleRow(school_id=school_id, **values)


def values_after(
    version: Version, cycle: Cycle, head: bytes, opened_at: str, changed_at: str
) -> dict[str, Any]:
    """What stands in the row of a cycle after its last entry, of that leaf and instant."""
    return {
        "id": cycle.id,
        "subj": f"cycle:{cycle.id}",
        "revision": cycle.revision,
        "state": cycle.state,
        "head": head,
        "workflow": version.key,
        "version": version.digest,
        "group": cycle.group,
        "round": cycle.round,
        "opened_at": opened_at,
        "changed_at": changed_at,
        "entered_at": instant_text(cycle.visit.at),
        "ended": has_ended(version, cycle),
        "snapshot": cycle_to_bytes(cycle),
    }


def people_of(cycle: Cycle) -> list[tuple[str, str]]:
    """(role, person) of everybody in the cycle: holders, stand-ins, and who opened it."""
    found = {(role, person) for role, held in cycle.roles.items() for person in held}
    found |= {(s.role, s.to) for s in cycle.substitutions}
    found.add(("opener", cycle.opener))
    return sorted(found)


def moved_people(before: Cycle, after: Cycle) -> list[tuple[str, str]] | None:
    """`people_of` the cycle as it has become; `None` where they are those of before."""
    if before.roles is after.roles and before.substitutions is after.substitutions:
        return None  # most commands leave these very values
    people = people_of(after)
    return people if people != people_of(before) else None


def save_tasks(work: Work, cycle_id: str, tasks: Iterable[Task]) -> None:
    """The cycle's tasks, instead of those before."""
    rows = [
        TaskRow(
            school_id=work.school_id,
            cycle=cycle_id,
            person=task.person,
            do=task.do,
            from_date=task.since.isoformat() if task.since else "",
            until_date=task.until.isoformat() if task.until else None,
            due_at=instant_text(task.due) if task.due else None,
            details=msgspec.json.encode(task).decode(),
        )
        for task in tasks
    ]
    work.replace_tasks(cycle_id, rows)


def task_of_row(row: TaskRow) -> Task:
    """The engine's task that a row keeps."""
    return msgspec.json.decode(row.details, type=Task)


def save_links(work: Work, version: Version, cycle: Cycle, before: Iterable[LinkRow]) -> set[str]:
    """The cycles that this one names: by its subject and by its filings that stand.

    Args:
        work: The transaction.
        version: The cycle's version.
        cycle: The cycle as it has become.
        before: The links from it and to it, as they are stored.

    Returns:
        The ids of all cycles linked with it, before or now.
    """
    others = {end for row in before for end in (row.from_cycle, row.to_cycle)} - {cycle.id}
    if not links_matter(version):
        return others
    named = links_of(version, cycle)
    there = {(row.name, row.to_cycle) for row in before if row.from_cycle == cycle.id}
    for name, other in there - named:
        work.remove(LinkRow, from_cycle=cycle.id, name=name, to_cycle=other)
    for name, other in sorted(named - there):
        row = LinkRow(
            school_id=work.school_id, from_cycle=cycle.id, name=name, to_cycle=other, item=""
        )
        work.add(row)
    return others | {other for _, other in named}


def queue_cycles(work: Work, cycles: Iterable[str], now: str) -> None:
    """Have the tasks of these cycles worked out anew after the commit."""
    for other in sorted(cycles):
        work.add(OutboxRow(school_id=work.school_id, topic=TASKS, key=other, created_at=now))


def links_of(version: Version, cycle: Cycle) -> set[tuple[str, str]]:
    """(link, cycle) as the cycle's subject and standing filings name them."""
    if not links_matter(version):
        return set()
    workflow = version.workflow
    filled = [(workflow.subject, cycle.subject)]
    filled += [(workflow.records[f.record].form, f.facts) for f in cycle.filings if f.current]
    return {
        (name, str(value))
        for form, facts in filled
        for name, value in facts.items()
        if name in form and form[name].type == "cycle"
    }
