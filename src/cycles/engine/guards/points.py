"""Guards over feedback: every point has an answer; what was adopted has been looked for."""

from __future__ import annotations

from cycles.engine.cycle import Cycle, Point
from cycles.engine.guards.case import Case, met, unmet
from cycles.engine.guards.records import filed
from cycles.engine.people import People
from cycles.engine.reveal import is_hidden
from cycles.engine.verdicts import Remedy, Verdict
from cycles.workflow.definition import Answered, Verified

__all__ = [
    "answered",
    "answerers",
    "outcome_of",
    "to_be_looked_for",
    "verified",
    "verifiers",
    "wants_answer",
]


def answered(case: Case, name: str, rule: Answered) -> Verdict:
    """Every counting point of the round, and each one asked again, has an answer."""
    people, cycle = case.people, case.people.cycle
    open_points = [p for p in cycle.points.values() if wants_answer(p, rule.points, cycle)]
    if not open_points:
        return met(name, "answered")
    by_whom: dict[tuple[str, ...], list[str]] = {}
    hidden = [p for p in open_points if _is_kept_from_its_answerers(people, p)]
    for point in open_points:
        if point not in hidden:
            by_whom.setdefault(answerers(people, point), []).append(point.id)
    remedies = _showing(people, rule.points) if hidden else ()
    remedies += tuple(
        Remedy(
            do=f"answer:{rule.points}",
            who=who,
            mode="any_of",
            needed=len(items),
            items=tuple(items),
        )
        for who, items in by_whom.items()
    )
    data = {"record": rule.points, "open": len(open_points)}
    return unmet(name, "answered", "points_open", data, remedies=remedies)


def _is_kept_from_its_answerers(people: People, point: Point) -> bool:
    """Whether somebody has to show the point before anybody can answer it."""
    reveal = people.version.workflow.records[point.record].reveal
    if reveal is None or reveal.by is None:
        return False
    filing = next(f for f in people.cycle.filings if f.id == point.filing)
    return all(is_hidden(people, person, filing) for person in answerers(people, point))


def _showing(people: People, record: str) -> tuple[Remedy, ...]:
    """To reveal the record; nothing yet while too few are in, for that is asked elsewhere."""
    cycle, reveal = people.cycle, people.version.workflow.records[record].reveal
    waived = {w.guard for w in cycle.waivers if w.visit == cycle.visit.number}
    enough = all(
        guard.name in waived or filed(Case(people, way), guard.name, guard.filed).met
        for _, way in people.version.leaving.get(cycle.state, ())
        for guard in way.guards
        if guard.filed and guard.filed.record == record
    )
    if not enough or reveal is None or reveal.by is None or not people.current(record):
        return ()
    return (Remedy(do=f"reveal:{record}", who=people.acting(reveal.by), mode="any_of"),)


def answerers(people: People, point: Point) -> tuple[str, ...]:
    """Who may answer the point: its owner, unless its field says otherwise."""
    rule = people.version.workflow.records[point.record].form[point.field].answer
    owner = people.owner_of(point)
    return people.of(rule.by, owner=owner) if rule else (owner,)


def wants_answer(point: Point, record: str, cycle: Cycle) -> bool:
    """Counting, unmerged, and of this round or asked again; without an answer in this round."""
    if point.record != record or not point.counting or point.merged_into is not None:
        return False
    if point.answered_round == cycle.round:
        return False
    if point.round == cycle.round or point.disposition in (None, "deferred"):
        return True
    return outcome_of(point, cycle) == "not_yet"


def outcome_of(point: Point, cycle: Cycle) -> str | None:
    """What verification says: the raisers' voices, else the majority; a tie is `not_yet`.

    A merged point was raised by everybody who raised one of its sources.
    """
    heard = point.heard
    if not heard:
        return None
    raisers = {point.raised_by}
    raisers |= {p.raised_by for p in cycle.points.values() if p.merged_into == point.id}
    said = [v.outcome for v in heard if v.person in raisers] or [v.outcome for v in heard]
    return "worked" if said.count("worked") * 2 > len(said) else "not_yet"


def verified(case: Case, name: str, rule: Verified) -> Verdict:
    """Every adopted point that a later round could show has been looked for, or seen to work."""
    people, cycle = case.people, case.people.cycle
    open_points = [
        p
        for p in cycle.points.values()
        if p.record == rule.points
        and p.counting
        and to_be_looked_for(cycle, p, rule.seen_in)
        and (not p.heard if rule.need == "asked" else outcome_of(p, cycle) != "worked")
    ]
    if not open_points:
        return met(name, "verified")
    by_whom: dict[tuple[str, ...], list[str]] = {}
    for point in open_points:
        by_whom.setdefault(people.on_duty(_seers(people, rule, point)), []).append(point.id)
    remedies = tuple(
        Remedy(do=f"verify:{rule.points}", who=who, mode="any_of", items=tuple(items))
        for who, items in by_whom.items()
        if who
    )
    data = {"record": rule.points, "open": len(open_points)}
    return unmet(name, "verified", "not_looked_for", data, remedies=remedies)


def to_be_looked_for(cycle: Cycle, point: Point, seen_in: str | None) -> bool:
    """Whether the point was adopted, and a round after its answer has entered `seen_in`."""
    since = point.answered_round
    if point.disposition not in ("adopted", "partly") or since is None or point.merged_into:
        return False
    rounds = {cycle.round} if seen_in is None else cycle.rounds_entered(seen_in)
    return any(r > since for r in rounds)


def _seers(people: People, rule: Verified, point: Point) -> tuple[str, ...]:
    """Who may say whether the point was seen: holders of `by` in a round that could show it."""
    since = point.answered_round or 0
    later = [r for r in sorted(people.cycle.rounds_entered(rule.seen_in)) if r > since]
    roles = people.version.workflow.roles
    found = [p for r in later for a in rule.by if a in roles for p in people.holders(a, r)]
    found += people.of(tuple(a for a in rule.by if a not in roles))
    return tuple(p for p in dict.fromkeys(found) if p != people.owner_of(point))


def verifiers(people: People, point: Point) -> tuple[str, ...] | None:
    """Whose voice on the point counts; `None` while it is not to be looked for at all.

    Where no guard asks for it, those who file such points may look for it in any later round.
    """
    guards = people.version.verified_guards.get(point.record, ())
    rules = [g.verified for g in guards if g.verified]
    places: list[str | None] = [rule.seen_in for rule in rules]
    if not any(to_be_looked_for(people.cycle, point, place) for place in places or [None]):
        return None
    if rules:
        return tuple(dict.fromkeys(p for rule in rules for p in _seers(people, rule, point)))
    by = people.version.workflow.records[point.record].by
    return tuple(p for p in people.of(by) if p != people.owner_of(point))
