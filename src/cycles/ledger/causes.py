"""Which findings are causes and which only follow from others, so that the true one comes first.

One altered byte breaks a chain, and with it the entry's payload has lost its entry, the manifest
its head, an erasure what it erased. None of that is hidden; it is told after what it follows from.
That is a judgement by place and kind, for people: whether a log is sound does not depend on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cycles.ledger.findings import Finding

__all__ = ["causes_first"]

#: What is wrong with an entry, or with how it follows the one before it.
_CHAIN: Final = frozenset(
    {
        *("gap", "duplicate_subject", "chain_broken", "state_break", "time_backwards"),
        *("wrong_log", "replay_failed", "opening_outside_start", "bad_body", "not_canonical"),
    }
)
_ROW: Final = frozenset({"bad_payload", "payload_mismatch", "payload_missing"})
_FILE: Final = frozenset({"file_missing", "file_without_entry"})
_DEFINITION: Final = frozenset(
    {"unknown_definition", "definition_without_entry", "current_unclear"}
)
_CYCLE: Final = frozenset({"entry_without_cycle", "cycle_without_entry", "replay_differs"})
_ERASURE: Final = frozenset({"erased_without_entry", "erasure_undone"})
#: What can also be wrong when not one entry could be read.
_ALONE: Final = frozenset({"unreadable", "definition_altered", "file_altered", "bad_payload"})

_ORDER: Final = (
    {"unreadable"},
    {"definition_altered", *_DEFINITION},
    _CHAIN,
    {"head_missing", "head_differs", "truncated", *_CYCLE},
    {"payload_mismatch", "bad_payload", "withheld_without_cause", *_ERASURE},
    {"payload_missing", "payload_without_entry"},
    {"file_altered", *_FILE},
)


def causes_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same findings: causes, then what follows from them, both in the order of their kinds."""
    whole = _Whole(findings)
    marked = [replace(f, follows=True) if whole.explains(f) else f for f in findings]
    return tuple(sorted(marked, key=lambda f: (f.follows, _rank(f))))


def _rank(finding: Finding) -> int:
    if _is_bad_row(finding):
        return 4
    if finding.code == "manifest_mismatch" and finding.subj is not None:
        return 3  # another end of a subject, as `truncated`
    ranks = (rank for rank, codes in enumerate(_ORDER) if finding.code in codes)
    return next(ranks, len(_ORDER))


def _is_bad_row(finding: Finding) -> bool:
    """A line of payloads that is no row."""
    canonical = finding.code != "not_canonical" or finding.detail.startswith("payload row")
    return finding.code in ("bad_payload", "not_canonical") and canonical


def _is_bad_entry(finding: Finding) -> bool:
    """A line of entries that is none, so that nobody knows of which subject."""
    return finding.code in _CHAIN and finding.subj is None and not _is_bad_row(finding)


def _beside(one: Finding, next_: Finding) -> bool:
    """Whether two findings of a subject are on the same entry or on neighbours."""
    by_line = (next_.line or 0) - (one.line or 0) if one.line and next_.line else None
    by_number = abs((next_.seq or 0) - (one.seq or 0))
    return by_number <= 1 or (by_line is not None and by_line <= 1)


class _Whole:
    """All findings of a check together."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._codes = {f.code for f in findings}
        unreadable = [f.detail for f in findings if f.code == "unreadable"]
        self._no_entries = any(told.startswith("entries") for told in unreadable)
        self._no_rows = any(told.startswith("payloads") for told in unreadable)
        self._no_manifest = any(told.startswith("manifest") for told in unreadable)
        #: Lines that are no entry: nobody knows of which subject.
        self._bad = {f.line for f in findings if _is_bad_entry(f)}
        self._rows_unread = self._no_rows or any(map(_is_bad_row, findings))
        self._rows = self._rows_unread or bool(self._codes & _ROW)
        #: Subject → the numbers of entries with which something is wrong.
        self._wounds: dict[str, set[int]] = {}
        self._second = self._seconds(findings)
        ends = [f for f in findings if f.code in ("truncated", "manifest_mismatch") and f.subj]
        self._ends = {(f.subj, f.seq) for f in ends}
        lost = "cycle_without_entry" in self._codes
        self._hurt = bool(self._no_entries or self._bad or self._wounds or ends or lost)
        hurt = {subj for subj, _ in self._ends} | self._wounds.keys()
        self._definitions_hurt = any((subj or "").startswith("def:") for subj in hurt)
        altered = ("unknown_definition", "definition_without_entry", "definition_altered")
        self._versions = " ".join(f.detail for f in findings if f.code in altered)

    def _seconds(self, findings: Sequence[Finding]) -> set[int]:
        """Findings on entries beside another one: one wound has one cause. By `id`."""
        second: set[int] = set()
        last: dict[str, Finding] = {}
        logs: set[str] = set()
        for f in findings:
            if f.code not in _CHAIN or f.subj is None or f.seq is None:
                continue
            before = last.get(f.subj)
            if before is not None and _beside(before, f):
                # That an impossible step was made so later, and not by the programme, is news.
                if (before.code, f.code) != ("replay_failed", "chain_broken"):
                    second.add(id(f))
            elif (f.line is not None and f.line - 1 in self._bad) or f.detail in logs:
                second.add(id(f))
            if f.code == "wrong_log":
                logs.add(f.detail)
            last[f.subj] = f
            self._wounds.setdefault(f.subj, set()).add(f.seq)
        return second

    def explains(self, f: Finding) -> bool:
        """Whether something else explains the finding."""
        if id(f) in self._second:
            return True
        if self._no_entries and f.code not in _ALONE:
            return True
        if f.code == "payload_missing":
            return self._rows_unread or self._is_wounded(f)
        if f.code == "payload_without_entry":
            return self._hurt
        if f.code in _ERASURE:
            return self._no_manifest or self._hurt or self._rows
        if f.code in _FILE:
            return self._hurt or self._rows or "withheld_without_cause" in self._codes
        if f.code in _DEFINITION:
            return bool(self._bad) or self._definitions_hurt
        if f.code == "withheld_without_cause":
            return f.subj in {subj for subj, _ in self._ends}
        if f.code in ("truncated", "replay_differs"):
            return bool(self._bad) or (f.subj or "") in self._wounds
        if f.code == "manifest_mismatch":
            return self._explains_manifest(f)
        return False

    def _explains_manifest(self, f: Finding) -> bool:
        if f.subj is not None:
            return bool(self._bad) or f.subj in self._wounds
        if f.detail.startswith("definition "):
            return f.detail.split()[1] in self._versions
        if f.detail.startswith("file "):
            return False
        # Counts, and what is said to be withheld.
        return self._hurt or self._rows

    def _is_wounded(self, f: Finding) -> bool:
        """Whether an entry or the one after it is otherwise wrong, so that its leaf changed."""
        seqs, seq = self._wounds.get(f.subj or "", set()), f.seq or 0
        near = seq in seqs or seq + 1 in seqs
        return near or (f.subj, f.seq) in self._ends
