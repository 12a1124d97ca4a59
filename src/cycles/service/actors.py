"""Who asks, by which way, and what each operation wants of them: denied unless said here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cycles.errors import NotAllowedError
from cycles.school import ADMIN, AUDITOR, DEPUTY, GROUP_HEAD, HEAD, TEACHER, HeldRole

__all__ = ["OPERATIONS", "Actor", "may", "operator_of", "require"]

#: How the log writes an actor who is no person.
_NOBODY: Final = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who asks, as known at the moment of asking.

    Attributes:
        school_id: Nothing outside this school can be asked for.
        person: The person's id; empty for the operator.
        pseudonym: Their name in the log; `-` for the operator.
        via: One of the ledger's `VIAS`.
        guest: Invited to single cycles only.
        roles: What they hold today.
        only_cycle: The id of the one cycle that their link is for; `None`: not so bound.
    """

    school_id: str
    person: str
    pseudonym: str
    via: str
    guest: bool = False
    roles: tuple[HeldRole, ...] = ()
    only_cycle: str | None = None

    @property
    def is_operator(self) -> bool:
        """Whether no person asks but the machine's own command line."""
        return self.pseudonym == _NOBODY

    def may_reach(self, cycle_id: str) -> bool:
        """Whether what they came in by is good for this cycle, whatever else they may."""
        return self.only_cycle in (None, cycle_id)

    def holds(self, *roles: str) -> bool:
        """Whether they hold one of the roles, in the school or in any group."""
        return any(held.role in roles for held in self.roles)

    def groups(self, *roles: str) -> tuple[str, ...]:
        """The groups in which they hold one of the roles; all roles, if none is named."""
        found = (h.group for h in self.roles if h.group and (not roles or h.role in roles))
        return tuple(dict.fromkeys(found))


def operator_of(school_id: str, via: str = "cli") -> Actor:
    """The one who runs the programme; reaches everything but acts in no cycle."""
    return Actor(school_id=school_id, person="", pseudonym=_NOBODY, via=via)


Rule = Callable[[Actor], bool]


def _anybody(actor: Actor) -> bool:
    return True


def _colleague(actor: Actor) -> bool:
    return actor.is_operator or not actor.guest


def _holder(*roles: str) -> Rule:
    return lambda actor: actor.is_operator or actor.holds(*roles)


#: Operation → who may use it. What happens inside a cycle is decided by its workflow instead.
OPERATIONS: Final[dict[str, Rule]] = {
    "me": _anybody,
    "tasks": _anybody,
    "workflows": _anybody,
    "calendar": _anybody,
    "cycles": _anybody,
    "files": _anybody,
    "people": _colleague,
    "groups": _colleague,
    "open": _colleague,
    "dashboard": _holder(HEAD, DEPUTY, AUDITOR, GROUP_HEAD),
    "board": _holder(HEAD, DEPUTY, GROUP_HEAD),
    "coverage": _holder(HEAD, DEPUTY, AUDITOR, GROUP_HEAD, TEACHER),
    "plan": _holder(HEAD, DEPUTY, AUDITOR, GROUP_HEAD),
    "log": _holder(HEAD, DEPUTY, AUDITOR),
    "export": _holder(HEAD, DEPUTY, AUDITOR),
    "verification": _holder(HEAD, DEPUTY, AUDITOR),
    "erase": _holder(HEAD, ADMIN),
    "directory": _holder(HEAD, ADMIN),
    "tokens": _holder(ADMIN),
    "define": _holder(HEAD, ADMIN),
    "versions": _holder(HEAD, DEPUTY, AUDITOR, ADMIN),
    "upkeep": _holder(HEAD, ADMIN),
    "invite": _holder(HEAD, DEPUTY, GROUP_HEAD, ADMIN),
    "let_in_again": _holder(HEAD, DEPUTY, GROUP_HEAD, ADMIN),
    "invite_guest": _holder(HEAD, DEPUTY, GROUP_HEAD),
    "add_guest": _holder(HEAD, DEPUTY, GROUP_HEAD, ADMIN),
    "take_back": _holder(HEAD, DEPUTY, GROUP_HEAD, ADMIN),
}


def may(operation: str, actor: Actor) -> bool:
    """Whether the actor may use the operation; nobody may use one of which nothing is said."""
    rule = OPERATIONS.get(operation)
    return rule is not None and rule(actor)


def require(operation: str, actor: Actor) -> None:
    """Go on only if the actor may use the operation.

    Raises:
        NotAllowedError: they may not, or nothing is said of such an operation.
    """
    if not may(operation, actor):
        raise NotAllowedError(f"{operation!r} is for others", data={"operation": operation})
