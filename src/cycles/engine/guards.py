"""Guards: each kind one function from its parameters and the cycle to a verdict.

The functions are looked up by kind in this registry alone; nothing in a workflow file is ever
imported or evaluated. One that raises counts as unmet, code `guard_error`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Any

from cycles.canonical import canonical_bytes, sha256_b64
from cycles.engine.cycle import Cycle, Filing, Point
from cycles.engine.people import People
from cycles.engine.surroundings import LinkedCycle
from cycles.engine.verdicts import Remedy, Verdict
from cycles.workflow.definition import (
    Answered,
    Changed,
    Compare,
    Consent,
    Distinct,
    Filed,
    Guard,
    Linked,
    NotBefore,
    RoundsReached,
    Separate,
    Transition,
    Verified,
)
from cycles.workflow.version import MAX_ROUNDS

__all__ = [
    "Case",
    "answerers",
    "content_of",
    "judge",
    "linked_cycles",
    "outcome_of",
    "seers",
    "to_be_looked_for",
    "verdicts_of",
]


@dataclass(frozen=True, slots=True)
class Case:
    """What a guard looks at: the people and the cycle, its transition, and who would act."""

    people: People
    transition: Transition
    actor: str | None = None


def content_of(guard: Guard) -> str:
    """The digest of a guard's parameters; a waiver holds where id and content recur."""
    plain = guard.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return sha256_b64(canonical_bytes({k: v for k, v in plain.items() if k != "after"}))


def verdicts_of(people: People, transition: Transition, actor: str | None) -> tuple[Verdict, ...]:
    """Every guard's verdict, the built-in one of `round: next` first; in file order.

    A guard that comes `after` an unmet one answers so, and asks nobody for anything yet.
    """
    found: dict[str, Verdict] = {}
    if transition.round == "next":
        most = people.version.workflow.rounds.max
        found[MAX_ROUNDS] = _closed(
            MAX_ROUNDS, "rounds", people.cycle.round < most, "round_max", {"max": most}
        )
    case = Case(people, transition, actor)
    for guard in transition.guards:
        verdict = judge(case, guard)
        first = found.get(guard.after) if guard.after else None
        if not verdict.passes and first is not None and not first.passes:
            verdict = replace(verdict, remedies=(), waits_until=None, after=guard.after)
        found[guard.name] = verdict
    return tuple(found.values())


def judge(case: Case, guard: Guard) -> Verdict:
    """One guard's verdict, waivers of this visit applied."""
    try:
        verdict = _KINDS[guard.kind](case, guard.name, guard.rule)
    except Exception as error:  # a failing guard blocks, it never lets pass
        verdict = _unmet(guard.name, guard.kind, "guard_error", {"error": type(error).__name__})
    if verdict.met or guard.waivable_by is None:
        return verdict
    cycle, concerned = case.people.cycle, _concerned(case, guard)
    content = content_of(guard)
    if any(
        (w.guard, w.content, w.visit) == (guard.name, content, cycle.visit.number)
        for w in cycle.waivers
    ):
        return replace(verdict, waived=True, remedies=(), never=False)
    may = case.people.acting(guard.waivable_by, concerned=concerned)
    if verdict.remedies or verdict.waits_until or verdict.after or verdict.waits_for:
        return replace(verdict, waivable_by=may)
    waive = Remedy(do="waive", who=may, mode="any_of")
    return replace(verdict, waivable_by=may, never=False, remedies=(waive,))


def _concerned(case: Case, guard: Guard) -> tuple[str, ...]:
    """Whom the guarded record is about: they never clear what guards against them."""
    rule = guard.rule
    record = getattr(rule, "record", None) or getattr(rule, "points", None)
    if not isinstance(record, str):
        field = getattr(rule, "field", None)
        record = field.split(".")[0] if isinstance(field, str) else None
    if record not in case.people.version.workflow.records:
        return ()
    role = case.people.version.about_role(record)
    return case.people.holders(role) if role else ()


def _filed(case: Case, name: str, rule: Filed) -> Verdict:
    people, record = case.people, rule.record
    kind = people.version.workflow.records[record]
    attendance = next((f for r, f, _ in people.version.attendance_fields if r == record), None)
    filings = people.binding(record)
    held = people.held_back(record)
    if attendance is not None:
        missing = people.attendance_missing(record, attendance)
        if people.attendance(record, attendance) and not missing:
            return _met(name, "filed")
        if held is not None:
            return _waiting(name, record, held)
        return _needing(case, name, "filed", f"file:{record}", people.of(kind.by), 1, missing)
    if rule.by is None:
        need = rule.at_least or 1
        if len(filings) >= need:
            return _met(name, "filed")
        if held is not None:
            return _waiting(name, record, held)
        who = people.of(kind.by)
        return _needing(case, name, "filed", f"file:{record}", who, need - len(filings), ())
    return _filed_by_each(case, name, rule, filings)


def _filed_by_each(case: Case, name: str, rule: Filed, filings: tuple[Filing, ...]) -> Verdict:
    people, by = case.people, rule.by or ()
    unfiled = _unfiled_source(people, by)
    if unfiled is not None:
        return _unmet(name, "filed", "not_yet_known", {"record": rule.record}, after=unfiled)
    holders = people.of(by)
    absent = people.absent()
    base = tuple(p for p in holders if not people.is_excused(p) and p not in absent)
    done = tuple(p for p in base if any(f.person == p for f in filings))
    need = _need(rule, len(base), len(holders))
    data = {"record": rule.record, "have": len(done), "need": need, "of": len(base)}
    if base and len(done) >= need:
        return _met(name, "filed", data)
    if not base or need > len(base):
        who = people.acting(case.transition.by)
        deputies = people.on_duty(people.around.directory.deputies)
        remedies = (
            Remedy(do="substitute", who=tuple(dict.fromkeys(who + deputies)), mode="any_of"),
        )
        return _unmet(name, "filed", "too_few", data, remedies=remedies)
    held = people.held_back(rule.record)
    if held is not None:
        return _waiting(name, rule.record, held)
    missing = tuple(p for p in base if p not in done)
    remedy = Remedy(do=f"file:{rule.record}", who=missing, needed=need - len(done))
    return _unmet(name, "filed", "quorum_missing", data, remedies=(remedy,))


def _waiting(name: str, record: str, held: date | str) -> Verdict:
    """The record cannot be filed yet: its day has not come, or is not known."""
    if isinstance(held, str):
        return _unmet(name, "filed", "not_yet_known", {"record": record}, after=held)
    data = {"record": record, "date": held.isoformat()}
    return _unmet(name, "filed", "date_ahead", data, waits_until=held)


def _need(rule: Filed, base: int, holders: int) -> int:
    """max(at_least, ⌈share · base⌉); the default of 2 belongs to the default quorum 2/3."""
    share = rule.share
    part = ceil(share * base) if share is not None else 0
    if rule.at_least is not None:
        return max(rule.at_least, part)
    default = 2 if not rule.all and rule.quorum in (None, "2/3") else 1
    return max(min(default, holders), part)


def _unfiled_source(people: People, by: tuple[str, ...]) -> str | None:
    """The record that a derived role waits for, while the round has no complete one."""
    for atom in by:
        role = people.version.workflow.roles.get(atom)
        if role is None or role.from_ is None:
            continue
        record, field = role.from_.split(".")
        if people.version.workflow.records[record].form[field].type == "attendance":
            if not people.attendance(record, field) or people.attendance_missing(record, field):
                return record
        elif not people.binding(record):
            return record
    return None


def _answered(case: Case, name: str, rule: Answered) -> Verdict:
    people, cycle = case.people, case.people.cycle
    open_points = [p for p in cycle.points.values() if _wants_answer(p, rule.points, cycle)]
    if not open_points:
        return _met(name, "answered")
    by_whom: dict[tuple[str, ...], list[str]] = {}
    for point in open_points:
        by_whom.setdefault(answerers(people, point), []).append(point.id)
    remedies = tuple(
        Remedy(
            do=f"answer:{rule.points}",
            who=people.on_duty(who) or people.acting(("school.deputy",)),
            mode="any_of",
            needed=len(items),
            items=tuple(items),
        )
        for who, items in by_whom.items()
    )
    data = {"record": rule.points, "open": len(open_points)}
    return _unmet(name, "answered", "points_open", data, remedies=remedies)


def answerers(people: People, point: Point) -> tuple[str, ...]:
    """Who may answer the point: its owner, unless its field says otherwise."""
    rule = people.version.workflow.records[point.record].form[point.field].answer
    owner = people.owner_of(point)
    return people.of(rule.by, owner=owner) if rule else (owner,)


def _wants_answer(point: Point, record: str, cycle: Cycle) -> bool:
    """Counting, unmerged, and of this round or asked again; without an answer in this round."""
    if point.record != record or not point.counting or point.merged_into is not None:
        return False
    if point.answered_round == cycle.round:
        return False
    again = point.disposition == "deferred" or outcome_of(point, cycle) == "not_yet"
    return point.round == cycle.round or point.disposition is None or again


def outcome_of(point: Point, cycle: Cycle) -> str | None:
    """What verification says: the raisers' voices, else the majority; a tie is `not_yet`.

    A merged point was raised by everybody who raised one of its sources.
    """
    raisers = {point.raised_by}
    raisers |= {p.raised_by for p in cycle.points.values() if p.merged_into == point.id}
    own = [v.outcome for v in point.heard if v.person in raisers]
    said = own or [v.outcome for v in point.heard]
    if not said:
        return None
    return "worked" if said.count("worked") * 2 > len(said) else "not_yet"


def to_be_looked_for(people: People, point: Point, seen_in: str | None) -> bool:
    """Whether the point was adopted, and a round after its answer has entered `seen_in`."""
    since, cycle = point.answered_round, people.cycle
    if point.disposition not in ("adopted", "partly") or since is None or point.merged_into:
        return False
    rounds = {cycle.round} if seen_in is None else cycle.rounds_entered(seen_in)
    return any(r > since for r in rounds)


def seers(people: People, rule: Verified, point: Point) -> tuple[str, ...]:
    """Who may say whether the point was seen: holders of `by` in a round that could show it."""
    since = point.answered_round or 0
    later = [r for r in sorted(people.cycle.rounds_entered(rule.seen_in)) if r > since]
    roles = people.version.workflow.roles
    found = [p for r in later for a in rule.by if a in roles for p in people.holders(a, r)]
    found += people.of(tuple(a for a in rule.by if a not in roles))
    return tuple(p for p in dict.fromkeys(found) if p != people.owner_of(point))


def _verified(case: Case, name: str, rule: Verified) -> Verdict:
    people, cycle = case.people, case.people.cycle
    open_points = [
        p
        for p in cycle.points.values()
        if p.record == rule.points
        and p.counting
        and to_be_looked_for(people, p, rule.seen_in)
        and (not p.heard if rule.need == "asked" else outcome_of(p, cycle) != "worked")
    ]
    if not open_points:
        return _met(name, "verified")
    by_whom: dict[tuple[str, ...], list[str]] = {}
    for point in open_points:
        by_whom.setdefault(people.on_duty(seers(people, rule, point)), []).append(point.id)
    remedies = tuple(
        Remedy(do=f"verify:{rule.points}", who=who, mode="any_of", items=tuple(items))
        for who, items in by_whom.items()
        if who
    )
    data = {"record": rule.points, "open": len(open_points)}
    return _unmet(name, "verified", "not_looked_for", data, remedies=remedies)


def _changed(case: Case, name: str, rule: Changed) -> Verdict:
    people, cycle = case.people, case.people.cycle
    since = next(v.seq for v in cycle.visits if v.state == cycle.state and v.round == cycle.round)
    lines = [f for f in cycle.filings if f.record == rule.record and not (f.voided or f.late)]
    before = [f.digest for f in lines if f.seq < since]
    now = [f.digest for f in people.binding(rule.record)]
    if now and (not before or now[-1] != before[-1]):
        return _met(name, "changed")
    who = people.of(people.version.workflow.records[rule.record].by)
    return _needing(case, name, "changed", f"file:{rule.record}", who, 1, ())


def _rounds(case: Case, name: str, rule: RoundsReached) -> Verdict:
    least = case.people.version.workflow.rounds.min if rule.at_least == "min" else rule.at_least
    now = case.people.cycle.round
    return _closed(name, "rounds", now >= int(least), "round_min", {"min": least, "now": now})


def _distinct(case: Case, name: str, rule: Distinct) -> Verdict:
    people, (record, field) = case.people, rule.field.split(".")
    value = people.fact(rule.field)
    if value is None:
        return _unmet(name, "distinct", "not_yet_known", {"field": rule.field}, after=record)
    earlier = [
        f.facts.get(field) for r in range(1, people.cycle.round) for f in people.binding(record, r)
    ]
    if value not in earlier:
        return _met(name, "distinct")
    who = people.of(people.version.workflow.records[record].by)
    return _needing(case, name, "distinct", f"file:{record}", who, 1, ())


def _not_before(case: Case, name: str, rule: NotBefore) -> Verdict:
    people, record = case.people, rule.field.split(".")[0]
    value = people.fact(rule.field)
    if value is None:
        return _unmet(name, "not_before", "not_yet_known", {"field": rule.field}, after=record)
    day = date.fromisoformat(str(value))
    if day <= people.around.today:
        return _met(name, "not_before")
    data = {"field": rule.field, "date": day.isoformat()}
    return _unmet(name, "not_before", "date_ahead", data, waits_until=day)


def _separate(case: Case, name: str, rule: Separate) -> Verdict:
    people, holders = case.people, case.people.holders(rule.role)
    data = {"role": rule.role}
    able = tuple(p for p in people.acting(case.transition.by, concerned=holders))
    if case.actor is None:
        if able:
            return _met(name, "separate")
        remedy = Remedy(do="substitute", who=people.acting(("school.deputy",)), mode="any_of")
        return _unmet(name, "separate", "nobody_separate", data, remedies=(remedy,))
    if case.actor not in holders:
        return _met(name, "separate")
    remedy = Remedy(do="act", who=able, mode="any_of")
    return _unmet(name, "separate", "same_person", data, remedies=(remedy,))


def linked_cycles(people: People, rule: Linked) -> tuple[LinkedCycle, ...]:
    """The cycles that a `linked` guard looks at."""
    return tuple(
        c
        for c in people.around.linked
        if c.link == rule.link
        and c.incoming == (rule.of is not None)
        and (rule.of is None or c.workflow == rule.of)
    )


def _linked(case: Case, name: str, rule: Linked) -> Verdict:
    people = case.people
    found = linked_cycles(people, rule)
    there = [c for c in found if c.state in rule.in_]
    data: dict[str, Any] = {"link": rule.link, "in": list(rule.in_), "have": len(there)}
    if rule.per is not None:
        missing = tuple(
            p for p in people.of(rule.per) if not any(p in c.people or c.item == p for c in there)
        )
        if not missing:
            return _met(name, "linked", data)
        opened = {p for c in found for p in c.people}
        unopened = tuple(p for p in missing if p not in opened)
        waits = tuple(c.id for c in found if c not in there)
        remedies = (Remedy(do=f"open:{rule.link}", who=unopened, needed=len(unopened)),)
        return _unmet(
            name, "linked", "waits_for_cycles", data,
            remedies=remedies if unopened else (), waits_for=waits,
        )  # fmt: skip
    need = len(found) if rule.all else (rule.at_least or 1)
    if len(there) >= need:
        return _met(name, "linked", data)
    waits = tuple(c.id for c in found if c not in there)
    remedy = Remedy(do=f"open:{rule.link}", who=people.acting(case.transition.by), mode="any_of")
    short = len(found) < need
    return _unmet(
        name, "linked", "waits_for_cycles", {**data, "need": need},
        remedies=(remedy,) if short else (), waits_for=waits,
    )  # fmt: skip


def _field(case: Case, name: str, rule: Compare) -> Verdict:
    people, record = case.people, rule.field.split(".")[0]
    value = people.fact(rule.field)
    if value is None and record != "subject":
        return _unmet(name, "field", "not_yet_known", {"field": rule.field}, after=record)
    met = (
        (rule.is_ is not None and value == rule.is_)
        or (rule.is_not is not None and value != rule.is_not)
        or (rule.in_ is not None and value in rule.in_)
        or (rule.at_least is not None and isinstance(value, int) and value >= rule.at_least)
        or (rule.at_most is not None and isinstance(value, int) and value <= rule.at_most)
    )
    kind = people.version.workflow.records.get(record)
    can_file = kind is not None and people.cycle.state in people.version.file_in[record]
    if met or not can_file or kind is None:
        return _closed(name, "field", met, "field_differs", {"field": rule.field})
    return _needing(case, name, "field", f"file:{record}", people.of(kind.by), 1, ())


def _consent(case: Case, name: str, rule: Consent) -> Verdict:
    people = case.people
    filings = people.binding(rule.to)
    if not filings:
        return _unmet(name, "consent", "not_yet_known", {"record": rule.to}, after=rule.to)
    missing = tuple(p for p in people.of(rule.by) if any(p not in f.signed for f in filings))
    if not missing:
        return _met(name, "consent")
    remedy = Remedy(do=f"sign:{rule.to}", who=missing, needed=len(missing))
    data = {"record": rule.to, "missing": len(missing)}
    return _unmet(name, "consent", "unsigned", data, remedies=(remedy,))


def _any(case: Case, name: str, rule: tuple[Guard, ...]) -> Verdict:
    branches = [judge(case, branch) for branch in rule]
    if any(b.passes for b in branches):
        return _met(name, "any")
    left = [b for b in branches if not b.never]
    if not left:
        return _closed(name, "any", False, "none_possible", {})
    return Verdict(
        guard=name, kind="any", met=False, code="none_met",
        data={"branches": [b.guard for b in left]},
        remedies=tuple(r for b in left for r in b.remedies),
        waits_until=min((b.waits_until for b in left if b.waits_until), default=None),
        waits_for=tuple(c for b in left for c in b.waits_for),
        after=next((b.after for b in left if b.after), None),
    )  # fmt: skip


def _not(case: Case, name: str, rule: Guard) -> Verdict:
    return _closed(name, "not", not judge(case, rule).met, "must_not", {"guard": rule.name})


def _needing(
    case: Case, name: str, kind: str, do: str, who: tuple[str, ...], needed: int,
    items: tuple[str, ...],
) -> Verdict:  # fmt: skip
    """Unmet until one of `who` does it; the deputy finds somebody where nobody is on duty."""
    people = case.people
    on_duty, absent = people.on_duty(who), people.absent()
    able = tuple(p for p in on_duty if p not in absent) or on_duty
    if able:
        remedy = Remedy(do=do, who=able, mode="any_of", needed=needed, items=items)
    else:
        remedy = Remedy(do="substitute", who=people.acting(("school.deputy",)), mode="any_of")
    data = {"do": do, "needed": needed}
    return _unmet(name, kind, "missing", data, remedies=(remedy,))


def _met(name: str, kind: str, data: dict[str, Any] | None = None) -> Verdict:
    return Verdict(guard=name, kind=kind, met=True, data=data or {})


def _unmet(name: str, kind: str, code: str, data: dict[str, Any], **rest: Any) -> Verdict:
    return Verdict(guard=name, kind=kind, met=False, code=code, data=data, **rest)


def _closed(name: str, kind: str, met: bool, code: str, data: dict[str, Any]) -> Verdict:
    """A verdict that nothing in this visit can change."""
    if met:
        return _met(name, kind, data)
    return _unmet(name, kind, code, data, never=True)


_KINDS: dict[str, Callable[[Case, str, Any], Verdict]] = {
    "filed": _filed,
    "answered": _answered,
    "verified": _verified,
    "changed": _changed,
    "rounds": _rounds,
    "distinct": _distinct,
    "not_before": _not_before,
    "separate": _separate,
    "linked": _linked,
    "field": _field,
    "consent": _consent,
    "any": _any,
    "not": _not,
}
