"""The one canonical form of JSON values, so that equal values have equal bytes and digests.

RFC 8785 without floats: ASCII keys in order, strings, booleans, null, integers below 2^53 in
size, lists and objects. Within these limits no two implementations can disagree: msgspec's
encoder writes exactly the form, as the standard library's does at an eighth of the speed. Strings
are taken as they are; whoever lets text in brings it to NFC first, with `nfc`.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from enum import Enum
from typing import Any, Final, Generic, NoReturn, TypeVar

import msgspec

from cycles.errors import CanonicalFormError

__all__ = [
    "MAX_DEPTH",
    "MAX_INTEGER",
    "CanonicalReader",
    "b64",
    "canonical_bytes",
    "nfc",
    "parse_canonical",
    "sha256_b64",
    "sha256_hex",
]

T = TypeVar("T")

#: Largest size of an integer that every JSON reader keeps exactly (RFC 8785, RFC 7493).
MAX_INTEGER: Final = 2**53 - 1
#: How many lists and objects may stand inside each other; ours need a dozen.
MAX_DEPTH: Final = 64


def canonical_bytes(value: Any) -> bytes:
    """The value's canonical JSON in UTF-8; never holds a raw line break.

    Tuples count as lists. Raises `CanonicalFormError`, naming the place, for anything that has
    no canonical form: floats, large integers, other key types, non-ASCII keys, lone surrogates,
    more than `MAX_DEPTH` levels, objects of other classes.

    >>> canonical_bytes({"b": [1, None], "a": "课"}).decode()
    '{"a":"课","b":[1,null]}'
    """
    try:
        _check(value, 0)
    except _NoFormError as found:
        raise CanonicalFormError(found.place(), found.reason) from None
    return _ENCODER.encode(value)


def parse_canonical(raw: bytes) -> Any:
    """The value whose canonical form these bytes are.

    Raises `CanonicalFormError` for anything else: other spacing or order, duplicate keys, floats,
    escapes that need none, bytes that are no UTF-8, and nesting made to exhaust the stack.
    """
    try:
        value = _DECODER.decode(raw)
    except _NoFormError as found:
        raise CanonicalFormError("", found.reason) from None
    except RecursionError:
        raise CanonicalFormError("", "nested too deeply") from None
    except (msgspec.MsgspecError, ValueError) as found:
        # Bad UTF-8 and integers of thousands of digits are ValueErrors.
        raise CanonicalFormError("", f"no JSON: {str(found)[:200]}") from None
    again = _ENCODER.encode(value) if _is_plain(raw, value) else canonical_bytes(value)
    if again != raw:
        at = next((i for i, (a, b) in enumerate(zip(again, raw, strict=False)) if a != b), None)
        place = min(len(again), len(raw)) if at is None else at
        raise CanonicalFormError("", f"not in canonical form at byte {place}")
    return value


class CanonicalReader(Generic[T]):
    """Reads canonical bytes straight into a class of msgspec.

    Args:
        kind: The class; each of its keys stands in the bytes, those with defaults too.
    """

    def __init__(self, kind: type[T]) -> None:
        self._decoder = msgspec.json.Decoder(kind, float_hook=_no_float)

    def read(self, raw: bytes) -> T | None:
        """The value; `None` if the bytes are not plainly the canonical form of one.

        `parse_canonical` then takes its time to say what is wrong, if anything is.
        """
        try:
            value = self._decoder.decode(raw)
        except (_NoFormError, RecursionError, msgspec.MsgspecError, ValueError):
            return None
        sure = _is_shallow_ascii(raw) and _has_short_numbers(raw) and _ENCODER.encode(value) == raw
        return value if sure else None

    def write(self, value: T) -> bytes | None:
        """The canonical bytes, if they are plainly those from which `read` makes the same value.

        `canonical_bytes` of its parts then takes its time to make them, or says what is wrong.
        """
        try:
            raw = _ENCODER.encode(value)
            again = self._decoder.decode(raw)
        except (_NoFormError, RecursionError, msgspec.MsgspecError, TypeError, ValueError):
            return None
        sure = _is_shallow_ascii(raw) and _has_short_numbers(raw) and again == value
        return raw if sure else None


def nfc(value: Any) -> Any:
    """The same value with every string in Unicode normal form C; keys are left alone.

    Raises `CanonicalFormError` if nested too deeply.
    """
    return _nfc(value, 0)


def b64(raw: bytes) -> str:
    """Bytes as the log writes them: standard base64 with padding."""
    return base64.b64encode(raw).decode()


def sha256_b64(raw: bytes) -> str:
    """SHA-256 in standard base64 with padding, 44 characters."""
    return b64(hashlib.sha256(raw).digest())


def sha256_hex(raw: bytes) -> str:
    """SHA-256 in lower-case hex, 64 characters."""
    return hashlib.sha256(raw).hexdigest()


class _NoFormError(Exception):
    """Travels outwards collecting its place, so that the good case builds no paths."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.steps: list[str] = []

    def place(self) -> str:
        return "".join(reversed(self.steps)).removeprefix(".")


def _check(value: Any, depth: int) -> None:
    kind = type(value)
    if kind is str:
        if not value.isascii():
            _check_text(value)
    elif kind is dict:
        if depth >= MAX_DEPTH:
            raise _NoFormError(f"nested more than {MAX_DEPTH} levels deep")
        for key, inner in value.items():
            if type(key) is not str or not key.isascii():
                raise _NoFormError(f"key {key!r:.80} is not ASCII text")
            if inner is None or (type(inner) is str and inner.isascii()):
                continue  # most values; saves the call
            try:
                _check(inner, depth + 1)
            except _NoFormError as found:
                found.steps.append(f".{key}")
                raise
    elif kind is list or kind is tuple:
        if depth >= MAX_DEPTH:
            raise _NoFormError(f"nested more than {MAX_DEPTH} levels deep")
        for index, inner in enumerate(value):
            try:
                _check(inner, depth + 1)
            except _NoFormError as found:
                found.steps.append(f"[{index}]")
                raise
    elif kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise _NoFormError("integer is not below 2^53 in size")
    elif value is None or kind is bool:
        return
    elif isinstance(value, str) and isinstance(value, Enum):  # the encoder writes its value
        _check_text(value.value)
    elif isinstance(value, float):
        raise _NoFormError("floats have no canonical form here; use an integer with a unit")
    else:
        raise _NoFormError(f"{kind.__name__} is not a JSON value")


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _NoFormError("text holds a lone surrogate") from None


def _is_plain(raw: bytes, value: Any) -> bool:
    """Whether all of a value that the decoder made of the bytes has a canonical form.

    What comes from the decoder is of plain types without floats, its texts are sound. Keys, depth
    and integers are left to prove; then one comparison with the encoder's bytes settles the rest.
    """
    return _has_short_numbers(raw) and (_is_shallow_ascii(raw) or _is_sound(value))


def _has_short_numbers(raw: bytes) -> bool:
    """Whether no run of digits is so long that an integer might be too large."""
    return _LONG_NUMBER not in raw.translate(_DIGITS_AS_ZERO)


def _is_shallow_ascii(raw: bytes) -> bool:
    """Whether keys are ASCII because all is, and nothing is deep because brackets are few."""
    return raw.isascii() and raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH


def _is_sound(value: Any) -> bool:
    """Whether keys are ASCII and depth is limited, looking at nothing but lists and objects."""
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for outer in level:
            if type(outer) is list:
                inner += [v for v in outer if type(v) in _CONTAINERS]
            elif all(map(str.isascii, outer)):
                inner += [v for v in outer.values() if type(v) in _CONTAINERS]
            else:
                return False
        if not inner:
            return True
        level = inner
    return False


def _nfc(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, (dict, list, tuple)):
        if depth >= MAX_DEPTH:
            raise CanonicalFormError("", f"nested more than {MAX_DEPTH} levels deep")
        if isinstance(value, dict):
            return {key: _nfc(inner, depth + 1) for key, inner in value.items()}
        return [_nfc(inner, depth + 1) for inner in value]
    return value


def _no_float(literal: str) -> NoReturn:
    raise _NoFormError(f"{literal[:40]} is no integer")


_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(float_hook=_no_float)
_CONTAINERS: Final = frozenset({dict, list})
#: 2^53 has 16 digits; in bytes where every digit is a zero, such a run is found at once.
_LONG_NUMBER: Final = b"0" * 16
_DIGITS_AS_ZERO: Final = bytes(48 if chr(b).isdigit() and b < 128 else 32 for b in range(256))
