"""The short address of a cycle: its id in 22 characters, for chats and QR."""

from __future__ import annotations

import base64
import uuid

from cycles.errors import NotFoundError

__all__ = ["long_of", "short_of"]


def short_of(cycle_id: str) -> str:
    """A cycle's id in 22 characters.

    >>> short_of("01a1c9a9-8af0-7918-aac3-3cc7dea5a35f")
    'AaHJqYrweRiqwzzH3qWjXw'
    """
    return base64.urlsafe_b64encode(uuid.UUID(cycle_id).bytes).decode().rstrip("=")


def long_of(short: str) -> str:
    """The id of 22 characters; raises `NotFoundError` where they stand for none.

    >>> long_of("AaHJqYrweRiqwzzH3qWjXw")
    '01a1c9a9-8af0-7918-aac3-3cc7dea5a35f'
    """
    try:
        return str(uuid.UUID(bytes=base64.urlsafe_b64decode(short + "==")))
    except ValueError:
        raise NotFoundError("cycle", short) from None
