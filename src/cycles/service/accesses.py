"""What lets a person in, as rows: sessions, codes, a password; and how it is taken away.

Whoever changes a person's sessions or codes holds `lock_person` first: what one takes away,
another who only notes that it was used would put back.
"""

from __future__ import annotations

import hashlib

from cycles.store import CredentialRow, InvitationRow, SessionRow, TokenRow, Work

__all__ = ["digest_of", "end_sessions", "forget_accesses", "lock_person", "shut_out"]


def digest_of(text: str) -> str:
    """SHA-256 in hex: all that is kept of a secret."""
    # What is no text at all (lone surrogates) is nobody's secret, and no reason to fail.
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def lock_person(work: Work, person_id: str) -> None:
    """Nobody else changes what lets this person in, until the work ends."""
    work.lock(f"access:{person_id}")


def end_sessions(work: Work, person_id: str) -> int:
    """End all sessions of a person at once; how many there were."""
    lock_person(work, person_id)
    return work.remove(SessionRow, person=person_id)


def shut_out(work: Work, person_id: str) -> None:
    """End all sessions of a person, and take back the codes they were given."""
    end_sessions(work, person_id)
    work.remove(InvitationRow, person=person_id)


def forget_accesses(work: Work, person_id: str) -> None:
    """Remove all by which a person came in."""
    shut_out(work, person_id)
    work.remove(CredentialRow, person=person_id)
    work.remove(TokenRow, person=person_id)
