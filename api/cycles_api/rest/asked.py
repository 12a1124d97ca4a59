"""What is sent to change something: closed shapes, each knowing the engine's command it means."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from cycles.engine.commands import (
    Advance,
    Answer,
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
from cycles.errors import FieldFault, InvalidInputError
from cycles_api.rest.shapes import Request

__all__ = [
    "AdvanceRequest",
    "AnswerRequest",
    "FileRequest",
    "LifecycleRequest",
    "MergeRequest",
    "OpenRequest",
    "TrialRequest",
    "VerifyRequest",
]

Key = Annotated[str, Meta(min_length=1, max_length=80)]
Reason = Annotated[str, Meta(min_length=1, max_length=2000)]
_PERSON = "01a0f3c2-7c00-7a10-8000-000000000001"
_POINT = "01a0f3c2-7c00-7a10-8000-0000000000aa"


class OpenRequest(Request, frozen=True, kw_only=True):
    """Open a cycle; roles that are not given take their defaults."""

    example: ClassVar[dict[str, Any] | None] = {
        "workflow": "lesson-study",
        "group": "01a0f3c2-7c00-7a10-8000-0000000000f1",
        "subject": {"lesson": "圆的面积", "grade": "六年级", "discipline": "数学"},
        "roles": {"teacher": [_PERSON]},
    }

    workflow: Key
    group: Key
    subject: dict[str, Any] = msgspec.field(default_factory=dict)
    roles: dict[str, Annotated[list[Key], Meta(max_length=500)]] = msgspec.field(
        default_factory=dict
    )

    def command(self) -> Open:
        """As the engine takes it; the service gives the id and the zone."""
        held = {role: tuple(people) for role, people in self.roles.items()}
        return Open(cycle="", group=self.group, zone="", subject=self.subject, roles=held)


class AdvanceRequest(Request, frozen=True, kw_only=True):
    """Fire one transition, or several in a row (`path`), all or none."""

    example: ClassVar[dict[str, Any] | None] = {"transition": "finish_preparing"}

    transition: Key | None = None
    path: Annotated[list[Key], Meta(min_length=1, max_length=10)] | None = None
    reason: Reason | None = None

    def commands(self) -> tuple[Advance, ...]:
        """One a transition; raises `InvalidInputError` unless exactly one of the two is there."""
        if (self.transition is None) == (self.path is None):
            known = {"any_of": ["transition", "path"]}
            raise InvalidInputError([FieldFault(field="transition", code="needs_any", data=known)])
        names = self.path if self.path is not None else [self.transition or ""]
        return tuple(Advance(transition=name, reason=self.reason) for name in names)


class FileRequest(Request, frozen=True, kw_only=True):
    """File a record, or supersede one; `for` where typed for another (代录)."""

    example: ClassVar[dict[str, Any] | None] = {
        "record": "three_ones",
        "fields": {"strength": "情境好", "weakness": ["提问太多"], "hope": ["留出思考的时间"]},
        "occurred_on": "2026-05-11",
    }

    record: Key
    fields: dict[str, Any]
    for_: Key | None = msgspec.field(default=None, name="for")
    round: Annotated[int, Meta(ge=1, le=1000)] | None = None
    about: Key | None = None
    occurred_on: date | None = None

    def command(self) -> File:
        """As the engine takes it."""
        return File(
            record=self.record,
            fields=self.fields,
            for_=self.for_,
            round=self.round,
            about=self.about,
            occurred_on=self.occurred_on,
        )


Disposition = Literal["adopted", "partly", "declined", "deferred"]
Outcome = Literal["worked", "not_yet"]


class AnswerRequest(Request, frozen=True, kw_only=True):
    """What becomes of a point; a reason unless it is adopted."""

    example: ClassVar[dict[str, Any] | None] = {
        "disposition": "declined",
        "reason": "这一步学生需要时间",
    }

    disposition: Disposition
    reason: Reason | None = None
    for_: Key | None = msgspec.field(default=None, name="for")


class VerifyRequest(Request, frozen=True, kw_only=True):
    """Whether an adopted point was seen to work."""

    example: ClassVar[dict[str, Any] | None] = {"outcome": "worked"}

    outcome: Outcome
    for_: Key | None = msgspec.field(default=None, name="for")


class MergeRequest(Request, frozen=True, kw_only=True):
    """Make like points one: `points` are answered with `into`."""

    example: ClassVar[dict[str, Any] | None] = {"points": [_POINT], "into": _POINT[:-1] + "b"}

    points: Annotated[list[Key], Meta(min_length=1, max_length=100)]
    into: Key

    def command(self) -> Merge:
        """As the engine takes it."""
        return Merge(points=tuple(self.points), into=self.into)


def _day(day: date | None, field: str) -> date | None:
    """The day, if a school could mean it: far ones cannot be counted with."""
    if day is not None and not 1900 <= day.year < 2200:
        raise InvalidInputError([FieldFault(field=field, code="not_a_date", data={})])
    return day


def _span(since: date, until: date) -> tuple[date, date]:
    """Both days, if a school could mean them."""
    return _day(since, "since") or since, _day(until, "until") or until


# --- lifecycle -----------------------------------------------------------------------------


class _Verb(Request, frozen=True, kw_only=True, tag_field="verb"):
    reason: Reason


class _Turn(_Verb, frozen=True, kw_only=True):
    def command(self) -> Command:
        """As the engine takes it."""
        return Turn(verb=str(self.__struct_config__.tag), reason=self.reason)


class Suspend(_Turn, frozen=True, kw_only=True, tag="suspend"):
    """Suspend the cycle."""

    example: ClassVar[dict[str, Any] | None] = {"verb": "suspend", "reason": "期末复习"}


class Resume(_Turn, frozen=True, kw_only=True, tag="resume"):
    """Resume a suspended cycle."""


class Cancel(_Turn, frozen=True, kw_only=True, tag="cancel"):
    """End the cycle before its end."""


class Withdraw(_Turn, frozen=True, kw_only=True, tag="withdraw"):
    """Take back what one opened."""


class Reopen(_Turn, frozen=True, kw_only=True, tag="reopen"):
    """Propose to reopen an ended cycle, or confirm it as a second person."""


class Add(_Verb, frozen=True, kw_only=True, tag="add"):
    """Add a person to a role."""

    role: Key
    to: Key

    def command(self) -> Command:
        """As the engine takes it."""
        return Staff(verb="add", role=self.role, to=self.to, reason=self.reason)


class Reassign(_Verb, frozen=True, kw_only=True, tag="reassign"):
    """Give somebody's part in a role to another for good."""

    role: Key
    person: Key
    to: Key

    def command(self) -> Command:
        """As the engine takes it."""
        return Staff(
            verb="reassign", role=self.role, person=self.person, to=self.to, reason=self.reason
        )


class Substitute(_Verb, frozen=True, kw_only=True, tag="substitute"):
    """Let another take somebody's part in a role for some days, both included."""

    role: Key
    person: Key
    to: Key
    since: date
    until: date

    def command(self) -> Command:
        """As the engine takes it."""
        return Staff(
            verb="substitute",
            role=self.role,
            person=self.person,
            to=self.to,
            reason=self.reason,
            since=_day(self.since, "since"),
            until=_day(self.until, "until"),
        )


class ExcuseAbsence(_Verb, frozen=True, kw_only=True, tag="excuse"):
    """Excuse somebody's absence for some days, both included."""

    person: Key
    since: date
    until: date

    def command(self) -> Command:
        """As the engine takes it."""
        since, until = _span(self.since, self.until)
        return Excuse(person=self.person, since=since, until=until, reason=self.reason)


class WaiveGuard(_Verb, frozen=True, kw_only=True, tag="waive"):
    """Waive a guard for this visit."""

    guard: Key

    def command(self) -> Command:
        """As the engine takes it."""
        return Waive(guard=self.guard, reason=self.reason)


LifecycleRequest = (
    Suspend
    | Resume
    | Cancel
    | Withdraw
    | Reopen
    | Add
    | Reassign
    | Substitute
    | ExcuseAbsence
    | WaiveGuard
)


# --- what-if -------------------------------------------------------------------------------


class TryAdvance(Request, frozen=True, kw_only=True, tag_field="command", tag="advance"):
    """Fire a transition."""

    transition: Key
    reason: Reason | None = None

    def command(self) -> Command:
        """As the engine takes it."""
        return Advance(transition=self.transition, reason=self.reason)


class TryFile(FileRequest, frozen=True, kw_only=True, tag_field="command", tag="file"):
    """File a record."""


class TryAnswer(AnswerRequest, frozen=True, kw_only=True, tag_field="command", tag="answer"):
    """Answer a point."""

    point: Key

    def command(self) -> Command:
        """As the engine takes it."""
        return Answer(
            point=self.point, disposition=self.disposition, reason=self.reason, for_=self.for_
        )


class TryVerify(VerifyRequest, frozen=True, kw_only=True, tag_field="command", tag="verify"):
    """Verify a point."""

    point: Key

    def command(self) -> Command:
        """As the engine takes it."""
        return Verify(point=self.point, outcome=self.outcome, for_=self.for_)


class TryMerge(MergeRequest, frozen=True, kw_only=True, tag_field="command", tag="merge"):
    """Merge like points."""


class TryConfirm(Request, frozen=True, kw_only=True, tag_field="command", tag="confirm"):
    """Confirm what another typed for oneself."""

    filing: Key

    def command(self) -> Command:
        """As the engine takes it."""
        return Confirm(filing=self.filing)


class TrySign(Request, frozen=True, kw_only=True, tag_field="command", tag="sign"):
    """Sign a record."""

    record: Key

    def command(self) -> Command:
        """As the engine takes it."""
        return Sign(record=self.record)


class TryReveal(Request, frozen=True, kw_only=True, tag_field="command", tag="reveal"):
    """Show the hidden filings of a record."""

    record: Key

    def command(self) -> Command:
        """As the engine takes it."""
        return Reveal(record=self.record)


class TryTurn(Request, frozen=True, kw_only=True, tag_field="command", tag="turn"):
    """Suspend, resume, cancel, withdraw or reopen."""

    verb: Literal["suspend", "resume", "cancel", "withdraw", "reopen"]
    reason: Reason

    def command(self) -> Command:
        """As the engine takes it."""
        return Turn(verb=self.verb, reason=self.reason)


class TryStaff(Request, frozen=True, kw_only=True, tag_field="command", tag="staff"):
    """Add, reassign or substitute."""

    verb: Literal["add", "reassign", "substitute"]
    role: Key
    to: Key
    reason: Reason
    person: Key | None = None
    since: date | None = None
    until: date | None = None

    def command(self) -> Command:
        """As the engine takes it."""
        return Staff(
            verb=self.verb,
            role=self.role,
            to=self.to,
            reason=self.reason,
            person=self.person,
            since=_day(self.since, "since"),
            until=_day(self.until, "until"),
        )


class TryExcuse(Request, frozen=True, kw_only=True, tag_field="command", tag="excuse"):
    """Excuse an absence."""

    person: Key
    since: date
    until: date
    reason: Reason

    def command(self) -> Command:
        """As the engine takes it."""
        since, until = _span(self.since, self.until)
        return Excuse(person=self.person, since=since, until=until, reason=self.reason)


class TryWaive(Request, frozen=True, kw_only=True, tag_field="command", tag="waive"):
    """Waive a guard."""

    guard: Key
    reason: Reason

    def command(self) -> Command:
        """As the engine takes it."""
        return Waive(guard=self.guard, reason=self.reason)


Trying = (
    TryAdvance
    | TryFile
    | TryAnswer
    | TryVerify
    | TryMerge
    | TryConfirm
    | TrySign
    | TryReveal
    | TryTurn
    | TryStaff
    | TryExcuse
    | TryWaive
)


class TrialRequest(Request, frozen=True, kw_only=True):
    """Commands to try one after the other."""

    example: ClassVar[dict[str, Any] | None] = {
        "commands": [{"command": "advance", "transition": "finish_preparing"}]
    }

    commands: Annotated[list[Trying], Meta(min_length=1, max_length=20)]
