"""What stands in the bytes of the entries that an auditor looks for; most others lack it.

The database finds these entries by it, in an index that holds no others. In canonical JSON no
text can contain a bare quote, so that only keys and values look like this; a record may still
have a field of such a name, so whoever asks looks closer at what is found.
"""

from __future__ import annotations

from typing import Final, Literal

__all__ = ["MARKS", "Mark", "has_mark"]

Mark = Literal["late", "waived", "typed", "reopened"]

MARKS: Final[dict[Mark, bytes]] = {
    "late": b'"late":true',
    # The act, or what became of a guard.
    "waived": b':"waive',
    "typed": b'"for":"',
    # It is proposed by one, and done by another.
    "reopened": b'reopen","actor":',
}


def has_mark(mark: Mark, body: bytes) -> bool:
    """Whether the entry of this body may be one of these.

    >>> has_mark("typed", b'{"fired":null,"for":null}')
    False
    """
    return MARKS[mark] in body
