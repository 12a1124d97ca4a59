"""Failed attempts, counted in the database by account and by address: ever slower, never shut.

An attempt is counted as failed before it is looked at, and forgiven if it was right: however
many come at once, each knows of all others.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cycles.errors import ThrottledError
from cycles.ledger import instant_text, parse_instant
from cycles.service.accesses import digest_of
from cycles.service.core import Core
from cycles.store import ThrottleRow, Work

__all__ = ["ACCOUNT", "ADDRESS", "SERVER", "Limit", "Throttle", "place_of"]

#: Addresses are no school's: they are counted for the whole server under this name.
SERVER: Final = "-"
_FIRST: Final = timedelta(seconds=1)
_LONGEST: Final = timedelta(minutes=15)
#: Doubled so often, the wait is longer than the longest.
_DOUBLINGS: Final = 10
#: Rows of long ago that one attempt clears away.
_CLEARED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many attempts may fail at once, and how soon one of them is forgotten."""

    by: str
    free: int
    forgotten_in: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long nothing is tried after so many failures: 1 s, 2 s, 4 s … 15 min."""
        over = failures - self.free
        return timedelta(0) if over < 0 else min(_FIRST * 2 ** min(over, _DOUBLINGS), _LONGEST)


#: Mistyped five times in a row; an hour makes up for one.
ACCOUNT: Final = Limit(by="account", free=5, forgotten_in=timedelta(hours=1))
#: A school may share one address: 30 in ten minutes.
ADDRESS: Final = Limit(by="address", free=30, forgotten_in=timedelta(seconds=20))


class Throttle:
    """Counts attempts."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def count(self, school_id: str, limit: Limit, key: str) -> None:
        """Count an attempt as failed, until it is forgiven.

        Raises:
            ThrottledError: too many failed; this one is not counted.
        """
        wait = self._core.store.write(school_id, lambda work: self._count(work, limit, key))
        if wait > timedelta(0):
            raise ThrottledError(wait)

    def forgive(self, school_id: str, limit: Limit, key: str, *, all_: bool = False) -> None:
        """The attempt was right: do not count it, nor, if asked to, those before it."""
        self._core.store.write(school_id, lambda work: self._forgive(work, limit, key, all_))

    def _count(self, work: Work, limit: Limit, key: str) -> timedelta:
        row, now = self._held(work, limit, key), self._core.now()
        if row is not None and parse_instant(row.open_at) > now:
            return parse_instant(row.open_at) - now
        failures = self._left(limit, row) + 1
        work.put(self._row(work, limit, key, failures, limit.wait(failures)))
        self._clear(work)
        return timedelta(0)

    def _forgive(self, work: Work, limit: Limit, key: str, all_: bool) -> None:
        row = self._held(work, limit, key)
        failures = 0 if all_ else self._left(limit, row) - 1
        if failures > 0:
            work.put(self._row(work, limit, key, failures, timedelta(0)))
        elif row is not None:
            work.remove(ThrottleRow, by=limit.by, key=row.key)

    def _held(self, work: Work, limit: Limit, key: str) -> ThrottleRow | None:
        """The row, which nobody else reads to write it until this ends."""
        digest = digest_of(key)
        work.lock(f"throttle:{limit.by}:{digest}")
        return work.get(ThrottleRow, by=limit.by, key=digest)

    def _left(self, limit: Limit, row: ThrottleRow | None) -> int:
        """How many failures are not forgotten yet."""
        if row is None:
            return 0
        since = self._core.now() - parse_instant(row.counted_at)
        return max(0, row.failures - since // limit.forgotten_in)

    def _row(
        self, work: Work, limit: Limit, key: str, failures: int, wait: timedelta
    ) -> ThrottleRow:
        now = self._core.now()
        return ThrottleRow(
            school_id=work.school_id,
            by=limit.by,
            key=digest_of(key),
            failures=failures,
            counted_at=instant_text(now),
            open_at=instant_text(now + wait),
            forget_at=instant_text(now + max(wait, failures * limit.forgotten_in)),
        )

    def _clear(self, work: Work) -> None:
        """Clear a few rows away that say nothing any more; each attempt adds one at most."""
        now = self._core.now_text()
        for row in work.find(ThrottleRow, order=("forget_at",), limit=_CLEARED):
            if row.forget_at <= now:
                work.remove(ThrottleRow, by=row.by, key=row.key, forget_at=row.forget_at)


def place_of(address: str) -> str | None:
    """What is counted as one address: an IPv6 network of one household or school counts as one.

    `None` for this machine itself: behind a proxy that runs here everybody would be counted as
    one, and a stranger's failures would keep the whole school out.

    >>> place_of("203.0.113.7"), place_of("2001:db8:1:2:3:4:5:6"), place_of("127.0.0.1")
    ('203.0.113.7', '2001:db8:1:2::', None)
    """
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address or None  # a socket of this machine has no address
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    if known.is_loopback:
        return None
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    return str(ipaddress.ip_network((known, 64), strict=False).network_address)
