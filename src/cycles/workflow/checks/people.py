"""Every role can be filled, is used, and those who must act may act."""

from __future__ import annotations

from collections.abc import Iterator

from cycles.workflow.checks.finding import Finding, all_who, fields, guards_of
from cycles.workflow.version import Version

__all__ = ["CHECKS"]


def roles_used(version: Version) -> Iterator[Finding]:
    """A role has something to do."""
    workflow = version.workflow
    used = {atom for _, who in all_who(workflow) for atom in who}
    used |= {r.about for r in workflow.records.values() if r.about}
    used |= {atom for _, _, _, f in fields(workflow) for atom in f.owner or ()}
    used |= {g.separate.role for _, _, g in guards_of(workflow) if g.separate}
    for name in workflow.roles:
        if name not in used:
            told = "nothing names this role; use it or delete it"
            yield Finding(path=("roles", name), code="unused-role", message=told)


def roles_fillable(version: Version) -> Iterator[Finding]:
    """Somebody can hold every role."""
    workflow = version.workflow
    filled = {n for n, r in workflow.roles.items() if r.from_ is None}
    for name, role in workflow.roles.items():
        told = ""
        if role.most is not None and (role.most < role.least or role.most == 0):
            told = f"`count: {role.count}` lets nobody in; write 1, 0.. or 2..4"
        elif name in role.not_:
            told = "its holders may not hold it; take it out of its own `not`"
        elif role.default and set(role.default) <= set(workflow.roles):
            told = "its default holds another role, and nobody holds two; name others"
        elif role.among and set(role.among) <= filled:
            told = "its candidates hold other roles, and nobody holds two; widen `among`"
        elif role.from_ and (role.default or role.among or role.outside):
            told = "held by those whom a record names: leave default, among and outside out"
        elif role.from_:
            record, _, field = role.from_.partition(".")
            kind = workflow.records.get(record)
            source = kind.form.get(field) if kind else None
            if kind and (kind.by == (name,) or (source and source.of == (name,))):
                told = f"who holds it is said by `{role.from_}`, which needs a holder first"
        if told:
            yield Finding(path=("roles", name), code="unfillable-role", message=told)


def opened(version: Version) -> Iterator[Finding]:
    """Somebody may open a cycle: roles of this file are not yet filled then."""
    by = version.workflow.open.by
    if set(by) <= set(version.workflow.roles):
        told = "roles are filled when a cycle opens; name school.… or group.… here"
        yield Finding(path=("open", "by"), code="open-by", message=told)
    elif "opener" in by:
        told = "`opener` is whoever asks, so anybody could; name school.… or group.… here"
        yield Finding(path=("open", "by", by.index("opener")), code="open-by", message=told)


def separate(version: Version) -> Iterator[Finding]:
    """A `separate` guard leaves somebody who may act."""
    for name, transition in version.workflow.transitions.items():
        kept = [(i, g.separate.role) for i, g in enumerate(transition.guards) if g.separate]
        if kept and set(transition.by) <= {role for _, role in kept}:
            path = ("transitions", name, "guards", kept[0][0])
            told = "only those may do it who may not; add others to the transition's `by`"
            yield Finding(path=path, code="separate-nobody", message=told)


CHECKS = (roles_used, roles_fillable, opened, separate)
