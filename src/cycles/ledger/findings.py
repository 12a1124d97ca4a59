"""What the verifier can find wrong: a closed set of codes, each with its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["FINDING_CODES", "Finding"]

#: Every code a finding may have → what it means.
FINDING_CODES: Final = MappingProxyType(
    {
        "unreadable": "a source broke off or could not be read at all",
        "not_canonical": "a line is not canonical JSON",
        "bad_body": "a line is canonical, but no entry body",
        "wrong_log": "the entry belongs to another log",
        "gap": "sequence numbers of the subject do not follow each other",
        "duplicate_subject": "the subject is opened a second time",
        "chain_broken": "`prev` is not the leaf of the entry before",
        "state_break": "`from` is not the state the entry before led to",
        "time_backwards": "the entry claims to be older than the one before it",
        "opening_outside_start": "the cycle was not opened in its workflow's start state",
        "unknown_definition": "the workflow version of the entry is not there",
        "definition_altered": "a workflow version does not have the digest it is named by",
        "definition_without_entry": "a workflow version that no entry defines or names",
        "current_unclear": "the entries do not say one after the other which version was current",
        "replay_failed": "the entry does not follow under its own workflow version",
        "replay_differs": "what is stored is not what the entries give",
        "bad_payload": "a payload row cannot be read",
        "payload_mismatch": "the payload is not the one the entry commits to",
        "payload_missing": "the entry commits to a payload, and no row is there for it",
        "payload_without_entry": "no entry commits to this payload row",
        "erased_without_entry": "a payload is erased, and no entry says so",
        "withheld_without_cause": "a payload is withheld that everybody who exports may read",
        "erasure_undone": "an entry says a payload or file is erased, and it is not",
        "file_altered": "a file does not have the digest it is named by",
        "file_missing": "a file is named and neither there nor erased by an entry",
        "file_without_entry": "a file is there that no payload names",
        "entry_without_cycle": "entries of a cycle, and no stored cycle",
        "cycle_without_entry": "a stored cycle without any entry",
        "head_missing": "an entry known from elsewhere is not there",
        "head_differs": "another entry stands where one is known from elsewhere",
        "truncated": "the manifest knows later entries of the subject",
        "manifest_mismatch": "the manifest does not fit what is there",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong, and where.

    Attributes:
        code: One of `FINDING_CODES`.
        subj: The subject concerned, if known.
        seq: The entry's number within its subject, if known.
        line: The line of the file it was read from, from 1, if known.
        detail: For people who look into it; no personal text.
        follows: Whether it most likely only follows from another finding.
    """

    code: str
    subj: str | None = None
    seq: int | None = None
    line: int | None = None
    detail: str = ""
    follows: bool = False

    def __str__(self) -> str:
        where = [
            self.subj or "",
            f"seq {self.seq}" if self.seq is not None else "",
            f"line {self.line}" if self.line is not None else "",
        ]
        place = " ".join(part for part in where if part)
        told = self.detail or FINDING_CODES[self.code]
        return f"{self.code} [{place}]: {told}" if place else f"{self.code}: {told}"
