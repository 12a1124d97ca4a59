"""Guards over facts: one compares with a value, or differs from those of earlier rounds."""

from __future__ import annotations

from cycles.engine.guards.case import Case, met, needing, unmet
from cycles.engine.verdicts import Verdict
from cycles.workflow.definition import Compare, Distinct

__all__ = ["distinct", "field"]


def distinct(case: Case, name: str, rule: Distinct) -> Verdict:
    """The fact is another one than in every earlier round."""
    people, (record, column) = case.people, rule.field.split(".")
    value = people.fact(rule.field)
    if value is None:
        return unmet(name, "distinct", "not_yet_known", {"field": rule.field}, after=record)
    earlier = [
        f.facts.get(column) for r in range(1, people.cycle.round) for f in people.binding(record, r)
    ]
    if value not in earlier:
        return met(name, "distinct")
    who = people.of(people.version.workflow.records[record].by)
    return needing(case, name, "distinct", f"file:{record}", who, 1, ())


def field(case: Case, name: str, rule: Compare) -> Verdict:
    """The fact is, is not, is among, or lies on the right side of what the file says."""
    people, record = case.people, rule.field.split(".")[0]
    value = people.fact(rule.field)
    if value is None and record != "subject":
        return unmet(name, "field", "not_yet_known", {"field": rule.field}, after=record)
    kind = people.version.workflow.records.get(record)
    can_file = kind is not None and people.cycle.state in people.version.file_in[record]
    data = {"field": rule.field}
    if rule.holds(value):
        return met(name, "field", data)
    if not can_file or kind is None:
        return unmet(name, "field", "field_differs", data, never=True)
    return needing(case, name, "field", f"file:{record}", people.of(kind.by), 1, ())
