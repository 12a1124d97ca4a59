"""Codes that are read aloud and typed, and texts that only machines pass on; kept as hashes.

The alphabet is Crockford's: no letter looks or sounds like a digit, and what is misread is put
right. Twelve letters are 60 bits, which with throttling nobody guesses within a code's life.
"""

from __future__ import annotations

import base64
import hmac
import unicodedata
from collections.abc import Callable
from typing import Final

__all__ = ["LINK", "SPOKEN", "csrf_of", "new_code", "new_token", "readable", "typed"]

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans("OILU", "011V")
#: Letters of a code that is typed, and of one that only travels in a link: 60 and 120 bits.
SPOKEN: Final = 12
LINK: Final = 24
_PART: Final = 4
_TOKEN_BYTES: Final = 32
#: Longer texts are no code of ours, however they are written.
_LONGEST: Final = 100


def new_code(chance: Callable[[int], bytes], letters: int = SPOKEN) -> str:
    """So many letters by chance, without dashes."""
    # 256 is a multiple of 32, so that no letter is likelier than another.
    return "".join(_ALPHABET[byte % 32] for byte in chance(letters))


def readable(code: str) -> str:
    """The code in parts of four.

    >>> readable("7GQ4M0ZKX2WB")
    '7GQ4-M0ZK-X2WB'
    """
    return "-".join(code[at : at + _PART] for at in range(0, len(code), _PART))


def typed(text: str) -> str:
    """What somebody typed, as the code that it was meant to be.

    >>> typed(" 7gq4 mOzk—x2wb ")
    '7GQ4M0ZKX2WB'
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).upper()
    return "".join(c for c in plain if c.isalnum()).translate(_MISREAD)


def new_token(chance: Callable[[int], bytes]) -> str:
    """256 bits by chance, as a cookie may hold them."""
    return base64.urlsafe_b64encode(chance(_TOKEN_BYTES)).decode().rstrip("=")


def csrf_of(token: str) -> str:
    """What forms of this session carry: follows from its text, and does not give it away."""
    made = hmac.digest(token.encode(errors="replace"), b"cycles csrf", "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
