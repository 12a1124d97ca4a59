"""What an entry makes of a cycle: its clear part and the definition say all, nothing else is read.

So replay gives the same cycle after every personal text has been erased.
"""

from cycles.engine.evolve.event import Event
from cycles.engine.evolve.evolving import CARRIES_AUTO, arrived, brought, evolve, fired_by, replay
from cycles.workflow.version import guard_names

__all__ = [
    "CARRIES_AUTO",
    "Event",
    "arrived",
    "brought",
    "evolve",
    "fired_by",
    "guard_names",
    "replay",
]
