"""Opening a store by its URL."""

from __future__ import annotations

from cycles.errors import StoreError
from cycles.store.contract import Store
from cycles.store.memory import MemoryStore

__all__ = ["open_store"]


def open_store(url: str, *, migrate: bool = False, read_only: bool = False) -> Store:
    """The store at `memory://`.

    Raises `StoreError` for another URL.
    """
    if url == "memory://":
        return MemoryStore()
    raise StoreError(f"no store can be opened at {url!r}; possible: memory://")
