"""What would happen: commands tried one after the other on a cycle that stays as it is.

The person who asks tries only what they could send themselves, and reads with the rights of the
real cycle: what is hidden there stays hidden, whatever was tried before (a reveal, a step on).
So whoever shows what came of it asks `access` about the real cycle, never about `after`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cycles.engine.commands import Command
from cycles.engine.cycle import Cycle
from cycles.engine.decide import Decision, decide
from cycles.engine.surroundings import Surroundings
from cycles.errors import RefusedError
from cycles.workflow.version import Version

__all__ = ["Trial", "what_if"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one command would come to: a decision, or why not; and where the cycle then stood."""

    command: Command
    decision: Decision | None
    refusal: RefusedError | None
    after: Cycle


def what_if(
    version: Version,
    cycle: Cycle,
    commands: Iterable[Command],
    *,
    by: str,
    around: Surroundings,
    content_key: bytes,
) -> tuple[Trial, ...]:
    """Try each command of `by` on what the ones before came to; a refusal changes nothing."""
    found: list[Trial] = []
    real = cycle
    for command in commands:
        decision, refusal = None, None
        try:
            decision = decide(
                version,
                cycle,
                command,
                by=by,
                around=around,
                content_key=content_key,
                real_cycle=real,
            )
            cycle = decision.after
        except RefusedError as error:
            refusal = error
        found.append(Trial(command=command, decision=decision, refusal=refusal, after=cycle))
    return tuple(found)
