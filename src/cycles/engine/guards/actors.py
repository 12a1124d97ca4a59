"""Guards over people: who acts does not hold a certain role; those asked have signed."""

from __future__ import annotations

from cycles.engine.guards.case import Case, met, substituting, unmet
from cycles.engine.verdicts import Remedy, Verdict
from cycles.workflow.definition import Consent, Separate

__all__ = ["consent", "separate"]


def separate(case: Case, name: str, rule: Separate) -> Verdict:
    """Who acts does not hold the role; for nobody in particular: somebody else could act."""
    people, holders = case.people, case.people.holders(rule.role)
    if case.actor is not None and case.actor not in holders:
        return met(name, "separate")
    data, able = {"role": rule.role}, people.acting(case.transition.by, concerned=holders)
    if case.actor is None:
        if able:
            return met(name, "separate")
        return unmet(name, "separate", "nobody_separate", data, remedies=(substituting(people),))
    remedy = Remedy(do="act", who=able, mode="any_of")
    return unmet(name, "separate", "same_person", data, remedies=(remedy,))


def consent(case: Case, name: str, rule: Consent) -> Verdict:
    """Everybody asked has signed the version that stands."""
    people, data = case.people, {"record": rule.to}
    filings = people.binding(rule.to)
    first = rule.to if not filings else people.unfiled_source(rule.by)
    if first is not None:
        return unmet(name, "consent", "not_yet_known", data, after=first)
    asked = people.of(rule.by)
    if not asked:
        few = {**data, "have": 0, "need": 1, "of": 0}
        return unmet(name, "consent", "too_few", few, remedies=(substituting(people),))
    missing = tuple(p for p in asked if any(p not in f.signed for f in filings))
    if not missing:
        return met(name, "consent")
    remedy = Remedy(do=f"sign:{rule.to}", who=missing, needed=len(missing))
    return unmet(name, "consent", "unsigned", {**data, "missing": len(missing)}, remedies=(remedy,))
