"""The five lamps of stored cycles, worked out once for each state of their logs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from cycles.engine.cycle import Cycle
from cycles.engine.lamps import Lamp, lamps_of
from cycles.workflow.version import Version

__all__ = ["Lighting"]

#: Cycles whose lamps are kept: more than a school has under way.
_KEPT: Final = 5_000


class Lighting:
    """Keeps lamps by the leaf of a cycle's last entry, so that they cannot go stale."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, tuple[Lamp, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, version: Version, cycle: Cycle, head: bytes) -> tuple[Lamp, ...]:
        """The lamps of a cycle whose last entry has that leaf."""
        with self._lock:
            known = self._kept.get(head)
        if known is not None:
            return known
        found = lamps_of(version, cycle)
        with self._lock:
            self._kept[head] = found
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found
