"""Passwords: which are taken, and how they are kept (argon2id, at least what OWASP asks for)."""

from __future__ import annotations

import os
import threading
import unicodedata
from collections.abc import Iterable
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from cycles.errors import FieldFault, InvalidInputError
from cycles.service.signing_in.guessable import is_guessable

__all__ = ["LONGEST", "SHORTEST", "Passwords", "check_new", "normal"]

#: In characters.
SHORTEST: Final = 8
LONGEST: Final = 128
#: Each takes 19 MiB and a core for some 30 ms; more at once would only wait for each other.
_AT_ONCE: Final = 2 * (os.cpu_count() or 1)


class Passwords:
    """Hashes and checks passwords, a few at a time.

    Args:
        memory_kib: Memory of one hash, in KiB.
        rounds: How often it goes over this memory.
    """

    def __init__(self, *, memory_kib: int = 19 * 1024, rounds: int = 2) -> None:
        hasher = Argon2Hasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)
        self._hashing = PasswordHash((hasher,))
        self._room = threading.BoundedSemaphore(_AT_ONCE)
        self._nobodys: str | None = None

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with self._room:
            return self._hashing.hash(normal(password))

    def check(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Whether it is the password, and what to keep instead where that is out of date.

        Takes as long where nothing is kept, so that nobody learns who has a password.
        """
        with self._room:
            if self._nobodys is None:
                self._nobodys = self._hashing.hash("nobody's")
            given = normal(password[: LONGEST + 1])
            right, newer = self._hashing.verify_and_update(given, kept or self._nobodys)
        return right and kept is not None, newer


def normal(password: str) -> str:
    """The same text for the same keys, on whatever keyboard: full-width letters are letters."""
    # What is no text at all (lone surrogates) can be no password; it is told apart from all.
    plain = unicodedata.normalize("NFKC", password)
    return plain.encode(errors="replace").decode()


def check_new(password: str, field: str, known: Iterable[str]) -> None:
    """Refuse a password that is too short, too long, or among the first to be guessed.

    Args:
        password: The new one.
        field: What it is called in the form.
        known: The words that everybody knows of this person: name, staff number, school.

    Raises:
        InvalidInputError: `password_short`, `password_long`, `password_common`.
    """
    plain, code, data = normal(password[: LONGEST + 1]), None, dict[str, int]()
    if len(plain) < SHORTEST:
        code, data = "password_short", {"least": SHORTEST}
    elif len(password) > LONGEST or len(plain) > LONGEST:
        code, data = "password_long", {"most": LONGEST}
    elif is_guessable(plain, known):
        code = "password_common"
    if code is not None:
        raise InvalidInputError([FieldFault(field=field, code=code, data=data)])
