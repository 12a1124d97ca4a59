"""What becomes of a command: one entry and the cycle after it, or a refusal that says why.

Pure: no clock, chance or I/O. What-if, simulation, tests and the server run this very function.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cycles.canonical import canonical_bytes, nfc
from cycles.engine.commands import (
    Advance,
    Answer,
    Command,
    Excuse,
    File,
    Open,
    Reveal,
    Staff,
    Turn,
    Verify,
    Waive,
)
from cycles.engine.cycle import Cycle
from cycles.engine.evolve import Event, evolve
from cycles.engine.forms import fill, fill_record
from cycles.engine.guards import content_of, verdicts_of
from cycles.engine.machine import fire
from cycles.engine.opening import opening_roles
from cycles.engine.people import People
from cycles.engine.surroundings import Surroundings
from cycles.engine.tasks import lifecycle_people, tasks_of
from cycles.engine.verdicts import Task, Verdict
from cycles.errors import (
    BlockedError,
    FieldFault,
    InvalidInputError,
    NotAllowedError,
    WrongStateError,
)
from cycles.workflow.definition import Transition
from cycles.workflow.version import Version

__all__ = ["Decision", "Offer", "decide", "offers"]

#: Acts after which an `auto` transition may fire (LANGUAGE `auto`).
_CARRIES_AUTO = frozenset(
    {"file", "answer", "verify", "waive", "add", "reassign", "substitute", "excuse"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An accepted command: the entry to append, its payload, the cycle and tasks after it."""

    entry: Event
    #: Texts and names: they stand here and never in the entry. `None` where there are none.
    payload: Mapping[str, Any] | None
    after: Cycle
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A transition from here as one person sees it."""

    transition: str
    to: str
    side: bool
    may: bool
    verdicts: tuple[Verdict, ...]

    @property
    def allowed(self) -> bool:
        """Sent at once by the same person, it succeeds."""
        return self.may and all(v.passes for v in self.verdicts)


@dataclass(slots=True)
class _Draft:
    """What a command comes to before the entry is made."""

    act: str
    to: str
    data: dict[str, Any]
    payload: dict[str, Any] | None = None
    for_: str | None = None
    role: str | None = None
    guards: dict[str, str] | None = None
    round: int | None = None


def offers(people: People, actor: str) -> tuple[Offer, ...]:
    """Every transition from the present state, allowed or not, with each guard's verdict."""
    return tuple(
        Offer(
            transition=name,
            to=way.to,
            side=way.side,
            may=actor in _may_fire(people, way),
            verdicts=verdicts_of(people, way, actor),
        )
        for name, way in people.version.leaving.get(people.cycle.state, ())
    )


def decide(
    version: Version,
    cycle: Cycle | None,
    command: Command,
    *,
    by: str,
    around: Surroundings,
    content_key: bytes,
) -> Decision:
    """The decision on a command sent by the person with pseudonym `by`.

    Args:
        version: The workflow version that the cycle runs under.
        cycle: Where it stands; `None` exactly for `Open`.
        command: What is asked.
        by: The pseudonym of who asks.
        around: Time, people on duty, linked cycles.
        content_key: The cycle's secret under which content digests are made, 32 bytes.

    Raises:
        RefusedError: one of its leaves; nothing is changed.
    """
    if isinstance(command, Open):
        draft = _open(version, command, by, around)
    else:
        if cycle is None:
            raise ValueError("only Open comes without a cycle")
        people = People(version, cycle, around)
        draft = _draft(people, command, by, content_key)
    event = _event(version, cycle, command, draft, by, around)
    after = evolve(version, cycle, event)
    if draft.act in _CARRIES_AUTO:
        event, after = _carried(version, cycle, event, after, around)
    return Decision(
        entry=event,
        payload=nfc(draft.payload) if draft.payload else None,
        after=after,
        tasks=tasks_of(People(version, after, around)),
    )


def _event(
    version: Version,
    cycle: Cycle | None,
    command: Command,
    draft: _Draft,
    by: str,
    around: Surroundings,
) -> Event:
    return Event(
        cycle=cycle.id if cycle else getattr(command, "cycle", ""),
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
        guards=draft.guards or {},
        data=draft.data,
    )


def _carried(
    version: Version, cycle: Cycle | None, event: Event, after: Cycle, around: Surroundings
) -> tuple[Event, Cycle]:
    """The event with the `auto` transition that it opens, if it opens one."""
    people = People(version, after, around)
    for name, way in version.leaving.get(after.state, ()):
        verdicts = verdicts_of(people, way, None) if way.auto else ()
        if not way.auto or not all(v.passes for v in verdicts):
            continue
        carried = Event(
            **{f: getattr(event, f) for f in Event.__slots__ if f not in _CARRIED_FIELDS},
            to=way.to,
            fired=name,
            round=after.round + (way.round == "next"),
            guards=_outcome(name, verdicts),
        )
        return carried, evolve(version, cycle, carried)
    return event, after


_CARRIED_FIELDS = frozenset({"to", "fired", "round", "guards"})


def _outcome(name: str, verdicts: tuple[Verdict, ...]) -> dict[str, str]:
    return {f"{name}.{v.guard}": "met" if v.met else "waived" for v in verdicts}


def _may_fire(people: People, way: Transition) -> tuple[str, ...]:
    """Who may fire it: those on duty in `by`; somebody above where nobody is."""
    return people.acting(way.by)


def _open(version: Version, command: Open, by: str, around: Surroundings) -> _Draft:
    facts = frozenset(f.split(".")[1] for f in version.facts if f.startswith("subject."))
    filled = fill(version.workflow.subject, command.subject, facts=facts, today=around.today)
    roles = opening_roles(version, command, by, around)
    data = {
        "group": command.group,
        "zone": command.zone,
        "roles": {role: list(people) for role, people in roles.items()},
        "subject": filled.facts,
    }
    return _Draft("open", version.workflow.start, data, {"subject": filled.body})


def _draft(people: People, command: Command, by: str, key: bytes) -> _Draft:
    cycle = people.cycle
    if not people.around.directory.is_enabled(by):
        raise NotAllowedError("this account may not act today")
    is_turn = isinstance(command, Turn)
    if _is_over(people) and not (is_turn and getattr(command, "verb", "") == "reopen"):
        raise WrongStateError("the cycle has ended", possible=["lifecycle:reopen"])
    if cycle.state == "suspended" and not (is_turn or isinstance(command, Staff)):
        raise WrongStateError(
            "the cycle is suspended; resume it first",
            possible=["lifecycle:resume", "lifecycle:cancel"],
        )
    match command:
        case Advance():
            return _advance(people, command, by)
        case File():
            return _file(people, command, by, key)
        case Answer():
            return _answer(people, command, by)
        case Verify():
            return _verify(people, command, by)
        case Reveal():
            return _reveal(people, command, by)
        case Waive():
            return _waive(people, command, by)
        case Turn():
            return _turn(people, command, by)
        case Staff():
            return _staff(people, command, by)
        case Excuse():
            return _excuse(people, command, by)
    raise InvalidInputError([FieldFault(field="command", code="unknown", data={})])


def _is_over(people: People) -> bool:
    state = people.version.workflow.states.get(people.cycle.state)
    return people.cycle.state in ("cancelled", "withdrawn") or bool(state and state.final)


def _possible(people: People, by: str) -> list[str]:
    """What the person can do instead: open transitions, then their tasks."""
    ways = [o.transition for o in offers(people, by) if o.allowed]
    return ways + [t.do for t in tasks_of(people) if t.person == by and t.do != "decide"]


def _advance(people: People, command: Advance, by: str) -> _Draft:
    cycle, name = people.cycle, command.transition
    possible = _possible(people, by)
    way = dict(people.version.leaving.get(cycle.state, ())).get(name)
    if way is None:
        raise WrongStateError(
            f"{name!r} does not start from {cycle.state!r}",
            possible=possible,
            data={"transition": name, "state": cycle.state},
        )
    who = _may_fire(people, way)
    if by not in who:
        raise NotAllowedError(
            f"{name!r} is not yours to do", possible=possible, data={"who": list(who)}
        )
    if way.reason and not (command.reason or "").strip():
        raise InvalidInputError([FieldFault(field="reason", code="required", data={})])
    verdicts = verdicts_of(people, way, by)
    to = fire(people.version, cycle.state, name, lambda: all(v.passes for v in verdicts))
    if to is None:
        raise BlockedError(
            f"{name!r} still lacks something",
            verdicts=[v for v in verdicts if not v.passes],
            possible=possible,
        )
    return _Draft(
        name,
        to,
        {},
        {"reason": command.reason} if command.reason else None,
        role=_role(people, way.by, by),
        guards=_outcome(name, verdicts),
        round=cycle.round + (way.round == "next"),
    )


def _role(people: People, who: tuple[str, ...], person: str) -> str | None:
    """The first atom of the expression under which the person acts; `None`: stood in."""
    return next((atom for atom in who if person in people.of((atom,))), None)


def _file(people: People, command: File, by: str, key: bytes) -> _Draft:
    version, cycle, name = people.version, people.cycle, command.record
    kind = version.workflow.records.get(name)
    if kind is None:
        known = sorted(version.workflow.records)
        fault = FieldFault(field="record", code="unknown", data={"known": known})
        raise InvalidInputError([fault])
    person = command.for_ or by
    round_no = command.round or cycle.round
    role = _role(people, kind.by, person)
    if role is None:
        raise NotAllowedError(
            f"{name!r} is filed by others",
            possible=_possible(people, by),
            data={"who": list(people.of(kind.by))},
        )
    if person != by and not _types_for(people, by, role):
        raise NotAllowedError("you may not type for this person", possible=_possible(people, by))
    late = _lateness(people, name, round_no, by)
    _not_too_early(people, name, round_no)
    filled = fill_record(name, kind, command.fields, version.facts, people.around.today)
    about = _about(people, name, command.about, person)
    supersedes = [
        f
        for f in cycle.filings
        if f.record == name
        and f.current
        and "filing" not in kind.one_per
        and ("person" not in kind.one_per or f.person == person)
        and ("round" not in kind.one_per or f.round == round_no)
    ]
    _people_known(people, name, filled.facts)
    seq = cycle.revision + 1
    items = [
        {"id": f"{seq}.{n}", "field": field, "owner": about or person}
        for n, (field, _) in enumerate(filled.items, start=1)
    ]
    _voices_known(people, filled.voices)
    digest = hmac.digest(key, canonical_bytes(nfc(filled.body)), "sha256")
    data = {
        "filing": str(seq),
        "record": name,
        "round": round_no,
        "facts": filled.facts,
        "digest": base64.b64encode(digest).decode(),
        "about": about,
        "late": late,
        "supersedes": [f.id for f in supersedes],
        "points": items,
        "voices": filled.voices,
    }
    for_ = person if person != by else None
    return _Draft("file", cycle.state, data, {"fields": filled.body}, for_=for_, role=role)


def _types_for(people: People, by: str, role: str) -> bool:
    """代录: a holder of a role with `files_for` types for the roles it names."""
    roles = people.version.workflow.roles
    derived = {role, *(r for r in people.roles_of(by) if role in roles[r].files_for)}
    return bool(derived - {role})


def _lateness(people: People, name: str, round_no: int, by: str) -> bool:
    """Whether the filing is late; refused where it may not be, or where it is too early."""
    version, cycle = people.version, people.cycle
    kind, states = version.workflow.records[name], version.file_in[name]
    by_round = "round" in kind.one_per
    if not 1 <= round_no <= cycle.round or (not by_round and round_no != cycle.round):
        fault = FieldFault(field="round", code="no_such_round", data={"now": cycle.round})
        raise InvalidInputError([fault])
    if cycle.state in states and round_no == cycle.round:
        return False
    been = {v.state for v in cycle.visits if not by_round or v.round == round_no}
    if states & been and kind.late == "accept":
        return True
    raise WrongStateError(
        f"{name!r} is filed in {', '.join(sorted(states))}, not in {cycle.state}",
        possible=_possible(people, by),
        data={"record": name, "file_in": sorted(states), "late": bool(states & been)},
    )


def _not_too_early(people: People, name: str, round_no: int) -> None:
    """`not_before`: refused until the date has come; a desk round is exempt."""
    version, cycle = people.version, people.cycle
    path = version.workflow.records[name].not_before
    if path is None:
        return
    record, field = path.split(".")
    if not version.file_in[record] & cycle.entered_in(round_no):
        return
    filings = people.current(record, round_no)
    value = filings[-1].facts.get(field) if filings else None
    if value is None:
        raise WrongStateError(f"first {record!r} is needed", possible=[f"file:{record}"])
    if date.fromisoformat(str(value)) > people.around.today:
        raise WrongStateError(f"not before {value}", data={"waits_until": value})


def _about(people: People, name: str, given: str | None, person: str) -> str | None:
    role = people.version.about_role(name)
    if role is None:
        return None
    holders = people.holders(role)
    about = given or (holders[0] if len(holders) == 1 else None)
    if about is None or about not in holders or about == person:
        code = "oneself" if about == person else "choose"
        fault = FieldFault(field="about", code=code, data={"who": list(holders)})
        raise InvalidInputError([fault])
    return about


def _people_known(people: People, name: str, facts: Mapping[str, Any]) -> None:
    """Attendance names only holders of its `of`."""
    form = people.version.workflow.records[name].form
    for field, value in facts.items():
        if form[field].type != "attendance":
            continue
        known = people.of(form[field].of or ())
        strangers = [p for p in value if p not in known]
        if strangers:
            data = {"unknown": strangers, "known": list(known)}
            fault = FieldFault(field=f"fields.{field}", code="not_a_participant", data=data)
            raise InvalidInputError([fault])


def _voices_known(people: People, voices: Mapping[str, str]) -> None:
    points = people.cycle.points
    wrong = [
        p
        for p in voices
        if p not in points
        or points[p].disposition not in ("adopted", "partly")
        or points[p].round >= people.cycle.round
    ]
    if wrong:
        fault = FieldFault(field="points", code="not_to_verify", data={"points": wrong})
        raise InvalidInputError([fault])


def _answer(people: People, command: Answer, by: str) -> _Draft:
    point = people.cycle.points.get(command.point)
    if point is None or point.merged_into is not None:
        fault = FieldFault(
            field="point", code="unknown", data={"known": sorted(people.cycle.points)}
        )
        raise InvalidInputError([fault])
    if by != point.owner:
        raise NotAllowedError("the point is another's to answer", data={"who": [point.owner]})
    field = people.version.workflow.records[point.record].form[point.field]
    words = field.answer.with_ if field.answer else ("adopted", "partly", "declined", "deferred")
    faults = []
    if command.disposition not in words:
        known = {"known": list(words)}
        faults.append(FieldFault(field="disposition", code="not_an_option", data=known))
    elif command.disposition != "adopted" and not (command.reason or "").strip():
        faults.append(FieldFault(field="reason", code="required", data={}))
    if faults:
        raise InvalidInputError(faults)
    data = {"point": point.id, "disposition": command.disposition}
    return _Draft("answer", people.cycle.state, data, {"reason": command.reason or ""})


def _verify(people: People, command: Verify, by: str) -> _Draft:
    if command.outcome not in ("worked", "not_yet"):
        known = {"known": ["worked", "not_yet"]}
        raise InvalidInputError([FieldFault(field="outcome", code="not_an_option", data=known)])
    _voices_known(people, {command.point: command.outcome})
    point = people.cycle.points[command.point]
    guards = people.version.verified_guards.get(point.record, ())
    kind = people.version.workflow.records[point.record]
    who = tuple(p for g in guards for p in people.of(g.rule.by)) or people.of(kind.by)
    if by == point.owner or by not in who:
        raise NotAllowedError("others verify this point", data={"who": list(who)})
    data = {"point": point.id, "outcome": command.outcome}
    return _Draft("verify", people.cycle.state, data)


def _reveal(people: People, command: Reveal, by: str) -> _Draft:
    kind = people.version.workflow.records.get(command.record)
    if kind is None or kind.reveal is None or kind.reveal.by is None:
        raise InvalidInputError([FieldFault(field="record", code="not_hidden", data={})])
    who = people.acting(kind.reveal.by)
    if by not in who:
        raise NotAllowedError("others reveal this", data={"who": list(who)})
    asked = [
        v
        for _, way in people.version.leaving.get(people.cycle.state, ())
        for v, g in zip(
            verdicts_of(people, way, None)[way.round == "next" :], way.guards, strict=True
        )
        if g.filed and g.filed.record == command.record and not v.passes
    ]
    if asked:
        raise BlockedError("not before enough are in", verdicts=asked)
    return _Draft("reveal", people.cycle.state, {"record": command.record})


def _waive(people: People, command: Waive, by: str) -> _Draft:
    _reasoned(command.reason)
    for _, way in people.version.leaving.get(people.cycle.state, ()):
        for guard in way.guards:
            if guard.name != command.guard or guard.waivable_by is None:
                continue
            verdict = next(v for v in verdicts_of(people, way, None) if v.guard == guard.name)
            who = verdict.waivable_by or people.acting(guard.waivable_by)
            if by not in who:
                raise NotAllowedError("others may waive this", data={"who": list(who)})
            data = {"guard": guard.name, "content": content_of(guard)}
            return _Draft("waive", people.cycle.state, data, {"reason": command.reason})
    possible = [
        f"waive:{g.name}"
        for _, way in people.version.leaving.get(people.cycle.state, ())
        for g in way.guards
        if g.waivable_by
    ]
    raise WrongStateError(f"{command.guard!r} cannot be waived here", possible=possible)


def _turn(people: People, command: Turn, by: str) -> _Draft:
    cycle, verb = people.cycle, command.verb
    _reasoned(command.reason)
    over = _is_over(people)
    starts = {
        "suspend": not over and cycle.state != "suspended",
        "resume": cycle.state == "suspended",
        "cancel": not over,
        "withdraw": cycle.state == people.version.workflow.start,
        "reopen": over,
    }
    if not starts.get(verb, False):
        possible = [f"lifecycle:{v}" for v, ok in starts.items() if ok]
        raise WrongStateError(f"{verb!r} cannot be done in {cycle.state!r}", possible=possible)
    if verb == "reopen":
        return _reopen(people, command, by)
    who = lifecycle_people(people, verb)
    if by not in who:
        raise NotAllowedError(f"{verb!r} is for others to do", data={"who": list(who)})
    to = {
        "suspend": "suspended",
        "resume": cycle.held or "",
        "cancel": "cancelled",
        "withdraw": "withdrawn",
    }[verb]
    return _Draft(verb, to, {}, {"reason": command.reason})


def _reopen(people: People, command: Turn, by: str) -> _Draft:
    """Two persons: one of deputy and head proposes, a second, or the group head, confirms."""
    cycle = people.cycle
    who = lifecycle_people(people, "reopen")
    if cycle.reopening is None:
        if by not in who:
            raise NotAllowedError("deputy or head propose this", data={"who": list(who)})
        return _Draft("propose_reopen", cycle.state, {}, {"reason": command.reason})
    group_heads = people.around.directory.group_heads.get(cycle.group, ())
    second = tuple(p for p in (*who, *people.on_duty(group_heads)) if p != cycle.reopening)
    if by not in second:
        raise NotAllowedError("a second person confirms this", data={"who": list(second)})
    back = cycle.held or cycle.visits[-2].state
    return _Draft("reopen", back, {}, {"reason": command.reason})


def _staff(people: People, command: Staff, by: str) -> _Draft:
    cycle = people.cycle
    _reasoned(command.reason)
    role = people.version.workflow.roles.get(command.role)
    holders = cycle.roles.get(command.role, ())
    faults = []
    if role is None:
        known = {"known": sorted(people.version.workflow.roles)}
        faults.append(FieldFault(field="role", code="unknown", data=known))
    if command.verb != "add" and command.person not in holders:
        held = {"who": list(holders)}
        faults.append(FieldFault(field="person", code="not_a_holder", data=held))
    if any(command.to in held for held in cycle.roles.values()):
        faults.append(FieldFault(field="to", code="holds_a_role", data={}))
    if not people.around.directory.is_enabled(command.to):
        faults.append(FieldFault(field="to", code="not_on_duty", data={}))
    most = role.most if role is not None else None
    if command.verb == "add" and most is not None and len(holders) >= most:
        faults.append(FieldFault(field="role", code="full", data={"most": most}))
    if command.verb == "substitute" and (
        command.since is None or command.until is None or command.since > command.until
    ):
        faults.append(FieldFault(field="until", code="required", data={}))
    if faults:
        raise InvalidInputError(faults)
    concerned = tuple(p for p in (command.person, command.to) if p)
    who = lifecycle_people(people, command.verb, concerned)
    if by not in who:
        raise NotAllowedError(f"{command.verb!r} is for others to do", data={"who": list(who)})
    data: dict[str, Any] = {"role": command.role, "to": command.to}
    if command.person is not None and command.verb != "add":
        data["person"] = command.person
    if command.verb == "substitute" and command.since and command.until:
        data |= {"since": command.since.isoformat(), "until": command.until.isoformat()}
    return _Draft(command.verb, cycle.state, data, {"reason": command.reason})


def _excuse(people: People, command: Excuse, by: str) -> _Draft:
    _reasoned(command.reason)
    held = {p for holders in people.cycle.roles.values() for p in holders}
    faults = []
    if command.person not in held:
        known = {"who": sorted(held)}
        faults.append(FieldFault(field="person", code="not_a_participant", data=known))
    if command.since > command.until:
        faults.append(FieldFault(field="until", code="before_since", data={}))
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
    return _Draft("excuse", people.cycle.state, data, {"reason": command.reason})


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise InvalidInputError([FieldFault(field="reason", code="required", data={})])
