"""The engine's own verbs, the same in every workflow: pause, end, reopen, staff, excuse, waive.

Each wants a reason and is an entry like any other. Who may is set in `lifecycle:` of the workflow,
with the defaults of LANGUAGE; whom a verb names, or whom a record is about, never clears what
guards against them.
"""

from __future__ import annotations

from typing import Any

from cycles.engine.commands import Excuse, Staff, Turn, Waive
from cycles.engine.cycle import Cycle
from cycles.engine.draft import Draft, reasoned
from cycles.engine.guards import content_of, verdicts_of
from cycles.engine.people import People
from cycles.engine.rights import lifecycle_people, may_confirm_reopening
from cycles.errors import FieldFault, InvalidInputError, NotAllowedError, WrongStateError
from cycles.workflow.definition import Role
from cycles.workflow.version import Version

__all__ = ["ENDED", "excuse", "has_ended", "is_over", "staff", "turn", "waive"]

#: The engine's own ends.
ENDED = frozenset({"cancelled", "withdrawn"})
_STAFFING = ("add", "reassign", "substitute")


def is_over(people: People) -> bool:
    """Whether the cycle has ended, in a final state of its workflow or of the engine."""
    return has_ended(people.version, people.cycle)


def has_ended(version: Version, cycle: Cycle) -> bool:
    """The same of a cycle by itself."""
    return cycle.state in version.final_states or cycle.state in ENDED


def waive(people: People, command: Waive, by: str) -> Draft:
    """Let a guard be for this visit, wherever its id and content recur (特批)."""
    reason, cycle = reasoned(command.reason), people.cycle
    here = people.version.leaving.get(cycle.state, ())
    for _, way in here:
        for guard in way.guards:
            if guard.name != command.guard or guard.waivable_by is None:
                continue
            verdict = next(v for v in verdicts_of(people, way, None) if v.guard == guard.name)
            if verdict.passes:
                continue
            if by not in verdict.waivable_by:
                raise NotAllowedError(
                    "others may waive this", data={"who": list(verdict.waivable_by)}
                )
            data = {"guard": guard.name, "content": content_of(guard)}
            return Draft(act="waive", to=cycle.state, data=data, payload={"reason": reason})
    open_ones = [
        f"waive:{v.guard}"
        for _, way in here
        for v in verdicts_of(people, way, None)
        if v.waivable_by and not v.passes
    ]
    raise WrongStateError(f"{command.guard!r} cannot be waived here and now", possible=open_ones)


def turn(people: People, command: Turn, by: str) -> Draft:
    """Suspend, resume, cancel, withdraw or reopen."""
    cycle, verb, over = people.cycle, command.verb, is_over(people)
    reason = reasoned(command.reason)
    running = not over and cycle.state != "suspended"
    starts = {
        "suspend": running,
        "resume": cycle.state == "suspended",
        "cancel": not over,
        "withdraw": cycle.state == people.version.workflow.start,
        "reopen": over,
    }
    if not starts.get(verb, False):
        possible = [f"lifecycle:{v}" for v, ok in starts.items() if ok]
        raise WrongStateError(f"{verb!r} cannot be done in {cycle.state!r}", possible=possible)
    if verb == "reopen":
        return _reopen(people, reason, by)
    who = lifecycle_people(people, verb)
    if by not in who:
        raise NotAllowedError(f"{verb!r} is for others to do", data={"who": list(who)})
    to = {
        "suspend": "suspended",
        "resume": cycle.held or "",
        "cancel": "cancelled",
        "withdraw": "withdrawn",
    }[verb]
    return Draft(act=verb, to=to, payload={"reason": reason})


def _reopen(people: People, reason: str, by: str) -> Draft:
    """Two persons: one of deputy and head proposes, a second, or the group head, confirms."""
    cycle = people.cycle
    if cycle.reopening is None:
        who = lifecycle_people(people, "reopen")
        if by not in who:
            raise NotAllowedError("deputy or head propose this", data={"who": list(who)})
        return Draft(act="propose_reopen", to=cycle.state, payload={"reason": reason})
    second = may_confirm_reopening(people)
    if by not in second:
        raise NotAllowedError("a second person confirms this", data={"who": list(second)})
    return Draft(act="reopen", to=cycle.before_the_end, payload={"reason": reason})


def staff(people: People, command: Staff, by: str) -> Draft:
    """Add somebody to a role, hand a part over for good (换人负责) or for some days (代上)."""
    cycle, reason = people.cycle, reasoned(command.reason)
    if command.verb not in _STAFFING:
        known = {"known": list(_STAFFING)}
        raise InvalidInputError([FieldFault(field="verb", code="unknown", data=known)])
    concerned = tuple(p for p in (command.person, command.to) if p)
    who = lifecycle_people(people, command.verb, concerned)
    if by not in who:
        raise NotAllowedError(f"{command.verb!r} is for others to do", data={"who": list(who)})
    # Only now: what is wrong names those who could take the part, whom not everybody may know.
    faults = _staff_faults(people, command)
    if faults:
        raise InvalidInputError(faults)
    data: dict[str, Any] = {"role": command.role, "to": command.to}
    if command.verb != "add":
        data["person"] = command.person
    if command.verb == "substitute" and command.since and command.until:
        data |= {"since": command.since.isoformat(), "until": command.until.isoformat()}
    return Draft(act=command.verb, to=cycle.state, data=data, payload={"reason": reason})


def _staff_faults(people: People, command: Staff) -> list[FieldFault]:
    role = people.version.workflow.roles.get(command.role)
    if role is None:
        known = {"known": sorted(people.version.workflow.roles)}
        return [FieldFault(field="role", code="unknown", data=known)]
    holders, faults = people.cycle.roles.get(command.role, ()), []
    if command.verb != "add" and command.person not in holders:
        held = {"who": list(holders)}
        faults.append(FieldFault(field="person", code="not_a_holder", data=held))
    taken = _tied_to(people, command, role)
    if taken is not None:
        faults.append(FieldFault(field="to", code="holds_a_role", data={"role": taken}))
    elif not people.is_candidate(command.role, command.to):
        among = list(people.of(role.among or ("school.staff",)))
        data = {"person": command.to, "candidates": among}
        faults.append(FieldFault(field="to", code="not_a_candidate", data=data))
    if command.verb == "add" and role.most is not None and len(holders) >= role.most:
        faults.append(FieldFault(field="role", code="full", data={"most": role.most}))
    if command.verb == "substitute":
        faults += _span_faults(command)
    return faults


def _tied_to(people: People, command: Staff, role: Role) -> str | None:
    """The role that keeps the person from taking this one.

    Who takes a part over leaves their own for it, for good or meanwhile, if that can spare them;
    who is added holds none.
    """
    cycle, to = people.cycle, command.to
    for other, held in cycle.roles.items():
        spared = command.verb != "add" and other != command.role
        if to in held and not (spared and len(held) > people.version.role(other).least):
            return other
    since, until = command.since or people.around.today, command.until
    for s in cycle.substitutions:
        if s.to == to and since <= s.until and (until is None or s.since <= until):
            return s.role
    return next((other for other in role.not_ if to in people.holders(other)), None)


def excuse(people: People, command: Excuse, by: str) -> Draft:
    """Excuse somebody's absence for some days; they are asked for nothing meanwhile."""
    reason = reasoned(command.reason)
    held = {p for holders in people.cycle.roles.values() for p in holders}
    faults = _span_faults(command)
    if command.person not in held:
        known = {"who": sorted(held)}
        faults.append(FieldFault(field="person", code="not_a_participant", data=known))
    if faults:
        raise InvalidInputError(faults)
    who = lifecycle_people(people, "excuse", (command.person,))
    if by not in who:
        raise NotAllowedError("others excuse this absence", data={"who": list(who)})
    data = {
        "person": command.person,
        "since": command.since.isoformat(),
        "until": command.until.isoformat(),
    }
    return Draft(act="excuse", to=people.cycle.state, data=data, payload={"reason": reason})


def _span_faults(command: Staff | Excuse) -> list[FieldFault]:
    if command.since is None or command.until is None:
        missing = "since" if command.since is None else "until"
        return [FieldFault(field=missing, code="required", data={})]
    if command.since > command.until:
        return [FieldFault(field="until", code="before_since", data={})]
    return []
