"""The life of a feedback point: raised → merged → answered → verified (有反馈 有整改 有实效)."""

from __future__ import annotations

from cycles.engine.access import may_read_point
from cycles.engine.commands import Answer, Merge, Verify
from cycles.engine.cycle import Point
from cycles.engine.draft import Draft, actor_for
from cycles.engine.guards import answerers, outcome_of, verifiers
from cycles.engine.people import People
from cycles.errors import FieldFault, InvalidInputError, NotAllowedError, WrongStateError
from cycles.workflow.definition import DISPOSITIONS

__all__ = ["answer", "merge", "verify"]


def answer(people: People, command: Answer, by: str) -> Draft:
    """The owner says what becomes of a point; a reason unless it is adopted.

    An answer may be changed until somebody has looked for it; then only after `not_yet`.
    """
    point = _point(people, command.point, by)
    person = command.for_ or by
    who = answerers(people, point)
    if person not in who:
        raise NotAllowedError("the point is another's to answer", data={"who": list(who)})
    if person != by and not people.types_for(by, people.roles_of(person), person):
        raise NotAllowedError("you may not type for this person", data={"who": list(who)})
    if outcome_of(point, people.cycle) == "worked":
        raise WrongStateError(
            "the point is answered and was seen to work", data={"point": point.id}
        )
    field = people.version.workflow.records[point.record].form[point.field]
    words = field.answer.with_ if field.answer else DISPOSITIONS
    faults = []
    if command.disposition not in words:
        known = {"known": list(words)}
        faults.append(FieldFault(field="disposition", code="not_an_option", data=known))
    elif command.disposition != "adopted" and not (command.reason or "").strip():
        faults.append(FieldFault(field="reason", code="required", data={}))
    if faults:
        raise InvalidInputError(faults)
    return Draft(
        act="answer",
        to=people.cycle.state,
        data={"point": point.id, "disposition": command.disposition},
        payload={"reason": command.reason} if command.reason else None,
        for_=actor_for(by, command.for_),
    )


def verify(people: People, command: Verify, by: str) -> Draft:
    """Somebody who could see it says whether an adopted point was seen to work."""
    if command.outcome not in ("worked", "not_yet"):
        known = {"known": ["worked", "not_yet"]}
        raise InvalidInputError([FieldFault(field="outcome", code="not_an_option", data=known)])
    point, person = _point(people, command.point, by), command.for_ or by
    who = verifiers(people, point)
    if who is None:
        known = {"points": [point.id]}
        raise InvalidInputError([FieldFault(field="point", code="not_to_verify", data=known)])
    if person not in who:
        raise NotAllowedError("others verify this point", data={"who": list(who)})
    if person != by and not people.types_for(by, people.roles_of(person), person):
        raise NotAllowedError("you may not type for this person", data={"who": list(who)})
    data = {"point": point.id, "outcome": command.outcome}
    return Draft(act="verify", to=people.cycle.state, data=data, for_=actor_for(by, command.for_))


def merge(people: People, command: Merge, by: str) -> Draft:
    """Make like points one, before any of them is answered; the sources stay visible."""
    into = _point(people, command.into, by)
    kind = people.version.workflow.records[into.record]
    if kind.merge is None:
        raise InvalidInputError([FieldFault(field="into", code="not_to_merge", data={})])
    who = people.acting(kind.merge)
    if by not in who:
        raise NotAllowedError("others merge these points", data={"who": list(who)})
    sources = tuple(dict.fromkeys(p for p in command.points if p != into.id))
    # What was dropped or made void is answered with nothing else.
    standing = {f.id for f in people.cycle.filings if f.current}
    like = [
        p.id
        for p in people.cycle.points.values()
        if (p.record, p.owner, p.round) == (into.record, into.owner, into.round)
        and p.id != into.id
        and p.filing in standing
        and p.merged_into is None
        and p.disposition is None
        and may_read_point(people, by, p)
    ]
    wrong = [p for p in sources if p not in like]
    closed = into.disposition is not None or into.filing not in standing
    if closed or not sources or wrong:
        data = {"points": wrong, "known": [] if closed else like}
        raise InvalidInputError([FieldFault(field="points", code="not_to_merge", data=data)])
    merged = {"points": list(sources), "into": into.id}
    return Draft(act="merge", to=people.cycle.state, data=merged)


def _point(people: People, key: str, by: str) -> Point:
    """The point of that id; one that may not be read yet is refused as if it did not exist."""
    point = people.cycle.points.get(key)
    if point is not None and not may_read_point(people, by, point):
        point = None
    if point is not None and point.merged_into is None:
        return point
    known = (p for p in people.cycle.points.values() if not p.merged_into)
    data = {"known": sorted(p.id for p in known if may_read_point(people, by, p))}
    if point is not None:
        data["merged_into"] = [str(point.merged_into)]
    raise InvalidInputError([FieldFault(field="point", code="unknown", data=data)])
