"""A lock by name, and secrets found by their hash, on each store."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cycles.errors import StoreError
from cycles.store import GroupRow, InvitationRow, SessionRow, Store, TokenRow, Work


def count_up(work: Work, lock: str) -> int:
    """Read a number, and write the next one."""
    work.lock(lock)
    row = work.get(GroupRow, id="counter")
    number = 1 + (0 if row is None else int(row.name))
    work.put(GroupRow(school_id=work.school_id, id="counter", name=str(number)))
    return number


def test_who_holds_a_lock_is_alone_with_it(store: Store) -> None:
    """Of sixteen who read and write under one name, each sees what those before wrote."""
    ready = threading.Barrier(4)

    def four() -> list[int]:
        ready.wait()
        return [store.write("north", lambda work: count_up(work, "counter")) for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        found = [future.result() for future in [pool.submit(four) for _ in range(4)]]

    assert sorted(number for part in found for number in part) == list(range(1, 17))


def test_a_read_holds_no_lock(store: Store) -> None:
    """Only who writes keeps others out."""
    with pytest.raises(StoreError):
        store.read("north", lambda work: work.lock("counter"))


def test_a_secret_is_found_in_whatever_school(store: Store) -> None:
    """By its hash, among those of its kind alone."""
    at = "2026-03-01T08:00:00.000000Z"
    common = {"school_id": "north", "id": "1", "person": "li", "created_at": at, "expires_at": at}
    invitation = InvitationRow(digest="a" * 64, purpose="invite", made_by="-", **common)
    token = TokenRow(digest="b" * 64, **common)
    store.write("north", lambda work: work.add(invitation, token))

    assert store.of_digest(InvitationRow, "a" * 64) == invitation
    assert store.of_digest(TokenRow, "b" * 64) == store.token("b" * 64) == token
    assert store.of_digest(TokenRow, "a" * 64) is None
    assert store.of_digest(SessionRow, "a" * 64) is None
