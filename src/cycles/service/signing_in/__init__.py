"""Signing in: passwords, codes and links, sessions, and how attempts are slowed down."""

from cycles.service.signing_in.door import SigningIn
from cycles.service.signing_in.inviting import Invitation
from cycles.service.signing_in.passwords import LONGEST, SHORTEST, Passwords
from cycles.service.signing_in.sessions import Opened, SessionAnswer, Signed

__all__ = [
    "LONGEST",
    "SHORTEST",
    "Invitation",
    "Opened",
    "Passwords",
    "SessionAnswer",
    "Signed",
    "SigningIn",
]
