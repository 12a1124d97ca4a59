"""Commands: one transaction, one entry each; all that belongs to it is written or nothing is.

Order matters (DESIGN §7): the idempotency row first, then the cycle's lock, then everything that
guards look at, then the decision, then the writing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from cycles.engine.access import may_read, may_see
from cycles.engine.commands import (
    Advance,
    Command,
    Excuse,
    File,
    Open,
    Staff,
    Turn,
    Waive,
)
from cycles.engine.cycle import Cycle
from cycles.engine.decide import Decision, decide
from cycles.engine.filing import linked_ids, superseded_by
from cycles.engine.people import People
from cycles.engine.surroundings import LinkedCycle, Surroundings
from cycles.errors import (
    BlockedError,
    FieldFault,
    InvalidInputError,
    LedgerError,
    NotAllowedError,
    NotFoundError,
    PreconditionMissingError,
    RefusedError,
    StaleRevisionError,
    TooLargeError,
)
from cycles.ledger import SALT_BYTES, Body, earliest_after, instant_text
from cycles.service.actors import Actor, require
from cycles.service.core import Core, SchoolView
from cycles.service.journal import body_of
from cycles.service.names import inward, tell
from cycles.service.once import Given, once
from cycles.service.outbox import Outbox
from cycles.service.saving import (
    moved_people,
    people_of,
    queue_cycles,
    row_after,
    save_links,
    save_tasks,
)
from cycles.service.unseen import unseen, verdicts_without
from cycles.store import CycleRow, FileRow, FileUseRow, LinkRow, Payload, Work
from cycles.workflow.version import Version

__all__ = ["Acting", "Receipt"]

#: These change where the cycle stands for everybody: whoever sends one must know what they saw.
_NEED_REVISION: Final = (Advance, Turn, Staff, Excuse, Waive)
#: Commands in one path.
_MAX_PATH: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of accepted commands; `seqs` are the numbers of their entries.

    Attributes:
        cycle: The cycle's id.
        revision: Its revision afterwards.
        state: Where it stands afterwards.
        round: In which round.
        seqs: The entries, one a command.
        acts: What each entry tells, with what it carried along: `file+finish_observing`.
        fired: The transitions that the entries carried along (`auto`).
        filings: Ids of records filed.
        points: Ids of feedback points raised or kept by them.
        replayed: Whether this is the answer to an earlier sending of the same request.
    """

    cycle: str
    revision: int
    state: str
    round: int
    seqs: tuple[int, ...]
    acts: tuple[str, ...] = ()
    fired: tuple[str, ...] = ()
    filings: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class _Done:
    receipt: Receipt
    #: Whether something waits in the outbox.
    queued: bool


class Acting:
    """Opens cycles and acts in them."""

    def __init__(self, core: Core, outbox: Outbox) -> None:
        self._core, self._outbox = core, outbox

    def open(self, actor: Actor, workflow: str, command: Open, given: Given) -> Receipt:
        """Open a cycle of the workflow's latest version; the service gives it its id and zone.

        Raises:
            NotFoundError: no such workflow.
            RefusedError: one of its leaves.
        """
        # Before all else: the reasons for refusing a guest would name whom a guest may not know.
        require("open", actor)

        def opened(work: Work) -> _Done:
            core = self._core
            view = core.view_in(work)
            version = core.latest(work, workflow)
            key = core.chance(SALT_BYTES)
            full = replace(command, cycle=core.new_id(), zone=view.row.zone)
            step = _Step(self._core, work, view, version, actor, given)
            try:
                meant = inward(view, version, full)
                named = linked_ids(version.workflow.subject, full.subject)
                linked = step.known(core.linked(work, version, None, named), named.values())
                around = view.around(core.now(), linked)
                decision = decide(
                    version, None, meant, by=actor.pseudonym, around=around, content_key=key
                )
            except RefusedError as error:
                raise tell(view, version, error) from None
            payload = {**(decision.payload or {}), "key": base64.b64encode(key).decode()}
            return step.finish([step.keep(None, decision, payload)], around)

        return self._once(actor, given, opened)

    def act(
        self, actor: Actor, cycle_id: str, commands: Sequence[Command], given: Given
    ) -> Receipt:
        """Do all commands or none of them, one entry each.

        Raises:
            NotFoundError: no such cycle, or none that the actor may know of.
            RefusedError: one of its leaves; `data["step"]` counts from 1 in a path of several.
        """
        if not 1 <= len(commands) <= _MAX_PATH:
            fault = FieldFault(field="path", code="too_many", data={"most": _MAX_PATH})
            raise InvalidInputError([fault])

        def acted(work: Work) -> _Done:
            held = work.hold(cycle_id)
            if held is None:
                raise NotFoundError("cycle", cycle_id)
            view = self._core.view_in(work, held.changes)
            version = self._core.version(work, held.row.version)
            step = _Step(self._core, work, view, version, actor, given, held.links)
            return step.act(held.row, commands)

        return self._once(actor, given, acted)

    def _once(self, actor: Actor, given: Given, work_of: Callable[[Work], _Done]) -> Receipt:
        """Do it the first time that its key is seen, then what follows from it."""
        if actor.is_operator:
            raise NotAllowedError("only a person acts in a cycle")

        def run(work: Work) -> tuple[Receipt, bool]:
            done = work_of(work)
            return done.receipt, done.queued

        receipt, queued = once(self._core, actor, given, Receipt, run)
        if queued is None:
            return replace(receipt, replayed=True)
        if queued:
            self._outbox.settle(actor.school_id)
        return receipt


class _Step:
    """The commands of one transaction."""

    def __init__(
        self,
        core: Core,
        work: Work,
        view: SchoolView,
        version: Version,
        actor: Actor,
        given: Given,
        links: Sequence[LinkRow] = (),
    ) -> None:
        self._core, self._work, self._view, self._links = core, work, view, links
        self._version, self._actor, self._given = version, actor, given
        self._idem = (
            None
            if given.key is None
            else base64.b64encode(hashlib.sha256(given.key.encode()).digest()).decode()
        )

    def act(self, row: CycleRow, commands: Sequence[Command]) -> _Done:
        """Decide each on what the one before came to; keep all."""
        core, by, done = self._core, self._actor.pseudonym, []
        cycle = core.cycles.cycle_of(row)
        around = self._around(cycle, commands[0])
        people = People(self._version, cycle, around)
        if not (self._actor.may_reach(row.id) and may_see(people, by)):
            raise NotFoundError("cycle", row.id)
        for number, command in enumerate(commands):
            if number:
                around = self._around(cycle, command)
                people = People(self._version, cycle, around)
            record = command.record if isinstance(command, File) else None
            try:
                meant = inward(self._view, self._version, command)
                if number == 0:
                    self._check_revision(people, meant)
                self._check_files(people, meant)
                opening = core.opening(self._work, row.id)
                key = opening.key or core.chance(SALT_BYTES)
                decision = decide(
                    self._version, cycle, meant, by=by, around=around, content_key=key
                )
            except RefusedError as error:
                if len(commands) > 1:
                    error.data["step"] = number + 1
                if isinstance(error, BlockedError):
                    hidden = self._unseen(c.id for c in around.linked)
                    error.verdicts = verdicts_without(error.verdicts, hidden)
                raise tell(self._view, self._version, error, record) from None
            payload = dict(decision.payload or {})
            if opening.key is None and isinstance(meant, File):
                # The first key was erased with the opening: digests go on under a new one.
                payload["key"] = base64.b64encode(key).decode()
                core.forget_opening(self._work.school_id, row.id)
            done.append(self.keep(row, decision, payload))
            row, cycle = done[-1].row, decision.after
        return self.finish(done, around)

    def _around(self, cycle: Cycle, command: Command) -> Surroundings:
        named = self._named_by(command)
        linked = self._core.linked(self._work, self._version, cycle.id, named, self._links)
        linked = self.known(linked, named.values())
        now = earliest_after(self._work.link(f"cycle:{cycle.id}"), self._core.now())
        return self._view.around(now, linked)

    def _named_by(self, command: Command) -> dict[str, str]:
        """Link name → id of the cycles that a command names."""
        if not isinstance(command, File) or command.record not in self._version.workflow.records:
            return {}
        return linked_ids(self._version.workflow.records[command.record].form, command.fields)

    def known(
        self, linked: tuple[LinkedCycle, ...], named: Iterable[str]
    ) -> tuple[LinkedCycle, ...]:
        """Without what the sender names and may not know of: the engine then says there is none."""
        hidden = self._unseen(named)
        return tuple(c for c in linked if c.id not in hidden)

    def _unseen(self, cycles: Iterable[str]) -> frozenset[str]:
        return unseen(self._core, self._work, self._view, cycles, self._actor)

    def _check_revision(self, people: People, command: Command) -> None:
        cycle, given = people.cycle, self._given.revision
        if given is not None and given != cycle.revision:
            raise StaleRevisionError(
                "the cycle has moved on",
                data={
                    "expected": given,
                    "revision": cycle.revision,
                    "changed": self._changes_since(cycle, given),
                },
            )
        if given is not None:
            return
        if isinstance(command, _NEED_REVISION):
            raise PreconditionMissingError(
                "this needs If-Match with the cycle's revision",
                data={"revision": cycle.revision},
            )
        if isinstance(command, File) and command.record in self._version.workflow.records:
            form = self._version.workflow.records[command.record].form
            if any(shape.type == "attendance" for shape in form.values()):
                return  # sent as changes that add up
            person = command.for_ or self._actor.pseudonym
            old = superseded_by(
                people.version, cycle, command.record, person, command.round or cycle.round
            )
            if old:
                raise PreconditionMissingError(
                    "this would take the place of a record that is there",
                    data={
                        "revision": cycle.revision,
                        "supersedes": [f.id for f in old],
                        "person": person,
                    },
                )

    def _changes_since(self, cycle: Cycle, seen: int) -> list[dict[str, Any]]:
        """What came after the revision that the sender has seen, the newest ten."""
        after = max(seen, cycle.revision - 10, 0)
        bodies = (Body.parse(e.body) for e in self._work.entries(f"cycle:{cycle.id}", after=after))
        return [{"seq": b.seq, "act": b.act, "at": b.at, "by": b.actor, "to": b.to} for b in bodies]

    def _check_files(self, people: People, command: Command) -> None:
        """A file can be named by who sent it, or by who may read it in this cycle already."""
        if not isinstance(command, File):
            return
        by, faults = self._actor.pseudonym, []
        for name, digest in _files_in(self._version, command.record, command.fields):
            sent = self._work.get(FileRow, digest=digest, uploaded_by=by)
            used = self._work.find(FileUseRow, digest=digest, cycle=people.cycle.id)
            meant = {row.filing for row in used}
            readable = any(f.id in meant and may_read(people, by, f) for f in people.cycle.filings)
            if sent is None and not readable:
                faults.append(FieldFault(field=f"fields.{name}", code="unknown_file", data={}))
        if faults:
            raise InvalidInputError(faults)

    # --- keeping ---------------------------------------------------------------------------

    def keep(self, row: CycleRow | None, decision: Decision, content: dict[str, Any]) -> _Kept:
        """Write a decision's entry, payload and cycle; tasks and links come at the end."""
        work, after = self._work, decision.after
        subj = f"cycle:{after.id}"
        payload = self._core.payload(content)
        body = body_of(
            decision.entry,
            log=self._view.row.log,
            link=work.link(subj),
            via=self._actor.via,
            payload=payload,
            idem=self._idem,
        )
        leaf = self._append(body, payload)
        opened_at = row.opened_at if row else body.at
        new = row_after(work.school_id, decision.people, leaf, opened_at)
        if row is None:
            work.open_cycle(new, people_of(after))
        else:
            before = self._core.cycles.cycle_of(row)
            work.save_cycle(new, moved_people(before, after), expected=row.revision)
        self._core.cycles.keep(leaf, after)
        if body.act == "file":
            self._keep_files(after, content)
        return _Kept(new, decision)

    def _append(self, body: Body, payload: Payload | None) -> bytes:
        try:
            return self._work.append(body, payload)
        except LedgerError as error:
            if "bytes; at most" in str(error):
                raise TooLargeError(
                    "this is more than one entry holds; send it in several parts"
                ) from None
            raise

    def _keep_files(self, after: Cycle, content: dict[str, Any]) -> None:
        filing = after.filings[-1]
        fields = content.get("fields", {})
        for _, digest in _files_in(self._version, filing.record, fields):
            self._work.put(
                FileUseRow(
                    school_id=self._work.school_id,
                    digest=digest,
                    cycle=after.id,
                    filing=filing.id,
                )
            )

    def finish(self, done: list[_Kept], around: Surroundings) -> _Done:
        """Write what follows from the last decision, and say what became of all."""
        last = done[-1].decision
        save_tasks(self._work, last.after.id, last.tasks)
        linked = save_links(self._work, self._version, last.after, self._links)
        queue_cycles(self._work, linked, instant_text(around.now))
        entries = [kept.decision.entry for kept in done]
        filed = [e.data for e in entries if e.act == "file"]
        receipt = Receipt(
            cycle=last.after.id,
            revision=last.after.revision,
            state=last.after.state,
            round=last.after.round,
            seqs=tuple(e.seq for e in entries),
            acts=tuple(f"{e.act}+{e.fired}" if e.fired else e.act for e in entries),
            fired=tuple(e.fired for e in entries if e.fired),
            filings=tuple(d["filing"] for d in filed),
            points=tuple(p["id"] for d in filed for p in d["points"]),
        )
        return _Done(receipt, bool(linked))


@dataclass(frozen=True, slots=True)
class _Kept:
    row: CycleRow
    decision: Decision


def _files_in(version: Version, record: str, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, SHA-256 in hex) of each file that a filing names."""
    kind = version.workflow.records.get(record)
    named = [
        (name, fields.get(name))
        for name, shape in (kind.form if kind else {}).items()
        if shape.type == "file"
    ]
    return [
        (name, value["digest"])
        for name, value in named
        if isinstance(value, dict) and isinstance(value.get("digest"), str)
    ]
