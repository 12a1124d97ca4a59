"""How an entry follows the one before it in its subject: one rule, for writing and checking."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from cycles.errors import LedgerError
from cycles.ledger.entry import Body, leaf_hash, parse_instant
from cycles.ledger.findings import Finding

__all__ = ["Head", "Link", "Place", "check_link", "earliest_after", "next_link", "place_after"]

_HEAD = re.compile(r"([!-~]{1,120}):([1-9][0-9]{0,15}):([A-Za-z0-9+/]{43}=)").fullmatch


class Link(Struct, frozen=True):
    """What the next entry of a subject must fit: the last one's place, state, leaf and time."""

    log: str
    subj: str
    seq: int
    to: str
    leaf: bytes
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the next entry goes: values for a body's `seq`, `prev` and `from_`."""

    seq: int
    prev: str | None
    from_: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One entry that somebody has written down: subject, number, base64 leaf hash."""

    subj: str
    seq: int
    leaf: str

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read `subj:seq:leaf`; raises `LedgerError` for anything else.

        >>> Head.parse("school:3:" + "A" * 43 + "=").seq
        3
        """
        found = _HEAD(text)
        if found is None:
            raise LedgerError(f"{text!r:.200} is no head; it looks like cycle:<id>:7:<base64>")
        return cls(subj=found[1], seq=int(found[2]), leaf=found[3])

    def __str__(self) -> str:
        return f"{self.subj}:{self.seq}:{self.leaf}"


def place_after(previous: Link | None) -> Place:
    """Where the entry after `previous` goes; `None` for a subject without entries."""
    if previous is None:
        return Place(seq=1, prev=None, from_=None)
    prev = base64.b64encode(previous.leaf).decode()
    return Place(seq=previous.seq + 1, prev=prev, from_=previous.to)


def earliest_after(previous: Link | None, now: datetime) -> datetime:
    """The time to write: now, or the previous entry's where a clock was set back since."""
    return now if previous is None else max(now, parse_instant(previous.at))


def next_link(previous: Link | None, body: Body, raw: bytes) -> Link:
    """The link that `body`, stored as `raw`, becomes; raises `LedgerError` if it does not fit."""
    wrong = check_link(previous, body)
    if wrong:
        raise LedgerError("; ".join(str(finding) for finding in wrong))
    return Link(body.log, body.subj, body.seq, body.to, leaf_hash(raw), body.at)


def check_link(previous: Link | None, body: Body, *, line: int | None = None) -> list[Finding]:
    """Everything by which `body` does not follow `previous`; empty if it does."""
    wrong: list[tuple[str, str]] = []
    if previous is None:
        if body.seq != 1:
            wrong.append(("gap", f"the first entry found has seq {body.seq}"))
    else:
        if body.log != previous.log:
            wrong.append(("wrong_log", f"{body.log} after {previous.log}"))
        if body.subj != previous.subj:
            wrong.append(("chain_broken", f"follows an entry of {previous.subj}"))
        if body.seq == 1:
            wrong.append(("duplicate_subject", f"opened again after seq {previous.seq}"))
        else:
            if body.seq != previous.seq + 1:
                wrong.append(("gap", f"seq {body.seq} follows {previous.seq}"))
            if body.prev != base64.b64encode(previous.leaf).decode():
                wrong.append(("chain_broken", ""))
            if body.from_ != previous.to:
                wrong.append(("state_break", f"from {body.from_}, but {previous.to} came before"))
        # Both in the one fixed form, so text compares as time does.
        if body.at < previous.at:
            wrong.append(("time_backwards", f"{body.at} after {previous.at}"))
    if not wrong:
        return []
    return [
        Finding(code=code, subj=body.subj, seq=body.seq, line=line, detail=detail)
        for code, detail in wrong
    ]
