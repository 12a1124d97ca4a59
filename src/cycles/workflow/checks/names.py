"""Every name that a workflow uses is one that it defines, and none is taken by the engine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cycles.workflow.checks.finding import Finding, KeyPath, all_who, fields, guards_of, unknown
from cycles.workflow.definition import (
    ENGINE_STATES,
    RESERVED_ACTS,
    Due,
    FormField,
    Who,
    Workflow,
)
from cycles.workflow.version import Version

__all__ = ["CHECKS"]

_BUILT_IN = (
    "school.head",
    "school.deputy",
    "school.staff",
    "group.head",
    "group.members",
    "opener",
)
_RESERVED_ROLES = {"opener", "school", "group", "subject", "linked", "item", "owner"}
_CJK = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
#: Types whose values may stand in the log in clear and be compared.
_COMPARABLE = {"choice", "yes_no", "number", "date", "time", "person", "group", "class", "seat"}


def who_atoms(version: Version) -> Iterator[Finding]:
    """Every atom of a who-expression is a role or one of the built-in words."""
    workflow = version.workflow
    known = {*workflow.roles, *_BUILT_IN}
    people = {f"subject.{n}" for n, f in workflow.subject.items() if f.type in ("person", "people")}
    links = {n for _, n, _, f in fields(workflow) if f.type == "cycle"}

    def check(path: KeyPath, who: Who, extra: frozenset[str] = frozenset()) -> Iterator[Finding]:
        for index, atom in enumerate(who):
            parts = atom.split(".")
            linked = len(parts) == 3 and parts[0] == "linked" and parts[1] in links
            if not linked and atom not in known | people | extra:
                yield unknown((*path, index), "role", atom, known | people | extra)

    for path, who in all_who(workflow):
        yield from check(path, who)
    for _, path, guard in guards_of(workflow):
        if guard.linked and guard.linked.per:
            yield from check((*path, "linked", "per"), guard.linked.per, frozenset({"item"}))
    for _, _, path, field in fields(workflow):
        if field.owner:
            columns = field.item.form if field.item else {}
            extra = frozenset(n for n, c in columns.items() if c.type in ("person", "people"))
            yield from check((*path, "owner"), field.owner, extra)
        if field.answer:
            yield from check((*path, "answer", "by"), field.answer.by, frozenset({"item.owner"}))


def roles_named(version: Version) -> Iterator[Finding]:
    """`not`, `files_for`, `about` and `separate` name roles."""
    workflow = version.workflow
    uses: list[tuple[KeyPath, str]] = []
    for name, role in workflow.roles.items():
        uses += [(("roles", name, "not", i), r) for i, r in enumerate(role.not_)]
        uses += [(("roles", name, "files_for", i), r) for i, r in enumerate(role.files_for)]
    for name, record in workflow.records.items():
        if record.about:
            uses.append((("records", name, "about"), record.about))
    for _, path, guard in guards_of(workflow):
        if guard.separate:
            uses.append(((*path, "separate", "role"), guard.separate.role))
    for path, name in uses:
        if name not in workflow.roles:
            yield unknown(path, "role", name, workflow.roles)


def states_named(version: Version) -> Iterator[Finding]:
    """Every state that is named exists."""
    workflow = version.workflow
    uses: list[tuple[KeyPath, str | None]] = [(("start",), workflow.start)]
    for name, transition in workflow.transitions.items():
        uses += [(("transitions", name, "from", i), s) for i, s in enumerate(transition.from_)]
        uses.append((("transitions", name, "to"), transition.to))
    for name, record in workflow.records.items():
        path: KeyPath = ("records", name)
        uses += [((*path, "file_in", i), s) for i, s in enumerate(record.file_in or ())]
        uses += [((*path, "read", i, "from"), s.from_) for i, s in enumerate(record.read or ())]
        if record.reveal:
            uses.append(((*path, "reveal", "from"), record.reveal.from_))
    uses += [(("see", i, "from"), s.from_) for i, s in enumerate(workflow.see or ())]
    for _, path, guard in guards_of(workflow):
        if guard.verified:
            uses.append(((*path, "verified", "seen_in"), guard.verified.seen_in))
        if guard.linked and guard.linked.of == workflow.workflow:
            for i, s in enumerate(guard.linked.in_):
                if s not in ENGINE_STATES:
                    uses.append(((*path, "linked", "in", i), s))
    for path, state in uses:
        if state is not None and state not in workflow.states:
            yield unknown(path, "state", state, workflow.states)


def records_named(version: Version) -> Iterator[Finding]:
    """Guards and `voids` name records."""
    workflow = version.workflow
    uses: list[tuple[KeyPath, str]] = []
    for name, transition in workflow.transitions.items():
        uses += [(("transitions", name, "voids", i), r) for i, r in enumerate(transition.voids)]
    for _, path, guard in guards_of(workflow):
        rule = guard.rule
        for kind, key in (
            ("filed", "record"),
            ("changed", "record"),
            ("answered", "points"),
            ("verified", "points"),
            ("consent", "to"),
        ):
            if guard.kind == kind:
                uses.append(((*path, kind, key), getattr(rule, key)))
    for path, record in uses:
        if record not in workflow.records:
            yield unknown(path, "record", record, workflow.records)


def fields_named(version: Version) -> Iterator[Finding]:
    """Fact paths and `needs_any` name fields, of a type that can be a fact there."""
    workflow = version.workflow
    types = {f"{owner}.{name}": field.type for owner, name, _, field in fields(workflow)}
    uses: list[tuple[KeyPath, str, set[str]]] = []
    for name, role in workflow.roles.items():
        if role.from_:
            uses.append((("roles", name, "from"), role.from_, {"attendance", "person", "people"}))
    for name, record in workflow.records.items():
        if record.not_before:
            uses.append((("records", name, "not_before"), record.not_before, {"date"}))
        for i, field in enumerate(record.needs_any):
            if field not in record.form:
                yield unknown(("records", name, "needs_any", i), "field", field, record.form)
    for _, path, guard in guards_of(workflow):
        if guard.distinct:
            uses.append(((*path, "distinct", "field"), guard.distinct.field, _COMPARABLE))
        if guard.not_before:
            uses.append(((*path, "not_before", "field"), guard.not_before.field, {"date"}))
        if guard.field:
            uses.append(((*path, "field", "field"), guard.field.field, _COMPARABLE))
    for path, due in _dues(workflow):
        if "." in due.after:
            uses.append((path, due.after, {"date"}))
        elif due.after not in workflow.states and due.after not in workflow.records:
            yield unknown(path, "anchor", due.after, {*workflow.states, *workflow.records})
    for path, name, wanted in uses:
        if name not in types:
            yield unknown(path, "field", name, types)
        elif types[name] not in wanted:
            told = f"`{name}` is {types[name]}, which cannot serve here; use one of type "
            yield Finding(path=path, code="fact-type", message=told + ", ".join(sorted(wanted)))


def _dues(workflow: Workflow) -> Iterator[tuple[KeyPath, Due]]:
    for name, transition in workflow.transitions.items():
        if transition.due:
            yield ("transitions", name, "due", "after"), transition.due
    for _, path, guard in guards_of(workflow):
        if guard.filed and guard.filed.due:
            yield (*path, "filed", "due", "after"), guard.filed.due
    for _, _, path, field in fields(workflow):
        if field.due:
            yield (*path, "due", "after"), field.due


def links_named(version: Version) -> Iterator[Finding]:
    """`linked` names a cycle field of this file, unless it looks at another workflow's."""
    workflow = version.workflow
    links = {n for _, n, _, f in fields(workflow) if f.type == "cycle"}
    for _, path, guard in guards_of(workflow):
        rule = guard.linked
        if rule and rule.of in (None, workflow.workflow) and rule.link not in links:
            yield unknown((*path, "linked", "link"), "link", rule.link, links)


def guard_names(version: Version) -> Iterator[Finding]:
    """Guards are told apart by their ids, and `after` names one of the same list."""
    seen: dict[str, set[str]] = {}
    for transition, path, guard in guards_of(version.workflow):
        names = seen.setdefault(transition, set())
        if guard.name in names:
            told = f"two guards are called `{guard.name}`; give each an `id` of its own"
            yield Finding(path=path, code="guard-id", message=told)
        names.add(guard.name)
    for transition, path, guard in guards_of(version.workflow):
        beside = version.workflow.transitions[transition].guards
        if guard.after and not any(guard is one for one in beside):
            told = "a guard inside of another waits for none; say `after` on the outer one"
            yield Finding(path=(*path, "after"), code="after-inside", message=told)
        elif guard.after and guard.after not in (known := {g.name for g in beside} - {guard.name}):
            yield unknown((*path, "after"), "guard", guard.after, known)


def reserved(version: Version) -> Iterator[Finding]:
    """The engine's own words are not taken."""
    workflow = version.workflow
    for section, entries, taken in (
        ("transitions", workflow.transitions, RESERVED_ACTS),
        ("states", workflow.states, ENGINE_STATES),
        ("roles", workflow.roles, _RESERVED_ROLES),
        ("records", workflow.records, {"subject"}),
    ):
        for name in entries:
            if name in taken:
                told = f"`{name}` is the engine's own word; choose another name"
                yield Finding(path=(section, name), code="reserved-name", message=told)
    for _, path, guard in guards_of(workflow):
        if guard.id == "max_rounds":
            told = "`max_rounds` is the engine's own guard; choose another id"
            yield Finding(path=(*path, "id"), code="reserved-name", message=told)


def chinese_titles(version: Version) -> Iterator[Finding]:
    """Every title can be read in Chinese."""
    workflow = version.workflow
    titled: list[tuple[KeyPath, str]] = [(("title",), workflow.title.zh)]
    for section in ("roles", "records", "states", "transitions"):
        for name, entry in getattr(workflow, section).items():
            titled.append(((section, name, "title"), entry.title.zh))
    for _, _, path, field in fields(workflow):
        titled += _titles(path, field)
    for path, title in titled:
        if not _CJK.search(title):
            told = "no Chinese title; write one, or {zh: …, en: …} for both languages"
            yield Finding(path=path, code="chinese-title", message=told)


def _titles(path: KeyPath, field: FormField) -> Iterator[tuple[KeyPath, str]]:
    """What people read of a field: its title, those of its options and of its columns."""
    yield (*path, "title"), field.title.zh
    for name, option in (field.options or {}).items():
        yield (*path, "options", name), option.zh
    for name, column in (field.item.form if field.item else {}).items():
        yield from _titles((*path, "item", "form", name), column)


CHECKS = (
    who_atoms,
    roles_named,
    states_named,
    records_named,
    fields_named,
    links_named,
    guard_names,
    reserved,
    chinese_titles,
)
