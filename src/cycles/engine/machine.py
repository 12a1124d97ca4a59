"""The one door to `transitions`: one shared machine per workflow version.

The machine decides, on a throw-away view, whether a transition fires from a state; guards are
functions that we hand it, never names for it to look up (it would import them). Models are never
added to it and nothing is queued: both are unsafe in a server.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from transitions import Machine, MachineError

from cycles.workflow.version import Version

__all__ = ["View", "fire"]


@dataclass(slots=True)
class View:
    """What the machine sees of a cycle, for one call: its state, and whether guards let pass."""

    state: str
    passes: Callable[[], bool]


def fire(version: Version, state: str, transition: str, passes: Callable[[], bool]) -> str | None:
    """The state after the transition; `None` if it does not start here or a guard is unmet."""
    event = _machine(version).events.get(transition)
    if event is None:
        return None
    view = View(state, passes)
    try:
        return view.state if event.trigger(view) else None
    except MachineError:
        return None


def _guards_pass(event: Any) -> bool:
    return bool(event.model.passes())


@lru_cache(maxsize=256)
def _machine(version: Version) -> Machine:
    workflow = version.workflow
    machine = Machine(
        model=None,
        states=[*workflow.states],
        initial=workflow.start,
        auto_transitions=False,
        send_event=True,
        queued=False,
    )
    for name, transition in workflow.transitions.items():
        machine.add_transition(
            name, list(transition.from_), transition.to, conditions=[_guards_pass]
        )
    return machine
