"""Who may know of a cycle, and who may read what in it: one rule for pages, API, files and counts.

Two things decide. *Sight*: the workflow's `see` for the cycle and a record's `read`, by default
those who take part, the group, head and deputy. *Reveal*: a record may be hidden for a while even
from those who will read it. Beyond that everybody reads what they filed or typed themselves;
auditors read what is not hidden, in cycles that they take no part in; and where nobody who could
take the next step would see it, those who are asked instead do. Guests see the cycle they take
part in, administrators of the school's accounts see nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from cycles.engine.cycle import Filing, Point, Voice
from cycles.engine.evolve import Event
from cycles.engine.guards import answerers, verdicts_of
from cycles.engine.people import People
from cycles.engine.reveal import is_hidden
from cycles.engine.rights import deciders, lifecycle_people, may_confirm_reopening
from cycles.engine.sight import audits, belongs, knows, meant
from cycles.workflow.version import every_guard

__all__ = [
    "may_read",
    "may_read_entry",
    "may_read_point",
    "may_see",
    "voices_for",
]


def may_see(people: People, person: str) -> bool:
    """Whether the person may know that there is such a cycle, and its state, people and dates."""
    there = people.real
    if not there.around.directory.is_enabled(person):
        return False
    return knows(there, person) or _is_asked(there, person)


def may_read(people: People, person: str, filing: Filing) -> bool:
    """Whether the person may read what was filed: its fields, its files, its claimed date."""
    there = people.real
    if not there.around.directory.is_enabled(person):
        return False
    if person in (filing.person, filing.typed_by):
        return True
    if is_hidden(there, person, filing) or not may_see(there, person):
        return False
    rule = there.version.workflow.records[filing.record].read
    if rule is None:
        reads = belongs(there, person)
    else:
        states = {v.state for v in there.cycle.visits if v.round >= filing.round}
        reads = meant(there, person, rule, states) or person in _signers(there, filing.record)
    return reads or audits(there, person) or _is_asked(there, person)


def may_read_point(people: People, person: str, point: Point) -> bool:
    """Whether the person may read a feedback point and its answer.

    Whoever reads the filing that raised it, and whose it is to answer once it is not hidden.
    """
    filing = next((f for f in people.cycle.filings if f.id == point.filing), None)
    if filing is None or not people.around.directory.is_enabled(person):
        return False
    if person == point.raised_by or may_read(people, person, filing):
        return True
    own = person in answerers(people.real, point)
    return own and not is_hidden(people, person, filing) and may_see(people, person)


def may_read_entry(people: People, person: str, event: Event) -> bool:
    """Whether the person may read the payload of an entry of this cycle.

    That of a filing or an answer is as secret as the record or the point; the subject, and the
    reasons that people gave, are for all who see the cycle.
    """
    if event.act == "file":
        filing = next((f for f in people.cycle.filings if f.seq == event.seq), None)
        return filing is not None and may_read(people, person, filing)
    if event.act in ("answer", "verify"):
        point = people.cycle.points.get(event.data["point"])
        return point is not None and may_read_point(people, person, point)
    return may_see(people, person)


def voices_for(people: People, person: str, point: Point) -> tuple[Voice, ...]:
    """The voices on a point that the person may hear: not those of filings still hidden."""
    records = people.version.workflow.records
    hidden = {
        (f.person, f.round)
        for f in people.cycle.filings
        if any(field.type == "verify" for field in records[f.record].form.values())
        and is_hidden(people, person, f)
    }
    return tuple(v for v in point.voices if (v.person, v.round) not in hidden)


def _signers(people: People, record: str) -> tuple[str, ...]:
    """Who is asked to sign the record: nobody signs what they cannot read."""
    return tuple(
        person
        for way in people.version.workflow.transitions.values()
        for guard in every_guard(way.guards)
        if guard.consent and guard.consent.to == record
        for person in people.of(guard.consent.by)
    )


def _is_asked(people: People, person: str) -> bool:
    """Whether a step waits for the person, and for nobody else who would see the cycle."""
    if knows(people, person):
        return False
    return any(
        person in able and not any(knows(people, p) for p in able) for able in _asked(people)
    )


def _asked(people: People) -> Iterator[tuple[str, ...]]:
    """Those who could take a next step together: to decide, to clear something, to resume."""
    if people.cycle.state == "suspended":
        yield lifecycle_people(people, "resume")
    if people.cycle.reopening is not None:
        yield may_confirm_reopening(people)
    for _, way in people.version.leaving.get(people.cycle.state, ()):
        if way.side:
            continue
        yield deciders(people, way)
        for verdict in verdicts_of(people, way, None):
            yield verdict.waivable_by
            yield from (remedy.who for remedy in verdict.remedies)
