"""What becomes of a command: one entry and the cycle after it, or a refusal that says why.

Pure: no clock, chance or I/O. What-if, simulation, tests and the server run this very function.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from cycles.canonical import nfc
from cycles.engine import feedback, filing, lifecycle
from cycles.engine.access import may_see
from cycles.engine.advancing import advance, carried
from cycles.engine.commands import (
    Advance,
    Answer,
    Change,
    Command,
    Confirm,
    Excuse,
    File,
    Merge,
    Open,
    Reveal,
    Sign,
    Staff,
    Turn,
    Verify,
    Waive,
)
from cycles.engine.cycle import Cycle
from cycles.engine.draft import Draft
from cycles.engine.evolve import Event, evolve
from cycles.engine.forms import check_reason
from cycles.engine.opening import opening
from cycles.engine.people import People
from cycles.engine.surroundings import Surroundings
from cycles.engine.tasks import schedule
from cycles.engine.verdicts import Task
from cycles.errors import NotAllowedError, WrongStateError
from cycles.workflow.version import Version

__all__ = ["Decision", "decide"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An accepted command: the entry to append, its payload, the cycle and tasks after it."""

    entry: Event
    #: Texts and names: they stand here and never in the entry. `None` where there are none.
    payload: Mapping[str, Any] | None
    #: Those of the cycle as it has become.
    people: People
    #: Those of today, and those that come with a date already known.
    tasks: tuple[Task, ...]

    @property
    def after(self) -> Cycle:
        """The cycle as it has become."""
        return self.people.cycle


def decide(
    version: Version,
    cycle: Cycle | None,
    command: Command,
    *,
    by: str,
    around: Surroundings,
    content_key: bytes,
    real_cycle: Cycle | None = None,
) -> Decision:
    """The decision on a command sent by the person with pseudonym `by`.

    Args:
        version: The workflow version that the cycle runs under.
        cycle: Where it stands; `None` exactly for `Open`.
        command: What is asked.
        by: The pseudonym of who asks.
        around: Time, people on duty, calendar, linked cycles.
        content_key: The cycle's secret under which content digests are made, 32 bytes.
        real_cycle: Where `cycle` is only tried out, the one whose rules of sight hold.

    Raises:
        RefusedError: one of its leaves; nothing is changed.
    """
    if isinstance(command, Open):
        if cycle is not None:
            raise ValueError("the cycle is open already")
        draft = opening(version, command, by, around)
        new_id = command.cycle
    else:
        if cycle is None:
            raise ValueError("only Open comes without a cycle")
        draft = _draft(People(version, cycle, around, real_cycle), command, by, content_key)
        new_id = cycle.id
    event = Event(
        cycle=new_id,
        definition_id=version.definition_id,
        seq=cycle.revision + 1 if cycle else 1,
        act=draft.act,
        from_=cycle.state if cycle else None,
        to=draft.to,
        fired=None,
        round=draft.round or (cycle.round if cycle else 1),
        at=around.now,
        actor=by,
        for_=draft.for_,
        role=draft.role,
        guards=draft.guards,
        data=draft.data,
    )
    event, people = carried(event, People(version, evolve(version, cycle, event), around))
    return Decision(
        entry=event,
        payload=nfc(draft.payload) if draft.payload else None,
        people=people,
        tasks=schedule(people),
    )


def _draft(people: People, command: Change, by: str, key: bytes) -> Draft:
    _accepts(people, command, by)
    match command:
        case Advance():
            return advance(people, command, by)
        case File():
            return filing.file(people, command, by, key)
        case Confirm():
            return filing.confirm(people, command, by)
        case Sign():
            return filing.sign(people, command, by)
        case Reveal():
            return filing.reveal(people, command, by)
        case Answer():
            return feedback.answer(people, command, by)
        case Verify():
            return feedback.verify(people, command, by)
        case Merge():
            return feedback.merge(people, command, by)
        case Waive():
            return lifecycle.waive(people, command, by)
        case Turn():
            return lifecycle.turn(people, command, by)
        case Staff():
            return lifecycle.staff(people, command, by)
        case Excuse():
            return lifecycle.excuse(people, command, by)
        case _:
            assert_never(command)


def _accepts(people: People, command: Change, by: str) -> None:
    """What stands before every command: the account, sight, a sound reason, an end, a pause."""
    cycle = people.cycle
    if not people.around.directory.is_enabled(by):
        raise NotAllowedError("this account may not act today")
    if not may_see(people, by):
        raise NotAllowedError("this cycle is not among those that you see")
    reason = getattr(command, "reason", None)
    if reason is not None:
        check_reason(reason)
    verb = command.verb if isinstance(command, Turn) else None
    if lifecycle.is_over(people) and verb != "reopen":
        raise WrongStateError("the cycle has ended", possible=["lifecycle:reopen"])
    if cycle.state == "suspended" and verb is None and not isinstance(command, Staff):
        raise WrongStateError(
            "the cycle is suspended; resume it first",
            possible=["lifecycle:resume", "lifecycle:cancel"],
        )
