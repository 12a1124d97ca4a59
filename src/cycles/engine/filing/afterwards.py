"""What is said of filings that are there: right as typed, signed, to be shown."""

from __future__ import annotations

from cycles.engine.commands import Confirm, Reveal, Sign
from cycles.engine.draft import Draft
from cycles.engine.guards import Case, judge
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
from cycles.workflow.version import every_guard

__all__ = ["confirm", "reveal", "sign"]


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
