"""Checks of the whole log that somebody asked for: run beside everything else, and kept.

A long log takes minutes, in which no page may be kept waiting. So a check runs in a thread of its
own, says from time to time how far it is, and leaves a row: when, by whom, up to which entry,
what it found, and where each subject ended. The next check asks for these ends again, so that
what is cut off in between is found without anybody having noted anything.
"""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from cycles.errors import CyclesError, NotFoundError
from cycles.ledger import Finding, Head, Report, instant_text
from cycles.service.actors import Actor, require
from cycles.service.core import Core
from cycles.service.looks import Looks
from cycles.service.unseen import unseen
from cycles.service.verifying import verify_in
from cycles.store import CycleRow, LogFilter, Place, VerificationRow, Work

__all__ = ["Checked", "Verification", "Verifications"]

#: How often a check says how far it is.
_EVERY_S: Final = 2.0
#: One that has said nothing for so long runs no more: its server was stopped.
_SILENT: Final = timedelta(minutes=1)
_LISTED: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check counted and found; see `Report`."""

    entries: int
    subjects: int
    payloads: int
    erased: int
    findings: tuple[Finding, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A check of the whole log.

    Attributes:
        id: Its id.
        by: Pseudonym of who asked for it.
        begun_at: When, as the log writes instants; so `ended_at`, `None` while it runs.
        done: How many entries are checked, out of `total` (0 at first).
        runs: Whether it goes on; what has neither ended nor goes on was broken off.
        unavailable: It ended because the database could not be read.
        last: The newest entry that it saw; `None` until it has ended, or of an empty log.
        against: How many ends of subjects, kept by an earlier check, were asked for again.
        found: How many findings.
        checked: What it came to; `None` until it has ended, and in lists.
        heads: SHA-256 in hex of what `Verifications.heads` gives; empty where `checked` is `None`.
    """

    id: str
    by: str
    begun_at: str
    ended_at: str | None
    done: int
    total: int
    runs: bool
    unavailable: bool
    last: Place | None
    against: int
    found: int
    checked: Checked | None
    heads: str


class Verifications:
    """Begins checks, and tells what they came to."""

    def __init__(self, core: Core) -> None:
        self._core, self._looks = core, Looks(core)
        self._threads: dict[str, threading.Thread] = {}

    def begin(self, actor: Actor) -> str:
        """Begin a check of the school's log; its id, or that of the one that runs already.

        Raises `NotAllowedError`.
        """
        require("verification", actor)
        self._looks.note(actor, "verification")
        now, id = self._core.now_text(), self._core.new_id()

        def begun(work: Work) -> str:
            work.lock("verification")
            for row in work.find(VerificationRow, ended_at=None):
                if self._runs(row):
                    return row.id
            by, school_id = actor.pseudonym, work.school_id
            work.add(VerificationRow(school_id=school_id, id=id, by=by, begun_at=now, seen_at=now))
            return id

        chosen = self._core.store.write(actor.school_id, begun)
        if chosen == id:
            run = _Run(self._core, actor.school_id, id)
            thread = threading.Thread(target=run.run, name=f"check {id}", daemon=True)
            self._threads[id] = thread
            thread.start()
        return chosen

    def wait(self, id: str, seconds: float) -> None:
        """Wait for a check that this process runs, but no longer than so many seconds."""
        thread = self._threads.get(id)
        if thread is not None:
            thread.join(seconds)
            if not thread.is_alive():
                self._threads.pop(id, None)

    def all(self, actor: Actor) -> tuple[Verification, ...]:
        """The last checks, newest first, without what was found; raises `NotAllowedError`."""
        require("verification", actor)

        def found(work: Work) -> tuple[Verification, ...]:
            rows = work.find(VerificationRow, order=("-id",), limit=_LISTED)
            return tuple(self._told(row) for row in rows)

        answer = self._core.store.read(actor.school_id, found)
        self._looks.note(actor, "verifications")
        return answer

    def one(self, actor: Actor, id: str) -> Verification:
        """One check with all that it found; raises `NotAllowedError` and `NotFoundError`."""
        require("verification", actor)

        def found(work: Work) -> Verification:
            row = _row(work, id)
            heads = "" if row.heads is None else sha256(self._heads(work, actor, row)).hexdigest()
            checked = None if row.result is None else _checked(row.result)
            return replace(self._told(row), checked=checked, heads=heads)

        answer = self._core.store.read(actor.school_id, found)
        self._looks.note(actor, "verifications")
        return answer

    def heads(self, actor: Actor, id: str) -> bytes:
        """Where each subject ended, as `cycles verify --note` writes it and `--heads` reads it.

        Of cycles that the actor may not know of nothing is said, as in their export.

        Raises:
            NotAllowedError: the log is not theirs to check.
            NotFoundError: no such check, or it has not come to anything.
        """
        require("verification", actor)

        def found(work: Work) -> bytes:
            return self._heads(work, actor, _row(work, id))

        answer = self._core.store.read(actor.school_id, found)
        self._looks.note(actor, "verifications")
        return answer

    def _heads(self, work: Work, actor: Actor, row: VerificationRow) -> bytes:
        if row.heads is None:
            raise NotFoundError("verification", row.id)
        hidden = self._hidden(work, actor)
        plain = {subj: head for subj, head in _heads_in(row).items() if subj not in hidden}
        return json.dumps(plain, indent=1).encode() + b"\n"

    def _hidden(self, work: Work, actor: Actor) -> frozenset[str]:
        """The subjects of cycles that the actor may not know of."""
        if actor.is_operator:
            return frozenset()
        core, view = self._core, self._core.view_in(work)
        some = (
            id
            for id, version in work.pick(CycleRow, ("id", "version"))
            if core.version(work, version).workflow.see is not None
        )
        return frozenset(f"cycle:{id}" for id in unseen(core, work, view, some, actor))

    # --- telling ---------------------------------------------------------------------------

    def _runs(self, row: VerificationRow) -> bool:
        silent = instant_text(self._core.now() - _SILENT)
        return row.ended_at is None and row.seen_at >= silent

    def _told(self, row: VerificationRow) -> Verification:
        return Verification(
            id=row.id,
            by=row.by,
            begun_at=row.begun_at,
            ended_at=row.ended_at,
            done=row.done,
            total=row.total,
            runs=self._runs(row),
            unavailable=row.unavailable,
            last=None if row.last is None else _place(row.last),
            against=row.against,
            found=row.found,
            checked=None,
            heads="",
        )


class _Run:
    """One check, in two threads: one reads, on one view of the database; one says how far it is."""

    def __init__(self, core: Core, school_id: str, id: str) -> None:
        self._core, self._school, self._id = core, school_id, id
        self._done = self._total = 0
        self._came_to: dict[str, Any] = {"unavailable": True}

    def run(self) -> None:
        """Read until the end; whatever happens, the row says so if the database can be written."""
        reading = threading.Thread(target=self._read, name=f"reading {self._id}", daemon=True)
        reading.start()
        while reading.is_alive():
            reading.join(_EVERY_S)
            if reading.is_alive():
                self._write(done=self._done, total=self._total)
        ended = {"done": self._done, "total": self._total, "ended_at": self._core.now_text()}
        self._write(**ended, **self._came_to)

    def _read(self) -> None:
        # Without a database, or with one that was closed meanwhile, nothing was found at all.
        with suppress(CyclesError):
            self._came_to = self._core.store.read(self._school, self._check)

    def _check(self, work: Work) -> dict[str, Any]:
        newest = work.log_page(LogFilter(), limit=1)
        known = _known_heads(work)
        report = verify_in(self._core, work, heads=known, progress=self._reached)
        heads = {head.subj: [head.seq, head.leaf] for head in report.heads.values()}
        return {
            "last": json.dumps(newest[0].place) if newest else None,
            "against": len(known),
            "found": len(report.findings) + report.more,
            "result": json.dumps(_plain(report)),
            "heads": zlib.compress(json.dumps(heads).encode()),
        }

    def _reached(self, done: int, total: int) -> None:
        self._done, self._total = done, total

    def _write(self, **changes: Any) -> None:
        def written(work: Work) -> None:
            row = _row(work, self._id)
            kept = {name: getattr(row, name) for name in VerificationRow.model_fields}
            work.put(VerificationRow(**{**kept, "seen_at": self._core.now_text(), **changes}))

        with suppress(CyclesError):
            self._core.store.write(self._school, written)


def _row(work: Work, id: str) -> VerificationRow:
    row = work.get(VerificationRow, id=id)
    if row is None:
        raise NotFoundError("verification", id)
    return row


def _known_heads(work: Work) -> list[Head]:
    """Where subjects ended at the last check that found nothing wrong."""
    for row in work.find(VerificationRow, found=0, order=("-id",), limit=10):
        if row.heads is not None:
            kept = _heads_in(row).items()
            return [Head(subj=subj, seq=seq, leaf=leaf) for subj, (seq, leaf) in kept]
    return []


def _heads_in(row: VerificationRow) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(zlib.decompress(row.heads or b""))
    return plain


def _plain(report: Report) -> Mapping[str, Any]:
    counts = {name: getattr(report, name) for name in ("entries", "subjects", "payloads")}
    findings = [asdict(finding) for finding in report.findings]
    return {**counts, "erased": report.erased, "more": report.more, "findings": findings}


def _checked(result: str) -> Checked:
    plain: dict[str, Any] = json.loads(result)
    findings = tuple(Finding(**finding) for finding in plain.pop("findings"))
    return Checked(**plain, findings=findings)


def _place(text: str) -> Place:
    at, subj, seq = json.loads(text)
    return at, subj, seq
