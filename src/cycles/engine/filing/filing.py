"""One filing, from what was sent to what its entry and its payload will say."""

from __future__ import annotations

from datetime import date
from typing import Any

from cycles.engine.commands import File
from cycles.engine.draft import Draft, acting_role, actor_for
from cycles.engine.filing.items import content_digest, numbered_items, with_ids
from cycles.engine.filing.naming import (
    about_whom,
    refuse_strangers,
    refuse_unasked_voices,
    refuse_unknown_cycles,
)
from cycles.engine.filing.window import lateness, refuse_held_back, superseded_by
from cycles.engine.forms import fill_record
from cycles.engine.offers import possible
from cycles.engine.people import People
from cycles.errors import FieldFault, InvalidInputError, NotAllowedError

__all__ = ["file"]


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
    late = lateness(people, name, round_no, by)
    refuse_held_back(people, name, round_no)
    filled = fill_record(name, kind, command.fields, version.facts, people.around.today)
    about = about_whom(people, name, command.about, person)
    superseded = superseded_by(version, cycle, name, person, round_no)
    refuse_strangers(people, name, filled)
    refuse_unknown_cycles(people, kind.form, filled.facts)
    refuse_unasked_voices(people, filled.voices, by, person)
    items = numbered_items(people, name, filled, about or person, superseded, key)
    data = {
        "filing": str(cycle.revision + 1),
        "record": name,
        "round": round_no,
        "facts": filled.facts,
        "digest": content_digest(key, filled.body),
        "about": about,
        "late": late,
        "supersedes": [f.id for f in superseded],
        "points": items,
        "voices": filled.voices,
    }
    payload: dict[str, Any] = {"fields": with_ids(filled, items)}
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
