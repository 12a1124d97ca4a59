"""The engine's `Cycle` as bytes, and back: the snapshot that a cycle's row keeps.

Driven by the fields' types, so that a new field of the engine needs nothing here. It is canonical
JSON: equal cycles have equal bytes. The log is the truth, a snapshot only saves the replay.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

import msgspec

from cycles.engine.cycle import Cycle
from cycles.errors import StoreError
from cycles.store.tables import CycleRow

__all__ = ["CycleCache", "cycle_from_bytes", "cycle_to_bytes"]

_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_DECODER: Final = msgspec.json.Decoder(Cycle)


def cycle_to_bytes(cycle: Cycle) -> bytes:
    """The cycle as canonical JSON; facts and subject must hold JSON values only."""
    return _ENCODER.encode(cycle)


def cycle_from_bytes(raw: bytes) -> Cycle:
    """The cycle of these bytes, equal to the one they were made from.

    Raises `StoreError` if they are none; the cycle can then be rebuilt from its entries.
    """
    try:
        return _DECODER.decode(raw)
    except msgspec.MsgspecError as found:
        raise StoreError(f"a snapshot cannot be read, rebuild it from the log: {found}") from None


class CycleCache:
    """The cycles read last, so that a snapshot is parsed once; safe to share between threads.

    Kept by the leaf hash of their last entry, which is different for every history: what a
    rolled back transaction left here can never be taken for something else.
    """

    def __init__(self, size: int = 1_000) -> None:
        self._size = size
        self._kept: OrderedDict[bytes, Cycle] = OrderedDict()
        self._lock = threading.Lock()

    def cycle_of(self, row: CycleRow) -> Cycle:
        """The row's cycle; raises `StoreError` like `cycle_from_bytes`."""
        with self._lock:
            known = self._kept.get(row.head)
            if known is not None:
                self._kept.move_to_end(row.head)
                return known
        cycle = cycle_from_bytes(row.snapshot)
        self.keep(row.head, cycle)
        return cycle

    def keep(self, head: bytes, cycle: Cycle) -> None:
        """Remember a cycle by its last entry's leaf hash."""
        with self._lock:
            self._kept[head] = cycle
            self._kept.move_to_end(head)
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)
