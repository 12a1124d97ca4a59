"""One entry of the log: its body, the body's bytes, and the leaf hash of these bytes.

The form is fixed for good; a later one would be another `v`. The bytes are what counts:
they are stored, exported and hashed as they are, and parsed only afterwards.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Final

import msgspec

from cycles.canonical import CanonicalReader, canonical_bytes, parse_canonical
from cycles.errors import LedgerError

__all__ = [
    "BODY_KEYS",
    "MAX_BODY_BYTES",
    "VIAS",
    "Body",
    "instant_text",
    "is_subject",
    "leaf_hash",
    "parse_instant",
    "pseudonym",
]

#: So that an entry fits the 16-bit length of a transparency log's entry bundle, with room.
MAX_BODY_BYTES: Final = 16_384
#: The ways by which a command may have come in; `import` marks what was entered in bulk.
VIAS: Final = frozenset({"web", "api", "cli", "job", "import"})


_HASH: Final = r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="  # of 32 bytes, unused bits zero
_NAME: Final = r"[a-z][a-z0-9_.:-]{0,199}"
_PERSON: Final = r"p_[a-z2-7]{26}"
_INSTANT: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
_SUBJECT: Final = rf"cycle:[0-9A-Za-z_-]{{1,64}}|def:[0-9a-f]{{64}}|person:{_PERSON}|school"
#: A printable character as JSON writes it, without `/`.
_SIGN: Final = r'(?:[!#-.0-\[\]-~]|\\["\\])'
_GUARD: Final = rf'"(?:{_SIGN}|/){{1,260}}":"(?:met|waived)"'


def _text(form: str) -> str:
    return f'"(?:{form})"'


def _maybe(form: str) -> str:
    return f'(?:null|"(?:{form})")'


#: A body's keys in their canonical order, and how the value of each is written.
_FORMS: Final = {
    "act": _text(_NAME),
    "actor": _text(rf"{_PERSON}|-"),
    "at": _text(_INSTANT),
    "data": r"\{.*\}",
    "def": _maybe(_HASH),
    "fired": _maybe(_NAME),
    "for": _maybe(_PERSON),
    "from": _maybe(rf"{_NAME}|-"),
    "guards": rf"\{{(?:{_GUARD}(?:,{_GUARD})*)?\}}",
    "idem": _maybe(_HASH),
    "log": _text(rf"{_SIGN}{{1,200}}/{_SIGN}{{1,100}}"),
    "pay": _maybe(_HASH),
    "prev": _maybe(_HASH),
    "role": _maybe(_NAME),
    "round": "(?:0|[1-9][0-9]*)",
    "seq": "[1-9][0-9]*",
    "subj": _text(_SUBJECT),
    "to": _text(rf"{_NAME}|-"),
    "v": "1",
    "via": _text("|".join(sorted(VIAS))),
}
#: Exactly these keys, no more and no fewer.
BODY_KEYS: Final = frozenset(_FORMS)
#: One look at canonical bytes takes a third of the time of twenty at the values.
_IS_BODY: Final = re.compile(
    "".join([r"\{", ",".join(f'"{key}":{form}' for key, form in _FORMS.items()), r"\}"]).encode()
).fullmatch
_IS_INSTANT: Final = re.compile(_INSTANT).fullmatch
_IS_SUBJECT: Final = re.compile(_SUBJECT).fullmatch


class Body(msgspec.Struct, frozen=True, kw_only=True, rename=lambda name: name.rstrip("_")):
    """What an entry says. `from_`, `for_` and `def_` are the keys `from`, `for` and `def`.

    Each value has one form by itself (`_FORMS`); `_check_together` says what holds between them.

    Attributes:
        v: The form's number, 1.
        log: `<host>/<school slug>`: an entry cannot be moved into another log.
        subj: `cycle:<id>`, `def:<digest in hex>`, `person:<pseudonym>` or `school`.
        seq: Counts the subject's entries from 1.
        prev: Base64 leaf hash of the subject's previous entry; `None` exactly at `seq` 1.
        act: The command or the transition.
        from_: The state before, `None` exactly at `seq` 1; `-` for subjects without states.
        to: The state after; `-` for subjects without states.
        fired: The auto transition that the entry carried.
        round: The cycle's round after the entry; 0 for subjects without rounds.
        at: Server time at commit, UTC with microseconds: `2026-03-01T08:00:00.123456Z`.
        actor: Pseudonym of who acted; `-` for nobody in particular.
        for_: Pseudonym of the person for whom it was typed, if another.
        role: In which role the actor acted.
        via: One of `VIAS`.
        def_: Base64 SHA-256 of the workflow version in force; never `None` for a cycle.
        guards: `transition.guard` → `met` or `waived`.
        data: All that replay needs, in clear: ids, codes and facts, no free text.
        pay: Base64 commitment to the payload, `None` without one.
        idem: Base64 SHA-256 of the idempotency key, if there was one.
    """

    v: int = 1
    log: str
    subj: str
    seq: int
    prev: str | None
    act: str
    from_: str | None
    to: str
    fired: str | None = None
    round: int
    at: str
    actor: str
    for_: str | None = None
    role: str | None = None
    via: str
    def_: str | None
    guards: Mapping[str, str]
    data: Mapping[str, Any]
    pay: str | None = None
    idem: str | None = None

    def to_bytes(self) -> bytes:
        """The canonical bytes to store and hash.

        Raises `LedgerError` or `CanonicalFormError` for a body that `parse` would not take:
        what cannot be read back is never written.
        """
        raw = _READER.write(self) or self._spelt_out()
        _check_size(raw)
        _check(raw, self)
        return raw

    def _spelt_out(self) -> bytes:
        plain = dict(zip(_KEYS, _VALUES(self), strict=True))
        plain["guards"] = dict(self.guards)
        plain["data"] = dict(self.data)
        return canonical_bytes(plain)

    @classmethod
    def parse(cls, raw: bytes) -> Body:
        """The body of stored bytes.

        Raises `CanonicalFormError` if they are not canonical JSON, `LedgerError` if they are
        too many or do not have the form of a body.
        """
        _check_size(raw)
        body = _READER.read(raw) or _read(parse_canonical(raw))
        _check(raw, body)
        return body

    @property
    def is_of_cycle(self) -> bool:
        """Whether the subject is a cycle: only these have states and are replayed."""
        return self.subj.startswith("cycle:")


_READER: Final = CanonicalReader(Body)
_FIELDS: Final = msgspec.structs.fields(Body)
_KEYS: Final = tuple(field.encode_name for field in _FIELDS)
_VALUES: Final = attrgetter(*(field.name for field in _FIELDS))


def leaf_hash(body: bytes) -> bytes:
    """The 32-byte RFC 6962 leaf hash of a body's stored bytes."""
    return hashlib.sha256(b"\x00" + body).digest()


def is_subject(text: str) -> bool:
    """Whether something may be the subject of entries, by its form.

    >>> is_subject("school"), is_subject("cycle:any words")
    (True, False)
    """
    return _IS_SUBJECT(text) is not None


def instant_text(moment: datetime) -> str:
    """An instant as the log writes it; raises `LedgerError` for a time without a zone.

    >>> instant_text(datetime(2026, 3, 1, 8, tzinfo=UTC))
    '2026-03-01T08:00:00.000000Z'
    """
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None:
            raise LedgerError("an instant needs a time zone")
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")[:-6] + "Z"


def parse_instant(text: str) -> datetime:
    """The instant, in UTC; raises `LedgerError` for any other spelling or an impossible date."""
    if _IS_INSTANT(text) is None:
        raise LedgerError(f"{text!r:.60} is no instant like 2026-03-01T08:00:00.123456Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise LedgerError(f"{text!r} is no possible instant") from None


def pseudonym(chance: bytes) -> str:
    """A person's name in the log, made of 16 random bytes.

    >>> pseudonym(bytes(16))
    'p_aaaaaaaaaaaaaaaaaaaaaaaaaa'
    """
    if len(chance) != 16:
        raise LedgerError("a pseudonym is made of 16 random bytes")
    return "p_" + base64.b32encode(chance).decode().rstrip("=").lower()


def _check_size(raw: bytes) -> None:
    if len(raw) > MAX_BODY_BYTES:
        raise LedgerError(f"a body of {len(raw)} bytes; at most {MAX_BODY_BYTES} are possible")


def _read(plain: Any) -> Body:
    """The body of a canonical value that is not plainly one."""
    if type(plain) is not dict or plain.keys() != BODY_KEYS:
        raise LedgerError("an entry's body is an object of exactly the twenty keys")
    try:
        return msgspec.convert(plain, Body)
    except msgspec.ValidationError as wrong:
        raise LedgerError(f"no entry's body: {wrong}") from None


def _check(raw: bytes, body: Body) -> None:
    """Everything about a body that can be told without its neighbours; `raw` is canonical."""
    if _IS_BODY(raw) is None:
        plain = parse_canonical(raw)
        forms = {key: re.compile(form.encode()).fullmatch for key, form in _FORMS.items()}
        key = next(k for k in _FORMS if forms[k](canonical_bytes(plain[k])) is None)
        raise LedgerError(f"{key}: {plain[key]!r:.80} does not have the form asked for")
    _check_together(body)


def _check_together(body: Body) -> None:
    """What holds between a body's keys."""
    try:
        datetime.fromisoformat(body.at)
    except ValueError:
        raise LedgerError(f"{body.at!r} is no possible instant") from None
    first = body.seq == 1
    if (body.prev is None) != first or (body.from_ is None) != first:
        raise LedgerError("prev and from are null in a subject's first entry, and only there")
    if not body.is_of_cycle:
        if body.to != "-" or body.from_ not in (None, "-"):
            raise LedgerError("from, to: `-` for a subject without states")
    elif body.to == "-" or body.from_ == "-" or body.def_ is None:
        raise LedgerError("an entry of a cycle has states and names its workflow version")
