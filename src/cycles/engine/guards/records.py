"""Guards over records: enough of them are filed; the current version is a new one."""

from __future__ import annotations

from datetime import date

from cycles.engine.guards.case import Case, met, needing, unmet
from cycles.engine.verdicts import Remedy, Verdict
from cycles.workflow.definition import Changed, Filed, Who

__all__ = ["changed", "filed"]


def filed(case: Case, name: str, rule: Filed) -> Verdict:
    """Enough filings of the record count in this round (or cycle); attendance once complete."""
    people, record = case.people, rule.record
    kind = people.version.workflow.records[record]
    attendance, missing = people.version.attendance_of.get(record), tuple[str, ...]()
    if attendance is not None:
        missing = people.attendance_missing(record, attendance)
        lacking = 1 if missing or not people.attendance(record, attendance) else 0
    elif rule.by is None:
        lacking = (rule.at_least or 1) - len(people.binding(record))
    else:
        return _filed_by_each(case, name, rule, rule.by)
    if lacking <= 0:
        return met(name, "filed")
    held = people.held_back(record)
    if held is not None:
        return _waiting(name, record, held)
    return needing(case, name, "filed", f"file:{record}", people.of(kind.by), lacking, missing)


def _filed_by_each(case: Case, name: str, rule: Filed, by: Who) -> Verdict:
    people = case.people
    unfiled = people.unfiled_source(by)
    if unfiled is not None:
        return unmet(name, "filed", "not_yet_known", {"record": rule.record}, after=unfiled)
    holders = people.of(by)
    absent = people.absent()
    base = tuple(p for p in holders if not people.is_excused(p) and p not in absent)
    filers = {f.person for f in people.binding(rule.record)}
    done = tuple(p for p in base if p in filers)
    need = _need(rule, len(base), len(holders))
    data = {"record": rule.record, "have": len(done), "need": need, "of": len(base)}
    if base and len(done) >= need:
        return met(name, "filed", data)
    if not base or need > len(base):
        who = people.acting(case.transition.by)
        deputies = people.on_duty(people.around.directory.deputies)
        remedies = (
            Remedy(do="substitute", who=tuple(dict.fromkeys(who + deputies)), mode="any_of"),
        )
        return unmet(name, "filed", "too_few", data, remedies=remedies)
    held = people.held_back(rule.record)
    if held is not None:
        return _waiting(name, rule.record, held)
    missing = tuple(p for p in base if p not in done)
    remedy = Remedy(do=f"file:{rule.record}", who=missing, needed=need - len(done))
    return unmet(name, "filed", "quorum_missing", data, remedies=(remedy,))


def _waiting(name: str, record: str, held: date | str) -> Verdict:
    """The record cannot be filed yet: its day has not come, or is not known."""
    if isinstance(held, str):
        return unmet(name, "filed", "not_yet_known", {"record": record}, after=held)
    data = {"record": record, "date": held.isoformat()}
    return unmet(name, "filed", "date_ahead", data, waits_until=held)


def _need(rule: Filed, base: int, holders: int) -> int:
    """max(at_least, ⌈share · base⌉); the default of 2 belongs to the default quorum 2/3."""
    share = rule.share
    part = 0 if share is None else -(-share.numerator * base // share.denominator)
    if rule.at_least is not None:
        return max(rule.at_least, part)
    default = 2 if not rule.all and rule.quorum in (None, "2/3") else 1
    return max(min(default, holders), part)


def changed(case: Case, name: str, rule: Changed) -> Verdict:
    """The current version's content differs from that at the round's first entry of this state."""
    people, cycle = case.people, case.people.cycle
    since = next(v.seq for v in cycle.visits if v.state == cycle.state and v.round == cycle.round)
    lines = [f for f in cycle.filings if f.record == rule.record and not (f.voided or f.late)]
    before = [f.digest for f in lines if f.seq < since]
    now = [f.digest for f in people.binding(rule.record)]
    if now and (not before or now[-1] != before[-1]):
        return met(name, "changed")
    who = people.of(people.version.workflow.records[rule.record].by)
    return needing(case, name, "changed", f"file:{rule.record}", who, 1, ())
