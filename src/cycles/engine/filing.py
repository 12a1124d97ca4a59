"""Filing records: in time, late, for another (代录); confirming, signing and showing them."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import date
from typing import Any

from cycles.canonical import canonical_bytes, nfc
from cycles.engine.access import may_read_point
from cycles.engine.commands import Confirm, File, Reveal, Sign
from cycles.engine.cycle import Cycle, Filing, Point
from cycles.engine.draft import Draft, acting_role, actor_for
from cycles.engine.forms import Filled, Item, fill_record
from cycles.engine.guards import Case, judge, verifiers
from cycles.engine.offers import possible
from cycles.engine.people import People
from cycles.engine.verdicts import Verdict
from cycles.errors import (
    BlockedError,
    FieldFault,
    InvalidInputError,
    NotAllowedError,
    WrongStateError,
)
from cycles.workflow.definition import FormField, RecordKind
from cycles.workflow.version import Version, every_guard

__all__ = ["confirm", "file", "linked_ids", "reveal", "sign", "superseded_by"]


def file(people: People, command: File, by: str, key: bytes) -> Draft:
    """File a record, or a new version of it; `key` is the cycle's secret for digests."""
    version, cycle, name = people.version, people.cycle, command.record
    kind = version.workflow.records.get(name)
    if kind is None:
        known = sorted(version.workflow.records)
        fault = FieldFault(field="record", code="unknown", data={"known": known})
        raise InvalidInputError([fault])
    person = command.for_ or by
    round_no = cycle.round if command.round is None else command.round
    role = acting_role(people, kind.by, person)
    if role is None:
        raise NotAllowedError(
            f"{name!r} is filed by others",
            possible=possible(people, by),
            data={"who": list(people.of(kind.by))},
        )
    if person != by and not people.types_for(by, kind.by, person):
        raise NotAllowedError("you may not type for this person", possible=possible(people, by))
    late = _lateness(people, name, round_no, by)
    _not_held_back(people, name, round_no)
    filled = fill_record(name, kind, command.fields, version.facts, people.around.today)
    about = _about(people, name, command.about, person)
    superseded = superseded_by(version, cycle, name, person, round_no)
    _people_known(people, name, filled)
    _cycles_known(people, kind.form, filled.facts)
    _voices_known(people, filled.voices, by, person)
    items = _items(people, name, filled, about or person, superseded, key)
    data = {
        "filing": str(cycle.revision + 1),
        "record": name,
        "round": round_no,
        "facts": filled.facts,
        "digest": _digest(key, filled.body),
        "about": about,
        "late": late,
        "supersedes": [f.id for f in superseded],
        "points": items,
        "voices": filled.voices,
    }
    payload: dict[str, Any] = {"fields": _numbered(filled, items)}
    if command.occurred_on is not None:
        payload["occurred_on"] = _claimed(people, command.occurred_on)
    for_ = actor_for(by, command.for_)
    return Draft(act="file", to=cycle.state, data=data, payload=payload, for_=for_, role=role)


def _claimed(people: People, day: date) -> str:
    """The day on which it is said to have happened; none may lie ahead."""
    if day > people.around.today:
        data = {"today": people.around.today.isoformat()}
        raise InvalidInputError([FieldFault(field="occurred_on", code="future", data=data)])
    return day.isoformat()


def superseded_by(
    version: Version, cycle: Cycle, record: str, person: str, round_no: int
) -> tuple[Filing, ...]:
    """The current filings that one of this identity takes the place of (LANGUAGE `one_per`)."""
    one_per = version.workflow.records[record].one_per
    if "filing" in one_per:
        return ()
    by_person, by_round = "person" in one_per, "round" in one_per
    return tuple(
        f
        for f in cycle.filings
        if f.record == record
        and f.current
        and (not by_person or f.person == person)
        and (not by_round or f.round == round_no)
    )


def linked_ids(form: Mapping[str, FormField], sent: Mapping[str, Any]) -> dict[str, str]:
    """Link name → cycle id, as the fields of type cycle say; what is no text is left out."""
    return {
        name: sent[name]
        for name, shape in form.items()
        if shape.type == "cycle" and isinstance(sent.get(name), str)
    }


def confirm(people: People, command: Confirm, by: str) -> Draft:
    """The person for whom it was typed says that it is right."""
    filing = next((f for f in people.cycle.filings if f.id == command.filing), None)
    if filing is None or filing.confirmed or not filing.current:
        known = {"known": [f.id for f in people.cycle.filings if not f.confirmed and f.current]}
        raise InvalidInputError([FieldFault(field="filing", code="not_to_confirm", data=known)])
    if by != filing.person:
        raise NotAllowedError(
            "only the person it was typed for confirms it", data={"who": [filing.person]}
        )
    return Draft(act="confirm", to=people.cycle.state, data={"filing": filing.id})


def sign(people: People, command: Sign, by: str) -> Draft:
    """Consent to the version of the record that stands now."""
    asked = [
        guard.consent
        for way in people.version.workflow.transitions.values()
        for guard in every_guard(way.guards)
        if guard.consent and guard.consent.to == command.record
    ]
    if not asked:
        raise InvalidInputError([FieldFault(field="record", code="not_to_sign", data={})])
    who = tuple(dict.fromkeys(p for rule in asked for p in people.of(rule.by)))
    if by not in who:
        raise NotAllowedError("others sign this", data={"who": list(who)})
    filings = people.binding(command.record)
    if not filings:
        raise WrongStateError(
            f"first {command.record!r} is needed", possible=[f"file:{command.record}"]
        )
    if all(by in f.signed for f in filings):
        raise WrongStateError("you have signed this version", possible=possible(people, by))
    data = {"record": command.record, "filings": [f.id for f in filings]}
    return Draft(act="sign", to=people.cycle.state, data=data)


def reveal(people: People, command: Reveal, by: str) -> Draft:
    """Show a record's hidden filings of this round; not before enough of them are in."""
    kind = people.version.workflow.records.get(command.record)
    if kind is None or kind.reveal is None or kind.reveal.by is None:
        hidden = [n for n, k in people.version.workflow.records.items() if k.reveal and k.reveal.by]
        fault = FieldFault(field="record", code="not_hidden", data={"known": hidden})
        raise InvalidInputError([fault])
    if (command.record, people.cycle.round) in people.cycle.revealed:
        raise WrongStateError("they are shown already", possible=possible(people, by))
    who = people.acting(kind.reveal.by)
    if by not in who:
        raise NotAllowedError("others reveal this", data={"who": list(who)})
    lacking = [v for v in _quorums(people, command.record) if not v.passes]
    if lacking or not people.current(command.record):
        raise BlockedError(
            "not before enough are in", verdicts=lacking, possible=possible(people, by)
        )
    return Draft(act="reveal", to=people.cycle.state, data={"record": command.record})


def _quorums(people: People, record: str) -> list[Verdict]:
    """What the guards over the record say: those on ways from here, else on all ways."""
    asking = [
        (way, guard)
        for way in people.version.workflow.transitions.values()
        for guard in every_guard(way.guards)
        if guard.filed and guard.filed.record == record
    ]
    here = [pair for pair in asking if people.cycle.state in pair[0].from_]
    return [judge(Case(people, way), guard) for way, guard in here or asking]


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
        possible=possible(people, by),
        data={"record": name, "file_in": sorted(states), "late": bool(states & been)},
    )


def _not_held_back(people: People, name: str, round_no: int) -> None:
    held = people.held_back(name, round_no)
    if isinstance(held, str):
        raise WrongStateError(
            f"first {held!r} is needed", possible=[f"file:{held}"], data={"after": held}
        )
    if held is not None:
        raise WrongStateError(f"not before {held}", data={"waits_until": held.isoformat()})


def _about(people: People, name: str, given: str | None, person: str) -> str | None:
    role = people.version.about_role(name)
    if role is None:
        if given is not None:
            raise InvalidInputError([FieldFault(field="about", code="unknown_field", data={})])
        return None
    holders = people.holders(role)
    about = given or (holders[0] if len(holders) == 1 else None)
    if about is None or about not in holders or about == person:
        code = "oneself" if about == person else "choose"
        fault = FieldFault(field="about", code=code, data={"who": list(holders)})
        raise InvalidInputError([fault])
    return about


def _people_known(people: People, name: str, filled: Filled) -> None:
    """Attendance names holders of its `of`; a person field, somebody it may name."""
    form, faults = people.version.workflow.records[name].form, []
    for field, shape in form.items():
        if shape.type not in ("attendance", "person", "people") or field not in filled.body:
            continue
        value = filled.body[field]
        named = [value] if isinstance(value, str) else list(value)
        if shape.of is not None:
            strangers = [p for p in named if p not in people.of(shape.of)]
        else:
            strangers = [p for p in named if not people.around.directory.is_enabled(p)]
        at, clash = f"fields.{field}", _clashing(people, f"{name}.{field}", named)
        if strangers:
            known = list(people.of(shape.of)) if shape.of else []
            data = {"unknown": strangers, "known": known}
            faults.append(FieldFault(field=at, code="not_a_participant", data=data))
        elif clash is not None:
            faults.append(FieldFault(field=at, code="holds_a_role", data={"role": clash}))
    if faults:
        raise InvalidInputError(faults)


def _clashing(people: People, source: str, named: list[str]) -> str | None:
    """A role held by one of those named, with which the role derived from here does not go."""
    derived = [r for r in people.version.workflow.roles.values() if r.from_ == source]
    apart = [other for role in derived for other in role.not_]
    return next((o for o in apart if set(named) & set(people.holders(o))), None)


def _cycles_known(people: People, form: Mapping[str, FormField], sent: Mapping[str, Any]) -> None:
    """A link names a cycle that is there, of a workflow that it may name."""
    known = {c.id: c.workflow for c in people.around.linked}
    for name, cycle_id in linked_ids(form, sent).items():
        meant = form[name].workflow
        if cycle_id not in known or (meant and known[cycle_id] not in meant):
            data = {"workflow": list(meant or ())}
            raise InvalidInputError(
                [FieldFault(field=f"fields.{name}", code="unknown_cycle", data=data)]
            )


def _voices_known(people: People, voices: Mapping[str, str], by: str, person: str) -> None:
    """Each voice is on a point that is to be looked for, of somebody who could see it."""
    points, wrong = people.cycle.points, []
    for key in voices:
        point = points.get(key)
        if (
            point is None
            or not may_read_point(people, by, point)
            or person not in (verifiers(people, point) or ())
        ):
            wrong.append(key)
    if wrong:
        fault = FieldFault(field="points", code="not_to_verify", data={"points": wrong})
        raise InvalidInputError([fault])


def _items(
    people: People,
    name: str,
    filled: Filled,
    default_owner: str,
    superseded: tuple[Filing, ...],
    key: bytes,
) -> list[dict[str, Any]]:
    """The items with their ids: those kept from the version before, new ones numbered on."""
    kind = people.version.workflow.records[name]
    before = {f.id for f in superseded}
    old = {p.id: p for p in people.cycle.points.values() if p.filing in before}
    found: list[dict[str, Any]] = []
    faults: list[FieldFault] = []
    for number, item in enumerate(filled.items, start=1):
        place = f"fields.{item.field}"
        digest, kept = _digest(key, item.content), old.get(item.id) if item.id else None
        if item.id and (kept is None or kept.field != item.field):
            data = {"id": item.id, "known": sorted(old)}
            faults.append(FieldFault(field=place, code="unknown_item", data=data))
        elif item.id in {i["id"] for i in found}:
            faults.append(FieldFault(field=place, code="item_twice", data={"id": item.id}))
        elif kept is not None and kept.digest != digest and _is_answered(people, kept):
            faults.append(FieldFault(field=place, code="item_answered", data={"id": item.id}))
        found.append(
            {
                "id": item.id or f"{people.cycle.revision + 1}.{number}",
                "field": item.field,
                "owner": _owner(people, kind, item, default_owner),
                "digest": digest,
            }
        )
    ids = {i["id"] for i in found}
    for point in old.values():
        if point.id not in ids and (_is_answered(people, point) or _is_merged(people, point)):
            data = {"id": point.id}
            faults.append(
                FieldFault(field=f"fields.{point.field}", code="item_answered", data=data)
            )
    if faults:
        raise InvalidInputError(faults)
    return found


def _is_answered(people: People, point: Point) -> bool:
    """Whether the point, or the one that it was merged into, has an answer."""
    into = people.cycle.points.get(point.merged_into or "")
    return bool(point.disposition or (into and into.disposition))


def _is_merged(people: People, point: Point) -> bool:
    """Whether it was made one with others: its words stay as their source."""
    others = people.cycle.points.values()
    return point.merged_into is not None or any(p.merged_into == point.id for p in others)


def _owner(people: People, kind: RecordKind, item: Item, default: str) -> str:
    """Whose item it is: the person in the owner column, the one meant, or whom it is about."""
    shape = kind.form[item.field]
    if shape.owner is None:
        return default
    columns = shape.item.form if shape.item else {}
    if len(shape.owner) == 1 and shape.owner[0] in columns and isinstance(item.content, dict):
        named = item.content.get(shape.owner[0])
        if not isinstance(named, str) or not people.around.directory.is_enabled(named):
            fault = FieldFault(
                field=f"fields.{item.field}", code="owner_needed", data={"column": shape.owner[0]}
            )
            raise InvalidInputError([fault])
        return named
    meant = people.on_duty(people.of(shape.owner)) or people.of(shape.owner)
    return default if default in meant or not meant else meant[0]


def _numbered(filled: Filled, items: list[dict[str, Any]]) -> dict[str, Any]:
    """The body as the payload keeps it: each item beside its id."""
    body = dict(filled.body)
    for item, entry in zip(filled.items, items, strict=True):
        lines = body[item.field] if body[item.field] is not filled.body[item.field] else []
        content = item.content if isinstance(item.content, dict) else {"text": item.content}
        body[item.field] = [*lines, {"id": entry["id"], **content}]
    return body


def _digest(key: bytes, content: Any) -> str:
    """Equal content, equal digest; without the key it says nothing about the content."""
    return base64.b64encode(hmac.digest(key, canonical_bytes(nfc(content)), "sha256")).decode()
