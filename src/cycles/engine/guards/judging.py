"""The registry of guard kinds, and how their verdicts are asked for, joined and waived.

The functions are looked up by kind in this registry alone; nothing in a workflow file is ever
imported or evaluated. One that raises counts as unmet, code `guard_error`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from cycles.canonical import canonical_bytes, sha256_b64
from cycles.engine.guards import actors, facts, points, records, waiting
from cycles.engine.guards.case import Case, met, unmet
from cycles.engine.people import People
from cycles.engine.verdicts import Remedy, Verdict
from cycles.workflow.definition import Guard, Transition
from cycles.workflow.version import MAX_ROUNDS, every_guard

__all__ = ["content_of", "judge", "verdicts_of"]


def content_of(guard: Guard) -> str:
    """The digest of a guard's parameters; a waiver holds where id and content recur."""
    plain = guard.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return sha256_b64(canonical_bytes({k: v for k, v in plain.items() if k != "after"}))


def verdicts_of(people: People, transition: Transition, actor: str | None) -> tuple[Verdict, ...]:
    """Every guard's verdict, the built-in one of `round: next` first; in file order.

    A guard that comes `after` an unmet one answers so, and asks nobody for anything yet.
    """
    key = (id(transition), actor)
    found: tuple[Verdict, ...] | None = people.memory.get(key)
    if found is None:
        found = people.memory[key] = _verdicts(Case(people, transition, actor))
    return found


def _verdicts(case: Case) -> tuple[Verdict, ...]:
    people, transition = case.people, case.transition
    alone = {guard.name: judge(case, guard) for guard in transition.guards}
    found = [_another_round(people)] if transition.round == "next" else []
    for guard in transition.guards:
        verdict, first = alone[guard.name], alone.get(guard.after or "")
        if not verdict.passes and first is not None and not first.passes:
            verdict = replace(
                verdict, remedies=(), waits_until=None, waits_for=(), after=guard.after
            )
        found.append(verdict)
    return tuple(found)


def _another_round(people: People) -> Verdict:
    """The guard that `round: next` carries: this is not the last round that there may be."""
    data = {"max": people.version.workflow.rounds.max}
    if people.cycle.round < data["max"]:
        return met(MAX_ROUNDS, "rounds", data)
    return unmet(MAX_ROUNDS, "rounds", "round_max", data, never=True)


def judge(case: Case, guard: Guard) -> Verdict:
    """One guard's verdict, waivers of this visit applied.

    Ways that compete often ask the same; what asks nothing of who would act is judged once for
    all that are fired by the same people.
    """
    number = case.people.version.alike.get(id(guard))
    if number is None or guard.kind in _OF_WHO_ACTS:
        return _judged(case, guard)
    key = ("judge", number, case.transition.by)
    known: Verdict | None = case.people.memory.get(key)
    if known is None:
        known = case.people.memory[key] = _judged(case, guard)
    return known


def _judged(case: Case, guard: Guard) -> Verdict:
    try:
        verdict = _KINDS[guard.kind](case, guard.name, guard.rule)
    except Exception as error:  # a failing guard blocks, it never lets pass
        verdict = unmet(guard.name, guard.kind, "guard_error", {"error": type(error).__name__})
    if verdict.met or guard.waivable_by is None:
        return verdict
    cycle, concerned = case.people.cycle, _concerned(case, guard)
    waived = [w for w in cycle.waivers if (w.guard, w.visit) == (guard.name, cycle.visit.number)]
    if waived and any(w.content == content_of(guard) for w in waived):
        return replace(verdict, waived=True, remedies=(), never=False)
    who = case.people.version.workflow.lifecycle.get("waive", guard.waivable_by)
    may = case.people.acting(who, concerned=concerned)
    if verdict.remedies or verdict.waits_until or verdict.after or verdict.waits_for:
        return replace(verdict, waivable_by=may)
    waive = Remedy(do="waive", who=may, mode="any_of")
    return replace(verdict, waivable_by=may, never=False, remedies=(waive,))


def _concerned(case: Case, guard: Guard) -> tuple[str, ...]:
    """Against whom it guards: they never clear it, neither do those whom its record is about."""
    version, roles = case.people.version, []
    for inner in every_guard((guard,)):
        if inner.separate is not None:
            roles.append(inner.separate.role)
        record = _record_of(inner)
        if record in version.workflow.records:
            roles.append(version.about_role(record) or "")
    return tuple(p for role in roles if role for p in case.people.holders(role))


def _record_of(guard: Guard) -> str:
    """The record that the guard looks at, or `subject`; empty where it looks at none."""
    for key in ("record", "points", "to", "field"):
        named = getattr(guard.rule, key, None)
        if isinstance(named, str):
            return named.split(".")[0]
    return ""


def _any(case: Case, name: str, rule: tuple[Guard, ...]) -> Verdict:
    branches = [judge(case, branch) for branch in rule]
    if any(b.passes for b in branches):
        return met(name, "any")
    left = [b for b in branches if not b.never]
    if not left:
        return unmet(name, "any", "none_possible", {}, never=True)
    return unmet(
        name, "any", "none_met", {"branches": [b.guard for b in left]},
        remedies=tuple(r for b in left for r in b.remedies),
        waits_until=min((b.waits_until for b in left if b.waits_until), default=None),
        waits_for=tuple(c for b in left for c in b.waits_for),
        after=next((b.after for b in left if b.after), None),
    )  # fmt: skip


def _not(case: Case, name: str, rule: Guard) -> Verdict:
    data = {"guard": rule.name}
    if judge(case, rule).met:
        return unmet(name, "not", "must_not", data, never=True)
    return met(name, "not", data)


#: The kinds that look at who would act, or may have such a guard inside.
_OF_WHO_ACTS: Final = frozenset({"separate", "any", "not"})
_KINDS: dict[str, Callable[[Case, str, Any], Verdict]] = {
    "filed": records.filed,
    "answered": points.answered,
    "verified": points.verified,
    "changed": records.changed,
    "rounds": waiting.rounds,
    "distinct": facts.distinct,
    "not_before": waiting.not_before,
    "separate": actors.separate,
    "linked": waiting.linked,
    "field": facts.field,
    "consent": actors.consent,
    "any": _any,
    "not": _not,
}
