"""The verifier: proves a log, or finds what is wrong with it, for someone who trusts nobody.

It is given lines and rows and reads each once. Memory stays flat while an export grows, but for
one head per subject: what is kept of a cycle besides is let go when its last entry, known from
the manifest or the stored cycles, has come. Whatever goes wrong while an entry is read or
replayed is a finding of that entry, never the end of the check.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Protocol

from cycles.canonical import b64, parse_canonical, sha256_hex
from cycles.errors import CanonicalFormError, LedgerError
from cycles.ledger.causes import causes_first
from cycles.ledger.chain import Head, Link, check_link
from cycles.ledger.definings import DEFINE, Defining, Definings
from cycles.ledger.entry import Body, leaf_hash
from cycles.ledger.export_format import Manifest, PayloadRow
from cycles.ledger.findings import Finding
from cycles.ledger.looks import LOOK, check_look, is_look, mark_of
from cycles.ledger.matching import PayloadMatching

__all__ = ["CycleRow", "Replayer", "Report", "Verifier"]

#: Findings kept in a report; a file that is all wrong has one for each line.
MAX_FINDINGS: Final = 1000
#: After one of these the replay of a cycle has lost its thread; more would be noise.
_ENDS_REPLAY: Final = frozenset({"gap", "duplicate_subject", "state_break"})


class Replayer(Protocol):
    """What brings a cycle forward by one entry; the engine has the real one."""

    def apply(self, state: object | None, body: Body, definition: bytes | None) -> object:
        """The cycle after the entry, by the workflow version of that entry.

        Args:
            state: What came back for the cycle's entry before, `None` at its opening.
            body: The entry.
            definition: Canonical JSON of the workflow version that `body.def_` names.

        Raises `ReplayError`, or anything else, if the entry does not follow.
        """
        ...

    def may_be_withheld(self, state: object, body: Body) -> bool:
        """Whether an entry's payload may be kept from some who export, as its cycle stands now.

        Args:
            state: What came back for the cycle's last entry.
            body: An entry of the cycle with a payload.
        """
        ...


@dataclass(frozen=True, slots=True)
class CycleRow:
    """What a database holds of a cycle: `head` is the 32-byte leaf of its last entry."""

    subj: str
    revision: int
    state: str
    head: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a check came to.

    Attributes:
        entries: Lines read, good or bad.
        subjects: Subjects with at least one readable entry.
        payloads: Payload rows read, erased and withheld ones included.
        erased: Payloads erased of which the entry is there.
        withheld: Payloads that whoever made the export might not read yet, as it says of itself.
        findings: What is wrong, at most `MAX_FINDINGS`; causes before what follows from them.
        more: How many findings there are beyond these.
        heads: Subject → its last entry, to write down and ask for next time.
    """

    entries: int
    subjects: int
    payloads: int
    erased: int
    findings: tuple[Finding, ...]
    more: int
    heads: Mapping[str, Head]
    withheld: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


class _Subject:
    """What is remembered of a subject while its entries come."""

    __slots__ = ("cycle", "link", "replays", "withheld")

    def __init__(self) -> None:
        self.link: Link | None = None
        self.cycle: object | None = None
        self.replays = True
        self.withheld: list[Body] = []


class Verifier:
    """One check of one log; `verify` is called once.

    Args:
        definitions: SHA-256 in hex → canonical JSON of a workflow version.
        replayer: Brings cycles forward; without one, rules are not replayed.
        payloads: Line number with a payload row or its line, best in the order of the entries;
            `payload` takes them one by one instead.
        files: Name in hex → SHA-256 in hex that the file there really has.
        files_in: The digests of the files that a payload names, so that missing ones are found.
        manifest: What the export says of itself.
        heads: Entries written down elsewhere earlier; each must still be there.
        cycles: The stored cycles of a database, to compare with what the entries give.
        definings: What a database holds of which version was current when, likewise.
        log: The log's name, if known; else the manifest's, else the first entry's.
        compare: Given a cycle's subject and replayed state, what of the stored tables differs.
        beside: Called with each entry and its leaf before its payload is looked for: whoever
            reads a database compares there what is stored beside the entry.
    """

    def __init__(
        self,
        *,
        definitions: Mapping[str, bytes],
        replayer: Replayer | None = None,
        payloads: Iterable[tuple[int | None, bytes | PayloadRow]] = (),
        files: Mapping[str, str] = MappingProxyType({}),
        files_in: Callable[[Any], Iterable[str]] | None = None,
        manifest: Manifest | None = None,
        heads: Iterable[Head] = (),
        cycles: Iterable[CycleRow] | None = None,
        definings: Iterable[Defining] | None = None,
        log: str | None = None,
        compare: Callable[[str, object], str | None] | None = None,
        beside: Callable[[Body, bytes], None] | None = None,
    ) -> None:
        self._definitions = definitions
        self._replayer = replayer
        self._files = files
        self._manifest = manifest
        self._log = log if log is not None or manifest is None else manifest.log
        self._compare = compare
        self._beside = beside
        self._findings: list[Finding] = []
        self._more = 0
        self._entries = 0
        self._subjects: dict[str, _Subject] = {}
        self._known: dict[str, tuple[bytes, str | None] | None] = {}  # `def` → bytes, start
        said = () if manifest is None else manifest.withheld
        self._withheld = frozenset(map(base64.b64decode, said))
        self._matching = PayloadMatching(payloads, self.add, files_in, self._withheld)
        self._awaited: dict[tuple[str, int], list[str]] = {}
        for head in heads:
            self._awaited.setdefault((head.subj, head.seq), []).append(head.leaf)
        self._rows = None if cycles is None else self._read_rows(cycles)
        self._definings, self._stored_definings = Definings(), definings
        self._workflow_of: dict[str, str | None] = {}

    def payload(self, row: PayloadRow) -> None:
        """Take the payload row of an entry that comes or has come."""
        self._matching.row(None, row)

    def file(self, digest: str, at: str) -> None:
        """Take it that a file was sent at an instant, and must be there unless erased since."""
        self._matching.name_file(digest, at)

    def add(self, finding: Finding) -> None:
        """Take a finding, also of whoever opened the sources."""
        if len(self._findings) < MAX_FINDINGS:
            self._findings.append(finding)
        else:
            self._more += 1

    def verify(self, entries: Iterable[tuple[int | None, bytes]]) -> Report:
        """Check all entries, given as line number, if there are lines, and stored bytes.

        Each subject's entries come in order; how subjects interleave does not matter.
        """
        self._check_definitions()
        lines = iter(entries)
        while True:
            try:
                line, raw = next(lines)
            except StopIteration:
                break
            except Exception as broken:
                self.add(Finding(code="unreadable", detail=_told("entries", broken)))
                break
            self._entries += 1
            self._check_entry(line, raw)
        self._matching.finish()
        self._check_files()
        self._check_defined()
        self._check_definings()
        self._check_ends()
        heads = {
            subj: Head(subj=subj, seq=subject.link.seq, leaf=b64(subject.link.leaf))
            for subj, subject in self._subjects.items()
            if subject.link is not None
        }
        return Report(
            entries=self._entries,
            subjects=len(heads),
            payloads=self._matching.read,
            erased=self._matching.erased,
            findings=causes_first(self._findings),
            more=self._more,
            heads=heads,
            withheld=self._matching.withheld,
        )

    def _read_rows(self, cycles: Iterable[CycleRow]) -> dict[str, CycleRow]:
        found: dict[str, CycleRow] = {}
        try:
            for row in cycles:
                found[row.subj] = row
        except Exception as broken:
            self.add(Finding(code="unreadable", detail=_told("cycles", broken)))
        return found

    # --- entries ---------------------------------------------------------------------------

    def _check_entry(self, line: int | None, raw: bytes) -> None:
        try:
            body = Body.parse(raw)
        except CanonicalFormError as wrong:
            self.add(Finding(code="not_canonical", line=line, detail=str(wrong)))
            return
        except Exception as wrong:
            self.add(Finding(code="bad_body", line=line, detail=_told("body", wrong)))
            return
        try:
            self._check_body(line, raw, body)
        except Exception as wrong:
            self.add(_of(body, "bad_body", line, _told("entry", wrong)))

    def _check_body(self, line: int | None, raw: bytes, body: Body) -> None:
        if self._log is None:
            self._log = body.log
        subject = self._subjects.get(body.subj)
        if subject is None:
            subject = self._subjects[body.subj] = _Subject()
        previous = subject.link
        wrong = check_link(previous, body, line=line)
        for finding in wrong:
            self.add(finding)
            if finding.code in _ENDS_REPLAY:
                subject.replays, subject.cycle = False, None
        if body.act == LOOK and not body.is_of_cycle:
            self._check_look(line, body)
        if body.subj.startswith("def:") or (body.act == DEFINE and not body.is_of_cycle):
            self._take_defining(line, body)
        if body.log != self._log and (previous is None or body.log == previous.log):
            told = f"{body.log} in the log {self._log}"
            self.add(_of(body, "wrong_log", line, told))
        leaf = leaf_hash(raw)
        subject.link = Link(body.log, body.subj, body.seq, body.to, leaf, body.at)
        if self._beside is not None:
            self._beside(body, leaf)
        self._matching.entry(body, leaf)
        if leaf in self._withheld:
            subject.withheld.append(body)
        if self._awaited:
            for expected in self._awaited.pop((body.subj, body.seq), ()):
                if expected != b64(leaf):
                    self.add(_of(body, "head_differs", line, f"{expected} is known elsewhere"))
        definition = self._definition_of(body, line)
        if body.is_of_cycle:
            self._replay(subject, body, definition, line)

    def _check_look(self, line: int | None, body: Body) -> None:
        try:
            check_look(body.subj, body.data, has_payload=body.pay is not None)
        except LedgerError as wrong:
            self.add(_of(body, "bad_body", line, str(wrong)))

    def _take_defining(self, line: int | None, body: Body) -> None:
        try:
            self._definings.take(body)
        except LedgerError as wrong:
            self.add(_of(body, "bad_body", line, str(wrong)))

    def _definition_of(self, body: Body, line: int | None) -> bytes | None:
        if body.def_ is None:
            return None
        if body.def_ in self._known:
            known = self._known[body.def_]
        else:
            digest = base64.b64decode(body.def_).hex()
            known = self._known[body.def_] = self._read_definition(digest)
            if digest not in self._definitions:
                # Told once: every other entry under it is as hard to judge.
                self.add(_of(body, "unknown_definition", line, digest))
        if known is None:
            return None
        canonical, start = known
        if body.seq == 1 and body.is_of_cycle and body.to != start:
            self.add(_of(body, "opening_outside_start", line, f"{body.to}, not {start}"))
        return canonical

    def _read_definition(self, digest: str) -> tuple[bytes, str | None] | None:
        """A version and its start; `None` if it is not there or not itself, which has a finding."""
        try:
            canonical = self._definitions[digest]
            if sha256_hex(canonical) != digest:
                return None
            return canonical, parse_canonical(canonical).get("start")
        except Exception:
            return None

    def _replay(
        self, subject: _Subject, body: Body, definition: bytes | None, line: int | None
    ) -> None:
        if self._replayer is not None and subject.replays:
            if definition is None:
                subject.replays = False
            else:
                try:
                    subject.cycle = self._replayer.apply(subject.cycle, body, definition)
                except Exception as wrong:
                    subject.replays = False
                    self.add(_of(body, "replay_failed", line, _told("replay", wrong)))
            if not subject.replays:
                subject.cycle = None
        if self._last_of(body.subj) == body.seq:
            self._let_go(body.subj, subject)

    def _last_of(self, subj: str) -> int | None:
        """The number of the subject's last entry, where something says it beforehand."""
        if self._rows is not None:
            row = self._rows.get(subj)
            return None if row is None else row.revision
        if self._manifest is not None:
            head = self._manifest.heads.get(subj)
            return None if head is None else head.seq
        return None

    def _let_go(self, subj: str, subject: _Subject) -> None:
        """Compare a cycle that is at its end, and free it."""
        state, subject.cycle = subject.cycle, None
        if subject.replays and state is not None and self._compare is not None:
            try:
                told = self._compare(subj, state)
            except Exception as wrong:
                told = _told("compare", wrong)
            if told is not None:
                self.add(Finding(code="replay_differs", subj=subj, detail=told))
        if subject.replays and state is not None:
            self._check_withheld(subject, state)
        # Should more entries come after all, that is found by the manifest or the rows.
        subject.replays = False

    def _check_withheld(self, subject: _Subject, state: object) -> None:
        """Nobody can keep back what displeases: only what is hidden from somebody who exports."""
        asked = self._replayer
        for body in subject.withheld:
            try:
                lawful, told = asked is not None and asked.may_be_withheld(state, body), ""
            except Exception as wrong:
                lawful, told = False, _told("withheld", wrong)
            if not lawful:
                self.add(_of(body, "withheld_without_cause", None, told))
        subject.withheld = []

    def _check_withheld_looks(self, subject: _Subject) -> None:
        """At what an auditor looked is kept from those alone who know nothing of the subject."""
        known = set(map(mark_of, self._subjects)) if subject.withheld else set[str]()
        for body in subject.withheld:
            if not is_look(body.act, body.subj) or body.data.get("of") in known:
                self.add(_of(body, "withheld_without_cause", None, ""))
        subject.withheld = []

    # --- what is there besides entries --------------------------------------------------------

    def _check_definitions(self) -> None:
        for digest in self._definitions:
            try:
                canonical = self._definitions[digest]
                if sha256_hex(canonical) != digest:
                    self.add(Finding(code="definition_altered", detail=digest))
                elif type(plain := parse_canonical(canonical)) is not dict:
                    self.add(Finding(code="definition_altered", detail=f"{digest}: no object"))
                else:
                    self._workflow_of[digest] = plain.get("workflow")
            except Exception as wrong:
                told = _told(f"definition {digest}", wrong)
                self.add(Finding(code="definition_altered", detail=told))

    def _check_defined(self) -> None:
        """Every version that an entry defines is there, and no other but those that cycles use."""
        defined = {s.removeprefix("def:") for s in self._subjects if s.startswith("def:")}
        used = {base64.b64decode(name).hex() for name in self._known}
        for digest in sorted(defined - self._definitions.keys() - used):
            self.add(Finding(code="unknown_definition", subj=f"def:{digest}", detail=digest))
        if self._manifest is not None:
            known = set(self._manifest.definitions) & self._definitions.keys()
        else:
            known = set(self._definitions if self._rows is not None else ())
        for digest in sorted(known - defined - used):
            self.add(Finding(code="definition_without_entry", detail=digest))

    def _check_definings(self) -> None:
        for finding in self._definings.findings(self._workflow_of):
            self.add(finding)
        if self._stored_definings is not None:
            try:
                for finding in self._definings.differences(self._stored_definings):
                    self.add(finding)
            except Exception as broken:
                self.add(Finding(code="unreadable", detail=_told("definings", broken)))

    def _check_files(self) -> None:
        erased, named = self._matching.files_erased, self._matching.files_named
        for name in self._files:
            try:
                sound, told = self._files[name] == name, name
            except Exception as broken:
                sound, told = False, _told(name, broken)
            if not sound:
                self.add(Finding(code="file_altered", detail=told))
            # The same bytes may have been filed again since by somebody else.
            if name in erased and named.get(name, "") <= erased[name]:
                self.add(Finding(code="erasure_undone", detail=f"file {name}"))
        announced = set(self._manifest.files) if self._manifest is not None else set[str]()
        for name in sorted((named.keys() | announced) - self._files.keys() - erased.keys()):
            self.add(Finding(code="file_missing", detail=name))
        for name in sorted((self._files.keys() & announced) - named.keys() - erased.keys()):
            self.add(Finding(code="file_without_entry", detail=name))

    def _check_ends(self) -> None:
        for (subj, seq), leaves in self._awaited.items():
            for leaf in leaves:
                self.add(Finding(code="head_missing", subj=subj, seq=seq, detail=leaf))
        if self._manifest is not None:
            self._check_manifest(self._manifest)
        if self._rows is not None:
            self._check_rows(self._rows)
        for subj, subject in self._subjects.items():
            if subject.cycle is not None:
                self._let_go(subj, subject)
            if not subj.startswith("cycle:"):
                self._check_withheld_looks(subject)

    def _check_manifest(self, manifest: Manifest) -> None:
        read = self._matching.read
        for name, said, found in (
            ("entries", manifest.entries, self._entries),
            ("payloads", manifest.payloads, read),
        ):
            if said != found:
                told = f"{said} {name} are announced, {found} are there"
                self.add(Finding(code="manifest_mismatch", detail=told))
        definitions = set(manifest.definitions)
        for digest in sorted(definitions ^ self._definitions.keys()):
            told = "announced" if digest in definitions else "there, but not announced"
            self.add(Finding(code="manifest_mismatch", detail=f"definition {digest} is {told}"))
        for digest in sorted(self._files.keys() - set(manifest.files)):
            told = f"file {digest} is there, but not announced"
            self.add(Finding(code="manifest_mismatch", detail=told))
        for subj, head in manifest.heads.items():
            link = self._link(subj)
            if link is None or link.seq < head.seq:
                told = f"ends at {0 if link is None else link.seq}, not at {head.seq}"
                self.add(Finding(code="truncated", subj=subj, seq=head.seq, detail=told))
            elif link.seq > head.seq or b64(link.leaf) != head.leaf:
                told = f"another entry than the manifest's {head.seq} is the last one"
                self.add(Finding(code="manifest_mismatch", subj=subj, seq=link.seq, detail=told))
        for subj in self._subjects:
            if subj not in manifest.heads:
                told = "not in the manifest"
                self.add(Finding(code="manifest_mismatch", subj=subj, detail=told))

    def _check_rows(self, rows: Mapping[str, CycleRow]) -> None:
        for subj, row in rows.items():
            link = self._link(subj)
            if link is None:
                self.add(Finding(code="cycle_without_entry", subj=subj, seq=row.revision))
            elif (row.revision, row.state, row.head) != (link.seq, link.to, link.leaf):
                told = (
                    f"stored: revision {row.revision} in {row.state}; "
                    f"entries: {link.seq} in {link.to}"
                )
                self.add(Finding(code="replay_differs", subj=subj, seq=link.seq, detail=told))
        for subj, subject in self._subjects.items():
            if subj.startswith("cycle:") and subj not in rows and subject.link is not None:
                self.add(Finding(code="entry_without_cycle", subj=subj, seq=subject.link.seq))

    def _link(self, subj: str) -> Link | None:
        subject = self._subjects.get(subj)
        return None if subject is None else subject.link


def _of(body: Body, code: str, line: int | None, detail: str) -> Finding:
    return Finding(code=code, subj=body.subj, seq=body.seq, line=line, detail=detail)


def _told(what: str, error: Exception) -> str:
    """An error as one short line; even one whose own text cannot be made."""
    try:
        return f"{what}: {type(error).__name__}: {error}"[:300]
    except Exception:
        return f"{what}: {type(error).__name__}"
