"""Who may do what, operation by operation, and what nobody gets to read on any way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cycles.service import looking, operator_of, reading_log
from cycles.workflow.loading import load
from tests.web.access_requests import CYCLES, SEEN, Asked, probes
from tests.web.access_run import COLUMNS, SIGNS, Matrix, matrix_of, read_tables, said
from tests.web.access_school import CALLERS, TEXTS, mark
from tests.web.conformance import Conformance

OPERATIONS, READS = read_tables(Path(__file__).with_name("access_matrix.txt").read_text("utf-8"))
#: Ways in which somebody gets further: what is accepted changes the copy that it is sent to.
ACCEPTED = "+"
#: What tells an auditor nothing that a teacher is not told, too.
NO_LOOKS = {
    *("healthz", "explain_problem", "me", "my_tasks", "workflows", "workflow", "diagram"),
    *("people", "groups", "calendar"),
}


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """The two schools behind the application."""
    with matrix_of(tmp_path_factory.mktemp("access")) as running:
        yield running


@pytest.fixture(scope="module")
def conformance(matrix: Matrix) -> Conformance:
    """What the application says of its own answers."""
    return matrix.conformance()


def sign(answer: httpx.Response) -> str:
    """How the table writes what came of a request."""
    return SIGNS.get(answer.status_code, str(answer.status_code))


def differing(found: dict[str, str], wanted: dict[str, str]) -> list[str]:
    """Row and column of every cell that is not as the table has it."""
    return [
        f"{label} / {column}: {signs[at]} instead of {wanted[label][at]}"
        for label, signs in found.items()
        for at, column in enumerate(COLUMNS)
        if signs[at] != wanted[label][at]
    ]


def test_each_operation_has_its_rows(matrix: Matrix, conformance: Conformance) -> None:
    """What the document tells of stands in the table, and each row has its request."""
    asked_for = {label.split()[0] for label in OPERATIONS}

    assert asked_for == set(conformance.operations)
    assert set(OPERATIONS) == set(matrix.rows)
    assert set(READS) == set(TEXTS)


def test_what_leaves_everything_as_it_was(matrix: Matrix, conformance: Conformance) -> None:
    """Every question and every refusal is as the table says, on both ways, and changes nothing.

    But for one thing: what an auditor looked at is an entry, and what nobody else did.
    """
    before, found = matrix.entries(), dict.fromkeys(OPERATIONS, "")
    for label, asked in matrix.rows.items():
        for column, wanted in zip(COLUMNS, OPERATIONS[label], strict=True):
            if asked.changes and wanted == ACCEPTED:
                found[label] += wanted  # asked below, each of a copy of its own
                continue
            answer = matrix.ask(column, asked)
            around = matrix.ask(column, asked, around=True)
            conformance.check(label.split()[0], answer)
            assert sign(around) == sign(answer), (label, column)
            found[label] += sign(answer)

    assert not differing(found, OPERATIONS)
    assert matrix.entries() == before
    assert matrix.lookers() == {matrix.school.people["du"]}


def test_whatever_an_auditor_reads_of_others_is_a_look(matrix: Matrix) -> None:
    """Each question that is answered leaves one entry; what all may know, or is their own, none."""
    auditor = COLUMNS.index("auditor")
    found = {}
    for label, asked in matrix.rows.items():
        if not asked.changes and OPERATIONS[label][auditor] == ACCEPTED:
            matrix.fresh()
            assert matrix.ask("auditor", asked).is_success
            found[label] = matrix.looks()

    matrix.fresh()
    assert {label for label, looks in found.items() if not looks} == NO_LOOKS
    assert set(found.values()) == {0, 1}


def test_what_is_accepted_is_accepted(matrix: Matrix, conformance: Conformance) -> None:
    """Every change that the table allows is made, each in schools that nobody else has changed."""
    found = {}
    for label, asked in matrix.rows.items():
        found[label] = OPERATIONS[label]
        for column, wanted in zip(COLUMNS, OPERATIONS[label], strict=True):
            if asked.changes and wanted == ACCEPTED:
                answer = matrix.ask(column, asked)
                conformance.check(label.split()[0], answer)
                assert sign(answer) == ACCEPTED, (label, column, answer.text)
                matrix.fresh()

    assert not differing(found, OPERATIONS)


def test_headers_alone_are_for_nobody_else(matrix: Matrix) -> None:
    """HEAD is answered to those whom GET answers, and to no others."""
    for label, asked in matrix.rows.items():
        for column, wanted in zip(COLUMNS, OPERATIONS[label], strict=True):
            if asked.method == "GET":
                answer = matrix.ask(column, Asked("HEAD", asked.path))
                assert (sign(answer), answer.content) == (wanted, b""), (label, column)


# --- what is read ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def heard(matrix: Matrix) -> dict[str, str]:
    """Column → everything that they were told, whatever they asked."""
    matrix.fresh()
    told = {}
    for column in COLUMNS:
        told[column] = "\n".join(_told(matrix, column))
    for label, asked in matrix.rows.items():
        if asked.changes:
            for column, wanted in zip(COLUMNS, OPERATIONS[label], strict=True):
                told[column] += said(matrix.ask(column, asked))
                if wanted == ACCEPTED:
                    matrix.fresh()
    return told


def test_texts_are_read_by_whom_the_table_says(heard: dict[str, str]) -> None:
    """No text, file or name gets anywhere else: not in lists, errors, history, log or export."""
    found = {
        text: "".join("+" if mark(text) in heard[column] else "." for column in COLUMNS)
        for text in TEXTS
    }

    assert not differing(found, READS)


def test_a_cycle_that_is_not_for_them_leaves_no_trace(
    matrix: Matrix, heard: dict[str, str]
) -> None:
    """Its id is in no answer, not even in where a page ends."""
    for at, column in enumerate(COLUMNS):
        for name in SEEN:
            seen = OPERATIONS[f"one_cycle {name}"][at] == "+"
            assert (matrix.school.names[name] in heard[column]) == seen, (column, name)


def test_pseudonyms_are_for_those_who_read_the_log(heard: dict[str, str]) -> None:
    """What the log calls somebody is told to them, and to whoever erases the person."""
    for at, column in enumerate(COLUMNS):
        reads = "+" in (OPERATIONS["log"][at], OPERATIONS["erase_person bo"][at])
        assert (re.search("p_[a-z2-7]{26}", heard[column]) is not None) == reads, column


def test_nothing_hidden_differs_from_nothing(matrix: Matrix) -> None:
    """What somebody may not know of is answered as what is nowhere: byte for byte, but its id."""
    matrix.fresh()
    compared = 0
    for label, asked in matrix.rows.items():
        nothing = asked.of_nothing()
        for at, column in enumerate(COLUMNS):
            if nothing is None or not _is_hidden(label, at):
                continue
            known, unknown = (_plain(matrix.ask(column, each), asked) for each in (asked, nothing))
            assert known == unknown, (label, column)
            compared += 1

    assert compared > 500


def _is_hidden(label: str, at: int) -> bool:
    """Whether what a row names is not to be known to a column."""
    operation, _, name = label.partition(" ")
    if OPERATIONS[label][at] in ".x":
        return True
    if label in ("file_record ma_file", "lifecycle far"):
        return COLUMNS[at] != "away" and OPERATIONS["fetch_file ma_file"][at] != "+"
    if operation == "open_cycle":
        shown = "one_cycle visit" if name == "after_visit" else "one_cycle away"
        return name != "maths" and OPERATIONS[shown][at] != "+"
    return operation == "erase_person" and OPERATIONS[label][at] == "-"


def _plain(answer: httpx.Response, asked: Asked) -> tuple[int, dict[str, str], str]:
    """An answer without the number of its request, and with what it names called alike."""
    number = answer.headers["x-request-id"]
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    body = answer.text.replace(number, "…").replace(asked.known, asked.absent)
    return answer.status_code, headers, body


def test_a_key_is_its_owners(matrix: Matrix) -> None:
    """A key that somebody else used for the very same request opens nothing and replays nothing."""
    for label, asked in matrix.rows.items():
        first = OPERATIONS[label].find(ACCEPTED)
        if not asked.changes or first < 0 or asked.file is not None:
            continue
        matrix.fresh()
        done = matrix.ask(COLUMNS[first], asked, key="the-same")
        again = matrix.ask(COLUMNS[first], asked, key="the-same")
        assert sign(done) == ACCEPTED
        assert again.headers["idempotency-replayed"] == "true", label
        assert again.json() == done.json()
        for column, wanted in zip(COLUMNS, OPERATIONS[label], strict=True):
            answer = matrix.ask(column, asked, key="the-same")
            if column == COLUMNS[first]:
                continue
            assert "idempotency-replayed" not in answer.headers, (label, column)
            if wanted in ".x":
                assert sign(answer) == wanted, (label, column)
            assert wanted == ACCEPTED or not answer.is_success, (label, column)


def test_counts_count_what_is_seen(matrix: Matrix) -> None:
    """The dashboard's numbers are those of the cycles that the same person finds."""
    matrix.fresh()
    for column in CALLERS:
        answer = matrix.read(column, "/api/v1/dashboard")
        if answer.status_code != 200:
            continue
        listed = matrix.read(column, "/api/v1/cycles?limit=200").json()["cycles"]
        counts: Counter[Any] = Counter()
        for count in answer.json()["counts"]:
            counts[count["workflow"], count["group"], count["state"]] += count["cycles"]
        found = Counter((c["workflow"], c["group"], c["state"]) for c in listed)

        heads_only = column in ("chair", "ohead")
        own = {"chair": "maths_group", "ohead": "chinese_group"}.get(column)
        if heads_only:
            group = matrix.school.names[str(own)]
            found = Counter({key: n for key, n in found.items() if key[1] == group})
        assert counts == found, column
        assert sum(found.values()) <= len(CYCLES) + 1


def test_a_newer_version_uncovers_no_older_cycle(matrix: Matrix) -> None:
    """Cycles stay as hidden as the version says under which they run; the counts know it, too."""
    matrix.fresh()
    before = matrix.read("chair", "/api/v1/dashboard").json()["counts"]
    text = (Path(__file__).parents[2] / "workflows/classroom-visit.yaml").read_text("utf-8")
    open_to_all = load(text.partition("# Who sees the cycle at all")[0].encode(), "visit.yaml")

    matrix.service.workflows.define(operator_of("near"), [open_to_all])

    assert matrix.read("chair", "/api/v1/dashboard").json()["counts"] == before
    assert "classroom-visit" not in str(before)


def test_an_erased_person_is_in_no_answer(matrix: Matrix) -> None:
    """Name, number and words are gone on every way, export and history included."""
    matrix.fresh()
    gone = [mark(text) for text in ("name_he", "number_he", "three_ones")]
    assert any(gone[2] in each for each in _told(matrix, "chair"))
    erased = matrix.ask(
        "admin", Asked("POST", f"/api/v1/people/{matrix.school.people['he']}/erasure")
    )
    assert erased.is_success

    for column in CALLERS:
        for told in _told(matrix, column):
            assert not [word for word in gone if word in told], column


def _told(matrix: Matrix, column: str) -> Iterator[str]:
    """Every answer to a question of somebody."""
    for asked in (*matrix.rows.values(), *probes(matrix.school)):
        if not asked.changes:
            yield said(matrix.ask(column, asked))


def test_who_else_sent_a_file_shows_nowhere(matrix: Matrix) -> None:
    """The same bytes sent as a file of another kind: each fetches what they sent."""
    matrix.fresh()
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 both"
    kinds = {"other": "xls", "subject": "doc", "away": "ppt"}
    sent = {
        column: matrix.ask(column, Asked("POST", "/api/v1/files", file=old, ending=ending)).json()
        for column, ending in kinds.items()
    }
    for column, told in sent.items():
        fetched = matrix.read(column, f"/api/v1/files/{told['digest']}")
        assert fetched.headers["content-type"] == told["kind"], column

    assert len({told["kind"] for told in sent.values()}) == len(kinds)


def test_an_unannounced_visit_does_not_announce_itself(matrix: Matrix) -> None:
    """A visit that answers an earlier one is not among what that one waits for, to the teacher."""
    matrix.fresh()
    earlier, people = matrix.school.names["visit2"], matrix.school.people
    path = f"/api/v1/cycles/{earlier}"
    feedback = {"strengths": "好", "issues": [{"issue": "慢"}]}
    _send(matrix, "deputy", f"{path}/records", {"record": "feedback", "fields": feedback})
    read = {"record": "acknowledgement", "fields": {"read": True}}
    _send(matrix, "subject", f"{path}/records", read)
    point = matrix.read("subject", path).json()["points"][0]["id"]
    _send(matrix, "subject", f"{path}/feedback/{point}/answer", {"disposition": "adopted"})
    _send(matrix, "deputy", f"{path}/transitions", {"transition": "ask_recheck"})

    follows = {
        "workflow": "classroom-visit",
        "group": matrix.school.names["maths_group"],
        "subject": {"kind": "unannounced", "answers": earlier},
        "roles": {"teacher": [people["liu"]]},
    }
    later = _send(matrix, "head", "/api/v1/cycles", follows).json()["cycle"]

    asked = [f"{path}{what}" for what in ("", "/transitions", "/history", "/records")]
    assert all(later not in matrix.read("subject", each).text for each in asked)
    waiting = [matrix.read("head", each).json()["waiting"]["cycles"] for each in asked[:2]]
    assert waiting == [[later], [later]]
    # Nor is it counted among what the guard looked at when the earlier visit ends.
    _send(matrix, "deputy", f"{path}/feedback/{point}/verify", {"outcome": "worked"})
    _send(matrix, "deputy", f"{path}/transitions", {"transition": "close"})
    ends = {c: matrix.read(c, f"{path}/history").json()["entries"][-1] for c in ("subject", "head")}
    assert ends["head"]["data"]["saw"]["rechecked"][0] == 1
    assert "saw" not in ends["subject"]["data"]


def _send(matrix: Matrix, column: str, path: str, body: Any) -> httpx.Response:
    """A change that is accepted, by somebody who has just looked."""
    if path.count("/") > 4:
        cycle = path.split("/")[4]
        seen = matrix.read(column, f"/api/v1/cycles/{cycle}").headers["etag"]
        matrix.revisions[cycle] = seen
    answer = matrix.ask(column, Asked("POST", path, body, match=path.count("/") > 4))
    assert answer.is_success, answer.text
    return answer


@pytest.mark.parametrize("column", CALLERS)
def test_pages_show_all_that_is_seen_and_name_nothing_else(
    matrix: Matrix, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    """However few rows one page looks at, the pages together are the list, each cycle once."""
    matrix.fresh()
    paths = ("/api/v1/cycles?ended=false", "/api/v1/log?act=file")
    whole = {path: _paged(matrix, column, f"{path}&limit=200") for path in paths}
    for module in (looking, reading_log):
        monkeypatch.setattr(module, "_SCAN", 2)
        monkeypatch.setattr(module, "_PAGE", 1)

    for path, (entries, _) in whole.items():
        found, told = _paged(matrix, column, f"{path}&limit=2")
        assert found == entries
        for at, name in ((COLUMNS.index(column), name) for name in SEEN):
            if OPERATIONS[f"one_cycle {name}"][at] != "+":
                assert matrix.school.names[name] not in told


def _paged(matrix: Matrix, column: str, path: str) -> tuple[list[Any], str]:
    """All that the pages hold, and everything that they say."""
    found: list[Any] = []
    told, more = "", ""
    while True:
        answer = matrix.read(column, f"{path}{more}")
        told += said(answer)
        plain = answer.json()
        found += plain.get("cycles", plain.get("entries", []))
        if not plain.get("next"):
            return found, told
        more = f"&cursor={plain['next']}"
