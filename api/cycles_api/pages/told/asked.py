"""Whom a step is asked of: everybody, one of several, or somebody above the group."""

from __future__ import annotations

from typing import Final

from cycles.engine.verdicts import Task
from cycles.workflow.definition import Workflow

__all__ = ["HELP", "one_is_enough"]

#: What somebody above the group is asked for where the group itself cannot go on.
HELP: Final = frozenset({"substitute", "waive"})
_ONE_OF: Final = frozenset({"decide", "resume", "reopen", "reveal", "verify", *HELP})


def one_is_enough(workflow: Workflow, task: Task) -> bool:
    """Whether one of those who are asked does it for all."""
    first, _, record = task.do.partition(":")
    if first in _ONE_OF:
        return True
    kind = workflow.records.get(record) if first == "file" else None
    return kind is not None and "person" not in kind.one_per
