"""Lines and manifest of an export come back as they went in, and nothing else is taken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cycles.canonical import canonical_bytes, parse_canonical
from cycles.errors import CanonicalFormError, LedgerError
from cycles.ledger import (
    Head,
    PayloadRow,
    definition_member,
    digest_of_member,
    entry_line,
    file_member,
    manifest_bytes,
    numbered_lines,
    payload_line,
    read_manifest,
    read_payload_line,
)
from tests.unit.ledger.toy_log import toy_log


@pytest.mark.parametrize(
    "row", [PayloadRow(bytes(32), bytes(32), b"{}"), PayloadRow(bytes(32), None, None)]
)
def test_a_payload_row_comes_back(row):
    """Whole and erased rows are read as they were written."""
    assert read_payload_line(payload_line(row)[:-1]) == row


@pytest.mark.parametrize(
    "change",
    [
        {"leaf": None},
        {"leaf": "AAAA"},
        {"leaf": 5},
        {"salt": None},
        {"salt": "AAAA"},
        {"payload": None},
        {"payload": "e31="},
        {"payload": "e30"},
        {"payload": "课"},
        {"more": 1},
    ],
)
def test_a_payload_row_of_another_form_is_refused(change):
    """One spelling of a row, so that no byte of the file can change unseen."""
    plain = parse_canonical(payload_line(PayloadRow(bytes(32), bytes(32), b"{}"))[:-1])

    with pytest.raises(LedgerError):
        read_payload_line(canonical_bytes({**plain, **change}))


def test_a_manifest_comes_back():
    """What an export says of itself is read as it was written."""
    manifest = replace(toy_log().manifest, files=("0" * 64,), withheld=("A" * 43 + "=",))

    assert read_manifest(manifest_bytes(manifest)) == manifest


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"format": True},
        {"entries": -1},
        {"entries": True},
        {"log": 1},
        {"created_at": "today"},
        {"files": ["x"]},
        {"files": ["0" * 64, "0" * 64]},
        {"files": ["1" * 64, "0" * 64]},
        {"withheld": ["A" * 42 + "B="]},
        {"withheld": {}},
        {"withheld": [5]},
        {"definitions": {}},
        {"heads": []},
        {"heads": {"school": [1]}},
        {"heads": {"school": ["1", "x"]}},
        {"more": 1},
    ],
)
def test_a_manifest_of_another_form_is_refused(change):
    """A manifest that is not understood is never half believed."""
    plain = parse_canonical(manifest_bytes(toy_log().manifest))

    with pytest.raises(LedgerError):
        read_manifest(canonical_bytes({**plain, **change}))


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_lines_are_the_same_in_any_portions(size):
    """How a file is cut into portions does not change its lines."""
    whole = b"one\n\ntwo\nthree\n"
    chunks = [whole[i : i + size] for i in range(0, len(whole), size)]

    assert list(numbered_lines(chunks)) == [(1, b"one"), (2, b""), (3, b"two"), (4, b"three")]


def test_a_file_that_breaks_off_is_told():
    """A last line without its break means that something is missing."""
    lines = numbered_lines([b"one\ntw"])

    assert next(lines) == (1, b"one")
    with pytest.raises(CanonicalFormError, match="line 2"):
        next(lines)


def test_an_endless_line_is_not_read_to_its_end():
    """A file without line breaks cannot fill the memory."""
    with pytest.raises(CanonicalFormError, match="longer"):
        list(numbered_lines((b"x" * 10 for _ in range(10**9)), limit=100))


def test_a_line_may_be_as_long_as_the_limit():
    """One byte more is refused, in whatever portions it comes."""
    line = b"x" * 100

    assert list(numbered_lines([line, b"\n"], limit=100)) == [(1, line)]
    for chunks in ([line, b"x", b"\n"], [line + b"x\n"], [b"a\n" + line, b"x\nb\n"]):
        with pytest.raises(CanonicalFormError, match="longer than 100 bytes"):
            list(numbered_lines(chunks, limit=100))


def test_a_body_is_a_line():
    """The bytes as they are stored, and a break."""
    assert list(numbered_lines([entry_line(b"{}"), entry_line(b"{}")])) == [(1, b"{}"), (2, b"{}")]


def test_members_are_named_by_digest():
    """A member's name gives its digest back; other names give none."""
    digest = "0f" * 32

    assert digest_of_member(file_member(digest)) == digest
    assert digest_of_member(definition_member(digest)) == digest
    assert digest_of_member("files/../../etc/passwd") is None
    assert digest_of_member("files/" + digest.upper()) is None


def test_a_head_is_written_and_read_in_one_line():
    """What an auditor writes down is understood again."""
    head = toy_log().heads["cycle:c1"]

    assert Head.parse(str(head)) == head
    with pytest.raises(LedgerError):
        Head.parse("cycle:c1:0:abc")
