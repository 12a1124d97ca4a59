"""A session's token as a page may show it: another text on every page, good for the same.

Pages are compressed, and the length of what is compressed tells whether it repeats something. Who
could make a page repeat a guess might so learn a text that stands in it every time (BREACH); a
text that is another on every page, nobody learns that way.
"""

from __future__ import annotations

import base64
import binascii
import secrets

__all__ = ["masked", "unmasked"]


def masked(token: str) -> str:
    """The token (ASCII) under a mask of its own, and the mask, as base64url.

    >>> unmasked(masked("abc")), masked("abc") == masked("abc")
    ('abc', False)
    """
    raw = token.encode()
    mask = secrets.token_bytes(len(raw))
    return base64.urlsafe_b64encode(mask + _xor(raw, mask)).decode()


def unmasked(text: str) -> str:
    """The token that was masked; of what no `masked` has made, something else.

    >>> unmasked("?"), unmasked("汉字"), unmasked("")
    ('', '', '')
    """
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return ""
    half = len(raw) // 2
    return _xor(raw[half:], raw[:half]).decode(errors="replace")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))
