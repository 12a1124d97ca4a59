"""Payloads: what is personal stands beside the log, and the log only commits to it.

With 32 random bytes of salt a commitment says nothing about an erased payload, not even to
someone who can guess it; with the salt kept, it proves every byte.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, Final

from cycles.canonical import canonical_bytes
from cycles.errors import LedgerError

__all__ = ["SALT_BYTES", "commitment", "content_digest"]

#: Length of a payload's salt, and of the key of content digests.
SALT_BYTES: Final = 32

_DOMAIN: Final = b"cycles/payload/v1\n"


def commitment(salt: bytes, payload_bytes: bytes) -> str:
    """What an entry's `pay` says of a payload given as canonical JSON: SHA-256 in base64.

    Raises `LedgerError` for a salt of another length: two splits of the same bytes must not
    give one commitment.
    """
    if len(salt) != SALT_BYTES:
        raise LedgerError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return base64.b64encode(hashlib.sha256(_DOMAIN + salt + payload_bytes).digest()).decode()


def content_digest(key: bytes, content: Any) -> str:
    """HMAC-SHA-256 in base64 over the content's canonical form.

    Equal content of one cycle has equal digests; once the cycle's key is erased, nobody can
    tell from a digest what the content was. Raises `LedgerError` for a short key.
    """
    if len(key) < SALT_BYTES:
        raise LedgerError(f"a digest key has at least {SALT_BYTES} bytes, not {len(key)}")
    return base64.b64encode(hmac.digest(key, canonical_bytes(content), "sha256")).decode()
