"""One immutable version of a workflow: its canonical bytes, its digest, and what follows from it.

Everything the engine asks again and again (which transitions leave a state, which fields are
facts, where a record may be filed) is worked out once here.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from cycles.canonical import canonical_bytes, parse_canonical
from cycles.workflow.definition import (
    FormField,
    Guard,
    RecordKind,
    Role,
    Transition,
    Who,
    Workflow,
)

__all__ = ["MAX_ROUNDS", "Version", "every_guard", "guard_names"]

#: The built-in, unwaivable guard of every transition with `round: next`.
MAX_ROUNDS = "max_rounds"


class Version:
    """A workflow with its digest; equal to another exactly if the digests are.

    `digest` is the SHA-256 of the canonical bytes in lower-case hex, `definition_id` the same in
    base64, as an entry's `def` has it.
    """

    def __init__(self, workflow: Workflow, canonical: bytes) -> None:
        self.workflow = workflow
        self.canonical = canonical
        raw = hashlib.sha256(canonical).digest()
        self.digest = raw.hex()
        self.definition_id = base64.b64encode(raw).decode()

    @classmethod
    def of(cls, workflow: Workflow) -> Version:
        """Name a workflow by the digest of its resolved form."""
        plain = workflow.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return cls(workflow, canonical_bytes({**plain, "order": _orders(plain)}))

    @classmethod
    def from_canonical(cls, canonical: bytes) -> Version:
        """Read a stored version back; raises `CanonicalFormError` or pydantic's error."""
        plain = parse_canonical(canonical)
        order = plain.pop("order", {})
        return cls(Workflow.model_validate(_reordered(plain, order)), canonical)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Version({self.workflow.workflow!r}, {self.digest[:12]})"

    @property
    def key(self) -> str:
        """The workflow's key, the same in all its versions."""
        return self.workflow.workflow

    @cached_property
    def leaving(self) -> dict[str, tuple[tuple[str, Transition], ...]]:
        """State → its transitions by name, in file order."""
        found: dict[str, list[tuple[str, Transition]]] = {s: [] for s in self.workflow.states}
        for name, transition in self.workflow.transitions.items():
            for state in transition.from_:
                found.setdefault(state, []).append((name, transition))
        return {state: tuple(ways) for state, ways in found.items()}

    @cached_property
    def final_states(self) -> frozenset[str]:
        """Where a cycle of the workflow ends."""
        return frozenset(name for name, state in self.workflow.states.items() if state.final)

    @cached_property
    def guard_keys(self) -> dict[str, frozenset[str]]:
        """Transition → the keys that the log's `guards` have when it fires."""
        return {
            name: frozenset(f"{name}.{guard}" for guard in guard_names(transition))
            for name, transition in self.workflow.transitions.items()
        }

    @cached_property
    def file_in(self) -> dict[str, frozenset[str]]:
        """Record → the states in which it may be filed in time (LANGUAGE `file_in`)."""
        found = {
            name: set(record.file_in) if record.file_in is not None else set()
            for name, record in self.workflow.records.items()
        }
        for transition in self.workflow.transitions.values():
            for guard in every_guard(transition.guards):
                asked = guard.filed.record if guard.filed else None
                if asked in found and self.workflow.records[asked].file_in is None:
                    found[asked].update(transition.from_)
        return {name: frozenset(states) for name, states in found.items()}

    @cached_property
    def dated(self) -> tuple[str, ...]:
        """The records that cannot be filed before some day (`not_before`)."""
        return tuple(n for n, kind in self.workflow.records.items() if kind.not_before)

    @cached_property
    def facts(self) -> frozenset[str]:
        """The `record.field` paths whose values stand in the log in clear (LANGUAGE "Facts")."""
        workflow = self.workflow
        found = {
            f"{owner}.{name}"
            for owner, form in self._forms()
            for name, field in form.items()
            if field.fact or field.type in ("attendance", "cycle")
        }
        for role in workflow.roles.values():
            if role.from_:
                found.add(role.from_)
        for record in workflow.records.values():
            if record.not_before:
                found.add(record.not_before)
        dues = [t.due for t in workflow.transitions.values()]
        for transition in workflow.transitions.values():
            for guard in every_guard(transition.guards):
                for rule in (guard.distinct, guard.not_before, guard.field):
                    if rule is not None:
                        found.add(rule.field)
                dues.append(guard.filed.due if guard.filed else None)
        for _, form in self._forms():
            dues += [field.due for field in form.values()]
        found.update(due.after for due in dues if due is not None and "." in due.after)
        for who in self._who_expressions():
            found.update(a for a in who if a.startswith("subject."))
        return frozenset(found)

    @cached_property
    def attendance_fields(self) -> tuple[tuple[str, str, FormField], ...]:
        """Every (record, field name, field) of type attendance, in file order."""
        return tuple(
            (record, name, field)
            for record, kind in self.workflow.records.items()
            for name, field in kind.form.items()
            if field.type == "attendance"
        )

    @cached_property
    def attendance_of(self) -> dict[str, str]:
        """Record → its first field of type attendance; only records that have one."""
        return {record: name for record, name, _ in reversed(self.attendance_fields)}

    @cached_property
    def point_fields(self) -> dict[str, tuple[str, ...]]:
        """Record → its fields of type points or items; only records that have any."""
        found = {
            name: tuple(f for f, field in kind.form.items() if field.type in ("points", "items"))
            for name, kind in self.workflow.records.items()
        }
        return {name: fields for name, fields in found.items() if fields}

    @cached_property
    def verified_guards(self) -> dict[str, tuple[Guard, ...]]:
        """Points record → the `verified` guards that look at its points."""
        found: dict[str, list[Guard]] = {}
        for transition in self.workflow.transitions.values():
            for guard in every_guard(transition.guards):
                if guard.verified:
                    found.setdefault(guard.verified.points, []).append(guard)
        return {record: tuple(guards) for record, guards in found.items()}

    @cached_property
    def alike(self) -> dict[int, int]:
        """`id` of each guard of a transition → a number that equal guards share."""
        guards = [g for t in self.workflow.transitions.values() for g in t.guards]
        return {id(guard): guards.index(guard) for guard in guards}

    def about_role(self, record: str) -> str | None:
        """The role that a filing of the record concerns: `about`, else the one of count 1.

        The default ("its only holder") is asked only of records with points; `None` for others.
        """
        kind = self.workflow.records[record]
        if kind.about is not None:
            return kind.about
        if record not in self.point_fields:
            return None
        single = [n for n, r in self.workflow.roles.items() if r.most == 1 and n not in kind.by]
        return single[0] if len(single) == 1 else None

    def role(self, name: str) -> Role:
        """The role of that name; `KeyError` if there is none."""
        return self.workflow.roles[name]

    def _forms(self) -> Iterator[tuple[str, dict[str, FormField]]]:
        yield "subject", self.workflow.subject
        for name, record in self.workflow.records.items():
            yield name, record.form

    def _who_expressions(self) -> Iterator[Who]:
        workflow = self.workflow
        yield workflow.open.by
        yield from workflow.lifecycle.values()
        for sight in workflow.see or ():
            yield sight.who
        for role in workflow.roles.values():
            yield from (w for w in (role.default, role.among) if w)
        for record in workflow.records.values():
            yield from _who_of_record(record)
        for transition in workflow.transitions.values():
            yield transition.by
            for guard in every_guard(transition.guards):
                yield from _who_of_guard(guard)


def guard_names(transition: Transition) -> tuple[str, ...]:
    """The ids of a transition's guards, the built-in one first."""
    built_in = (MAX_ROUNDS,) if transition.round == "next" else ()
    return built_in + tuple(g.name for g in transition.guards)


def every_guard(guards: tuple[Guard, ...]) -> Iterator[Guard]:
    """The guards and those nested in `any` and `not`, outermost first."""
    for guard in guards:
        yield guard
        if guard.any_:
            yield from every_guard(guard.any_)
        if guard.not_:
            yield from every_guard((guard.not_,))


def _who_of_record(record: RecordKind) -> Iterator[Who]:
    yield record.by
    for sight in record.read or ():
        yield sight.who
    if record.merge:
        yield record.merge
    if record.reveal and record.reveal.by:
        yield record.reveal.by
    for field in record.form.values():
        yield from (w for w in (field.of, field.owner) if w)
        if field.answer:
            yield field.answer.by


def _who_of_guard(guard: Guard) -> Iterator[Who]:
    if guard.waivable_by:
        yield guard.waivable_by
    for rule in (guard.filed, guard.verified, guard.consent):
        if rule is not None and rule.by:
            yield rule.by
    if guard.linked and guard.linked.per:
        yield guard.linked.per


def _orders(plain: Any, path: str = "") -> dict[str, list[str]]:
    """The key order of every mapping that sorting would change: people wrote it on purpose."""
    found: dict[str, list[str]] = {}
    if isinstance(plain, dict):
        keys = list(plain)
        if path and keys != sorted(keys):
            found[path] = keys
        for key, value in plain.items():
            found.update(_orders(value, f"{path}/{key}"))
    elif isinstance(plain, list):
        for index, value in enumerate(plain):
            found.update(_orders(value, f"{path}/{index}"))
    return found


def _reordered(plain: Any, order: dict[str, list[str]], path: str = "") -> Any:
    if isinstance(plain, dict):
        keys = order.get(path, list(plain))
        return {key: _reordered(plain[key], order, f"{path}/{key}") for key in keys}
    if isinstance(plain, list):
        return [_reordered(v, order, f"{path}/{i}") for i, v in enumerate(plain)]
    return plain
