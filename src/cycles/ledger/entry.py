"""One entry of the log: its body, the body's bytes, and the leaf hash of these bytes.

The form is fixed for good; a later one would be another `v`. The bytes are what counts:
they are stored, exported and hashed as they are, and parsed only afterwards.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cycles.canonical import canonical_bytes, parse_canonical
from cycles.errors import LedgerError

__all__ = [
    "BODY_KEYS",
    "MAX_BODY_BYTES",
    "VIAS",
    "Body",
    "instant_text",
    "leaf_hash",
    "parse_instant",
    "pseudonym",
]

#: So that an entry fits the 16-bit length of a transparency log's entry bundle, with room.
MAX_BODY_BYTES: Final = 16_384
#: The ways by which a command may have come in; `import` marks what was entered in bulk.
VIAS: Final = frozenset({"web", "api", "cli", "job", "import"})

#: A body's keys → the names of `Body`.
_NAMES: Final = {
    "v": "v",
    "log": "log",
    "subj": "subj",
    "seq": "seq",
    "prev": "prev",
    "act": "act",
    "from": "from_",
    "to": "to",
    "fired": "fired",
    "round": "round",
    "at": "at",
    "actor": "actor",
    "for": "for_",
    "role": "role",
    "via": "via",
    "def": "def_",
    "guards": "guards",
    "data": "data",
    "pay": "pay",
    "idem": "idem",
}
#: Exactly these keys, no more and no fewer.
BODY_KEYS: Final = frozenset(_NAMES)

_LOG = re.compile(r"[!-.0-~]{1,200}/[!-.0-~]{1,100}").fullmatch
_SUBJ = re.compile(
    r"cycle:[0-9A-Za-z_-]{1,64}|def:[0-9a-f]{64}|person:p_[a-z2-7]{26}|school"
).fullmatch
#: Base64 of 32 bytes, in the one spelling whose unused bits are zero.
_HASH = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=").fullmatch
_PSEUDONYM = re.compile(r"p_[a-z2-7]{26}").fullmatch
_NAME = re.compile(r"[a-z][a-z0-9_.:-]{0,199}").fullmatch
_GUARD = re.compile(r"[!-~]{1,260}").fullmatch
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What an entry says. `from_`, `for_` and `def_` are the keys `from`, `for` and `def`.

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
        plain: dict[str, Any] = {key: getattr(self, name) for key, name in _NAMES.items()}
        plain["guards"] = dict(self.guards)
        plain["data"] = dict(self.data)
        _check_forms(plain)
        raw = canonical_bytes(plain)
        _check_size(raw)
        return raw

    @classmethod
    def parse(cls, raw: bytes) -> Body:
        """The body of stored bytes.

        Raises `CanonicalFormError` if they are not canonical JSON, `LedgerError` if they are
        too many or do not have the form of a body.
        """
        _check_size(raw)
        plain = parse_canonical(raw)
        if type(plain) is not dict or plain.keys() != BODY_KEYS:
            raise LedgerError("an entry's body is an object of exactly the twenty keys")
        _check_forms(plain)
        return cls(
            v=1,
            log=plain["log"],
            subj=plain["subj"],
            seq=plain["seq"],
            prev=plain["prev"],
            act=plain["act"],
            from_=plain["from"],
            to=plain["to"],
            fired=plain["fired"],
            round=plain["round"],
            at=plain["at"],
            actor=plain["actor"],
            for_=plain["for"],
            role=plain["role"],
            via=plain["via"],
            def_=plain["def"],
            guards=plain["guards"],
            data=plain["data"],
            pay=plain["pay"],
            idem=plain["idem"],
        )

    @property
    def is_of_cycle(self) -> bool:
        """Whether the subject is a cycle: only these have states and are replayed."""
        return self.subj.startswith("cycle:")


def leaf_hash(body: bytes) -> bytes:
    """The 32-byte RFC 6962 leaf hash of a body's stored bytes."""
    return hashlib.sha256(b"\x00" + body).digest()


def instant_text(moment: datetime) -> str:
    """An instant as the log writes it; raises `LedgerError` for a time without a zone.

    >>> instant_text(datetime(2026, 3, 1, 8, tzinfo=UTC))
    '2026-03-01T08:00:00.000000Z'
    """
    if moment.tzinfo is None:
        raise LedgerError("an instant needs a time zone")
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds") + "Z"


def parse_instant(text: str) -> datetime:
    """The instant, in UTC; raises `LedgerError` for any other spelling or an impossible date."""
    if _INSTANT(text) is None:
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


def _text(plain: Mapping[str, Any], key: str, form: Any, *, null: bool = False) -> None:
    value = plain[key]
    if value is None and null:
        return
    if not isinstance(value, str) or form(value) is None:
        raise LedgerError(f"{key}: {value!r:.80} does not have the form asked for")


def _check_forms(plain: Mapping[str, Any]) -> None:
    """Everything about a body that can be told without its neighbours."""
    version, seq, round_ = plain["v"], plain["seq"], plain["round"]
    if type(version) is not int or version != 1:
        raise LedgerError("v: only form 1 is known")
    if type(seq) is not int or seq < 1:
        raise LedgerError("seq: an integer from 1")
    if type(round_) is not int or round_ < 0:
        raise LedgerError("round: an integer from 0")
    _text(plain, "log", _LOG)
    _text(plain, "subj", _SUBJ)
    _text(plain, "prev", _HASH, null=True)
    _text(plain, "act", _NAME)
    _text(plain, "fired", _NAME, null=True)
    _text(plain, "role", _NAME, null=True)
    _text(plain, "def", _HASH, null=True)
    _text(plain, "pay", _HASH, null=True)
    _text(plain, "idem", _HASH, null=True)
    _text(plain, "for", _PSEUDONYM, null=True)
    if plain["actor"] != "-":
        _text(plain, "actor", _PSEUDONYM)
    if not isinstance(plain["at"], str):
        raise LedgerError("at: an instant as text")
    parse_instant(plain["at"])
    if not isinstance(plain["via"], str) or plain["via"] not in VIAS:
        raise LedgerError(f"via: one of {', '.join(sorted(VIAS))}")
    if (plain["prev"] is None) != (seq == 1) or (plain["from"] is None) != (seq == 1):
        raise LedgerError("prev and from are null in a subject's first entry, and only there")
    if plain["subj"].startswith("cycle:"):
        _text(plain, "from", _NAME, null=True)
        _text(plain, "to", _NAME)
        if plain["def"] is None:
            raise LedgerError("def: an entry of a cycle names its workflow version")
    elif plain["to"] != "-" or plain["from"] not in (None, "-"):
        raise LedgerError("from, to: `-` for a subject without states")
    guards = plain["guards"]
    if type(guards) is not dict or type(plain["data"]) is not dict:
        raise LedgerError("guards and data are objects")
    for guard, standing in guards.items():
        if not isinstance(guard, str) or _GUARD(guard) is None or standing not in _STANDINGS:
            raise LedgerError("guards: `transition.guard` with `met` or `waived`")


_STANDINGS = ("met", "waived")
