"""Entry bodies: exactly one form, and nothing else is taken."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from cycles.canonical import canonical_bytes, parse_canonical
from cycles.errors import CanonicalFormError, LedgerError
from cycles.ledger import (
    BODY_KEYS,
    MAX_BODY_BYTES,
    Body,
    commitment,
    content_digest,
    earliest_after,
    instant_text,
    leaf_hash,
    next_link,
    parse_instant,
    pseudonym,
)
from tests.unit.ledger.toy_log import BEGIN, body


def test_a_body_comes_back_from_its_bytes():
    """What is written is read back equal, key for key."""
    written = body(for_=body().actor, data={"who": ["p_x"], "text": "课"})

    raw = written.to_bytes()

    assert Body.parse(raw) == written
    assert set(parse_canonical(raw)) == BODY_KEYS


@pytest.mark.parametrize(
    "data",
    [
        {"who": ["p_x"], "n": 7, "late": True, "about": None},
        {"who": ("p_x", "p_y")},
        {"text": "课"},
        {"deep": {"of": [[{"z": 1, "a": 2}]]}},
        {"long": 2**53 - 1},
    ],
)
def test_the_bytes_of_a_body_are_the_canonical_form_of_its_parts(data):
    """The quick way to write an entry and the long one give the same bytes."""
    written = body(data=data)

    raw = written.to_bytes()

    plain = parse_canonical(raw)
    assert raw == canonical_bytes(plain)
    assert canonical_bytes(plain["data"]) == canonical_bytes(data)


@pytest.mark.parametrize(
    "value", [1.5, 2**53, {"p_x"}, datetime(2026, 3, 1, tzinfo=UTC), b"x", {1: "x"}, "\ud800"]
)
def test_what_has_no_canonical_form_is_not_written(value):
    """Nothing is turned into something else on its way into the log."""
    with pytest.raises(CanonicalFormError):
        body(data={"value": value}).to_bytes()


def test_the_leaf_is_that_of_rfc_6962():
    """A Merkle tree over all entries can be added later without touching one."""
    assert leaf_hash(b"") == bytes.fromhex(
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("v", 2),
        ("v", True),
        ("log", "school-42"),
        ("log", 7),
        ("subj", "cycle:"),
        ("subj", "def:abc"),
        ("subj", "person:Li"),
        ("seq", 0),
        ("seq", True),
        ("seq", "1"),
        ("prev", "A" * 43 + "="),
        ("act", "Advance!"),
        ("act", None),
        ("from", "draft"),
        ("to", "-"),
        ("to", None),
        ("fired", 1),
        ("round", -1),
        ("round", None),
        ("at", "2026-03-01T08:00:00Z"),
        ("at", "2026-02-30T08:00:00.000000Z"),
        ("at", "2026-03-01T08:00:00.000000+00:00"),
        ("at", "0000-03-01T08:00:00.000000Z"),
        ("actor", "Li Ming"),
        ("actor", None),
        ("for", "-"),
        ("role", "Head of group"),
        ("via", "telepathy"),
        ("via", []),
        ("def", None),
        ("def", "A" * 42 + "B="),
        ("guards", {"g": "maybe"}),
        ("guards", {"g": []}),
        ("guards", []),
        ("data", None),
        ("data", []),
        ("pay", "abc"),
        ("idem", 5),
        ("extra", 1),
    ],
)
def test_any_value_of_another_form_is_refused(key, value):
    """Each key has one form, and a body with any other is not read."""
    plain = parse_canonical(body().to_bytes())
    plain[key] = value

    with pytest.raises(LedgerError):
        Body.parse(canonical_bytes(plain))


@pytest.mark.parametrize("key", sorted(BODY_KEYS))
def test_no_key_may_be_missing(key):
    """A body has all of its keys, also those that are null."""
    plain = parse_canonical(body().to_bytes())
    del plain[key]

    with pytest.raises(LedgerError):
        Body.parse(canonical_bytes(plain))


def test_what_cannot_be_read_back_is_not_written():
    """A body of a wrong form is refused before it has bytes."""
    with pytest.raises(LedgerError):
        body(to="-").to_bytes()
    with pytest.raises(CanonicalFormError):
        body(data={"n": 1.5}).to_bytes()
    with pytest.raises(LedgerError):
        body(data={"n": "x" * MAX_BODY_BYTES}).to_bytes()


def test_subjects_without_states_have_a_dash():
    """Only cycles have states and must name a workflow version."""
    made = body(subj="school", to="-", def_=None, round=0)

    assert Body.parse(made.to_bytes()) == made
    with pytest.raises(LedgerError):
        body(subj="school", to="draft").to_bytes()


def test_instants_are_written_in_utc_to_the_microsecond():
    """Any zone gives the same text for the same instant, and text gives it back."""
    shanghai = datetime(2026, 3, 1, 16, 0, 0, 5, tzinfo=timezone(timedelta(hours=8)))

    text = instant_text(shanghai)

    assert text == "2026-03-01T08:00:00.000005Z"
    assert parse_instant(text) == shanghai
    assert parse_instant(text).tzinfo == UTC
    with pytest.raises(LedgerError):
        instant_text(datetime(2026, 3, 1))  # noqa: DTZ001 - just what must be refused


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T08:00:00.000000Z",
        "2026-03-01T24:00:00.000001Z",
        "2026-03-01T08:00:00Z",
        "2026-03-01T08:00:00.000000+08:00",
        "",
    ],
)
def test_an_instant_that_never_was_is_none(text):
    """A day that no calendar has, and any other spelling than the one there is."""
    with pytest.raises(LedgerError, match="instant"):
        parse_instant(text)


@pytest.mark.parametrize("chance", [b"", bytes(15), bytes(17)])
def test_a_pseudonym_has_just_so_much_chance_in_it(chance):
    """Fewer bytes could be guessed."""
    with pytest.raises(LedgerError, match="16 random bytes"):
        pseudonym(chance)


def test_a_clock_set_back_writes_no_earlier_time():
    """The next entry is never older than the one before it."""
    opening = body()
    link = next_link(None, opening, opening.to_bytes())

    assert instant_text(earliest_after(link, BEGIN - timedelta(days=1))) == link.at
    assert earliest_after(link, BEGIN + timedelta(days=1)) == BEGIN + timedelta(days=1)
    assert earliest_after(None, BEGIN) == BEGIN


def test_an_entry_that_does_not_fit_gets_no_link():
    """The append rule is the very rule that the verifier checks."""
    opening = body()
    link = next_link(None, opening, opening.to_bytes())
    forked = body(link, from_="revise")

    with pytest.raises(LedgerError, match="state_break"):
        next_link(link, forked, forked.to_bytes())


@pytest.mark.parametrize(
    ("lie", "code"),
    [({"log": "cycles.example/other"}, "wrong_log"), ({"subj": "cycle:c2"}, "chain_broken")],
)
def test_an_entry_of_another_log_or_subject_gets_no_link(lie, code):
    """Whatever else fits, it follows the entry of something else."""
    opening = body()
    link = next_link(None, opening, opening.to_bytes())
    other = body(link, **lie)

    with pytest.raises(LedgerError, match=code):
        next_link(link, other, other.to_bytes())


def test_a_commitment_is_the_documented_hash():
    """Anybody can recompute a commitment with the three things named in the design."""
    expected = hashlib.sha256(b"cycles/payload/v1\n" + bytes(32) + b'{"a":1}').digest()

    assert commitment(bytes(32), b'{"a":1}') == content_base64(expected)
    with pytest.raises(LedgerError):
        commitment(bytes(31), b"{}")


def test_equal_content_has_equal_digests_under_one_key_only():
    """A digest shows that a record changed, and nothing to those without the key."""
    one, other = bytes(32), bytes([1] * 32)

    assert content_digest(one, {"a": 1, "b": 2}) == content_digest(one, {"b": 2, "a": 1})
    assert content_digest(one, {"a": 1}) != content_digest(one, {"a": 2})
    assert content_digest(one, {"a": 1}) != content_digest(other, {"a": 1})
    with pytest.raises(LedgerError):
        content_digest(b"short", {})


def content_base64(raw: bytes) -> str:
    """Base64 by another road than the code under test."""
    import binascii

    return binascii.b2a_base64(raw, newline=False).decode()
