"""The members of an export and their lines; reading and writing the zip is done elsewhere.

| member | holds |
|---|---|
| `entries.jsonl` | a body a line, the bytes as stored, each subject's in order |
| `payloads.jsonl` | `{"leaf","payload","salt"}` a line, base64; null where erased or withheld |
| `files/<sha256>` | attachments |
| `definitions/<sha256>.json` | workflow versions in canonical form |
| `manifest.json` | counts, the last entry of each subject, what was withheld |

Canonical JSON never holds a raw line break, so a line holds a body. Payload rows are written in
the order of their entries: reading then needs no more memory than a few lines.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from cycles.canonical import canonical_bytes, parse_canonical
from cycles.errors import CanonicalFormError, LedgerError
from cycles.ledger.chain import Head
from cycles.ledger.entry import parse_instant
from cycles.ledger.payload import SALT_BYTES

__all__ = [
    "DEFINITIONS",
    "ENTRIES",
    "FILES",
    "FORMAT_VERSION",
    "MANIFEST",
    "MAX_LINE_BYTES",
    "PAYLOADS",
    "Manifest",
    "PayloadRow",
    "definition_member",
    "digest_of_member",
    "entry_line",
    "file_member",
    "manifest_bytes",
    "numbered_lines",
    "payload_line",
    "read_manifest",
    "read_payload_line",
]

FORMAT_VERSION: Final = 1
ENTRIES: Final = "entries.jsonl"
PAYLOADS: Final = "payloads.jsonl"
MANIFEST: Final = "manifest.json"
FILES: Final = "files/"
DEFINITIONS: Final = "definitions/"
#: A longer line is not read on: nothing that the service takes comes near it.
MAX_LINE_BYTES: Final = 16 * 1024 * 1024

_MEMBER = re.compile(r"(?:files/([0-9a-f]{64})|definitions/([0-9a-f]{64})\.json)").fullmatch
_DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch
#: Base64 of 32 bytes, in the one spelling whose unused bits are zero.
_LEAF = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=").fullmatch
_MANIFEST_KEYS: Final = frozenset(
    {
        *("format", "log", "created_at", "entries", "payloads"),
        *("heads", "definitions", "files", "withheld"),
    }
)


@dataclass(frozen=True, slots=True)
class PayloadRow:
    """A payload beside the log: 32-byte leaf of its entry, salt, canonical JSON.

    `salt` and `payload` are both `None` once erased, and in an export where withheld.
    """

    leaf: bytes
    salt: bytes | None
    payload: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an export says of itself.

    It is not under any hash of the chain: it shows honest damage, such as a cut tail, while
    against a forger stand heads that were written down elsewhere.

    Attributes:
        log: The log's name.
        created_at: When the export was made, UTC, as an entry's `at`.
        entries: How many entries.
        payloads: How many payload rows, erased and withheld ones included.
        heads: Subject → its last entry.
        definitions: Digests in hex of the workflow versions.
        files: Digests in hex of the attachments.
        withheld: Base64 leaves of the entries whose payload whoever made the export may not
            read yet; it is kept where the export was made.
    """

    log: str
    created_at: str
    entries: int
    payloads: int
    heads: Mapping[str, Head] = field(default_factory=lambda: MappingProxyType({}))
    definitions: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


def file_member(digest: str) -> str:
    """Where an attachment stands; `digest` in hex."""
    return FILES + digest


def definition_member(digest: str) -> str:
    """Where a workflow version stands; `digest` in hex."""
    return f"{DEFINITIONS}{digest}.json"


def digest_of_member(name: str) -> str | None:
    """The digest in hex that a member of `files/` or `definitions/` is named by, if it is one."""
    found = _MEMBER(name)
    return None if found is None else found[1] or found[2]


def entry_line(body: bytes) -> bytes:
    """The line of an entry, its line break included."""
    return body + b"\n"


def payload_line(row: PayloadRow) -> bytes:
    """The line of a payload row, its line break included."""
    plain = {"leaf": _b64(row.leaf), "salt": _b64(row.salt), "payload": _b64(row.payload)}
    return canonical_bytes(plain) + b"\n"


def read_payload_line(raw: bytes) -> PayloadRow:
    """The payload row of a line given without its line break.

    Raises `CanonicalFormError` or `LedgerError`; only the one spelling that `payload_line`
    writes is taken.
    """
    plain = parse_canonical(raw)
    if type(plain) is not dict or plain.keys() != {"leaf", "salt", "payload"}:
        raise LedgerError("a payload row has exactly leaf, salt and payload")
    leaf, salt, payload = (_raw(plain[key], key) for key in ("leaf", "salt", "payload"))
    if leaf is None or len(leaf) != 32:
        raise LedgerError("leaf: 32 bytes in base64")
    if (salt is None) != (payload is None):
        raise LedgerError("salt and payload are erased together")
    if salt is not None and len(salt) != SALT_BYTES:
        raise LedgerError(f"salt: {SALT_BYTES} bytes in base64")
    return PayloadRow(leaf, salt, payload)


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as canonical JSON."""
    return canonical_bytes(
        {
            "format": FORMAT_VERSION,
            "log": manifest.log,
            "created_at": manifest.created_at,
            "entries": manifest.entries,
            "payloads": manifest.payloads,
            "heads": {subj: [head.seq, head.leaf] for subj, head in manifest.heads.items()},
            "definitions": sorted(manifest.definitions),
            "files": sorted(manifest.files),
            "withheld": sorted(manifest.withheld),
        }
    )


def read_manifest(raw: bytes) -> Manifest:
    """The manifest of canonical bytes; raises `CanonicalFormError` or `LedgerError`."""
    plain = parse_canonical(raw)
    if type(plain) is not dict or plain.keys() != _MANIFEST_KEYS:
        raise LedgerError(f"a manifest has exactly {', '.join(sorted(_MANIFEST_KEYS))}")
    if type(plain["format"]) is not int or plain["format"] != FORMAT_VERSION:
        raise LedgerError(f"format {plain['format']!r:.20} is not known; {FORMAT_VERSION} is")
    counts = plain["entries"], plain["payloads"]
    if any(type(count) is not int or count < 0 for count in counts):
        raise LedgerError("entries and payloads are counts")
    if not isinstance(plain["log"], str) or not isinstance(plain["created_at"], str):
        raise LedgerError("log and created_at are texts")
    parse_instant(plain["created_at"])
    for key in ("definitions", "files"):
        if not _is_list(plain[key], _is_digest):
            raise LedgerError(f"{key}: digests in hex, each once, in order")
    if not _is_list(plain["withheld"], _is_leaf):
        raise LedgerError("withheld: leaves in base64, each once, in order")
    if type(plain["heads"]) is not dict:
        raise LedgerError("heads: subject to its last entry")
    heads = {}
    for subj, head in plain["heads"].items():
        if type(head) is not list or [type(part) for part in head] != [int, str]:
            raise LedgerError(f"heads: {subj!r:.100} needs a number and a leaf")
        heads[subj] = Head(subj=subj, seq=head[0], leaf=head[1])
    return Manifest(
        log=plain["log"],
        created_at=plain["created_at"],
        entries=counts[0],
        payloads=counts[1],
        heads=heads,
        definitions=tuple(plain["definitions"]),
        files=tuple(plain["files"]),
        withheld=tuple(plain["withheld"]),
    )


def numbered_lines(
    chunks: Iterable[bytes], *, limit: int = MAX_LINE_BYTES
) -> Iterator[tuple[int, bytes]]:
    r"""Line number from 1 and line without its break, of bytes that come in any portions.

    Raises `CanonicalFormError` where a line is longer than `limit` bytes, or, after all whole
    lines, if the last has no break: then the end is missing.

    >>> list(numbered_lines([b"one\ntw", b"o\n"]))
    [(1, b'one'), (2, b'two')]
    """
    number, rest = 0, b""
    for chunk in chunks:
        *ended, last = (rest + chunk).split(b"\n")
        for line in ended:
            number += 1
            yield number, _short_enough(number, line, limit)
        rest = _short_enough(number + 1, last, limit)
    if rest:
        raise CanonicalFormError(f"line {number + 1}", "breaks off in the middle")


def _short_enough(number: int, line: bytes, limit: int) -> bytes:
    if len(line) > limit:
        raise CanonicalFormError(f"line {number}", f"longer than {limit} bytes")
    return line


def _is_list(value: Any, form: Callable[[Any], bool]) -> bool:
    """Whether it is a list as `manifest_bytes` writes it."""
    if type(value) is not list or not all(map(form, value)):
        return False
    return all(one < next_ for one, next_ in pairwise(value))


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and _DIGEST(value) is not None


def _is_leaf(value: Any) -> bool:
    return isinstance(value, str) and _LEAF(value) is not None


def _b64(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()


def _raw(text: Any, key: str) -> bytes | None:
    if text is None:
        return None
    try:
        if isinstance(text, str):
            raw = base64.b64decode(text, validate=True)
            # Unused bits make several spellings of the same bytes; only one is ours.
            if base64.b64encode(raw).decode() == text:
                return raw
    except (binascii.Error, ValueError):
        pass
    raise LedgerError(f"{key}: not base64")
