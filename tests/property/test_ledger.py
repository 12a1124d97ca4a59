"""What holds of the log whatever is done to it."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycles.canonical import MAX_DEPTH, MAX_INTEGER, canonical_bytes, nfc, parse_canonical
from cycles.errors import CanonicalFormError
from tests.unit.ledger.toy_log import check, toy_log

keys = st.text(st.characters(max_codepoint=127), max_size=8)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scalars = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | texts
values = st.recursive(
    scalars, lambda v: st.lists(v, max_size=4) | st.dictionaries(keys, v, max_size=4), max_leaves=12
)

LOG = toy_log(cycles=2, length=4)
ENTRIES, PAYLOADS, MANIFEST = LOG.entries, LOG.payload_lines, LOG.manifest


def found(entries: list[bytes], payloads: list[bytes]) -> bool:
    """Whether the verifier finds anything, given the manifest of the true log."""
    return not check(entries, list(payloads), manifest=MANIFEST).ok


@given(values)
def test_canonical_form_comes_back_and_is_one_line(value):
    """Every value is read back equal from its one form, which holds no line break."""
    raw = canonical_bytes(value)

    assert parse_canonical(raw) == value
    assert b"\n" not in raw
    assert json.loads(raw) == value
    reference = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert raw == reference.encode()


@given(values, st.sampled_from([None, 1, "\t"]))
def test_any_other_spelling_is_refused(value, indent):
    """The same value spelt otherwise is not canonical."""
    other = json.dumps(value, indent=indent, separators=(", ", ": ")).encode()

    if other == canonical_bytes(value):
        assert parse_canonical(other) == value
    else:
        with pytest.raises(CanonicalFormError):
            parse_canonical(other)


@given(st.binary(max_size=80) | texts.map(str.encode))
def test_reading_bytes_ends_in_a_value_or_one_error(raw):
    """Whatever the bytes, they are canonical or refused; there is no third way."""
    try:
        value = parse_canonical(raw)
    except CanonicalFormError:
        return
    assert canonical_bytes(value) == raw


@given(values)
def test_nfc_is_reached_in_one_step(value):
    """Text is brought to NFC wherever it stands, and twice changes nothing."""
    once = nfc(value)

    assert nfc(once) == once
    if isinstance(value, str):
        assert once == unicodedata.normalize("NFC", value)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": [1, 1.5]}, "a[1]"),
        ({"a": {"b": float("nan")}}, "a.b"),
        ([2**53], "[0]"),
        ({"课": 1}, ""),
        ({1: 1}, ""),
        ({"a": "\ud800"}, "a"),
        ({"a": b"x"}, "a"),
        ([{1, 2}], "[0]"),
    ],
)
def test_what_has_no_canonical_form_is_refused_by_place(value, place):
    """The error names the place of what cannot be written."""
    with pytest.raises(CanonicalFormError) as refused:
        canonical_bytes(value)

    assert refused.value.path == place


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 200_000])
def test_deep_nesting_is_refused_both_ways(levels):
    """No depth of nesting exhausts the stack."""
    value: list[object] = []
    for _ in range(levels):
        value = [value]

    with pytest.raises(CanonicalFormError):
        canonical_bytes(value)
    with pytest.raises(CanonicalFormError):
        nfc(value)
    with pytest.raises(CanonicalFormError):
        parse_canonical(b"[" * levels + b"]" * levels)
    # Taken apart level by level: the interpreter's own way down might be too deep.
    while value:
        value = value.pop()  # type: ignore[assignment]  # each level holds the next list


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ('{"a":"课"}', True),
        ('{"课":1}', False),
        ('{"a":[{"b":"课","课":1}]}', False),
        ('["课",1.5]', False),
        ('{"a":"\\u8bfe"}', False),
        ('"9007199254740992"', True),
        ("9007199254740991", True),
        ("-9007199254740992", False),
        ("[" * MAX_DEPTH + '"课"' + "]" * MAX_DEPTH, True),
        ("[" * (MAX_DEPTH + 1) + '"课"' + "]" * (MAX_DEPTH + 1), False),
        ("[" + ",".join(["{}"] * 2 * MAX_DEPTH) + "]", True),
    ],
)
def test_only_what_has_the_one_form_is_read(text, sound):
    """Keys, numbers and depth are limited wherever they stand, whatever the texts beside them."""
    raw = text.encode()

    if sound:
        assert canonical_bytes(parse_canonical(raw)) == raw
    else:
        with pytest.raises(CanonicalFormError):
            parse_canonical(raw)


def test_the_true_log_is_ok():
    """All that follows starts from a log without findings."""
    assert not found(ENTRIES, PAYLOADS)


@given(st.data())
def test_any_flipped_bit_is_found(data):
    """One bit of one line, entry or payload row, cannot change unseen."""
    lines = [*ENTRIES, *PAYLOADS]
    which = data.draw(st.integers(0, len(lines) - 1))
    bit = data.draw(st.integers(0, len(lines[which]) * 8 - 1))
    flipped = bytearray(lines[which])
    flipped[bit // 8] ^= 1 << bit % 8
    lines[which] = bytes(flipped)

    assert found(lines[: len(ENTRIES)], lines[len(ENTRIES) :])


@given(st.data())
def test_any_rewritten_stretch_of_bytes_is_found(data):
    """Bytes replaced, put in or taken out are found, and never end the check."""
    lines = [*ENTRIES, *PAYLOADS]
    which = data.draw(st.integers(0, len(lines) - 1))
    old = lines[which]
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, min(len(old), start + 40)))
    new = old[:start] + data.draw(st.binary(max_size=40)) + old[end:]
    lines[which] = new

    assert found(lines[: len(ENTRIES)], lines[len(ENTRIES) :]) == (new != old)


@given(st.permutations(range(len(ENTRIES))), st.integers(0, len(ENTRIES)))
def test_any_loss_is_found_and_order_only_matters_within_a_subject(order, keep):
    """Missing entries are always found; a new order is found exactly if it disturbs a subject."""
    kept = [ENTRIES[i] for i in order[:keep]]
    subjects = [tuple(i for i in order if first <= i < last) for first, last in ((0, 4), (4, 8))]
    in_order = all(list(group) == sorted(group) for group in subjects)

    assert found(kept, PAYLOADS) == (keep < len(ENTRIES) or not in_order)


@given(values, st.integers(0, 7), st.sampled_from(sorted(json.loads(ENTRIES[0]))))
def test_any_value_in_any_key_is_found_and_never_ends_the_check(value, which, key):
    """A canonical entry with anything at all in one key is found if it differs."""
    plain = json.loads(ENTRIES[which])
    entries = list(ENTRIES)
    entries[which] = canonical_bytes({**plain, key: value})

    assert found(entries, PAYLOADS) == (entries != ENTRIES)
