"""The verifier: a sound log is ok, and each kind of damage has its finding."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from cycles.canonical import canonical_bytes, parse_canonical, sha256_hex
from cycles.ledger import (
    FINDING_CODES,
    Body,
    CycleRow,
    Finding,
    Head,
    PayloadRow,
    Verifier,
    leaf_hash,
)
from cycles.ledger.verify import MAX_FINDINGS
from tests.unit.ledger.toy_log import (
    ACTOR,
    DEFINITION,
    DEFINITIONS,
    ToyLog,
    ToyReplayer,
    body,
    check,
    codes,
    toy_log,
)


def rows_of(log: ToyLog) -> list[CycleRow]:
    """The cycle table that fits the log."""
    return [
        CycleRow(subj, link.seq, link.to, link.leaf)
        for subj, link in log.links.items()
        if subj.startswith("cycle:")
    ]


def edited(raw: bytes, **changes: object) -> bytes:
    """A body's bytes with some keys changed, canonical again."""
    return canonical_bytes({**parse_canonical(raw), **changes})


def rebuilt(entries: list[bytes], start: int) -> list[bytes]:
    """The entries with every `prev` from `start` on made to fit again, as a forger would."""
    made = list(entries)
    for i in range(start, len(made)):
        if Body.parse(made[i]).subj == Body.parse(made[i - 1]).subj:
            made[i] = edited(made[i], prev=base64.b64encode(leaf_hash(made[i - 1])).decode())
    return made


def test_a_sound_log_is_ok():
    """Everything fits: counts, heads, payloads, the erased one, manifest and stored cycles."""
    log = toy_log()

    report = check(
        log.entries,
        log.payload_lines,
        manifest=log.manifest,
        heads=log.heads.values(),
        cycles=rows_of(log),
    )

    assert report.findings == ()
    assert report.ok
    assert (report.entries, report.subjects, report.payloads, report.erased) == (16, 4, 9, 1)
    assert report.heads == log.heads


@pytest.mark.parametrize("seed", range(5))
def test_order_between_subjects_does_not_matter(seed):
    """Each subject's entries in order is all that is asked; payload rows may come in any order."""
    log, chance = toy_log(), random.Random(seed)
    queues: dict[str, list[bytes]] = {}
    for raw in log.entries:
        queues.setdefault(Body.parse(raw).subj, []).append(raw)
    mixed = []
    while queues:
        subj = chance.choice(sorted(queues))
        mixed.append(queues[subj].pop(0))
        if not queues[subj]:
            del queues[subj]
    payloads = chance.sample(log.payload_lines, len(log.rows))

    report = check(mixed, payloads, manifest=log.manifest)

    assert report.findings == ()


def test_an_edit_breaks_the_chain():
    """A changed entry no longer has the leaf that its successor names."""
    log = toy_log()
    log.entries[1] = edited(log.entries[1], via="web")

    assert codes(check(log.entries, log.payload_lines)) == {"chain_broken"}


def test_an_edit_with_all_hashes_made_anew_does_not_fit_what_is_known_elsewhere():
    """Rebuilding the chain changes the head, and the head was written down."""
    log = toy_log()
    heads = log.heads
    log.entries[1] = edited(log.entries[1], via="web")
    forged = rebuilt(log.entries, 2)

    assert "head_differs" in codes(check(forged, log.payload_lines, heads=heads.values()))
    assert "manifest_mismatch" in codes(check(forged, log.payload_lines, manifest=log.manifest))
    assert "payload_missing" in codes(check(forged, log.payload_lines))


def test_a_forged_step_with_all_hashes_made_anew_fails_the_replay():
    """A step that the workflow does not have is found even where every hash fits."""
    log = ToyLog()
    log.append("cycle:c1")
    log.append("cycle:c1", to="revise")

    assert codes(check(log.entries)) == {"replay_failed"}


def test_a_deleted_entry_is_a_gap():
    """An entry taken out is missed by its number, its hash and its state."""
    log = toy_log()
    del log.entries[1]

    found = codes(check(log.entries, log.payload_lines))

    assert found == {"gap", "chain_broken", "state_break"}


def test_swapped_entries_are_found():
    """Order is part of the chain."""
    log = toy_log()
    log.entries[1], log.entries[2] = log.entries[2], log.entries[1]

    assert {"gap", "chain_broken"} <= codes(check(log.entries, log.payload_lines))


def test_a_copied_entry_is_found():
    """The same entry twice is once too often."""
    log = toy_log()
    log.entries.insert(2, log.entries[1])
    log.entries.append(log.entries[0])

    found = codes(check(log.entries, log.payload_lines))

    assert {"gap", "duplicate_subject"} <= found


def test_a_cut_tail_is_found_by_manifest_or_a_known_head():
    """A shortened chain is sound in itself; what is known from before shows the cut."""
    log = ToyLog()
    for _ in range(4):
        log.append("cycle:c1")
    cut = log.entries[:2]

    assert check(cut).ok
    assert codes(check(cut, manifest=log.manifest)) == {"truncated", "manifest_mismatch"}
    assert codes(check(cut, heads=log.heads.values())) == {"head_missing"}
    assert codes(check(cut, cycles=rows_of(log))) == {"replay_differs"}


def test_a_head_from_the_middle_still_holds_after_more_entries():
    """What was written down last month is checked against the log of today."""
    log = ToyLog()
    log.append("cycle:c1")
    old = log.heads["cycle:c1"]
    log.append("cycle:c1")
    lost = replace(old, seq=9)

    assert check(log.entries, heads=[old]).ok
    assert codes(check(log.entries, heads=[old, lost])) == {"head_missing"}


def test_versions_that_cannot_be_read_to_their_end_are_a_finding():
    """A database that breaks off while it tells what was current ends no check."""

    def broken():
        yield from ()
        raise OSError("gone")

    report = check(toy_log().entries, toy_log().payload_lines, definings=broken())

    assert ("unreadable", "definings: OSError: gone") in [
        (finding.code, finding.detail) for finding in report.findings
    ]


def test_heads_noted_at_several_visits_are_all_asked_for():
    """Each is compared by itself: of two that contradict each other, one is told."""
    log = ToyLog()
    log.append("cycle:c1")
    first = log.heads["cycle:c1"]
    log.append("cycle:c1")
    second = log.heads["cycle:c1"]
    other = replace(second, leaf=first.leaf)

    assert check(log.entries, heads=[first, second, second]).ok
    report = check(log.entries, heads=[first, second, other])

    assert [(f.code, f.seq) for f in report.findings] == [("head_differs", 2)]
    assert other.leaf in report.findings[0].detail


def test_entries_of_another_log_are_told():
    """An entry cannot be carried from one school's log into another's."""
    log = ToyLog()
    log.append("cycle:c1")
    log.append("cycle:other", log="cycles.example/school-43")

    assert codes(check(log.entries)) == {"wrong_log"}
    assert codes(check(log.entries[:1], log="cycles.example/school-43")) == {"wrong_log"}


def test_a_clock_set_back_is_told():
    """An entry may not claim to be older than the one it follows."""
    raws = [body().to_bytes()]
    log = ToyLog()
    log.append("cycle:c1")
    back = body(log.links["cycle:c1"], at="2020-01-01T00:00:00.000000Z")
    raws.append(back.to_bytes())

    assert codes(check(raws)) == {"time_backwards"}


def test_an_opening_outside_the_start_is_told():
    """No constraint of a database sees this one."""
    assert codes(check([body(to="revise").to_bytes()])) == {"opening_outside_start"}


def test_definitions_must_be_there_and_be_themselves():
    """Each entry is replayed under its own version, so that must be the true one."""
    digest = sha256_hex(DEFINITION)
    raw = body().to_bytes()

    assert codes(check([raw], definitions={})) == {"unknown_definition"}
    altered = check([raw], definitions={digest: DEFINITION + b" "})
    assert "definition_altered" in codes(altered)
    assert "definition_altered" in codes(check([raw], definitions={digest: b"[]"}))
    no_object = check([raw], definitions={digest: DEFINITION, sha256_hex(b"[]"): b"[]"})
    assert [(f.code, "no object" in f.detail) for f in no_object.findings] == [
        ("definition_altered", True)
    ]


def test_payloads_must_be_the_ones_committed_to():
    """Swapped, altered, missing, surplus, doubled and unreadable payloads are all told."""
    log = toy_log()
    a, b = log.rows[1], log.rows[2]

    def with_rows(*rows: bytes | PayloadRow) -> set[str]:
        return codes(check(log.entries, [log.rows[0], *rows, *log.rows[3:]]))

    swapped = PayloadRow(a.leaf, b.salt, b.payload), PayloadRow(b.leaf, a.salt, a.payload)
    assert with_rows(a, b) == set()
    assert with_rows(*swapped) == {"payload_mismatch"}
    assert with_rows(PayloadRow(a.leaf, a.salt, b'{"text":""}'), b) == {"payload_mismatch"}
    assert with_rows(b) == {"payload_missing"}
    assert with_rows(a, b, PayloadRow(bytes(32), bytes(32), b"{}")) == {"payload_without_entry"}
    assert with_rows(a, a, b) == {"payload_without_entry"}
    nobody = PayloadRow(bytes(32), bytes(32), b"{}")
    assert with_rows(a, b, nobody, nobody) == {"payload_without_entry"}
    assert with_rows(PayloadRow(a.leaf, bytes(31), b"{}"), b) == {"bad_payload", "payload_missing"}
    assert with_rows(PayloadRow(a.leaf, None, b"{}"), b) == {"bad_payload", "payload_missing"}
    assert with_rows(b"{ }", b) == {"not_canonical", "payload_missing"}
    assert with_rows(b"{}", b) == {"bad_payload", "payload_missing"}


def test_an_erasure_needs_its_entry_and_an_entry_its_erasure():
    """Erasing is lawful and says so; a silent or an undone one is found."""
    log = toy_log()
    whole = toy_log()
    silent = [PayloadRow(row.leaf, None, None) for row in log.rows[:2]] + log.rows[2:]
    undone = ToyLog()
    undone.append("cycle:c1", {"text": "x"})
    kept = undone.rows[0]
    undone.erase(0)

    assert check(whole.entries, whole.payload_lines).ok
    assert codes(check(log.entries, silent)) == {"erased_without_entry"}
    assert codes(check(undone.entries, [kept])) == {"erasure_undone"}


@pytest.mark.parametrize(
    "data", [{"leaves": 5}, {"leaves": ["x"]}, {"leaves": ["AAAA"]}, {"files": [5]}, {"files": "x"}]
)
def test_an_unreadable_erasure_is_a_finding(data):
    """An erase entry that names nothing possible does not stop the check."""
    log = ToyLog()
    log.append_to_school("erase", data)

    assert codes(check(log.entries)) == {"bad_body"}


def test_files_are_themselves_there_or_erased():
    """A file is named by its digest; a missing one needs the entry that erased it."""
    log = ToyLog()
    here, gone, lost, forged = ("0" * 63 + c for c in "abcd")
    log.append("cycle:c1", {"file": here})
    log.append("cycle:c1", {"file": gone})
    log.append("cycle:c1", {"file": lost})
    log.append_to_school("erase", {"leaves": [], "files": [gone]})

    def of(**files: str) -> set[tuple[str, str]]:
        report = check(
            log.entries,
            log.payload_lines,
            files={key.removeprefix("f_"): digest for key, digest in files.items()},
            files_in=lambda payload: [payload["file"]],
        )
        return {(f.code, f.detail) for f in report.findings}

    assert of(**{f"f_{here}": here, f"f_{lost}": lost}) == set()
    assert of(**{f"f_{here}": here}) == {("file_missing", lost)}
    assert of(**{f"f_{here}": forged, f"f_{lost}": lost}) == {("file_altered", here)}
    assert ("erasure_undone", f"file {gone}") in of(**{f"f_{x}": x for x in (here, gone, lost)})


def test_a_file_filed_again_after_its_erasure_may_be_there():
    """Equal bytes that somebody else files later are theirs, and no erasure is undone by them."""
    log, file = ToyLog(), "0" * 64
    log.append("cycle:c1", {"file": file})
    log.append_to_school("erase", {"leaves": [], "files": [file]})
    log.append("cycle:c2", {"file": file}, at="2026-03-02T08:00:00.000000Z")
    given = {"files": {file: file}, "files_in": lambda payload: [payload["file"]]}

    assert check(log.entries, log.payload_lines, **given).ok
    assert codes(check(log.entries[:2], log.payload_lines[:1], **given)) == {"erasure_undone"}


def test_a_file_that_was_sent_must_be_there_unless_erased_since():
    """Whoever reads a database names the files that it knows of, and when each was sent."""
    log, lost, gone, again, undone = ToyLog(), *("0" * 63 + c for c in "abcd")
    log.append_to_school("erase", {"leaves": [], "files": [gone, again, undone]})
    there = {again: again, undone: undone}
    verifier = Verifier(definitions=DEFINITIONS, payloads=iter(()), files=there)
    verifier.file(lost, "2026-03-01T08:00:00.000000Z")
    verifier.file(gone, "2026-03-01T08:00:00.000000Z")
    verifier.file(undone, "2026-03-01T08:00:00.000000Z")
    verifier.file(again, "2026-03-02T08:00:00.000000Z")

    report = verifier.verify(enumerate(log.entries, 1))

    assert [(f.code, f.detail) for f in report.findings] == [
        ("erasure_undone", f"file {undone}"),
        ("file_missing", lost),
    ]


def test_a_file_that_cannot_be_read_is_a_finding():
    """A damaged attachment ends neither the check nor the look at the other files."""

    class Broken(dict[str, str]):
        def __getitem__(self, name: str) -> str:
            raise OSError("bad CRC")

    log = ToyLog()
    log.append("cycle:c1")

    report = check(log.entries, files=Broken({"0" * 64: "", "1" * 64: ""}))

    assert [f.code for f in report.findings] == ["file_altered", "file_altered"]


def test_a_withheld_payload_is_no_finding_if_the_manifest_says_so():
    """Whoever may not read a payload yet gets a null row; it is counted, and nothing is wrong."""
    log = toy_log()
    rows = list(log.rows)
    rows[2] = PayloadRow(rows[2].leaf, None, None)
    leaf = base64.b64encode(rows[2].leaf).decode()

    said = check(log.entries, rows, manifest=replace(log.manifest, withheld=(leaf,)))

    assert said.findings == ()
    assert (said.withheld, said.erased) == (1, 1)
    assert codes(check(log.entries, rows, manifest=log.manifest)) == {"erased_without_entry"}


def test_nothing_is_withheld_that_nobody_is_kept_from():
    """Whether a payload may be kept back follows from the log, not from who made the export."""

    class Open(ToyReplayer):
        def may_be_withheld(self, state: object, body: Body) -> bool:
            return {5: state == "revise"}[body.seq]  # what raises is a finding, too

    log = toy_log()
    subj = f"person:{ACTOR}"
    log.append(subj, {"name": "x"}, act="add", to="-", def_=None, guards={}, round=0)
    third, fifth, last = log.rows[1], log.rows[2], log.rows[-1]
    rows = [PayloadRow(r.leaf, None, None) if r in (third, fifth, last) else r for r in log.rows]
    withheld = tuple(base64.b64encode(r.leaf).decode() for r in (third, fifth, last))
    manifest = replace(log.manifest, withheld=withheld)

    report = check(log.entries, rows, replayer=Open(), manifest=manifest)

    assert [(f.code, f.subj, f.seq) for f in report.findings] == [
        ("withheld_without_cause", "cycle:c0", 3),
        ("withheld_without_cause", subj, 1),
    ]


def test_every_version_that_was_defined_is_there_and_no_other():
    """A version that no cycle uses yet is missed too; one that nobody defined is told."""
    other = canonical_bytes({"start": "observe"})
    log = toy_log()
    data = {"workflow": "toy", "number": 1}
    log.append(
        f"def:{sha256_hex(other)}", to="-", def_=None, act="define", guards={}, round=0, data=data
    )
    both = {**DEFINITIONS, sha256_hex(other): other}
    announced = replace(log.manifest, definitions=tuple(both))
    given = {"payloads": log.payload_lines, "manifest": announced}

    assert check(log.entries, definitions=both, **given).ok
    assert "unknown_definition" in codes(check(log.entries, definitions=DEFINITIONS, **given))
    before = toy_log()
    given = {"payloads": before.payload_lines, "manifest": replace(announced, entries=16)}
    alone = check(before.entries, definitions=both, **given)
    assert ("definition_without_entry", sha256_hex(other)) in {
        (f.code, f.detail) for f in alone.findings
    }
    stored = check(before.entries, before.payload_lines, definitions=both, cycles=rows_of(before))
    assert codes(stored) == {"definition_without_entry"}


def test_what_is_said_to_be_withheld_must_be_so():
    """A payload that is there, that was erased, or that nobody knows of cannot be withheld."""
    log = toy_log()
    erased, there = (base64.b64encode(row.leaf).decode() for row in log.rows[:2])

    def saying(leaf: str) -> set[str]:
        manifest = replace(log.manifest, withheld=(leaf,))
        return codes(check(log.entries, log.payload_lines, manifest=manifest))

    assert saying(there) == {"manifest_mismatch"}
    assert saying("A" * 43 + "=") == {"manifest_mismatch"}
    assert saying(erased) == {"erasure_undone"}


def test_what_the_manifest_does_not_announce_is_told():
    """Nothing can be slipped into an export beside what it says of itself."""
    log, other = toy_log(), canonical_bytes({"start": "draft"})
    file = "0" * 64

    report = check(
        log.entries,
        log.payload_lines,
        manifest=log.manifest,
        files={file: file},
        definitions={**DEFINITIONS, sha256_hex(other): other},
    )

    assert [f.code for f in report.findings] == ["manifest_mismatch", "manifest_mismatch"]


def test_whoever_reads_a_database_can_look_beside_each_entry():
    """The entry and its leaf are handed over first, and the payload row may be given there."""
    log = toy_log()
    rows = {row.leaf: row for row in log.rows}
    seen: list[tuple[str, int]] = []

    def beside(body: Body, leaf: bytes) -> None:
        seen.append((body.subj, body.seq))
        if leaf in rows:
            verifier.payload(rows[leaf])
        if body.seq == 2:
            verifier.add(Finding(code="chain_broken", subj=body.subj, seq=body.seq))

    verifier = Verifier(definitions=DEFINITIONS, beside=beside)
    report = verifier.verify((None, raw) for raw in log.entries)

    assert len(seen) == 16
    assert (report.payloads, report.erased) == (9, 1)
    assert [(f.code, f.seq, f.line) for f in report.findings] == [("chain_broken", 2, None)] * 3


def test_stored_cycles_must_be_what_the_entries_give():
    """A state changed behind the log's back, a cycle without entries, and entries without one."""
    log = toy_log()
    first, second, *rest = rows_of(log)

    def against(*rows: CycleRow) -> set[str]:
        return codes(check(log.entries, log.payload_lines, cycles=rows))

    assert against(first, second, *rest) == set()
    assert against(replace(first, state="archived"), second, *rest) == {"replay_differs"}
    assert against(replace(first, revision=1), second, *rest) == {"replay_differs"}
    assert against(replace(first, head=bytes(32)), second, *rest) == {"replay_differs"}
    assert against(second, *rest) == {"entry_without_cycle"}
    assert against(first, second, *rest, replace(first, subj="cycle:x")) == {"cycle_without_entry"}


def test_each_replayed_cycle_is_compared_once_at_its_end():
    """Whoever holds more of a cycle than its state can compare that too."""
    log = toy_log()
    seen: list[tuple[str, object]] = []

    def compare(subj: str, state: object) -> str | None:
        seen.append((subj, state))
        if subj == "cycle:c2":
            raise KeyError("c2")
        return "its tasks differ" if subj == "cycle:c1" else None

    report = check(log.entries, log.payload_lines, compare=compare)

    assert seen == [(f"cycle:c{n}", log.links[f"cycle:c{n}"].to) for n in range(3)]
    assert [(f.code, f.subj) for f in report.findings] == [
        ("replay_differs", "cycle:c1"),
        ("replay_differs", "cycle:c2"),
    ]


def test_a_cycle_is_let_go_when_its_last_known_entry_has_come():
    """The memory for replayed cycles stays flat where the manifest tells their ends."""
    log = toy_log(cycles=50, length=2)
    alive = most = 0

    class Counted:
        def __init__(self) -> None:
            nonlocal alive, most
            alive += 1
            most = max(most, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    class Counting:
        def apply(self, state: object | None, body: Body, definition: bytes | None) -> object:
            return Counted()

    report = check(log.entries, log.payload_lines, replayer=Counting(), manifest=log.manifest)

    assert report.ok
    assert most <= 3


def test_whatever_a_replayer_raises_is_a_finding_once():
    """One broken cycle gives one finding, and the others are still checked."""

    class Broken:
        def apply(self, state: object | None, body: Body, definition: bytes | None) -> object:
            if body.subj == "cycle:c1":
                raise RecursionError("deep")
            return body.to

    log = toy_log()

    report = check(log.entries, log.payload_lines, replayer=Broken())

    assert [(f.code, f.subj, f.seq, f.line) for f in report.findings] == [
        ("replay_failed", "cycle:c1", 1, 6)
    ]


def test_whatever_goes_wrong_beside_an_entry_is_a_finding():
    """Even an error whose own text cannot be made ends no check."""

    class WordlessError(Exception):
        def __str__(self) -> str:
            raise ValueError("no words")

    def beside(body: Body, leaf: bytes) -> None:
        if body.seq == 2:
            raise WordlessError

    log = toy_log(cycles=2, length=2)

    report = check(log.entries, log.payload_lines, beside=beside)

    assert [(f.code, f.subj, f.seq, f.detail) for f in report.findings] == [
        ("bad_body", f"cycle:c{n}", 2, "entry: WordlessError") for n in range(2)
    ]


def test_a_source_that_breaks_off_is_a_finding():
    """A damaged archive ends the reading, not the check."""

    def broken(lines: list[bytes]) -> Iterator[tuple[int, bytes]]:
        yield from enumerate(lines, 1)
        raise OSError("bad CRC")

    def no_rows() -> Iterator[CycleRow]:
        raise OSError("gone")
        yield

    log = ToyLog()
    log.append("cycle:c1")
    verifier = Verifier(definitions={sha256_hex(DEFINITION): DEFINITION}, payloads=broken([]))

    assert codes(verifier.verify(broken(log.entries))) == {"unreadable"}
    assert "unreadable" in codes(check(log.entries, cycles=no_rows()))


def test_a_file_of_rubbish_gives_a_report_of_bounded_size():
    """Ten thousand bad lines are counted, and the first of them told."""
    report = check([b"\xff"] * (MAX_FINDINGS + 50))

    assert not report.ok
    assert (len(report.findings), report.more) == (MAX_FINDINGS, 50)


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"null", b"[" * 100_000, b"\x00", b"9" * 10_000, b'{"v":NaN}']
)
def test_hostile_lines_are_findings(raw):
    """No line ends the check."""
    assert codes(check([raw])) <= {"not_canonical", "bad_body"}
    assert not check([raw]).ok


def test_findings_say_where():
    """A finding reads as one line with its place, and its meaning where nothing else is told."""
    finding = Finding(code="chain_broken", subj="cycle:c1", seq=2, line=7)

    assert str(finding) == f"chain_broken [cycle:c1 seq 2 line 7]: {FINDING_CODES['chain_broken']}"
    assert str(Finding(code="unreadable", detail="x")) == "unreadable: x"


def test_an_unexpected_manifest_is_told():
    """Counts, definitions and subjects that a manifest has otherwise are findings."""
    log = toy_log()
    manifest = log.manifest
    heads = {**manifest.heads}
    heads["cycle:zz"] = Head(subj="cycle:zz", seq=1, leaf="A" * 43 + "=")
    del heads["cycle:c0"]
    wrong = replace(manifest, entries=99, payloads=1, definitions=("0" * 64,), heads=heads)

    report = check(log.entries, log.payload_lines, manifest=wrong)

    assert codes(report) == {"manifest_mismatch", "truncated"}
    assert len(report.findings) == 6
