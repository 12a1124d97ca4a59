"""A small log with payloads and one erasure, and a replayer that only counts and follows states."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cycles.canonical import canonical_bytes, sha256_b64, sha256_hex
from cycles.errors import ReplayError
from cycles.ledger import (
    Body,
    Head,
    Link,
    Manifest,
    PayloadRow,
    Report,
    Verifier,
    commitment,
    instant_text,
    leaf_hash,
    next_link,
    payload_line,
    place_after,
    pseudonym,
)

LOG = "cycles.example/school-42"
DEFINITION = canonical_bytes({"start": "draft", "states": ["draft", "observe", "revise"]})
DEFINITIONS = {sha256_hex(DEFINITION): DEFINITION}
ACTOR = pseudonym(bytes(range(16)))
BEGIN = datetime(2026, 3, 1, 8, tzinfo=UTC)
WAYS = {"draft": "observe", "observe": "revise", "revise": "observe"}


def body(previous: Link | None = None, **changes: Any) -> Body:
    """A sound body after `previous`, with some values changed."""
    place = place_after(previous)
    values: dict[str, Any] = {
        "log": LOG,
        "subj": previous.subj if previous else "cycle:c1",
        "seq": place.seq,
        "prev": place.prev,
        "act": "advance",
        "from_": place.from_,
        "to": WAYS.get(previous.to, "-") if previous else "draft",
        "round": 1,
        "at": instant_text(BEGIN + timedelta(seconds=place.seq)),
        "actor": ACTOR,
        "role": "group.head",
        "via": "api",
        "def_": sha256_b64(DEFINITION),
        "guards": {"approve.filed": "met"},
        "data": {"n": place.seq},
    }
    return Body(**{**values, **changes})


class ToyReplayer:
    """Follows `WAYS` and counts; anything else does not follow."""

    def apply(self, state: object | None, body: Body, definition: bytes | None) -> object:
        if definition != DEFINITION:
            raise ReplayError("no definition")
        if body.data["n"] != body.seq:
            raise ReplayError("miscounted", seq=body.seq)
        if state is not None and WAYS[str(state)] != body.to:
            raise ReplayError("no such way", to=body.to)
        return body.to

    def may_be_withheld(self, state: object, body: Body) -> bool:
        """Anything may."""
        return True


@dataclass
class ToyLog:
    """Lines as an export has them, each subject's together."""

    entries: list[bytes] = field(default_factory=list)
    rows: list[PayloadRow] = field(default_factory=list)
    links: dict[str, Link] = field(default_factory=dict)

    def append(self, subj: str, payload: Any = None, **changes: Any) -> Link:
        """Write one entry, with a payload if there is one."""
        salt = hashlib.sha256(f"{subj}{len(self.entries)}".encode()).digest()
        raw_payload = None if payload is None else canonical_bytes(payload)
        if raw_payload is not None:
            changes["pay"] = commitment(salt, raw_payload)
        previous = self.links.get(subj)
        made = body(previous, subj=subj, **changes)
        raw = made.to_bytes()
        self.links[subj] = next_link(previous, made, raw)
        self.entries.append(raw)
        if raw_payload is not None:
            self.rows.append(PayloadRow(leaf_hash(raw), salt, raw_payload))
        return self.links[subj]

    def append_to_school(self, act: str, data: dict[str, Any]) -> Link:
        """Write one entry of the subject without states, an hour after all cycles."""
        at = instant_text(BEGIN + timedelta(hours=1, seconds=len(self.entries)))
        return self.append(
            "school", act=act, to="-", def_=None, data=data, guards={}, round=0, at=at
        )

    def erase(self, index: int) -> None:
        """Erase a payload and write the entry that says so."""
        row = self.rows[index]
        self.rows[index] = PayloadRow(row.leaf, None, None)
        leaf = base64.b64encode(row.leaf).decode()
        self.append_to_school("erase", {"leaves": [leaf], "files": []})

    @property
    def heads(self) -> dict[str, Head]:
        """The last entry of each subject."""
        return {
            subj: Head(subj=subj, seq=link.seq, leaf=base64.b64encode(link.leaf).decode())
            for subj, link in self.links.items()
        }

    @property
    def manifest(self) -> Manifest:
        """What an export of this log would say of itself."""
        return Manifest(
            log=LOG,
            created_at=instant_text(BEGIN),
            entries=len(self.entries),
            payloads=len(self.rows),
            heads=self.heads,
            definitions=tuple(DEFINITIONS),
        )

    @property
    def payload_lines(self) -> list[bytes]:
        """The payload rows as lines without breaks."""
        return [payload_line(row)[:-1] for row in self.rows]


def toy_log(cycles: int = 3, length: int = 5) -> ToyLog:
    """Some cycles, every second entry with a payload, the very first payload erased."""
    log = ToyLog()
    for c in range(cycles):
        for n in range(length):
            payload = {"text": f"反思 {c}.{n}\u2028"} if n % 2 == 0 else None
            log.append(f"cycle:c{c}", payload)
    log.erase(0)
    return log


def check(
    entries: list[bytes], payloads: list[bytes | PayloadRow] | None = None, **given: Any
) -> Report:
    """What the verifier says of lines."""
    verifier = Verifier(
        **{
            "definitions": DEFINITIONS,
            "replayer": ToyReplayer(),
            "payloads": enumerate(payloads or [], 1),
            **given,
        }
    )
    return verifier.verify(enumerate(entries, 1))


def codes(report: Report) -> set[str]:
    """The codes of all findings."""
    return {finding.code for finding in report.findings}
